package apply_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"regent/internal/apply"
	"regent/internal/emulator"
)

// TestInvariant05LostAnswersOnTheWire loses answers in the ways of a network and of servers, for each provider. What follows
// from a loss is played in memory by TestInvariant05LostAnswers.
func TestInvariant05LostAnswersOnTheWire(t *testing.T) {
	t.Parallel()
	const all = -1
	for _, c := range []struct {
		name   string
		modify bool
		faults func(d dialect) []emulator.Fault
		status apply.Status
		detail string
		sent   int // writes on the wire
	}{
		{"add found equal", false, func(d dialect) []emulator.Fault {
			return []emulator.Fault{{Operation: d.add, Kind: emulator.FaultDropAfter}}
		}, apply.Applied, "adopted", 1},
		{"add answered with garbage", false, func(d dialect) []emulator.Fault {
			return []emulator.Fault{{Operation: d.add, Kind: emulator.FaultHTML, After: true}}
		}, apply.Applied, "adopted", 1},
		{"add answered with an error after it was made", false, func(d dialect) []emulator.Fault {
			return []emulator.Fault{{Operation: d.add, Kind: emulator.FaultStatus, Status: 500, After: true}}
		}, apply.Applied, "adopted", 1},
		{"add answered with the code of a failure under another status", false, func(d dialect) []emulator.Fault {
			return []emulator.Fault{{Operation: d.add, Kind: emulator.FaultStatus, Status: 400, Code: d.failure, After: true}}
		}, apply.Applied, "adopted", 1},
		{"add absent", false, func(d dialect) []emulator.Fault {
			return []emulator.Fault{{Operation: d.add, Kind: emulator.FaultDropBefore}}
		}, apply.Applied, "", 2},
		{"add not to be looked up", false, func(d dialect) []emulator.Fault {
			return []emulator.Fault{{Operation: d.add, Kind: emulator.FaultDropAfter}, {Operation: d.list, Kind: emulator.FaultStatus, Status: 403, Times: all}}
		}, apply.Unknown, "looking it up failed", 1},
		{"add throttled", false, func(d dialect) []emulator.Fault {
			return []emulator.Fault{{Operation: d.add, Kind: emulator.FaultThrottle}}
		}, apply.Applied, "", 2},
		{"add throttled for ever", false, func(d dialect) []emulator.Fault {
			return []emulator.Fault{{Operation: d.add, Kind: emulator.FaultThrottle, Times: all}}
		}, apply.Failed, "registries.yaml:6:", 2},

		{"modify as desired", true, func(d dialect) []emulator.Fault {
			return []emulator.Fault{{Operation: d.modify, Kind: emulator.FaultDropAfter}}
		}, apply.Applied, "the answer was lost; the list shows the change", 1},
		{"modify answered with the code of a failure under another status", true, func(d dialect) []emulator.Fault {
			return []emulator.Fault{{Operation: d.modify, Kind: emulator.FaultStatus, Status: 400, Code: d.failure, After: true}}
		}, apply.Applied, "the answer was lost; the list shows the change", 1},
		{"modify with a cut answer", true, func(d dialect) []emulator.Fault {
			return []emulator.Fault{{Operation: d.modify, Kind: emulator.FaultCut}}
		}, apply.Applied, "the answer was lost; the list shows the change", 1},
		{"modify not to be looked up", true, func(d dialect) []emulator.Fault {
			return []emulator.Fault{{Operation: d.modify, Kind: emulator.FaultDropAfter}, {Operation: d.list, Kind: emulator.FaultStatus, Status: 403, Times: all}}
		}, apply.Unknown, "looking it up failed", 1},
	} {
		for _, d := range dialects() {
			t.Run(d.name+" "+c.name, func(t *testing.T) {
				t.Parallel()
				w, operation, yaml := start(t, nil), d.add, d.yaml(1, "robot")
				if c.modify {
					operation, yaml = d.modify, d.yaml(1, "other")
					w.settle(d.yaml(1, "robot"))
				}
				out := w.apply(yaml, c.faults(d)...)
				o := out.only(t)
				if o.Status != c.status || !strings.Contains(o.Detail, c.detail) || (o.Err == nil) != (c.status == apply.Applied) {
					t.Errorf("ends as %s: %q, %v", o.Status, o.Detail, o.Err)
				}
				// How often a write goes out that is throttled for ever is a matter of time.
				if n := w.count(operation); n != c.sent && !(n > c.sent && strings.Contains(c.name, "for ever")) {
					t.Errorf("%d writes were sent, want %d", n, c.sent)
				}
				answered := strings.Contains(c.name, "refused") || strings.Contains(c.name, "for ever")
				if answered && out.Written() || c.status != apply.Failed && !out.Written() {
					t.Errorf("counts as written: %v", out.Written())
				}
				if o.Operation != operation || out.Count(c.status) != 1 {
					t.Errorf("the operation is %s", o.Operation)
				}
				if c.status == apply.Applied {
					if o.ID == "" {
						t.Error("the ID is not known")
					}
					w.settled(yaml)
				}
				// Whatever happened: running again converges, and nothing is there twice.
				w.faults()
				w.apply(yaml)
				w.settled(yaml)
			})
		}
	}
}

