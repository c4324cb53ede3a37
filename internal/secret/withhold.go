package secret

import (
	"encoding/hex"
	"html"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// holds reports whether a server's text holds a secret in any encoding, or one of these that are too short for an index. The
// text is decoded and compared without its white space, so that it does not matter how an encoder breaks its lines.
func (m *Masker) holds(s string, short []string) bool {
	if len(m.bare.forms) == 0 && len(short) == 0 {
		return false
	}
	in := func(text string) bool {
		return m.bare.in(text) || slices.ContainsFunc(short, func(s string) bool { return strings.Contains(text, s) })
	}
	holds := func(text string) bool {
		if in(text) {
			return true
		}
		bare := squeeze(text)
		return len(bare) != len(text) && in(bare)
	}
	for _, text := range unescaped(s) {
		if holds(text) {
			return true
		}
		for _, packed := range unpacked(squeeze(text)) {
			if slices.ContainsFunc(unescaped(packed), holds) {
				return true
			}
		}
	}
	return false
}

// bareForms gives what stands for a secret in a decoded text: what squeeze leaves of it, or of one of its lines. A secret of
// which squeeze leaves too little stands for itself.
func bareForms(text string) []string {
	out := &formSet{}
	for _, v := range variants(text) {
		if bare := squeeze(v); len(bare) >= minPartLength {
			out.add(bare)
		} else {
			out.add(v)
		}
	}
	return out.list
}

// squeeze takes out white space, what is not seen, marks on letters, and what was put in the place of what is no text: a
// server, or who shows what it says, may have left it out.
func squeeze(s string) string {
	if strings.IndexFunc(s, unseen) < 0 {
		return s
	}
	return strings.Map(func(r rune) rune {
		if unseen(r) {
			return -1
		}
		return r
	}, s)
}

func unseen(r rune) bool {
	if r < utf8.RuneSelf {
		return r <= ' ' || r == 0x7f
	}
	return r == unicode.ReplacementChar || r == '\u2800' || !unicode.IsPrint(r) ||
		unicode.In(r, unicode.White_Space, unicode.M, unicode.Other_Default_Ignorable_Code_Point)
}

// unescaped gives a text, and what it stands for when escapes of JSON, URLs, HTML, Markdown and quoted text are undone, once
// or twice.
func unescaped(s string) []string {
	if !strings.ContainsAny(s, `\%+&`) {
		return []string{s}
	}
	all := &formSet{}
	all.add(s)
	from := 0
	for range 2 {
		to := len(all.list)
		for _, t := range all.list[from:to] {
			if strings.Contains(t, `\`) {
				all.add(unbackslashed(t))
			}
			if strings.ContainsAny(t, "%+") {
				all.add(unpercented(t), unpercented(strings.ReplaceAll(t, "+", " ")))
			}
			if strings.Contains(t, "&") {
				all.add(html.UnescapeString(t), html.UnescapeString(unbackslashed(t))) // Markdown has both
			}
		}
		from = to
	}
	return all.list
}

// unbackslashed undoes the escapes of JSON, Go and Markdown where they are some, and takes other backslashes out.
func unbackslashed(s string) string {
	var b strings.Builder
	for s != "" {
		if s[0] != '\\' || len(s) == 1 {
			b.WriteByte(s[0])
			s = s[1:]
			continue
		}
		if r, n, ok := surrogates(s); ok {
			b.WriteRune(r)
			s = s[n:]
			continue
		}
		r, multibyte, rest, err := strconv.UnquoteChar(s, '"')
		switch {
		case err != nil:
			s = s[1:]
			continue
		case multibyte || r < utf8.RuneSelf:
			b.WriteRune(r)
		default:
			b.WriteByte(byte(r)) //nolint:gosec // \xff: UnquoteChar gives at most a byte here
		}
		s = rest
	}
	return b.String()
}

// surrogates reads a character that JSON writes as two escapes.
func surrogates(s string) (r rune, n int, ok bool) {
	const pair = len(`\ud83d\ude00`)
	if len(s) < pair || s[1] != 'u' || s[6:8] != `\u` {
		return 0, 0, false
	}
	high, err1 := strconv.ParseUint(s[2:6], 16, 16)
	low, err2 := strconv.ParseUint(s[8:pair], 16, 16)
	if err1 != nil || err2 != nil || high < 0xD800 || high > 0xDBFF || low < 0xDC00 || low > 0xDFFF {
		return 0, 0, false
	}
	return rune(high-0xD800)<<10 + rune(low-0xDC00) + 0x10000, pair, true
}

// unpercented undoes the escapes of URLs, and leaves alone what is none.
func unpercented(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if v, err := hex.DecodeString(s[i+1 : i+3]); err == nil {
				b.Write(v)
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// unpacked reads all characters of base64 in a text, beginning with each of the first four, and all hexadecimal digits,
// beginning with each of the first two: whatever stands in between, what is packed in one piece comes out of one of them.
func unpacked(s string) (out []string) {
	words := pick(s, &base64Values)
	for skip := range min(4, len(words)) {
		out = append(out, join(words[skip:], 6))
	}
	digits := pick(bytesOfC.Replace(s), &hexValues)
	for skip := range min(2, len(digits)) {
		out = append(out, join(digits[skip:], 4))
	}
	return out
}

// bytesOfC takes out what C has before each byte.
var bytesOfC = strings.NewReplacer("0x", "", `\x`, "")

// What each byte stands for as a digit; -1 for other bytes.
var (
	base64Values = valuesOf("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", "-_")
	hexValues    = valuesOf("0123456789abcdef", "ABCDEF")
)

// valuesOf numbers the digits; other ones stand for the last.
func valuesOf(digits, others string) (values [256]int8) {
	for i := range values {
		values[i] = -1
	}
	for i, c := range []byte(digits) {
		values[c] = int8(i)
	}
	for i, c := range []byte(others) {
		values[c] = int8(len(digits) - len(others) + i) //nolint:gosec // at most 64 digits
	}
	return values
}

// pick gives the values of the digits of a text.
func pick(s string, values *[256]int8) []byte {
	out := make([]byte, 0, len(s))
	for i := range len(s) {
		if v := values[s[i]]; v >= 0 {
			out = append(out, byte(v))
		}
	}
	return out
}

// join makes bytes of digits that stand for so many bits each.
func join(digits []byte, bits int) string {
	out, rest, held := make([]byte, 0, len(digits)*bits/8), 0, 0
	for _, v := range digits {
		rest, held = rest<<bits|int(v), held+bits
		if held >= 8 {
			held -= 8
			out, rest = append(out, byte(rest>>held)), rest&(1<<held-1) //nolint:gosec // of eight bits
		}
	}
	return string(out)
}
