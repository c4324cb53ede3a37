package secret

import (
	"encoding/base64"
	"slices"
	"strings"
	"sync"
)

// mask replaces a secret found in text.
const mask = "***"

// withheld replaces a text from which a very short secret cannot be cut.
const withheld = "(text withheld: it contains a secret)"

// minNetLength is the shortest secret, in bytes, that [Masker.Mask] removes from regent's own output. A shorter one
// would blank out ordinary words; regent's own output never contains a secret anyway, this is the second net.
const minNetLength = 6

// minPartLength is the shortest server-echoed secret that is cut out of a message; a message that contains a
// shorter one is withheld as a whole, because blanking single letters would reveal them by their positions.
const minPartLength = 4

// Masker removes known secrets from text, in the encodings in which servers and libraries echo them: raw, JSON, URL,
// HTML, Markdown and quoted text, also one inside the other, base64 at every alignment, hexadecimal. It is safe for
// concurrent use.
//
// A text is read once, whatever the number of secrets: at each place the next four bytes tell which lengths of forms
// may start there. All forms found are covered, overlapping ones together. [strings.Replacer] would not do: after the
// first form it goes on behind it, so that of a longer secret that starts inside it the rest stays readable.
type Masker struct {
	mu    sync.RWMutex
	known map[string]bool
	// forms are the texts to remove, with the length in bytes of the longest secret that each stands for.
	forms map[string]int
	// lengths gives the lengths of the forms that start with the same four bytes, longest first.
	lengths map[uint32][]int
	// multiline are the forms with a line break, for [Writer].
	multiline []string
	// short are the forms of the secrets that are too short to be cut out; shortRaw are those secrets and others for
	// which base64 has no form of its own.
	short, shortRaw []string
	// announce is told of every secret; nil when nobody asked.
	announce func(forms []string)
	// also gives further forms; nil for none.
	also func(text string) []string
}

// Also has every secret that is registered from now on removed in these forms as well: those in which this program writes
// text of others.
func (m *Masker) Also(forms func(text string) []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.also = forms
}

// Announce has tell called with the forms of every secret that is registered from now on, before anything can be
// printed that holds it: for a log that does masking of its own. A secret's own text comes first, however short;
// forms and lines of few bytes are left out, since they would blank out ordinary words.
func (m *Masker) Announce(tell func(forms []string)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.announce = tell
}

// Add registers a secret. Adding a value twice is harmless.
func (m *Masker) Add(v Value) {
	text := v.Reveal()
	if tell := m.register(text, text, len(text)); tell != nil {
		tell(announced(text))
	}
}

// AddLogin registers a name that goes with a secret. What servers say is scrubbed of it; regent's own output, which
// never holds it, is left alone: a login is often a word, such as harbor, that names half of what is shown.
func (m *Masker) AddLogin(v Value) {
	if len(v.Reveal()) < minPartLength {
		return // a message that holds two letters somewhere is not to be withheld for them
	}
	m.register("login "+v.Reveal(), v.Reveal(), min(len(v.Reveal()), minNetLength-1))
}

// register learns a text under a name, as a secret of so many bytes. For a text that is new it gives whom to tell.
func (m *Masker) register(name, text string, length int) func([]string) {
	if text == "" {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.known == nil {
		m.known, m.forms, m.lengths = map[string]bool{}, map[string]int{}, map[uint32][]int{}
	}
	if m.known[name] {
		return nil
	}
	m.known[name] = true
	if len(text) < minNetLength {
		m.shortRaw = append(m.shortRaw, text)
	}
	for _, f := range encodings(text, m.also) {
		m.addForm(f, length)
	}
	return m.announce
}

func (m *Masker) addForm(f string, secretLength int) {
	if len(f) < minPartLength || secretLength < minPartLength {
		m.short = append(m.short, f)
		return
	}
	if m.forms[f] >= secretLength {
		return
	}
	_, known := m.forms[f]
	m.forms[f] = secretLength
	if strings.Contains(f, "\n") && secretLength >= minNetLength {
		m.multiline = append(m.multiline, f)
	}
	lengths := m.lengths[start(f)]
	if known || slices.Contains(lengths, len(f)) {
		return
	}
	at, _ := slices.BinarySearchFunc(lengths, len(f), func(a, b int) int { return b - a })
	m.lengths[start(f)] = slices.Insert(lengths, at, len(f))
}

// start gives the first four bytes as a number.
func start(s string) uint32 {
	_ = s[minPartLength-1]
	return uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24
}

// Mask removes secrets of at least six bytes from regent's own output.
func (m *Masker) Mask(s string) string {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return cover(s, m.spans(s, minNetLength))
}

// Cut removes secrets of at least four bytes, in text that comes from a server and is data: a name, a description. Shorter
// ones cannot be cut out of it, and no apply sends them ([Value.Unfit]).
func (m *Masker) Cut(s string) string {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return cover(s, m.spans(s, minPartLength))
}

// Scrub makes text that a server sent safe to show. Secrets of any length are removed; a text that contains a very
// short one is withheld as a whole.
func (m *Masker) Scrub(s string) string {
	m.mu.RLock()
	defer m.mu.RUnlock()
	s = cover(s, m.spans(s, minPartLength))
	if m.holdsShort(s) {
		return withheld
	}
	return s
}

// span is a part of a text, from its first byte to behind its last.
type span struct{ start, end int }

// spans finds the parts of s that stand for secrets of at least so many bytes. Parts that overlap are one.
func (m *Masker) spans(s string, least int) []span {
	if len(m.forms) == 0 {
		return nil
	}
	var out []span
	for i := 0; i+minPartLength <= len(s); i++ {
		lengths := m.lengths[start(s[i:])]
		n := m.longest(s[i:], lengths, least)
		if n == 0 {
			continue
		}
		if last := len(out) - 1; last >= 0 && i < out[last].end {
			out[last].end = max(out[last].end, i+n)
			continue
		}
		out = append(out, span{i, i + n})
	}
	return out
}

// longest gives the length of the longest form that s starts with, or 0.
func (m *Masker) longest(s string, lengths []int, least int) int {
	for _, n := range lengths {
		if n <= len(s) && m.forms[s[:n]] >= least {
			return n
		}
	}
	return 0
}

func cover(s string, spans []span) string {
	if len(spans) == 0 {
		return s
	}
	var b strings.Builder
	at := 0
	for _, p := range spans {
		b.WriteString(s[at:p.start])
		b.WriteString(mask)
		at = p.end
	}
	b.WriteString(s[at:])
	return b.String()
}

// holdsShort reports whether a text holds a secret of few bytes, also inside base64.
func (m *Masker) holdsShort(s string) bool {
	for _, f := range m.short {
		if strings.Contains(s, f) {
			return true
		}
	}
	if len(m.shortRaw) == 0 {
		return false
	}
	for _, run := range strings.FieldsFunc(standardBase64.Replace(s), notBase64) {
		for skip := range min(4, len(run)) {
			part := run[skip:]
			if len(part)%4 == 1 {
				part = part[:len(part)-1] // one character alone stands for no byte
			}
			bytes, err := base64.RawStdEncoding.DecodeString(part)
			if err == nil && slices.ContainsFunc(m.shortRaw, func(f string) bool { return strings.Contains(string(bytes), f) }) {
				return true
			}
		}
	}
	return false
}

// standardBase64 undoes what URLs and JSON do to the two special characters of base64.
var standardBase64 = strings.NewReplacer("-", "+", "_", "/", "%2B", "+", "%2b", "+", "%2F", "/", "%2f", "/", `\/`, "/")

func notBase64(r rune) bool {
	return !(r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '+' || r == '/')
}
