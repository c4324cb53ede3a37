package config

import (
	"encoding/json"
	"slices"
	"strings"
	"sync"
)

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
