package config

import (
	"strconv"

	"regent/internal/model"
)

// shape is what a node is made of.
type shape uint8

const (
	scalar shape = iota
	mapping
	sequence
)

// The short tags of plain YAML values.
const (
	tagText  = "!!str"
	tagInt   = "!!int"
	tagFloat = "!!float"
	tagBool  = "!!bool"
	tagNull  = "!!null"
	tagDate  = "!!timestamp"
	tagMerge = "!!merge"
)

// mark is a place inside one file; line and column count from 1.
type mark struct{ line, column int }

// node is one value of a document with aliases and merge keys already resolved. Nodes behind an anchor are shared
// by all their users, so a node is never changed once built.
type node struct {
	shape shape
	// at is where the value was written: behind an alias, that is the place of the anchor.
	at mark
	// tag is the resolved short tag of a scalar.
	tag string
	// text is a scalar's text as written, without quotes.
	text string
	// broken tells that the value was already reported: nothing more is to be said about it.
	broken bool
	// entries are a mapping's keys: written order, then merged ones.
	entries []entry
	// index finds entries of larger mappings; nil for small ones.
	index map[string]int
	// items are a sequence's values.
	items []item
	// size counts the nodes of the tree that starts here, shared ones each time; height is its depth.
	size, height int
}

// entry is one key of a mapping.
type entry struct {
	key string
	// keyAt is where the key was written, valueAt where its value (or the alias standing for it) was.
	keyAt, valueAt mark
	value          *node
}

// item is one value of a sequence; at is where it (or the alias standing for it) was written.
type item struct {
	at    mark
	value *node
}

// indexFrom is the number of keys from which a mapping is worth an index.
const indexFrom = 12

// find gives the entry of a key.
func (n *node) find(key string) (entry, bool) {
	if n.index != nil {
		if i, ok := n.index[key]; ok {
			return n.entries[i], true
		}
		return entry{}, false
	}
	for _, e := range n.entries {
		if e.key == key {
			return e, true
		}
	}
	return entry{}, false
}

// put appends an entry and keeps the index.
func (n *node) put(e entry) {
	n.entries = append(n.entries, e)
	switch {
	case n.index != nil:
		n.index[e.key] = len(n.entries) - 1
	case len(n.entries) >= indexFrom:
		n.index = make(map[string]int, 2*len(n.entries))
		for i, have := range n.entries {
			n.index[have.key] = i
		}
	}
}

// isText reports whether the node is a scalar of text, quoted or plain.
func (n *node) isText() bool { return n.shape == scalar && n.tag == tagText }

// isNull reports whether the node is a scalar without value.
func (n *node) isNull() bool { return n.shape == scalar && n.tag == tagNull }

// document is one YAML document of a file.
type document struct {
	file string
	root item
}

// position gives a mark of the document as a position.
func (d *document) position(m mark) model.Position {
	return model.Position{File: d.file, Line: m.line, Column: m.column}
}

// indexOf reads a list index; it gives -1 for anything else.
func indexOf(step string) int {
	i, err := strconv.Atoi(step)
	if err != nil {
		return -1
	}
	return i
}
