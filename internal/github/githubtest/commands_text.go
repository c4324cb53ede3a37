package githubtest

import (
	"slices"
	"unicode"
	"unicode/utf16"
)

// text is a line as the runner handles it: in units of UTF-16. The runner looks for "::" and "##[" with comparisons of
// its language, which do not see some characters at all, and then cuts by position, which does. So a zero width space is
// no way to break a command in every place, and where exactly such a match begins is not told: text takes every
// beginning that is possible, and so takes a line for a command rather than not.
type text []uint16

func newText(s string) text { return utf16.Encode([]rune(s)) }

// cut gives the text from one position to another, or nothing where the runner would fail.
func (x text) cut(from, to int) string {
	if from > to || to > len(x) {
		return ""
	}
	return string(utf16.Decode(x[from:to]))
}

// begins tells whether a pattern of ASCII stands at a position for who does not see some characters.
func (x text) begins(at int, pattern string) bool {
	for at < len(x) && pattern != "" {
		r, size := rune(x[at]), 1
		if utf16.IsSurrogate(r) && at+1 < len(x) {
			r, size = utf16.DecodeRune(r, rune(x[at+1])), 2
		}
		at += size
		if unseen(r) {
			continue
		}
		if rune(pattern[0]) != r {
			return false
		}
		pattern = pattern[1:]
	}
	return pattern == ""
}

// find gives the places where the first match of a pattern from a position on may begin: at its first character, or at
// one of the unseen characters before it.
func (x text) find(from int, pattern string) []int {
	var out []int
	for at := from; at < len(x); at++ {
		if x.begins(at, pattern) {
			out = append(out, at)
			continue
		}
		if len(out) > 0 {
			break
		}
	}
	return out
}

// unseen tells whether comparisons skip a character (Unicode's ignorable characters of all levels: controls but for
// white space, formats such as zero width spaces, fillers, variation selectors).
func unseen(r rune) bool {
	switch {
	case r == '\t' || r >= '\n' && r <= '\r' || r == 0x85:
		return false
	case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Variation_Selector):
		return true
	}
	return slices.Contains([]rune{0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFFA0}, r)
}
