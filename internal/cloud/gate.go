package cloud

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"sync"
)

// ErrCredentials is the cause when no usable credentials were found or could be obtained.
var ErrCredentials = errors.New("credentials")

// Gate protects one set of credentials: five failed authentications in a row lock a Huawei key for five minutes,
// for everybody who uses it. The first request goes alone; when it is refused for its credentials, no other leaves.
// One Gate serves all accounts that share the credentials. It is safe for concurrent use.
type Gate struct {
	mu     sync.Mutex
	proven bool
	failed error
}

// gateError is the refusal of later requests.
type gateError struct{ cause error }

func (e *gateError) Error() string {
	return "not sent: these credentials were refused before (" + e.cause.Error() + ")"
}
func (e *gateError) Unwrap() error { return e.cause }

// guard lets requests through the gate.
func guard(next http.RoundTripper, gate *Gate, dialect Dialect) http.RoundTripper {
	return RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
		alone, err := gate.enter()
		if err != nil {
			closeBody(r)
			return nil, err
		}
		resp, err := next.RoundTrip(r)
		var fault *Fault
		if err == nil {
			fault = dialect.Fault(resp.StatusCode, resp.Header, peek(resp))
		}
		gate.leave(alone, resp, fault)
		return resp, err
	})
}

// enter returns alone=true, with the gate closed behind it, to requests with unproven credentials.
func (g *Gate) enter() (alone bool, err error) {
	g.mu.Lock()
	if g.failed != nil {
		g.mu.Unlock()
		return false, &gateError{g.failed}
	}
	if g.proven {
		g.mu.Unlock()
		return false, nil
	}
	return true, nil // leave unlocks
}

func (g *Gate) leave(alone bool, resp *http.Response, fault *Fault) {
	if !alone {
		g.mu.Lock()
	}
	defer g.mu.Unlock()
	switch {
	case fault != nil && fault.Auth:
		g.failed = errors.New(cmp.Or(fault.Code, fmt.Sprintf("HTTP %d", resp.StatusCode)))
	case resp != nil && !(fault != nil && fault.Throttled) && resp.StatusCode < 500:
		g.proven = true
	}
}
