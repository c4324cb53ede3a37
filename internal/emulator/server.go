// Package emulator is an in-memory stand-in for the cloud APIs regent talks to: Alibaba Cloud Security Center (SAS), Huawei
// Cloud Host Security Service (HSS), SWR Enterprise Edition, the parts of Huawei Cloud IAM that hand out tokens, and the
// part of Alibaba Cloud STS that tells who calls. It serves all of them from one http.Handler.
//
// It is strict where the vendor is strict (signatures, clocks, nonces, required fields, ranges, error bodies), and a
// behaviour that no vendor page states and that a client notices is a named switch (see Switches), so that a client can be
// shown to be right either way.
//
// Each API is a description (sas.go, hss.go, swr.go, iam.go, sts.go): operations with the parameters they take, the kind of entry
// they are about, and the vendor's way to word errors. Reading parameters, and keeping, finding, listing and changing
// entries, is the same code for all of them. How a request travels:
//
//	ServeHTTP -> route -> record -> latency -> fault (before)
//	          -> authenticate -> throttle -> handle -> save -> fault (after) -> answer
//
// Handlers only read and change the store and return a reply; everything that has to do with the network happens around
// them. That is what lets a fault execute a request and still spoil its answer.
package emulator

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Options configures New. The zero value is a usable, empty emulator.
type Options struct {
	State *State // the initial live objects, without the built-in entries of SAS and HSS
	// StateFile, when not empty, is loaded if it exists (it then wins over State) and replaced atomically, mode 0600,
	// after every successful write.
	StateFile string
	Latency   time.Duration     // waited before each answer, or until the client goes away
	Rate      float64           // requests per second of each operation before it throttles; 0 means no limit
	Switches  map[string]string // by name; see Server.Switches for names and values
	Clock     func() time.Time  // for signatures, tokens and timestamps; nil means time.Now
}

// Server is the emulator. It is an http.Handler and safe for concurrent use.
type Server struct {
	latency   time.Duration
	clock     func() time.Time
	apis      []*api
	log       requestLog
	faults    faultList
	switches  switches
	stateFile string
	saving    sync.Mutex

	rate     float64 // 0 means no limit
	limitMu  sync.Mutex
	limiters map[string]*rate.Limiter // by operation

	mu       sync.Mutex // guards what stands below
	store    store
	identity identity
}

// New returns an emulator with the given options. It fails for unknown switch names or values, for a negative rate or
// latency, and for a state that is unreadable or contradicts itself.
func New(o Options) (*Server, error) {
	if o.Rate < 0 || o.Latency < 0 {
		return nil, fmt.Errorf("emulator: rate and latency must not be negative")
	}
	s := &Server{
		latency: o.Latency, clock: o.Clock, rate: o.Rate, limiters: map[string]*rate.Limiter{}, stateFile: o.StateFile,
		apis: []*api{sasAPI(), hssAPI(), swrAPI(), iamAPI(), stsAPI()}, switches: switches{set: defaultSwitches()},
	}
	if s.clock == nil {
		s.clock = time.Now
	}
	for _, a := range s.apis {
		for i := range a.operations {
			a.operations[i].api = a
		}
	}
	if err := s.switches.change(o.Switches); err != nil {
		return nil, err
	}
	initial, loaded, err := loadStateFile(o.StateFile)
	switch {
	case err != nil:
		return nil, err
	case !loaded && o.State != nil:
		initial = *o.State
	case !loaded:
		initial = State{Version: stateVersion}
	}
	if s.store, err = newStore(initial, s.clock()); err != nil && loaded {
		err = notOurs(o.StateFile, err)
	}
	s.identity.init(initial)
	return s, err
}

// EnvVar is one environment variable a client needs to reach the emulator.
type EnvVar struct {
	Name  string
	Value string
}

// Env returns the variables that point a client at an emulator served at baseURL, in the order the command prints them.
func (s *Server) Env(baseURL string) []EnvVar {
	alibaba, huawei := s.identity.firstAlibaba, s.identity.firstHuawei
	return []EnvVar{
		{"REGENT_ENDPOINT_ALIBABA_SAS", baseURL},
		{"REGENT_ENDPOINT_HUAWEI_HSS", baseURL},
		{"REGENT_ENDPOINT_HUAWEI_SWR", baseURL},
		{"REGENT_ENDPOINT_HUAWEI_IAM", baseURL},
		{"REGENT_ENDPOINT_ALIBABA_STS", baseURL},
		{"ALIBABA_CLOUD_ACCESS_KEY_ID", alibaba.ID},
		{"ALIBABA_CLOUD_ACCESS_KEY_SECRET", alibaba.Secret},
		{"HUAWEICLOUD_SDK_AK", huawei.ID},
		{"HUAWEICLOUD_SDK_SK", huawei.Secret},
		{"HUAWEICLOUD_SDK_PROJECT_ID", DefaultProjectID},
	}
}

// State returns a deep copy of all live objects, secrets included, in a deterministic order. Built-in entries are not part
// of it.
func (s *Server) State() State {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.store.state()
}

// SetState replaces all live objects, and the access keys, users and identity providers that came with the previous state.
// The server's own default credentials stay valid. It fails, changing nothing, for a state that contradicts itself; it also
// fails when the state file cannot be written.
func (s *Server) SetState(state State) error {
	next, err := newStore(state, s.clock())
	if err != nil {
		return err
	}
	s.mu.Lock()
	s.store = next
	s.identity.replace(state)
	s.mu.Unlock()
	return s.save()
}

