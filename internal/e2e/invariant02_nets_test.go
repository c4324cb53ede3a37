package e2e

import (
	"strings"
	"testing"

	"regent/internal/emulator"
)

// TestInvariant02NameOfTheFileIsMasked where it holds a secret: it comes from no server, so that only the masks of the streams and
// of the audit file hide it. Text in the file that holds one is refused.
func TestInvariant02NameOfTheFileIsMasked(t *testing.T) {
	t.Parallel()
	const value = "same-as-the-secret"
	for _, format := range []string{"text", "markdown", "json"} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, emulator.Options{})
			d := swrHarbor()
			w.env["SWR_SECRET"] = value
			file, audit := w.file(value+".yaml", d.file(1)), w.path("audit.jsonl")
			texts := map[string]string{}
			for _, r := range []result{w.plan(file, "--format", format).exits(t, 0), w.apply(file, "--format", format, "--audit", audit).exits(t, 0)} {
				texts["stdout of "+r.args[0]], texts["stderr of "+r.args[0]] = r.out, r.err
			}
			texts["the audit file"] = w.read(audit)
			leakFree(t, []string{value}, texts)
			if !strings.Contains(texts["stdout of plan"], "***") || !strings.Contains(texts["the audit file"], "***") {
				t.Errorf("nothing is masked: %v", texts)
			}
		})
	}
}

// TestInvariant02CrashesShowNoShortSecret: the mask of the streams leaves secrets of few characters, which would blank out
// words; a panic that says one is not shown.
func TestInvariant02CrashesShowNoShortSecret(t *testing.T) {
	t.Parallel()
	w := newWorld(t, emulator.Options{})
	w.env["SWR_SECRET"] = "Zq%7j"
	r := w.crashing("NO_COLOR", 1, func(string) any { return "fell over Zq%7j" }, "plan", "-f", w.file("r.yaml", swrHarbor().file(1)))
	if r.exits(t, 1); strings.Contains(r.out+r.err, "Zq%7j") || !strings.Contains(r.err, "internal error") {
		t.Error(r)
	}
}
