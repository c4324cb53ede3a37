package emulator

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"maps"
	"net/url"
	"strings"
	"sync"
)

// providerNames are the APIs a fault can be limited to.
func providerNames() []string {
	return []string{"alibaba-sas", "huawei-hss", "huawei-swr", "huawei-iam"}
}

// provider is the API an operation belongs to.
func (op *operation) provider() string {
	switch op.style {
	case styleAlibaba:
		return "alibaba-sas"
	case styleHSS:
		return "huawei-hss"
	case styleSWR:
		return "huawei-swr"
	default:
		return "huawei-iam"
	}
}

// lists tells whether an operation gives the entries of an account.
func (op *operation) lists() bool {
	switch op.name {
	case "ListPrivateRegistryList", "PageImageRegistry", "ListRegistry", "ListInstanceRegistries":
		return true
	}
	return false
}

// modifies tells whether an operation changes an entry that is there.
func (op *operation) modifies() bool {
	switch op.name {
	case "ModifyImageRegistry", "UpdateRegistry", "UpdateInstanceRegistry":
		return true
	}
	return false
}

// concerns tells whether a fault can ever hit an operation.
func (f Fault) concerns(op *operation) bool {
	if f.Provider != "" && f.Provider != op.provider() || f.Operation != "*" && f.Operation != op.name {
		return false
	}
	switch f.Kind {
	case FaultSuccessFalse:
		return op.style == styleAlibaba
	case FaultExpiredToken:
		return op.style != styleAlibaba
	case FaultIgnoreField:
		return op.modifies()
	case FaultStale:
		return op.write
	case FaultListGrows, FaultListShrinks, FaultListRepeats:
		return op.lists()
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

// laterPage tells whether a call asks for a page of a list that is not the
// first.
func (c *call) laterPage() bool {
	query := c.r.URL.Query()
	if c.op.style == styleAlibaba {
		return c.params.Get("CurrentPage") != "" && c.params.Get("CurrentPage") != "1"
	}
	return query.Get("offset") != "" && query.Get("offset") != "0"
}

// armed is a fault and what has come of it so far.
type armed struct {
	Fault
	waiting int // fitting requests that pass first
	left    int // requests still to be spoilt; negative means all
	seen    int // fitting requests, also those other faults have spoilt
	spoilt  int
	// asked counts the draws for each request, by what it asks for.
	asked map[string]uint64
}

func arm(f Fault) *armed {
	a := &armed{Fault: f, waiting: f.Skip, left: f.Times, asked: map[string]uint64{}}
	switch {
	case f.Times == 0 && f.Probability > 0:
		a.left = -1
	case f.Times == 0:
		a.left = 1
	}
	return a
}

// hits decides whether the fault spoils a fitting call, and counts it.
func (a *armed) hits(c *call) bool {
	switch {
	case a.left == 0 || a.seen < a.Nth:
		return false
	case a.waiting > 0:
		a.waiting--
		return false
	case a.Probability > 0 && !a.draws(c):
		return false
	case a.left > 0:
		a.left--
	}
	a.spoilt++
	return true
}

// draws decides by the seed, by what the call asks for and by how often that
// was asked before. A sequence of random numbers would not do: requests under
// way at once arrive in another order in each run.
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
	query, body := c.r.URL.Query(), string(c.body)
	form := maps.Clone(c.form)
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
func (l *faultList) take(c *call) (Fault, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var found *armed
	for _, a := range l.faults {
		if !a.fits(c) {
			continue
		}
		a.seen++
		if found == nil && a.hits(c) {
			found = a
		}
	}
	if found == nil {
		return Fault{}, false
	}
	return found.Fault, true
}
