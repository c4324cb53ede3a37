package apply_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"regent/internal/apply"
	"regent/internal/cloud"
	"regent/internal/emulator"
	"regent/internal/model"
	"regent/internal/plan"
	"regent/internal/provider"
	"regent/internal/secret"
)

// TestInvariant04BlockedChangesAreNotWritten beside others that are.
func TestInvariant04BlockedChangesAreNotWritten(t *testing.T) {
	t.Parallel()
	d := dialects()[1]
	w := start(t, nil)
	w.settle(d.yaml(1, "robot"))
	out := w.apply(strings.ReplaceAll(d.yaml(2, "robot"), "harbor-1, type: harbor", "harbor-1, type: jfrog"))
	if w.count(d.modify) != 0 || w.count(d.add) != 1 || out.Count(apply.NotAttempted) != 1 || out.Count(apply.Applied) != 1 {
		t.Errorf("%d modifies, %d adds: %+v", w.count(d.modify), w.count(d.add), out.Outcomes)
	}
}

// TestInvariant09RefusedWriteNamesItsPlace: the error itself does, wherever it is shown.
func TestInvariant09RefusedWriteNamesItsPlace(t *testing.T) {
	t.Parallel()
	for _, d := range dialects() {
		w := start(t, nil)
		o := w.apply(d.yaml(1, "robot"), emulator.Fault{Operation: d.add, Kind: emulator.FaultStatus, Status: 400, Code: "Refused.Here", Message: "no"}).only(t)
		for _, part := range []string{"registries.yaml:6:", d.name + " " + d.add, "(account account)", "HTTP 400", "code Refused.Here", "request ID " + o.RequestID} {
			if o.Err == nil || !strings.Contains(o.Err.Error(), part) || o.RequestID == "" {
				t.Errorf("%s: %q is not in %v", d.name, part, o.Err)
			}
		}
	}
}

// TestInvariant09OutcomesNameOperationAndRequest of the write, whatever came of it.
func TestInvariant09OutcomesNameOperationAndRequest(t *testing.T) {
	t.Parallel()
	for _, d := range dialects() {
		for _, fault := range []emulator.Fault{{}, {Operation: d.add, Kind: emulator.FaultStatus, Status: 400}, {Operation: d.add, Kind: emulator.FaultStatus, Status: 500, Times: -1}} {
			w := start(t, nil)
			var faults []emulator.Fault
			if fault.Kind != "" {
				faults = append(faults, fault)
			}
			out := w.apply(d.yaml(1, "robot"), faults...)
			if o := out.only(t); o.Operation != d.add || o.RequestID == "" {
				t.Errorf("%s, fault %d: %+v", d.name, fault.Status, o)
			}
			ends := 0
			for _, e := range out.events {
				if e.Outcome == apply.Started {
					continue
				}
				if ends++; e.Operation != d.add || e.RequestID == "" {
					t.Errorf("%s, fault %d: %+v", d.name, fault.Status, e)
				}
			}
			if ends == 0 {
				t.Errorf("%s, fault %d: the audit file tells no end", d.name, fault.Status)
			}
		}
	}
}

// waiting is a writer whose adds do what a test says with the context that they are given.
type waiting func(context.Context) error

func (w waiting) Add(ctx context.Context, _ provider.Write) (provider.Receipt, error) {
	return provider.Receipt{Operation: "Add"}, w(ctx)
}

func (w waiting) Modify(ctx context.Context, _ provider.Write) (provider.Receipt, error) {
	return provider.Receipt{Operation: "Modify"}, w(ctx)
}

// interruptible applies a plan of n adds with a writer. The lists show nothing.
func interruptible(ctx context.Context, n int, w provider.Writer) *apply.Result {
	in := plan.Input{Name: "account"}
	for i := range n {
		name := fmt.Sprintf("item-%d", i+1)
		in.Desired = append(in.Desired, model.Item{Name: name, Key: model.Key{Parts: []model.KeyPart{{Name: "name", Value: name}}}})
	}
	r := &run{plan: plan.New([]plan.Input{in}, func(string) bool { return false })}
	o := r.options()
	o.Parallelism, o.Grace = 1, time.Minute
	o.Resolve = func(secret.Ref) (secret.Value, bool) { return secret.Value{}, false }
	o.Accounts = map[string]apply.Account{"account": {
		Writer: func(context.Context) (provider.Writer, error) { return w, nil },
		List:   func(context.Context, []model.Item) ([]model.Item, error) { return nil, nil },
	}}
	return apply.Run(ctx, r.plan, o)
}

