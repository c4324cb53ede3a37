package docs

import (
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
