package config

import (
	"cmp"
	"strconv"
	"strings"

	"regent/internal/model"
	"regent/internal/secret"
)

// view is a mapping being decoded. Its accessors give zero values for what is absent or of another type: such
// values are reported by the schema stage.
type view struct {
	doc  *document
	node *node
	Where
}

// look gives the view of a mapping whose own place is at.
func look(doc *document, n *node, at mark) view {
	v := view{doc: doc, node: n, Where: Where{Position: doc.position(at)}}
	if n.shape == mapping {
		v.At = make(map[string]model.Position, len(n.entries))
		for _, e := range n.entries {
			if !isFree(e.key) {
				v.At[e.key] = doc.position(e.valueAt)
			}
		}
	}
	return v
}

// isFree reports whether a key is the user's own and not read, as places for anchors are.
func isFree(key string) bool { return strings.HasPrefix(key, "x-") }

// get gives a key's entry.
func (v view) get(key string) (entry, bool) { return v.node.find(key) }

// text gives a text value, or "".
func (v view) text(key string) string {
	if e, ok := v.get(key); ok && e.value.isText() {
		return e.value.text
	}
	return ""
}

// textOr gives a text value, or what stands for an absent one.
func (v view) textOr(key, absent string) string { return cmp.Or(v.text(key), absent) }

// truth gives a boolean value, or what stands for an absent one.
func (v view) truth(key string, absent bool) bool {
	if e, ok := v.get(key); ok && e.value.shape == scalar && e.value.tag == tagBool {
		return strings.EqualFold(e.value.text, "true")
	}
	return absent
}

// number gives an integer value, or nil.
func (v view) number(key string) *int64 {
	if e, ok := v.get(key); ok && e.value.shape == scalar && e.value.tag == tagInt {
		if n, err := strconv.ParseInt(e.value.text, 10, 64); err == nil {
			return &n
		}
	}
	return nil
}

// sub gives a nested mapping.
func (v view) sub(key string) (view, bool) {
	e, ok := v.get(key)
	if !ok || e.value.shape != mapping {
		return view{}, false
	}
	return look(v.doc, e.value, e.valueAt), true
}

// list gives the mappings of a list; values of other types are passed over.
func (v view) list(key string) []view {
	e, ok := v.get(key)
	if !ok || e.value.shape != sequence {
		return nil
	}
	out := make([]view, 0, len(e.value.items))
	for _, it := range e.value.items {
		if it.value.shape == mapping {
			out = append(out, look(v.doc, it.value, it.at))
		}
	}
	return out
}

// ref gives the reference {env: NAME} of a key.
func (v view) ref(key string) secret.Ref {
	if s, ok := v.sub(key); ok {
		return secret.Ref{Env: s.text("env")}
	}
	return secret.Ref{}
}

// literalOrRef gives a value that is literal text or a reference.
func (v view) literalOrRef(key string) Text {
	return Text{Literal: v.text(key), Ref: v.ref(key)}
}

// url gives a canonical address; one that cannot be read is left zero.
func (v view) url(key string) URL {
	u, err := ParseURL(v.text(key))
	if err != nil {
		return URL{}
	}
	return u
}
