package emulator

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"regent/internal/order"
)

// owner is a project and an instance; an account of SAS has neither.
type owner [2]string

// entryKey tells an entry from all others of its kind.
type entryKey struct {
	owner owner
	id    string
}

// kind describes the entries of one API.
type kind[E any] struct {
	system string               // whose they are, in the words of the state
	id     func(*E) string      // empty for an entry of a hand-written state that has none yet
	owner  func(*E) owner       // in whose scope identifiers and names are unique
	scope  func(*call) owner    // the owner that a call is about
	sees   func(*call, *E) bool // whether a call may see an entry of its scope; nil means yes
	label  func(*E) string      // what faults call it
	fields func(*E) any         // the struct with the API's field names
	// needs names the fields that a state cannot leave out. complete fills in the others: identifier (from a number that
	// is free), times, tokens, status.
	needs    string
	complete func(e *E, next func() int64, now time.Time)
	first    int64 // the last number below those handed out
	builtIn  func(owner) []E
	compare  func(a, b *E) int // in the state
	// stranger is an entry that somebody else makes.
	stranger func(c *call, name string) E
}

// collection is the live entries of one kind. Server.mu guards it.
type collection[E any] struct {
	*kind[E]
	entries []E
	last    map[owner]int64 // the highest number of each owner; numbers are not used again while the server runs
	veils   []veil[E]       // changes that lists do not show yet, oldest first
	grown   int             // entries that somebody else has added
}

// newCollection checks entries and completes them.
func newCollection[E any](k *kind[E], entries []E, now time.Time) (collection[E], error) {
	l := collection[E]{kind: k, entries: slices.Clone(entries), last: map[owner]int64{}}
	seen := map[entryKey]bool{}
	for i := range l.entries {
		e := &l.entries[i]
		id, of := l.id(e), l.owner(e)
		for name := range strings.FieldsSeq(l.needs) {
			if at, _ := field(e, name); at.IsZero() {
				return l, fmt.Errorf("emulator: state %s.registries[%d]: %s is mandatory", l.system, i, strings.ReplaceAll(l.needs, " ", " and "))
			}
		}
		builtIn := slices.ContainsFunc(l.builtIn(of), func(b E) bool { return l.id(&b) == id })
		if id != "" && (seen[l.key(e)] || builtIn || strings.HasPrefix(id, "-")) {
			return l, fmt.Errorf("emulator: state %s.registries[%d]: id %s is negative, built-in or used twice", l.system, i, id)
		}
		seen[l.key(e)] = true
		if n, err := strconv.ParseInt(id, 10, 64); err == nil {
			l.last[of] = max(l.last[of], n)
		}
	}
	for i := range l.entries {
		l.complete(&l.entries[i], l.next(&l.entries[i]), now)
	}
	return l, nil
}

func (l *collection[E]) key(e *E) entryKey { return entryKey{l.owner(e), l.id(e)} }

// next hands out numbers for an entry's owner.
func (l *collection[E]) next(e *E) func() int64 {
	of := l.owner(e)
	return func() int64 { l.last[of] = max(l.last[of], l.first) + 1; return l.last[of] }
}

// sorted is a copy of all entries in the order of the state, never nil.
func (l *collection[E]) sorted() []E {
	out := append([]E{}, l.entries...)
	order.By(out, l.compare)
	return out
}

// index finds an entry, or gives -1.
func (l *collection[E]) index(key entryKey) int {
	for i := range l.entries {
		if l.key(&l.entries[i]) == key {
			return i
		}
	}
	return -1
}

// visible tells whether a call may see an entry.
func (l *collection[E]) visible(c *call, e *E) bool {
	return l.owner(e) == l.scope(c) && (l.sees == nil || l.sees(c, e))
}

