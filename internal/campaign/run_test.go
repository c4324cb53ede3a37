package campaign

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"regent/internal/cli"
	"regent/internal/emulator"
)

// run is one run of the campaign.
type run struct {
	*material
	world
	wanted []*item
	server *emulator.Server
	env    map[string]string
	dir    string
	// watch sees every request before and after the emulator handles it; underWay counts those in between, connected the
	// connections that are not closed.
	watch     func(r *http.Request, after bool)
	underWay  int
	connected int
	mu        sync.Mutex
	url       string // of the emulator
	// creates counts, over all applies, how often a create of an entry was carried out, each request once.
	creates map[string]int
	// saved is what the saved plan says about each item; nil without one.
	saved map[string]decision
	// deleted are the names of entries that somebody else may have deleted.
	deleted map[string]bool
	// doubled are the items whose create the server carried out twice by itself.
	doubled map[string]bool
	// faulty are what was found wrong, story what happened.
	faulty []string
	story  strings.Builder
}

// wrong notes a finding.
func (r *run) wrong(format string, args ...any) {
	r.faulty = append(r.faulty, fmt.Sprintf(format, args...))
}

func (r *run) tell(format string, args ...any) { fmt.Fprintf(&r.story, format+"\n", args...) }

// play makes what a run needs, carries it out and gives what was wrong, and its story.
func play(m *material, dir string, do func(*run)) (faulty []string, story string, err error) {
	initial := state(m.live)
	initial.Credentials = &emulator.Credentials{
		Alibaba: []emulator.AccessKey{{ID: "LTAI5tCampaign", Secret: "ak+" + marker}},
		Huawei:  []emulator.AccessKey{{ID: "HCAMPAIGN", Secret: "sk/" + marker}},
	}
	initial.Users = []emulator.User{{Domain: "acme", Name: "campaign", Password: "user " + marker}}
	server, err := emulator.New(emulator.Options{State: &initial, Switches: m.switches})
	if err != nil {
		return nil, "", err
	}
	r := &run{material: m, world: m.switches, wanted: m.items(&m.file), server: server, dir: dir, env: maps.Clone(m.env), creates: map[string]int{}, deleted: map[string]bool{}, doubled: map[string]bool{}}
	listener := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		r.see(req, false)
		defer r.see(req, true) // also when the connection is dropped
		server.ServeHTTP(w, req)
	}))
	listener.Config.ConnState = r.connection
	listener.Start()
	defer listener.Close()
	r.url = listener.URL
	for _, v := range server.Env(listener.URL) {
		r.env[v.Name] = v.Value
	}
	if m.tokens {
		delete(r.env, "HUAWEICLOUD_SDK_AK")
		delete(r.env, "HUAWEICLOUD_SDK_SK")
		r.env["HW_DOMAIN_NAME"], r.env["HW_USER_NAME"], r.env["HW_USER_PASSWORD"] = "acme", "campaign", "user "+marker
	}
	if err := os.WriteFile(r.path("registries.yaml"), []byte(m.yaml()), 0o600); err != nil {
		return nil, "", err
	}
	do(r)
	return r.faulty, r.story.String(), nil
}

// all carries out every step, and the end.
func (r *run) all() {
	for i, s := range r.steps {
		if s.edited != nil {
			r.saved = nil
			r.tell("\n--- edited\n%s", s.edited.yaml())
			r.wanted = r.items(s.edited)
			if err := os.WriteFile(r.path("registries.yaml"), []byte(s.edited.yaml()), 0o600); err != nil {
				r.wrong("%v", err)
				return
			}
		}
		r.tell("\n--- apply %d: parallelism %d, interrupted %s, faults %s", i+1, s.parallelism, s.kill, plain(s.faults))
		r.apply(s)
	}
	r.settle()
}

func (r *run) path(name string) string { return filepath.Join(r.dir, name) }

func (r *run) see(req *http.Request, after bool) {
	r.mu.Lock()
	watch := r.watch
	if !after {
		r.underWay++
	}
	r.mu.Unlock()
	if watch != nil {
		watch(req, after)
	}
	if after {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.underWay--
	}
}

func (r *run) connection(_ net.Conn, state http.ConnState) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch state {
	case http.StateNew:
		r.connected++
	case http.StateClosed, http.StateHijacked:
		r.connected--
	default:
	}
}

// ended is the end of one run of the command line.
type ended struct {
	code     int
	out, err string
}

// regentQuietly runs the command line and tells nothing of it.
func (r *run) regentQuietly(ctx context.Context, args ...string) ended {
	var out, err bytes.Buffer
	code := cli.Run(ctx, args, cli.Streams{
		In: strings.NewReader(""), Out: &out, Err: &err, Pace: r.pace(),
		Lookup: func(name string) (string, bool) { v, ok := r.env[name]; return v, ok },
	})
	return ended{code, out.String(), err.String()}
}

