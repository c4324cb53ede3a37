// Package reporttest reads Markdown as GitHub does, for tests of what reports write.
package reporttest

import (
	"html"
	"regexp"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"
)

// Parse reads GitHub's flavour of Markdown, footnotes included.
func Parse(source []byte) ast.Node {
	return goldmark.New(goldmark.WithExtensions(extension.GFM, extension.Footnote)).Parser().Parse(text.NewReader(source))
}

// awake is text of which GitHub makes something outside code spans: mentions, mail addresses, issues, mathematics, commits,
// web addresses, emoji.
var awake = regexp.MustCompile(`(?i)[@#$]|\bgh-\d|\b[0-9a-f]{7,40}\b|://|\bwww\.|:[a-z0-9_+-]+:`)

// Awake gives the first piece of a block's own text of which GitHub makes something, and the text; "" if there is none.
func Awake(block ast.Node, source []byte) (piece, in string) {
	in = spoken(block, source)
	return awake.FindString(in), in
}

// escapes are backslashes that take the meaning from a character.
var escapes = regexp.MustCompile(`\\([[:punct:]])`)

// Unescape gives Markdown without what keeps it from being taken for something else, so that a secret in it is found.
func Unescape(markdown string) string {
	return strings.ReplaceAll(escapes.ReplaceAllString(html.UnescapeString(markdown), "$1"), "\u200b", "")
}

// spoken gives the text of a block as a reader sees it, with a line break for each code span, tag and link.
func spoken(block ast.Node, source []byte) string {
	var b strings.Builder
	for n := block.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Text:
			b.WriteString(html.UnescapeString(escapes.ReplaceAllString(string(n.Segment.Value(source)), "$1")))
			if n.SoftLineBreak() {
				b.WriteByte('\n')
			}
		case *ast.CodeSpan, *ast.RawHTML, *ast.Link:
			b.WriteByte('\n')
		default:
			if n.Type() == ast.TypeInline {
				b.WriteString(spoken(n, source))
			}
		}
	}
	return b.String()
}
