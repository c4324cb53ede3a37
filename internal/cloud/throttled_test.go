package cloud_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"regent/internal/cloud"
)

// TestThrottledIsToldAfterSomeSeconds, and before the wait when the vendor asks for a long one. The clock is that of a bubble.
func TestThrottledIsToldAfterSomeSeconds(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer          func() *http.Response
		throttled       int // answers before one that is not
		earliest, first time.Duration
	}{
		"a moment":   {tooMany, 2, 0, 0},
		"seconds":    {tooMany, 30, 3 * time.Second, 5 * time.Second},
		"a long one": {func() *http.Response { return throttledFor("60") }, 1, 0, time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				before, told, left := time.Now(), []time.Duration{}, c.throttled
				_, err := client(cloud.Options{
					Retries: cloud.Retries{Max: 1},
					Throttled: func(cause string) {
						if told = append(told, time.Since(before)); cause != "HTTP 429" {
							t.Errorf("the cause is %s", cause)
						}
					},
					Transport: cloud.RoundTripperFunc(func(*http.Request) (*http.Response, error) {
						if left--; left >= 0 {
							return c.answer(), nil
						}
						return accepted(), nil
					}),
				}).Do(t.Context(), call("http://vendor.invalid", false))
				if err != nil {
					t.Fatal(err)
				}
				if c.first == 0 && len(told) == 0 {
					return
				}
				if len(told) == 0 || told[0] < c.earliest || told[0] > c.first {
					t.Errorf("told after %v", told)
				}
			})
		})
	}
}

// TestInterruptedRequestNamesTheLastAnswer: whoever interrupts a run that waits wants to know for what.
func TestInterruptedRequestNamesTheLastAnswer(t *testing.T) {
	t.Parallel()
	failed := func() *http.Response {
		return &http.Response{StatusCode: http.StatusServiceUnavailable, Header: http.Header{"Retry-After": {"60"}}, Body: http.NoBody}
	}
	for name, c := range map[string]struct {
		read   bool
		answer func() *http.Response
		err    error
		want   []string
	}{
		"write, throttled": {false, func() *http.Response { return throttledFor("60") }, nil, []string{"could be sent again; the last answer was: ", "[HTTP 429 Too Many Requests]"}},
		"write, throttled, with words": {
			false, tooMany, nil,
			[]string{"could be sent again; the last answer was: The throttling threshold has been reached", "[HTTP 429 Too Many Requests, code APIGW.0308]"},
		},
		"read, throttled":          {true, func() *http.Response { return throttledFor("60") }, nil, []string{"interrupted: context canceled; the last answer was: ", "[HTTP 429"}},
		"read of a server in need": {true, failed, nil, []string{"interrupted: context canceled; the last answer was: ", "[HTTP 503 Service Unavailable]"}},
		"read without a connection": {
			true, nil, http.ErrServerClosed, []string{"interrupted: context canceled; the last attempt failed: http: Server closed"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				stopped, stop := context.WithCancel(t.Context())
				ctx := cloud.Stop(t.Context(), stopped)
				if c.read {
					ctx = stopped
				}
				_, err := client(cloud.Options{
					Retries: cloud.Retries{Max: 100, Base: time.Minute, Cap: time.Minute},
					Transport: cloud.RoundTripperFunc(func(*http.Request) (*http.Response, error) {
						time.AfterFunc(time.Second, stop)
						if c.err != nil {
							return nil, c.err
						}
						return c.answer(), nil
					}),
				}).Do(ctx, call("http://vendor.invalid", c.read))
				said := fault(t, err).Error()
				for _, part := range c.want {
					if !strings.Contains(said, part) {
						t.Errorf("%q is not in %s", part, said)
					}
				}
				if strings.Contains(said, "not sent:") {
					t.Errorf("it says that what was sent was not: %s", said)
				}
			})
		})
	}
}
