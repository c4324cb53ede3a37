package mutants

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var all = flag.Bool("mutants", false, "test the tests: take each guard of the invariants away, which takes a quarter of an hour on two cores")

// root is the module's folder, seen from this package.
const root = "../.."

// mutant is the program without one guard.
type mutant struct {
	// guard says in plain words what is taken away.
	guard string
	// edits take it away: one, or several where a guard lies in several places or has a second net below it.
	edits []edit
	// folder is that of the package whose tests notice.
	folder string
	// tests are their names. Each of them fails.
	tests []string
}

// edit replaces a text that stands exactly once in a file. Edits of one file are made in their order, and each fits the
// file as it is.
type edit struct{ file, from, to string }

// in gives one edit.
func in(file, from, to string) []edit { return []edit{{file, from, to}} }

// invariants are the mutants of the ten invariants of docs/architecture.md, the first at 0.
func invariants() [10][]mutant {
	return [...][]mutant{
		readingCannotWrite(), secretsStay(), samePlan(), planAndNothingElse(), noBlindCreate(), secondApplyIsEmpty(),
		unmanagedIsLeftAlone(), everyChangeHasAnEnd(), messagesAreNamed(), interruptsAreHeard(),
	}
}

// each calls do for every mutant, in a subtest of its own.
func each(t *testing.T, do func(t *testing.T, invariant int, m mutant)) {
	t.Helper()
	for i, mutants := range invariants() {
		for _, m := range mutants {
			t.Run(fmt.Sprintf("%02d %s", i+1, m.guard), func(t *testing.T) { do(t, i+1, m) })
		}
	}
}

// edited gives the files of a mutant as it has them, by name. Every text must stand exactly once in its true file.
func (m mutant) edited(t *testing.T) map[string]string {
	t.Helper()
	files := map[string]string{}
	for _, e := range m.edits {
		content, err := os.ReadFile(filepath.Join(root, e.file))
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(content), e.from); n != 1 || e.from == e.to {
			t.Fatalf("%s holds this text %d times, want once and another one in its place; the guard may have moved:\n%s", e.file, n, e.from)
		}
		if _, begun := files[e.file]; !begun {
			files[e.file] = string(content)
		}
		if n := strings.Count(files[e.file], e.from); n != 1 {
			t.Fatalf("after the edits before it, %s holds this text %d times:\n%s", e.file, n, e.from)
		}
		files[e.file] = strings.Replace(files[e.file], e.from, e.to, 1)
	}
	return files
}

// TestMutantsFit keeps the table of mutants in step with the program.
func TestMutantsFit(t *testing.T) {
	t.Parallel()
	for i, mutants := range invariants() {
		if len(mutants) == 0 {
			t.Errorf("invariant %d has no mutant", i+1)
		}
	}
	guards, tests := map[string]bool{}, map[string]string{}
	each(t, func(t *testing.T, invariant int, m mutant) {
		if m.guard == "" || guards[m.guard] || len(m.edits) == 0 || len(m.tests) == 0 {
			t.Fatalf("the mutant has no name of its own, no edit or no test: %+v", m)
		}
		guards[m.guard] = true
		m.edited(t)
		if tests[m.folder] == "" {
			tests[m.folder] = testsOf(t, m.folder)
		}
		for _, name := range m.tests {
			if !strings.HasPrefix(name, fmt.Sprintf("TestInvariant%02d", invariant)) {
				t.Errorf("%s is no test of invariant %d", name, invariant)
			}
			if found, err := regexp.MatchString(`(?m)^func `+name+`\(`, tests[m.folder]); err != nil || !found {
				t.Errorf("%s has no test %s (%v)", m.folder, name, err)
			}
		}
	})
}

// testsOf gives the test files of a folder, one after the other.
func testsOf(t *testing.T, folder string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, folder, "*_test.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s has no tests: %v", folder, err)
	}
	var text strings.Builder
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text.Write(content)
	}
	return text.String()
}
