package emulator_test

import (
	"context"
	"net/http/httptest"
	"testing"
	"time"

	"regent/internal/emulator"
)

// testProject and testInstance own what tests create.
const (
	testProject  = emulator.DefaultProjectID
	testInstance = "5b0c3f1e-0000-4000-8000-000000000001"
)

// testClock is a clock tests move by hand.
type testClock struct{ now time.Time }

func (c *testClock) time() time.Time { return c.now }

// served is an emulator behind a loopback listener.
type served struct {
	*emulator.Server
	url string
	env map[string]string
}

// serve starts an emulator that ends with the test.
func serve(t *testing.T, o emulator.Options) served {
	t.Helper()
	server, err := emulator.New(o)
	if err != nil {
		t.Fatal(err)
	}
	listener := httptest.NewServer(server)
	t.Cleanup(listener.Close)
	env := map[string]string{}
	for _, v := range server.Env(listener.URL) {
		env[v.Name] = v.Value
	}
	return served{Server: server, url: listener.URL, env: env}
}

// withSwitches starts an emulator with some switches changed.
func withSwitches(t *testing.T, pairs ...string) served {
	t.Helper()
	changes := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		changes[pairs[i]] = pairs[i+1]
	}
	return serve(t, emulator.Options{Switches: changes})
}

// testContext ends with the test and long before the test binary would.
func testContext(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}
