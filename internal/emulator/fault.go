package emulator

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// Kinds of faults. docs/emulator.md says what a client sees of each.
const (
	FaultDropBefore   = "drop-before"   // closes the connection; nothing is executed
	FaultDropAfter    = "drop-after"    // executes the request, then closes the connection without an answer
	FaultResetBefore  = "reset-before"  // resets the connection; nothing is executed
	FaultResetAfter   = "reset-after"   // executes the request, then resets the connection
	FaultHang         = "hang"          // answers nothing until the client gives up, hangTime at most
	FaultCut          = "cut"           // executes, and sends half of the answer under a Content-Length that promises all of it
	FaultEmpty        = "empty"         // executes, and answers 200 without a body
	FaultGarbage      = "garbage"       // executes, and answers 200 with bytes that are no JSON, although the content type says so
	FaultHTML         = "html"          // answers 200 with an HTML page, as a proxy or login page would
	FaultWrongTypes   = "wrong-types"   // executes, and answers valid JSON in which every value has another type
	FaultHuge         = "huge"          // streams Bytes bytes of JSON that never ends
	FaultStatus       = "status"        // answers Status, Code and Message in the vendor's error form
	FaultThrottle     = "throttle"      // answers as the vendor throttles
	FaultDenied       = "denied"        // answers as the vendor does to a caller without the permission for the operation
	FaultSuccessFalse = "success-false" // answers HTTP 200 with Success=false; SAS only
	FaultExpiredToken = "expired-token" // answers that the token must be updated (0307); Huawei only
	FaultRedirect     = "redirect"      // answers Status (307 if 0) with Location
	FaultDelay        = "delay"         // waits Millis, then goes on as usual
	FaultEcho         = "echo"          // answers an error whose message repeats the request, secrets included, in several encodings
	FaultIgnore       = "ignore"        // answers as if the request had been executed, but nothing changes
	FaultIgnoreField  = "ignore-field"  // executes a modification but for one Field, and answers as if it had taken
	FaultStale        = "stale"         // executes and answers truly, but lists show what it did only after StaleMillis
	FaultListGrows    = "list-grows"    // answers a list truly; right afterwards somebody else adds an entry
	FaultListShrinks  = "list-shrinks"  // answers a list truly; right afterwards somebody else deletes Entry, or the answer's first
	FaultListRepeats  = "list-repeats"  // begins a page, but the first, with the last entry of the page before, under the same total
	FaultConcurrent   = "concurrent"    // executes twice and answers the second time, as if someone else had sent the same just before
	FaultTwice        = "twice"         // executes twice and answers the first time, as when something on the way sends it again
)

// FaultKinds lists every kind of fault.
func FaultKinds() []string {
	return []string{
		FaultDropBefore, FaultDropAfter, FaultResetBefore, FaultResetAfter, FaultHang, FaultCut, FaultEmpty, FaultGarbage,
		FaultHTML, FaultWrongTypes, FaultHuge, FaultStatus, FaultThrottle, FaultDenied, FaultSuccessFalse, FaultExpiredToken,
		FaultRedirect, FaultDelay, FaultEcho, FaultIgnore, FaultIgnoreField, FaultStale, FaultListGrows, FaultListShrinks,
		FaultListRepeats, FaultConcurrent, FaultTwice,
	}
}

