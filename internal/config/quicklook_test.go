package config

import (
	"encoding/json"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// entriesOf gives the entries of the long lists of a file, as JSON values, by list.
func entriesOf(t *testing.T, d *document) map[string][]any {
	t.Helper()
	out := map[string][]any{}
	for list := range listRules {
		if e, ok := d.root.value.find(list); ok {
			for _, it := range e.value.items() {
				out[list] = append(out[list], jsonValue(it.value, false))
			}
		}
	}
	return out
}

func documentOf(t *testing.T, name string, data []byte) *document {
	t.Helper()
	l := &loader{}
	l.source(Source{Name: name, Data: data})
	if len(l.docs) != 1 || len(l.found.list) > 0 {
		t.Fatalf("%s: %d documents, %v", name, len(l.docs), l.found.err())
	}
	return l.docs[0]
}

// odd are values that some rule refuses and others do not.
var odd = []any{
	nil, true, json.Number("0"), json.Number("1"), json.Number("-7"), json.Number("1000001"), json.Number("0.5"), json.Number("123456789012345678901"),
	"", " ", "a", "harbor", "quay", "jfrog", "swr-pro", "swr-pro-internal", "huawei-SWR", "internet", "swr", "V1", "V3", "name\u0001", " name", "名字",
	strings.Repeat("x", 64), strings.Repeat("x", 65), strings.Repeat("x", 128), strings.Repeat("x", 129), strings.Repeat("名", 128), strings.Repeat("x", 1025),
	"192.0.2.1", "192.0.2.256", "192.0.2.01", "192.0.2", "+1.0.0.1", "2001:db8::1", "2001:db8::1%eth0", "::ffff:192.0.2.1", "cn-hangzhou", "CN", "cn-",
	"https://h.example.com", "HTTPS://H", "ftp://h", "https://", "https://u@h", "https://h/path", "https://h?q", "https://h:8443/",
	"GITHUB_TOKEN", "HW_SECRET", "PASSWORD", "1PASSWORD", "\"internet\"",
	[]any{}, []any{"a"}, []any{map[string]any{}}, map[string]any{}, map[string]any{"env": "P"}, map[string]any{"env": "HW_P"}, map[string]any{"env": nil},
	map[string]any{"vpc": "vpc-1"}, map[string]any{"namespace": "library"}, map[string]any{"h.example.com": "192.0.2.1"}, map[string]any{"x-h": "192.0.2.1"},
	map[string]any{"-h": "192.0.2.1"}, map[string]any{"h": "x"},
}

// spoil changes one thing somewhere in a value.
func spoil(r *rand.Rand, v any, keys []string) any {
	pick := func() any { return odd[r.IntN(len(odd))] }
	if r.IntN(8) == 0 {
		return pick()
	}
	switch v := v.(type) {
	case map[string]any:
		out := maps.Clone(v)
		have := slices.Sorted(maps.Keys(v))
		switch n := r.IntN(10); {
		case len(have) == 0 || n == 0:
			out[keys[r.IntN(len(keys))]] = pick()
		case n == 1:
			delete(out, have[r.IntN(len(have))])
		default:
			key := have[r.IntN(len(have))]
			out[key] = spoil(r, v[key], keys)
		}
		return out
	case []any:
		if len(v) == 0 || r.IntN(5) == 0 {
			return append(slices.Clone(v), pick())
		}
		out, i := slices.Clone(v), r.IntN(len(v))
		out[i] = spoil(r, v[i], keys)
		return out
	}
	return pick()
}

// keysOf gives every key of the schema's definitions.
func keysOf() []string {
	all := map[string]bool{"x-free": true, "unknown": true}
	var walk func(r *quickRule)
	walk = func(r *quickRule) {
		for key, part := range r.Properties {
			all[key] = true
			walk(part)
		}
	}
	for _, r := range quickRules() {
		walk(r)
	}
	return slices.Sorted(maps.Keys(all))
}

// TestQuickLookAgreesWithTheLibrary on the examples, and on thousands of values that differ from them in a few places:
// what the quick look accepts has no violations. Of the rest it may be unsure, but not often.
func TestQuickLookAgreesWithTheLibrary(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../examples/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	keys := keysOf()
	var looks quickLooks
	agree := func(def string, n *node) bool { return looks.agree(t, def, compiled().defs[def], n) }
	for seed, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		r := rand.New(rand.NewPCG(1, uint64(seed)))
		for list, entries := range entriesOf(t, documentOf(t, file, data)) {
			def := listRules[list]
			for _, entry := range entries {
				if !agree(def, nodeOf(t, entry)) {
					t.Errorf("%s: an entry is not accepted at once: %v", file, entry)
				}
				for range 1000 {
					changed := spoil(r, entry, keys)
					for range r.IntN(3) {
						changed = spoil(r, changed, keys)
					}
					agree(def, nodeOf(t, changed))
				}
			}
		}
	}
	for i, name := range []string{"h", "h.example.com", "-h", "", "h..e", "x-h", strings.Repeat("h", 254), "name with blanks", " name", "名字"} {
		for _, def := range []string{"hostName", "accountName"} {
			agree(def, &node{tag: tagText, text: name, at: mark{line: int32(i)}})
		}
	}
	looks.check(t, 1000, 95)
}

