package apply_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"regent/internal/apply"
	"regent/internal/cloud"
	"regent/internal/cloud/cloudtest"
	"regent/internal/config"
	"regent/internal/emulator"
	"regent/internal/plan"
	"regent/internal/provider"
	"regent/internal/provider/catalog"
	"regent/internal/reconcile"
	"regent/internal/secret"
)

// dialect is one provider: its configuration with some items, and the words of its API.
type dialect struct {
	name              string
	add, modify, list string
	account, item     string // templates; the item's takes a number and a login
	secret            string // the field that holds the password
	login             string // the field that holds the login
	failure           string // the code of a server that failed
}

const listHead = "version: 1\naccounts:\n  account:\n    "

func dialects() []dialect {
	const registry = "  - {name: harbor-%[1]d, type: harbor, url: 'https://h%[1]d.example.com', username: %[2]s, password: {env: PASSWORD}, scan: [{account: account, "
	return []dialect{
		{
			name: "alibaba-sas", add: "AddPrivateRegistry", modify: "ModifyImageRegistry", list: "ListPrivateRegistryList",
			account: "{provider: alibaba-sas, region: cn-hangzhou}\nregistries:\n",
			item:    registry + "regionId: cn-hangzhou, hostIp: 192.0.2.10, imagesPerHour: 10}]}\n",
			secret:  "password", login: "username", failure: "ServiceUnavailable",
		},
		{
			name: "huawei-hss", add: "AddRegistry", modify: "UpdateRegistry", list: "ListRegistry",
			account: "{provider: huawei-hss, region: cn-north-4, projectId: " + emulator.DefaultProjectID + "}\nregistries:\n",
			item:    registry + "clusterId: cluster}]}\n",
			secret:  "password", login: "username", failure: "HSS.0041",
		},
		{
			name: "huawei-swr", add: "CreateInstanceRegistry", modify: "UpdateInstanceRegistry", list: "ListInstanceRegistries",
			account: "{provider: huawei-swr, region: cn-north-4, projectId: " + emulator.DefaultProjectID + ", instanceId: i-1}\nreplicationTargets:\n",
			item: "  - {name: harbor-%[1]d, account: account, type: swr-pro, url: 'https://h%[1]d.example.com', " +
				"hosts: {h%[1]d.example.com: 192.0.2.20}, accessKey: %[2]s, accessSecret: {env: PASSWORD}}\n",
			secret: "accessSecret", login: "accessKey", failure: "APIGW.0601",
		},
	}
}

// yaml gives a configuration of n items with one login.
func (d dialect) yaml(n int, login string) string {
	var b strings.Builder
	b.WriteString(listHead + d.account)
	for i := range n {
		fmt.Fprintf(&b, d.item, i+1, login)
	}
	return b.String()
}

// isWrite tells whether a request changes something.
func isWrite(r *http.Request) bool {
	if action := r.Header.Get("X-Acs-Action"); action != "" {
		return !strings.HasPrefix(action, "List") && !strings.HasPrefix(action, "Get")
	}
	return r.Method != http.MethodGet
}

// world is an emulator and the environment that leads to it.
type world struct {
	*emulator.Server
	t   *testing.T
	url string
	env map[string]string
	// before may answer a request in the emulator's place, and then returns true.
	before atomic.Pointer[func(w http.ResponseWriter, r *http.Request) bool]
}

func start(t *testing.T, switches map[string]string) *world {
	t.Helper()
	server, err := emulator.New(emulator.Options{Switches: switches})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{Server: server, t: t, env: map[string]string{"PASSWORD": "hunter2-password"}}
	listener := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if before := w.before.Load(); before != nil && (*before)(rw, r) {
			return
		}
		server.ServeHTTP(rw, r)
	}))
	t.Cleanup(listener.Close)
	w.url = listener.URL
	for _, v := range server.Env(listener.URL) {
		w.env[v.Name] = v.Value
	}
	return w
}

// eachDialect runs a test against an emulator of its own for every provider.
func eachDialect(t *testing.T, switches map[string]string, test func(t *testing.T, d dialect, w *world)) {
	t.Helper()
	for _, d := range dialects() {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			test(t, d, start(t, switches))
		})
	}
}

// interruptedAtWrite gives a context that ends when a write arrives.
func (w *world) interruptedAtWrite() context.Context {
	ctx, cancel := context.WithCancel(w.t.Context())
	w.t.Cleanup(cancel)
	w.intercept(func(_ http.ResponseWriter, req *http.Request) bool {
		if isWrite(req) {
			cancel()
		}
		return false
	})
	return ctx
}

