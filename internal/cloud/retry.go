package cloud

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptrace"
	"strconv"
	"time"

	"github.com/hashicorp/go-retryablehttp"
)

// Retries are the limits of trying again.
type Retries struct {
	// Max is the number of further attempts after the first; default 5.
	Max int
	// Base and Cap bound the jittered exponential back-off; defaults 250 ms and 10 s. A server's own wish
	// (Retry-After, TimeLeft) is honoured up to MaxServerWait.
	Base, Cap time.Duration
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
	return r
}

// newRetrier composes the retrying client. Reads are tried again after throttling, server errors and connection
// errors; writes only when the request provably was not carried out: it never got a connection, or the vendor
// throttled it before execution.
func newRetrier(transport http.RoundTripper, dialect Dialect, retries Retries) *retryablehttp.Client {
	retries = retries.withDefaults()
	c := retryablehttp.NewClient()
	c.Logger = nil // the library's log lines contain URLs
	c.HTTPClient = &http.Client{
		Transport: trace(transport),
		Timeout:   attemptTimeout,
		// A redirect would carry signed headers and secrets to wherever the answer says.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	c.RetryMax = retries.Max
	c.ErrorHandler = retryablehttp.PassthroughErrorHandler
	c.CheckRetry = func(ctx context.Context, resp *http.Response, err error) (bool, error) {
		return again(ctx, dialect, resp, err), nil
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
func again(ctx context.Context, dialect Dialect, resp *http.Response, err error) bool {
	f := flightOf(ctx)
	if ctx.Err() != nil || f == nil || f.on() {
		return false
	}
	if err != nil {
		return retriable(err) && (f.read || !f.left.Load())
	}
	fault := dialect.Fault(resp.StatusCode, resp.Header, peek(resp))
	switch {
	case fault == nil:
		return false
	case fault.Throttled:
		f.left.Store(false) // the vendor refused it before execution: should the wait be cut short, nothing is open
		return true
	case fault.Auth:
		return false
	default:
		return f.read && (resp.StatusCode >= 500 || fault.Temporary)
	}
}

// retriable reports whether an error without an answer could pass: not the refusals made on this side.
func retriable(err error) bool {
	var refused *gateError
	return !errors.Is(err, ErrReadOnly) && !errors.Is(err, errTooLarge) && !errors.As(err, &refused) &&
		!errors.Is(err, ErrCredentials)
}

// backoff gives the wait before the next attempt: what the server asks for, else a random time under a bound that
// doubles.
func backoff(r Retries, dialect Dialect, attempt int, resp *http.Response) time.Duration {
	if resp != nil {
		if wait := serverWait(resp, dialect); wait > 0 {
			return min(wait, MaxServerWait) + rand.N(r.Base)
		}
	}
	bound := r.Cap
	if attempt < 16 {
		bound = min(r.Cap, r.Base<<attempt)
	}
	return bound/2 + rand.N(bound/2+1)
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

// peek reads a captured body and puts it back.
func peek(resp *http.Response) []byte {
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil // captured bodies are in memory and cannot fail
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return body
}
