package apply

import (
	"context"
	"sync"

	"regent/internal/crash"
	"regent/internal/model"
	"regent/internal/plan"
)

// lists shares lists between the writes whose answers were lost. Each needs one that began after its own loss, and one
// list serves all that wait for it: many losses at once cost two lists of an account, and not one for each.
type lists struct {
	mu       sync.Mutex
	accounts map[string]*queue
}

// queue is what waits for a list of an account. Who has its turn makes one.
type queue struct {
	turn chan struct{}
	next *list
}

// list is one list, for all who asked before it began.
type list struct {
	once    sync.Once
	desired []model.Item
	items   []model.Item
	index   plan.Index
	err     error
}

// after gives a list of an account that begins after the call. It and the index are shared, and not to be changed.
func (l *lists) after(ctx context.Context, name string, account Account, desired model.Item) ([]model.Item, plan.Index, error) {
	l.mu.Lock()
	if l.accounts == nil {
		l.accounts = map[string]*queue{}
	}
	q := l.accounts[name]
	if q == nil {
		q = &queue{turn: make(chan struct{}, 1)}
		l.accounts[name] = q
	}
	if q.next == nil {
		q.next = &list{}
	}
	mine := q.next
	mine.desired = append(mine.desired, desired)
	l.mu.Unlock()
	select {
	case q.turn <- struct{}{}:
		defer func() { <-q.turn }()
	case <-ctx.Done():
		return nil, nil, ctx.Err()
	}
	mine.once.Do(func() {
		l.mu.Lock()
		q.next = nil // who comes now waits for another
		l.mu.Unlock()
		mine.err = crash.Guard(func() (err error) {
			mine.items, err = account.List(ctx, mine.desired)
			mine.index = plan.NewIndex(mine.items)
			return err
		})
	})
	return mine.items, mine.index, mine.err
}