func (w *world) intercept(f func(http.ResponseWriter, *http.Request) bool) { w.before.Store(&f) }

func (w *world) faults(faults ...emulator.Fault) {
	w.t.Helper()
	if err := w.SetFaults(faults); err != nil {
		w.t.Fatal(err)
	}
}

// count gives how often an operation was asked for.
func (w *world) count(operation string) int {
	n := 0
	for _, r := range w.Requests() {
		if r.Operation == operation {
			n++
		}
	}
	return n
}

func (w *world) reconciler(yaml string) *reconcile.Reconciler {
	w.t.Helper()
	c, err := config.Parse("registries.yaml", []byte(yaml))
	if err != nil {
		w.t.Fatal(err)
	}
	session := &provider.Session{
		Lookup: cloudtest.Lookup(w.env), Masker: &secret.Masker{},
		Network: cloud.Network(16), UserAgent: "regent/test", Parallel: 4,
		Retries: cloud.Retries{Max: 1, Base: time.Millisecond, Cap: 2 * time.Millisecond, Patience: 10 * time.Millisecond},
	}
	r, err := reconcile.New(c, catalog.Providers(), session, nil, 4)
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

// run is one apply: its plan, its end, and what it told on the way.
type run struct {
	*apply.Result
	plan *plan.Plan

	mu       sync.Mutex
	events   []apply.Event
	progress []int
}

// options are those of the tests: no waits, everything is kept.
func (r *run) options() apply.Options {
	return apply.Options{
		Parallelism: 4, LookUps: []time.Duration{0, time.Millisecond},
		Audit: func(e apply.Event) error {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.events = append(r.events, e)
			return nil
		},
		Progress: func(done, _ int, _ apply.Outcome) { r.progress = append(r.progress, done) },
	}
}

// prepare plans; the faults that prepare has to survive are set between it and finish.
func (w *world) prepare(yaml string) (*run, *reconcile.Reconciler) {
	w.t.Helper()
	r := w.reconciler(yaml)
	p := r.Plan(w.t.Context())
	if p.Failed() {
		w.t.Fatal(r.Errors(p))
	}
	w.ClearRequests()
	return &run{plan: p}, r
}

func (w *world) finish(ctx context.Context, out *run, r *reconcile.Reconciler, change func(*apply.Options)) *run {
	w.t.Helper()
	o := out.options()
	if change != nil {
		change(&o)
	}
	out.Result = r.Apply(ctx, out.plan, o)
	for _, outcome := range out.Outcomes {
		if strings.Contains(fmt.Sprint(outcome.Detail, outcome.Err), "hunter2") {
			w.t.Errorf("an outcome shows the password: %+v", outcome)
		}
	}
	return out
}

// apply plans and applies a configuration, with faults in between.
func (w *world) apply(yaml string, faults ...emulator.Fault) *run {
	w.t.Helper()
	out, r := w.prepare(yaml)
	w.faults(faults...)
	return w.finish(w.t.Context(), out, r, nil)
}

// settle applies a configuration that must succeed.
func (w *world) settle(yaml string) {
	w.t.Helper()
	out := w.apply(yaml)
	for _, o := range out.Outcomes {
		if o.Status != apply.Applied {
			w.t.Fatalf("%s ends as %s: %s", o.Change.Name, o.Status, o.Detail)
		}
	}
}

// settled fails the test unless there is nothing to do.
func (w *world) settled(yaml string) {
	w.t.Helper()
	w.faults()
	r := w.reconciler(yaml)
	if p := r.Plan(w.t.Context()); p.Pending() || p.Failed() {
		w.t.Errorf("there is something left: %+v %v", p.Summary, r.Errors(p))
	}
}

// unread expects that the one change ends as accepted, in the result and in the audit file, and that an interrupt kept it from
// being read back.
func (r *run) unread(t *testing.T) {
	t.Helper()
	const detail = "the run was interrupted before the entry could be read back"
	if o := r.only(t); o.Status != apply.Applied || o.Detail != detail || o.Err != nil {
		t.Errorf("ends as %s: %s, %v", o.Status, o.Detail, o.Err)
	}
	if last := r.events[len(r.events)-1]; last.Outcome != string(apply.Applied) || last.Detail != detail {
		t.Errorf("the audit file ends with %+v", last)
	}
}

// only gives the outcome of a run of one change.
func (r *run) only(t *testing.T) apply.Outcome {
	t.Helper()
	if len(r.Outcomes) != 1 {
		t.Fatalf("%d outcomes", len(r.Outcomes))
	}
	return r.Outcomes[0]
}
