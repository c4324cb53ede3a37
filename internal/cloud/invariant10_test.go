package cloud_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"testing"
	"testing/synctest"
	"time"

	"regent/internal/cloud"
)

// TestInvariant10ThrottledWriteIsGivenUpAtOnce: a stop that comes while a write is on its way keeps it from waiting for
// another attempt, which would be refused at its end.
func TestInvariant10ThrottledWriteIsGivenUpAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		told, stop := context.WithCancel(t.Context())
		sent := 0
		c := client(cloud.Options{Transport: cloud.RoundTripperFunc(func(*http.Request) (*http.Response, error) {
			sent++
			stop()
			synctest.Wait() // until everybody has heard of it
			return throttledFor("60"), nil
		})})
		before := time.Now()
		_, err := c.Do(cloud.Stop(t.Context(), told), call("http://vendor.invalid", false))
		if e := fault(t, err); sent != 1 || e.Reach != cloud.NotSent || !cloud.Stopped(err) || time.Since(before) != 0 {
			t.Errorf("sent %d times, after %v: %+v", sent, time.Since(before), e)
		}
	})
}

// TestInvariant10WritesThatNeverLeftAreToldFromFailures: what a stop alone kept back says so, whatever it waited for.
// What would have failed without it, and what may have been carried out, does not.
func TestInvariant10WritesThatNeverLeftAreToldFromFailures(t *testing.T) {
	t.Parallel()
	refused := &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}
	for _, c := range []struct {
		name string
		// answer is what the network says; the stop comes before it, or while the write waits for its next attempt.
		answer        func(r *http.Request, stop func()) (*http.Response, error)
		held, arrived bool
	}{
		{"waits after it was throttled", func(_ *http.Request, stop func()) (*http.Response, error) {
			time.AfterFunc(time.Second, stop)
			return throttledFor("60"), nil
		}, true, false},
		{"throttled after the stop", func(_ *http.Request, stop func()) (*http.Response, error) {
			stop()
			return throttledFor("60"), nil
		}, true, false},
		{"waits after it got no connection", func(_ *http.Request, stop func()) (*http.Response, error) {
			time.AfterFunc(time.Second, stop)
			return nil, refused
		}, true, false},
		{"got no connection after the stop", func(_ *http.Request, stop func()) (*http.Response, error) {
			stop()
			return nil, refused
		}, true, false},
		{"refused on this side after the stop", func(_ *http.Request, stop func()) (*http.Response, error) {
			stop()
			return nil, cloud.ErrReadOnly
		}, false, false},
		{"without credentials after the stop", func(_ *http.Request, stop func()) (*http.Response, error) {
			stop()
			return nil, cloud.ErrCredentials
		}, false, false},
		{"refused by the vendor after the stop", func(_ *http.Request, stop func()) (*http.Response, error) {
			stop()
			return &http.Response{StatusCode: http.StatusBadRequest, Header: http.Header{}, Body: http.NoBody}, nil
		}, false, false},
		{"lost after the stop", func(r *http.Request, stop func()) (*http.Response, error) {
			httptrace.ContextClientTrace(r.Context()).GotConn(httptrace.GotConnInfo{})
			stop()
			return nil, io.ErrUnexpectedEOF
		}, false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				told, stop := context.WithCancel(t.Context())
				defer stop()
				sent := 0
				client := client(cloud.Options{
					Retries: cloud.Retries{Base: time.Minute, Cap: time.Minute},
					Transport: cloud.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
						sent++
						return c.answer(r, func() { stop(); synctest.Wait() })
					}),
				})
				_, err := client.Do(cloud.Stop(t.Context(), told), call("http://vendor.invalid", false))
				e := fault(t, err)
				if sent != 1 || cloud.Stopped(err) != c.held || cloud.Executed(err) != c.arrived {
					t.Errorf("sent %d times, held back %v, perhaps carried out %v: %+v", sent, cloud.Stopped(err), cloud.Executed(err), e)
				}
			})
		})
	}
}

// throttledFor is an answer of flow control that asks for a wait in seconds.
func throttledFor(seconds string) *http.Response {
	return &http.Response{StatusCode: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {seconds}}, Body: http.NoBody}
}
