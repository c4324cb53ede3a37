package apply

import (
	"context"
	"testing"
	"testing/synctest"

	"regent/internal/model"
)

// lister answers the first list when it is told to, without anything, and all others at once, with what was made meanwhile.
type lister struct {
	lists
	count   int
	desired int // of the last list
	first   chan struct{}
}

// look looks for one more item, and comes back when nothing moves any more.
func (l *lister) look(t *testing.T) <-chan []model.Item {
	t.Helper()
	account := Account{List: func(_ context.Context, desired []model.Item) ([]model.Item, error) {
		l.count++
		l.desired = len(desired)
		if l.count > 1 {
			return []model.Item{{ID: "made meanwhile"}}, nil
		}
		<-l.first
		return nil, nil
	}}
	found := make(chan []model.Item, 1)
	go func() {
		items, _, err := l.after(t.Context(), "account", account, model.Item{})
		if err != nil {
			t.Error(err)
		}
		found <- items
	}()
	synctest.Wait()
	return found
}

// TestInvariant05LookBeginsAfterTheLoss: a list that is under way when an answer is lost may not hold what was made
// meanwhile. The lost one is given the list after it.
func TestInvariant05LookBeginsAfterTheLoss(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := lister{first: make(chan struct{})}
		early, late := l.look(t), l.look(t)
		close(l.first)
		if items := <-early; len(items) != 0 {
			t.Errorf("the first list has %v", items)
		}
		if items := <-late; len(items) != 1 || l.count != 2 {
			t.Errorf("%d lists, and the one after the loss has %v", l.count, items)
		}
	})
}

// TestLooksAreShared: however many answers are lost while a list is under way, one more serves them all.
func TestLooksAreShared(t *testing.T) {
	t.Parallel()
	const n = 100
	synctest.Test(t, func(t *testing.T) {
		l := lister{first: make(chan struct{})}
		early := l.look(t)
		var late []<-chan []model.Item
		for range n {
			late = append(late, l.look(t))
		}
		close(l.first)
		<-early
		for _, found := range late {
			if items := <-found; len(items) != 1 {
				t.Errorf("found %v", items)
			}
		}
		if l.count != 2 || l.desired != n {
			t.Errorf("%d lists, the last for %d items", l.count, l.desired)
		}
	})
}
