package apply_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"regent/internal/apply"
	"regent/internal/emulator"
)

// patient are looks that wait out a list that lags by less than their sum.
var patient = []time.Duration{0, 40 * time.Millisecond, 80 * time.Millisecond}

const (
	within = 60    // milliseconds by which a list lags, within the bound of patient
	beyond = 60000 // and beyond any
)

// accepting are vendors that make a second entry where there is one.
func accepting() map[string]string {
	return map[string]string{"hss-duplicate-name": "accept", "swr-duplicate-name": "accept", "sas-duplicate": "accept"}
}

// patiently applies a configuration with faults and with looks that wait.
func (w *world) patiently(yaml string, faults ...emulator.Fault) *run {
	w.t.Helper()
	out, r := w.prepare(yaml)
	w.faults(faults...)
	return w.finish(w.t.Context(), out, r, func(o *apply.Options) { o.LookUps = patient })
}

// executed gives, from the request log, how often a create was carried out, each request by itself.
func (w *world) executed(operation, name string) (times []int) {
	for _, r := range w.Requests() {
		if r.Operation == operation && strings.Contains(r.Name, name) && r.Executed > 0 {
			times = append(times, r.Executed)
		}
	}
	return times
}

// TestInvariant05LostAddWaitsOutAStaleList: the answer is lost and the list does not show the entry yet. A second create would make
// a second entry.
func TestInvariant05LostAddWaitsOutAStaleList(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{emulator.FaultDropAfter, emulator.FaultResetAfter, emulator.FaultCut, emulator.FaultGarbage} {
		for _, d := range dialects() {
			t.Run(d.name+" "+kind, func(t *testing.T) {
				t.Parallel()
				w := start(t, accepting())
				o := w.patiently(d.yaml(1, "robot"), emulator.Fault{Operation: d.add, Kind: kind, StaleMillis: within}).only(t)
				if o.Status != apply.Applied || !strings.Contains(o.Detail, "adopted") || o.ID == "" {
					t.Errorf("ends as %s: %s", o.Status, o.Detail)
				}
				if times := w.executed(d.add, ""); len(times) != 1 || times[0] != 1 || w.count(d.add) != 1 {
					t.Errorf("the create was carried out %v times, and sent %d times", times, w.count(d.add))
				}
				w.settled(d.yaml(1, "robot"))
			})
		}
	}
}

// TestLostAddsOfManyAreNeverDoubled loses every answer of adds under way at once, in lists that lag.
func TestLostAddsOfManyAreNeverDoubled(t *testing.T) {
	t.Parallel()
	const n = 8
	eachDialect(t, accepting(), func(t *testing.T, d dialect, w *world) {
		out := w.patiently(d.yaml(n, "robot"), emulator.Fault{Operation: d.add, Kind: emulator.FaultDropAfter, Times: -1, StaleMillis: within})
		if out.Count(apply.Applied) != n {
			t.Errorf("%+v", out.Outcomes)
		}
		for i := range n {
			mark := fmt.Sprintf("harbor-%d", i+1)
			if d.name == "alibaba-sas" {
				mark = fmt.Sprintf("/h%d.", i+1)
			}
			if times := w.executed(d.add, mark); len(times) != 1 || times[0] != 1 {
				t.Errorf("the create of %s was carried out %v times", mark, times)
			}
		}
	})
}

// neverShown loses the answer of a write in a list that lags for longer than is waited. The outcome has to be unknown, and
// the writes to be carried out and sent so often.
func (w *world) neverShown(yaml string, f emulator.Fault, told string, done, sent int) {
	w.t.Helper()
	f.Kind, f.StaleMillis = emulator.FaultDropAfter, beyond
	out := w.apply(yaml, f)
	if o := out.only(w.t); o.Status != apply.Unknown || !strings.Contains(o.Detail, told) || !out.Written() {
		w.t.Errorf("ends as %s: %s", o.Status, o.Detail)
	}
	if times := w.executed(f.Operation, ""); len(times) != done || w.count(f.Operation) != sent {
		w.t.Errorf("%s was carried out %v times, and sent %d times", f.Operation, times, w.count(f.Operation))
	}
}

