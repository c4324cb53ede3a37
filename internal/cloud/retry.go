package cloud

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptrace"
	"strconv"
	"time"

	"github.com/hashicorp/go-retryablehttp"
)

// Retries are the limits of trying again.
type Retries struct {
	// Max is the number of further attempts after the first, not counting throttled ones; default 5. With a negative one
	// nothing is tried again.
	Max int
	// Base and Cap bound the jittered exponential back-off; defaults 250 ms and 10 s. A server's own wish
	// (Retry-After, TimeLeft) is honoured up to MaxServerWait.
	Base, Cap time.Duration
	// Patience is how long a vendor may throttle every request of an operation before the throttled ones are given up;
	// default 10 minutes. Throttling says nothing about a request, only that there are many.
	Patience time.Duration
	// Silence is how long a vendor may throttle before somebody is told; default 3 seconds.
	Silence time.Duration
}

// MaxServerWait is the longest wait a server can ask for.
const MaxServerWait = time.Minute

func (r Retries) withDefaults() Retries {
	if r.Max == 0 {
		r.Max = 5
	}
	if r.Base == 0 {
		r.Base = 250 * time.Millisecond
	}
	if r.Cap == 0 {
		r.Cap = 10 * time.Second
	}
	if r.Patience == 0 {
		r.Patience = 10 * time.Minute
	}
	if r.Silence == 0 {
		r.Silence = 3 * time.Second
	}
	return r
}

// newRetrier composes the retrying client. Reads are tried again after throttling, server errors and connection
// errors; writes only when the request provably was not carried out: it never got a connection, or the vendor
// throttled it before execution.
func newRetrier(transport http.RoundTripper, dialect Dialect, retries Retries, told func(string)) *retryablehttp.Client {
	retries = retries.withDefaults()
	c := retryablehttp.NewClient()
	c.Logger = nil // the library's log lines contain URLs
	c.HTTPClient = &http.Client{
		Transport: trace(transport),
		// A redirect would carry signed headers and secrets to wherever the answer says.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	c.RetryMax = math.MaxInt // again counts, and not every attempt counts
	c.ErrorHandler = retryablehttp.PassthroughErrorHandler
	c.CheckRetry = func(ctx context.Context, resp *http.Response, err error) (bool, error) {
		again := retries.again(ctx, dialect, resp, err)
		if f := flightOf(ctx); again {
			f.last = &attempt{err: err, resp: resp}
			if err == nil {
				f.last.fault = dialect.Fault(resp.StatusCode, resp.Header, peek(resp))
				if f.last.fault.Throttled && f.throttledFor()+serverWait(resp, dialect) >= retries.Silence {
					told(fmt.Sprintf("HTTP %d", resp.StatusCode))
				}
			}
		}
		return again, nil
	}
	c.Backoff = func(_, _ time.Duration, attempt int, resp *http.Response) time.Duration {
		return backoff(retries, dialect, attempt, resp)
	}
	return c
}

// trace notes when a request got a connection, and lets none pass after a stop.
func trace(next http.RoundTripper) http.RoundTripper {
	return RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
		if f := flightOf(r.Context()); f != nil {
			if err := f.begin(); err != nil {
				closeBody(r)
				return nil, err
			}
			defer f.end()
			f.left.Store(false)
			r = r.WithContext(httptrace.WithClientTrace(r.Context(), &httptrace.ClientTrace{
				GotConn: func(httptrace.GotConnInfo) { f.left.Store(true) },
			}))
		}
		return next.RoundTrip(r)
	})
}

// again decides whether to try once more.
func (r Retries) again(ctx context.Context, dialect Dialect, resp *http.Response, err error) bool {
	f := flightOf(ctx)
	if ctx.Err() != nil || f == nil || f.on() || r.Max < 0 {
		return false
	}
	if err != nil {
		return retriable(err) && (f.read || !f.left.Load()) && f.another(r.Max)
	}
	fault := dialect.Fault(resp.StatusCode, resp.Header, peek(resp))
	switch {
	case fault == nil:
		return false
	case fault.Throttled:
		f.left.Store(false) // the vendor refused it before execution: should the wait be cut short, nothing is open
		return f.throttledFor() < r.Patience
	case fault.Auth:
		return false
	default:
		return f.read && (resp.StatusCode >= 500 || fault.Open) && f.another(r.Max)
	}
}

// another counts the attempts that failed.
func (f *flight) another(most int) bool {
	f.failures++
	return f.failures <= most
}

// throttledFor tells how long all requests of the operation were throttled; without a limiter, this one.
func (f *flight) throttledFor() time.Duration {
	if f.refused.IsZero() {
		f.refused = time.Now()
	}
	return time.Since(f.refused)
}

// retriable reports whether an error without an answer could pass: not the refusals made on this side.
func retriable(err error) bool {
	var refused *gateError
	return !errors.Is(err, ErrReadOnly) && !errors.Is(err, errTooLarge) && !errors.Is(err, errCrowded) && !errors.As(err, &refused) &&
		!errors.Is(err, ErrCredentials)
}

// backoff gives the wait before the next attempt: what the server asks for, else a random time under a bound that
// doubles. After throttling it soon stays the same: the limiter has slowed down by then.
func backoff(r Retries, dialect Dialect, attempt int, resp *http.Response) time.Duration {
	if resp != nil {
		if wait := serverWait(resp, dialect); wait > 0 {
			return min(wait, MaxServerWait) + rand.N(r.Base)
		}
	}
	bound := r.Cap
	if resp != nil && throttled(resp, dialect) {
		attempt = min(attempt, 2)
	}
	if attempt < 16 {
		bound = min(r.Cap, r.Base<<attempt)
	}
	return bound/2 + rand.N(bound/2+1)
}

func throttled(resp *http.Response, dialect Dialect) bool {
	fault := dialect.Fault(resp.StatusCode, resp.Header, peek(resp))
	return fault != nil && fault.Throttled
}

func serverWait(resp *http.Response, dialect Dialect) time.Duration {
	if after := resp.Header.Get("Retry-After"); after != "" {
		if seconds, err := strconv.Atoi(after); err == nil && seconds > 0 {
			return time.Duration(min(seconds, 3600)) * time.Second
		}
		if at, err := http.ParseTime(after); err == nil {
			return time.Until(at)
		}
	}
	if fault := dialect.Fault(resp.StatusCode, resp.Header, peek(resp)); fault != nil {
		return fault.Wait
	}
	return 0
}
