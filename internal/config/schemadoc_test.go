package config

import (
	"slices"
	"strings"
	"testing"
)

// providersTaking reads from the schema's conditions which providers' accounts take a key.
func providersTaking(t *testing.T, key string) []string {
	t.Helper()
	var out []string
	conditions, _ := subschema("/$defs/account")["allOf"].([]any)
	for _, c := range conditions {
		condition := c.(map[string]any)
		when := condition["if"].(map[string]any)["properties"].(map[string]any)["provider"].(map[string]any)["const"].(string)
		properties := condition["then"].(map[string]any)["properties"].(map[string]any)
		if key == "authToken" {
			credentials, _ := properties["credentials"].(map[string]any)
			properties, _ = credentials["properties"].(map[string]any)
		}
		if properties[key] != false {
			out = append(out, when)
		}
	}
	return out
}

func TestProvidersOfKeysAreThoseOfTheSchema(t *testing.T) {
	all := []string{ProviderSAS, ProviderHSS, ProviderSWR}
	for _, key := range append(knownKeys("/$defs/account"), "authToken") {
		want := providersOf[key]
		if want == nil {
			want = all
		}
		if got := providersTaking(t, key); !slices.Equal(got, want) {
			t.Errorf("%s: the schema gives it to %v, the messages to %v", key, got, want)
		}
	}
}

func TestScanKeysAreThoseOfTheSchema(t *testing.T) {
	keys := append([]string{"account"}, append(scanKeys[ProviderSAS].takes, scanKeys[ProviderHSS].takes...)...)
	slices.Sort(keys)
	if got := knownKeys("/$defs/scan"); !slices.Equal(got, keys) {
		t.Errorf("the schema has %v, the checks %v", got, keys)
	}
	rules := subschema("/$defs/scanRules/else")
	if got := rules["required"]; len(got.([]any)) != len(scanKeys[ProviderSAS].needs) {
		t.Errorf("the schema requires %v of alibaba-sas", got)
	}
}

func TestWordsAreThoseOfTheSchema(t *testing.T) {
	for pointer, want := range map[string][]string{
		"/$defs/account":           {ProviderSAS, ProviderHSS, ProviderSWR},
		"/$defs/registry":          {TypeHarbor, TypeQuay, TypeJFrog},
		"/$defs/replicationTarget": {TargetHarbor, TargetSWREnterprise, TargetSWRBasic},
	} {
		key := "type"
		if pointer == "/$defs/account" {
			key = "provider"
		}
		if got := enumOf(pointer, key); !slices.Equal(got, want) {
			t.Errorf("%s: the schema has %v, the code %v", pointer, got, want)
		}
	}
}

func TestReservedVariablesAreThoseOfTheSchema(t *testing.T) {
	pattern := subschema("/$defs/variableName/not")["pattern"]
	var many, whole []string
	for _, r := range reserved {
		if r.many() {
			many = append(many, strings.TrimSuffix(r.name, "_"))
		} else {
			whole = append(whole, r.name)
		}
	}
	want := "^((" + strings.Join(many, "|") + ")_|(" + strings.Join(whole, "|") + ")$)"
	if pattern != want {
		t.Errorf("the schema refuses %v, the code %s", pattern, want)
	}
}

func TestMappingsOfTheSchemaAreAllNamed(t *testing.T) {
	for _, m := range mappings {
		pointer := ""
		if m.def != "" {
			pointer = "/$defs/" + m.def
		}
		if len(knownKeys(pointer)) == 0 {
			t.Errorf("the schema has no mapping %s", m.def)
		}
	}
	if subschema("/$defs/nowhere") != nil || subschema("/title/x") != nil {
		t.Error("a pointer to nothing gave something")
	}
}
