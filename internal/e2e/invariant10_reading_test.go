package e2e

import (
	"io"
	"os"
	"strings"
	"syscall"
	"testing"

	"regent/internal/emulator"
)

// TestInvariant10InterruptedStandardInputEndsTheRun: a configuration that never comes is not waited for.
func TestInvariant10InterruptedStandardInputEndsTheRun(t *testing.T) {
	t.Parallel()
	for name, signal := range signals {
		for _, command := range [][]string{{"validate"}, {"accounts"}, {"plan"}, {"apply", "--auto-approve"}} {
			t.Run(command[0]+" "+name, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t, emulator.Options{})
				silent, writer, err := os.Pipe()
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { _, _ = silent.Close(), writer.Close() })
				p := w.start(silent, append(command, "-f", "-")...)
				// More than a pipe holds: when it has been written, the program reads.
				if _, err := io.WriteString(writer, strings.Repeat("# a comment\n", 1<<16)); err != nil {
					t.Fatal(err)
				}
				p.signal(signal)
				p.ends(1).says(t, "regent: nothing was written: interrupted\n")
				w.wrote()
			})
		}
	}
}

// TestInvariant10InterruptedApplyBlamesNoAccount: the accounts that were not read any more are no reason to leave them out
// of the next run.
func TestInvariant10InterruptedApplyBlamesNoAccount(t *testing.T) {
	t.Parallel()
	w := newWorld(t, emulator.Options{})
	held := w.dammed(reading)
	p := w.start(nil, "apply", "-f", w.file("r.yaml", swrHarbor().file(1)), "--auto-approve")
	w.await("the read", func() bool { return held.count() == 1 })
	p.signal(syscall.SIGINT)
	if r := p.ends(1).says(t, "regent: nothing was written: interrupted\n"); strings.Contains(r.err, "--account") {
		t.Errorf("it advises to leave accounts out\n%s", r)
	}
}
