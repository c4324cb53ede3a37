package cloud

import (
	"cmp"
	"context"
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
	alone  chan struct{}
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
	return RoundTripperFunc(func(r *http.Request) (resp *http.Response, err error) {
		leave, err := gate.enter(r.Context())
		if err != nil {
			closeBody(r)
			return nil, err
		}
		var fault *Fault
		defer func() { leave(resp, fault) }() // also when a layer below panics
		resp, err = next.RoundTrip(r)
		if err == nil {
			fault = dialect.Fault(resp.StatusCode, resp.Header, peek(resp))
		}
		return resp, err
	})
}

// enter gives what to call with the answer. Requests with unproven credentials pass one at a time; waiting ends with
// ctx.
func (g *Gate) enter(ctx context.Context) (leave func(*http.Response, *Fault), err error) {
	if proven, err := g.verdict(); proven || err != nil {
		return g.learn, err
	}
	select {
	case g.turn() <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if proven, err := g.verdict(); proven || err != nil {
		<-g.turn()
		return g.learn, err
	}
	return func(resp *http.Response, fault *Fault) {
		g.learn(resp, fault)
		<-g.turn()
	}, nil
}

// turn is held by the one request that goes alone.
func (g *Gate) turn() chan struct{} {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.alone == nil {
		g.alone = make(chan struct{}, 1)
	}
	return g.alone
}

func (g *Gate) verdict() (proven bool, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.failed != nil {
		return false, &gateError{g.failed}
	}
	return g.proven, nil
}

// learn draws the conclusion from an answer; resp is nil when there was none.
func (g *Gate) learn(resp *http.Response, fault *Fault) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case resp == nil:
	case fault != nil && fault.Auth:
		g.failed = errors.New(cmp.Or(fault.Code, fmt.Sprintf("HTTP %d", resp.StatusCode)))
	case !(fault != nil && (fault.Throttled || fault.Open)) && resp.StatusCode < 500:
		g.proven = true
	}
}
