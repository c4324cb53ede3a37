package schema_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"

	"regent/schema"
)

// compiled gives the configuration's schema with formats asserted, as the loader compiles it.
func compiled(t *testing.T, pointer string) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(schema.Config()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource(schema.ConfigURL, doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(schema.ConfigURL + pointer)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// walk calls visit for every subschema that is an object, with its JSON pointer.
func walk(v any, pointer string, visit func(pointer string, s map[string]any)) {
	s, ok := v.(map[string]any)
	if !ok {
		return
	}
	visit(pointer, s)
	for _, k := range []string{"properties", "patternProperties", "$defs"} {
		subs, _ := s[k].(map[string]any)
		for name, sub := range subs {
			walk(sub, pointer+"/"+k+"/"+strings.NewReplacer("~", "~0", "/", "~1").Replace(name), visit)
		}
	}
	for _, k := range []string{"allOf", "anyOf", "oneOf"} {
		subs, _ := s[k].([]any)
		for i, sub := range subs {
			walk(sub, fmt.Sprintf("%s/%s/%d", pointer, k, i), visit)
		}
	}
	for _, k := range []string{"if", "then", "else", "not", "items", "additionalProperties", "propertyNames"} {
		walk(s[k], pointer+"/"+k, visit)
	}
}

func document(t *testing.T) map[string]any {
	t.Helper()
	var doc map[string]any
	if err := json.Unmarshal([]byte(schema.Config()), &doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

// conditional reports whether a subschema only adds conditions to properties described elsewhere.
func conditional(pointer string) bool {
	for _, k := range []string{"/if", "/then", "/else", "Rules/"} {
		if strings.Contains(pointer, k) {
			return true
		}
	}
	return false
}

func TestEveryPropertyIsDescribedWithExamples(t *testing.T) {
	seen := 0
	walk(document(t), "#", func(pointer string, s map[string]any) {
		properties, _ := s["properties"].(map[string]any)
		if conditional(pointer) {
			return
		}
		for name, v := range properties {
			p, ok := v.(map[string]any)
			if !ok {
				t.Errorf("%s/properties/%s is not an object", pointer, name)
				continue
			}
			seen++
			for _, k := range []string{"title", "description"} {
				if text, _ := p[k].(string); text == "" {
					t.Errorf("%s/properties/%s has no %s", pointer, name, k)
				}
			}
			if examples, _ := p["examples"].([]any); len(examples) == 0 {
				t.Errorf("%s/properties/%s has no examples", pointer, name)
			}
		}
	})
	if seen < 40 {
		t.Errorf("the walk saw %d properties, which cannot be all", seen)
	}
}

func TestEveryExampleAndDefaultIsValid(t *testing.T) {
	seen := 0
	walk(document(t), "#", func(pointer string, s map[string]any) {
		values, _ := s["examples"].([]any)
		if d, ok := s["default"]; ok {
			values = append(values, d)
		}
		if len(values) == 0 {
			return
		}
		sub := compiled(t, pointer)
		for _, v := range values {
			seen++
			if err := sub.Validate(v); err != nil {
				t.Errorf("%s: example %v: %v", pointer, v, err)
			}
		}
	})
	if seen < 60 {
		t.Errorf("the walk saw %d examples, which cannot be all", seen)
	}
}

func TestEveryMappingRefusesUnknownKeysAndFreesExtensions(t *testing.T) {
	walk(document(t), "#", func(pointer string, s map[string]any) {
		if s["properties"] == nil || conditional(pointer) {
			return
		}
		if s["additionalProperties"] != false {
			t.Errorf("%s takes any key", pointer)
		}
		if free, _ := s["patternProperties"].(map[string]any); free["^x-"] == nil {
			t.Errorf("%s has no room for x- keys", pointer)
		}
	})
}

func TestEveryPatternSaysWhatItWants(t *testing.T) {
	walk(document(t), "#", func(pointer string, s map[string]any) {
		if s["pattern"] != nil && s["patternErrorMessage"] == nil && !strings.Contains(pointer, "/not") {
			t.Errorf("%s has a pattern without patternErrorMessage", pointer)
		}
	})
}

func TestTheExampleFilesAreValid(t *testing.T) {
	files, err := filepath.Glob("../examples/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no example files: %v", err)
	}
	s := compiled(t, "")
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(string(data), "# yaml-language-server: $schema=../schema/regent.schema.json\n") {
			t.Errorf("%s does not name its schema in the first line", f)
		}
		var v any
		if err := yaml.Unmarshal(data, &v); err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(v); err != nil {
			t.Errorf("%s: %v", f, err)
		}
	}
}

func TestTheSchemaNamesItself(t *testing.T) {
	doc := document(t)
	if doc["$id"] != schema.ConfigURL {
		t.Errorf("$id is %v, want %s", doc["$id"], schema.ConfigURL)
	}
	if doc["$schema"] != "https://json-schema.org/draft/2020-12/schema" {
		t.Errorf("$schema is %v", doc["$schema"])
	}
}
