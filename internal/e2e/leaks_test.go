package e2e

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"strings"
	"testing"
)

// shortest is the length from which an encoding counts: shorter ones stand in random identifiers by chance.
const shortest = 6

// traces are the forms in which a secret could be read from a text: itself, escaped for JSON and URLs, escaped twice,
// and each of these in base64 at any alignment and in hexadecimal. They are made here, not by the code under test.
func traces(secret string) []string {
	plain := append([]string{secret}, jsonEscapes(secret)...)
	plain = append(plain, urlEscapes(secret)...)
	twice := plain
	for _, form := range plain {
		twice = append(twice, jsonEscapes(form)...)
		twice = append(twice, urlEscapes(form)...)
	}
	out := []string{secret}
	add := func(form string) {
		if len(form) >= shortest {
			out = append(out, form)
		}
	}
	for _, form := range twice {
		add(form)
	}
	for _, form := range plain {
		add(hex.EncodeToString([]byte(form)))
		add(strings.ToUpper(hex.EncodeToString([]byte(form))))
		for offset := range 3 {
			add(inBase64(base64.RawStdEncoding, form, offset))
			add(inBase64(base64.RawURLEncoding, form, offset))
		}
	}
	return out
}

func jsonEscapes(s string) []string {
	html, err := json.Marshal(s)
	if err != nil {
		return nil
	}
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		return nil
	}
	plain := strings.TrimSpace(b.String())
	return []string{string(html[1 : len(html)-1]), plain[1 : len(plain)-1]}
}

func urlEscapes(s string) []string {
	query := url.QueryEscape(s)
	return []string{query, strings.ReplaceAll(query, "+", "%20"), url.PathEscape(s), strings.ReplaceAll(query, "%7E", "~")}
}

// inBase64 gives the characters that only depend on the text when it starts offset bytes after a group of three.
func inBase64(enc *base64.Encoding, text string, offset int) string {
	whole := enc.EncodeToString([]byte(strings.Repeat("\x00", offset) + text))
	first := (offset*8 + 5) / 6
	last := (offset + len(text)) * 8 / 6
	if first >= last {
		return ""
	}
	return whole[first:last]
}

// leakFree insists that no text holds a trace of a secret.
func leakFree(t *testing.T, secrets []string, texts map[string]string) {
	t.Helper()
	f := newFinder(secrets)
	for name, text := range texts {
		if secret, trace, at := f.find(text); at >= 0 {
			t.Errorf("%s shows the secret %q as %q:\n%s", name, secret, trace, text[max(0, at-200):min(len(text), at+len(trace)+200)])
		}
	}
}

// finder looks for the traces of many secrets at once: a text is read once, however many there are.
type finder struct {
	// begins tells which pairs of bytes a trace begins with.
	begins [1 << 16]bool
	traces map[[2]byte][]trace
}

type trace struct{ text, secret string }

func newFinder(secrets []string) *finder {
	f := &finder{traces: map[[2]byte][]trace{}}
	for _, secret := range secrets {
		for _, text := range traces(secret) {
			if len(text) < 2 {
				panic("a secret of one character is in every text")
			}
			begin := [2]byte{text[0], text[1]}
			f.begins[int(begin[0])<<8|int(begin[1])] = true
			f.traces[begin] = append(f.traces[begin], trace{text, secret})
		}
	}
	return f
}

// find gives the first trace in a text with its place; a negative one when there is none.
func (f *finder) find(text string) (secret, found string, at int) {
	for i := range max(0, len(text)-1) {
		if !f.begins[int(text[i])<<8|int(text[i+1])] {
			continue
		}
		for _, t := range f.traces[[2]byte{text[i], text[i+1]}] {
			if strings.HasPrefix(text[i:], t.text) {
				return t.secret, t.text, i
			}
		}
	}
	return "", "", -1
}

func TestTracesFindWhatTheyShould(t *testing.T) {
	t.Parallel()
	const secret = `p@ss "w\rd/+=`
	for _, text := range []string{
		secret, `{"password":"p@ss \"w\\rd/+="}`, "Password=p%40ss+%22w%5Crd%2F%2B%3D", "p%2540ss%20",
		base64.StdEncoding.EncodeToString([]byte("user:" + secret)), base64.StdEncoding.EncodeToString([]byte("a:" + secret + ":b")),
		base64.URLEncoding.EncodeToString([]byte("ab:" + secret)), hex.EncodeToString([]byte(secret)),
		base64.StdEncoding.EncodeToString([]byte(`{"password":"p@ss \"w\\rd/+="}`)),
	} {
		_, _, at := newFinder([]string{"another secret", secret}).find("before " + text + " after")
		if want := text != "p%2540ss%20"; at >= 0 != want { // a part of a secret is not looked for
			t.Errorf("found at %d in %s", at, text)
		}
	}
}
