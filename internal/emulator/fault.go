package emulator

import (
	"fmt"
	"slices"
	"strings"
)

// Kinds of faults.
const (
	// FaultDropBefore closes the connection; nothing is executed.
	FaultDropBefore = "drop-before"
	// FaultDropAfter executes the request, then closes the connection without
	// an answer.
	FaultDropAfter = "drop-after"
	// FaultResetBefore resets the connection; nothing is executed.
	FaultResetBefore = "reset-before"
	// FaultResetAfter executes the request, then resets the connection.
	FaultResetAfter = "reset-after"
	// FaultHang answers nothing until the client gives up, hangTime at most.
	FaultHang = "hang"
	// FaultEmpty executes the request and answers 200 without a body.
	FaultEmpty = "empty"
	// FaultGarbage executes the request and answers 200 with bytes that are no
	// JSON, although the content type says so.
	FaultGarbage = "garbage"
	// FaultStatus answers Status, Code and Message in the vendor's error form.
	FaultStatus = "status"
	// FaultThrottle answers as the vendor throttles.
	FaultThrottle = "throttle"
	// FaultDenied answers as the vendor does to a caller without the
	// permission for the operation.
	FaultDenied = "denied"
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
	// FaultIgnoreField executes a modification but for one Field, which keeps
	// its value, and answers as if it had taken.
	FaultIgnoreField = "ignore-field"
	// FaultStale executes the request and answers truly, but lists show what
	// it did only after StaleMillis.
	FaultStale = "stale"
	// FaultListGrows answers a list truly; right afterwards somebody else adds
	// an entry.
	FaultListGrows = "list-grows"
	// FaultListShrinks answers a list truly; right afterwards somebody else
	// deletes Entry, or the first entry of the answer.
	FaultListShrinks = "list-shrinks"
	// FaultListRepeats begins a page, but the first, with the last entry of
	// the page before. The total stays the same, so that the last entry of all
	// never comes.
	FaultListRepeats = "list-repeats"
	// FaultSuccessFalse answers HTTP 200 with Success=false; SAS only.
	FaultSuccessFalse = "success-false"
	// FaultExpiredToken answers that the token must be updated (0307); Huawei
	// only.
	FaultExpiredToken = "expired-token"
	// FaultConcurrent executes the request twice and answers the second time,
	// as if someone else had sent the same just before.
	FaultConcurrent = "concurrent"
	// FaultTwice executes the request twice and answers the first time, as
	// when something on the way sends it again.
	FaultTwice = "twice"
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

// Fault spoils some requests of one operation. Of several faults that fit a
// request, the first one that is neither waiting nor used up applies.
type Fault struct {
	// Provider, when not empty, limits the fault to one API: "alibaba-sas",
	// "huawei-hss", "huawei-swr" or "huawei-iam".
	Provider string `json:"provider,omitempty"`
	// Operation is the SDK's name of the operation, or "*" for all, which is
	// also what nothing means beside a Provider.
	Operation string `json:"operation,omitempty"`
	// Match, when not empty, must occur in the path, query or body as sent.
	Match string `json:"match,omitempty"`
	// Skip lets this many fitting requests pass first.
	Skip int `json:"skip,omitempty"`
	// Nth spoils from the nth fitting request on, the first being 1. Unlike
	// with Skip, requests that other faults spoil count too.
	Nth int `json:"nth,omitempty"`
	// Times is how many requests are spoilt, -1 means all; 0 means 1, or all
	// that are drawn when there is a Probability.
	Times int `json:"times,omitempty"`
	// Probability, above 0 and up to 1, draws for each fitting request; 0
	// spoils without drawing. What is drawn depends on Seed, on what is
	// requested and how often it was before, and not on the order in which
	// requests for different things arrive.
	Probability float64 `json:"probability,omitempty"`
	Seed        int64   `json:"seed,omitempty"`
	// Kind says what happens; see the Fault constants.
	Kind string `json:"kind"`
	// Status, Code and Message are those of FaultStatus; an empty Code gives
	// one that the vendor has for a failure from status 500 on, and for a
	// refusal below. FaultEcho and FaultRedirect take
	// Status too.
	Status  int    `json:"status,omitempty"`
	Code    string `json:"code,omitempty"`
	Message string `json:"message,omitempty"`
	// After executes the request before an answer that otherwise would not.
	After bool `json:"after,omitempty"`
	// RetryAfter is the waiting time of FaultThrottle, in seconds; 0 means no
	// Retry-After header. TimeLeft is the one in Alibaba's own header, in
	// milliseconds; 0 means RetryAfter, or one second without it.
	RetryAfter int `json:"retry_after,omitempty"`
	TimeLeft   int `json:"time_left,omitempty"`
	// Bytes is the size of FaultHuge; 0 means 1 GiB.
	Bytes int64 `json:"bytes,omitempty"`
	// Location is where FaultRedirect points.
	Location string `json:"location,omitempty"`
	// Field is what FaultIgnoreField leaves as it is, in the words of the
	// state; a dot leads into an object, as in credential.access_key.
	Field string `json:"field,omitempty"`
	// Entry is the name (SAS: the domain name) of what FaultListShrinks
	// deletes.
	Entry string `json:"entry,omitempty"`
	// Millis is waited first, with every kind.
	Millis int `json:"millis,omitempty"`
	// StaleMillis is how long lists go on showing what was before, with every
	// kind that executes the request. Reads of a single entry show the truth.
	StaleMillis int `json:"stale_millis,omitempty"`
}

// SetFaults replaces all faults, used up or not. It fails, changing nothing,
// for an unknown operation or kind and for values a kind cannot use.
func (s *Server) SetFaults(faults []Fault) error {
	kept := make([]*armed, len(faults))
	for i, f := range faults {
		if f.Provider != "" && f.Operation == "" {
			f.Operation = "*"
		}
		if err := s.checkFault(f); err != nil {
			return err
		}
		kept[i] = arm(f)
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
		out = append(out, FaultState{a.Fault, a.spoilt})
	}
	return out
}

// checkFault refuses a fault that could never do what it says.
func (s *Server) checkFault(f Fault) error {
	refuse := func(format string, args ...any) error {
		return fmt.Errorf("emulator: fault %s: %s", f.Kind, fmt.Sprintf(format, args...))
	}
	operations := s.Operations()
	switch {
	case !slices.Contains(FaultKinds(), f.Kind):
		return fmt.Errorf("emulator: fault: unknown kind %q; it is one of %s", f.Kind, strings.Join(FaultKinds(), ", "))
	case f.Provider != "" && !slices.Contains(providerNames(), f.Provider):
		return refuse("unknown provider %q; it is one of %s", f.Provider, strings.Join(providerNames(), ", "))
	case f.Operation != "*" && !slices.Contains(operations, f.Operation):
		return refuse("unknown operation %q", f.Operation)
	case f.Skip < 0 || f.Nth < 0 || f.Times < -1 || f.RetryAfter < 0 || f.TimeLeft < 0 || f.Bytes < 0 || f.Millis < 0 || f.StaleMillis < 0:
		return refuse("numbers must not be negative")
	case f.Skip > 0 && f.Nth > 0:
		return refuse("skip and nth exclude each other")
	case !(f.Probability >= 0 && f.Probability <= 1): // also when it is not a number
		return refuse("probability is from 0 to 1")
	case f.Status != 0 && (f.Status < 200 || f.Status > 599):
		return refuse("status %d is not a final HTTP status", f.Status)
	}
	// The two kinds of one vendor only have always been taken for every operation, and hit none of the other's.
	oneVendors := f.Provider == "" && (f.Kind == FaultSuccessFalse || f.Kind == FaultExpiredToken)
	if !oneVendors && !slices.ContainsFunc(s.router.all(), func(op *operation) bool { return f.concerns(op) }) {
		return refuse("it never fits: provider %q, operation %q", f.Provider, f.Operation)
	}
	if missing := f.missing(); missing != "" {
		return refuse("%s is mandatory", missing)
	}
	return nil
}

// missing names the field that the kind cannot do without and that is not set.
func (f Fault) missing() string {
	switch {
	case f.Kind == FaultStatus && f.Status == 0:
		return "status"
	case f.Kind == FaultRedirect && f.Location == "":
		return "location"
	case f.Kind == FaultDelay && f.Millis == 0:
		return "millis"
	case f.Kind == FaultStale && f.StaleMillis == 0:
		return "stale_millis"
	case f.Kind == FaultIgnoreField && !f.hasField():
		return "a field that the entries have"
	}
	return ""
}

// Operations lists the name of every operation the emulator serves, sorted.
func (s *Server) Operations() []string {
	var out []string
	for _, op := range s.router.all() {
		out = append(out, op.name)
	}
	slices.Sort(out)
	return out
}
