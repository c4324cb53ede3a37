package secret

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"regent/internal/printable"
)

// formSet collects texts in order, each once.
type formSet struct {
	seen map[string]bool
	list []string
}

func (f *formSet) add(texts ...string) {
	for _, s := range texts {
		if s != "" && !f.seen[s] {
			f.seen[s] = true
			f.list = append(f.list, s)
		}
	}
}

// encodings lists the ways a secret appears in text that other programs make, and in text that also writes. Bodies are
// echoed inside messages, so an escape may stand inside another one, or inside base64. What is base64 or hexadecimal is
// packed.
func encodings(text string, also func(string) []string) (plain, packed []string) {
	all, digits := &formSet{seen: map[string]bool{}}, &formSet{seen: map[string]bool{}}
	for _, variant := range variants(text) {
		if also != nil {
			for _, s := range also(variant) {
				all.add(s)
				all.add(jsonForms(s)...)
			}
		}
		once := &formSet{seen: map[string]bool{}}
		once.add(variant)
		once.add(escapes(variant)...)
		for _, s := range once.list {
			all.add(s)
			all.add(escapes(s)...)
			digits.add(packings(s)...)
		}
	}
	return all.list, digits.list
}

// announced lists the forms for a log that masks by itself and knows some encodings of its own: the secret, its lines,
// and the plain ways to write them.
func announced(text string) []string {
	all := &formSet{seen: map[string]bool{}}
	all.add(text)
	if len(text) < minPartLength {
		return all.list
	}
	for _, variant := range variants(text) {
		for _, f := range append(append([]string{variant}, escapes(variant)...), packings(variant)...) {
			if len(f) >= minPartLength {
				all.add(f)
			}
		}
	}
	return all.list
}

// variants gives the secret as it is, without the blanks that a variable's value easily ends with, with what is no UTF-8
// replaced, and the lines of a key or certificate, which are echoed one by one.
func variants(text string) []string {
	v := &formSet{seen: map[string]bool{}}
	v.add(text)
	if !utf8.ValidString(text) {
		// Readers of JSON put one character for each byte, others one for each run.
		v.add(string([]rune(text)), strings.ToValidUTF8(text, string(unicode.ReplacementChar)))
	}
	if trimmed := strings.TrimSpace(text); len(trimmed) >= minNetLength {
		v.add(trimmed)
	}
	if strings.Contains(text, "\n") {
		for line := range strings.SplitSeq(text, "\n") {
			if line = strings.TrimSpace(line); len(line) >= minNetLength {
				v.add(line)
			}
		}
	}
	return v.list
}

// escapes gives a text as it stands inside other text.
func escapes(text string) []string {
	var out []string
	out = append(out, jsonForms(text)...)
	out = append(out, urlForms(text)...)
	out = append(out, markupForms(text)...)
	out = append(out, markdownForms(text)...)
	out = append(out, unquote(strconv.Quote(text)), unquote(strconv.QuoteToASCII(text)))
	return out
}

func jsonForms(text string) []string {
	var plain bytes.Buffer
	enc := json.NewEncoder(&plain)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(text); err != nil {
		return nil
	}
	escaped, err := json.Marshal(text)
	if err != nil {
		return nil
	}
	forms := []string{unquote(plain.String()), unquote(string(escaped))}
	forms = append(forms, asciiJSON(forms[0]), string(printable.JSON([]byte(forms[0]))))
	forms = append(forms, strings.ReplaceAll(forms[0], "/", `\/`)) // PHP and older Java escape the slash
	return forms
}

func unquote(s string) string {
	s = strings.TrimSuffix(s, "\n")
	return s[1 : len(s)-1]
}

// asciiJSON writes characters outside ASCII as \uXXXX, as Python and Java encoders do.
func asciiJSON(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r < 0x80:
			b.WriteRune(r)
		case r > 0xFFFF:
			r -= 0x10000
			fmt.Fprintf(&b, `\u%04x\u%04x`, 0xD800+(r>>10), 0xDC00+(r&0x3FF))
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}

