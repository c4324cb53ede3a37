package emulator

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// Options configures New. The zero value is a usable, empty emulator.
type Options struct {
	// State holds the initial live objects. Nil means none; the built-in
	// entries of SAS and HSS are listed in any case.
	State *State
	// StateFile, when not empty, is loaded if it exists (it then wins over
	// State) and replaced atomically, mode 0600, after every successful write.
	StateFile string
	// Latency is waited before each answer, or until the client goes away.
	Latency time.Duration
	// Rate is the number of requests per second each API operation serves
	// before it answers as the vendor throttles. 0 means no limit.
	Rate float64
	// Switches overrides the behaviours no vendor page settles, by name. See
	// Server.Switches for names, values and defaults.
	Switches map[string]string
	// Clock is read for signatures, tokens and timestamps. Nil means time.Now.
	Clock func() time.Time
}

// Server is the emulator. It is an http.Handler and safe for concurrent use.
type Server struct {
	latency  time.Duration
	clock    func() time.Time
	router   router
	limits   *throttle
	log      requestLog
	faults   faultList
	saver    *saver
	identity identity

	switchMu sync.RWMutex
	switches switchSet

	mu    sync.Mutex // guards store
	store store
}

// New returns an emulator with the given options. It fails for unknown switch
// names or values, for a negative rate or latency, and for a state that is
// unreadable or contradicts itself.
func New(o Options) (*Server, error) {
	if o.Rate < 0 || o.Latency < 0 {
		return nil, fmt.Errorf("emulator: rate and latency must not be negative")
	}
	clock := o.Clock
	if clock == nil {
		clock = time.Now
	}
	switches, err := defaultSwitches().with(o.Switches)
	if err != nil {
		return nil, err
	}
	initial, loaded, err := initialState(o)
	if err != nil {
		return nil, err
	}
	s := &Server{
		latency:  o.Latency,
		clock:    clock,
		limits:   newThrottle(o.Rate),
		saver:    newSaver(o.StateFile),
		switches: switches,
	}
	if s.store, err = newStore(initial, clock()); err != nil {
		if loaded {
			err = notOurs(o.StateFile, err)
		}
		return nil, err
	}
	s.identity.init(s.store.state)
	s.router = newRouter()
	return s, nil
}

// initialState picks where the first objects come from: the state file when
// there is one, of which loaded tells, else Options.State, else nothing.
func initialState(o Options) (state State, loaded bool, err error) {
	if o.StateFile != "" {
		if state, loaded, err = loadStateFile(o.StateFile); loaded || err != nil {
			return state, loaded, err
		}
	}
	if o.State != nil {
		return o.State.clone(), false, nil
	}
	return State{Version: stateVersion}, false, nil
}

// EnvVar is one environment variable a client needs to reach the emulator.
type EnvVar struct {
	Name  string
	Value string
}

// Env returns the variables that point a client at an emulator served at
// baseURL, in the order the command prints them.
func (s *Server) Env(baseURL string) []EnvVar {
	alibaba, huawei := s.identity.defaultKeys()
	return []EnvVar{
		{"REGENT_ENDPOINT_ALIBABA_SAS", baseURL},
		{"REGENT_ENDPOINT_HUAWEI_HSS", baseURL},
		{"REGENT_ENDPOINT_HUAWEI_SWR", baseURL},
		{"REGENT_ENDPOINT_HUAWEI_IAM", baseURL},
		{"ALIBABA_CLOUD_ACCESS_KEY_ID", alibaba.ID},
		{"ALIBABA_CLOUD_ACCESS_KEY_SECRET", alibaba.Secret},
		{"HUAWEICLOUD_SDK_AK", huawei.ID},
		{"HUAWEICLOUD_SDK_SK", huawei.Secret},
		{"HUAWEICLOUD_SDK_PROJECT_ID", DefaultProjectID},
	}
}

// State returns a deep copy of all live objects, secrets included, in a
// deterministic order. Built-in entries are not part of it.
func (s *Server) State() State {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.store.state.clone()
}

// SetState replaces all live objects, and the access keys, users and identity
// providers that came with the previous state. The server's own default
// credentials stay valid. It fails, changing nothing, for a state that
// contradicts itself; it also fails when the state file cannot be written.
func (s *Server) SetState(state State) error {
	next, err := newStore(state.clone(), s.clock())
	if err != nil {
		return err
	}
	s.mu.Lock()
	next.revision = s.store.revision + 1
	s.store = next
	s.identity.replace(next.state)
	s.mu.Unlock()
	return s.saver.save(s, next.revision)
}

// wait blocks for d or until ctx ends, and tells whether d passed.
func wait(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// ServeHTTP answers one request of any of the emulated APIs, or of the control
// API under /_emulator/.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if isControlPath(r.URL.Path) {
		s.serveControl(w, r)
		return
	}
	s.serveAPI(w, r)
}
