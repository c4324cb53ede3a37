package emulator_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"regent/internal/emulator"
)

// testProject and testInstance own what tests create.
const (
	testProject  = emulator.DefaultProjectID
	testInstance = "5b0c3f1e-0000-4000-8000-000000000001"
)

// testClock is a clock tests move by hand.
type testClock struct {
	mu  sync.Mutex
	now time.Time
}

func newTestClock() *testClock {
	return &testClock{now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
}

func (c *testClock) time() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *testClock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// served is an emulator behind a loopback listener.
type served struct {
	*emulator.Server
	url   string
	env   map[string]string
	clock func() time.Time
}

// serve starts an emulator that ends with the test.
func serve(t *testing.T, o emulator.Options) served {
	t.Helper()
	server, err := emulator.New(o)
	if err != nil {
		t.Fatal(err)
	}
	listener := httptest.NewServer(server)
	t.Cleanup(listener.Close)
	env := map[string]string{}
	for _, v := range server.Env(listener.URL) {
		env[v.Name] = v.Value
	}
	clock := o.Clock
	if clock == nil {
		clock = time.Now
	}
	return served{Server: server, url: listener.URL, env: env, clock: clock}
}

// withSwitches starts an emulator with some switches changed, given as name,
// value, name, value.
func withSwitches(t *testing.T, pairs ...string) served {
	t.Helper()
	changes := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		changes[pairs[i]] = pairs[i+1]
	}
	return serve(t, emulator.Options{Switches: changes})
}

// testContext ends with the test and long before the test binary would.
func testContext(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// send sends a request over a connection of its own, so that a dropped
// connection is not silently tried again.
func send(t *testing.T, r *http.Request) answer {
	t.Helper()
	got, err := trySend(r)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func trySend(r *http.Request) (answer, error) {
	client := &http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	resp, err := client.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close() // read to its end, or failed
	body, err := io.ReadAll(resp.Body)
	return answer{resp.StatusCode, resp.Header, body}, err
}

// object decodes a JSON object.
func (a answer) object(t *testing.T) map[string]any {
	t.Helper()
	var out map[string]any
	if err := json.Unmarshal(a.body, &out); err != nil {
		t.Fatalf("answer %d is no JSON object: %q", a.status, a.body)
	}
	return out
}

// list returns a list of objects of the answer.
func (a answer) list(t *testing.T, name string) []map[string]any {
	t.Helper()
	items, isList := a.object(t)[name].([]any)
	if !isList {
		t.Fatalf("answer has no list %s: %s", name, a.body)
	}
	var out []map[string]any
	for _, item := range items {
		out = append(out, item.(map[string]any))
	}
	return out
}

// expect fails the test unless status and code are the wanted ones. The code
// may stand in any of the vendors' forms.
func (a answer) expect(t *testing.T, status int, code string) {
	t.Helper()
	if a.status != status || !strings.Contains(string(a.body), `"`+code+`"`) && code != "" {
		t.Errorf("answer is %d %s, want %d with code %s", a.status, a.body, status, code)
	}
}

// newRequest builds a plain request.
func newRequest(t *testing.T, method, url, body string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(testContext(t), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return r
}
