package config

import (
	"encoding/json"
	"errors"
	"regexp"
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

// unescape reads a step of a JSON pointer.
var unescape = strings.NewReplacer("~1", "/", "~0", "~")

// subschema gives the part of the schema at a JSON pointer, or nil.
func subschema(pointer string) map[string]any {
	cur := schemaDocument()
	for _, step := range strings.Split(strings.TrimPrefix(pointer, "/"), "/") {
		if step == "" {
			continue
		}
		m, ok := cur.(map[string]any)
		if !ok {
			return nil
		}
		cur = m[unescape.Replace(step)]
	}
	m, _ := cur.(map[string]any)
	return m
}

// knownKeys gives the keys that a mapping of the schema may have, sorted.
func knownKeys(pointer string) []string {
	properties, _ := subschema(pointer)["properties"].(map[string]any)
	out := make([]string, 0, len(properties))
	for k := range properties {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// patternMessage gives the schema's own words for what a pattern wants.
func patternMessage(pointer string) string {
	text, _ := subschema(pointer)["patternErrorMessage"].(string)
	return text
}

// mappings are the mappings of the format, by definition, in the words of a message.
var mappings = []struct{ def, words string }{
	{"", "the top level"},
	{"account", "an account"},
	{"credentials", "an account's credentials"},
	{"registry", "a registry"},
	{"scan", "an entry of scan"},
	{"namespace", "an entry of namespaces"},
	{"replicationTarget", "a replication target"},
	{"targetInstance", "the target of a replication target"},
}

// homes gives, for each key of the format, the mappings that know it.
var homes = sync.OnceValue(func() map[string][]string {
	out := map[string][]string{}
	for _, m := range mappings {
		pointer := ""
		if m.def != "" {
			pointer = "/$defs/" + m.def
		}
		for _, key := range knownKeys(pointer) {
			out[key] = append(out[key], m.words)
		}
	}
	return out
})

// homesOf names the mappings that know a key, to help with a key in the wrong place.
func homesOf(key string) []string { return homes()[key] }

// enumOf gives the words that a key of a mapping may have as its value, if they are a closed set.
func enumOf(pointer, key string) []string {
	var out []string
	values, _ := subschema(pointer + "/properties/" + key)["enum"].([]any)
	for _, v := range values {
		if word, ok := v.(string); ok {
			out = append(out, word)
		}
	}
	return out
}

// loginRules are where the schema has the rules of the keys that hold a login.
var loginRules = map[string]string{
	"username": "/$defs/registry/properties/username", "accessKey": "/$defs/replicationTarget/properties/accessKey",
}

// LongestLogin gives how many characters a login may have under a key that holds one: username or accessKey.
func LongestLogin(key string) int {
	most, _ := subschema(loginRules[key])["maxLength"].(json.Number)
	n, err := most.Int64()
	if err != nil {
		panic("config: the embedded schema does not say how long " + key + " may be")
	}
	return int(n)
}

// notAWholeNumber stands for scalars that no field takes (fractions, dates, .inf, 0x1F): the schema refuses it
// wherever it stands, and the message is then made from the node.
const notAWholeNumber = json.Number("0.5")

// plainInteger is a whole number as JSON writes it, short enough for an int64.
var plainInteger = regexp.MustCompile(`^-?(0|[1-9][0-9]{0,17})$`)

// jsonValue gives a node as the values a JSON Schema speaks of. Keys that start with x- are left out, but for those
// of hosts, which are host names.
func jsonValue(n *yamltree.Node, keepFree bool) any {
	switch n.Shape {
	case yamltree.Mapping:
		out := make(map[string]any, len(n.Entries()))
		for _, e := range n.Entries() {
			if keepFree || !isFree(e.Key) {
				out[e.Key] = jsonValue(e.Value, e.Key == "hosts")
			}
		}
		return out
	case yamltree.Sequence:
		out := make([]any, len(n.Items()))
		for i, it := range n.Items() {
			out[i] = jsonValue(it.Value, false)
		}
		return out
	}
	switch n.Tag {
	case yamltree.TagText:
		return n.Text
	case yamltree.TagNull:
		return nil
	case yamltree.TagBool:
		truth, _ := strconv.ParseBool(n.Text)
		return truth
	case yamltree.TagInt:
		if plainInteger.MatchString(n.Text) {
			return json.Number(n.Text)
		}
	}
	return notAWholeNumber
}

// The providers of accounts.
const (
	ProviderSAS = "alibaba-sas"
	ProviderHSS = "huawei-hss"
	ProviderSWR = "huawei-swr"
)

// The types of registries.
const (
	TypeHarbor = "harbor"
	TypeQuay   = "quay"
	TypeJFrog  = "jfrog"
)

// The types of replication targets, in the API's own words.
const (
	// TargetHarbor is an open-source Harbor.
	TargetHarbor = "swr-pro"
	// TargetSWREnterprise is another SWR Enterprise instance.
	TargetSWREnterprise = "swr-pro-internal"
	// TargetSWRBasic is SWR Basic Edition.
	TargetSWRBasic = "huawei-SWR"
)

// AllEnterpriseProjects is the enterprise project of an HSS account that names none: reads look across all.
const AllEnterpriseProjects = "all_granted_eps"
