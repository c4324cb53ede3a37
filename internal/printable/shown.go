package printable

import (
	"strings"
	"unicode"
)

// Shown gives a text with each character that is not seen, or that does something where it is shown, replaced: what does
// not print, what Unicode has ignored by default (variation selectors, fillers, joiners), the blank pattern of Braille, and
// marks that stand on no letter.
func Shown(s string, instead func(rune) string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	var b strings.Builder
	var e eye
	copied := 0
	for i, r := range s {
		if e.sees(r) {
			continue
		}
		b.WriteString(s[copied:i])
		b.WriteString(instead(r))
		copied = i + len(string(r))
	}
	if copied == 0 {
		return s
	}
	b.WriteString(s[copied:])
	return b.String()
}

// eye reads a text character by character.
type eye struct {
	// letter says that the last character was one, or a mark on one.
	letter bool
}

// sees reports whether a character is seen for itself.
func (e *eye) sees(r rune) bool {
	switch {
	case r <= unicode.MaxASCII:
		e.letter = r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		return r >= ' ' && r != 0x7F
	case !unicode.IsPrint(r) || r == brailleBlank || unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector):
		e.letter = false
		return false
	case unicode.IsMark(r):
		return e.letter
	}
	e.letter = unicode.IsLetter(r)
	return true
}

// brailleBlank is a pattern without a dot, which looks like a space.
const brailleBlank = '\u2800'