// find gives the entry with an identifier that a call may see, or nil. Built-in entries are found too; what is done to them
// is lost.
func (l *collection[E]) find(c *call, id string) (e *E, builtIn bool) {
	for _, b := range l.builtIn(l.scope(c)) {
		if l.id(&b) == id {
			return &b, true
		}
	}
	if i := l.index(entryKey{l.scope(c), id}); i >= 0 && l.visible(c, &l.entries[i]) {
		return &l.entries[i], false
	}
	return nil, false
}

// mine are the entries in the scope of a call, whether it may see them or not.
func (l *collection[E]) mine(c *call) (out []*E) {
	for i := range l.entries {
		if l.owner(&l.entries[i]) == l.scope(c) {
			out = append(out, &l.entries[i])
		}
	}
	return out
}

// add completes an entry and keeps it.
func (l *collection[E]) add(c *call, e E) *E {
	l.complete(&e, l.next(&e), c.now)
	l.entries = append(l.entries, e)
	return &l.entries[len(l.entries)-1]
}

// remove deletes entries of a call's scope.
func (l *collection[E]) remove(c *call, ids ...string) {
	l.entries = slices.DeleteFunc(l.entries, func(e E) bool { return l.owner(&e) == l.scope(c) && slices.Contains(ids, l.id(&e)) })
}

// list gives what lists show to a call, built-in entries first, as far as the filters among its parameters let it pass. A
// compare of nil leaves the order as it is.
func (l *collection[E]) list(c *call, compare func(a, b *E) int) (found []*E) {
	for n, entries := range [][]E{l.builtIn(l.scope(c)), l.shown(c.now)} {
		for i := range entries {
			if e := &entries[i]; (n == 0 || l.visible(c, e)) && passes(l.fields(e), c.op.params, c.in) {
				found = append(found, e)
			}
		}
	}
	if compare != nil {
		order.By(found, func(a, b **E) int { return compare(*a, *b) })
	}
	return found
}

// page cuts one page out of a list and notes what it shows; an offset past the end gives none.
func (l *collection[E]) page(c *call, found []*E, offset, limit int64) []*E {
	if c.fault.Kind == FaultListRepeats && offset > 0 {
		offset--
	}
	start := min(offset, int64(len(found)))
	found = found[start:min(start+limit, int64(len(found)))]
	c.shown = []string{}
	for _, e := range found {
		c.shown = append(c.shown, l.id(e))
	}
	return found
}

// shelf is a collection of any kind, as faults see it.
type shelf interface {
	remember() past
	grow(*call)
	shrink(c *call, name string)
}

// past is a collection before a write. restore goes back to it, keep gives the changed entries back the value of one field,
// and conceal has lists show it for a while.
type past struct {
	restore func()
	keep    func(path string)
	conceal func(until time.Time)
}

// veil is what lists show in place of changed entries until they catch up; nil of one that was not there.
type veil[E any] struct {
	until time.Time
	were  map[entryKey]*E
}

func (l *collection[E]) remember() past {
	was, last := slices.Clone(l.entries), maps.Clone(l.last)
	return past{
		restore: func() { l.entries, l.last = was, last },
		keep: func(path string) {
			for key, old := range l.changed(was) {
				if i := l.index(key); i >= 0 && old != nil {
					if to, found := field(l.fields(&l.entries[i]), path); found {
						from, _ := field(l.fields(old), path)
						to.Set(from)
					}
				}
			}
		},
		conceal: func(until time.Time) { l.veils = append(l.veils, veil[E]{until, l.changed(was)}) },
	}
}

// changed gives the entries that are not now as they were.
func (l *collection[E]) changed(was []E) map[entryKey]*E {
	out := map[entryKey]*E{}
	for i := range l.entries {
		out[l.key(&l.entries[i])] = nil
	}
	for i := range was {
		key := l.key(&was[i])
		if now := l.index(key); now >= 0 && reflect.DeepEqual(&l.entries[now], &was[i]) {
			delete(out, key)
		} else {
			out[key] = &was[i]
		}
	}
	return out
}

