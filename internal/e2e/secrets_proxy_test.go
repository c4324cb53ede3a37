package e2e

import (
	"bufio"
	"encoding/base64"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"

	"regent/internal/emulator"
)

// repeatingProxy refuses every connection with the login that it was sent, as it came and decoded.
func repeatingProxy(t *testing.T) (address string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return // the test has ended
			}
			r, err := http.ReadRequest(bufio.NewReader(conn))
			if err == nil {
				login := strings.TrimPrefix(r.Header.Get("Proxy-Authorization"), "Basic ")
				decoded, _ := base64.StdEncoding.DecodeString(login)
				_, _ = fmt.Fprintf(conn, "HTTP/1.1 407 no entry for %s, which is %s\r\nContent-Length: 0\r\n\r\n", login, decoded)
			}
			_ = conn.Close()
		}
	}()
	return listener.Addr().String()
}

// TestInvariant02ProxyPasswordsAreNotShown: the password of a proxy is a secret of the tool's own, and the proxy words its refusals.
func TestInvariant02ProxyPasswordsAreNotShown(t *testing.T) {
	t.Parallel()
	const password, sent = "proxy%2Fs3cret+word", "proxy/s3cret+word"
	w := newWorld(t, emulator.Options{})
	for name := range w.env {
		if strings.HasPrefix(name, "REGENT_ENDPOINT_") {
			w.env[name] = "https://clouds.example.com"
		}
	}
	w.env["https_proxy"] = "http://somebody:" + password + "@" + repeatingProxy(t)
	file := w.file("r.yaml", together(1, dialects()...))
	for command, format := range map[string]string{"plan": "text", "apply": "json"} {
		r := w.start(nil, command, "-f", file, "--format", format).ends(1).says(t, "the server's message is not shown: it holds a secret")
		leakFree(t, []string{password, sent}, map[string]string{"stdout": r.out, "stderr": r.err})
	}
}
