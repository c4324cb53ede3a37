package e2e

import (
	"fmt"
	"testing"

	"regent/internal/emulator"
)

func TestInvariant06SecondApplyHasNothingToDo(t *testing.T) {
	t.Parallel()
	w := newWorld(t, emulator.Options{})
	file := w.file("r.yaml", together(3, variants()...))
	w.applied(0, file)
	if n := len(w.writes()); n != 3*len(variants()) {
		t.Errorf("%d writes for %d items", n, 3*len(variants()))
	}
	before := w.State()
	w.applied(0, file)
	w.wrote()
	w.plan(file, "--detailed-exitcode").exits(t, 0).shows(t, "No changes.")
	for _, d := range variants() {
		if got, want := len(stored(t, w.Server, d.provider)), len(before.SAS.Registries); d.provider == "alibaba-sas" && got != want {
			t.Errorf("%d entries, want %d", got, want)
		}
	}
}

// TestInvariant06HalfDoneApplyConverges breaks an apply at its nth write and runs it again.
func TestInvariant06HalfDoneApplyConverges(t *testing.T) {
	t.Parallel()
	const items = 3
	for _, fault := range []emulator.Fault{
		{Kind: emulator.FaultStatus, Status: 400, Times: -1},
		{Kind: emulator.FaultDropAfter, Times: -1},
		{Kind: emulator.FaultStatus, Status: 500, Times: -1},
	} {
		for done := range items {
			if fault.Status == 500 && done != items-1 {
				continue // every such failure is looked at for seconds
			}
			t.Run(fmt.Sprintf("%s %d after %d writes", fault.Kind, fault.Status, done), func(t *testing.T) {
				t.Parallel()
				each(t, dialects(), func(t *testing.T, w *world, d dialect) {
					// Item 1 is a modify, the others are adds.
					w.seeded(d)
					yaml := d.edited(t, d.mutable[0])
					var want []entry
					for n := 2; n <= items; n++ {
						yaml += numbered(d.item, n)
						want = append(want, d.wants(n, nil))
					}
					file := w.file("r.yaml", yaml)
					creates, updates := fault, fault
					creates.Operation, creates.Skip = d.create, max(done-1, 0)
					updates.Operation = d.update
					faults := []emulator.Fault{creates}
					if done == 0 {
						faults = append(faults, updates)
					}
					w.faults(faults...)
					w.apply(file, "--parallelism", "1")
					w.faults()
					w.ClearRequests()
					left := len(w.planned(file).Changes)
					w.applied(0, file)
					if n := len(w.writes()); n != left {
						t.Errorf("the second run wrote %d times for %d changes", n, left)
					}
					w.holds(d, append(want, d.wants(1, d.mutable[0].want))...)
					w.settled(file)
				})
			})
		}
	}
}

// TestInvariant06UnreadableResultIsUnknownAndConverges: when reading back fails, what was written is not called applied,
// and the next run finds it done.
func TestInvariant06UnreadableResultIsUnknownAndConverges(t *testing.T) {
	t.Parallel()
	each(t, dialects(), func(t *testing.T, w *world, d dialect) {
		file := w.file("r.yaml", d.file(2))
		w.plan(file).exits(t, 0)
		w.faults(emulator.Fault{Operation: d.list, Skip: w.count(d.list), Times: -1, Kind: emulator.FaultStatus, Status: 403})
		if got := w.applied(3, file).Summary.Unknown; got != 2 {
			t.Errorf("%d unknown, want 2", got)
		}
		w.faults()
		w.ClearRequests()
		w.applied(0, file)
		w.wrote()
	})
}
