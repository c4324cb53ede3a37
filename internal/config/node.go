package config

import (
	"strconv"

	"gopkg.in/yaml.v3"

	"regent/internal/model"
)

// shape is what a node is made of.
type shape uint8

const (
	scalar shape = iota
	mapping
	sequence
)

// tag is the resolved type of a plain YAML value.
type tag uint8

const (
	tagOther tag = iota
	tagText
	tagInt
	tagFloat
	tagBool
	tagNull
	tagDate
	tagMerge
)

// tags are the short tags of YAML.
var tags = map[string]tag{
	"!!str": tagText, "!!int": tagInt, "!!float": tagFloat, "!!bool": tagBool, "!!null": tagNull, "!!timestamp": tagDate, "!!merge": tagMerge,
}

// mark is a place inside one file; line and column count from 1.
type mark struct{ line, column int32 }

// markOf gives the place of a node of yaml.v3.
func markOf(y *yaml.Node) mark {
	return mark{int32(y.Line), int32(y.Column)} //nolint:gosec // a file has at most maxFileSize lines and columns
}

// node is one value of a document with aliases and merge keys already resolved. Nodes behind an anchor are shared
// by all their users, so a node is never changed once built. A large file has hundreds of thousands, most of them
// scalars: what only mappings and lists need is apart.
type node struct {
	// text is a scalar's text as written, without quotes.
	text string
	// content is what a mapping or list holds; nil for a scalar.
	content *content
	// at is where the value was written: behind an alias, that is the place of the anchor.
	at    mark
	shape shape
	// tag is that of a scalar.
	tag tag
	// broken tells that the value was already reported: nothing more is to be said about it.
	broken bool
}

// content is the inside of a mapping or list.
type content struct {
	// entries are a mapping's keys: written order, then merged ones.
	entries []entry
	// index finds entries of larger mappings; nil for small ones.
	index map[string]int
	// items are a sequence's values.
	items []item
	// size counts the nodes of the tree that starts here, shared ones each time; height is its depth.
	size, height int
}

// entries gives the keys of a mapping; a value of another shape has none.
func (n *node) entries() []entry {
	if n.content == nil {
		return nil
	}
	return n.content.entries
}

// items gives the values of a list; a value of another shape has none.
func (n *node) items() []item {
	if n.content == nil {
		return nil
	}
	return n.content.items
}

// size counts the nodes of the tree that starts here, and height its depth.
func (n *node) size() int {
	if n.content == nil {
		return 1
	}
	return n.content.size
}

func (n *node) height() int {
	if n.content == nil {
		return 1
	}
	return n.content.height
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
	if n.content == nil {
		return entry{}, false
	}
	if n.content.index != nil {
		if i, ok := n.content.index[key]; ok {
			return n.content.entries[i], true
		}
		return entry{}, false
	}
	for i := range n.content.entries {
		if n.content.entries[i].key == key {
			return n.content.entries[i], true
		}
	}
	return entry{}, false
}

// put appends an entry and keeps the index.
func (n *content) put(e entry) {
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

// grow adds a child's measures.
func (n *content) grow(child *node) {
	n.size += child.size()
	n.height = max(n.height, child.height()+1)
}

// isText reports whether the node is a scalar of text, quoted or plain.
func (n *node) isText() bool { return n.shape == scalar && n.tag == tagText }

// isNull reports whether the node is a scalar without value.
func (n *node) isNull() bool { return n.shape == scalar && n.tag == tagNull }

// document is one YAML document of a file.
type document struct {
	file string
	// number counts the documents of the file from 1.
	number int
	root   item
}

// position gives a mark of the document as a position.
func (d *document) position(m mark) model.Position {
	return model.Position{File: d.file, Line: int(m.line), Column: int(m.column)}
}

// indexOf reads a list index; it gives -1 for anything else.
func indexOf(step string) int {
	i, err := strconv.Atoi(step)
	if err != nil {
		return -1
	}
	return i
}
