package yamltree

import (
	"fmt"
	"unicode/utf8"

	"regent/internal/wholefile"
)

// maxSeparators is how many commas, colons, opening brackets and lines a file may have. Every value needs one, so
// this bounds what the YAML parser allocates before values can be counted.
const maxSeparators = 2_000_000

// text checks that a file is text the YAML parser may see, and gives it without a byte-order mark.
func (p *reading) text(data []byte) ([]byte, bool) {
	data, err := wholefile.Text(data)
	if err != nil {
		p.Found(top(p.file), err.Error())
		return nil, false
	}
	if offset, what := firstOdd(data); offset >= 0 {
		p.Found(p.place(data, offset), what)
		return nil, false
	}
	if separators(data) > maxSeparators {
		p.Found(top(p.file), fmt.Sprintf(
			"the file has more than %d commas, colons, brackets and lines; split it into several files", maxSeparators))
		return nil, false
	}
	return data, true
}

// firstOdd finds the first byte that is no YAML text, and says what is wrong with it; -1 when all is well.
func firstOdd(data []byte) (offset int, what string) {
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			return i, "the file is not valid UTF-8 here; save it as UTF-8"
		case r == 0:
			return i, "a NUL character is not allowed; if the file is UTF-16, save it as UTF-8"
		case r == 0xFEFF:
			return i, "a byte-order mark (U+FEFF) is allowed at the start of the file only; delete this one"
		case !allowed(r):
			return i, fmt.Sprintf("the control character U+%04X is not allowed; delete it or write it as an escape in double quotes", r)
		}
		i += size
	}
	return -1, ""
}

// allowed reports the characters of YAML 1.2 streams.
func allowed(r rune) bool {
	switch {
	case r == '\t', r == '\n', r == '\r', r == 0x85:
		return true
	case r >= 0x20 && r <= 0x7E, r >= 0xA0 && r <= 0xD7FF, r >= 0xE000 && r <= 0xFFFD, r >= 0x10000:
		return true
	}
	return false
}

// separators counts the characters one of which every value needs.
func separators(data []byte) int {
	n := 0
	for _, c := range data {
		switch c {
		case ',', ':', '[', '{', '\n', '\r':
			n++
		}
	}
	return n
}
