package config

import (
	"fmt"

	"gopkg.in/yaml.v3"
)

// Limits of one configuration, so that a small hostile file cannot grow in memory or on the stack.
const (
	// maxRepeated is how many values aliases and merge keys may repeat, all files together. 10,000 registries that
	// take their login and scanners from an anchor need about 200,000.
	maxRepeated = 1_000_000
	// maxDepth is how deep mappings and lists may nest. The format itself needs 7 levels.
	maxDepth = 64
	// maxEntries is how many entries a list may have: five times what a large company registers, and little enough to
	// be checked in seconds.
	maxEntries = 50_000
)

// builder turns yaml.v3 nodes into nodes. It counts what an alias or merge key would expand to instead of expanding
// it first, so a file of nested aliases fails before it takes any memory.
type builder struct {
	file   string
	report func(at mark, message string)
	// repeated counts the values that aliases and merge keys stand for, in all documents so far.
	repeated *int
	// done holds what each anchor was built to; a nil entry is an anchor still being built.
	done map[*yaml.Node]*node
	// failed is set once a limit was passed: the document is then not read any further.
	failed bool
	// names are keys that were met: the entries of a long list have the same ones.
	names map[string]string
}

// mostNames and longestName bound names.
const (
	mostNames   = 256
	longestName = 32
)

// name gives a key that is kept once however often it is written.
func (b *builder) name(key string) string {
	if known, ok := b.names[key]; ok {
		return known
	}
	if len(b.names) < mostNames && len(key) <= longestName {
		b.names[key] = key
	}
	return key
}

// build gives the node for y at the given depth. It never gives nil; after a failure the result is of no use. What y
// holds is dropped once it is built: the two trees of a large file need not be in memory together.
func (b *builder) build(y *yaml.Node, depth int) *node {
	at := markOf(y)
	if y.Kind == yaml.AliasNode {
		return b.alias(y, depth)
	}
	out := &node{at: at}
	if !b.fits(at, depth) {
		return out
	}
	out.broken = !b.tagAllowed(y, at)
	if y.Anchor != "" {
		b.done[y] = nil
		defer func() { b.done[y] = out }()
	}
	switch y.Kind {
	case yaml.MappingNode:
		out.shape, out.content = mapping, &content{size: 1, height: 1}
		b.mapping(out, y, depth)
	case yaml.SequenceNode:
		out.shape, out.content = sequence, &content{size: 1, height: 1}
		b.sequence(out, y, depth)
	default:
		out.tag, out.text = tags[y.Tag], y.Value
	}
	y.Content = nil
	return out
}

// sequence fills out with the values of y.
func (b *builder) sequence(out *node, y *yaml.Node, depth int) {
	if len(y.Content) > maxEntries {
		b.fail(out.at, fmt.Sprintf("this list has %d entries; at most %d are read, split it into several files", len(y.Content), maxEntries))
		return
	}
	out.content.items = make([]item, 0, len(y.Content))
	for _, c := range y.Content {
		if b.failed {
			return
		}
		v := b.build(c, depth+1)
		out.content.items = append(out.content.items, item{at: markOf(c), value: v})
		out.content.grow(v)
	}
}

// alias gives the node that the alias stands for, charging its whole size.
func (b *builder) alias(y *yaml.Node, depth int) *node {
	at := markOf(y)
	nothing := &node{at: at, tag: tagNull}
	n, known := b.done[y.Alias]
	switch {
	case !known:
		// Cannot happen: an alias follows its anchor. Treated as a failure rather than trusted.
		b.fail(at, "this alias has no anchor before it")
	case n == nil:
		b.fail(at, "this alias is inside the value it stands for, so the value would never end")
	case b.charge(at, n.size()) && b.fits(at, depth+n.height()-1):
		return n
	}
	return nothing
}

// charge counts repeated values and fails when there are too many.
func (b *builder) charge(at mark, n int) bool {
	*b.repeated += n
	if *b.repeated > maxRepeated {
		b.fail(at, fmt.Sprintf("aliases and merge keys repeat more than %d values; write fewer of them", maxRepeated))
		return false
	}
	return true
}

// fits fails when the depth passes the limit.
func (b *builder) fits(at mark, depth int) bool {
	if depth > maxDepth {
		b.fail(at, fmt.Sprintf("nested more than %d levels deep", maxDepth))
		return false
	}
	return true
}

// fail reports the one failure that ends the document.
func (b *builder) fail(at mark, message string) {
	if !b.failed {
		b.failed = true
		b.report(at, message)
	}
}

// tagAllowed refuses every written tag but !!str, !!map and !!seq. The tag is not repeated: a secret that starts with
// an exclamation mark is read as one.
func (b *builder) tagAllowed(y *yaml.Node, at mark) bool {
	switch {
	case y.Style&yaml.TaggedStyle == 0,
		y.Kind == yaml.ScalarNode && tags[y.Tag] == tagText,
		y.Kind == yaml.MappingNode && y.Tag == "!!map",
		y.Kind == yaml.SequenceNode && y.Tag == "!!seq":
		return true
	}
	b.report(at, "YAML tags (words that start with !) are not read; put text that starts with ! in quotes")
	return false
}
