package docs

import (
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func exists(name string) bool {
	_, err := os.Stat(filepath.Join(root, filepath.FromSlash(name)))
	return err == nil
}

func TestRelativeLinksResolve(t *testing.T) {
	anchors := map[string]map[string]bool{}
	all := pages(t)
	for _, p := range all {
		anchors[p.name] = p.anchors()
	}
	for _, p := range all {
		for _, l := range p.links() {
			u, err := url.Parse(l.target)
			if err != nil {
				t.Errorf("%s:%d: %s is no link: %v", p.name, l.line, l.target, err)
				continue
			}
			if u.Scheme != "" || u.Host != "" {
				continue
			}
			target := p.name
			if u.Path != "" {
				target = path.Join(path.Dir(p.name), u.Path)
			}
			// Links that start with ../../ lead from a file to GitHub's own pages of the repository.
			if strings.HasPrefix(target, "../") {
				continue
			}
			if !exists(target) {
				t.Errorf("%s:%d: %s does not exist", p.name, l.line, l.target)
			} else if known, isPage := anchors[target]; u.Fragment != "" && isPage && !known[u.Fragment] {
				t.Errorf("%s:%d: %s has no heading #%s", p.name, l.line, target, u.Fragment)
			}
		}
	}
}

// namedPath is a code span that names a file or folder of the repository.
var namedPath = regexp.MustCompile("`((?:\\.ci|\\.github|cmd|docs|examples|internal|schema)/[A-Za-z0-9_./-]*)`")

func TestFilesNamedInTheDocumentationExist(t *testing.T) {
	for _, p := range pages(t) {
		for i, l := range p.prose() {
			for _, m := range namedPath.FindAllStringSubmatch(l, -1) {
				if !exists(m[1]) {
					t.Errorf("%s:%d: %s does not exist", p.name, i+1, m[1])
				}
			}
		}
	}
}

// TestEveryInvariantOfTheDocumentationHasTests keeps the numbers of the table and the names of the tests together.
func TestEveryInvariantOfTheDocumentationHasTests(t *testing.T) {
	var tests strings.Builder
	err := filepath.WalkDir(filepath.Join(root, "internal"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		tests.Write(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	_, table, ok := strings.Cut(readPage(t, "docs/architecture.md").text, "\n## Invariants\n")
	if !ok {
		t.Fatal("docs/architecture.md has no invariants")
	}
	rows := regexp.MustCompile(`(?m)^\| (\d+) \|`).FindAllStringSubmatch(table, -1)
	if len(rows) != 12 {
		t.Errorf("docs/architecture.md lists %d invariants, want 12", len(rows))
	}
	for _, m := range rows {
		if name := fmt.Sprintf("func TestInvariant%02s", m[1]); !strings.Contains(tests.String(), name) {
			t.Errorf("invariant %s has no test: there is no %s...", m[1], name)
		}
	}
}
