package cloud

import (
	"context"
	"errors"
	"testing"
)

// TestInvariant10WriteOnItsWayToItsTurnIsKeptBack is told to stop between two layers; the budget would let it pass.
func TestInvariant10WriteOnItsWayToItsTurnIsKeptBack(t *testing.T) {
	t.Parallel()
	told, stop := context.WithCancel(t.Context())
	f := &flight{}
	ctx, off := f.heed(Stop(t.Context(), told))
	defer off()
	if err := f.begin(); err != nil {
		t.Fatal(err)
	}
	stop()
	if err := turn(ctx, f, NewLimiter(Rate{Start: 1, Most: 1, Burst: 1}).budget("")); !errors.Is(err, errStopped) {
		t.Errorf("the write goes on: %v", err)
	}
}
