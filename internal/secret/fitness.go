package secret

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"regent/internal/printable"
)

// MinLength is the shortest secret, in characters, that may be sent anywhere. A shorter one stands by chance in any
// text, so that it could neither be cut out of messages nor be told from them.
const MinLength = 4

// Unfit says why the secret must not be sent, without telling more of it; empty when it may be. The text continues a
// sentence about what holds the secret, and ends with what to do.
//
// No API returns a secret: one that is sent with a line break is wrong until somebody finds out, since no plan can differ.
func (v Value) Unfit() string {
	text := v.Reveal()
	if why := misread(text); why != "" {
		return why
	}
	switch {
	case strings.HasPrefix(text, "\ufeff"):
		return "begins with a byte-order mark (U+FEFF); store it without"
	case utf8.RuneCountInString(text) < MinLength:
		return fmt.Sprintf("holds fewer than %d characters, too few to be kept out of messages; use a longer secret", MinLength)
	}
	return ""
}

// Doubtful says what is unusual about a secret that may be sent all the same; empty for most. It continues a sentence
// like [Value.Unfit].
func (v Value) Doubtful() string {
	text := v.Reveal()
	switch {
	case strings.TrimFunc(text, blank) != text:
		return "has blanks at an end; if they do not belong to it, store it without"
	case strings.ContainsAny(text, "\n\r"):
		return "holds a line break; if that does not belong to it, store it without"
	}
	return ""
}

// UnfitLogin is the function [UnfitLogin] for a login that comes from a variable.
func (v Value) UnfitLogin(most int) string { return UnfitLogin(v.Reveal(), most) }

// UnfitLogin says why a text cannot be a login of at most so many characters, without repeating it; empty when it can be.
// It continues a sentence like [Value.Unfit].
func UnfitLogin(text string, most int) string {
	if why := misread(text); why != "" {
		return why
	}
	for _, r := range text {
		switch {
		case r == '\n' || r == '\r':
			return "holds a line break; store it without"
		case unicode.IsControl(r):
			return fmt.Sprintf("holds the control character U+%04X; store it without", r)
		}
	}
	if _, name := printable.Unseen(text); name != "" {
		return "holds " + name + "; store it without"
	}
	if n := utf8.RuneCountInString(text); n > most {
		return fmt.Sprintf("has %d characters; at most %d", n, most)
	}
	return ""
}

// misread says why nothing was meant by a text, or something else: a request cannot carry it, it has no content, or it has
// the end of the line that it was copied from.
func misread(text string) string {
	switch {
	case !utf8.ValidString(text):
		return "holds text that is not UTF-8, which no request can carry unchanged; store it as UTF-8"
	case text != "" && strings.TrimFunc(text, blank) == "":
		return "holds nothing but blanks; store a value"
	case strings.HasSuffix(text, "\n") || strings.HasSuffix(text, "\r"):
		return "ends in a line break; store it without"
	}
	return ""
}

// blank reports characters that leave a text empty.
func blank(r rune) bool { return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) }
