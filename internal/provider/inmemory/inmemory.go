// Package inmemory is an account without a vendor: items in memory, and the ways in which vendors misbehave. The engine is
// tested on it where HTTP and signatures are not the point.
package inmemory

import (
	"context"
	"fmt"
	"maps"
	"strconv"
	"sync"

	"regent/internal/cloud"
	"regent/internal/model"
	"regent/internal/provider"
)

// Fault is what becomes of one write.
type Fault int

// The faults.
const (
	None Fault = iota
	// LostBefore is not carried out and LostAfter is; neither is answered.
	LostBefore
	LostAfter
	// Refused is answered with a refusal.
	Refused
	// Ignored is accepted and not carried out.
	Ignored
)

// Account keeps items. Its fields are set before it is used.
type Account struct {
	// Lag is in how many lists after a write what it did is not shown.
	Lag int
	// Clears says that a modify clears what it leaves out.
	Clears bool
	// Doubles says that an add makes a second item of one key, where others refuse it.
	Doubles bool
	// Faults are those of the writes to come, in their order.
	Faults []Fault
	// Before is called before each write with its operation; may be nil.
	Before func(operation string)

	mu          sync.Mutex
	items       []model.Item
	shown       []model.Item
	stale, last int
	counts      map[string]int
}

// Count gives how often an operation was asked for: List, Add or Modify.
func (a *Account) Count(operation string) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.counts[operation]
}

// Items gives what is there, also what no list shows yet.
func (a *Account) Items() []model.Item {
	a.mu.Lock()
	defer a.mu.Unlock()
	return copied(a.items)
}

// List implements [provider.Lister].
func (a *Account) List(ctx context.Context, _ []model.Item) (provider.Listing, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.count("List")
	if a.stale--; a.stale < 0 {
		a.shown = copied(a.items)
	}
	return provider.Listing{Items: copied(a.shown)}, ctx.Err()
}

// Add implements [provider.Writer].
func (a *Account) Add(_ context.Context, w provider.Write) (provider.Receipt, error) {
	return a.write("Add", func() (string, error) {
		for _, it := range a.items {
			if !a.Doubles && it.Key.String() == w.Desired.Key.String() {
				return "", a.refusal("Add")
			}
		}
		a.last++
		it := w.Desired
		it.ID, it.Values = strconv.Itoa(a.last), maps.Clone(it.Values)
		a.items = append(a.items, it)
		return it.ID, nil
	})
}

// Modify implements [provider.Writer].
func (a *Account) Modify(_ context.Context, w provider.Write) (provider.Receipt, error) {
	return a.write("Modify", func() (string, error) {
		for i := range a.items {
			it := &a.items[i]
			if it.ID != w.Live.ID {
				continue
			}
			if a.Clears {
				it.Values = map[string]model.Value{}
				for name := range w.Live.Values {
					it.Values[name] = ""
				}
			}
			for _, name := range w.Changed {
				it.Values[name] = w.Desired.Values[name]
			}
			return it.ID, nil
		}
		return "", a.refusal("Modify")
	})
}

// write carries out a write, or what its fault makes of it.
func (a *Account) write(operation string, do func() (id string, err error)) (provider.Receipt, error) {
	if a.Before != nil {
		a.Before(operation)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.count(operation)
	fault := None
	if len(a.Faults) > 0 {
		fault, a.Faults = a.Faults[0], a.Faults[1:]
	}
	receipt := provider.Receipt{Operation: operation, RequestID: fmt.Sprintf("request-%d", a.counts[operation])}
	lost := &cloud.Error{Operation: operation, Message: "no answer", Reach: cloud.Unknown}
	switch fault {
	case LostBefore:
		return receipt, lost
	case Refused:
		return receipt, a.refusal(operation)
	case Ignored:
		return receipt, nil
	}
	if a.stale <= 0 {
		a.shown = copied(a.items)
	}
	id, err := do()
	a.stale = a.Lag
	if fault == LostAfter {
		return receipt, lost
	}
	receipt.ID = id
	return receipt, err
}

func (a *Account) refusal(operation string) error {
	return &cloud.Error{Operation: operation, Message: "refused", Reach: cloud.Refused}
}

func (a *Account) count(operation string) {
	if a.counts == nil {
		a.counts = map[string]int{}
	}
	a.counts[operation]++
}

func copied(items []model.Item) []model.Item {
	out := make([]model.Item, len(items))
	for i, it := range items {
		it.Values = maps.Clone(it.Values)
		out[i] = it
	}
	return out
}