// TestInvariant05RequestsThatComeTwice has something on the way send each write of SAS a second time, with the same
// signature, and pass on what the second one is answered: that its nonce was used.
func TestInvariant05RequestsThatComeTwice(t *testing.T) {
	t.Parallel()
	d := dialects()[0]
	for name, c := range map[string]struct {
		before, login, detail string
		operation             string
	}{
		"add":    {"", "robot", "adopted", d.add},
		"modify": {d.yaml(1, "robot"), "other", "the answer was lost; the list shows the change", d.modify},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := start(t, nil)
			if c.before != "" {
				w.settle(c.before)
			}
			refused := 0
			w.intercept(func(rw http.ResponseWriter, r *http.Request) bool {
				if !isWrite(r) {
					return false
				}
				body, err := io.ReadAll(r.Body)
				if err != nil {
					t.Error(err)
				}
				for _, answer := range []http.ResponseWriter{httptest.NewRecorder(), rw} {
					again := r.Clone(r.Context())
					again.Body = io.NopCloser(bytes.NewReader(body))
					w.ServeHTTP(answer, again)
				}
				refused++
				return true
			})
			o := w.apply(d.yaml(1, c.login)).only(t)
			if o.Status != apply.Applied || !strings.Contains(o.Detail, c.detail) || o.Err != nil || o.ID == "" {
				t.Errorf("ends as %s: %q, %v", o.Status, o.Detail, o.Err)
			}
			if refused != 1 || w.count(c.operation) != 2 {
				t.Errorf("it left %d times, and %d of it came", refused, w.count(c.operation))
			}
			w.settled(d.yaml(1, c.login))
		})
	}
}

// TestManyLostAnswersShareLists loses the answers of many adds at once. The first list answers when all of them are lost.
// How many lists that takes at most depends on when each loss is noticed; TestLooksAreShared counts without a clock.
func TestManyLostAnswersShareLists(t *testing.T) {
	t.Parallel()
	const n = 24
	eachDialect(t, nil, func(t *testing.T, d dialect, w *world) {
		out, r := w.prepare(d.yaml(n, "robot"))
		w.faults(emulator.Fault{Operation: d.add, Kind: emulator.FaultDropAfter, Times: n})
		var under sync.WaitGroup
		under.Add(n)
		w.intercept(func(rw http.ResponseWriter, req *http.Request) bool {
			if isWrite(req) {
				under.Done()
				under.Wait()
			} else if under.Wait(); len(w.Requests()) == n {
				time.Sleep(200 * time.Millisecond) // until the others have noticed their losses
			}
			return false
		})
		w.finish(t.Context(), out, r, func(o *apply.Options) { o.Parallelism = n })
		if out.Count(apply.Applied) != n || w.count(d.add) != n {
			t.Errorf("%d applied with %d writes", out.Count(apply.Applied), w.count(d.add))
		}
		// Two for the losses and one to read back, as a rule; HSS asks for its built-in entries with each.
		if lists := w.count(d.list); lists >= n {
			t.Errorf("%d lists for %d losses", lists, n)
		}
	})
}

// TestLostAddMeetsSomebodyElse changes the state while the answer of an add is lost.
func TestLostAddMeetsSomebodyElse(t *testing.T) {
	t.Parallel()
	d := dialects()[2]
	for _, c := range []struct {
		name   string
		logins []string // of the entries that are there afterwards
		status apply.Status
		want   string
	}{
		{"who made another one", []string{"other"}, apply.Failed, "differs in accessKey; plan again"},
		{"who made two", []string{"robot", "other"}, apply.Unknown, "has 2 entries with its key (IDs 7 and 8); delete all but one"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := start(t, nil)
			out, r := w.prepare(d.yaml(1, "robot"))
			w.intercept(func(_ http.ResponseWriter, req *http.Request) bool {
				if !isWrite(req) {
					return false
				}
				state := w.State()
				for i, login := range c.logins {
					state.SWR.Registries = append(state.SWR.Registries, emulator.SWREntry{
						ProjectID: emulator.DefaultProjectID, InstanceID: "i-1",
						Registry: emulator.SWRRegistry{
							ID: int32(7 + i), Name: "harbor-1", Type: "swr-pro", URL: "https://h1.example.com",
							Credential: emulator.SWRCredential{Type: "basic", AccessKey: login, AccessSecret: "x"},
							DNSConf:    &emulator.SWRDNSConf{Hosts: map[string]string{"h1.example.com": "192.0.2.20"}},
						},
					})
				}
				if err := w.SetState(state); err != nil {
					t.Error(err)
				}
				panic(http.ErrAbortHandler)
			})
			o := w.finish(t.Context(), out, r, nil).only(t)
			if o.Status != c.status || !strings.Contains(o.Detail, c.want) {
				t.Errorf("ends as %s: %s", o.Status, o.Detail)
			}
		})
	}
}
