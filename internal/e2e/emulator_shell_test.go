package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"regent/internal/emulator"
)

// TestEmulatorPageWorksFromAShell runs what the page shows as it stands there.
func TestEmulatorPageWorksFromAShell(t *testing.T) {
	t.Parallel()
	for _, tool := range []string{"bash", "curl", "grep", "wc"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("the script needs %s: %v", tool, err)
		}
	}
	page, err := os.ReadFile("../../docs/emulator.md")
	if err != nil {
		t.Fatal(err)
	}
	_, script, found := strings.Cut(string(page), "```bash\n")
	script, _, _ = strings.Cut(script, "```")
	if !found {
		t.Fatal("the page has no script")
	}
	example, err := os.ReadFile("../../examples/registries.yaml")
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, emulator.Options{})
	w.file("registries.yaml", string(example))
	shell := exec.CommandContext(t.Context(), "bash", "-e", "-c", script)
	shell.Dir = w.dir
	shell.Env = []string{
		"PATH=" + filepath.Dir(built(t)) + ":" + os.Getenv("PATH"), "HARBOR_PROD_PASSWORD=harbor-password", "DR_HARBOR_SECRET=dr-secret",
		"SWR_PRIMARY_AK=of another account", "SWR_PRIMARY_SK=of another account",
	}
	out, err := shell.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if !strings.Contains(string(out), "Apply: 1 applied") || !strings.Contains(string(out), "adopted") || !strings.Contains(string(out), `"spoilt":1`) ||
		strings.TrimSpace(lines[len(lines)-1]) != "1" {
		t.Errorf("%s", out)
	}
}