// Fault spoils some requests of one operation. Of several faults that fit a request, the first one that is neither waiting
// nor used up applies.
type Fault struct {
	Provider    string  `json:"provider,omitempty"`    // only this API: alibaba-sas, huawei-hss, huawei-swr, huawei-iam or alibaba-sts
	Operation   string  `json:"operation,omitempty"`   // the SDK's name, or "*" for all, which nothing means too beside a Provider
	Match       string  `json:"match,omitempty"`       // must occur in the path, query or body as sent
	Skip        int     `json:"skip,omitempty"`        // lets this many fitting requests pass first
	Nth         int     `json:"nth,omitempty"`         // from the nth fitting request on; those that other faults spoil count too
	Times       int     `json:"times,omitempty"`       // how many to spoil, -1 means all; 0 means 1, or all that are drawn
	Probability float64 `json:"probability,omitempty"` // draws for each fitting request, up to 1; 0 spoils without drawing
	// Seed decides the draws, with what is requested and how often it was before, and not with the order in which requests
	// for different things arrive.
	Seed int64  `json:"seed,omitempty"`
	Kind string `json:"kind"` // what happens; see the Fault constants
	// Status, Code and Message are those of FaultStatus; an empty Code gives one that the vendor has for a failure from
	// status 500 on, and for a refusal below. FaultEcho and FaultRedirect take Status too.
	Status  int    `json:"status,omitempty"`
	Code    string `json:"code,omitempty"`
	Message string `json:"message,omitempty"`
	After   bool   `json:"after,omitempty"` // executes the request before an answer that otherwise would not
	// RetryAfter is the waiting time of FaultThrottle, in seconds; 0 means no Retry-After header. TimeLeft is the one in
	// Alibaba's own header, in milliseconds; 0 means RetryAfter, or one second without it.
	RetryAfter int    `json:"retry_after,omitempty"`
	TimeLeft   int    `json:"time_left,omitempty"`
	Bytes      int64  `json:"bytes,omitempty"`    // of FaultHuge; 0 means 1 GiB
	Location   string `json:"location,omitempty"` // of FaultRedirect
	Field      string `json:"field,omitempty"`    // of FaultIgnoreField, in the words of the state: credential.access_key
	Entry      string `json:"entry,omitempty"`    // what FaultListShrinks deletes, by name (SAS: by domain)
	Millis     int    `json:"millis,omitempty"`   // is waited first, with every kind
	// StaleMillis is how long lists go on showing what was before, with every kind that executes the request. Reads of a
	// single entry show the truth.
	StaleMillis int `json:"stale_millis,omitempty"`
}

// SetFaults replaces all faults, used up or not. It fails, changing nothing, for an unknown operation or kind and for
// values a kind cannot use.
func (s *Server) SetFaults(faults []Fault) error {
	kept := make([]*armed, len(faults))
	for i, f := range faults {
		if f.Provider != "" && f.Operation == "" {
			f.Operation = "*"
		}
		if why := s.neverWorks(f); why != "" {
			return fmt.Errorf("emulator: fault %s: %s", f.Kind, why)
		}
		kept[i] = &armed{FaultState: FaultState{Fault: f}, asked: map[string]uint64{}}
	}
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.faults = kept
	return nil
}

// FaultState is a fault and how many requests it has spoilt.
type FaultState struct {
	Fault
	Spoilt int `json:"spoilt"`
}

// Faults returns the faults set, used up or not, in their order.
func (s *Server) Faults() []FaultState {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	out := []FaultState{}
	for _, a := range s.faults.faults {
		out = append(out, a.FaultState)
	}
	return out
}

// neverWorks says why a fault could never do what it says.
func (s *Server) neverWorks(f Fault) string {
	var providers []string
	fits, hasField := false, false
	for _, a := range s.apis {
		providers = append(providers, a.name)
		fits = fits || slices.ContainsFunc(a.operations, func(op operation) bool { return f.concerns(&op) })
		if a.fields != nil && (f.Provider == "" || f.Provider == a.name) {
			_, found := field(a.fields, f.Field)
			hasField = hasField || found
		}
	}
	// The two kinds of one vendor only have always been taken for every operation, and hit none of the other's.
	fits = fits || f.Provider == "" && (f.Kind == FaultSuccessFalse || f.Kind == FaultExpiredToken)
	switch {
	case !slices.Contains(FaultKinds(), f.Kind):
		return fmt.Sprintf("unknown kind; it is one of %s", strings.Join(FaultKinds(), ", "))
	case f.Provider != "" && !slices.Contains(providers, f.Provider):
		return fmt.Sprintf("unknown provider %q; it is one of %s", f.Provider, strings.Join(providers, ", "))
	case f.Operation != "*" && !slices.Contains(s.Operations(), f.Operation):
		return fmt.Sprintf("unknown operation %q", f.Operation)
	case min(f.Skip, f.Nth, f.Times+1, f.RetryAfter, f.TimeLeft, f.Millis, f.StaleMillis) < 0 || f.Bytes < 0:
		return "numbers must not be negative"
	case f.Skip > 0 && f.Nth > 0:
		return "skip and nth exclude each other"
	case !(f.Probability >= 0 && f.Probability <= 1): // also when it is not a number
		return "probability is from 0 to 1"
	case f.Status != 0 && (f.Status < 200 || f.Status > 599):
		return fmt.Sprintf("status %d is not a final HTTP status", f.Status)
	case !fits:
		return fmt.Sprintf("it never fits: provider %q, operation %q", f.Provider, f.Operation)
	}
	given, needs := map[string]bool{
		FaultStatus: f.Status != 0, FaultRedirect: f.Location != "", FaultDelay: f.Millis != 0, FaultStale: f.StaleMillis != 0, FaultIgnoreField: hasField,
	}[f.Kind]
	if needs && !given {
		return "its status, location, millis, stale_millis or field (one that the entries have) is mandatory"
	}
	return ""
}

