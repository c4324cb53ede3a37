package catalog_test

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"regent/internal/model"
	"regent/internal/plan"
	"regent/internal/provider/catalog"
	"regent/schema"
)

// structural are the keys of the schema that say where an item goes or hold other keys; they are no fields.
var structural = []string{
	"registries[].scan", "registries[].scan[].account", "registries[].scan[].network.vpc",
	"registries[].scan[].namespaces[].name", "registries[].scan[].namespaces[].authToken",
	"replicationTargets[].account", "replicationTargets[].target",
}

// walker collects the property paths of a schema.
type walker struct {
	defs  map[string]any
	paths map[string]map[string]any
}

func (w *walker) walk(path string, node map[string]any) {
	if ref, ok := node["$ref"].(string); ok {
		w.walk(path, w.defs[strings.TrimPrefix(ref, "#/$defs/")].(map[string]any))
	}
	if items, ok := node["items"].(map[string]any); ok {
		w.walk(path+"[]", items)
	}
	properties, _ := node["properties"].(map[string]any)
	for name, p := range properties {
		property, ok := p.(map[string]any)
		if !ok || name == "env" && len(properties) == 1 { // {env: NAME}
			continue
		}
		below := strings.TrimPrefix(path+"."+name, ".")
		w.paths[below] = property
		w.walk(below, property)
	}
}

// schemaPaths gives the properties of items by path.
func schemaPaths(t *testing.T) map[string]map[string]any {
	t.Helper()
	var root map[string]any
	if err := json.Unmarshal([]byte(schema.Config()), &root); err != nil {
		t.Fatal(err)
	}
	w := &walker{defs: root["$defs"].(map[string]any), paths: map[string]map[string]any{}}
	for name, p := range root["properties"].(map[string]any) {
		if name == "registries" || name == "replicationTargets" {
			w.walk(name, p.(map[string]any))
		}
	}
	return w.paths
}

func TestEveryFieldIsInTheSchema(t *testing.T) {
	t.Parallel()
	paths, covered := schemaPaths(t), map[string]bool{}
	for _, d := range catalog.Providers() {
		seen := map[string]bool{}
		for _, f := range d.Fields {
			property, known := paths[f.YAML]
			if !known {
				t.Errorf("%s %s: the schema has no %s", d.Name, f.Name, f.YAML)
			}
			if text, ok := property["default"].(string); ok && text != "" && text != f.Default {
				t.Errorf("%s %s: the schema's default is %s, the table's %s", d.Name, f.Name, text, f.Default)
			}
			if seen[f.Name] {
				t.Errorf("%s declares %s twice", d.Name, f.Name)
			}
			seen[f.Name], covered[f.YAML] = true, true
			wantKind := model.Registration
			if strings.HasPrefix(f.YAML, "replicationTargets[]") {
				wantKind = model.ReplicationTarget
			}
			if d.Items != wantKind {
				t.Errorf("%s holds items of kind %s, but %s is at %s", d.Name, d.Items, f.Name, f.YAML)
			}
		}
	}
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		if !covered[path] && !slices.Contains(structural, path) {
			t.Errorf("no provider has a field for %s", path)
		}
	}
	for _, path := range structural {
		if _, known := paths[path]; !known || covered[path] {
			t.Errorf("%s is not a structural key of the schema", path)
		}
	}
}

func TestEveryFieldSaysWhatItRestsOn(t *testing.T) {
	t.Parallel()
	advice := regexp.MustCompile(`delete.* console`)
	types := []model.Type{model.String, model.Integer, model.Boolean, model.StringMap}
	for _, d := range catalog.Providers() {
		keys := 0
		for _, f := range d.Fields {
			switch {
			case f.Source == "" || f.Wire == "" || f.Name == "":
				t.Errorf("%s %s lacks source, wire name or name", d.Name, f.Name)
			case !slices.Contains(types, f.Type):
				t.Errorf("%s %s has the type %q", d.Name, f.Name, f.Type)
			case f.Immutable != "" && !advice.MatchString(f.Immutable):
				t.Errorf("%s %s is immutable without an advice: %s", d.Name, f.Name, f.Immutable)
			case f.Secret && f.Observable():
				t.Errorf("%s %s is a secret that would be compared", d.Name, f.Name)
			case f.Key && !f.Observable():
				t.Errorf("%s %s is a key that cannot be read", d.Name, f.Name)
			}
			if f.Key {
				keys++
			}
		}
		if keys == 0 || d.Title == "" {
			t.Errorf("%s has no key or no title", d.Name)
		}
		if _, ok := d.Field("absent"); ok {
			t.Errorf("%s has a field that it does not declare", d.Name)
		}
	}
}