var (
	// component leaves what JavaScript's encodeURIComponent does not escape.
	component = strings.NewReplacer("%21", "!", "%27", "'", "%28", "(", "%29", ")", "%2A", "*")
	// javaForm differs from Go's form encoding in two characters.
	javaForm = strings.NewReplacer("%2A", "*", "~", "%7E")
)

func urlForms(text string) []string {
	query := url.QueryEscape(text)
	strict := strings.ReplaceAll(query, "+", "%20")
	forms := []string{query, strict, url.PathEscape(text), component.Replace(strict), javaForm.Replace(query)}
	for _, f := range forms {
		forms = append(forms, lowerEscapes(f))
	}
	return forms
}

// lowerEscapes writes %2F as %2f.
func lowerEscapes(s string) string {
	b := []byte(s)
	for i := 0; i+2 < len(b); i++ {
		if b[i] == '%' {
			b[i+1], b[i+2] = lower(b[i+1]), lower(b[i+2])
			i += 2
		}
	}
	return string(b)
}

func lower(c byte) byte {
	if c >= 'A' && c <= 'F' {
		return c + 'a' - 'A'
	}
	return c
}

var (
	namedQuotes = strings.NewReplacer("&#34;", "&quot;", "&#39;", "&apos;")
	xmlBlanks   = strings.NewReplacer("\t", "&#x9;", "\n", "&#xA;", "\r", "&#xD;")
)

// markupForms are for web pages and XML errors.
func markupForms(text string) []string {
	escaped := html.EscapeString(text)
	return []string{escaped, namedQuotes.Replace(escaped), strings.Map(inXML, xmlBlanks.Replace(escaped))}
}

// markdownForms are for Markdown: with a backslash before what its syntax uses, which not everybody thinks the caret of
// footnotes is, before all punctuation, and before the bars of a table alone.
func markdownForms(text string) []string {
	return []string{
		strings.ReplaceAll(backslashed(text, "\\`*_{}[]<>|~!&"), `\&`, "&amp;"),
		strings.ReplaceAll(backslashed(text, "\\`*_{}[]<>|~!^&"), `\&`, "&amp;"),
		backslashed(text, "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"),
		strings.ReplaceAll(text, "|", `\|`),
	}
}

func backslashed(text, special string) string {
	if !strings.ContainsAny(text, special) {
		return text
	}
	var b strings.Builder
	for i := range len(text) {
		if strings.IndexByte(special, text[i]) >= 0 {
			b.WriteByte('\\')
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

// inXML gives the character that XML writers put in place of one that XML cannot hold.
func inXML(r rune) rune {
	if r < ' ' || r == 0xFFFE || r == 0xFFFF {
		return unicode.ReplacementChar
	}
	return r
}

// packings gives base64 and hexadecimal, as they stand in a message, in JSON and in a URL.
func packings(text string) []string {
	digits := hex.EncodeToString([]byte(text))
	out := []string{digits, strings.ToUpper(digits)}
	if len(text) < minPartLength {
		return out
	}
	for _, s := range base64Forms(text) {
		out = append(out, s)
		if strings.ContainsAny(s, "+/") {
			upper := url.QueryEscape(s)
			out = append(out, upper, lowerEscapes(upper), strings.ReplaceAll(s, "/", `\/`))
		}
	}
	return out
}

// base64Forms gives the characters that stand for the secret wherever it lies inside a longer encoded text, as in
// base64("user:password"): one form for each of the three alignments, without the characters that neighbours share.
func base64Forms(text string) []string {
	var out []string
	for _, enc := range []*base64.Encoding{base64.StdEncoding, base64.URLEncoding} {
		out = append(out, strings.TrimRight(enc.EncodeToString([]byte(text)), "="))
		for offset := range 3 {
			padded := append(bytes.Repeat([]byte{0}, offset), text...)
			whole := enc.EncodeToString(padded[:len(padded)/3*3])
			skip := (offset*8 + 5) / 6
			if len(whole) > skip {
				if f := whole[skip:]; len(f) >= minPartLength {
					out = append(out, f)
				}
			}
		}
	}
	return out
}
