package provider

import (
	"errors"
	"fmt"

	"regent/internal/cloud"
)

// ErrMoved says that entries came or went while the pages of a list were read.
var ErrMoved = errors.New("the list changed while it was read")

// rereads is how often a list that moved is read before it is given up.
const rereads = 3

// Reread reads a list until it holds still. An entry lost between two pages would look absent and be created twice.
// The error of a list that never does names the call.
func Reread[E any](c *cloud.Client, call cloud.Call, read func() ([]E, error)) ([]E, error) {
	var err error
	for range rereads {
		var entries []E
		if entries, err = read(); !errors.Is(err, ErrMoved) {
			return entries, err
		}
	}
	return nil, c.Odd(call, nil, err)
}

// Pages puts the pages of a list together and checks that they are one list. Its errors wrap [ErrMoved].
type Pages[E any] struct {
	// ID gives the identity of an entry.
	ID func(E) string
	// Entries are all entries so far.
	Entries []E

	total int
	begun bool
	seen  map[string]bool
}

// Add takes the next page, and the total that came with it.
func (p *Pages[E]) Add(total int, entries []E) error {
	if p.begun && total != p.total {
		return moved("its total went from %d to %d", p.total, total)
	}
	if !p.begun {
		p.begun, p.total, p.seen = true, total, map[string]bool{}
	}
	for _, e := range entries {
		id := p.ID(e)
		if p.seen[id] {
			return moved("the entry with ID %s came twice", id)
		}
		p.seen[id] = true
		p.Entries = append(p.Entries, e)
	}
	return nil
}

// Complete reports whether every entry has come. A list that has ended must be complete, and none may hold more
// than it says.
func (p *Pages[E]) Complete(ended bool) (bool, error) {
	n := len(p.Entries)
	if n > p.total || ended && n < p.total {
		return false, moved("it says %d entries and gave %d", p.total, n)
	}
	return n == p.total, nil
}

func moved(format string, args ...any) error {
	return fmt.Errorf("%w: %s; nothing can be planned on a list that may be incomplete", ErrMoved, fmt.Sprintf(format, args...))
}
