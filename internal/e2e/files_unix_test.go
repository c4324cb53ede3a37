//go:build unix

package e2e

import (
	"syscall"
	"testing"

	"regent/internal/emulator"
)

// TestFilesThatArePipesAreRefused: to open one takes until somebody opens its other end, and no signal ends the wait.
func TestFilesThatArePipesAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, emulator.Options{})
	file, pipe := w.file("r.yaml", swrHarbor().file(1)), w.path("pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	w.apply(file, "--plan", pipe).exits(t, 1).says(t, "--plan "+pipe+": not a regular file")
	w.plan(file, "--sandbox", "--sandbox-state", pipe).exits(t, 1).says(t, "--sandbox-state "+pipe+": not a regular file")
	w.run("emulator", "--state", pipe).exits(t, 1).says(t, "--state "+pipe+": not a regular file")
	w.plan(file, "--out", pipe).exits(t, 1).says(t, "--out "+pipe+": the plan was not written: nobody reads this pipe")
	w.wrote()
}
