package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"sync"

	"regent/schema"
)

// quickRule is a part of the schema as [quickLook] reads it. It knows the keywords that the schema uses and no others;
// reading a schema that uses more fails.
type quickRule struct {
	// never stands for the schema false.
	never bool
	// target is what Ref refers to.
	target *quickRule

	Ref   string    `json:"$ref"`
	Type  words     `json:"type"`
	Const *constant `json:"const"`
	Enum  []string  `json:"enum"`

	MinLength int            `json:"minLength"`
	MaxLength *int           `json:"maxLength"`
	Pattern   *regexp.Regexp `json:"pattern"`
	Format    string         `json:"format"`
	Minimum   *int64         `json:"minimum"`
	Maximum   *int64         `json:"maximum"`

	Required   []string              `json:"required"`
	Properties map[string]*quickRule `json:"properties"`
	Free       *freeKeys             `json:"patternProperties"`
	Names      *quickRule            `json:"propertyNames"`
	Additional *quickRule            `json:"additionalProperties"`

	MinItems int        `json:"minItems"`
	Items    *quickRule `json:"items"`

	AllOf []*quickRule `json:"allOf"`
	AnyOf []*quickRule `json:"anyOf"`
	Not   *quickRule   `json:"not"`
	If    *quickRule   `json:"if"`
	Then  *quickRule   `json:"then"`
	Else  *quickRule   `json:"else"`

	// Defs are the definitions, in the rule of the whole file only.
	Defs map[string]*quickRule `json:"$defs"`

	// What only helps readers.
	Schema              json.RawMessage `json:"$schema"`
	ID                  json.RawMessage `json:"$id"`
	Title               json.RawMessage `json:"title"`
	Description         json.RawMessage `json:"description"`
	Default             json.RawMessage `json:"default"`
	Examples            json.RawMessage `json:"examples"`
	PatternErrorMessage json.RawMessage `json:"patternErrorMessage"`
}

// words is a word or a list of words.
type words []string

// UnmarshalJSON implements [json.Unmarshaler].
func (w *words) UnmarshalJSON(text []byte) error {
	if text[0] != '[' {
		text = append(append([]byte("["), text...), ']')
	}
	return json.Unmarshal(text, (*[]string)(w))
}

// constant is the only value that is allowed: a text or a whole number.
type constant struct {
	text   string
	number string // empty for a text
}

// UnmarshalJSON implements [json.Unmarshaler].
func (c *constant) UnmarshalJSON(text []byte) error {
	if text[0] == '"' {
		return json.Unmarshal(text, &c.text)
	}
	if c.number = string(text); !plainInteger.MatchString(c.number) {
		return fmt.Errorf("%s is no whole number", c.number)
	}
	return nil
}

// freeKeys is the rule about keys that are not read, the only one about keys of a pattern.
type freeKeys struct {
	Any json.RawMessage `json:"^x-"`
}

// UnmarshalJSON implements [json.Unmarshaler].
func (r *quickRule) UnmarshalJSON(text []byte) error {
	type plain quickRule // without this method
	switch string(text) {
	case "true":
		return nil
	case "false":
		r.never = true
		return nil
	}
	return strictly(text, (*plain)(r))
}

func strictly(text []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	return dec.Decode(into)
}

// wholeFile names the rule of the whole file among quickRules.
const wholeFile = ""

// quickRules are the definitions of the schema, by name, and the rule of the whole file. The schema is part of the
// program, so a failure here is a defect of the build.
var quickRules = sync.OnceValue(func() map[string]*quickRule {
	file := &quickRule{}
	if err := json.Unmarshal([]byte(schema.Config()), file); err != nil {
		panic("config: the embedded schema says more than is read: " + err.Error())
	}
	rules := file.Defs
	rules[wholeFile] = file
	for _, r := range rules {
		r.resolve(rules)
	}
	return rules
})

// resolve finds the targets of references.
func (r *quickRule) resolve(defs map[string]*quickRule) {
	if r == nil {
		return
	}
	if r.Ref != "" {
		if r.target = defs[strings.TrimPrefix(r.Ref, "#/$defs/")]; r.target == nil {
			panic("config: the embedded schema has no " + r.Ref)
		}
	}
	for _, part := range r.Properties {
		part.resolve(defs)
	}
	for _, list := range [][]*quickRule{r.AllOf, r.AnyOf, {r.Names, r.Additional, r.Items, r.Not, r.If, r.Then, r.Else}} {
		for _, part := range list {
			part.resolve(defs)
		}
	}
}
