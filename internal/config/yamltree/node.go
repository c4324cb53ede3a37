package yamltree

import (
	"gopkg.in/yaml.v3"

	"regent/internal/model"
)

// Shape is what a node is made of.
type Shape uint8

// The shapes.
const (
	Scalar Shape = iota
	Mapping
	Sequence
)

// Tag is the resolved type of a plain YAML value.
type Tag uint8

// The tags that matter.
const (
	tagOther Tag = iota
	TagText
	TagInt
	TagFloat
	TagBool
	TagNull
	TagDate
	tagMerge
)

// tags are the short tags of YAML.
var tags = map[string]Tag{
	"!!str": TagText, "!!int": TagInt, "!!float": TagFloat, "!!bool": TagBool, "!!null": TagNull, "!!timestamp": TagDate, "!!merge": tagMerge,
}

// Mark is a place inside one file; line and column count from 1.
type Mark struct{ Line, Column int32 }

// in gives the mark as a position in a file.
func (m Mark) in(file string) model.Position {
	return model.Position{File: file, Line: int(m.Line), Column: int(m.Column)}
}

// markOf gives the place of a node of yaml.v3.
func markOf(y *yaml.Node) Mark {
	return Mark{int32(y.Line), int32(y.Column)} //nolint:gosec // a file has at most 10 MiB
}

// Node is one value of a document with aliases and merge keys already resolved. Nodes behind an anchor are shared
// by all their users, so a node is never changed once built. A large file has hundreds of thousands, most of them
// scalars: what only mappings and lists need is apart.
type Node struct {
	// Text is a scalar's text as written, without quotes.
	Text string
	// content is what a mapping or list holds; nil for a scalar.
	content *content
	// At is where the value was written: behind an alias, that is the place of the anchor.
	At    Mark
	Shape Shape
	// Tag is that of a scalar.
	Tag Tag
	// Broken tells that the value was already reported: nothing more is to be said about it.
	Broken bool
}

// content is the inside of a mapping or list.
type content struct {
	// entries are a mapping's keys: written order, then merged ones.
	entries []Entry
	// index finds entries of larger mappings; nil for small ones.
	index map[string]int
	// items are a sequence's values.
	items []Item
	// size counts the nodes of the tree that starts here, shared ones each time; height is its depth.
	size, height int
}

// Entries gives the keys of a mapping; a value of another shape has none.
func (n *Node) Entries() []Entry {
	if n.content == nil {
		return nil
	}
	return n.content.entries
}

// Items gives the values of a list; a value of another shape has none.
func (n *Node) Items() []Item {
	if n.content == nil {
		return nil
	}
	return n.content.items
}

// size counts the nodes of the tree that starts here, and height its depth.
func (n *Node) size() int {
	if n.content == nil {
		return 1
	}
	return n.content.size
}

func (n *Node) height() int {
	if n.content == nil {
		return 1
	}
	return n.content.height
}

// Entry is one key of a mapping.
type Entry struct {
	Key string
	// KeyAt is where the key was written, ValueAt where its value (or the alias standing for it) was.
	KeyAt, ValueAt Mark
	Value          *Node
}

// Item is one value of a sequence; At is where it (or the alias standing for it) was written.
type Item struct {
	At    Mark
	Value *Node
}

// indexFrom is the number of keys from which a mapping is worth an index.
const indexFrom = 12

// Find gives the entry of a key.
func (n *Node) Find(key string) (Entry, bool) {
	if n.content == nil {
		return Entry{}, false
	}
	if n.content.index != nil {
		if i, ok := n.content.index[key]; ok {
			return n.content.entries[i], true
		}
		return Entry{}, false
	}
	for i := range n.content.entries {
		if n.content.entries[i].Key == key {
			return n.content.entries[i], true
		}
	}
	return Entry{}, false
}

// put appends an entry and keeps the index.
func (n *content) put(e Entry) {
	n.entries = append(n.entries, e)
	switch {
	case n.index != nil:
		n.index[e.Key] = len(n.entries) - 1
	case len(n.entries) >= indexFrom:
		n.index = make(map[string]int, 2*len(n.entries))
		for i, have := range n.entries {
			n.index[have.Key] = i
		}
	}
}

// grow adds a child's measures.
func (n *content) grow(child *Node) {
	n.size += child.size()
	n.height = max(n.height, child.height()+1)
}

// IsText reports whether the node is a scalar of text, quoted or plain.
func (n *Node) IsText() bool { return n.Shape == Scalar && n.Tag == TagText }

// IsNull reports whether the node is a scalar without value.
func (n *Node) IsNull() bool { return n.Shape == Scalar && n.Tag == TagNull }

// Document is one YAML document of a file.
type Document struct {
	File string
	// Number counts the documents of the file from 1.
	Number int
	Root   Item
}

// Position gives a mark of the document as a position.
func (d *Document) Position(m Mark) model.Position {
	return m.in(d.File)
}
