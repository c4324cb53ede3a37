package config

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"regent/internal/config/yamltree"
	"regent/internal/model"
	"regent/internal/secret"
)

// view is a mapping being decoded. Its accessors give zero values for what is absent or was refused by the schema,
// which has then been reported.
type view struct {
	doc    *yamltree.Document
	node   *yamltree.Node
	faults *faults
	path   string
	// names are the labels of the list entries and accounts on the way.
	names []string
	// uses collects the references to variables.
	uses *[]use
	Where
}

// use is one reference to an environment variable.
type use struct {
	ref secret.Ref
	// path and at are those of the reference's env key.
	path string
	at   model.Position
	// account is the name of the account whose credentials the variable holds, or "".
	account string
	// names and key make a good name for such a variable; see variableFor.
	names []string
	key   string
}

// into gives the view of a mapping inside v; place is where it, or the key that introduces it, stands.
func (v view) into(n *yamltree.Node, place yamltree.Mark, path string, f *faults) view {
	sub := view{doc: v.doc, node: n, faults: f, path: path, names: v.names, uses: v.uses}
	sub.Where = Where{Position: v.doc.Position(place)}
	if entries := n.Entries(); len(entries) > 0 {
		sub.keys = make([]keyPlace, len(entries))
		for i := range entries {
			sub.keys[i] = keyPlace{key: entries[i].Key, at: entries[i].ValueAt}
			if !f.at(entries[i].Key).bad() {
				sub.keys[i].value = entries[i].Value
			}
		}
	}
	return sub
}

// named gives the view with one more label.
func (v view) named(name string) view {
	v.names = slices.Concat(v.names, []string{name})
	return v
}

// isFree reports whether a key is the user's own and not read, as places for anchors are.
func isFree(key string) bool { return strings.HasPrefix(key, "x-") }

// get gives a key's entry unless it was refused.
func (v view) get(key string) (yamltree.Entry, bool) {
	if v.faults.at(key).bad() {
		return yamltree.Entry{}, false
	}
	return v.node.Find(key)
}

// has reports whether a key was written, be it with a value that was refused or with a slip in its name.
func (v view) has(key string) bool {
	_, written := v.node.Find(key)
	return written || v.faults.at(key).bad()
}

// text gives a text value, or "".
func (v view) text(key string) string {
	if e, ok := v.get(key); ok && e.Value.IsText() {
		return e.Value.Text
	}
	return ""
}

// textOr gives a text value, or what stands for an absent one.
func (v view) textOr(key, absent string) string { return cmp.Or(v.text(key), absent) }

// truth gives a boolean value, or what stands for an absent one.
func (v view) truth(key string, absent bool) bool {
	if e, ok := v.get(key); ok && e.Value.Shape == yamltree.Scalar && e.Value.Tag == yamltree.TagBool {
		return strings.EqualFold(e.Value.Text, "true")
	}
	return absent
}

// sub gives a nested mapping.
func (v view) sub(key string) (view, bool) {
	e, ok := v.get(key)
	if !ok || e.Value.Shape != yamltree.Mapping {
		return view{}, false
	}
	return v.into(e.Value, e.KeyAt, keyPath(v.path, key), v.faults.at(key)), true
}

// list gives the mappings of a list; values of other types were refused.
func (v view) list(key string) []view {
	e, ok := v.get(key)
	if !ok || e.Value.Shape != yamltree.Sequence {
		return nil
	}
	path, faults := keyPath(v.path, key), v.faults.at(key)
	out := make([]view, 0, len(e.Value.Items()))
	for i, it := range e.Value.Items() {
		f := faults.at(strconv.Itoa(i))
		if it.Value.Shape == yamltree.Mapping && !f.bad() {
			out = append(out, v.into(it.Value, it.At, itemPath(path, key, i, it.Value), f))
		}
	}
	return out
}

// ref gives the reference {env: NAME} of a key and notes its use.
func (v view) ref(key string) secret.Ref { return v.refOf(key, "") }

// refOf is ref for a variable that holds credentials of the named account.
func (v view) refOf(key, account string) secret.Ref {
	e, ok := v.get(key)
	if !ok || e.Value.Shape != yamltree.Mapping {
		return secret.Ref{}
	}
	env, ok := e.Value.Find("env")
	if f := v.faults.at(key).at("env"); !ok || f.bad() || !env.Value.IsText() {
		return secret.Ref{}
	}
	u := use{
		ref:     secret.Ref{Env: env.Value.Text},
		path:    keyPath(v.path, key) + ".env",
		at:      v.doc.Position(env.Value.At),
		account: account,
		names:   v.names,
		key:     key,
	}
	*v.uses = append(*v.uses, u)
	return u.ref
}

// literalOrRef gives a value that is literal text or a reference.
func (v view) literalOrRef(key string) Text {
	return Text{Literal: v.text(key), Ref: v.ref(key)}
}

// url gives a canonical address; one that cannot be read was refused.
func (v view) url(key string) URL {
	u, err := ParseURL(v.text(key))
	if err != nil {
		return URL{}
	}
	return u
}
