package apply_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"regent/internal/apply"
	"regent/internal/emulator"
	"regent/internal/model"
	"regent/internal/plan"
	"regent/internal/provider"
	"regent/internal/secret"
)

// trail gives the outcomes of one item's events in their order.
func (r *run) trail(name string) []string {
	var words []string
	for _, e := range r.events {
		if e.Change.Name == name {
			words = append(words, e.Outcome)
		}
	}
	return words
}

func TestAuditTellsEverythingInOrder(t *testing.T) {
	t.Parallel()
	d := dialects()[1]
	w := start(t, nil)
	w.settle(d.yaml(1, "robot"))
	// One is blocked, one fails, two are added.
	yaml := strings.ReplaceAll(d.yaml(4, "robot"), "harbor-1, type: harbor", "harbor-1, type: jfrog")
	out := w.apply(yaml, emulator.Fault{Operation: d.add, Match: "harbor-3", Kind: emulator.FaultStatus, Status: 400})
	want := map[string][]string{
		"harbor-1": {"not attempted"}, "harbor-2": {"started", "applied", "verified"},
		"harbor-3": {"started", "failed"}, "harbor-4": {"started", "applied", "verified"},
	}
	for name, words := range want {
		if diff := cmp.Diff(words, out.trail(name)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	lastWrite := slices.IndexFunc(out.events, func(e apply.Event) bool { return e.Outcome == apply.Verified })
	for _, e := range out.events[lastWrite:] {
		if e.Outcome != apply.Verified {
			t.Errorf("%s of %s comes after the reading back", e.Outcome, e.Change.Name)
		}
	}
	for _, e := range out.events {
		if e.Outcome == string(apply.Applied) && (e.Operation != d.add || e.RequestID == "") {
			t.Errorf("an applied change without operation and request ID: %+v", e)
		}
		if e.Outcome == apply.Verified && e.ID == "" {
			t.Errorf("a verified change without its ID: %+v", e)
		}
	}
	if diff := cmp.Diff([]int{1, 2, 3}, out.progress); diff != "" {
		t.Errorf("progress: %s", diff)
	}
	if out.Count(apply.Applied) != 2 || out.Count(apply.Failed) != 1 || out.Count(apply.NotAttempted) != 1 || out.Interrupted {
		t.Errorf("%+v", out.Outcomes)
	}
}

// TestInvariant08BrokenAuditFileStopsWrites fails the line of the third write, before which nothing is sent.
func TestInvariant08BrokenAuditFileStopsWrites(t *testing.T) {
	t.Parallel()
	d := dialects()[2]
	w := start(t, nil)
	out, r := w.prepare(d.yaml(5, "robot"))
	full, started := errors.New("no space left on device"), 0
	w.finish(t.Context(), out, r, func(o *apply.Options) {
		o.Parallelism = 1
		o.Audit = func(e apply.Event) error {
			if e.Outcome == apply.Started {
				started++
			}
			if started == 3 {
				return full
			}
			return nil
		}
	})
	if w.count(d.add) != 2 || out.Count(apply.Applied) != 2 || out.Count(apply.NotAttempted) != 3 {
		t.Errorf("%d writes: %+v", w.count(d.add), out.Outcomes)
	}
	if o := out.Outcomes[2]; !errors.Is(o.Err, full) || !strings.Contains(o.Detail, "no space left") {
		t.Errorf("%+v", o)
	}
}

// TestParallelismIsABound holds every write back until as many are under way as may be, and watches for one more: so
// many at each endpoint, whatever the accounts, and all endpoints at once. The emulator is one endpoint under one name,
// and another one under another.
func TestParallelismIsABound(t *testing.T) {
	t.Parallel()
	all := dialects()
	oneEach := fmt.Sprintf(`version: 1
accounts:
  sas: {provider: alibaba-sas, region: cn-hangzhou}
  hss: {provider: huawei-hss, region: cn-north-4, projectId: %[1]s}
  swr: {provider: huawei-swr, region: cn-north-4, projectId: %[1]s, instanceId: i-1}
  swr-2: {provider: huawei-swr, region: cn-north-4, projectId: %[1]s, instanceId: i-2}
registries:
`, emulator.DefaultProjectID)
	for i := range 8 {
		for j, account := range []string{"sas", "hss"} {
			oneEach += strings.ReplaceAll(fmt.Sprintf(all[j].item, 10*i+j, "robot"), "account: account", "account: "+account)
		}
	}
	oneEach += "replicationTargets:\n"
	for i := range 8 {
		for j, account := range []string{"swr", "swr-2"} {
			oneEach += strings.ReplaceAll(fmt.Sprintf(all[2].item, 10*i+j, "robot"), "account: account", "account: "+account)
		}
	}
	for _, c := range []struct {
		name              string
		yaml              string
		parallelism, most int
		changes           int
		elsewhere         string // the variable of an endpoint that goes by another name
	}{
		{"1", all[2].yaml(24, "robot"), 1, 1, 24, ""},
		{"3", all[2].yaml(24, "robot"), 3, 3, 24, ""},
		{"8", all[2].yaml(24, "robot"), 8, 8, 24, ""},
		{"2 at one endpoint of four accounts", oneEach, 2, 2, 32, ""},
		{"2 at each of two endpoints", oneEach, 2, 4, 32, provider.EndpointSWR},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := start(t, nil)
			w.env[c.elsewhere] = strings.Replace(w.url, "127.0.0.1", "localhost", 1)
			out, r := w.prepare(c.yaml)
			var mu sync.Mutex
			under, most, full := 0, 0, make(chan bool)
			w.intercept(func(rw http.ResponseWriter, req *http.Request) bool {
				if !isWrite(req) {
					return false
				}
				mu.Lock()
				under++
				if most = max(most, under); under == c.most {
					select {
					case <-full:
					default:
						close(full)
					}
				}
				mu.Unlock()
				<-full
				w.ServeHTTP(rw, req)
				mu.Lock()
				under--
				mu.Unlock()
				return true
			})
			w.finish(t.Context(), out, r, func(o *apply.Options) { o.Parallelism = c.parallelism })
			if most != c.most || out.Count(apply.Applied) != c.changes {
				t.Errorf("%d writes at once, want %d; %d applied", most, c.most, out.Count(apply.Applied))
			}
		})
	}
}

