package cloud_test

import (
	"context"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/time/rate"

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
	if e := fault(t, err); e.Reach != cloud.NotSent || cloud.Executed(err) || !strings.Contains(e.Message, "the run was interrupted") {
		t.Errorf("%+v", e)
	}
}

func TestNoWriteStartsAfterAStop(t *testing.T) {
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

// TestWriteThatWaitsForItsNextAttemptIsKeptBack stops at the second look at the answer, with which the wait is computed.
func TestWriteThatWaitsForItsNextAttemptIsKeptBack(t *testing.T) {
	t.Parallel()
	ctx, stop := stopping(t)
	server := play(t, answer(429, "", "Retry-After", "60"))
	dialect := &noting{Dialect: dialects()["huawei"], asked: func(int) { stop() }}
	_, err := client(cloud.Options{Dialect: dialect}).Do(ctx, call(server.URL, false))
	if e := fault(t, err); e.Reach != cloud.NotSent || server.seen.Load() != 1 {
		t.Errorf("after %d requests: %+v", server.seen.Load(), e)
	}
}

// TestWriteThatWaitsForItsTurnIsKeptBack has a budget that is used up.
func TestWriteThatWaitsForItsTurnIsKeptBack(t *testing.T) {
	t.Parallel()
	ctx, stop := stopping(t)
	server := play(t, ok)
	limiter := rate.NewLimiter(rate.Every(24*time.Hour), 1)
	waits := cloud.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
		stop() // told while the write is on its way to the limiter
		return cloud.Limit(cloud.Network(1), limiter).RoundTrip(r)
	})
	limiter.Allow()
	_, err := client(cloud.Options{Transport: waits}).Do(ctx, call(server.URL, false))
	notSent(t, err)
	if server.seen.Load() != 0 {
		t.Error("the write was sent")
	}
}

// TestStopEndsTheWaitForATurn does not wait until the budget is there again.
func TestStopEndsTheWaitForATurn(t *testing.T) {
	t.Parallel()
	ctx, stop := stopping(t)
	server := play(t, ok)
	limiter := rate.NewLimiter(rate.Every(30*time.Second), 1)
	limiter.Allow()
	reserved := make(chan error, 1)
	go func() {
		_, err := client(cloud.Options{Transport: cloud.Limit(cloud.Network(1), limiter), Retries: quick(-1)}).Do(ctx, call(server.URL, false))
		reserved <- err
	}()
	for limiter.Tokens() > -0.9 { // until the write has reserved its turn
		runtime.Gosched()
	}
	stop()
	select {
	case err := <-reserved:
		notSent(t, err)
	case <-time.After(20 * time.Second):
		t.Error("the write goes on waiting")
	}
	if server.seen.Load() != 0 {
		t.Error("the write was sent")
	}
}
