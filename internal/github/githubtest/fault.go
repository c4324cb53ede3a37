package githubtest

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// Kinds of faults.
const (
	// FaultStatus answers Status with Body, or with GitHub's own body for that status. A 502 or 504 without a Body is a
	// page of the load balancer, not JSON.
	FaultStatus = "status"
	// FaultRateLimit answers that the primary rate limit is reached: Status (403 unless it is 429), no requests
	// remaining, more of them after Reset.
	FaultRateLimit = "rate-limit"
	// FaultSecondaryLimit answers that a secondary rate limit is reached: Status (403 unless it is 429), with
	// Retry-After, and with requests remaining.
	FaultSecondaryLimit = "secondary-limit"
	// FaultLost carries the request out and cuts the connection instead of answering.
	FaultLost = "lost"
	// FaultHalf carries the request out and cuts the connection in the middle of the answer.
	FaultHalf = "half"
	// FaultCut cuts the connection; nothing is carried out.
	FaultCut = "cut"
	// FaultGarbage answers 200 with Body, or with a page that is not JSON.
	FaultGarbage = "garbage"
	// FaultDelay waits for Delay, then goes on as usual.
	FaultDelay = "delay"
	// FaultRedirect answers Status (301 if 0) with Location, or with a place on another host that answers 404 and
	// records what arrives as OpElsewhere.
	FaultRedirect = "redirect"
)

// kinds lists every kind of fault.
var kinds = []string{
	FaultStatus, FaultRateLimit, FaultSecondaryLimit, FaultLost, FaultHalf, FaultCut, FaultGarbage, FaultDelay, FaultRedirect,
}

// Fault spoils some requests of one operation. Of several faults that fit a request, the one set first that is neither
// waiting nor used up applies.
//
// The client of net/http sends a GET again by itself when a connection that it had used before is cut without a byte of
// answer; such a request shows twice in the list.
type Fault struct {
	// Operation is one of the Op constants, or "*" for all.
	Operation string
	// Kind says what happens; see the Fault constants.
	Kind string
	// Nth is the first fitting request that is spoilt, counted from now; 0 means 1.
	Nth int
	// Times is how many requests are spoilt from there on; 0 means 1, -1 means all.
	Times int
	// Status is that of FaultStatus; FaultRateLimit, FaultSecondaryLimit and FaultRedirect take it too.
	Status int
	// Body is sent as it is by FaultStatus and FaultGarbage.
	Body string
	// RetryAfter is the header of FaultSecondaryLimit, rounded up to seconds: 0 means a minute, a negative one leaves the
	// header out. FaultStatus sends it when it is positive.
	RetryAfter time.Duration
	// Reset is how long after now FaultRateLimit says the limit ends; 0 means a minute.
	Reset time.Duration
	// Delay is waited first, with every kind.
	Delay time.Duration
	// Location is where FaultRedirect points.
	Location string
	// Executed carries the request out before an answer that otherwise would not: a 502 for a comment that was made.
	Executed bool
}

// pending is a fault and what is left of it.
type pending struct {
	Fault
	skip, left int
}

// Fail sets a fault, beside those that were set before.
func (s *Server) Fail(f Fault) {
	s.t.Helper()
	named := f.Operation == "*" || f.Operation == OpGraphQL || slices.ContainsFunc(operations(), func(op *operation) bool { return op.name == f.Operation })
	switch {
	case !named:
		s.t.Fatalf("githubtest: fault: unknown operation %q", f.Operation)
	case !slices.Contains(kinds, f.Kind):
		s.t.Fatalf("githubtest: fault: unknown kind %q; it is one of %s", f.Kind, strings.Join(kinds, ", "))
	case f.Kind == FaultStatus && f.Status < 200, f.Status > 599:
		s.t.Fatalf("githubtest: fault %s: status %d is not a final HTTP status", f.Kind, f.Status)
	case f.Kind == FaultDelay && f.Delay <= 0:
		s.t.Fatalf("githubtest: fault delay: Delay is mandatory")
	case f.Executed && slices.Contains([]string{FaultLost, FaultHalf, FaultCut, FaultDelay}, f.Kind):
		s.t.Fatalf("githubtest: fault %s: whether the request is carried out is no choice", f.Kind)
	case f.Nth < 0, f.Times < -1:
		s.t.Fatalf("githubtest: fault %s: Nth and Times must not be negative, but for Times -1", f.Kind)
	}
	set := &pending{Fault: f, skip: max(0, f.Nth-1), left: f.Times}
	if f.Times == 0 {
		set.left = 1
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, set)
}

// Heal removes all faults.
func (s *Server) Heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// take gives the fault of a request, if any, and counts it.
func (s *Server) take(c *call) *Fault {
	for _, f := range s.faults {
		switch {
		case f.Operation != "*" && (c.op == nil || f.Operation != c.op.name), f.left == 0:
			continue
		case f.skip > 0:
			f.skip--
			continue
		case f.left > 0:
			f.left--
		}
		found := f.Fault
		return &found
	}
	return nil
}

// spoil answers a request that a fault has hit.
func (s *Server) spoil(w http.ResponseWriter, c *call, entry *Request, f Fault) {
	if !s.wait(c.r, f.Delay) {
		return
	}
	if f.Executed {
		s.execute(c)
	}
	switch f.Kind {
	case FaultDelay:
		s.answer(w, c, entry, s.execute(c))
	case FaultCut:
		cut()
	case FaultLost:
		s.execute(c)
		cut()
	case FaultHalf:
		s.half(w, c)
	default:
		s.answer(w, c, entry, s.faultReply(c, f))
	}
}

// cut closes the connection without an answer. net/http takes this panic as the wish to do just that.
func cut() { panic(http.ErrAbortHandler) }
