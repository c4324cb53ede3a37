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

// stopping gives a context whose writes heed stop.
func stopping(t *testing.T) (ctx context.Context, stop context.CancelFunc) {
	t.Helper()
	told, stop := context.WithCancel(background(t))
	t.Cleanup(stop)
	return cloud.Stop(background(t), told), stop
}

// notSent is the end of a write that a stop kept back.
func notSent(t *testing.T, err error) {
	t.Helper()
	if e := fault(t, err); e.Reach != cloud.NotSent || !cloud.Stopped(err) || cloud.Executed(err) || !strings.Contains(e.Message, "the run was interrupted") {
		t.Errorf("%+v", e)
	}
}

func TestInvariant10NoWriteStartsAfterAStop(t *testing.T) {
	t.Parallel()
	server := play(t, ok)
	ctx, stop := stopping(t)
	stop()
	_, err := client(cloud.Options{}).Do(ctx, call(server.URL, false))
	notSent(t, err)
	if server.seen.Load() != 0 {
		t.Error("the write was sent")
	}
	if _, err := client(cloud.Options{}).Do(ctx, call(server.URL, true)); err != nil {
		t.Errorf("a read heeds the stop: %v", err)
	}
}

func TestWriteUnderWayEndsAfterAStop(t *testing.T) {
	t.Parallel()
	ctx, stop := stopping(t)
	server := play(t, func(w http.ResponseWriter, r *http.Request) { stop(); ok(w, r) })
	if _, err := client(cloud.Options{}).Do(ctx, call(server.URL, false)); err != nil {
		t.Error(err)
	}
}

// TestInvariant10WriteThatWaitsForItsNextAttemptIsKeptBack stops at the second look at the answer, with which the wait is computed.
func TestInvariant10WriteThatWaitsForItsNextAttemptIsKeptBack(t *testing.T) {
	t.Parallel()
	ctx, stop := stopping(t)
	server := play(t, answer(429, "", "Retry-After", "60"))
	dialect := &noting{Dialect: dialects()["huawei"], asked: func(int) { stop() }}
	_, err := client(cloud.Options{Dialect: dialect}).Do(ctx, call(server.URL, false))
	if e := fault(t, err); e.Reach != cloud.NotSent || !cloud.Stopped(err) || server.seen.Load() != 1 {
		t.Errorf("after %d requests: %+v", server.seen.Load(), e)
	}
}

// never is a budget of some requests that does not fill up again.
func never(burst int) cloud.Rate {
	const daily = 1.0 / (24 * 60 * 60)
	return cloud.Rate{Start: daily, Most: daily, Burst: burst}
}

// TestInvariant10StopEndsTheWaitForATurn stops one write at the head of the queue and two behind it. None waits until the budget is
// there again.
func TestInvariant10StopEndsTheWaitForATurn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		told, stop := context.WithCancel(t.Context())
		ctx := cloud.Stop(t.Context(), told)
		sent := 0
		c := client(cloud.Options{Limiter: cloud.NewLimiter(never(1)), Transport: cloud.RoundTripperFunc(func(*http.Request) (*http.Response, error) {
			sent++
			return accepted(), nil
		})})
		if _, err := c.Do(ctx, call("http://vendor.invalid", false)); err != nil {
			t.Fatal(err)
		}
		ends := make(chan error, 3)
		for range cap(ends) {
			go func() {
				_, err := c.Do(ctx, call("http://vendor.invalid", false))
				ends <- err
			}()
		}
		synctest.Wait() // until all of them wait
		before := time.Now()
		stop()
		for range cap(ends) {
			notSent(t, <-ends)
		}
		if sent != 1 || time.Since(before) != 0 {
			t.Errorf("%d writes were sent, after %v", sent, time.Since(before))
		}
	})
}
