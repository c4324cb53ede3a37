package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"regent/internal/emulator"
)

// race runs two processes with the same file at once and gives their results.
func (w *world) race(file string) [2]applyDoc {
	w.t.Helper()
	var runs [2]*process
	for i := range runs {
		runs[i] = w.start(nil, "apply", "-f", file, "--auto-approve", "--format", "json", "--audit", w.path(fmt.Sprintf("audit-%d.jsonl", i)))
	}
	var done [2]applyDoc
	for i, p := range runs {
		_ = p.cmd.Wait() // the exit code is looked at below
		code := p.cmd.ProcessState.ExitCode()
		if done[i] = decode[applyDoc](w.t, p.out.String()); code != 0 && code != 1 && code != 3 {
			w.t.Errorf("exit code %d\n%s", code, p.err.String())
		}
		if clean := done[i].Summary.Failed+done[i].Summary.Unknown+done[i].Summary.NotAttempted == 0; clean != (code == 0) {
			w.t.Errorf("exit code %d with %+v", code, done[i].Summary)
		}
	}
	return done
}

// TestGuardTwoAppliesAtOnceDoubleNothing where the vendor refuses a second entry with one key: what one of them has made
// meanwhile is refused to the other, which says so.
func TestGuardTwoAppliesAtOnceDoubleNothing(t *testing.T) {
	t.Parallel()
	for round := range 8 {
		t.Run(fmt.Sprint("round ", round), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, emulator.Options{Latency: time.Duration(round) * time.Millisecond})
			file := w.file("r.yaml", together(6, dialects()...))
			done := w.race(file)
			for _, d := range dialects() {
				if n := len(stored(t, w.Server, d.provider)); n != 6 {
					t.Errorf("%d entries of %s, want 6", n, d.provider)
				}
			}
			first, second := done[0].statuses(), done[1].statuses()
			for _, d := range dialects() {
				for i := 1; i <= 6; i++ {
					item := d.account + "/" + numbered(d.label, i)
					if first[item] != "applied" && second[item] != "applied" {
						t.Errorf("%s is there, and ended as %q and %q", item, first[item], second[item])
					}
				}
			}
			for _, run := range done {
				for _, o := range run.Outcomes {
					if o.Status != "applied" && !strings.Contains(o.Detail, "exist") {
						t.Errorf("%s ended as %s: %s", o.Name, o.Status, o.Detail)
					}
				}
			}
			executed := 0
			for _, r := range w.writes() {
				executed += r.Executed
			}
			if executed != 18 {
				t.Errorf("%d writes were carried out, want 18", executed)
			}
			w.settled(file)
		})
	}
}

// TestGuardTwoAppliesAtOnceAreNoticed where the vendor takes two entries with one key: nobody can prevent the second, but
// the run that made it finds it on reading back, and from then on nothing is written for the key.
func TestGuardTwoAppliesAtOnceAreNoticed(t *testing.T) {
	t.Parallel()
	doubled := 0
	for round := range 6 {
		w := newWorld(t, emulator.Options{Latency: 20 * time.Millisecond, Switches: map[string]string{
			"sas-duplicate": "accept", "hss-duplicate-name": "accept", "swr-duplicate-name": "accept",
		}})
		file := w.file("r.yaml", together(4, dialects()...))
		done := w.race(file)
		first, second := done[0].statuses(), done[1].statuses()
		twice := 0
		for _, d := range dialects() {
			entries := map[string]int{}
			for _, e := range stored(t, w.Server, d.provider) {
				entries[fmt.Sprint(e[nameOf(d)])]++
			}
			for i := 1; i <= 4; i++ {
				item, n := d.account+"/"+numbered(d.label, i), entries[fmt.Sprint(d.wants(i, nil)[nameOf(d)])]
				both := first[item] == "applied" && second[item] == "applied"
				if n > 1 && both || n < 1 {
					t.Errorf("round %d: %s has %d entries, and ended as %q and %q", round, item, n, first[item], second[item])
				}
				if n > 1 {
					twice++
				}
			}
		}
		doubled += twice
		if twice == 0 {
			continue
		}
		w.ClearRequests()
		r := w.apply(file).exits(t, 1).shows(t, "entries have its key", "delete all but one")
		if got := strings.Count(r.out, "live entries have its key"); got < twice {
			t.Errorf("%d problems for %d doubled entries\n%s", got, twice, r)
		}
		w.wrote()
	}
	if doubled == 0 {
		t.Error("no two runs met, so that nothing was tested")
	}
}
