package mutants

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

// TestEveryGuardIsNeeded runs the tests of each mutant. One that survives is a guard without a test. So many mutants run at
// once as -parallel says.
func TestEveryGuardIsNeeded(t *testing.T) {
	if !*all {
		t.Skip("compiles and tests the program once for each of its guards, which takes a quarter of an hour: give -mutants, and -timeout 2h")
	}
	var mu sync.Mutex
	rows := map[string][]string{}
	t.Cleanup(func() { t.Logf("\n%s", table(rows)) }) // when all of them have ended
	unmutated := &unmutated{folders: map[string]func(*testing.T) map[string]end{}}
	each(t, func(t *testing.T, invariant int, m mutant) {
		t.Parallel()
		sound := unmutated.run(t, m.folder)
		for _, name := range m.tests {
			if sound[name].end != "pass" {
				t.Fatalf("%s does not pass in the program as it is: %q %s", name, sound[name].end, sound[name].said)
			}
		}
		overlay := m.overlay(t)
		m.compiles(t, overlay)
		ends := runTests(t, overlay, m.folder, m.tests)
		for _, name := range m.tests {
			if ends[name].end != "fail" {
				t.Errorf("the mutant survives: %s ends in %q without the guard", name, ends[name].end)
				continue
			}
			mu.Lock()
			rows[m.guard] = append(rows[m.guard], fmt.Sprintf("| %d | %s | %s | `%s` | %s |", invariant, m.guard, m.files(), name, ends[name].said))
			mu.Unlock()
		}
	})
}

// table puts the rows of all mutants, by their guards, into the order of the invariants.
func table(rows map[string][]string) string {
	lines := []string{"| # | Guard taken away | File | Test that failed | What it said first |", "|---|---|---|---|---|"}
	for _, mutants := range invariants() {
		for _, m := range mutants {
			lines = append(lines, rows[m.guard]...)
		}
	}
	return strings.Join(lines, "\n")
}

// files names the edited files for the table.
func (m mutant) files() string {
	var names []string
	for _, e := range m.edits {
		if name := "`" + e.file + "`"; !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}

// overlay writes the edited files and gives the file that has the go command read them in place of the true ones.
func (m mutant) overlay(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	replace := map[string]string{}
	for file, content := range m.edited(t) {
		source, err := filepath.Abs(filepath.Join(root, file))
		if err != nil {
			t.Fatal(err)
		}
		replace[source] = filepath.Join(dir, fmt.Sprintf("%d-%s", len(replace), path.Base(file)))
		if err := os.WriteFile(replace[source], []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	text, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	overlay := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(overlay, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return overlay
}

// command is one of the go command's. The overlay goes into GOFLAGS, so that what a test builds has it too.
func command(t *testing.T, overlay string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "RAPID_NOFAILFILE=true") // a test that fails as it should is nothing to keep
	if overlay != "" {
		cmd.Env = append(cmd.Env, strings.TrimSpace("GOFLAGS="+os.Getenv("GOFLAGS")+" '-overlay="+overlay+"'"))
	}
	return cmd
}

// compiles insists that the edited packages are still a program: a mutant that does not compile shows nothing.
func (m mutant) compiles(t *testing.T, overlay string) {
	t.Helper()
	folders := map[string]bool{}
	for _, e := range m.edits {
		folders["./"+path.Dir(e.file)] = true
	}
	args := append([]string{"build", "-o", os.DevNull}, slices.Sorted(maps.Keys(folders))...)
	if out, err := command(t, overlay, args...).CombinedOutput(); err != nil {
		t.Fatalf("the mutant does not compile: %v\n%s", err, out)
	}
}

// end is how a test ended: "pass", "fail", "skip", or nothing when it did not run to its end.
type end struct{ end, said string }

// unmutated tells how the tests of each folder end in the program as it is. They run once, when the first mutant asks.
type unmutated struct {
	mu      sync.Mutex
	folders map[string]func(*testing.T) map[string]end
}

func (u *unmutated) run(t *testing.T, folder string) map[string]end {
	t.Helper()
	u.mu.Lock()
	ask := u.folders[folder]
	if ask == nil {
		var once sync.Once
		var ends map[string]end
		ask = func(t *testing.T) map[string]end {
			once.Do(func() { ends = runTests(t, "", folder, named(folder)) })
			return ends
		}
		u.folders[folder] = ask
	}
	u.mu.Unlock()
	return ask(t)
}

// named are the tests of a folder that mutants name.
func named(folder string) []string {
	names := map[string]bool{}
	for _, mutants := range invariants() {
		for _, m := range mutants {
			for _, name := range m.tests {
				if m.folder == folder {
					names[name] = true
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// event is a line of go test -json.
type event struct{ Action, Test, Output string }

// runTests runs tests of a folder and tells how each ended.
func runTests(t *testing.T, overlay, folder string, names []string) map[string]end {
	t.Helper()
	cmd := command(t, overlay, "test", "-json", "-count=1", "-vet=off", "-timeout=10m", "-run", "^("+strings.Join(names, "|")+")$", "./"+folder)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if _, failed := errors.AsType[*exec.ExitError](err); err != nil && !failed {
		t.Fatal(err)
	}
	ends, begun, crashed := map[string]end{}, []string{}, false
	for line := range bytes.Lines(out) {
		var e event
		if err := json.Unmarshal(line, &e); err != nil {
			t.Fatalf("go test wrote %q: %v\n%s", line, err, stderr.String())
		}
		name, _, sub := strings.Cut(e.Test, "/")
		now := ends[name]
		switch {
		case e.Action == "output" && now.said == "":
			now.said = firstLine(e.Output)
		case !sub && (e.Action == "pass" || e.Action == "fail" || e.Action == "skip"):
			now.end = e.Action
		case !sub && e.Action == "run":
			begun = append(begun, name)
		}
		crashed = crashed || strings.HasPrefix(e.Output, "panic: ") && !strings.Contains(e.Output, "timed out")
		ends[name] = now
	}
	for _, name := range begun {
		if now := ends[name]; crashed && now.end == "" { // it took the others with it
			now.end = "fail"
			ends[name] = now
		}
	}
	if len(ends) < 2 { // the events of the package itself have no name
		t.Fatalf("no test of %s ran: %v\n%s%s", folder, err, out, stderr.String())
	}
	return ends
}

// message is the first line of what a test says, or of a panic.
var message = regexp.MustCompile(`^\s*\w+\.go:\d+: (.+)|^(panic: .+)`)

// paths are folders of the machine.
var paths = regexp.MustCompile(`(/[\w.#+-]+)+/`)

// firstLine gives a message as it can stand in a table; nothing for lines that are none.
func firstLine(output string) string {
	m := message.FindStringSubmatch(strings.TrimRight(output, "\n"))
	if m == nil {
		return ""
	}
	text := []rune(strings.NewReplacer("`", "'", "\n", " ", "\t", " ", "|", `\|`).Replace(paths.ReplaceAllString(m[1]+m[2], "")))
	if len(text) > 160 {
		text = append(text[:160], '…')
	}
	return "`" + string(text) + "`"
}
