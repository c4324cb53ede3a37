package e2e

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"regent/internal/emulator"
)

// slowServers are servers that never let a read end, each in its way.
func slowServers() map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{
		"drips": func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				_, _ = io.WriteString(w, " ") // a client that is gone needs no answer
				_ = http.NewResponseController(w).Flush()
				time.Sleep(5 * time.Millisecond)
			}
		},
		"throttles with a far Retry-After": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "86400")
			w.WriteHeader(http.StatusTooManyRequests)
		},
	}
}

// pointAt has every endpoint of a world be one server.
func (w *world) pointAt(handler http.Handler) {
	server := httptest.NewServer(handler)
	w.t.Cleanup(server.Close)
	for name := range w.env {
		if strings.HasPrefix(name, "REGENT_ENDPOINT_") {
			w.env[name] = server.URL
		}
	}
}

// TestASlowServerHoldsNoRun: reading is given up after --timeout, or the input of that name, and the message names the one that
// applies.
func TestASlowServerHoldsNoRun(t *testing.T) {
	t.Parallel()
	for name, handler := range slowServers() {
		for _, d := range dialects() {
			t.Run(name+"/"+d.name, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t, emulator.Options{})
				w.pointAt(handler)
				file := w.file("r.yaml", d.file(1))
				for _, run := range []result{w.plan(file, "--timeout", "300ms"), w.apply(file, "--timeout", "300ms")} {
					run.exits(t, 1).says(t, "account "+d.account+": could not be read within 300ms (--timeout); what it waited for: ")
				}
			})
		}
		t.Run(name+"/the Action", func(t *testing.T) {
			t.Parallel()
			s := newStage(t, hssHarbor().file(1))
			s.pointAt(handler)
			s.start("pull_request", opened(), map[string]string{"timeout": "300ms"}).exits(1, "unreadable").
				tells("error", "could not be read within 300ms (input timeout)")
		})
	}
}