// TestInvariant10WritesUnderWayAreGivenUp: a write that never ends is waited for as long as Grace says, and for nothing
// after that.
func TestInvariant10WritesUnderWayAreGivenUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		var waited time.Duration
		result := interruptible(ctx, 2, waiting(func(ctx context.Context) error {
			stop()
			began := time.Now()
			select {
			case <-ctx.Done():
			case <-time.After(time.Hour):
			}
			waited = time.Since(began)
			return &cloud.Error{Reach: cloud.Unknown, Message: "no answer"}
		}))
		if waited != time.Minute || result.Count(apply.Unknown) != 1 || result.Count(apply.NotAttempted) != 1 || !result.Interrupted {
			t.Errorf("after %v: %+v", waited, result.Outcomes)
		}
	})
}

// TestInvariant10LostAddIsNotSentOnceMore when the run was interrupted meanwhile.
func TestInvariant10LostAddIsNotSentOnceMore(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	sent := 0
	result := interruptible(ctx, 1, waiting(func(context.Context) error {
		sent++
		stop()
		return &cloud.Error{Reach: cloud.Unknown, Message: "no answer"}
	}))
	if o := result.Outcomes[0]; sent != 1 || o.Status != apply.Unknown || !strings.Contains(o.Detail, "interrupted before it could be sent once more") {
		t.Errorf("sent %d times: %+v", sent, o)
	}
}

// TestInvariant10InterruptHoldsBackWhatWaits: a write that waits to be sent again is not under way. The requests of a run
// know of its interrupt.
func TestInvariant10InterruptHoldsBackWhatWaits(t *testing.T) {
	t.Parallel()
	d := dialects()[2]
	w := start(t, nil)
	out, r := w.prepare(d.yaml(1, "robot"))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	w.intercept(func(rw http.ResponseWriter, req *http.Request) bool {
		if !isWrite(req) {
			return false
		}
		cancel()
		rw.WriteHeader(http.StatusTooManyRequests)
		return true
	})
	sent := 0
	count := *w.before.Load()
	w.intercept(func(rw http.ResponseWriter, req *http.Request) bool {
		if isWrite(req) {
			sent++
		}
		return count(rw, req)
	})
	o := w.finish(ctx, out, r, nil).only(t)
	if sent != 1 || o.Status != apply.NotAttempted || !strings.Contains(o.Detail, "interrupted before it could be sent again") || !strings.Contains(o.Detail, "HTTP 429") || o.Written {
		t.Errorf("sent %d times: %+v", sent, o)
	}
}

// TestInvariant10WhatNeverLeftWasNotAttempted interrupts a run when its first write has come. The others wait for their
// turn, or are throttled: nothing was done about any of them, and the audit file says so.
func TestInvariant10WhatNeverLeftWasNotAttempted(t *testing.T) {
	t.Parallel()
	const n = 12
	eachDialect(t, nil, func(t *testing.T, d dialect, w *world) {
		out, r := w.prepare(d.yaml(n, "robot"))
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		var first sync.Once
		w.intercept(func(rw http.ResponseWriter, req *http.Request) bool {
			if !isWrite(req) {
				return false
			}
			throttled := true
			first.Do(func() { throttled = false; cancel() })
			if throttled {
				rw.WriteHeader(http.StatusTooManyRequests)
			}
			return throttled
		})
		w.finish(ctx, out, r, func(o *apply.Options) { o.Parallelism = n })
		if w.count(d.add) != 1 || out.Count(apply.Applied) != 1 || out.Count(apply.NotAttempted) != n-1 {
			t.Errorf("%d were made: %+v", w.count(d.add), out.Outcomes)
		}
		ends := map[string]int{}
		for _, e := range out.events {
			ends[e.Outcome]++
		}
		if ends[string(apply.NotAttempted)] != n-1 || ends[string(apply.Failed)] != 0 {
			t.Errorf("the audit file has %v", ends)
		}
	})
}
