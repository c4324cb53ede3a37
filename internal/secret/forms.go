package secret

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
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
	if f.seen == nil {
		f.seen = map[string]bool{}
	}
	for _, s := range texts {
		if s != "" && !f.seen[s] {
			f.seen[s] = true
			f.list = append(f.list, s)
		}
	}
}

// forms lists the ways a secret is written: as it is, in JSON, in a URL, in base64, and as also says.
func forms(text string, also func(string) []string) []string {
	all := &formSet{}
	for _, v := range variants(text) {
		all.add(v)
		all.add(jsonForms(v)...)
		all.add(urlForms(v)...)
		all.add(base64Forms(v)...)
		if also != nil {
			for _, s := range also(v) {
				all.add(s)
				all.add(jsonForms(s)...)
			}
		}
	}
	return all.list
}

// announced lists the forms for a log that masks by itself: the secret, however short, and forms of some length.
func announced(text string) []string {
	all := &formSet{}
	all.add(text)
	if len(text) < minPartLength {
		return all.list
	}
	for _, f := range forms(text, nil) {
		if len(f) >= minPartLength {
			all.add(f)
		}
	}
	return all.list
}

// variants gives the secret as it is, without the blanks that a variable's value easily ends with, with what is no UTF-8
// replaced, and the lines of a key or certificate, which are echoed one by one.
func variants(text string) []string {
	v := &formSet{}
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
			copy(b[i+1:], bytes.ToLower(b[i+1:i+3]))
			i += 2
		}
	}
	return string(b)
}

// base64Forms gives the characters that stand for the secret wherever it lies inside a longer encoded text, as in
// base64("user:password"): one form for each of the three alignments, without the characters that neighbours share; as
// they stand in a message, in JSON and in a URL.
func base64Forms(text string) []string {
	if len(text) < minPartLength {
		return nil
	}
	var out []string
	for _, enc := range []*base64.Encoding{base64.StdEncoding, base64.URLEncoding} {
		out = append(out, strings.TrimRight(enc.EncodeToString([]byte(text)), "="))
		for offset := range 3 {
			padded := append(bytes.Repeat([]byte{0}, offset), text...)
			whole := enc.EncodeToString(padded[:len(padded)/3*3])
			if skip := (offset*8 + 5) / 6; len(whole) >= skip+minPartLength {
				out = append(out, whole[skip:])
			}
		}
	}
	for _, s := range out {
		if strings.ContainsAny(s, "+/") {
			upper := url.QueryEscape(s)
			out = append(out, upper, lowerEscapes(upper), strings.ReplaceAll(s, "/", `\/`))
		}
	}
	return out
}
