package apply

import (
	"context"
	"testing"
	"testing/synctest"

	"regent/internal/model"
)

// TestInvariant05LookBeginsAfterTheLoss: a list that is under way when an answer is lost may not hold what was made
// meanwhile. The lost one is given the list after it.
func TestInvariant05LookBeginsAfterTheLoss(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var l looks
		lists, first := 0, make(chan struct{})
		account := Account{List: func(context.Context, []model.Item) ([]model.Item, error) {
			lists++
			if lists > 1 {
				return []model.Item{{ID: "made meanwhile"}}, nil
			}
			<-first
			return nil, nil
		}}
		look := func() <-chan []model.Item {
			found := make(chan []model.Item, 1)
			go func() {
				items, _, err := l.at(t.Context(), "account", account, model.Item{})
				if err != nil {
					t.Error(err)
				}
				found <- items
			}()
			synctest.Wait()
			return found
		}
		early, late := look(), look()
		close(first)
		if items := <-early; len(items) != 0 {
			t.Errorf("the first list has %v", items)
		}
		if items := <-late; len(items) != 1 || lists != 2 {
			t.Errorf("%d lists, and the one after the loss has %v", lists, items)
		}
	})
}
