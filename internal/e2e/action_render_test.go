package e2e

import (
	"encoding/json"
	"fmt"
	"html"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	gmtext "github.com/yuin/goldmark/text"
)

// What follows looks at every run of the Action in these tests, hostile or not: what it told the runner, and what GitHub
// makes of what it wrote.

// ownHTML is the HTML of regent's own: the marker, and what folds details away.
var ownHTML = regexp.MustCompile(`^(<!-- regent(-drift)?:1 [^<>]* -->|</details>|<details><summary>[A-Za-z0-9 ,.:-]+</summary>)\n?$`)

// ownLink is where regent's links lead, below the pages of the server.
var ownLink = regexp.MustCompile(`^/octo-org/registries/(actions/runs/\d+(/attempts/\d+)?|blob/[0-9a-f]{40}/[^ ?#]*#L\d+)$`)

// awake is text of which GitHub makes something outside code spans: mentions, mail addresses, issues, commits, web
// addresses, emoji, mathematics.
var awake = regexp.MustCompile(`(?i)[@#$]|\bgh-\d|\b[0-9a-f]{7,40}\b|://|\bwww\.|:[a-z0-9_+-]+:`)

// harmless insists that Markdown holds nothing but what a report of regent's has. Web is the address of the server's pages.
func harmless(t testing.TB, about, web, source string) {
	t.Helper()
	src := []byte(source)
	bad := func(format string, args ...any) {
		t.Helper()
		t.Errorf("%s: %s\n%.3000s", about, fmt.Sprintf(format, args...), source)
	}
	root := goldmark.New(goldmark.WithExtensions(extension.GFM, extension.Footnote)).Parser().Parse(gmtext.NewReader(src))
	_ = ast.Walk(root, func(n ast.Node, entering bool) (ast.WalkStatus, error) { // the function gives no error
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
			if found := awake.FindString(spoken(n, src)); found != "" {
				bad("GitHub makes something of %q in %q", found, spoken(n, src))
			}
		}
		return ast.WalkContinue, nil
	})
}

// escapes are backslashes that take the meaning from a character.
var escapes = regexp.MustCompile("\\\\([!-/:-@\\[-`{-~])")

// spoken gives the text of a block as a reader sees it, without code spans and links.
func spoken(block ast.Node, src []byte) string {
	var b strings.Builder
	for n := block.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Text:
			b.WriteString(html.UnescapeString(escapes.ReplaceAllString(string(n.Segment.Value(src)), "$1")))
			if n.SoftLineBreak() {
				b.WriteByte('\n')
			}
		case *ast.CodeSpan, *ast.RawHTML, *ast.Link:
			b.WriteByte('\n')
		default:
			if n.Type() == ast.TypeInline {
				b.WriteString(spoken(n, src))
			}
		}
	}
	return b.String()
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

// readable gives Markdown without what keeps it from being taken for something else, so that a secret in it is found.
func readable(markdown string) string {
	return strings.ReplaceAll(escapes.ReplaceAllString(html.UnescapeString(markdown), "$1"), "\u200b", "")
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
		shown[name+" as people read it"] = readable(text)
	}
	leakFree(s.t, s.secrets, shown)
}