// shown are the entries that lists show: the true ones, unless something is still concealed.
func (l *collection[E]) shown(now time.Time) []E {
	l.veils = slices.DeleteFunc(l.veils, func(v veil[E]) bool { return !now.Before(v.until) })
	if len(l.veils) == 0 {
		return l.entries
	}
	view := collection[E]{kind: l.kind, entries: slices.Clone(l.entries)}
	for _, v := range slices.Backward(l.veils) { // the oldest last: it knows the oldest state
		for key, old := range v.were {
			if i := view.index(key); i >= 0 {
				view.entries = slices.Delete(view.entries, i, i+1)
			}
			if old != nil {
				view.entries = append(view.entries, *old)
			}
		}
	}
	return view.entries
}

// grow adds an entry in the scope of a list.
func (l *collection[E]) grow(c *call) {
	l.grown++
	l.add(c, l.stranger(c, fmt.Sprintf("somebody-else-%d", l.grown)))
}

// shrink deletes the named entry in the scope of a list, or the first of those it shows that is not built in.
func (l *collection[E]) shrink(c *call, name string) {
	mine := l.mine(c)
	i := slices.IndexFunc(mine, func(e *E) bool { return name != "" && l.label(e) == name })
	for _, id := range c.shown {
		if name == "" && i < 0 {
			i = slices.IndexFunc(mine, func(e *E) bool { return l.id(e) == id })
		}
	}
	if i >= 0 {
		l.remove(c, l.id(mine[i]))
	}
}

// fieldIndexes are the positions of fields by name, for each struct: a list of thousands asks again and again.
var fieldIndexes sync.Map

func fieldIndex(of reflect.Type) map[string][]int {
	if kept, known := fieldIndexes.Load(of); known {
		index, _ := kept.(map[string][]int) // nothing else is in it
		return index
	}
	index := map[string][]int{}
	for i := range of.NumField() {
		f := of.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		index[name] = []int{i}
		if f.Type.Kind() == reflect.Struct {
			for inner, path := range fieldIndex(f.Type) {
				index[name+"."+inner] = append([]int{i}, path...)
			}
		}
	}
	fieldIndexes.Store(of, index)
	return index
}

// field gives the part of an entry that a name of its JSON form leads to; a dot leads into an object.
func field(entry any, name string) (at reflect.Value, found bool) {
	of := reflect.ValueOf(entry).Elem()
	path, found := fieldIndex(of.Type())[name]
	if !found {
		return at, false
	}
	return of.FieldByIndex(path), true
}

// passes tells whether an entry has what the filters among the parameters ask for.
func passes(entry any, params []param, in values) bool {
	for _, p := range params {
		if _, sent := in[p.name]; !sent || p.filter == noFilter {
			continue
		}
		at, _ := field(entry, cmp.Or(p.field, p.name))
		has, one, many := at.String(), in.text(p.name), in.texts(p.name)
		if p.filter == equal && has != one || p.filter == contains && !strings.Contains(has, one) ||
			p.filter == oneOf && !slices.Contains(many, has) || p.filter == noneOf && slices.Contains(many, has) {
			return false
		}
	}
	return true
}

// assign puts what was sent of some parameters into the fields of an entry. clearing empties those not sent, as a server
// does that takes a modification for a replacement.
func assign(entry any, params []param, in values, clearing bool) {
	for _, p := range params {
		to, found := field(entry, cmp.Or(p.field, p.name))
		value, sent := in[p.name]
		switch {
		case !found:
		case sent:
			to.Set(reflect.ValueOf(value).Convert(to.Type()))
		case clearing:
			to.SetZero()
		}
	}
}

// show gives the named fields of an entry, as an answer has them.
func show(entry any, names string) map[string]any {
	out := map[string]any{}
	for name := range strings.FieldsSeq(names) {
		if at, found := field(entry, name); found {
			out[name] = at.Interface()
		}
	}
	return out
}
