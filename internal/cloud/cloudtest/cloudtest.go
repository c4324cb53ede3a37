// Package cloudtest holds what the tests of the clouds share.
package cloudtest

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"regent/internal/cloud"
	"regent/internal/secret"
)

// Lookup gives the environment that a map describes.
func Lookup(env map[string]string) secret.Lookup {
	return func(name string) (string, bool) { v, ok := env[name]; return v, ok }
}

// Escape writes a query value or a path segment as the signatures of both clouds want it.
func Escape(s string) string {
	var b strings.Builder
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-_.~", c) >= 0:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// Fault compares what a dialect reads in an answer, in a test of its own; nil is a success.
func Fault(t *testing.T, dialect cloud.Dialect, name string, status int, body string, want *cloud.Fault) {
	t.Helper()
	t.Run(name, func(t *testing.T) {
		t.Parallel()
		if diff := cmp.Diff(want, dialect.Fault(status, http.Header{}, []byte(body))); diff != "" {
			t.Error(diff)
		}
	})
}
