package e2e

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"regent/internal/emulator"
)

// dam holds requests back on their way to the emulator until it opens.
type dam struct {
	holds   func(*http.Request) bool
	opened  chan struct{}
	open    func()
	mu      sync.Mutex
	arrived int
}

// dammed puts a dam before the world's emulator.
func (w *world) dammed(holds func(*http.Request) bool) *dam {
	d := &dam{holds: holds, opened: make(chan struct{})}
	d.open = sync.OnceFunc(func() { close(d.opened) })
	hold := d.hold
	w.before.Store(&hold)
	w.t.Cleanup(d.open)
	return d
}

func (d *dam) hold(r *http.Request) {
	if !d.holds(r) {
		return
	}
	d.mu.Lock()
	d.arrived++
	d.mu.Unlock()
	select {
	case <-d.opened:
	case <-r.Context().Done():
	}
}

// count is how many requests have arrived at the dam.
func (d *dam) count() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.arrived
}

// writing and reading tell requests apart as they come over the wire.
func writing(r *http.Request) bool {
	action := r.Header.Get("X-Acs-Action")
	return r.Method != http.MethodGet && !strings.HasPrefix(action, "List") && !strings.HasPrefix(action, "Get")
}

func reading(r *http.Request) bool { return !writing(r) }

// signals are those that a person and a machine send.
var signals = map[string]syscall.Signal{"SIGINT": syscall.SIGINT, "SIGTERM": syscall.SIGTERM}

func TestInvariant10InterruptedApplyFinishesWhatIsUnderWayAndStartsNothing(t *testing.T) {
	t.Parallel()
	for name, signal := range signals {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const underWay = 3
			w := newWorld(t, emulator.Options{})
			held := w.dammed(writing)
			file, audit := w.file("r.yaml", together(4, dialects()...)), w.path("audit.jsonl")
			p := w.start(nil, "apply", "-f", file, "--auto-approve", "--parallelism", "3", "--format", "json", "--audit", audit)
			w.await("the first writes", func() bool { return held.count() == underWay })
			p.signal(signal)
			p.says("Interrupted: ")
			held.open()
			done := decode[applyDoc](t, p.ends(3).out)
			if held.count() != underWay {
				t.Errorf("%d writes were sent, want the %d that were under way", held.count(), underWay)
			}
			if !done.Interrupted || done.Summary.Applied != underWay || done.Summary.NotAttempted != 12-underWay {
				t.Errorf("interrupted %v, summary %+v", done.Interrupted, done.Summary)
			}
			for _, o := range done.Outcomes {
				if o.Status == "not attempted" && !strings.Contains(o.Detail, "interrupted") {
					t.Errorf("the outcome does not say why nothing was attempted: %+v", o)
				}
			}
			lines := w.audited(audit)
			checkAudit(t, lines, done.Digest)
			if got := len(closing(lines)); got != 12 {
				t.Errorf("the audit file accounts for %d changes, want 12", got)
			}
			w.applied(0, file)
			w.settled(file)
		})
	}
}

// TestInvariant10ThrottledWriteIsNotSentAgain: a write that waits for its next attempt is not under way.
func TestInvariant10ThrottledWriteIsNotSentAgain(t *testing.T) {
	t.Parallel()
	each(t, dialects(), func(t *testing.T, w *world, d dialect) {
		w.faults(emulator.Fault{Operation: d.create, Kind: emulator.FaultThrottle, Times: -1, RetryAfter: 8})
		p := w.start(nil, "apply", "-f", w.file("r.yaml", d.file(2)), "--auto-approve", "--parallelism", "1", "--format", "json")
		w.await("the refused write", func() bool {
			requests := w.Requests()
			return len(requests) > 0 && requests[len(requests)-1].Operation == d.create && requests[len(requests)-1].Status >= 400
		})
		p.signal(syscall.SIGINT)
		done := decode[applyDoc](t, p.ends(1).out)
		if n := w.count(d.create); n != 1 {
			t.Errorf("the write was sent %d times, want once", n)
		}
		if !done.Interrupted || done.Summary.NotAttempted != 2 || done.Summary.Applied+done.Summary.Failed+done.Summary.Unknown != 0 {
			t.Errorf("interrupted %v, summary %+v", done.Interrupted, done.Summary)
		}
		held := slices.ContainsFunc(done.Outcomes, func(o outcomeDoc) bool {
			return strings.Contains(o.Detail, "interrupted before it could be sent again")
		})
		if !held {
			t.Errorf("no outcome says that a write was held back: %+v", done.Outcomes)
		}
	})
}

