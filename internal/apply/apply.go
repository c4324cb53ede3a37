// Package apply carries out a plan: concurrently, each change exactly once, every outcome accounted for.
//
// A write whose answer was lost is never repeated blindly. The item is looked up by its key, and its postcondition decides:
//
//	found and equal  found, equal     applied (adopted)
//	                 found, differs   failed: somebody else made it
//	                 found twice      unknown, with both IDs
//	                 absent           sent once more; lost again, or refused, and still absent: unknown
//	took             it took          applied
//	                 not shown        unknown: the list may lag
//	                 entry gone       unknown
//	gone             absent           applied
//	                 still there      unknown: the list may lag
//	accepted         -                unknown: no list can show it
//	any              look-up fails    unknown
//
// Which row an action has stands in the table of actions (package plan). An action that is not there, or whose call or
// postcondition is not known here, fails and is never sent.
//
// When all writes have ended, each account is listed once more and every applied change compared with what is
// there: a field that did not take makes the change failed, two entries make it unknown. Where a vendor cleared fields
// that a partial modify left out, the whole item is sent once.
package apply

import (
	"context"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"regent/internal/cloud"
	"regent/internal/crash"
	"regent/internal/model"
	"regent/internal/plan"
	"regent/internal/provider"
	"regent/internal/secret"
)

// Status is how a change ended.
type Status string

// The ways a change ends.
const (
	Applied      Status = "applied"
	Failed       Status = "failed"
	Unknown      Status = "unknown"
	NotAttempted Status = "not attempted"
)

// Outcome is the end of one change.
type Outcome struct {
	Change *plan.Change
	Status Status
	// Detail says more in one line: what was adopted, why it failed.
	Detail string
	// ID is the server's identity of the item, if known.
	ID string
	// Operation and RequestID are of the last write.
	Operation, RequestID string
	// Err is the cause of a failure; nil otherwise.
	Err error
	// Written says that a write was accepted, also where reading back found that it did not take.
	Written bool

	// seen says that a list showed the whole item as desired after the write, settled that reading back has ended.
	seen, settled bool
	// lost is the answer to sending the whole entry, where that was lost.
	lost error
}

// Account gives what apply needs of one account.
type Account struct {
	Fields []model.Field
	// Endpoint names where the account's requests go.
	Endpoint string
	// Writer opens the account for writing; it is called once, before the account's first write.
	Writer func(context.Context) (provider.Writer, error)
	// List reads the account's items.
	List func(ctx context.Context, desired []model.Item) ([]model.Item, error)
}

// MaxParallelism is the most writes under way at once that a user may ask for. More would only wait for their turn at
// the vendors' request rates.
const MaxParallelism = 256

// Options configure [Run].
type Options struct {
	// Parallelism is the number of writes under way at once at each endpoint; at least 1.
	Parallelism int
	// Accounts by name.
	Accounts map[string]Account
	// Resolve reads secrets.
	Resolve func(secret.Ref) (secret.Value, bool)
	// Audit is called for every event as it happens; an error stops further writes. Never nil.
	Audit func(Event) error
	// Progress is called when a change has ended, from one goroutine at a time. Never nil.
	Progress func(done, total int, o Outcome)
	// Grace is how long writes under way may finish after an interrupt. Default 10 seconds.
	Grace time.Duration
	// LookUps are the waits before each list that is made for an item whose write got no answer. Default none, one
	// second, two seconds: vendors promise nothing about how soon a list shows what was added.
	LookUps []time.Duration

	// lookup finds an action; a test has it find more.
	lookup func(plan.Action) (plan.Kind, bool)
}

// Outcomes of an [Event] that are no [Status].
const (
	Started  = "started"
	Verified = "verified"
)

// Event is one thing that happened, for the audit file.
type Event struct {
	Change *plan.Change
	// Outcome is Started before a write and a [Status] after it, or NotAttempted alone. The reading back ends in
	// Verified, or in the status that it corrected.
	Outcome              string
	Operation, RequestID string
	ID                   string
	Detail               string
}

// Result is the end of a run.
type Result struct {
	// Outcomes are in the order of the plan, blocked changes included.
	Outcomes []Outcome
	// Interrupted says that a signal ended the run early.
	Interrupted bool
}

// Count counts the outcomes with a status.
func (r *Result) Count(s Status) int {
	n := 0
	for _, o := range r.Outcomes {
		if o.Status == s {
			n++
		}
	}
	return n
}

// Written reports whether anything was written, or may have been.
func (r *Result) Written() bool {
	for _, o := range r.Outcomes {
		if o.Written || o.Status == Applied || o.Status == Unknown {
			return true
		}
	}
	return false
}

// Run carries out the plan's changes. When ctx ends, no new write starts.
func Run(ctx context.Context, p *plan.Plan, o Options) *Result {
	if o.Grace == 0 {
		o.Grace = 10 * time.Second
	}
	if o.LookUps == nil {
		o.LookUps = []time.Duration{0, time.Second, 2 * time.Second}
	}
	if o.lookup == nil {
		o.lookup = plan.Lookup
	}
	work, cancel := graceful(ctx, o.Grace)
	defer cancel()
	r := &runner{opts: o, stop: ctx, work: work, writers: map[string]*writer{}}
	result := &Result{Outcomes: make([]Outcome, len(p.Changes))}
	r.carryOut(p, result)
	r.verify(result)
	result.Interrupted = ctx.Err() != nil
	return result
}

