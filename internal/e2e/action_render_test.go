package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"

	"regent/internal/report/reporttest"
)

// What follows looks at every run of the Action in these tests, hostile or not: what it told the runner, and what GitHub
// makes of what it wrote.

// ownHTML is the HTML of regent's own: the marker, and what folds details away.
var ownHTML = regexp.MustCompile(`^(<!-- regent(-drift)?:1 [^<>]* -->|</details>|<details><summary>[A-Za-z0-9 ,.:()-]+</summary>)\n?$`)

// ownLink is where regent's links lead, below the pages of the server.
var ownLink = regexp.MustCompile(`^/octo-org/registries/(actions/runs/\d+(/attempts/\d+)?|blob/[0-9a-f]{40}/[^ ?#]*#L\d+)$`)

// harmless insists that Markdown holds nothing but what a report of regent's has. Web is the address of the server's pages.
func harmless(t testing.TB, about, web, source string) {
	t.Helper()
	src := []byte(source)
	bad := func(format string, args ...any) {
		t.Helper()
		t.Errorf("%s: %s\n%.3000s", about, fmt.Sprintf(format, args...), source)
	}
	_ = ast.Walk(reporttest.Parse(src), func(n ast.Node, entering bool) (ast.WalkStatus, error) { // the function gives no error
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.CodeSpan:
			return ast.WalkSkipChildren, nil
		case *ast.Text, *ast.String, *ast.Emphasis, *ast.Document, *ast.Paragraph, *ast.TextBlock, *ast.Heading, *ast.List, *ast.ListItem,
			*ast.Blockquote, *extast.Table, *extast.TableRow, *extast.TableHeader, *extast.TableCell:
		case *ast.Link:
			if to, below := strings.CutPrefix(string(n.Destination), web); !below || !ownLink.MatchString(to) {
				bad("a link to %s", n.Destination)
			}
		case *ast.RawHTML:
			if tag := string(n.Segments.Value(src)); tag != "<br>" {
				bad("the tag %s", tag)
			}
		case *ast.HTMLBlock:
			if tag := string(n.Lines().Value(src)); !ownHTML.MatchString(tag) {
				bad("the HTML %q", tag)
			}
		default:
			bad("a %s", n.Kind())
		}
		if n.Type() == ast.TypeBlock {
			if piece, in := reporttest.Awake(n, src); piece != "" {
				bad("GitHub makes something of %q in %q", piece, in)
			}
		}
		return ast.WalkContinue, nil
	})
}

// outputNames are those of action.yml.
var outputNames = []string{
	"add", "blocked", "comment-url", "digest", "failed", "has-changes", "modify", "plan-path", "reason", "unknown", "unmanaged",
}

// meant insists that the runner took only commands that regent meant, and got all outputs, each of one line.
func (s *step) meant() {
	s.t.Helper()
	for _, c := range s.annotations("") {
		title := c.Properties["title"]
		if !slices.Contains([]string{"error", "warning", "notice"}, c.Name) || !strings.HasPrefix(title, "regent: ") || strings.Contains(title, "\n") {
			s.t.Errorf("a command that nobody meant: %q", c.Line)
		}
		for name := range c.Properties {
			if !slices.Contains([]string{"title", "file", "line", "col"}, name) {
				s.t.Errorf("the property %s: %q", name, c.Line)
			}
		}
	}
	for _, level := range []string{"error", "warning", "notice"} {
		if n := len(s.annotations(level)); n > 10 {
			s.t.Errorf("%d annotations of level %s, of which GitHub keeps 10", n, level)
		}
	}
	names := slices.Sorted(maps.Keys(s.outputs))
	if !slices.Equal(names, outputNames) {
		s.t.Errorf("the outputs are %v, want %v", names, outputNames)
	}
	for name, value := range s.outputs {
		if strings.ContainsAny(value, "\r\n") {
			s.t.Errorf("output %s has several lines: %q", name, value)
		}
	}
}

// rendered looks at all that a run has left for people to see at GitHub.
func (s *stage) rendered(r *step) {
	s.t.Helper()
	texts := map[string]string{"the summary": r.summary}
	for i, q := range s.hub.Requests() {
		var sent struct{ Title, Body string }
		if len(q.Body) > 0 && json.Unmarshal(q.Body, &sent) == nil {
			texts[fmt.Sprintf("the body of request %d, %s", i, q.Operation)] = sent.Body
			if strings.ContainsAny(sent.Title, "\r\n\x1b") {
				s.t.Errorf("the title %q", sent.Title)
			}
		}
	}
	shown := map[string]string{}
	for name, text := range texts {
		if len(text) < 200_000 { // the tests of reports look at large ones
			harmless(s.t, name, s.hub.WebURL(), text)
		}
		shown[name+" as people read it"] = reporttest.Unescape(text)
	}
	leakFree(s.t, s.secrets, shown)
}
