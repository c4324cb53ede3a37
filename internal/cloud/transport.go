// Package cloud sends requests to the clouds: one [http.RoundTripper] for each concern, composed in [NewClient],
// and one typed [Error] for every way a request can fail.
//
//	retry -> gate -> limit -> timeout -> capture -> agent -> read-only -> sign -> network
//
// Retry is outermost so that each attempt is limited, checked and signed anew: a nonce is used once. The time that an
// attempt may take starts when its turn has come.
package cloud

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

const (
	// MaxBody is the most that is read of one answer, in bytes. The largest honest one is the unpaged list of
	// Security Center: 10,000 registrations are about 5 MiB.
	MaxBody = 32 << 20

	dialTimeout    = 10 * time.Second
	headerTimeout  = 30 * time.Second
	attemptTimeout = 60 * time.Second
)

// RoundTripperFunc is a function that is a RoundTripper.
type RoundTripperFunc func(*http.Request) (*http.Response, error)

// RoundTrip implements [http.RoundTripper].
func (f RoundTripperFunc) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// Network is the transport at the bottom: proxy variables honoured, TLS 1.2 or later always verified, HTTP/2 where
// offered, connections kept for parallel requests to one host.
func Network(parallel int) *http.Transport {
	dialer := &net.Dialer{Timeout: dialTimeout, KeepAlive: 30 * time.Second}
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            dialer.DialContext,
		ForceAttemptHTTP2:      true,
		TLSHandshakeTimeout:    dialTimeout,
		ResponseHeaderTimeout:  headerTimeout,
		MaxIdleConns:           4 * parallel,
		MaxIdleConnsPerHost:    parallel,
		IdleConnTimeout:        60 * time.Second,
		MaxResponseHeaderBytes: 1 << 20,
	}
}

// ErrReadOnly is the cause of every refusal of the read-only transport.
var ErrReadOnly = errors.New("refused: this run only reads, and the request is not on the list of reads")

// ReadOnly lets only requests pass that allow knows to be reads. It judges the request that would leave, not what
// its maker says of it.
func ReadOnly(next http.RoundTripper, allow func(*http.Request) bool) http.RoundTripper {
	return RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
		if !allow(r) {
			closeBody(r)
			return nil, ErrReadOnly
		}
		return next.RoundTrip(r)
	})
}

// within gives each attempt its time. Waiting for a turn is none of it.
func within(next http.RoundTripper, d time.Duration) http.RoundTripper {
	return RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
		ctx, cancel := context.WithTimeout(r.Context(), d)
		defer cancel()
		return next.RoundTrip(r.WithContext(ctx))
	})
}

// Agent names the program in every request.
func Agent(next http.RoundTripper, userAgent string) http.RoundTripper {
	return RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
		r = r.Clone(r.Context())
		r.Header.Set("User-Agent", userAgent)
		return next.RoundTrip(r)
	})
}

// bodyError says that an answer started and could not be read to its end.
type bodyError struct {
	status int
	err    error
}

func (e *bodyError) Error() string { return e.err.Error() }
func (e *bodyError) Unwrap() error { return e.err }

// errTooLarge is what an endless answer ends in.
var errTooLarge = fmt.Errorf("the answer is larger than %d MiB and was not read further", MaxBody>>20)

// redirectTarget keeps the target of a redirect. It cannot be the name of a header on the wire.
const redirectTarget = "redirect target"

// capture reads answers into memory up to MaxBody, so that the layers above can look at them more than once and a
// cut, endless or crowded answer is an error in one place.
func capture(next http.RoundTripper) http.RoundTripper {
	return RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
		resp, err := next.RoundTrip(r)
		if err != nil {
			return nil, err
		}
		body, err := readAll(resp)
		closeErr := resp.Body.Close()
		switch {
		case err != nil:
			return nil, &bodyError{resp.StatusCode, fmt.Errorf("the answer broke off after %d bytes: %w", len(body), err)}
		case len(body) > MaxBody:
			return nil, &bodyError{resp.StatusCode, errTooLarge}
		case closeErr != nil:
			return nil, &bodyError{resp.StatusCode, closeErr}
		}
		if err := crowded(body, entriesOf(r.Context())); err != nil {
			return nil, &bodyError{resp.StatusCode, err}
		}
		resp.Body = captured{bytes.NewReader(body), body}
		// net/http reads the target of a redirect before it asks whether to follow it, and its error quotes it whole.
		if target, ok := resp.Header["Location"]; ok {
			delete(resp.Header, "Location")
			resp.Header[redirectTarget] = target
		}
		return resp, nil
	})
}

// readAll reads an answer to its end or just past the limit, in one piece where the server says how long it is.
func readAll(resp *http.Response) ([]byte, error) {
	var b bytes.Buffer
	if n := resp.ContentLength; n > 0 && n <= MaxBody {
		b.Grow(int(n) + bytes.MinRead) // ReadFrom wants to see the end with room to spare
	}
	_, err := b.ReadFrom(io.LimitReader(resp.Body, MaxBody+1))
	return b.Bytes(), err
}

// captured is an answer in memory.
type captured struct {
	*bytes.Reader
	all []byte
}

// Close implements [io.Closer].
func (captured) Close() error { return nil }

// peek gives an answer's body without reading it up.
func peek(resp *http.Response) []byte {
	if c, ok := resp.Body.(captured); ok {
		return c.all
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil
	}
	resp.Body = captured{bytes.NewReader(body), body}
	return body
}

func closeBody(r *http.Request) {
	if r.Body != nil {
		_ = r.Body.Close() // a RoundTripper must close the body even when it does not send it
	}
}

// flight is what the layers know of one call; it travels in the context of its requests.
type flight struct {
	read      bool
	operation string
	// entries is the most that a list in the answer may hold; 0 for the default.
	entries int
	// left turns true when a connection was handed to the request: from then on it may have been carried out.
	left atomic.Bool
	// failures counts the attempts that failed for other reasons than throttling; refused is since when requests of the
	// operation are throttled. Attempts follow each other, so nothing guards them.
	failures int
	refused  time.Time
	// last is the last attempt after which there was to be another.
	last *attempt
	brake
}

// attempt is what came of one: an error, or a refusal.
type attempt struct {
	err   error
	resp  *http.Response
	fault *Fault
}

// bare is a context without its values: among them is what traces the connections of the request it belongs to.
type bare struct{ context.Context }

// Value implements [context.Context].
func (bare) Value(any) any { return nil }

type flightKey struct{}

func withFlight(ctx context.Context, f *flight) context.Context {
	return context.WithValue(ctx, flightKey{}, f)
}

// entriesOf gives the most that a list in the answer to a request may hold; 0 for the default.
func entriesOf(ctx context.Context) int {
	if f := flightOf(ctx); f != nil {
		return f.entries
	}
	return 0
}

func flightOf(ctx context.Context) *flight {
	f, _ := ctx.Value(flightKey{}).(*flight)
	return f
}