// Operations lists the name of every operation the emulator serves, sorted.
func (s *Server) Operations() []string {
	var out []string
	for _, a := range s.apis {
		for _, op := range a.operations {
			out = append(out, op.name)
		}
	}
	slices.Sort(out)
	return out
}

// maxBody is the largest request body, as documented for AK/SK requests.
const maxBody = 12 << 20

// ServeHTTP answers one request of any of the emulated APIs, or of the control API under /_emulator/.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, controlPrefix) {
		s.serveControl(w, r)
		return
	}
	c, refusal := s.newCall(w, r)
	c.logged = s.log.add(c)
	if wait(r.Context(), s.latency) {
		s.answer(w, c, refusal)
	}
}

// newCall reads and routes a request. The error, if any, is the answer.
func (s *Server) newCall(w http.ResponseWriter, r *http.Request) (*call, error) {
	c := &call{r: r, id: randomHex(16), now: s.clock(), switches: s.switches.current(), identity: &s.identity}
	if r.URL.Path == "/" {
		c.id, c.api = strings.ToUpper(randomUUID()), s.apis[0]
	}
	var err error
	c.body, err = io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return c, c.gatewayError(http.StatusRequestEntityTooLarge, "0201", "Request entity too large")
	case err != nil:
		return c, c.gatewayError(http.StatusBadRequest, "0106", "The request body could not be read")
	}
	if c.query, err = url.ParseQuery(r.URL.RawQuery); err != nil {
		if c.api != nil {
			return c, c.api.refuse(problem{name: "query"})
		}
		return c, c.gatewayError(http.StatusBadRequest, "0106", "The query string cannot be parsed")
	}
	if c.api != nil {
		return c, c.routeAlibaba(s.apis)
	}
	for _, a := range s.apis {
		for i := range a.operations {
			if vars, matched := a.operations[i].matches(r); matched {
				c.api, c.op, c.vars = a, &a.operations[i], vars
				return c, nil
			}
		}
	}
	return c, c.gatewayError(http.StatusNotFound, "0101", "The API does not exist or has not been published in the environment")
}

// execute authenticates, throttles and runs a call.
func (s *Server) execute(c *call) (reply, error) {
	if err := s.authenticate(c); err != nil {
		return reply{}, err
	}
	if err := s.limit(c); err != nil {
		return reply{}, err
	}
	return s.run(c)
}

// limit refuses a call that comes too soon after others of its operation. A refused request uses nothing up.
func (s *Server) limit(c *call) error {
	if s.rate == 0 {
		return nil
	}
	s.limitMu.Lock()
	defer s.limitMu.Unlock()
	perSecond := int(math.Ceil(s.rate))
	limiter, found := s.limiters[c.op.name]
	if !found {
		limiter = rate.NewLimiter(rate.Limit(s.rate), max(1, perSecond))
		s.limiters[c.op.name] = limiter
	}
	reservation := limiter.ReserveN(c.now, 1)
	delay := reservation.DelayFrom(c.now)
	if delay == 0 {
		return nil
	}
	reservation.CancelAt(c.now)
	return c.throttled(delay, perSecond)
}

// throttled is the vendor's throttling answer. Alibaba tells in a header how many milliseconds are left; Huawei's gateway
// documents no such hint.
func (c *call) throttled(delay time.Duration, perSecond int) *apiError {
	if c.op.method != "" {
		return c.gatewayError(http.StatusTooManyRequests, "0308", fmt.Sprintf(
			"The throttling threshold has been reached: policy user over ratelimit,limit:%d,time:1 second", perSecond))
	}
	refusal := refusal(c.status("sas-throttle-status"), c.switches["sas-throttle-code"], "Request was denied due to user flow control.")
	refusal.header = http.Header{"X-Ratelimit-User-Api": {fmt.Sprintf(
		"Limit:%d,Remain:0,TimeLeft:%d,Reset:%d", perSecond, delay.Milliseconds()+1, c.now.Add(delay).Unix())}}
	return refusal
}

// run executes a call that has been let in, and saves what it changed.
func (s *Server) run(c *call) (reply, error) {
	if err := c.read(); err != nil {
		return reply{}, err
	}
	rep, err := s.handle(c)
	if err != nil || !c.op.writes() {
		return rep, err
	}
	return rep, s.save()
}

// handle runs the handler while nothing else does. Some faults change what comes of it.
func (s *Server) handle(c *call) (reply, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !c.op.writes() {
		return c.op.handle(c, &s.store)
	}
	var before past
	if c.fault.Kind == FaultIgnore || c.fault.Kind == FaultIgnoreField || c.fault.StaleMillis > 0 {
		before = c.api.shelf(&s.store).remember()
	}
	rep, err := c.op.handle(c, &s.store)
	switch {
	case c.fault.Kind == FaultIgnore:
		before.restore()
		return rep, err
	case err != nil:
		return rep, err
	case c.fault.Kind == FaultIgnoreField:
		before.keep(c.fault.Field)
	}
	if c.fault.StaleMillis > 0 {
		before.conceal(s.clock().Add(time.Duration(c.fault.StaleMillis) * time.Millisecond))
	}
	c.logged.note(func(r *Request) { r.Executed++ })
	return rep, nil
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

// status is a switch that holds an HTTP status, or another number that its table guarantees to be one.
func (c *call) status(name string) int {
	n, err := strconv.Atoi(c.switches[name])
	if err != nil {
		return http.StatusInternalServerError
	}
	return n
}
