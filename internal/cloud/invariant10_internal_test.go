package cloud

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// stoppedOnItsWay gives a write that hears of a stop between two layers.
func stoppedOnItsWay(t *testing.T) (context.Context, *flight) {
	t.Helper()
	told, stop := context.WithCancel(t.Context())
	f := &flight{}
	ctx, off := f.heed(Stop(t.Context(), told))
	t.Cleanup(off)
	if err := f.begin(); err != nil {
		t.Fatal(err)
	}
	stop()
	return ctx, f
}

// TestInvariant10WriteOnItsWayToItsTurnIsKeptBack although the budget would let it pass.
func TestInvariant10WriteOnItsWayToItsTurnIsKeptBack(t *testing.T) {
	t.Parallel()
	ctx, f := stoppedOnItsWay(t)
	if err := turn(ctx, f, NewLimiter(Rate{Start: 1, Most: 1, Burst: 1}).budget("")); !errors.Is(err, errStopped) {
		t.Errorf("the write goes on: %v", err)
	}
}

// TestInvariant10NoTurnIsWaitedForAfterAStop: nothing waits for a budget that it could not use.
func TestInvariant10NoTurnIsWaitedForAfterAStop(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const hourly = 1.0 / (60 * 60)
		budget := NewLimiter(Rate{Start: hourly, Most: hourly, Burst: 1}).budget("")
		if err := budget.wait(t.Context()); err != nil { // the one that the budget has
			t.Fatal(err)
		}
		ctx, f := stoppedOnItsWay(t)
		synctest.Wait()
		before := time.Now()
		if err := turn(ctx, f, budget); !errors.Is(err, errStopped) || time.Since(before) != 0 {
			t.Errorf("after %v: %v", time.Since(before), err)
		}
	})
}
