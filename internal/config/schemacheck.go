package config

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"regent/internal/config/yamltree"
	"regent/schema"
)

// compiled gives the schema. It is compiled once and on first use, so that commands which read no file start fast.
// The schema is part of the program and its tests compile it, so a failure here is a defect of the build.
var compiled = sync.OnceValue(func() *rules {
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource(schema.ConfigURL, schemaDocument()); err != nil {
		panic("config: the embedded schema cannot be loaded: " + err.Error())
	}
	r := &rules{file: c.MustCompile(schema.ConfigURL), defs: map[string]*jsonschema.Schema{}}
	for _, def := range []string{"accountName", "hostName", listRules["registries"], listRules["replicationTargets"]} {
		r.defs[def] = c.MustCompile(schema.ConfigURL + "#/$defs/" + def)
	}
	return r
})

// rules are the compiled schema and those of its definitions that are also used alone.
type rules struct {
	file *jsonschema.Schema
	defs map[string]*jsonschema.Schema
}

// listRules are the definitions of what the long lists hold.
var listRules = map[string]string{"registries": "registry", "replicationTargets": "replicationTarget"}

// schemaDocument gives the schema as JSON values.
var schemaDocument = sync.OnceValue(func() any {
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(schema.Config()))
	if err != nil {
		panic("config: the embedded schema is not JSON: " + err.Error())
	}
	return doc
})

// violation is one thing the schema refuses.
type violation struct {
	// path leads to the value: keys and list indexes.
	path []string
	// pointer is the JSON pointer of the subschema inside the schema, starting with "/".
	pointer string
	kind    jsonschema.ErrorKind
}

// validate gives what the schema refuses in a document. The entries of the long lists are checked one by one, so that the
// values made for that are not all in memory at once.
func validate(d *yamltree.Document) []violation {
	var out []violation
	check := func(rule *jsonschema.Schema, value any, path ...string) {
		var ve *jsonschema.ValidationError
		if errors.As(rule.Validate(value), &ve) {
			collect(ve, path, &out)
		}
	}
	root := d.Root.Value
	if root.Shape != yamltree.Mapping {
		check(compiled().file, jsonValue(root, false))
		return out
	}
	whole := make(map[string]any, len(root.Entries()))
	for _, e := range root.Entries() {
		def, long := listRules[e.Key]
		switch {
		case isFree(e.Key):
		case !long || e.Value.Shape != yamltree.Sequence:
			whole[e.Key] = jsonValue(e.Value, false)
		default:
			whole[e.Key] = []any{}
			for i, it := range e.Value.Items() {
				check(compiled().defs[def], jsonValue(it.Value, false), e.Key, strconv.Itoa(i))
			}
		}
	}
	check(compiled().file, whole)
	return out
}

// collect gathers the leaves of a validation error: the rest only says how the schema got there. Path leads to what was
// validated.
func collect(e *jsonschema.ValidationError, path []string, out *[]violation) {
	if _, names := e.ErrorKind.(*kind.PropertyNames); names {
		// The library's location of these is not to be relied on; checkNames looks at names.
		return
	}
	_, either := e.ErrorKind.(*kind.AnyOf)
	if len(e.Causes) > 0 && !either {
		for _, c := range e.Causes {
			collect(c, path, out)
		}
		return
	}
	_, pointer, _ := strings.Cut(e.SchemaURL, "#")
	*out = append(*out, violation{path: slices.Concat(path, e.InstanceLocation), pointer: pointer, kind: e.ErrorKind})
}

// def gives the definition ($defs) a violation comes from, or "" for the top level.
func (v violation) def() string {
	rest, ok := strings.CutPrefix(v.pointer, "/$defs/")
	if !ok {
		return ""
	}
	name, _, _ := strings.Cut(rest, "/")
	return name
}

// faults is a tree of the values that a document must not be decoded from, because they were refused. A nil faults
// refuses nothing.
type faults struct {
	refused bool
	below   map[string]*faults
}

// refuse marks the value at a path.
func (f *faults) refuse(path []string) {
	for _, step := range path {
		if f.below == nil {
			f.below = map[string]*faults{}
		}
		if f.below[step] == nil {
			f.below[step] = &faults{}
		}
		f = f.below[step]
	}
	f.refused = true
}

// at gives the faults below a key or index.
func (f *faults) at(step string) *faults {
	if f == nil {
		return nil
	}
	return f.below[step]
}

// bad reports whether the value itself was refused.
func (f *faults) bad() bool { return f != nil && f.refused }

// cover reports whether a path lies below a refused value.
func (f *faults) cover(path []string) bool {
	for _, step := range path {
		if f.bad() {
			return true
		}
		f = f.at(step)
	}
	return false
}
