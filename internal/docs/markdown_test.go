package docs

import (
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write what the code renders into the documentation")

// root is the repository's folder, seen from this package.
const root = "../.."

// page is a Markdown file.
type page struct {
	// name is the file's path from the repository's folder, with slashes.
	name, text string
}

func readPage(t *testing.T, name string) page {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return page{name: name, text: strings.ReplaceAll(string(text), "\r\n", "\n")}
}

// pages gives every Markdown file of the repository.
func pages(t *testing.T) []page {
	t.Helper()
	var out []page
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		if d.IsDir() && (name == ".git" || name == "bin" || name == "dist" || d.Name() == "testdata") {
			return filepath.SkipDir
		}
		if !d.IsDir() && strings.HasSuffix(name, ".md") {
			out = append(out, readPage(t, name))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// write stores a page after an -update.
func (p page) write(t *testing.T) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(root, filepath.FromSlash(p.name)), []byte(p.text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// block finds what stands between the comments <!-- begin NAME --> and <!-- end NAME -->.
func (p page) block(name string) (start, end int, err error) {
	begin, finish := "<!-- begin "+name+" -->\n", "<!-- end "+name+" -->"
	start = strings.Index(p.text, begin)
	end = strings.Index(p.text, finish)
	if start < 0 || end < start || strings.Count(p.text, begin) != 1 || strings.Count(p.text, finish) != 1 {
		return 0, 0, fmt.Errorf("%s has no block %s", p.name, name)
	}
	return start + len(begin), end, nil
}

// holdBlock compares a marked block with what the code renders, or rewrites it with -update.
func holdBlock(t *testing.T, name, block, want string) {
	t.Helper()
	p := readPage(t, name)
	start, end, err := p.block(block)
	if err != nil {
		t.Fatal(err)
	}
	want = "\n" + want + "\n"
	got := p.text[start:end]
	if got == want {
		return
	}
	if *update {
		p.text = p.text[:start] + want + p.text[end:]
		p.write(t)
		return
	}
	t.Errorf("%s: the block %q is not what the code says; run go test ./internal/docs -update\n%s", name, block, firstDifference(got, want))
}

// firstDifference shows where two texts part.
func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range max(len(g), len(w)) {
		if line(g, i) != line(w, i) {
			return fmt.Sprintf("line %d of it\n  is        %s\n  should be %s", i+1, line(g, i), line(w, i))
		}
	}
	return ""
}

func line(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return "(nothing)"
}

var fence = regexp.MustCompile("^(`{3,}|~{3,})")

// prose gives a page's lines, those of code blocks left empty so that the others keep their numbers.
func (p page) prose() []string {
	lines := strings.Split(p.text, "\n")
	inside := ""
	for i, l := range lines {
		mark := fence.FindString(strings.TrimSpace(l))
		switch {
		case inside == "" && mark != "":
			inside, lines[i] = mark, ""
		case inside != "":
			if strings.HasPrefix(mark, inside) {
				inside = ""
			}
			lines[i] = ""
		}
	}
	return lines
}

var (
	heading    = regexp.MustCompile(`^#{1,6} +(.*?)#* *$`)
	notInSlug  = regexp.MustCompile(`[^\p{L}\p{N}\-_ ]`)
	inlineLink = regexp.MustCompile(`\[[^\]]*\]\(<?([^)>\s]+)>?(?: "[^"]*")?\)`)
	linkTarget = regexp.MustCompile(`^\[[^\]]+\]: +<?(\S+?)>?$`)
	codeSpan   = regexp.MustCompile("`+[^`]+`+")
)

// anchors gives the fragments that a page's headings answer to, as GitHub makes them.
func (p page) anchors() map[string]bool {
	out := map[string]bool{}
	for _, l := range p.prose() {
		m := heading.FindStringSubmatch(l)
		if m == nil {
			continue
		}
		slug := strings.ReplaceAll(strings.ToLower(notInSlug.ReplaceAllString(m[1], "")), " ", "-")
		name := slug
		for n := 1; out[name]; n++ {
			name = fmt.Sprintf("%s-%d", slug, n)
		}
		out[name] = true
	}
	return out
}

// reference is something a page names, with the number of its line.
type reference struct {
	line   int
	target string
}

// links gives the targets of a page's links.
func (p page) links() []reference {
	var out []reference
	for i, l := range p.prose() {
		l = codeSpan.ReplaceAllStringFunc(l, func(s string) string { return strings.Repeat("x", len(s)) })
		for _, m := range inlineLink.FindAllStringSubmatch(l, -1) {
			out = append(out, reference{i + 1, m[1]})
		}
		if m := linkTarget.FindStringSubmatch(l); m != nil {
			out = append(out, reference{i + 1, m[1]})
		}
	}
	return out
}
