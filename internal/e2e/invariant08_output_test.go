package e2e

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"regent/internal/cli"
	"regent/internal/emulator"
)

// brokenPipe is an output whose reader is gone.
type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, errors.New("nobody reads this") }

// TestInvariant08LostReportIsNoLostWrite: an exit code of 1 says that nothing was written, also when the report of what
// was written could not be printed.
func TestInvariant08LostReportIsNoLostWrite(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"text", "markdown", "json"} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, emulator.Options{})
			file := w.file("r.yaml", together(40, dialects()...))
			for _, want := range []int{3, 1} { // the second run has nothing to do
				var stderr bytes.Buffer
				args := []string{"apply", "-f", file, "--auto-approve", "--format", format}
				code := cli.Run(t.Context(), args, cli.Streams{In: strings.NewReader(""), Out: brokenPipe{}, Err: &stderr, Lookup: w.lookup})
				if n := strings.Count(stderr.String(), "nobody reads this"); code != want || n != 1 {
					t.Errorf("exit code %d, want %d; the reason stands there %d times\n%s", code, want, n, stderr.String())
				}
				if writes := len(w.writes()); (writes == 120) != (want == 3) {
					t.Errorf("%d writes before exit code %d", writes, want)
				}
			}
			w.settled(file)
		})
	}
}
