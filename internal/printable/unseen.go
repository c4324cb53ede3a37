package printable

import (
	"fmt"
	"unicode"
)

// Unseen finds the first character of a text that is not what it looks like: one that is not seen at all, a space that is
// none to a parser, or the full-width form of a mark. It gives the character's offset and its name, as in
// "U+200B (zero-width space)"; without one, -1.
func Unseen(s string) (offset int, name string) {
	for i, r := range s {
		if r < 0x80 {
			continue
		}
		if unicode.In(r, unicode.Zs, unicode.Cf) || fullWidth(r) != "" {
			return i, unseenName(r)
		}
	}
	return -1, ""
}

// unseenNames are those that are met most.
var unseenNames = map[rune]string{
	0x00A0: "no-break space", 0x00AD: "soft hyphen", 0x200B: "zero-width space", 0x200C: "zero-width non-joiner",
	0x200D: "zero-width joiner", 0x200E: "left-to-right mark", 0x200F: "right-to-left mark", 0x202D: "left-to-right override",
	0x202E: "right-to-left override", 0x202F: "narrow no-break space", 0x2060: "word joiner", 0x3000: "full-width space",
	0xFEFF: "byte-order mark",
}

func unseenName(r rune) string {
	kind := unseenNames[r]
	switch {
	case kind != "":
	case fullWidth(r) != "":
		kind = "full-width " + fullWidth(r)
	case unicode.Is(unicode.Zs, r):
		kind = "a space"
	default:
		kind = "not visible"
	}
	return fmt.Sprintf("U+%04X (%s)", r, kind)
}

// fullWidth gives the mark that a full-width one looks like, or an empty text. Letters and digits are none.
func fullWidth(r rune) string {
	switch {
	case r == 0x3001:
		return ","
	case r == 0x3002:
		return "."
	case r < 0xFF01 || r > 0xFF5E:
		return ""
	}
	narrow := r - 0xFEE0
	if unicode.IsLetter(narrow) || unicode.IsDigit(narrow) {
		return ""
	}
	return string(narrow)
}
