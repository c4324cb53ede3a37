package reporttest_test

import (
	"testing"

	"github.com/yuin/goldmark/ast"

	"regent/internal/report/reporttest"
)

// TestAwake: what GitHub would link or replace is found where a reader sees it, and nowhere else.
func TestAwake(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		"ask @octocat":              "@",
		"ask `@octocat`":            "",
		"in *#12*":                  "#",
		"in GH-12":                  "GH-1",
		"at &#104;ttp://x":          "://",
		`a \:smile\: is one`:        ":smile:",
		"since 0123456789abcdef":    "0123456789abcdef",
		"[a link](https://x.test)":  "",
		"nothing, but 123456 of it": "",
	} {
		src := []byte(source)
		got := ""
		for n := range blocks(reporttest.Parse(src)) {
			if piece, _ := reporttest.Awake(n, src); piece != "" {
				got = piece
			}
		}
		if got != want {
			t.Errorf("%q: found %q, want %q", source, got, want)
		}
	}
}

func blocks(root ast.Node) func(func(ast.Node) bool) {
	return func(yield func(ast.Node) bool) {
		_ = ast.Walk(root, func(n ast.Node, entering bool) (ast.WalkStatus, error) { // the function gives no error
			if entering && n.Type() == ast.TypeBlock && !yield(n) {
				return ast.WalkStop, nil
			}
			return ast.WalkContinue, nil
		})
	}
}
