package docs

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"regent/internal/plan"
	"regent/schema"
)

const formats = "docs/plan-format.md"

// properties collects the names of all properties of a JSON Schema.
func properties(schema any, into map[string]bool) {
	switch s := schema.(type) {
	case map[string]any:
		if named, ok := s["properties"].(map[string]any); ok {
			for name := range named {
				into[name] = true
			}
		}
		for _, v := range s {
			properties(v, into)
		}
	case []any:
		for _, v := range s {
			properties(v, into)
		}
	}
}

// keysOf collects the keys of a JSON value, but for those that are names of the user's own.
func keysOf(value any, into map[string]bool) {
	switch v := value.(type) {
	case map[string]any:
		for name, inner := range v {
			into[name] = true
			if name != "key" {
				keysOf(inner, into)
			}
		}
	case []any:
		for _, inner := range v {
			keysOf(inner, into)
		}
	}
}

// TestEveryKeyOfTheFormatsIsDocumented holds the page against the plan's schema, and against a result and an audit
// file of a real run, its outcomes included.
func TestEveryKeyOfTheFormatsIsDocumented(t *testing.T) {
	page := readPage(t, formats).text
	keys := map[string]bool{}
	var document any
	if err := json.Unmarshal([]byte(schema.Plan()), &document); err != nil {
		t.Fatal(err)
	}
	properties(document, keys)

	workspace(t)
	s := &shell{t: t, env: map[string]string{"HARBOR_PROD_PASSWORD": "made-up-1", "DR_HARBOR_SECRET": "made-up-2"}}
	screen := s.regent("apply", "-f", "examples/registries.yaml", "--sandbox", "--auto-approve", "--audit", "audit.jsonl", "--format", "json")
	start := strings.Index(screen, "\n{")
	if s.code != 0 || start < 0 {
		t.Fatalf("apply ended with %d: %s", s.code, screen)
	}
	if err := json.Unmarshal([]byte(screen[start:]), &document); err != nil {
		t.Fatal(err)
	}
	keysOf(document, keys)
	audit, err := os.ReadFile("audit.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	for l := range bytes.Lines(audit) {
		var event any
		if err := json.Unmarshal(l, &event); err != nil {
			t.Fatal(err)
		}
		keysOf(event, keys)
		if outcome, ok := event.(map[string]any)["outcome"].(string); ok {
			keys[outcome] = true
		}
	}
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		if !strings.Contains(page, "`"+key+"`") {
			t.Errorf("%s does not name the key %s", formats, key)
		}
	}
}

// TestCanonicalFormOfTheDocumentationHashesToTheDigest makes the page's example from the plan file alone, as another
// program would have to, and hashes what the page shows.
func TestCanonicalFormOfTheDocumentationHashesToTheDigest(t *testing.T) {
	page, err := filepath.Abs(filepath.Join(root, filepath.FromSlash(formats)))
	if err != nil {
		t.Fatal(err)
	}
	home, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	workspace(t)
	s := &shell{t: t, env: map[string]string{}}
	s.regent("plan", "-f", "examples/registries.yaml", "--sandbox", "--account", "swr-primary", "--out", "plan.json")
	p, err := plan.Read("plan.json")
	if err != nil {
		t.Fatal(err)
	}
	lines := "1\n" + canonicalLine(t, p)
	t.Chdir(home)
	holdBlock(t, formats, "canonical", "```\n"+lines+"```\n")
	shown, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(lines))
	if got := "sha256:" + hex.EncodeToString(sum[:]); got != p.Digest || !bytes.Contains(shown, []byte(got)) {
		t.Errorf("the lines hash to %s, the plan has %s, and the page must show it", got, p.Digest)
	}
}

// canonicalLine writes the line of the plan's only change as docs/plan-format.md describes it.
func canonicalLine(t *testing.T, p *plan.Plan) string {
	t.Helper()
	if len(p.Changes) != 1 {
		t.Fatalf("%d changes, want one", len(p.Changes))
	}
	c := p.Changes[0]
	a := p.Account(c.Account)
	text := func(v any) string {
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		if err := e.Encode(v); err != nil {
			t.Fatal(err)
		}
		return strings.TrimSuffix(b.String(), "\n")
	}
	var fields, secrets []string
	for _, f := range c.Fields {
		fields = append(fields, `{"field":`+text(f.Field)+`,"before":`+text(f.Before)+`,"after":`+text(f.After)+
			`,"env":`+text(f.Env)+`,"blocked":`+text(f.Blocked != "")+`}`)
	}
	for _, u := range c.Secrets {
		secrets = append(secrets, `{"field":`+text(u.Field)+`,"env":`+text(u.Env)+`}`)
	}
	return `{"account":` + text(c.Account) +
		`,"place":{"provider":` + text(a.Provider) + `,"region":` + text(a.Region) + `,"projectId":` + text(a.ProjectID) +
		`,"instanceId":` + text(a.InstanceID) + `}` +
		`,"credentials":` + text(a.Credentials) + `,"secretsInQuery":` + text(a.SecretsInQuery) + `,"action":` + text(c.Action) + `,"kind":` + text(c.Kind) +
		`,"name":` + text(c.Name) + `,"key":` + text(c.Key) + `,"id":` + text(c.ID) +
		`,"fields":[` + strings.Join(fields, ",") + `],"secrets":[` + strings.Join(secrets, ",") + `]` +
		`,"registry":` + text(c.Registry) + `,"variables":` + text(c.Variables) + `}` + "\n"
}