// TestDesiredItemsFitTheTable maps every example.
func TestDesiredItemsFitTheTable(t *testing.T) {
	t.Parallel()
	goTypes := map[model.Type]any{model.String: "", model.Integer: int64(0), model.Boolean: false, model.StringMap: map[string]string{}}
	items := 0
	for file, c := range examples(t) {
		for _, a := range c.Accounts {
			d := definition(t, a.Provider)
			for _, it := range d.Desired(c, a, empty) {
				items++
				if it.Kind != d.Items || it.Name == "" || len(it.Key.Parts) == 0 || it.Position.IsZero() || it.ID != "" {
					t.Errorf("%s: %+v", file, it)
				}
				for name, v := range it.Values {
					f, known := d.Field(name)
					_, fromEnv := v.(model.FromEnv)
					if !known || f.Secret || !fromEnv && typeName(v) != typeName(goTypes[f.Type]) {
						t.Errorf("%s: %s has %T in %s", file, it.Name, v, name)
					}
					if it.FieldPosition(name).IsZero() {
						t.Errorf("%s: %s does not know where %s stands", file, it.Name, name)
					}
				}
				for name, ref := range it.Secrets {
					base, _, _ := strings.Cut(name, "[")
					if f, known := d.Field(base); !known || !f.Secret || ref.IsZero() {
						t.Errorf("%s: %s has the secret %s", file, it.Name, name)
					}
				}
			}
		}
	}
	if items < 5 {
		t.Errorf("the examples hold %d items only", items)
	}
}

func typeName(v any) string {
	switch v.(type) {
	case string:
		return "string"
	case int64:
		return "int64"
	case bool:
		return "bool"
	case map[string]string:
		return "map"
	}
	return "none"
}

// TestKeysAreNeverModified changes every live value under keys that match.
func TestKeysAreNeverModified(t *testing.T) {
	t.Parallel()
	for file, c := range examples(t) {
		for _, a := range c.Accounts {
			d := definition(t, a.Provider)
			items := d.Desired(c, a, empty)
			var live []model.Item
			for i, it := range items {
				it.ID = strings.Repeat("1", i+1)
				it.Values = maps.Clone(it.Values)
				for name := range it.Values {
					it.Values[name] = "something else"
				}
				live = append(live, it)
			}
			p := plan.New([]plan.Input{{Name: a.Name, Fields: d.Fields, Desired: items, Live: live}}, func(string) bool { return false })
			if len(p.Changes) != len(items) {
				t.Errorf("%s: %d changes of %d items", file, len(p.Changes), len(items))
			}
			for _, c := range p.Changes {
				for _, name := range c.Changed() {
					if f, _ := d.Field(name); f.Key || !f.Observable() {
						t.Errorf("%s: %s would modify %s", file, c.Name, name)
					}
				}
			}
		}
	}
}

// TestPlaces tells which parts of an account identify where its items live.
func TestPlaces(t *testing.T) {
	t.Parallel()
	want := map[string]model.Place{
		sas: {Provider: sas, Region: "cn-hangzhou", DataCenter: "tds.cn-shanghai.aliyuncs.com"},
		hss: {Provider: hss, Region: "cn-north-4", ProjectID: project, EnterpriseProjectID: "all_granted_eps"},
		swr: {Provider: swr, Region: "cn-north-4", ProjectID: project, InstanceID: instance},
	}
	for name, place := range want {
		if diff := cmp.Diff(place, definition(t, name).Place(account(name))); diff != "" {
			t.Error(diff)
		}
	}
}