// quickLooks counts the values that were looked at.
type quickLooks struct{ accepted, valid, refused int }

// agree tells whether the quick look accepts a value; the library then must.
func (l *quickLooks) agree(t *testing.T, def string, library *jsonschema.Schema, n *node) bool {
	t.Helper()
	sure, right := surelyValid(def, n), library.Validate(jsonValue(n, false)) == nil
	if sure && !right {
		t.Errorf("%s: the library refuses what the quick look accepts: %v", def, jsonValue(n, false))
	}
	if sure {
		l.accepted++
	}
	if right {
		l.valid++
	} else {
		l.refused++
	}
	return sure
}

// check that values of both kinds were looked at, and that a share of the valid ones, in percent, was accepted at once.
func (l *quickLooks) check(t *testing.T, least, share int) {
	t.Helper()
	if l.valid < least || l.refused < least || l.accepted < l.valid*share/100 {
		t.Errorf("of %d valid values %d were accepted at once; %d are not valid", l.valid, l.accepted, l.refused)
	}
}

// nodeOf gives a JSON value as it would be read from a file.
func nodeOf(t *testing.T, v any) *node {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return documentOf(t, "value.yaml", []byte("v: "+string(text))).root.value.content.entries[0].value
}

// TestQuickLookAgreesOnWholeFiles as it does on entries.
func TestQuickLookAgreesOnWholeFiles(t *testing.T) {
	t.Parallel()
	whole := object{
		"version": json.Number("1"),
		"accounts": object{
			"sas": object{"provider": "alibaba-sas", "region": "cn-hangzhou", "credentials": object{"accessKey": object{"env": "A"}, "secretKey": object{"env": "B"}}},
			"hss": object{"provider": "huawei-hss", "region": "cn-north-4", "projectId": "p"},
			"swr": object{"provider": "huawei-swr", "region": "cn-north-4", "projectId": "p", "instanceId": "i", "credentials": object{"authToken": object{"env": "C"}}},
		},
		"registries": []any{object{"name": "h", "type": "harbor", "url": "https://h", "username": "u", "password": object{"env": "P"},
			"scan": []any{object{"account": "hss", "clusterId": "c"}}}},
		"replicationTargets": []any{object{"name": "t", "account": "swr", "type": "huawei-SWR", "url": "https://t", "accessKey": "k", "accessSecret": object{"env": "S"}}},
	}
	var looks quickLooks
	r, keys := rand.New(rand.NewPCG(2, 3)), append(keysOf(), "version", "accounts", "registries", "replicationTargets", "provider")
	for i := range 20_000 {
		var v any = whole
		for range min(i, 1+r.IntN(2)) {
			v = spoil(r, v, keys)
		}
		if sure := looks.agree(t, wholeFile, compiled().file, nodeOf(t, v)); i == 0 && !sure {
			t.Error("the file is not accepted at once")
		}
	}
	looks.check(t, 500, 90)
}

type object = map[string]any

// TestQuickLookSkipsFreeKeys but not the hosts that look like them.
func TestQuickLookSkipsFreeKeys(t *testing.T) {
	t.Parallel()
	target := func(more string) *node {
		return documentOf(t, "t.yaml", []byte("v: {name: t, account: a, type: swr-pro, url: 'https://h', accessKey: k, accessSecret: {env: S}"+more+"}")).
			root.value.content.entries[0].value
	}
	for more, want := range map[string]bool{
		"": true, ", x-note: [1, {a: 0x1F}]": true, ", hosts: {}": true, ", hosts: {x-h: 192.0.2.1}": true, ", hosts: {x-h: nowhere}": false, ", note: 1": false,
	} {
		if got := surelyValid("replicationTarget", target(more)); got != want {
			t.Errorf("%q: %v", more, got)
		}
	}
}

// TestQuickLookCountsEntries of a list.
func TestQuickLookCountsEntries(t *testing.T) {
	t.Parallel()
	for scan, want := range map[string]bool{"[]": false, "[{account: a, clusterId: c}]": true} {
		text := "v: {name: h, type: harbor, url: 'https://h', username: u, password: {env: P}, scan: " + scan + "}"
		if got := surelyValid("registry", documentOf(t, "t.yaml", []byte(text)).root.value.content.entries[0].value); got != want {
			t.Errorf("%s: %v", scan, got)
		}
	}
}

// TestSchemaHoldsOnlyKnownKeywords: a keyword that the quick look does not know is found here and not by a user.
func TestSchemaHoldsOnlyKnownKeywords(t *testing.T) {
	t.Parallel()
	if len(quickRules()) < 10 {
		t.Errorf("%d definitions", len(quickRules()))
	}
	for _, text := range []string{`{"maxProperties": 1}`, `{"$ref": 1}`, `{"pattern": "("}`, `{"const": 1.5}`, `{"const": true}`, `{"patternProperties": {"^y-": {}}}`, `{"type": [1]}`} {
		if json.Unmarshal([]byte(text), &quickRule{}) == nil {
			t.Errorf("%s is read", strconv.Quote(text))
		}
	}
}