// concerns tells whether a fault can ever hit an operation.
func (f Fault) concerns(op *operation) bool {
	if f.Provider != "" && f.Provider != op.api.name || f.Operation != "*" && f.Operation != op.name {
		return false
	}
	switch f.Kind {
	case FaultSuccessFalse:
		return op.method == ""
	case FaultExpiredToken:
		return op.method != ""
	case FaultIgnoreField:
		return op.does == modifies
	case FaultStale:
		return op.writes()
	case FaultListGrows, FaultListShrinks, FaultListRepeats:
		return op.does == lists
	}
	return true
}

// fits tells whether a fault concerns a call at all.
func (f Fault) fits(c *call) bool {
	if !f.concerns(c.op) || f.Kind == FaultListRepeats && !c.laterPage() {
		return false
	}
	return f.Match == "" || strings.Contains(c.r.URL.Path, f.Match) || strings.Contains(c.r.URL.RawQuery, f.Match) ||
		strings.Contains(string(c.body), f.Match)
}

// laterPage tells whether a call asks for a page of a list that is not the first.
func (c *call) laterPage() bool {
	page, offset := c.params.Get("CurrentPage"), c.query.Get("offset")
	return page != "" && page != "1" || offset != "" && offset != "0"
}

// armed is a fault and what has come of it so far.
type armed struct {
	FaultState
	passed int               // fitting requests that Skip has let pass
	seen   int               // fitting requests, also those other faults have spoilt
	asked  map[string]uint64 // the draws for each request, by what it asks for
}

// hits decides whether the fault spoils a fitting call, and counts it.
func (a *armed) hits(c *call) bool {
	times := a.Times
	if times == 0 && a.Probability == 0 {
		times = 1
	}
	switch {
	case times > 0 && a.Spoilt >= times || a.seen < a.Nth:
		return false
	case a.passed < a.Skip:
		a.passed++
		return false
	case a.Probability > 0 && !a.draws(c):
		return false
	}
	a.Spoilt++
	return true
}

// draws decides by the seed, by what the call asks for and by how often that was asked before. A sequence of random numbers
// would not do: requests under way at once arrive in another order in each run.
func (a *armed) draws(c *call) bool {
	what := c.asksFor()
	n := a.asked[what]
	a.asked[what]++
	hash := sha256.Sum256(fmt.Appendf(nil, "%d %s %s %s\n%s\n%d", a.Seed, a.Kind, a.Match, c.op.name, what, n))
	const precision = 53 // bits of a float64
	return float64(binary.BigEndian.Uint64(hash[:])>>(64-precision))/(1<<precision) < a.Probability
}

// asksFor is a request without what changes when the same is sent again.
func (c *call) asksFor() string {
	query, form, body := maps.Clone(c.query), maps.Clone(c.form), string(c.body)
	for _, name := range []string{"Signature", "SignatureNonce", "Timestamp", "AccessKeyId", "SecurityToken"} {
		for _, values := range []url.Values{query, form} {
			delete(values, name)
		}
	}
	if len(c.form) > 0 {
		body = form.Encode()
	}
	return c.r.Method + " " + c.r.URL.Path + "?" + query.Encode() + "\n" + body
}

// faultList holds the faults set and how much of each is left.
type faultList struct {
	mu     sync.Mutex
	faults []*armed
}

// take returns the fault for a call, if any, and counts it.
func (l *faultList) take(c *call) (found Fault, hit bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, a := range l.faults {
		if !a.fits(c) {
			continue
		}
		a.seen++
		if !hit && a.hits(c) {
			found, hit = a.Fault, true
		}
	}
	return found, hit
}
