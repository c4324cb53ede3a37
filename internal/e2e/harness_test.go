// Package e2e holds the tests that press on the contract as a whole: the command line, run in this process or as a
// program, against the emulator over real HTTP. Each invariant of the contract has a file of its own.
package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"regent/internal/cli"
	"regent/internal/emulator"
)

// project and instance own what tests create.
const (
	project  = emulator.DefaultProjectID
	instance = "5b0c3f1e-0000-4000-8000-000000000001"
)

// TestMain lets more tests run at once than there are processors: most of their time is spent waiting, for back-off
// and for the looks at a list after a lost answer.
func TestMain(m *testing.M) {
	flag.Parse()
	chosen := false
	flag.Visit(func(f *flag.Flag) { chosen = chosen || f.Name == "test.parallel" })
	if !chosen {
		if err := flag.Set("test.parallel", "64"); err != nil {
			panic(err)
		}
	}
	code := m.Run()
	removeProgram()
	os.Exit(code)
}

// world is an emulator on loopback, the environment that points regent at it, and a folder for files.
type world struct {
	*emulator.Server
	t   *testing.T
	url string
	env map[string]string
	dir string
	// before sees every request before the emulator does.
	before atomic.Pointer[func(*http.Request)]
	// answer takes the place of the emulator's for one operation.
	answer atomic.Pointer[fixedAnswer]
}

// fixedAnswer is the body of a successful answer.
type fixedAnswer struct{ operation, body string }

// fits tells whether a request is of the operation that is answered.
func (a *fixedAnswer) fits(r *http.Request) bool {
	switch a.operation {
	case "ListRegistry":
		return strings.HasPrefix(r.URL.Path, "/v5/") && r.Method == http.MethodGet
	case "ListInstanceRegistries":
		return strings.HasPrefix(r.URL.Path, "/v2/") && r.Method == http.MethodGet
	}
	return r.Header.Get("X-Acs-Action") == a.operation
}

// newWorld starts an emulator that ends with the test. The environment holds a value for every variable that the
// dialects' configurations name.
func newWorld(t *testing.T, o emulator.Options) *world {
	t.Helper()
	server, err := emulator.New(o)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{Server: server, t: t, env: map[string]string{}, dir: t.TempDir()}
	listener := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if before := w.before.Load(); before != nil {
			(*before)(r)
		}
		if a := w.answer.Load(); a != nil && a.fits(r) {
			rw.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(rw, a.body) // a client that is gone needs no answer
			return
		}
		server.ServeHTTP(rw, r)
	}))
	t.Cleanup(listener.Close)
	w.url = listener.URL
	for _, v := range server.Env(listener.URL) {
		w.env[v.Name] = v.Value
	}
	for _, d := range variants() {
		maps.Copy(w.env, d.env)
	}
	return w
}

// file writes a file of the world and gives its path.
func (w *world) file(name, text string) string {
	w.t.Helper()
	path := filepath.Join(w.dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		w.t.Fatal(err)
	}
	return path
}

// path gives the path of a file that does not exist yet.
func (w *world) path(name string) string { return filepath.Join(w.dir, name) }

// result is the end of one run of the command line.
type result struct {
	args     []string
	code     int
	out, err string
}

// run runs the command line.
func (w *world) run(args ...string) result {
	w.t.Helper()
	return w.runWith(context.Background(), strings.NewReader(""), args...)
}

func (w *world) runWith(ctx context.Context, in io.Reader, args ...string) result {
	w.t.Helper()
	var out, err bytes.Buffer
	code := cli.Run(ctx, args, cli.Streams{In: in, Out: &out, Err: &err, Lookup: w.lookup})
	r := result{args: args, code: code, out: out.String(), err: err.String()}
	if strings.Contains(r.err, "internal error") {
		w.t.Errorf("regent %s panicked\n%s", strings.Join(args, " "), r)
	}
	return r
}

func (w *world) lookup(name string) (string, bool) {
	v, ok := w.env[name]
	return v, ok
}

// String shows a run in a test's message.
func (r result) String() string {
	return "regent " + strings.Join(r.args, " ") + "\nstdout:\n" + r.out + "\nstderr:\n" + r.err
}

// plan and apply run the command on a file.
func (w *world) plan(file string, more ...string) result {
	w.t.Helper()
	return w.run(append([]string{"plan", "-f", file}, more...)...)
}

func (w *world) apply(file string, more ...string) result {
	w.t.Helper()
	return w.run(append([]string{"apply", "-f", file, "--auto-approve"}, more...)...)
}

// exits insists on an exit code.
func (r result) exits(t *testing.T, code int) result {
	t.Helper()
	if r.code != code {
		t.Fatalf("exit code %d, want %d\n%s", r.code, code, r)
	}
	return r
}

// says insists on texts on standard error.
func (r result) says(t *testing.T, texts ...string) result {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(r.err, text) {
			t.Errorf("stderr does not say %q\n%s", text, r)
		}
	}
	return r
}

// shows insists on texts on standard output.
func (r result) shows(t *testing.T, texts ...string) result {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(r.out, text) {
			t.Errorf("stdout does not show %q\n%s", text, r)
		}
	}
	return r
}

// planDoc is what tests read of a plan's JSON form.
type planDoc struct {
	Digest  string `json:"digest"`
	Summary struct{ Add, Modify, Blocked, Unchanged, Unmanaged, BuiltIn, Problems int }
	Changes []struct {
		Action, Account, Name, ID string
		Fields                    []struct{ Field, Blocked string }
		Secrets                   []struct{ Field, Env string }
	}
	Problems []struct{ Account, Name, Message string }
	Accounts []struct{ Name, Error string }
	Notes    []struct{ Account, Message string }
}

