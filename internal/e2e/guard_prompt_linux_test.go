package e2e

import (
	"io"
	"strings"
	"testing"

	"regent/internal/emulator"
)

// agreed runs an apply that asks, does something while it waits, and answers yes.
func (w *world) agreed(meanwhile func(), args ...string) *process {
	w.t.Helper()
	person, stdin := terminal(w.t)
	p := w.start(stdin, append([]string{"apply"}, args...)...)
	p.says("Only yes is accepted")
	meanwhile()
	if _, err := io.WriteString(person, "yes\n"); err != nil {
		w.t.Fatal(err)
	}
	return p
}

// TestInvariant04AgreesToWhatWasShown: what changes while somebody thinks about the question is refused, or left out when there
// is less to do; it is not made twice.
func TestInvariant04AgreesToWhatWasShown(t *testing.T) {
	t.Parallel()
	for _, d := range dialects() {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, emulator.Options{Switches: map[string]string{
				"sas-duplicate": "accept", "hss-duplicate-name": "accept", "swr-duplicate-name": "accept",
			}})
			file := w.file("r.yaml", d.file(3))

			// Somebody makes one of the entries.
			w.agreed(func() { w.applied(0, w.file("one.yaml", d.file(1))) }, "-f", file).ends(0).shows(t, "2 applied")
			if n := len(stored(t, w.Server, d.provider)); n != 3 {
				t.Errorf("%d entries, want 3", n)
			}
			w.settled(file)

			// Somebody makes one that differs, so that an add has become something else.
			if err := w.SetState(emulator.State{Version: 1}); err != nil {
				t.Fatal(err)
			}
			w.ClearRequests()
			r := w.agreed(func() {
				w.applied(0, w.file("one.yaml", d.edited(t, d.mutable[0])))
				w.ClearRequests()
			}, "-f", file, "--audit", w.path("audit.jsonl")).ends(4).says(t, "refused, nothing was written: the plan has changed since it was shown", numbered(d.label, 1))
			w.wrote()
			if exists(w.path("audit.jsonl")) || strings.Contains(r.out, "applied") {
				t.Errorf("it looks like an apply\n%s", r)
			}
			w.apply(file).exits(t, 0)
			w.settled(file)
		})
	}
}

// TestGuardDoesNotTrustAnOldLook: a list that cannot be read again is no ground to write on.
func TestGuardDoesNotTrustAnOldLook(t *testing.T) {
	t.Parallel()
	w := newWorld(t, emulator.Options{})
	d := hssHarbor()
	w.agreed(func() {
		w.faults(emulator.Fault{Operation: d.list, Kind: emulator.FaultStatus, Status: 403, Times: -1})
	}, "-f", w.file("r.yaml", d.file(1))).ends(1).says(t, "nothing was written: some accounts could not be read")
	w.wrote()
}
