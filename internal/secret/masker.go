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
// HTML, Markdown and quoted text, also one inside the other, base64 at every alignment and hexadecimal, in one piece or
// folded into lines. It is safe for concurrent use.
//
// A text is read once, whatever the number of secrets: at each place the next four bytes tell which lengths of forms
// may start there. All forms found are covered, overlapping ones together. [strings.Replacer] would not do: after the
// first form it goes on behind it, so that of a longer secret that starts inside it the rest stays readable.
type Masker struct {
	mu    sync.RWMutex
	known map[string]bool
	// forms are the texts to remove.
	forms map[string]form
	// lengths gives the lengths of the forms that start with the same four bytes, longest first.
	lengths map[uint32][]int
	// starts are the first four bytes of all forms; packed are those of the packed forms, and their first one, two and
	// three bytes.
	starts, packed *sieve
	// longestPacked is the length of the longest packed form.
	longestPacked int
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

// form is what is known of a text to remove.
type form struct {
	// secret is the length in bytes of the longest secret that it stands for.
	secret int
	// packed: it is base64 or hexadecimal, which encoders fold.
	packed bool
}

// sieve tells most numbers apart from those that were put into it, in less time than a map.
type sieve [1 << 10]uint64

func (f *sieve) put(n uint32) {
	at := n * 0x9E3779B1 >> 16
	f[at>>6] |= 1 << (at & 63)
}

func (f *sieve) has(n uint32) bool {
	at := n * 0x9E3779B1 >> 16
	return f[at>>6]&(1<<(at&63)) != 0
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
		m.known, m.forms, m.lengths, m.starts, m.packed = map[string]bool{}, map[string]form{}, map[uint32][]int{}, &sieve{}, &sieve{}
	}
	if m.known[name] {
		return nil
	}
	m.known[name] = true
	if len(text) < minNetLength {
		m.shortRaw = append(m.shortRaw, text)
	}
	plain, packed := encodings(text, m.also)
	for _, f := range plain {
		m.addForm(f, form{length, false})
	}
	for _, f := range packed {
		m.addForm(f, form{length, true})
	}
	return m.announce
}

func (m *Masker) addForm(f string, of form) {
	if len(f) < minPartLength || of.secret < minPartLength {
		m.short = append(m.short, f)
		return
	}
	before, known := m.forms[f]
	if before.secret >= of.secret && (before.packed || !of.packed) {
		return
	}
	m.forms[f] = form{max(before.secret, of.secret), before.packed || of.packed}
	m.starts.put(start(f))
	if of.packed {
		m.longestPacked = max(m.longestPacked, len(f))
		for n := 1; n <= minPartLength; n++ {
			m.packed.put(beginning(f[:n]))
		}
	}
	if strings.Contains(f, "\n") && of.secret >= minNetLength && before.secret < minNetLength {
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
func start[T string | []byte](s T) uint32 {
	_ = s[minPartLength-1]
	return uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24
}

// beginning gives up to four bytes as a number.
func beginning[T string | []byte](s T) uint32 {
	var n uint32
	for i := range len(s) {
		n |= uint32(s[i]) << (8 * i)
	}
	return n
}

// Mask removes secrets of at least six bytes from regent's own output.
func (m *Masker) Mask(s string) string {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return cover(s, 0, m.spans(s, minNetLength))
}

// Cut removes secrets of at least four bytes, in text that comes from a server and is data: a name, a description. Shorter
// ones cannot be cut out of it, and no apply sends them ([Value.Unfit]).
func (m *Masker) Cut(s string) string {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return cover(s, 0, m.spans(s, minPartLength))
}

// Scrub makes text that a server sent safe to show. Secrets of any length are removed; a text that contains a very
// short one is withheld as a whole.
func (m *Masker) Scrub(s string) string {
	m.mu.RLock()
	defer m.mu.RUnlock()
	s = cover(s, 0, m.spans(s, minPartLength))
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
	return union(m.whole(s, least), m.folded(unfold(s), least))
}

// whole finds the forms that stand in s as they are.
func (m *Masker) whole(s string, least int) []span {
	var out []span
	for i := 0; i+minPartLength <= len(s); i++ {
		key := start(s[i:])
		if !m.starts.has(key) {
			continue
		}
		if n := m.longest(s[i:], m.lengths[key], least); n > 0 {
			out = grow(out, span{i, i + n})
		}
	}
	return out
}

// grow adds a part that starts no earlier than those before.
func grow(spans []span, p span) []span {
	if last := len(spans) - 1; last >= 0 && p.start < spans[last].end {
		spans[last].end = max(spans[last].end, p.end)
		return spans
	}
	return append(spans, p)
}

// union gives the parts of both lists, in order.
func union(a, b []span) []span {
	if len(b) == 0 {
		return a
	}
	var out []span
	for len(a) > 0 || len(b) > 0 {
		if len(b) == 0 || len(a) > 0 && a[0].start <= b[0].start {
			out, a = grow(out, a[0]), a[1:]
		} else {
			out, b = grow(out, b[0]), b[1:]
		}
	}
	return out
}

// longest gives the length of the longest form that s starts with, or 0.
func (m *Masker) longest(s string, lengths []int, least int) int {
	for _, n := range lengths {
		if n <= len(s) && m.forms[s[:n]].secret >= least {
			return n
		}
	}
	return 0
}

// cover masks the parts of s, of which so many bytes are left out. No part lies on both sides.
func cover(s string, done int, spans []span) string {
	for len(spans) > 0 && spans[0].end <= done {
		spans = spans[1:]
	}
	if len(spans) == 0 {
		return s[done:]
	}
	var b strings.Builder
	for _, p := range spans {
		b.WriteString(s[done:p.start])
		b.WriteString(mask)
		done = p.end
	}
	b.WriteString(s[done:])
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
