package emulator_test

import (
	"context"
	"net"
	"net/http"
	"strings"
	"testing"

	"regent/internal/emulator"
)

// TestStartEndsWithUnusedConnections: clients open connections that they then do not need; they hold up no end.
func TestStartEndsWithUnusedConnections(t *testing.T) {
	t.Parallel()
	server, err := emulator.New(emulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	base, wait, err := server.Start(ctx, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		conn, err := net.Dial("tcp", strings.TrimPrefix(base, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() }) // the server has closed it by then
	}
	// An answer on a later connection shows that the server has accepted the ones before it.
	resp, err := http.Get(base + "/_emulator/state")
	if err != nil {
		t.Fatal(err)
	}
	if err := resp.Body.Close(); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := wait(); err != nil {
		t.Errorf("the emulator ended with %v", err)
	}
}