// TestInvariant05LateListAtAVendorThatAcceptsTwo is the one way to two entries: the list lags for longer than is waited, and
// the vendor takes the second create. Once the list has caught up both are named, and nothing is sent a third time.
func TestInvariant05LateListAtAVendorThatAcceptsTwo(t *testing.T) {
	t.Parallel()
	eachDialect(t, accepting(), func(t *testing.T, d dialect, w *world) {
		var writes atomic.Int64
		w.intercept(func(_ http.ResponseWriter, r *http.Request) bool {
			if isWrite(r) && writes.Add(1) == 2 { // a state that is set shows in lists at once
				if err := w.SetState(w.State()); err != nil {
					t.Error(err)
				}
			}
			return false
		})
		o := w.apply(d.yaml(1, "robot"), emulator.Fault{Operation: d.add, Kind: emulator.FaultDropAfter, StaleMillis: beyond}).only(t)
		if o.Status != apply.Unknown || !strings.Contains(o.Detail, "2 entries with its key (IDs ") || !o.Written {
			t.Errorf("ends as %s: %s", o.Status, o.Detail)
		}
		if times := w.executed(d.add, ""); len(times) != 2 || w.count(d.add) != 2 {
			t.Errorf("the create was carried out %v times, and sent %d times", times, w.count(d.add))
		}
	})
}

// TestInvariant05TwoCandidatesAreUnknown: which of two entries with the key is this run's own cannot be told.
func TestInvariant05TwoCandidatesAreUnknown(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{emulator.FaultTwice, emulator.FaultConcurrent} {
		for _, lost := range []bool{false, true} {
			for _, d := range dialects() {
				t.Run(fmt.Sprint(d.name, " ", kind, " lost ", lost), func(t *testing.T) {
					t.Parallel()
					w := start(t, accepting())
					if lost { // what answers is broken, after both were made
						w.intercept(func(_ http.ResponseWriter, r *http.Request) bool {
							if !isWrite(r) {
								return false
							}
							w.ServeHTTP(nowhere{http.Header{}}, r)
							panic(http.ErrAbortHandler)
						})
					}
					o := w.apply(d.yaml(1, "robot"), emulator.Fault{Operation: d.add, Kind: kind}).only(t)
					if o.Status != apply.Unknown || !strings.Contains(o.Detail, "2 entries with its key (IDs ") || (o.Err != nil) != lost {
						t.Errorf("ends as %s: %s, %v", o.Status, o.Detail, o.Err)
					}
					if w.count(d.add) != 1 {
						t.Errorf("the create was sent %d times", w.count(d.add))
					}
				})
			}
		}
	}
}

// nowhere takes an answer that nobody gets.
type nowhere struct{ header http.Header }

func (n nowhere) Header() http.Header         { return n.header }
func (n nowhere) Write(b []byte) (int, error) { return len(b), nil }
func (n nowhere) WriteHeader(int)             {}

// TestInvariant06ReadingBackWaitsOutAStaleList: a modify that the list does not show yet is no failure.
func TestInvariant06ReadingBackWaitsOutAStaleList(t *testing.T) {
	t.Parallel()
	for _, fault := range []emulator.Fault{
		{Kind: emulator.FaultStale, StaleMillis: within},
		{Kind: emulator.FaultDropAfter, StaleMillis: within},
	} {
		for _, modify := range []bool{false, true} {
			for _, d := range dialects() {
				t.Run(fmt.Sprint(d.name, " ", fault.Kind, " modify ", modify), func(t *testing.T) {
					t.Parallel()
					w, yaml := start(t, nil), d.yaml(2, "robot")
					f := fault
					f.Operation = d.add
					if modify {
						w.settle(yaml)
						yaml, f.Operation = d.yaml(2, "other"), d.modify
					}
					out := w.patiently(yaml, f)
					if out.Count(apply.Applied) != 2 || w.count(f.Operation) != 2 {
						t.Errorf("%d writes: %+v", w.count(f.Operation), out.Outcomes)
					}
					for _, name := range []string{"harbor-1", "harbor-2"} {
						if trail := out.trail(name); trail[len(trail)-1] != apply.Verified {
							t.Errorf("%s: %v", name, trail)
						}
					}
				})
			}
		}
	}
}

// TestClearedFieldsInAListThatNeverShowsThem loses the answer of the write that brings them back. It has been carried out, and
// may not be called failed.
func TestClearedFieldsInAListThatNeverShowsThem(t *testing.T) {
	t.Parallel()
	for _, d := range dialects()[:2] {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			w := start(t, clearing())
			w.settle(d.yaml(1, "robot"))
			w.neverShown(d.yaml(1, "other"), emulator.Fault{Operation: d.modify, Skip: 1}, "was lost; the list does not show them; plan again (", 2, 2)
		})
	}
}

