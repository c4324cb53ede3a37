package emulator

import (
	"fmt"
	"slices"
	"strings"
	"sync"
)

// Kinds of faults.
const (
	// FaultDropBefore closes the connection; nothing is executed.
	FaultDropBefore = "drop-before"
	// FaultDropAfter executes the request, then closes the connection without
	// an answer.
	FaultDropAfter = "drop-after"
	// FaultStatus answers Status, Code and Message in the vendor's error form.
	FaultStatus = "status"
	// FaultThrottle answers as the vendor throttles.
	FaultThrottle = "throttle"
	// FaultHTML answers 200 with an HTML page, as a proxy or login page would.
	FaultHTML = "html"
	// FaultCut executes the request and sends half of the answer under a
	// Content-Length that promises all of it.
	FaultCut = "cut"
	// FaultWrongTypes executes the request and answers valid JSON in which
	// every value has another type.
	FaultWrongTypes = "wrong-types"
	// FaultHuge streams Bytes bytes of JSON that never ends.
	FaultHuge = "huge"
	// FaultRedirect answers Status (307 if 0) with Location.
	FaultRedirect = "redirect"
	// FaultDelay waits Millis, then goes on as usual.
	FaultDelay = "delay"
	// FaultEcho answers an error whose message repeats the request, secrets
	// included, in several encodings, as a hostile server would.
	FaultEcho = "echo"
	// FaultIgnore answers as if the request had been executed, but nothing
	// changes.
	FaultIgnore = "ignore"
	// FaultSuccessFalse answers HTTP 200 with Success=false; SAS only.
	FaultSuccessFalse = "success-false"
	// FaultExpiredToken answers that the token must be updated (0307); Huawei
	// only.
	FaultExpiredToken = "expired-token"
	// FaultConcurrent executes the request twice and answers the second time,
	// as if someone else had sent the same just before.
	FaultConcurrent = "concurrent"
)

// FaultKinds lists every kind of fault.
func FaultKinds() []string {
	return []string{
		FaultDropBefore, FaultDropAfter, FaultStatus, FaultThrottle, FaultHTML, FaultCut, FaultWrongTypes, FaultHuge,
		FaultRedirect, FaultDelay, FaultEcho, FaultIgnore, FaultSuccessFalse, FaultExpiredToken, FaultConcurrent,
	}
}

// Fault spoils some requests of one operation. Of several faults that fit a
// request, the first one that is neither waiting nor used up applies.
type Fault struct {
	// Operation is the SDK's name of the operation, or "*" for all.
	Operation string `json:"operation"`
	// Match, when not empty, must occur in the query or body as sent.
	Match string `json:"match,omitempty"`
	// Skip lets this many fitting requests pass first.
	Skip int `json:"skip,omitempty"`
	// Times is how many requests are spoilt; 0 means 1, -1 means all.
	Times int `json:"times,omitempty"`
	// Kind says what happens; see the Fault constants.
	Kind string `json:"kind"`
	// Status, Code and Message are those of FaultStatus; an empty Code gives
	// the vendor's own for that status. FaultEcho and FaultRedirect take
	// Status too.
	Status  int    `json:"status,omitempty"`
	Code    string `json:"code,omitempty"`
	Message string `json:"message,omitempty"`
	// After executes the request before an answer that otherwise would not.
	After bool `json:"after,omitempty"`
	// RetryAfter is the waiting time of FaultThrottle, in seconds; 0 means
	// no Retry-After header, and one second in Alibaba's own header.
	RetryAfter int `json:"retry_after,omitempty"`
	// Bytes is the size of FaultHuge; 0 means 1 GiB.
	Bytes int64 `json:"bytes,omitempty"`
	// Location is where FaultRedirect points.
	Location string `json:"location,omitempty"`
	// Millis is waited first, with every kind.
	Millis int `json:"millis,omitempty"`
}

// check refuses a fault that could never do what it says.
func (f Fault) check(operations []string) error {
	switch {
	case f.Operation != "*" && !slices.Contains(operations, f.Operation):
		return fmt.Errorf("emulator: fault: unknown operation %q", f.Operation)
	case !slices.Contains(FaultKinds(), f.Kind):
		return fmt.Errorf("emulator: fault: unknown kind %q; it is one of %s", f.Kind, strings.Join(FaultKinds(), ", "))
	case f.Skip < 0 || f.Times < -1 || f.RetryAfter < 0 || f.Bytes < 0 || f.Millis < 0:
		return fmt.Errorf("emulator: fault %s: numbers must not be negative", f.Kind)
	case f.Status != 0 && (f.Status < 200 || f.Status > 599):
		return fmt.Errorf("emulator: fault %s: status %d is not a final HTTP status", f.Kind, f.Status)
	case f.Kind == FaultStatus && f.Status == 0:
		return fmt.Errorf("emulator: fault status: status is mandatory")
	case f.Kind == FaultRedirect && f.Location == "":
		return fmt.Errorf("emulator: fault redirect: location is mandatory")
	case f.Kind == FaultDelay && f.Millis == 0:
		return fmt.Errorf("emulator: fault delay: millis is mandatory")
	}
	return nil
}

// fits tells whether a fault concerns a call at all.
func (f Fault) fits(c *call) bool {
	switch {
	case f.Operation != "*" && f.Operation != c.op.name,
		f.Kind == FaultSuccessFalse && c.op.style != styleAlibaba,
		f.Kind == FaultExpiredToken && c.op.style == styleAlibaba:
		return false
	}
	return f.Match == "" || strings.Contains(c.r.URL.RawQuery, f.Match) || strings.Contains(string(c.body), f.Match)
}

// faultList holds the faults set and how much of each is left.
type faultList struct {
	mu     sync.Mutex
	faults []Fault
}

// take returns the fault for a call, if any, and counts it.
func (l *faultList) take(c *call) (Fault, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range l.faults {
		f := &l.faults[i]
		switch {
		case !f.fits(c) || f.Times == 0:
			continue
		case f.Skip > 0:
			f.Skip--
			continue
		case f.Times > 0:
			f.Times--
		}
		return *f, true
	}
	return Fault{}, false
}

// SetFaults replaces all faults, used up or not. It fails, changing nothing,
// for an unknown operation or kind and for values a kind cannot use.
func (s *Server) SetFaults(faults []Fault) error {
	operations := s.Operations()
	kept := slices.Clone(faults)
	for i := range kept {
		if err := kept[i].check(operations); err != nil {
			return err
		}
		if kept[i].Times == 0 {
			kept[i].Times = 1
		}
	}
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.faults = kept
	return nil
}

// Operations lists the name of every operation the emulator serves, sorted.
func (s *Server) Operations() []string {
	var out []string
	for _, route := range s.router.routes {
		out = append(out, route.op.name)
	}
	for _, op := range s.router.actions {
		out = append(out, op.name)
	}
	slices.Sort(out)
	return out
}
