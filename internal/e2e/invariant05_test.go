package e2e

import (
	"strings"
	"testing"

	"regent/internal/emulator"
)

// lost is a way in which the answer to a create goes wrong, and what must come of it.
type lost struct {
	name   string
	faults []emulator.Fault // on the create, unless they name an operation
	// lookUpFails refuses every list after the plan's own.
	lookUpFails bool
	status      string
	exit        int
	// sent is how often the create is sent, entries how many entries there are in the end.
	sent, entries int
	detail        string
}

// prepare plans a file, so that the list's requests are known, and sets the case's faults on an operation.
func (c lost) prepare(w *world, d dialect, operation, file string) {
	w.t.Helper()
	w.plan(file).exits(w.t, 0)
	var faults []emulator.Fault
	for _, f := range c.faults {
		f.Operation = operation
		faults = append(faults, f)
	}
	if c.lookUpFails {
		faults = append(faults, emulator.Fault{
			Operation: d.list, Skip: w.count(d.list), Times: -1, Kind: emulator.FaultStatus, Status: 403,
		})
	}
	w.faults(faults...)
	w.ClearRequests()
}

// ends insists on how the only change of an apply ends.
func (c lost) ends(w *world, file string) {
	w.t.Helper()
	if o := w.applied(c.exit, file).only(w.t); o.Status != c.status || !strings.Contains(o.Detail, c.detail) {
		w.t.Errorf("ended as %s: %s; want %s, %q", o.Status, o.Detail, c.status, c.detail)
	}
}

// times spoils the next n requests.
func times(n int, kind string) emulator.Fault { return emulator.Fault{Kind: kind, Times: n} }

// executed is a fault whose request is carried out before its answer is spoilt.
func executed(f emulator.Fault) emulator.Fault {
	f.After = true
	return f
}

var serverError = emulator.Fault{Kind: emulator.FaultStatus, Status: 500}

func lostCreates() []lost {
	return []lost{
		{name: "answer dropped after execution", faults: []emulator.Fault{{Kind: emulator.FaultDropAfter}},
			status: "applied", sent: 1, entries: 1, detail: "adopted"},
		{name: "dropped before execution", faults: []emulator.Fault{{Kind: emulator.FaultDropBefore}},
			status: "applied", sent: 2, entries: 1},
		{name: "dropped before, then after execution", faults: []emulator.Fault{{Kind: emulator.FaultDropBefore}, {Kind: emulator.FaultDropAfter}},
			status: "applied", sent: 2, entries: 1, detail: "adopted"},
		{name: "dropped twice", faults: []emulator.Fault{times(-1, emulator.FaultDropBefore)},
			status: "unknown", exit: 3, sent: 2, entries: 0, detail: "sent twice"},
		{name: "server error before execution", faults: []emulator.Fault{serverError},
			status: "applied", sent: 2, entries: 1},
		{name: "server error after execution", faults: []emulator.Fault{executed(serverError)},
			status: "applied", sent: 1, entries: 1, detail: "adopted"},
		{name: "server error twice", faults: []emulator.Fault{{Kind: emulator.FaultStatus, Status: 502, Times: -1}},
			status: "unknown", exit: 3, sent: 2, entries: 0, detail: "HTTP 502"},
		{name: "answer cut short", faults: []emulator.Fault{{Kind: emulator.FaultCut}},
			status: "applied", sent: 1, entries: 1, detail: "adopted"},
		{name: "a web page before execution", faults: []emulator.Fault{{Kind: emulator.FaultHTML}},
			status: "applied", sent: 2, entries: 1},
		{name: "a web page after execution", faults: []emulator.Fault{executed(emulator.Fault{Kind: emulator.FaultHTML})},
			status: "applied", sent: 1, entries: 1, detail: "adopted"},
		{name: "look-up fails after execution", faults: []emulator.Fault{{Kind: emulator.FaultDropAfter}}, lookUpFails: true,
			status: "unknown", exit: 3, sent: 1, entries: 1, detail: "looking it up failed"},
		{name: "look-up fails before execution", faults: []emulator.Fault{{Kind: emulator.FaultDropBefore}}, lookUpFails: true,
			status: "unknown", exit: 3, sent: 1, entries: 0, detail: "looking it up failed"},
		{name: "throttled", faults: []emulator.Fault{times(2, emulator.FaultThrottle)},
			status: "applied", sent: 3, entries: 1},
		{name: "throttled for long", faults: []emulator.Fault{{Kind: emulator.FaultThrottle, Times: 7, TimeLeft: 100}},
			status: "applied", sent: 8, entries: 1},
		{name: "refused", faults: []emulator.Fault{{Kind: emulator.FaultStatus, Status: 403}},
			status: "failed", exit: 1, sent: 1, entries: 0, detail: "HTTP 403"},
		{name: "redirected", faults: []emulator.Fault{{Kind: emulator.FaultRedirect, Location: "http://127.0.0.1:1/elsewhere"}},
			status: "failed", exit: 1, sent: 1, entries: 0, detail: "redirects are never followed"},
		{name: "accepted and not done", faults: []emulator.Fault{{Kind: emulator.FaultIgnore}},
			status: "failed", exit: 3, sent: 1, entries: 0, detail: "the list does not show the entry"},
	}
}