func TestInvariant10InterruptedBeforeItStarts(t *testing.T) {
	t.Parallel()
	d := dialects()[0]
	w := start(t, nil)
	out, r := w.prepare(d.yaml(3, "robot"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	w.finish(ctx, out, r, nil)
	if out.Count(apply.NotAttempted) != 3 || !out.Interrupted || len(w.Requests()) != 0 || len(out.events) != 3 {
		t.Errorf("%d requests: %+v", len(w.Requests()), out.Outcomes)
	}
}

// TestInvariant10InterruptedInBetween lets the write under way end, starts no other and does not read back.
func TestInvariant10InterruptedInBetween(t *testing.T) {
	t.Parallel()
	eachDialect(t, nil, func(t *testing.T, d dialect, w *world) {
		out, r := w.prepare(d.yaml(5, "robot"))
		ctx := w.interruptedAtWrite()
		w.finish(ctx, out, r, func(o *apply.Options) { o.Parallelism = 1 })
		if out.Count(apply.Applied) != 1 || out.Count(apply.NotAttempted) != 4 || !out.Interrupted || w.count(d.add) != 1 || w.count(d.list) != 0 {
			t.Errorf("%d writes, %d lists: %+v", w.count(d.add), w.count(d.list), out.Outcomes)
		}
	})
}

// TestGraceEnds gives up a write that gets no answer.
func TestGraceEnds(t *testing.T) {
	t.Parallel()
	d := dialects()[2]
	w := start(t, nil)
	out, r := w.prepare(d.yaml(2, "robot"))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	release := make(chan bool)
	defer close(release)
	w.intercept(func(_ http.ResponseWriter, req *http.Request) bool {
		if isWrite(req) {
			cancel()
			<-release
		}
		return false
	})
	w.finish(ctx, out, r, func(o *apply.Options) { o.Parallelism, o.Grace = 1, time.Millisecond })
	if out.Count(apply.Unknown) != 1 || out.Count(apply.NotAttempted) != 1 || !out.Interrupted {
		t.Errorf("%+v", out.Outcomes)
	}
}

func TestUnsetSecretStopsItsChangeOnly(t *testing.T) {
	t.Parallel()
	d := dialects()[1]
	w := start(t, nil)
	yaml := strings.Replace(d.yaml(2, "robot"), "env: PASSWORD", "env: OTHER_PASSWORD", 1)
	out := w.apply(yaml)
	first, second := out.Outcomes[0], out.Outcomes[1]
	if first.Status != apply.NotAttempted || !strings.Contains(first.Detail, "OTHER_PASSWORD is not set; password of harbor-1 comes from it") ||
		second.Status != apply.Applied || w.count(d.add) != 1 {
		t.Errorf("%+v", out.Outcomes)
	}
}

// scripted is a writer that does what a test says; no vendor panics on demand.
type scripted struct {
	add, modify func(provider.Write) (provider.Receipt, error)
}

func (s scripted) Add(_ context.Context, w provider.Write) (provider.Receipt, error) { return s.add(w) }
func (s scripted) Modify(_ context.Context, w provider.Write) (provider.Receipt, error) {
	return s.modify(w)
}

// scriptedRun applies a plan of n adds with a writer and a list.
func scriptedRun(t *testing.T, n int, open func(context.Context) (provider.Writer, error), list func(context.Context, []model.Item) ([]model.Item, error)) *run {
	t.Helper()
	return scriptedApply(t, scriptedPlan(n), open, list)
}

var scriptedFields = []model.Field{{Name: "login", Type: model.String}}

func scriptedPlan(n int) *plan.Plan {
	in := plan.Input{Name: "account", Fields: scriptedFields}
	for i := range n {
		name := fmt.Sprintf("item-%d", i+1)
		in.Desired = append(in.Desired, model.Item{
			Name: name, Key: model.Key{Parts: []model.KeyPart{{Name: "name", Value: name}}}, Values: map[string]model.Value{"login": "robot"},
		})
	}
	return plan.New([]plan.Input{in}, func(string) bool { return false })
}

func scriptedApply(t *testing.T, p *plan.Plan, open func(context.Context) (provider.Writer, error), list func(context.Context, []model.Item) ([]model.Item, error)) *run {
	t.Helper()
	out := &run{plan: p}
	o := out.options()
	o.Parallelism = 1
	o.Accounts = map[string]apply.Account{"account": {Fields: scriptedFields, Writer: open, List: list}}
	o.Resolve = func(secret.Ref) (secret.Value, bool) { return secret.Value{}, false }
	out.Result = apply.Run(t.Context(), out.plan, o)
	return out
}

func listing(_ context.Context, desired []model.Item) ([]model.Item, error) { return desired, nil }

func TestInvariant08PanicOfAWriterIsUnknown(t *testing.T) {
	t.Parallel()
	w := scripted{add: func(w provider.Write) (provider.Receipt, error) {
		if w.Desired.Name == "item-1" {
			panic("index out of range")
		}
		return provider.Receipt{}, nil
	}}
	out := scriptedRun(t, 2, func(context.Context) (provider.Writer, error) { return w, nil }, listing)
	if o := out.Outcomes[0]; o.Status != apply.Unknown || o.Detail != "internal error: index out of range" {
		t.Errorf("%+v", o)
	}
	if out.Outcomes[1].Status != apply.Applied {
		t.Errorf("the other change: %+v", out.Outcomes[1])
	}
	if diff := cmp.Diff([]string{"started", "unknown"}, out.trail("item-1")); diff != "" {
		t.Error(diff)
	}
}

// TestInvariant08PanicOfTheReadingBackIsUnknown reports what was written all the same.
func TestInvariant08PanicOfTheReadingBackIsUnknown(t *testing.T) {
	t.Parallel()
	w := scripted{add: func(provider.Write) (provider.Receipt, error) { return provider.Receipt{}, nil }}
	out := scriptedRun(t, 2, func(context.Context) (provider.Writer, error) { return w, nil },
		func(context.Context, []model.Item) ([]model.Item, error) { panic("index out of range") })
	for _, o := range out.Outcomes {
		if o.Status != apply.Unknown || !strings.Contains(o.Detail, "index out of range") {
			t.Errorf("%+v", o)
		}
	}
}

func TestAccountThatCannotBeOpened(t *testing.T) {
	t.Parallel()
	refused, opened := errors.New("no credentials"), 0
	out := scriptedRun(t, 3, func(context.Context) (provider.Writer, error) { opened++; return nil, refused }, listing)
	if opened != 1 || out.Count(apply.NotAttempted) != 3 || !errors.Is(out.Outcomes[2].Err, refused) {
		t.Errorf("opened %d times: %+v", opened, out.Outcomes)
	}
}

func TestNothingAccountsForEveryChange(t *testing.T) {
	t.Parallel()
	d := dialects()[0]
	out, _ := start(t, nil).prepare(d.yaml(2, "robot"))
	result := apply.Nothing(out.plan, "not confirmed")
	if result.Written() || result.Count(apply.NotAttempted) != 2 || result.Outcomes[1].Detail != "not confirmed" || result.Outcomes[0].Change == nil {
		t.Errorf("%+v", result.Outcomes)
	}
}
