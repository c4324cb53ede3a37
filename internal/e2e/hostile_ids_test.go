package e2e

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"regent/internal/emulator"
)

// TestHostileIdentifiersLeadNowhereElse: an identifier comes from a server and becomes a part of the path of a write. One
// that could lead elsewhere, in whatever spelling, is not sent; the others are.
func TestHostileIdentifiersLeadNowhereElse(t *testing.T) {
	t.Parallel()
	d := hssHarbor()
	for name, id := range map[string]string{
		"parent": "..", "itself": ".", "dots": "...", "elsewhere": "../../../v3/auth/tokens", "another entry": "x/../another", "query": "x?enterprise_project_id=y",
		"fragment": "x#y", "escaped": "%2e%2e%2f..", "escaped twice": "%252e%252e", "backslash": `..\..`, "lines": "x\r\nHost: evil.example.com\r\n\r\n",
		"NUL": "x\x00y", "blank": " ", "authority": "//evil.example.com/x", "scheme": "https://evil.example.com/", "no UTF-8": "x\xffy",
		"letters": "записи", "long": strings.Repeat("x", 100_000), "command": "x\n::error::owned", "terminal": "x\x1b[2J",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, emulator.Options{})
			w.seeded(d)
			state := w.State()
			state.HSS.Registries[0].ID = id
			if err := w.SetState(state); err != nil {
				t.Fatal(err)
			}
			var mu sync.Mutex
			var paths []string
			look := func(r *http.Request) {
				if r.Method == http.MethodGet || r.Header.Get("X-Acs-Action") != "" {
					return
				}
				mu.Lock()
				defer mu.Unlock()
				paths = append(paths, r.Method+" "+r.URL.EscapedPath())
			}
			w.before.Store(&look)
			file, audit := w.file("r.yaml", d.edited(t, d.mutable[0])), w.path("audit.jsonl")
			texts := map[string]string{}
			for _, format := range []string{"text", "markdown", "json"} {
				r := w.plan(file, "--format", format)
				texts["stdout of "+format], texts["stderr of "+format] = r.out, r.err
			}
			r := w.apply(file, "--format", "json", "--audit", audit)
			o := decode[applyDoc](t, r.out).only(t)
			texts["the result"], texts["stderr"], texts["the audit file"] = r.out, r.err, w.read(audit)
			inert(t, texts)
			if o.Status != "failed" || !strings.Contains(o.Detail, "has no usable ID") || len(paths) > 0 {
				t.Errorf("it ended as %s (%s) after %q", o.Status, o.Detail, paths)
			}
			w.holds(d, d.wants(1, nil))
		})
	}
	for _, id := range []string{"7f1c7d5a-0000-4b7e-9c55-0a1f6de1c902", "42", "a.b_c~d:e"} {
		w := newWorld(t, emulator.Options{})
		w.seeded(d)
		state := w.State()
		state.HSS.Registries[0].ID = id
		if err := w.SetState(state); err != nil {
			t.Fatal(err)
		}
		w.applied(0, w.file("r.yaml", d.edited(t, d.mutable[0])))
	}
}
