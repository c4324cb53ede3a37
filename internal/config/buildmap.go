package config

import (
	"fmt"

	"gopkg.in/yaml.v3"
)

// mapping fills out with the keys of y: those written first, then those of merge keys that are not written.
func (b *builder) mapping(out *node, y *yaml.Node, depth int) {
	var merges []*yaml.Node
	out.content.entries = make([]entry, 0, len(y.Content)/2)
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
func (b *builder) entry(out *node, k, v *yaml.Node, depth int) {
	key := b.key(k, depth+1)
	value := b.build(v, depth+1)
	if b.failed {
		return
	}
	at := markOf(k)
	if key.shape != scalar {
		what := "a key must be text, not a list or a mapping"
		if key.shape == mapping && k.Style&yaml.FlowStyle != 0 {
			what = "{{ ... }} is a placeholder of a template, and templates are not filled in here; write {env: NAME} to read a variable"
		}
		b.report(at, what)
		out.broken = true
		return
	}
	if key.tag != tagText {
		b.report(at, "a key must be text; put it in quotes")
	}
	if first, dup := out.find(key.text); dup {
		name := "this key"
		if speakable(key.text, value) {
			name = key.text
		}
		b.report(at, fmt.Sprintf("%s is written twice in this mapping; the first is at %s:%d:%d",
			name, b.file, first.keyAt.line, first.keyAt.column))
		return
	}
	out.content.put(entry{key: b.name(key.text), keyAt: at, valueAt: markOf(v), value: value})
	out.content.grow(value)
}

// key gives the node of a key, which is looked at and then dropped.
func (b *builder) key(k *yaml.Node, depth int) node {
	if k.Kind == yaml.ScalarNode && k.Anchor == "" && k.Style&yaml.TaggedStyle == 0 && depth <= maxDepth {
		return node{at: markOf(k), tag: tags[k.Tag], text: k.Value} // what build would give
	}
	return *b.build(k, depth)
}

// merge adds the keys of the mappings behind a << key. Among several, the first that has a key wins, as the YAML
// merge type says; keys written in the mapping itself win over all.
func (b *builder) merge(out *node, y *yaml.Node, depth int) {
	at := markOf(y)
	source := b.build(y, depth+1)
	if b.failed {
		return
	}
	from := []*node{source}
	if source.shape == sequence {
		from = from[:0]
		for _, it := range source.items() {
			from = append(from, it.value)
		}
	}
	for _, m := range from {
		if m.shape != mapping {
			b.report(at, "<< takes a mapping, or a list of mappings, usually by alias: <<: *name")
			out.broken = true
			return
		}
		if !b.charge(at, len(m.entries())) {
			return
		}
		for _, e := range m.entries() {
			if _, have := out.find(e.key); !have {
				out.content.put(e)
				out.content.grow(e.value)
			}
		}
	}
}
