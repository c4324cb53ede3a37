package apply

import (
	"context"
	"sync"

	"regent/internal/crash"
	"regent/internal/model"
	"regent/internal/plan"
)

// looks shares lists between the writes whose answers were lost. Each needs one that began after its own loss, and one
// list serves all that wait for it: many losses at once cost two lists of an account, and not one for each.
type looks struct {
	mu       sync.Mutex
	accounts map[string]*looking
}

// looking is one account's look under way and the one that follows it.
type looking struct {
	running bool
	next    *look
}

// look is one list, and what waits for it.
type look struct {
	desired []model.Item
	done    chan struct{}
	items   []model.Item
	index   plan.Index
	err     error
}

// at lists an account for one more item. The items and the index are shared and not to be changed.
func (l *looks) at(ctx context.Context, name string, account Account, desired model.Item) ([]model.Item, plan.Index, error) {
	l.mu.Lock()
	if l.accounts == nil {
		l.accounts = map[string]*looking{}
	}
	a := l.accounts[name]
	if a == nil {
		a = &looking{}
		l.accounts[name] = a
	}
	if a.next == nil {
		a.next = &look{done: make(chan struct{})}
	}
	mine := a.next
	mine.desired = append(mine.desired, desired)
	if !a.running {
		a.running = true
		go func() {
			var err error // run tells its own to those who wait
			defer crash.Caught(&err)
			l.run(ctx, a, account)
		}()
	}
	l.mu.Unlock()
	select {
	case <-mine.done:
		return mine.items, mine.index, mine.err
	case <-ctx.Done():
		return nil, nil, ctx.Err()
	}
}

// run lists until nobody waits any more. All that wait have the same context: that of the run.
func (l *looks) run(ctx context.Context, a *looking, account Account) {
	for {
		l.mu.Lock()
		now := a.next
		a.next, a.running = nil, now != nil
		l.mu.Unlock()
		if now == nil {
			return
		}
		now.err = crash.Guard(func() (err error) {
			now.items, err = account.List(ctx, now.desired)
			now.index = plan.NewIndex(now.items)
			return err
		})
		close(now.done)
	}
}
