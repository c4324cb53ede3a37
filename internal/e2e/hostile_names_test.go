package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"regent/internal/emulator"
)

// TestHostileFileNamesStartNoWorkflowCommand: GitHub's runner takes a line that starts with two colons for a command,
// and a pull request can name a file.
func TestHostileFileNamesStartNoWorkflowCommand(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	for _, name := range []string{"::error::x.yaml", "##[error]x.yaml", "a\x1b[2J.yaml"} {
		if err := os.WriteFile(filepath.Join(w.dir, name), []byte("version: 2\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(w.dir)
	r := w.run("validate", "-f", "*.yaml")
	r.exits(t, 1)
	for line := range strings.Lines(r.err) {
		if strings.HasPrefix(line, "::") || strings.Contains(line, "##[") || strings.Contains(line, "\x1b") {
			t.Errorf("a line that does something: %q", line)
		}
	}
	if got := strings.Count(r.err, "version"); got < 3 {
		t.Errorf("%d findings, want one for each file\n%s", got, r)
	}
}

// TestInvariant02LeakyDebugIsRefused: a vendor library would print requests with their secrets.
func TestInvariant02LeakyDebugIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, emulator.Options{})
	w.env["DEBUG"] = "other,credential"
	r := w.run("version")
	if r.exits(t, 1); !strings.Contains(r.err, "unset it") {
		t.Error(r)
	}
	w.env["DEBUG"] = "mine"
	w.run("version").exits(t, 0)
}
