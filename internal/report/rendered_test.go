package report_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
	"pgregory.net/rapid"

	"regent/internal/report/reporttest"
)

// ownTags are the lines of HTML that reports write themselves.
var ownTags = regexp.MustCompile(`^(</details>|<details><summary>(Fields|Notes|\d+ unmanaged: live, not in the file, never touched|The plan as it is now: [a-z0-9 ,.()-]+)</summary>)\n?$`)

// outline parses Markdown and gives its structure, a line for each block with what stands in it but for text, code spans
// and links of our own. What no report writes is an error.
func outline(t testing.TB, about, source string) string {
	t.Helper()
	src := []byte(source)
	var b strings.Builder
	depth := 0
	line := func(n ast.Node, format string, args ...any) {
		fmt.Fprintf(&b, "%s%s%s\n", strings.Repeat("  ", depth), n.Kind(), fmt.Sprintf(format, args...))
	}
	err := ast.Walk(reporttest.Parse(src), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			if n.Type() == ast.TypeBlock {
				depth--
			}
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Text, *ast.String:
		case *ast.CodeSpan:
			return ast.WalkSkipChildren, nil
		case *ast.Link:
			if to := string(n.Destination); !strings.HasPrefix(to, filesURL) && to != runURL {
				t.Errorf("%s: a link to %s", about, to)
			}
		case *ast.Emphasis:
			line(n, " %d", n.Level)
		case *ast.RawHTML:
			tag := string(n.Segments.Value(src))
			if line(n, " %s", tag); tag != "<br>" {
				t.Errorf("%s: the tag %s", about, tag)
			}
		case *ast.HTMLBlock:
			tag := string(n.Lines().Value(src))
			if line(n, ""); !ownTags.MatchString(tag) {
				t.Errorf("%s: the HTML %q", about, tag)
			}
		case *ast.Heading:
			line(n, " %d", n.Level)
		case *ast.List:
			line(n, " %c %d", n.Marker, n.ChildCount())
		case *extast.TableRow, *extast.TableHeader:
			line(n, " %d", n.ChildCount())
		case *ast.Document, *ast.Paragraph, *ast.TextBlock, *ast.ListItem, *ast.Blockquote, *extast.Table, *extast.TableCell:
			line(n, "")
		default:
			t.Errorf("%s: a %s", about, n.Kind())
			line(n, "")
		}
		if n.Type() == ast.TypeBlock {
			if piece, in := reporttest.Awake(n, src); piece != "" {
				t.Errorf("%s: GitHub makes something of %q in %q", about, piece, in)
			}
			depth++
		}
		return ast.WalkContinue, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestMarkdownRendersInert parses every report of every hostile text, and finds the structure that a harmless text has.
func TestMarkdownRendersInert(t *testing.T) {
	t.Parallel()
	benign := outlines(t, "x")
	for _, s := range payloads() {
		for name, got := range outlines(t, s) {
			if got != benign[name] {
				t.Errorf("%.100q changes the structure of %s:\n%s", s, name, firstChange(benign[name], got))
			}
		}
	}
}

// outlines are the structures of all Markdown made of a text.
func outlines(t testing.TB, s string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for name, source := range all(t, s) {
		if strings.HasSuffix(name, ".md") {
			out[name] = outline(t, fmt.Sprintf("%.100q in %s", s, name), source)
		}
	}
	return out
}

func firstChange(want, got string) string {
	a, b := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf("line %d is %q instead of %q", i+1, b[i], a[i])
		}
	}
	return fmt.Sprintf("%d lines instead of %d", len(b), len(a))
}

// TestMarkdownRendersInertForAnyText puts together what means something in Markdown.
func TestMarkdownRendersInertForAnyText(t *testing.T) {
	t.Parallel()
	benign := outlines(t, "x")
	pieces := append(strings.Split("ab1 |\\`<>[]()!*_~$#@&;:/.-=+^w\n\t漢", ""), "```", "<!--", "-->", "www.", "://", "gh-1", "[^1]", "<br>", "|---|", "5d5fb6c9", "amp;", "\\|")
	rapid.Check(t, func(rt *rapid.T) {
		s := strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 10).Draw(rt, "pieces"), "")
		found := &recorder{TB: t}
		for name, got := range outlines(found, s) {
			if got != benign[name] {
				found.Errorf("%q changes the structure of %s: %s", s, name, firstChange(benign[name], got))
			}
		}
		if found.message != "" {
			rt.Fatal(found.message)
		}
	})
}
