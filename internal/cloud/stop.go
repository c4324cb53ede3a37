package cloud

import (
	"context"
	"errors"
	"sync"
)

// errStopped is the cause when a write was not sent, or not sent again, because the run was told to stop.
var errStopped = errors.New("not sent: the run was interrupted")

type stopKey struct{}

// Stop gives a context whose writes heed stop: once it has ended, none is sent that is not on its way, be it for the
// first time or again. What is on its way lasts as long as ctx. Reads heed ctx alone.
func Stop(ctx, stop context.Context) context.Context {
	return context.WithValue(ctx, stopKey{}, stop)
}

// brake keeps a write that waits, for its turn or for its next attempt, from being sent after a stop.
type brake struct {
	mu               sync.Mutex
	sending, stopped bool
	cancel           context.CancelCauseFunc
	// told ends when the run is told to stop; nil for a request that does not heed it. That stop is called takes a
	// moment longer.
	told context.Context
}

// heed arms the brake for a write. The returned function takes it off.
func (b *brake) heed(ctx context.Context) (context.Context, func()) {
	stop, ok := ctx.Value(stopKey{}).(context.Context)
	if !ok {
		return ctx, func() {}
	}
	b.told = stop
	ctx, b.cancel = context.WithCancelCause(ctx)
	off := context.AfterFunc(stop, b.stop)
	return ctx, func() { off(); b.cancel(nil) }
}

func (b *brake) stop() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.stopped = true
	if !b.sending {
		b.cancel(errStopped)
	}
}

// begin lets one attempt pass, unless the run was told to stop; end follows it.
func (b *brake) begin() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.pulled() {
		return errStopped
	}
	b.sending = true
	return nil
}

// pause is the end of an attempt that goes on with begin.
func (b *brake) pause() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.sending = false
	if b.pulled() {
		return errStopped
	}
	return nil
}

func (b *brake) end() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.sending = false
}

// on reports whether nothing may be sent any more.
func (b *brake) on() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.pulled()
}

// held reports whether a stop alone kept a write from being sent, or sent again: one that waited, be it for its turn, its
// connection or its next attempt, and one that would have been tried again after cause. Nil is an answer that it was
// throttled.
func (b *brake) held(ctx context.Context, cause error) bool {
	return errors.Is(context.Cause(ctx), errStopped) || b.on() && (cause == nil || retriable(cause))
}

func (b *brake) pulled() bool { return b.stopped || b.told != nil && b.told.Err() != nil }

// Stopped reports whether err says that a write was held back because the run was told to stop.
func Stopped(err error) bool { return errors.Is(err, errStopped) && !Executed(err) }