// pending are the changes of a plan, as "add account/name".
func (p planDoc) pending() []string {
	out := []string{}
	for _, c := range p.Changes {
		out = append(out, c.Action+" "+c.Account+"/"+c.Name)
	}
	return out
}

// differing are the fields of a plan's only change.
func (p planDoc) differing(t *testing.T) []string {
	t.Helper()
	if len(p.Changes) != 1 {
		t.Fatalf("the plan has %v, want one change", p.pending())
	}
	var out []string
	for _, f := range p.Changes[0].Fields {
		out = append(out, f.Field)
	}
	return out
}

// planned runs plan and reads its JSON; it insists on success.
func (w *world) planned(file string, more ...string) planDoc {
	w.t.Helper()
	r := w.plan(file, append(more, "--format", "json")...).exits(w.t, 0)
	return decode[planDoc](w.t, r.out)
}

// applyDoc is what tests read of a result's JSON form.
type applyDoc struct {
	Digest      string
	Interrupted bool
	Summary     struct{ Applied, Failed, Unknown, NotAttempted int }
	Outcomes    []outcomeDoc
	Problems    []struct{ Account, Name, Message string }
}

type outcomeDoc struct{ Action, Account, Name, Status, ID, Operation, RequestID, Detail string }

// applied runs apply with a JSON result, insists on an exit code and reads the result.
func (w *world) applied(code int, file string, more ...string) applyDoc {
	w.t.Helper()
	r := w.apply(file, append(more, "--format", "json")...).exits(w.t, code)
	return decode[applyDoc](w.t, r.out)
}

// only gives the one outcome there is.
func (d applyDoc) only(t *testing.T) outcomeDoc {
	t.Helper()
	if len(d.Outcomes) != 1 {
		t.Fatalf("%d outcomes, want 1: %+v", len(d.Outcomes), d.Outcomes)
	}
	return d.Outcomes[0]
}

// statuses maps items to how their changes ended.
func (d applyDoc) statuses() map[string]string {
	out := map[string]string{}
	for _, o := range d.Outcomes {
		out[o.Account+"/"+o.Name] = o.Status
	}
	return out
}

// decode reads exactly one JSON document.
func decode[T any](t *testing.T, text string) T {
	t.Helper()
	var v T
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("not one JSON document: %v\n%s", err, text)
	}
	return v
}

// isWrite tells writes from reads in the request log. Both lists are complete on purpose: a new operation fails the
// tests until somebody has decided what it is.
func isWrite(t *testing.T, operation string) bool {
	t.Helper()
	reads := []string{
		"ListPrivateRegistryList", "ListImageRegistryRegion", "ListRegistry", "ListInstanceRegistries", "ShowInstanceRegistry",
		"KeystoneCreateUserTokenByPassword", "CreateTokenByIdToken", "CreateTemporaryAccessKeyByToken", "GetCallerIdentity",
	}
	writes := []string{
		"AddPrivateRegistry", "ModifyImageRegistry", "AddRegistry", "UpdateRegistry", "CreateInstanceRegistry", "UpdateInstanceRegistry",
	}
	switch {
	case slices.Contains(writes, operation):
		return true
	case !slices.Contains(reads, operation):
		t.Errorf("unexpected operation %q in the request log", operation)
	}
	return false
}

// writes are the writes in the request log since it was last cleared, and clears it.
func (w *world) writes() []emulator.Request {
	w.t.Helper()
	var out []emulator.Request
	for _, r := range w.Requests() {
		if isWrite(w.t, r.Operation) {
			out = append(out, r)
		}
	}
	w.ClearRequests()
	return out
}

// wrote insists on the operations of the writes since the log was last cleared, in any order.
func (w *world) wrote(operations ...string) {
	w.t.Helper()
	var got []string
	for _, r := range w.writes() {
		got = append(got, r.Operation)
	}
	slices.Sort(got)
	slices.Sort(operations)
	if !slices.Equal(got, operations) {
		w.t.Errorf("the run wrote %v, want %v", got, operations)
	}
}

// count tells how often an operation is in the request log.
func (w *world) count(operation string) int {
	n := 0
	for _, r := range w.Requests() {
		if r.Operation == operation {
			n++
		}
	}
	return n
}

// faults sets faults.
func (w *world) faults(faults ...emulator.Fault) {
	w.t.Helper()
	if err := w.SetFaults(faults); err != nil {
		w.t.Fatal(err)
	}
}

// edit replaces text of a configuration; a text that is not there exactly once is a mistake of the test.
func edit(t *testing.T, yaml, from, to string) string {
	t.Helper()
	if n := strings.Count(yaml, from); n != 1 {
		t.Fatalf("%q occurs %d times in\n%s", from, n, yaml)
	}
	return strings.Replace(yaml, from, to, 1)
}

// read gives the content of a file.
func (w *world) read(path string) string {
	w.t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		w.t.Fatal(err)
	}
	return string(content)
}

// await blocks until something has happened.
func (w *world) await(what string, happened func() bool) {
	w.t.Helper()
	for deadline := time.Now().Add(time.Minute); !happened(); {
		if time.Now().After(deadline) {
			w.t.Fatalf("waited a minute for %s", what)
		}
		time.Sleep(2 * time.Millisecond)
	}
}
