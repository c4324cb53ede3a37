package cloud_test

import (
	"context"
	"io"
	"net/http"
	"strings"
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
			return &http.Response{StatusCode: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"60"}}, Body: io.NopCloser(strings.NewReader(""))}, nil
		})})
		before := time.Now()
		_, err := c.Do(cloud.Stop(t.Context(), told), call("http://vendor.invalid", false))
		if e := fault(t, err); sent != 1 || e.Reach != cloud.NotSent || time.Since(before) != 0 {
			t.Errorf("sent %d times, after %v: %+v", sent, time.Since(before), e)
		}
	})
}
