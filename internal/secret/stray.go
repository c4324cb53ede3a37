package secret

import (
	"fmt"
	"strings"
	"unicode"
)

// Stray says which character the secret has that nothing which signs a request or logs in at a cloud can have: one that breaks
// a line or does not print, or a blank at an end. It is empty when there is none, and tells no more of the secret. The text
// continues a sentence like that of [Value.Unfit].
//
// Such a secret is a mistake of copying. Each request with it would be refused, and a key that is refused five times in a row
// is locked for everybody.
func (v Value) Stray() string {
	text := v.Reveal()
	front, back := strings.TrimLeftFunc(text, stray), strings.TrimRightFunc(text, stray)
	inside := strings.IndexFunc(text, func(r rune) bool { return !unicode.IsPrint(r) })
	switch {
	case text == "":
		return ""
	case front == "":
		return "holds nothing but blanks; store it anew"
	case back != text:
		return fmt.Sprintf("ends in %s; store it without", called(text[len(back):]))
	case front != text:
		return fmt.Sprintf("begins with %s; store it without", called(text))
	case inside >= 0:
		return fmt.Sprintf("holds %s; store it without", called(text[inside:]))
	}
	return ""
}

// stray reports whether a character is a blank or does not print.
func stray(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }

// called names the first character of a text.
func called(text string) string {
	for _, r := range text {
		switch {
		case r == '\n', r == '\r':
			return "a line break"
		case unicode.IsSpace(r) && r <= ' ':
			return "a blank"
		default:
			return fmt.Sprintf("the character U+%04X, which cannot be seen", r)
		}
	}
	return ""
}
