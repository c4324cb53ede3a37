package secret

import "strings"

// Encoders fold what they write: base64 has line breaks after 76 characters in mail and after 64 in keys, a dump of bytes
// has blanks or colons between the pairs of digits. Whoever repeats such a text may write a line break as an escape, or
// put a blank in its place. So packed forms are also looked for in a text without its folds.
const (
	// maxFold is the longest fold, in bytes: a line break, written as escapes of escapes, with an indentation. Without a
	// limit, [Writer] could be made to hold back any number of blank lines.
	maxFold = 64
	// A line break counts as a fold where the line ends as a folded line does: with a word of many bytes, or with groups
	// of a few hexadecimal digits. Otherwise [Writer] would hold back each line that ends with the first letter of some
	// form. Encoders put 57 bytes or more into a line, dumps eight pairs or more.
	foldedWord, dumpedGroup, dumpedDigits = 48, 8, 16
)

// unfolded is a text without its folds.
type unfolded struct {
	source string
	// text is the source without folds. A blank, which no packed form holds, stands where the text does not go on: for a
	// line break that is no fold, and in a fold that is too long.
	text []byte
	// at says where in the source each byte of text stands; nil until somebody asks.
	at []int

	// word is the number of bytes since the last fold, digits that of the hexadecimal digits since the last other
	// character or line break, fold the length of the fold that goes on.
	word, digits, fold int
}

func unfold(s string) *unfolded {
	u := &unfolded{source: s, text: make([]byte, 0, len(s))}
	u.read()
	return u
}

// place gives the part of the source for a part of the text.
func (u *unfolded) place(p span) span {
	if u.at == nil {
		// Most texts hold no secret, and do without.
		u.at = make([]int, 0, len(u.text))
		u.text, u.word, u.digits, u.fold = u.text[:0], 0, 0, 0
		u.read()
	}
	return span{u.at[p.start], u.at[p.end-1] + 1}
}

func (u *unfolded) read() {
	for i := 0; i < len(u.source); i++ {
		c := u.source[i]
		kind := kinds[c]
		if kind == marker {
			if n := escapedFold(u.source[i:]); n > 0 {
				u.skip(i, n)
				i += n - 1
				continue
			}
			kind = base64Digit // the percent sign of an escape in a URL; an ampersand is in no packed form
		}
		if kind == folding {
			u.skip(i, 1)
			if c == '\n' {
				u.endLine(i)
			}
			continue
		}
		if u.fold > 0 {
			u.fold, u.word = 0, 0
		}
		u.put(c, i)
		u.word++
		u.digits++
		if kind != hexDigit {
			u.digits = 0
			if kind != base64Digit {
				u.word = 0
			}
		}
	}
}

func (u *unfolded) put(c byte, at int) {
	u.text = append(u.text, c)
	if u.at != nil {
		u.at = append(u.at, at)
	}
}

func (u *unfolded) skip(at, n int) {
	if u.fold <= maxFold && u.fold+n > maxFold {
		u.stop(at)
	}
	u.fold += n
}

func (u *unfolded) endLine(at int) {
	if u.word == 0 && u.digits == 0 {
		return // an empty line, or one whose end is in no packed form
	}
	if u.word < foldedWord && (u.word > dumpedGroup || u.digits < dumpedDigits) {
		u.stop(at)
	}
	u.word, u.digits = 0, 0
}

func (u *unfolded) stop(at int) {
	u.put(' ', at)
	u.word, u.digits = 0, 0
}

// byteKind is what a byte can be in a text that is folded.
type byteKind byte

const (
	other       byteKind = iota
	base64Digit          // of either alphabet
	hexDigit             // which is one of base64 as well
	folding              // a fold, alone or with others
	marker               // the beginning of an escape, which may be a fold
)

var kinds = kindsOfBytes()

func kindsOfBytes() (kinds [256]byteKind) {
	for kind, bytes := range map[byteKind]string{
		base64Digit: "GHIJKLMNOPQRSTUVWXYZghijklmnopqrstuvwxyz+/-_",
		hexDigit:    "0123456789ABCDEFabcdef",
		folding:     " \t\r\n\v\f:=", // with an equals sign at the end of a line, mail goes on in the next one
		marker:      `\%&`,
	} {
		for i := range len(bytes) {
			kinds[bytes[i]] = kind
		}
	}
	return kinds
}

// escapedFold gives the length of the white space that s starts with as an escape, or 0. Backslashes are a fold of their
// own: PHP escapes the slash, and Markdown each character that is no letter.
func escapedFold(s string) int {
	if s[0] != '\\' {
		for _, escape := range escapedBlanks {
			if len(s) >= len(escape) && strings.EqualFold(s[:len(escape)], escape) {
				return len(escape)
			}
		}
		return 0
	}
	n := 1
	for n < len(s) && s[n] == '\\' {
		n++ // those of an escape inside an escape
	}
	switch rest := s[n:]; {
	case rest == "":
		return n
	case rest[0] == 'n' || rest[0] == 'r' || rest[0] == 't':
		return n + 1
	case len(rest) >= 5 && rest[0] == 'u':
		switch strings.ToLower(rest[1:5]) {
		case "0009", "000a", "000d", "0020":
			return n + 5
		}
	}
	return n
}

// escapedBlanks are tabs, line breaks and blanks in URLs, HTML and XML.
var escapedBlanks = []string{"%09", "%0a", "%0d", "%20", "&#9;", "&#10;", "&#13;", "&#32;", "&#x9;", "&#xa;", "&#xd;", "&#x20;"}

// folded finds the packed forms in a text without its folds, of secrets of at least so many bytes.
func (m *Masker) folded(u *unfolded, least int) []span {
	var out []span
	for i := 0; i+minPartLength <= len(u.text); i++ {
		key := start(u.text[i:])
		if !m.packed.has(key) {
			continue
		}
		for _, n := range m.lengths[key] {
			if i+n > len(u.text) {
				continue
			}
			if f := m.forms[string(u.text[i:i+n])]; f.packed && f.secret >= least {
				out = grow(out, u.place(span{i, i + n}))
				break
			}
		}
	}
	return out
}

// begunFold gives the length of the longest end of the source with which a packed form may begin that is folded there.
// The end of the source is that of a line.
func (m *Masker) begunFold(u *unfolded) int {
	at := len(u.text)
	for at > 0 && len(u.text)-at < m.longestPacked && inPacked(u.text[at-1]) {
		at--
	}
	for ; at < len(u.text); at++ {
		if rest := u.text[at:]; m.mayBegin(rest) {
			return len(u.source) - u.place(span{at, at + 1}).start
		}
	}
	return 0
}

func inPacked(c byte) bool { return kinds[c] == base64Digit || kinds[c] == hexDigit || c == '%' }

// mayBegin reports whether some packed form may begin with this text and go on behind it.
func (m *Masker) mayBegin(text []byte) bool {
	if len(text) < minPartLength {
		return m.packed.has(beginning(text))
	}
	lengths := m.lengths[start(text)]
	return m.packed.has(start(text)) && len(lengths) > 0 && lengths[0] > len(text)
}