// regent runs the command line, tells of it, and looks for secrets in what it printed.
func (r *run) regent(ctx context.Context, args ...string) ended {
	e := r.regentQuietly(ctx, args...)
	r.tell("regent %s\nexit code %d\nstdout:\n%s\nstderr:\n%s", strings.Join(args, " "), e.code, e.out, e.err)
	r.noSecret("stdout of "+args[0], e.out)
	r.noSecret("stderr of "+args[0], e.err)
	if strings.Contains(e.err, "internal error") {
		r.wrong("regent %s panicked", args[0])
	}
	return e
}

// result is the JSON form of an apply's result.
type result struct {
	Digest      string
	Interrupted bool
	Outcomes    []outcome
	Problems    []struct{ Account, Name, Message string }
}

type outcome struct{ Action, Account, Name, Status, ID, Operation, RequestID, Detail string }

// applied is everything that is known of one apply once it has ended.
type applied struct {
	ended
	result
	step          step
	before, after []entry
	log           []emulator.Request
	audit         []auditLine
	// killed says that the interrupt came.
	killed bool
}

// apply carries out a step and checks it.
func (r *run) apply(s step) {
	a := &applied{step: s, before: stored(r.server.State())}
	args := []string{"apply", "-f", r.path("registries.yaml"), "--auto-approve", "--format", "json",
		"--parallelism", fmt.Sprint(s.parallelism), "--audit", r.path("audit.jsonl")}
	switch {
	case s.again && r.saved != nil:
		args = append(args, "--plan", r.path("plan.json"))
	case s.planned && r.plan(a.before) > 0:
		r.saved = r.decisions(a.before)
		args = append(args, "--plan", r.path("plan.json"))
	default:
		r.saved = nil
	}
	if err := r.server.SetFaults(s.faults); err != nil {
		r.wrong("the generator made a fault that the emulator refuses: %v", err)
		return
	}
	for _, f := range s.faults {
		r.deleted[strings.ToLower(f.Entry)] = true
	}
	r.server.ClearRequests()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	killed := r.arm(s.kill, cancel)
	known := r.auditSize()
	a.ended = r.regent(ctx, args...)
	r.quiet()
	a.killed = *killed
	r.disarm()
	a.log, a.after = r.server.Requests(), stored(r.server.State())
	for _, q := range a.log {
		r.tell("request: %s", plain(q))
	}
	if s.shown != "" {
		r.show(s.shown)
	}
	if err := r.server.SetFaults(nil); err != nil {
		r.wrong("faults cannot be removed: %v", err)
	}
	if err := json.Unmarshal([]byte(a.out), &a.result); err != nil {
		r.wrong("stdout is not one JSON document: %v", err)
		return
	}
	a.audit = r.readAudit(known)
	r.check(a)
	met.note(a)
	time.Sleep(staleness(s)) // lists have caught up before the next apply
}

// staleness is how long lists may go on showing what was.
func staleness(s step) time.Duration {
	most := 0
	for _, f := range s.faults {
		most = max(most, f.StaleMillis)
	}
	return time.Duration(most) * time.Millisecond
}

// arm waits for the moment of an interrupt.
func (r *run) arm(k *kill, cancel context.CancelFunc) *bool {
	killed := new(bool)
	if k == nil {
		return killed
	}
	seen := 0
	var chosen *http.Request
	var mu sync.Mutex
	r.mu.Lock()
	defer r.mu.Unlock()
	r.watch = func(req *http.Request, after bool) {
		mu.Lock()
		defer mu.Unlock()
		if !after && (!k.write || isWrite(req)) {
			if seen++; seen == k.nth {
				chosen = req
			}
		}
		if chosen == req && after == k.after && !*killed {
			*killed = true
			cancel()
		}
	}
	return killed
}

// quiet waits until the server has carried out what the client has given up.
func (r *run) quiet() { r.until(func() bool { return r.underWay == 0 }) }

// gone waits until the server has carried out what a process that has ended had sent: what lies in a connection outlives
// whoever opened it. Connections are taken in their order, so that after an answer on a new one all of them are counted.
func (r *run) gone() {
	own := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := own.Get(r.url + "/_emulator/faults")
	if err != nil {
		r.wrong("the emulator does not answer: %v", err)
		return
	}
	_ = resp.Body.Close() // nothing of it is of use
	r.until(func() bool { return r.connected == 0 && r.underWay == 0 })
}

