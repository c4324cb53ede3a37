package cloud

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// TestInvariant10NoTurnIsWaitedForAfterAStop: a write that hears of a stop between two layers does not wait for a budget
// that it could not use.
func TestInvariant10NoTurnIsWaitedForAfterAStop(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const hourly = 1.0 / (60 * 60)
		budget := NewLimiter(Rate{Start: hourly, Most: hourly, Burst: 1}).budget("")
		if err := budget.wait(t.Context()); err != nil { // the one that the budget has
			t.Fatal(err)
		}
		told, stop := context.WithCancel(t.Context())
		f := &flight{}
		ctx, off := f.heed(Stop(t.Context(), told))
		defer off()
		if err := f.begin(); err != nil {
			t.Fatal(err)
		}
		stop()
		synctest.Wait()
		before := time.Now()
		if err := turn(ctx, f, budget); !errors.Is(err, errStopped) || time.Since(before) != 0 {
			t.Errorf("after %v: %v", time.Since(before), err)
		}
	})
}