// TestInvariant06ClearedFieldsAreBroughtBackWithoutAnswers: a vendor takes a partial modify for a replacement, and the answers of
// the modify, of the write that brings the rest back, or of both are lost. What identifies the entry of SAS in the file is
// among what was cleared: by its key alone it would not be found, and made anew beside the old one.
func TestInvariant06ClearedFieldsAreBroughtBackWithoutAnswers(t *testing.T) {
	t.Parallel()
	for name, faults := range map[string][]emulator.Fault{
		"modify":       {{Kind: emulator.FaultResetAfter}},
		"repair":       {{Kind: emulator.FaultResetAfter, Skip: 1}},
		"both":         {{Kind: emulator.FaultResetAfter, Times: 2}},
		"stale modify": {{Kind: emulator.FaultEmpty, StaleMillis: within}},
		"stale repair": {{Kind: emulator.FaultStale, Skip: 1, StaleMillis: within}},
	} {
		for _, d := range dialects()[:2] {
			t.Run(d.name+" "+name, func(t *testing.T) {
				t.Parallel()
				w := start(t, clearing())
				w.settle(d.yaml(1, "robot"))
				before := w.State()
				for i := range faults {
					faults[i].Operation = d.modify
				}
				o := w.patiently(d.yaml(1, "other"), faults...).only(t)
				if o.Status != apply.Applied || !strings.Contains(o.Detail, "sent whole") || o.Err != nil {
					t.Errorf("ends as %s: %s", o.Status, o.Detail)
				}
				if n := w.count(d.modify); n != 2 || w.count(d.add) != 0 {
					t.Errorf("%d modifies and %d adds were sent, want 2 and none", n, w.count(d.add))
				}
				w.settled(d.yaml(1, "other"))
				after := w.State()
				if len(after.SAS.Registries) != len(before.SAS.Registries) || len(after.HSS.Registries) != len(before.HSS.Registries) {
					t.Error("there is another entry")
				}
			})
		}
	}
}

// TestWriteThatTheListShowsCountsAsWritten also when what comes after fails.
func TestWriteThatTheListShowsCountsAsWritten(t *testing.T) {
	t.Parallel()
	for _, d := range dialects()[:2] {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			w := start(t, clearing())
			w.settle(d.yaml(1, "robot"))
			out := w.apply(d.yaml(1, "other"), emulator.Fault{Operation: d.modify, Kind: emulator.FaultDropAfter},
				emulator.Fault{Operation: d.modify, Kind: emulator.FaultStatus, Status: 400})
			if o := out.only(t); o.Status != apply.Failed || !out.Written() {
				t.Errorf("ends as %s (%s), counts as written: %v", o.Status, o.Detail, out.Written())
			}
		})
	}
}

// TestInterruptedApplySaysWhatItDidNotReadBack: the API accepted it, and that is all that is known.
func TestInterruptedApplySaysWhatItDidNotReadBack(t *testing.T) {
	t.Parallel()
	eachDialect(t, nil, func(t *testing.T, d dialect, w *world) {
		out, r := w.prepare(d.yaml(1, "robot"))
		w.faults(emulator.Fault{Operation: d.add, Kind: emulator.FaultIgnore})
		ctx := w.interruptedAtWrite()
		w.finish(ctx, out, r, nil).unread(t)
	})
}

// TestInvariant05LostModifyOfAnEntryThatIsGone: somebody deletes the entry before the list is looked at. Nobody can tell what
// became of the write.
func TestInvariant05LostModifyOfAnEntryThatIsGone(t *testing.T) {
	t.Parallel()
	eachDialect(t, nil, func(t *testing.T, d dialect, w *world) {
		w.apply(d.yaml(1, "robot"))
		w.intercept(func(_ http.ResponseWriter, r *http.Request) bool {
			if !isWrite(r) {
				return false
			}
			w.ServeHTTP(nowhere{http.Header{}}, r)
			if err := w.SetState(emulator.State{Version: 1}); err != nil {
				t.Error(err)
			}
			panic(http.ErrAbortHandler)
		})
		out := w.apply(d.yaml(1, "another"))
		if o := out.only(t); o.Status != apply.Unknown || !strings.Contains(o.Detail, "no longer has the entry") || !out.Written() {
			t.Errorf("ends as %s: %s", o.Status, o.Detail)
		}
	})
}