// until waits.
func (r *run) until(done func() bool) {
	for {
		r.mu.Lock()
		now := done()
		r.mu.Unlock()
		if now {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

func (r *run) disarm() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.watch = nil
}

// isWrite tells writes from reads as they come over the wire.
func isWrite(r *http.Request) bool {
	if action := r.Header.Get("X-Acs-Action"); action != "" {
		return !strings.HasPrefix(action, "List") && !strings.HasPrefix(action, "Get")
	}
	return r.Method != http.MethodGet
}

// plan saves a plan, checks it, and gives the number of its changes.
func (r *run) plan(entries []entry) int {
	r.server.ClearRequests()
	e := r.regent(context.Background(), "plan", "-f", r.path("registries.yaml"), "--format", "json", "--out", r.path("plan.json"))
	for _, q := range r.server.Requests() {
		if q.Executed > 0 || strings.HasPrefix(q.Operation, "Add") || strings.HasPrefix(q.Operation, "Create") ||
			strings.HasPrefix(q.Operation, "Modify") || strings.HasPrefix(q.Operation, "Update") || strings.HasPrefix(q.Operation, "Delete") {
			r.wrong("plan sent %s", q.Operation)
		}
	}
	var doc struct {
		Changes  []outcome
		Problems []struct{ Account, Name string }
	}
	if err := json.Unmarshal([]byte(e.out), &doc); err != nil {
		r.wrong("stdout of plan is not one JSON document: %v", err)
		return 0
	}
	got, want := map[string]string{}, map[string]string{}
	for name, d := range r.decisions(entries) {
		if d.action != "" {
			want[name] = d.action
		}
	}
	for _, c := range doc.Changes {
		got[c.Account+"/"+c.Name] = c.Action
	}
	for _, p := range doc.Problems {
		got[p.Account+"/"+p.Name] = "problem"
	}
	if !maps.Equal(got, want) {
		r.wrong("the plan has %v, want %v", got, want)
	}
	if content, err := os.ReadFile(r.path("plan.json")); err == nil {
		r.noSecret("the saved plan", string(content))
	}
	if e.code != 0 {
		return 0 // items with problems keep a plan from being saved
	}
	return len(doc.Changes)
}

// decisions says what a plan has to say about each item.
func (r *run) decisions(entries []entry) map[string]decision {
	out := map[string]decision{}
	for _, it := range r.wanted {
		out[it.String()] = r.decide(it, entries)
	}
	return out
}

// covers reports whether the saved plan has all that is to be done now.
func (r *run) covers(entries []entry) bool {
	for name, now := range r.decisions(entries) {
		was := r.saved[name]
		if now.action == "" || now.action == "problem" {
			continue
		}
		if was.action != now.action || !slices.Equal(was.fields, now.fields) || now.entry != nil && was.entry.id != now.entry.id {
			return false
		}
	}
	return true
}

// show shows a plan while faults are left. It may fail, but not write, and not show secrets.
func (r *run) show(format string) {
	before := contents(stored(r.server.State()))
	deletions := slices.ContainsFunc(r.server.Faults(), func(f emulator.FaultState) bool {
		return f.Kind == emulator.FaultListShrinks || f.Kind == emulator.FaultListGrows
	})
	r.regent(context.Background(), "plan", "-f", r.path("registries.yaml"), "--format", format)
	if !deletions && !slices.Equal(before, contents(stored(r.server.State()))) {
		r.wrong("plan changed entries")
	}
}

// settle ends the faults: one apply has to converge, and the next has nothing to do.
func (r *run) settle() {
	r.tell("\n--- the clean apply")
	clean := step{parallelism: 8}
	r.apply(clean)
	entries := stored(r.server.State())
	stuck := false
	for _, it := range r.wanted {
		d := r.decide(it, entries)
		switch d.action {
		case "blocked", "problem":
			stuck = true
		case "":
			r.checkSecret(it, *d.entry)
		default:
			r.wrong("%s has not converged: %s %v", it, d.action, d.fields)
		}
	}
	r.tell("\n--- nothing left to do")
	r.server.ClearRequests()
	before := contents(entries)
	for _, command := range []string{"plan", "apply"} {
		args := []string{command, "-f", r.path("registries.yaml"), "--format", "json"}
		if command == "apply" {
			args = append(args, "--auto-approve")
		}
		if e := r.regent(context.Background(), args...); e.code != 0 && !stuck {
			r.wrong("%s after the clean apply ends with exit code %d", command, e.code)
		}
	}
	for _, q := range r.server.Requests() {
		if slices.Contains([]string{words[sas].add, words[sas].modify, words[hss].add, words[hss].modify, words[swr].add, words[swr].modify}, q.Operation) {
			r.wrong("with nothing left to do, %s was sent for %s%s", q.Operation, q.Name, q.ID)
		}
	}
	if after := contents(stored(r.server.State())); !slices.Equal(before, after) {
		r.wrong("with nothing left to do, entries changed")
	}
}

func contents(entries []entry) []string {
	var out []string
	for _, e := range entries {
		out = append(out, e.content())
	}
	slices.Sort(out)
	return out
}
