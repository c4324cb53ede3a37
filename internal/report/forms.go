package report

import (
	"strings"
	"unicode"
)

// Forms gives the ways in which reports write a text of others that are not the text itself: escaped for Markdown in and
// outside of tables, with words that became code spans, blanks that became one, and with what does not print replaced. A
// mask that knows them finds a secret in a finished report too.
func Forms(text string) []string {
	shown := display(text)
	var out []string
	for _, f := range []string{
		Clean(text), strings.Join(strings.Fields(text), " "), escape(text, code), escape(text, cell),
		content(code(text)), content(cell(text)), content(shown), content(code(shown)), content(cell(shown)),
	} {
		if f != text && telling(f) {
			out = append(out, f)
		}
	}
	return out
}

// content takes the marks and blanks around a code span or a quotation away.
func content(s string) string { return strings.Trim(s, "` \"") }

// telling reports whether enough of a text was left to tell it from others: four letters, digits or signs that no
// replacement makes.
func telling(s string) bool {
	n := 0
	for _, r := range s {
		if r != '?' && r != '`' && unicode.IsGraphic(r) && !unicode.IsSpace(r) {
			n++
		}
	}
	return n >= 4
}
