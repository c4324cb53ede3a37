package secret

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"sort"
	"strings"
	"sync"
)

// mask replaces a secret found in text.
const mask = "***"

// minNetLength is the shortest secret, in bytes, that [Masker.Mask] removes from regent's own output. A shorter one
// would blank out ordinary words; regent's own output never contains a secret anyway, this is the second net.
const minNetLength = 6

// minPartLength is the shortest server-echoed secret that is cut out of a message; a message that contains a
// shorter one is withheld as a whole, because blanking single letters would reveal them by their positions.
const minPartLength = 4

// Masker removes known secrets from text, in the encodings in which servers and libraries echo them: raw, JSON,
// URL (once and twice), base64 at every alignment, hexadecimal. It is safe for concurrent use.
type Masker struct {
	mu    sync.RWMutex
	known map[string]bool
	forms []form // longest first, so that an encoding is not torn by a part of it
}

type form struct {
	text   string
	secret int // length of the secret it stands for, in bytes
}

// Add registers a secret. Adding a value twice is harmless.
func (m *Masker) Add(v Value) {
	text := v.Reveal()
	if text == "" {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.known == nil {
		m.known = map[string]bool{}
	}
	if m.known[text] {
		return
	}
	m.known[text] = true
	for _, f := range encodings(text) {
		m.forms = append(m.forms, form{text: f, secret: len(text)})
	}
	sort.SliceStable(m.forms, func(i, j int) bool { return len(m.forms[i].text) > len(m.forms[j].text) })
}

// Mask removes secrets of at least six bytes from regent's own output.
func (m *Masker) Mask(s string) string {
	m.mu.RLock()
	defer m.mu.RUnlock()
	for _, f := range m.forms {
		if f.secret >= minNetLength {
			s = strings.ReplaceAll(s, f.text, mask)
		}
	}
	return s
}

// Scrub makes text that a server sent safe to show. Secrets of any length are removed; a text that contains a very
// short one is withheld as a whole.
func (m *Masker) Scrub(s string) string {
	m.mu.RLock()
	defer m.mu.RUnlock()
	for _, f := range m.forms {
		if !strings.Contains(s, f.text) {
			continue
		}
		if f.secret < minPartLength {
			return "(text withheld: it contains a secret)"
		}
		s = strings.ReplaceAll(s, f.text, mask)
	}
	return s
}

// encodings lists the ways a secret appears in text that other programs make.
func encodings(text string) []string {
	seen := map[string]bool{}
	var out []string
	add := func(s string) {
		if s != "" && !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	add(text)
	// Multi-line secrets (keys, certificates) are echoed line by line.
	for line := range strings.SplitSeq(text, "\n") {
		if len(line) >= minNetLength {
			add(line)
		}
	}
	for _, s := range jsonForms(text) {
		add(s)
		for _, again := range jsonForms(s) { // JSON inside a JSON string
			add(again)
		}
	}
	for _, s := range urlForms(text) {
		add(s)
		for _, again := range urlForms(s) {
			add(again)
		}
	}
	if len(text) >= minPartLength {
		for _, s := range base64Forms(text) {
			add(s)
		}
		add(hex.EncodeToString([]byte(text)))
		add(strings.ToUpper(hex.EncodeToString([]byte(text))))
	}
	return out
}

func jsonForms(text string) []string {
	var plain bytes.Buffer
	enc := json.NewEncoder(&plain)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(text); err != nil {
		return nil
	}
	html, err := json.Marshal(text)
	if err != nil {
		return nil
	}
	forms := []string{unquote(plain.String()), unquote(string(html))}
	forms = append(forms, asciiJSON(forms[0]))
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

func urlForms(text string) []string {
	query := url.QueryEscape(text)
	strict := strings.ReplaceAll(query, "+", "%20")
	forms := []string{query, strict, url.PathEscape(text)}
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

// Writer wraps w so that every line written through it is masked. Text is held back until its line ends, so that a
// secret is found even when it arrives in pieces; call Flush for the last line.
func (m *Masker) Writer(w io.Writer) *Writer { return &Writer{masker: m, out: w} }

// Writer is a line-buffered masking writer. It is safe for concurrent use.
type Writer struct {
	masker *Masker
	mu     sync.Mutex
	out    io.Writer
	buf    []byte
}

// Write implements [io.Writer].
func (w *Writer) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.buf = append(w.buf, p...)
	end := bytes.LastIndexByte(w.buf, '\n')
	if end < 0 {
		return len(p), nil
	}
	text := w.masker.Mask(string(w.buf[:end+1]))
	w.buf = append(w.buf[:0], w.buf[end+1:]...)
	if _, err := io.WriteString(w.out, text); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Flush writes what is held back.
func (w *Writer) Flush() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	text := w.masker.Mask(string(w.buf))
	w.buf = w.buf[:0]
	_, err := io.WriteString(w.out, text)
	return err
}