// kind gives what an apply has to know of an action, or refuses it.
func (r *runner) kind(a plan.Action) (plan.Kind, error) {
	k, known := r.opts.lookup(a)
	if _, conditional := conditions[k.Then]; known && k.Writes() {
		known = calls[k.Call] != nil && conditional
	}
	if !known {
		return k, plan.UnknownActionError{Action: a}
	}
	return k, nil
}

// carryOut makes the writes of all endpoints at once, and so many of each.
func (r *runner) carryOut(p *plan.Plan, result *Result) {
	shares, total, kinds := map[string][]int{}, 0, make([]plan.Kind, len(p.Changes))
	for i := range p.Changes {
		c, o := &p.Changes[i], &result.Outcomes[i]
		*o = Outcome{Change: c, Status: NotAttempted, ID: c.ID}
		k, err := r.kind(c.Action)
		switch kinds[i] = k; {
		case err != nil:
			o.fail(err, "")
			r.record(o)
		case !k.Writes():
			o.Detail = string(c.Action)
			r.record(o)
		default:
			endpoint := r.opts.Accounts[c.Account].Endpoint
			shares[endpoint] = append(shares[endpoint], i)
			total++
		}
	}
	var endpoints errgroup.Group
	for _, share := range shares {
		endpoints.Go(func() (err error) {
			defer crash.Caught(&err)
			group := errgroup.Group{}
			group.SetLimit(max(r.opts.Parallelism, 1))
			for _, i := range share {
				o := &result.Outcomes[i]
				o.Status, o.Detail = Unknown, "internal error" // should the rest of this fail
				group.Go(func() (err error) {
					defer crash.Caught(&err)
					*o = r.change(o.Change, kinds[i])
					r.finished(total, *o)
					return nil
				})
			}
			return group.Wait()
		})
	}
	_ = endpoints.Wait() // outcomes hold the errors
}

// Nothing gives the result of a run that ended before its first change, for a reason.
func Nothing(p *plan.Plan, reason string) *Result {
	r := &Result{}
	for i := range p.Changes {
		r.Outcomes = append(r.Outcomes, Outcome{Change: &p.Changes[i], Status: NotAttempted, Detail: reason, ID: p.Changes[i].ID})
	}
	return r
}

// graceful gives a context that ends some time after ctx. Its writes that are not on their way end with ctx.
func graceful(ctx context.Context, grace time.Duration) (context.Context, context.CancelFunc) {
	work, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(grace, cancel) })
	return cloud.Stop(work, ctx), func() { stop(); cancel() }
}

type runner struct {
	opts Options
	// stop ends when no new write may start, work when those under way are given up.
	stop, work context.Context
	lists      lists

	mu      sync.Mutex
	done    int
	broken  error // the audit file cannot be written
	writers map[string]*writer
}

// writer is an account opened once.
type writer struct {
	once sync.Once
	w    provider.Writer
	err  error
}

func (r *runner) finished(total int, o Outcome) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.done++
	_ = crash.Guard(func() error { r.opts.Progress(r.done, total, o); return nil }) // what cannot be shown is no reason to stop
}

// audit writes an event; the first failure stops further writes.
func (r *runner) audit(e Event) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.broken == nil {
		r.broken = crash.Guard(func() error { return r.opts.Audit(e) })
	}
	return r.broken
}

func (r *runner) open(account string) (provider.Writer, error) {
	r.mu.Lock()
	w := r.writers[account]
	if w == nil {
		w = &writer{}
		r.writers[account] = w
	}
	r.mu.Unlock()
	w.once.Do(func() {
		w.err = crash.Guard(func() (err error) { w.w, err = r.opts.Accounts[account].Writer(r.work); return err })
	})
	return w.w, w.err
}

// change carries out one change.
func (r *runner) change(c *plan.Change, k plan.Kind) (o Outcome) {
	o = Outcome{Change: c, Status: NotAttempted, ID: c.ID}
	if r.stop.Err() != nil {
		o.Detail = "interrupted before it started"
		r.record(&o)
		return o
	}
	var w provider.Writer
	var write provider.Write
	err := crash.Guard(func() (err error) { write, err = r.prepare(c, c.Changed()); return err })
	if err == nil {
		w, err = r.open(c.Account)
	}
	if err != nil {
		o.Err, o.Detail = err, err.Error()
		r.record(&o)
		return o
	}
	defer func() {
		if p := recover(); p != nil {
			o.Status, o.Detail = Unknown, fmt.Sprintf("internal error: %v", p)
		}
		r.event(&o, string(o.Status))
	}()
	r.carry(&o, k, w, write)
	return o
}

// prepare resolves what a write needs.
func (r *runner) prepare(c *plan.Change, changed []string) (provider.Write, error) {
	w := provider.Write{Desired: *c.Item(), Live: c.Live, Secrets: map[string]secret.Value{}}
	if c.Live != nil {
		w.Changed = changed
	}
	for _, use := range c.Secrets {
		v, ok := r.opts.Resolve(secret.Ref{Env: use.Env})
		if !ok {
			return w, fmt.Errorf("the environment variable %s is not set; %s of %s comes from it", use.Env, use.Field, c.Name)
		}
		w.Secrets[use.Field] = v
	}
	return w, nil
}