// TestInvariant10WriteThatNeverEndsIsGivenUp: the wait for writes under way has an end, and their outcome is unknown.
func TestInvariant10WriteThatNeverEndsIsGivenUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t, emulator.Options{})
	held := w.dammed(writing)
	p := w.start(nil, "apply", "-f", w.file("r.yaml", together(1, dialects()...)), "--auto-approve", "--format", "json")
	w.await("the writes", func() bool { return held.count() == 3 })
	p.signal(syscall.SIGTERM)
	done := decode[applyDoc](t, p.ends(3).out)
	if !done.Interrupted || done.Summary.Unknown != 3 {
		t.Errorf("interrupted %v, summary %+v", done.Interrupted, done.Summary)
	}
}

func TestInvariant10SecondSignalEndsAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, emulator.Options{})
	held := w.dammed(writing)
	p := w.start(nil, "apply", "-f", w.file("r.yaml", swrHarbor().file(1)), "--auto-approve")
	w.await("the write", func() bool { return held.count() == 1 })
	p.signal(syscall.SIGINT)
	p.says("Interrupted: ")
	go func() {
		for p.cmd.Process.Signal(syscall.SIGINT) == nil { // until it has ended
			time.Sleep(500 * time.Millisecond) // no condition to wait for: within a second a signal is taken for the same wish
		}
	}()
	p.ends(-1)
}

// TestInvariant10SignalsInARowAreOneWish: timeout(1) signals its child and then the child's group; a wrapper forwards a
// Ctrl-C that the terminal sent to both.
func TestInvariant10SignalsInARowAreOneWish(t *testing.T) {
	t.Parallel()
	for name, row := range map[string][]syscall.Signal{
		"the same twice": {syscall.SIGTERM, syscall.SIGTERM},
		"two kinds":      {syscall.SIGHUP, syscall.SIGTERM},
		"many":           {syscall.SIGINT, syscall.SIGINT, syscall.SIGHUP, syscall.SIGTERM, syscall.SIGINT},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, emulator.Options{})
			held := w.dammed(writing)
			p := w.start(nil, "apply", "-f", w.file("r.yaml", swrHarbor().file(2)), "--auto-approve", "--parallelism", "1", "--format", "json")
			w.await("the write", func() bool { return held.count() == 1 })
			for i, s := range row {
				if i == len(row)-1 {
					p.says("Interrupted: ") // the last one comes when the first has surely been seen
				}
				p.signal(s)
			}
			held.open()
			if done := decode[applyDoc](t, p.ends(3).out); !done.Interrupted || done.Summary.Applied != 1 || done.Summary.NotAttempted != 1 {
				t.Errorf("interrupted %v, summary %+v", done.Interrupted, done.Summary)
			}
		})
	}
}

func TestInvariant10InterruptedReadsWriteNothing(t *testing.T) {
	t.Parallel()
	for name, signal := range signals {
		for _, command := range []string{"plan", "apply"} {
			t.Run(command+" "+name, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t, emulator.Options{})
				held := w.dammed(reading)
				args := []string{command, "-f", w.file("r.yaml", together(1, dialects()...))}
				if command == "apply" {
					args = append(args, "--auto-approve")
				}
				p := w.start(nil, args...)
				// SAS, and one of the two services of Huawei, which share their credentials.
				w.await("the reads", func() bool { return held.count() == 2 })
				p.signal(signal)
				p.ends(1).says(t, "interrupted")
				w.before.Store(nil)
				w.wrote()
			})
		}
	}
}

func TestInvariant10EmulatorEndsInOrder(t *testing.T) {
	t.Parallel()
	for name, signal := range signals {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, emulator.Options{})
			p := w.start(nil, "emulator")
			w.await("the emulator", func() bool { return strings.HasSuffix(p.out.String(), "# ready\n") })
			p.signal(signal)
			p.ends(0)
		})
	}
}