func TestInvariant05LostCreateIsNeverRepeatedBlindly(t *testing.T) {
	t.Parallel()
	for _, c := range lostCreates() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			each(t, dialects(), func(t *testing.T, w *world, d dialect) {
				file := w.file("r.yaml", d.file(1))
				c.prepare(w, d, d.create, file)
				c.ends(w, file)
				if n := w.count(d.create); n != c.sent {
					t.Errorf("the create was sent %d times, want %d", n, c.sent)
				}
				if n := len(stored(t, w.Server, d.provider)); n != c.entries {
					t.Fatalf("the emulator holds %d entries, want %d", n, c.entries)
				}
				// Whatever happened, the next run converges on one entry.
				w.faults()
				w.applied(0, file)
				w.holds(d, d.wants(1, nil))
				w.settled(file)
			})
		})
	}
}

// TestInvariant05ManyLostCreates loses every answer of many creates under way at once.
func TestInvariant05ManyLostCreates(t *testing.T) {
	t.Parallel()
	const n = 12
	for _, kind := range []string{emulator.FaultDropAfter, emulator.FaultDropBefore} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			each(t, dialects(), func(t *testing.T, w *world, d dialect) {
				var faults []emulator.Fault
				for i := range n {
					faults = append(faults, emulator.Fault{Operation: d.create, Kind: kind, Match: numbered(d.mark, i+1)})
				}
				w.faults(faults...)
				file := w.file("r.yaml", d.file(n))
				if got := w.applied(0, file).Summary.Applied; got != n {
					t.Errorf("%d applied, want %d", got, n)
				}
				var want []entry
				for i := range n {
					want = append(want, d.wants(i+1, nil))
				}
				w.holds(d, want...)
			})
		})
	}
}

// TestInvariant05SomebodyElsesEntryIsNotAdopted: what is found after a lost create is adopted only when it is equal.
func TestInvariant05SomebodyElsesEntryIsNotAdopted(t *testing.T) {
	t.Parallel()
	each(t, dialects(), func(t *testing.T, w *world, d dialect) {
		other := newWorld(t, emulator.Options{})
		other.applied(0, other.file("other.yaml", d.edited(t, d.mutable[0])))
		file := w.file("r.yaml", d.file(1))
		held := w.dammed(writing)
		w.faults(emulator.Fault{Operation: d.create, Kind: emulator.FaultDropBefore})
		ended := make(chan result)
		go func() { ended <- w.apply(file, "--format", "json") }()
		// Between the plan and the lost answer, somebody else makes an entry of the same key.
		w.await("the create", func() bool { return held.count() > 0 })
		if err := w.SetState(other.State()); err != nil {
			t.Fatal(err)
		}
		held.open()
		r := (<-ended).exits(t, 3) // the entry may be this run's own
		if o := decode[applyDoc](t, r.out).only(t); o.Status != "failed" || !strings.Contains(o.Detail, "differs in "+d.mutable[0].field) {
			t.Errorf("ended as %s: %s", o.Status, o.Detail)
		}
		w.holds(d, d.wants(1, d.mutable[0].want))
	})
}

// TestInvariant05DuplicateMadeMeanwhileIsReported: where a vendor accepts a second entry of one key, it is named.
func TestInvariant05DuplicateMadeMeanwhileIsReported(t *testing.T) {
	t.Parallel()
	for _, d := range dialects() {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, emulator.Options{Switches: map[string]string{
				"sas-duplicate": "accept", "hss-duplicate-name": "accept", "swr-duplicate-name": "accept",
			}})
			w.faults(emulator.Fault{Operation: d.create, Kind: emulator.FaultConcurrent})
			o := w.applied(3, w.file("r.yaml", d.file(1))).only(t)
			if o.Status != "unknown" || !strings.Contains(o.Detail, "2 entries with its key (IDs ") {
				t.Errorf("ended as %s: %s", o.Status, o.Detail)
			}
			w.wrote(d.create)
		})
	}
}

func TestInvariant05LostModifyIsLookedAt(t *testing.T) {
	t.Parallel()
	for _, c := range []lost{
		{name: "answer dropped after execution", faults: []emulator.Fault{{Kind: emulator.FaultDropAfter}},
			status: "applied", detail: "the list shows the change"},
		{name: "dropped before execution", faults: []emulator.Fault{{Kind: emulator.FaultDropBefore}},
			status: "unknown", exit: 3, detail: "the list does not show the change"},
		{name: "server error after execution", faults: []emulator.Fault{executed(serverError)},
			status: "applied", detail: "the list shows the change"},
		{name: "look-up fails", faults: []emulator.Fault{{Kind: emulator.FaultDropAfter}}, lookUpFails: true,
			status: "unknown", exit: 3, detail: "looking it up failed"},
		{name: "throttled", faults: []emulator.Fault{times(2, emulator.FaultThrottle)}, status: "applied", sent: 3},
		{name: "accepted and not done", faults: []emulator.Fault{{Kind: emulator.FaultIgnore}},
			status: "failed", exit: 3, detail: "it did not take"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			each(t, dialects(), func(t *testing.T, w *world, d dialect) {
				w.seeded(d)
				file := w.file("r.yaml", d.edited(t, d.mutable[0]))
				c.prepare(w, d, d.update, file)
				c.ends(w, file)
				if n := w.count(d.update); n != max(c.sent, 1) {
					t.Errorf("the modify was sent %d times, want %d", n, max(c.sent, 1))
				}
				w.faults()
				w.applied(0, file)
				w.holds(d, d.wants(1, d.mutable[0].want))
			})
		})
	}
}
