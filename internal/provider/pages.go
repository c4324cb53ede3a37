package provider

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"golang.org/x/sync/errgroup"

	"regent/internal/cloud"
	"regent/internal/crash"
	"regent/internal/model"
)

// ErrMoved says that entries came or went while the pages of a list were read.
var ErrMoved = errors.New("the list changed while it was read")

const (
	// rereads is how often a list that moved is read before it is given up.
	rereads = 3
	// ahead bounds how many pages are asked for at once. Vendors' pages are large: only a list that makes no sense has more.
	ahead = 1000
)

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

// Page is a part of a list, with the length that the whole list is said to have.
type Page[E any] struct {
	Total   int
	Entries []E
}

// maxItems bounds what a list can claim to hold.
const maxItems = 100_000

// PageOf makes a page of the two things that an answer has of a list; nil is what it left out. An answer without both is no
// empty list.
func PageOf(c *cloud.Client, call cloud.Call, a *cloud.Answer, total *int, entries *[]Wire, live func(Wire) (model.Item, error)) (Page[model.Item], error) {
	var p Page[model.Item]
	if total == nil && entries == nil {
		return p, c.Odd(call, a, errors.New("the answer is not a list"))
	}
	if total != nil {
		p.Total = *total
	}
	if p.Total < 0 || p.Total > maxItems {
		return p, c.Odd(call, a, fmt.Errorf("the list claims %d entries", p.Total))
	}
	if entries == nil {
		return p, nil
	}
	for _, w := range *entries {
		it, err := live(w)
		if err != nil {
			return p, c.Odd(call, a, err)
		}
		p.Entries = append(p.Entries, it)
	}
	return p, nil
}

// Pages is a list that is read by offset.
type Pages[E any] struct {
	// ID gives the identity of an entry.
	ID func(E) string
	// Read reads the page at an offset.
	Read func(ctx context.Context, offset int) (Page[E], error)
	// Size is how many entries lie between two offsets that may be asked for; 0 where any offset may, and a server may
	// give fewer entries than it is asked for.
	Size int
	// Parallel bounds the pages read at once.
	Parallel int
	// Begun is called when the first page has come; it may be nil.
	Begun func()
}

// All reads the list in the time of two pages: the first tells how many there are, the others are then read together.
// What does not add up to one list is an error that wraps [ErrMoved].
func (p Pages[E]) All(ctx context.Context) ([]E, error) {
	first, err := p.Read(ctx, 0)
	if err != nil {
		return nil, err
	}
	if p.Begun != nil {
		p.Begun()
	}
	rest, err := p.rest(ctx, first)
	if err != nil {
		return nil, err
	}
	list := whole[E]{id: p.ID, total: first.Total, seen: make(map[string]bool, min(first.Total, ahead*len(first.Entries)))}
	for page := first; ; {
		if err := list.add(page); err != nil {
			return nil, err
		}
		if done, err := list.complete(len(page.Entries) == 0); done || err != nil {
			return list.entries, err
		}
		if page, err = p.next(ctx, rest, len(list.entries)); err != nil {
			return nil, err
		}
	}
}

// rest reads the pages after the first, by offset. It stops at a page that does not belong to the list: All then finds
// out what is wrong, with as few requests as a list takes that is read page by page.
func (p Pages[E]) rest(ctx context.Context, first Page[E]) (map[int]Page[E], error) {
	size := p.Size
	if size == 0 {
		size = len(first.Entries) // what the server gives at once
	}
	missing := first.Total - len(first.Entries)
	if size == 0 || missing <= 0 || missing/size > ahead {
		return nil, nil
	}
	rest := &readAhead[E]{id: p.ID, total: first.Total, pages: map[int]Page[E]{}, starts: map[string]bool{}}
	rest.add(0, first)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(max(p.Parallel, 1))
	for offset := size; offset < first.Total && !rest.odd(); offset += size {
		group.Go(func() (err error) {
			defer crash.Caught(&err)
			if rest.odd() {
				return nil
			}
			page, err := p.Read(ctx, offset)
			if err == nil {
				rest.add(offset, page)
			}
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return rest.pages, nil
}

// readAhead are pages that came in any order.
type readAhead[E any] struct {
	id    func(E) string
	total int

	mu    sync.Mutex
	pages map[int]Page[E]
	// starts are the first entries of the pages: the same page may not come for two offsets.
	starts  map[string]bool
	strange bool
}

func (r *readAhead[E]) add(offset int, page Page[E]) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.pages[offset] = page
	if len(page.Entries) == 0 || page.Total != r.total || r.starts[r.id(page.Entries[0])] {
		r.strange = true
		return
	}
	r.starts[r.id(page.Entries[0])] = true
}

func (r *readAhead[E]) odd() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.strange
}

// next gives the page at an offset. A server whose pages vary in size leaves gaps: they are read one after the other.
func (p Pages[E]) next(ctx context.Context, rest map[int]Page[E], offset int) (Page[E], error) {
	page, read := rest[offset]
	switch {
	case read:
		return page, nil
	case p.Size > 0 && offset%p.Size != 0:
		return page, moved("a page of %d holds %d entries", p.Size, offset%p.Size)
	}
	return p.Read(ctx, offset)
}

// whole puts pages together and checks that they are one list.
type whole[E any] struct {
	id      func(E) string
	total   int
	entries []E
	seen    map[string]bool
}

func (w *whole[E]) add(page Page[E]) error {
	if page.Total != w.total {
		return moved("its total went from %d to %d", w.total, page.Total)
	}
	for _, e := range page.Entries {
		id := w.id(e)
		if w.seen[id] {
			return moved("the entry with ID %s came twice", id)
		}
		w.seen[id] = true
		w.entries = append(w.entries, e)
	}
	return nil
}

// complete reports whether every entry has come. A list that has ended must be complete, and none may hold more than it
// says.
func (w *whole[E]) complete(ended bool) (bool, error) {
	n := len(w.entries)
	if n > w.total || ended && n < w.total {
		return false, moved("it says %d entries and gave %d", w.total, n)
	}
	return n == w.total, nil
}

func moved(format string, args ...any) error {
	return fmt.Errorf("%w: %s; nothing can be planned on a list that may be incomplete", ErrMoved, fmt.Sprintf(format, args...))
}
