package e2e

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"testing"

	"regent/internal/cli"
	"regent/internal/emulator"
)

// TestInvariant02WhatLibrariesLogIsMasked: the standard logger writes where regent's own messages go.
func TestInvariant02WhatLibrariesLogIsMasked(t *testing.T) {
	t.Parallel()
	w := newWorld(t, emulator.Options{})
	file := w.file("r.yaml", together(1, dialects()...))
	var out, err bytes.Buffer
	var logger io.Writer
	lookup := func(name string) (string, bool) {
		if name == "NO_COLOR" { // looked up when a plan is shown, after every secret was
			_, _ = fmt.Fprintf(logger, "http2: header %q = %q\n", "x-auth-token", w.env["SWR_SECRET"])
		}
		return w.lookup(name)
	}
	code := cli.Run(context.Background(), []string{"plan", "-f", file}, cli.Streams{
		In: strings.NewReader(""), Out: &out, Err: &err, Lookup: lookup, Log: func(to io.Writer) { logger = to },
	})
	if code != 0 || !strings.Contains(err.String(), `http2: header "x-auth-token" = "***"`) {
		t.Errorf("exit code %d\n%s", code, err.String())
	}
	leakFree(t, []string{w.env["SWR_SECRET"]}, map[string]string{"stdout": out.String(), "stderr": err.String()})
}
