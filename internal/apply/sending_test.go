package apply_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"regent/internal/apply"
	"regent/internal/emulator"
	"regent/internal/model"
	"regent/internal/provider"
)

// TestSecondSendingOfALostAddIsInTheAuditFile like the first, and says why there is one.
func TestSecondSendingOfALostAddIsInTheAuditFile(t *testing.T) {
	t.Parallel()
	eachDialect(t, nil, func(t *testing.T, d dialect, w *world) {
		out := w.apply(d.yaml(1, "robot"), emulator.Fault{Operation: d.add, Kind: emulator.FaultDropBefore})
		if diff := cmp.Diff([]string{"started", "started", "applied", "verified"}, out.trail("harbor-1")); diff != "" || w.count(d.add) != 2 {
			t.Errorf("%d were sent: %s", w.count(d.add), diff)
		}
		if e := out.events[1]; e.Detail != "sent once more: the answer was lost, and the list does not show it" {
			t.Errorf("the second line says %q", e.Detail)
		}
	})
}

// TestLostAddIsNotSentOnceMoreWithoutTheAuditFile: the file fails after the first sending, when nobody knows what became of it.
func TestLostAddIsNotSentOnceMoreWithoutTheAuditFile(t *testing.T) {
	t.Parallel()
	eachDialect(t, nil, func(t *testing.T, d dialect, w *world) {
		out, r := w.prepare(d.yaml(1, "robot"))
		w.faults(emulator.Fault{Operation: d.add, Kind: emulator.FaultDropBefore})
		lines := 0
		w.finish(t.Context(), out, r, func(o *apply.Options) {
			o.Audit = func(apply.Event) error {
				if lines++; lines > 1 {
					return errors.New("the disk is full")
				}
				return nil
			}
		})
		o := out.only(t)
		if o.Status != apply.Unknown || !strings.Contains(o.Detail, "it was not sent once more: the disk is full") || w.count(d.add) != 1 {
			t.Errorf("%d were sent, it ends as %s: %s", w.count(d.add), o.Status, o.Detail)
		}
	})
}

// TestInterruptedWhileReadingBackEndsAsBeforeIt: what the API accepted is applied, whenever the interrupt comes.
func TestInterruptedWhileReadingBackEndsAsBeforeIt(t *testing.T) {
	t.Parallel()
	eachDialect(t, nil, func(t *testing.T, d dialect, w *world) {
		out, r := w.prepare(d.yaml(1, "robot"))
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		w.intercept(func(_ http.ResponseWriter, req *http.Request) bool {
			if isWrite(req) || w.count(d.add) == 0 {
				return false
			}
			cancel()
			<-req.Context().Done() // until the run gives up
			return true
		})
		w.finish(ctx, out, r, func(o *apply.Options) { o.Grace = time.Millisecond }).unread(t)
	})
}

// TestInterruptedAfterALostRepairIsUnknown: the entry lacks fields, and whether the whole one that was sent brought them back
// cannot be read any more.
func TestInterruptedAfterALostRepairIsUnknown(t *testing.T) {
	t.Parallel()
	d := dialects()[1]
	w := start(t, clearing())
	w.settle(d.yaml(1, "robot"))
	out, r := w.prepare(d.yaml(1, "other"))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var writes atomic.Int64
	w.intercept(func(_ http.ResponseWriter, req *http.Request) bool {
		switch {
		case isWrite(req) && writes.Add(1) == 2:
			panic(http.ErrAbortHandler)
		case writes.Load() < 2:
			return false
		}
		cancel()
		<-req.Context().Done()
		return true
	})
	o := w.finish(ctx, out, r, func(o *apply.Options) { o.Grace = time.Millisecond }).only(t)
	if o.Status != apply.Unknown || !strings.Contains(o.Detail, "the answer to sending the whole entry was lost, and reading it back failed") {
		t.Errorf("ends as %s: %s", o.Status, o.Detail)
	}
}

// TestPanicOfTheReadingBackLeavesWhatIsSettled: the first list settles one of two, and the second never comes.
func TestPanicOfTheReadingBackLeavesWhatIsSettled(t *testing.T) {
	t.Parallel()
	w, looks := scripted{add: func(provider.Write) (provider.Receipt, error) { return provider.Receipt{}, nil }}, 0
	out := scriptedRun(t, 2, func(context.Context) (provider.Writer, error) { return w, nil },
		func(_ context.Context, desired []model.Item) ([]model.Item, error) {
			if looks++; looks > 1 {
				panic("index out of range")
			}
			return desired[:1], nil
		})
	if o := out.Outcomes[0]; o.Status != apply.Applied || o.Detail != "" {
		t.Errorf("what was read back ends as %s: %s", o.Status, o.Detail)
	}
	if o := out.Outcomes[1]; o.Status != apply.Unknown || !strings.Contains(o.Detail, "index out of range") {
		t.Errorf("what was not ends as %s: %s", o.Status, o.Detail)
	}
	if diff := cmp.Diff([]string{"started", "applied", "verified"}, out.trail("item-1")); diff != "" {
		t.Error(diff)
	}
}

// TestEntryWhoseIDIsMaskedIsFoundByIt: the plan shows no ID that holds a secret, and the vendor clears what else identifies
// the entry.
func TestEntryWhoseIDIsMaskedIsFoundByIt(t *testing.T) {
	t.Parallel()
	d := dialects()[0]
	w := start(t, clearing())
	w.settle(d.yaml(1, "robot"))
	state := w.State()
	state.SAS.Registries[0].ID = 7654321
	if err := w.SetState(state); err != nil {
		t.Fatal(err)
	}
	w.env["PASSWORD"] = "7654321"
	out := w.apply(d.yaml(1, "other"))
	if o := out.only(t); o.Status != apply.Applied || !strings.Contains(o.Detail, "sent whole") || strings.Contains(o.Change.ID, "7654321") {
		t.Errorf("%s ends as %s: %s", o.Change.ID, o.Status, o.Detail)
	}
	w.settled(d.yaml(1, "other"))
}
