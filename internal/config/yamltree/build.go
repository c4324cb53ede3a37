package yamltree

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
	*reading
	// done holds what each anchor was built to; a nil entry is an anchor still being built.
	done map[*yaml.Node]*Node
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
func (b *builder) build(y *yaml.Node, depth int) *Node {
	at := markOf(y)
	if y.Kind == yaml.AliasNode {
		return b.alias(y, depth)
	}
	out := &Node{At: at}
	if !b.fits(at, depth) {
		return out
	}
	out.Broken = !b.tagAllowed(y, at)
	if y.Anchor != "" {
		b.done[y] = nil
		defer func() { b.done[y] = out }()
	}
	switch y.Kind {
	case yaml.MappingNode:
		out.Shape, out.content = Mapping, &content{size: 1, height: 1}
		b.mapping(out, y, depth)
	case yaml.SequenceNode:
		out.Shape, out.content = Sequence, &content{size: 1, height: 1}
		b.sequence(out, y, depth)
	default:
		out.Tag, out.Text = tags[y.Tag], y.Value
	}
	y.Content = nil
	return out
}

// sequence fills out with the values of y.
func (b *builder) sequence(out *Node, y *yaml.Node, depth int) {
	if len(y.Content) > maxEntries {
		b.fail(out.At, fmt.Sprintf("this list has %d entries; at most %d are read, split it into several files", len(y.Content), maxEntries))
		return
	}
	out.content.items = make([]Item, 0, len(y.Content))
	for _, c := range y.Content {
		if b.failed {
			return
		}
		v := b.build(c, depth+1)
		out.content.items = append(out.content.items, Item{At: markOf(c), Value: v})
		out.content.grow(v)
	}
}

// alias gives the node that the alias stands for, charging its whole size.
func (b *builder) alias(y *yaml.Node, depth int) *Node {
	at := markOf(y)
	nothing := &Node{At: at, Tag: TagNull}
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
func (b *builder) charge(at Mark, n int) bool {
	b.repeated += n
	if b.repeated > maxRepeated {
		b.fail(at, fmt.Sprintf("aliases and merge keys repeat more than %d values; write fewer of them", maxRepeated))
		return false
	}
	return true
}

// fits fails when the depth passes the limit.
func (b *builder) fits(at Mark, depth int) bool {
	if depth > maxDepth {
		b.fail(at, fmt.Sprintf("nested more than %d levels deep", maxDepth))
		return false
	}
	return true
}

// fail reports the one failure that ends the document.
func (b *builder) fail(at Mark, message string) {
	if !b.failed {
		b.failed = true
		b.report(at, message)
	}
}

func (b *builder) report(at Mark, message string) { b.Found(at.in(b.file), message) }

// tagAllowed refuses every written tag but !!str, !!map and !!seq. The tag is not repeated: a secret that starts with
// an exclamation mark is read as one.
func (b *builder) tagAllowed(y *yaml.Node, at Mark) bool {
	switch {
	case y.Style&yaml.TaggedStyle == 0,
		y.Kind == yaml.ScalarNode && tags[y.Tag] == TagText,
		y.Kind == yaml.MappingNode && y.Tag == "!!map",
		y.Kind == yaml.SequenceNode && y.Tag == "!!seq":
		return true
	}
	b.report(at, "YAML tags (words that start with !) are not read; put text that starts with ! in quotes")
	return false
}

// mapping fills out with the keys of y: those written first, then those of merge keys that are not written.
func (b *builder) mapping(out *Node, y *yaml.Node, depth int) {
	var merges []*yaml.Node
	out.content.entries = make([]Entry, 0, len(y.Content)/2)
	for i := 0; i+1 < len(y.Content) && !b.failed; i += 2 {
		k, v := y.Content[i], y.Content[i+1]
		if k.Kind == yaml.ScalarNode && tags[k.Tag] == tagMerge {
			merges = append(merges, v)
			if len(merges) > 1 {
				b.report(markOf(k), "<< may stand once in a mapping; write <<: [*first, *second]")
			}
			continue
		}
		b.entry(out, k, v, depth)
	}
	for _, m := range merges { // also after a second one was reported, so that its keys are not missing as well
		if b.failed {
			return
		}
		b.merge(out, m, depth)
	}
}

// entry adds one written key.
func (b *builder) entry(out *Node, k, v *yaml.Node, depth int) {
	key := b.key(k, depth+1)
	value := b.build(v, depth+1)
	if b.failed {
		return
	}
	at := markOf(k)
	if key.Shape != Scalar {
		what := "a key must be text, not a list or a mapping"
		if key.Shape == Mapping && k.Style&yaml.FlowStyle != 0 {
			what = "{{ ... }} is a placeholder of a template, and templates are not filled in here; write {env: NAME} to read a variable"
		}
		b.report(at, what)
		out.Broken = true
		return
	}
	if key.Tag != TagText {
		b.report(at, "a key must be text; put it in quotes")
	}
	if first, dup := out.Find(key.Text); dup {
		name := "this key"
		if b.MayRepeat(key.Text, value) {
			name = key.Text
		}
		b.report(at, fmt.Sprintf("%s is written twice in this mapping; the first is at %s:%d:%d",
			name, b.file, first.KeyAt.Line, first.KeyAt.Column))
		return
	}
	out.content.put(Entry{Key: b.name(key.Text), KeyAt: at, ValueAt: markOf(v), Value: value})
	out.content.grow(value)
}

// key gives the node of a key, which is looked at and then dropped.
func (b *builder) key(k *yaml.Node, depth int) Node {
	if k.Kind == yaml.ScalarNode && k.Anchor == "" && k.Style&yaml.TaggedStyle == 0 && depth <= maxDepth {
		return Node{At: markOf(k), Tag: tags[k.Tag], Text: k.Value} // what build would give
	}
	return *b.build(k, depth)
}

// merge adds the keys of the mappings behind a << key. Among several, the first that has a key wins, as the YAML
// merge type says; keys written in the mapping itself win over all.
func (b *builder) merge(out *Node, y *yaml.Node, depth int) {
	at := markOf(y)
	source := b.build(y, depth+1)
	if b.failed {
		return
	}
	from := []*Node{source}
	if source.Shape == Sequence {
		from = from[:0]
		for _, it := range source.Items() {
			from = append(from, it.Value)
		}
	}
	for _, m := range from {
		if m.Shape != Mapping {
			b.report(at, "<< takes a mapping, or a list of mappings, usually by alias: <<: *name")
			out.Broken = true
			return
		}
		if !b.charge(at, len(m.Entries())) {
			return
		}
		for _, e := range m.Entries() {
			if _, have := out.Find(e.Key); !have {
				out.content.put(e)
				out.content.grow(e.Value)
			}
		}
	}
}
