package secret

import (
	"strings"
	"sync"
)

// mask replaces a secret found in text.
const mask = "***"

const (
	// minNetLength is the shortest secret, in bytes, that [Masker.Mask] removes from regent's own output. A shorter one
	// would blank out ordinary words; regent's own output never contains a secret anyway, this is the second net.
	minNetLength = 6
	// minPartLength is the shortest secret, in bytes, that [Masker.Cut] removes: blanking single letters would reveal them
	// by their positions.
	minPartLength = 4
)

// Masker knows secrets and keeps them out of texts. It is safe for concurrent use. What a caller wants depends on whose text
// it is:
//
//   - [Masker.Mask], and [Masker.Writer] for a stream: regent's own output.
//   - [Masker.Cut]: data that a server keeps, such as a name or a description, which has to stay recognizable.
//   - [Masker.Withhold]: what a server, a library or a panic says, which may quote a secret in any encoding.
type Masker struct {
	mu    sync.RWMutex
	known map[string]bool
	// written are the forms that are removed from texts, bare what [Masker.Withhold] looks for in decoded ones.
	written, bare index
	// multiline are the forms with a line break, for [Writer].
	multiline []string
	// short are the secrets of fewer bytes than an index takes.
	short []string
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
	m.mu.Lock()
	added, tell := m.register(text, text, len(text)), m.announce
	if added && len(text) < minPartLength {
		m.short = append(m.short, text)
	} else if added {
		for _, f := range bareForms(text) {
			m.bare.add(f, len(text))
		}
	}
	m.mu.Unlock()
	if added && tell != nil {
		tell(announced(text))
	}
}

// AddLogin registers a name that goes with a secret. [Masker.Cut] and [Masker.Withhold] replace it; regent's own output,
// which never holds it, is left alone: a login is often a word, such as harbor, that names half of what is shown.
func (m *Masker) AddLogin(v Value) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.register("login "+v.Reveal(), v.Reveal(), min(len(v.Reveal()), minNetLength-1))
}

// register learns the forms of a text under a name, as a secret of so many bytes, and tells whether it is new.
func (m *Masker) register(name, text string, length int) bool {
	if text == "" || m.known[name] {
		return false
	}
	if m.known == nil {
		m.known = map[string]bool{}
	}
	m.known[name] = true
	if length < minPartLength {
		return true // it stands everywhere by chance
	}
	for _, f := range forms(text, m.also) {
		if len(f) < minPartLength {
			continue
		}
		if strings.Contains(f, "\n") && length >= minNetLength {
			m.multiline = append(m.multiline, f)
		}
		m.written.add(f, length)
	}
	return true
}

// Mask is for regent's own output: it replaces secrets of at least six bytes that are written as they are, in JSON, in a
// URL, in base64, or in one of the forms of [Masker.Also].
func (m *Masker) Mask(s string) string { return m.replace(s, minNetLength) }

// Cut is for data that a server keeps and a report has to name, such as a description: it replaces secrets and logins of at
// least four bytes, in the forms of [Masker.Mask]. What then still holds a secret, in any encoding, is replaced as a whole.
// No apply sends shorter secrets ([Value.Unfit]).
func (m *Masker) Cut(s string) string {
	s = m.replace(s, minPartLength)
	m.mu.RLock()
	defer m.mu.RUnlock()
	if m.holds(s, nil) {
		return mask
	}
	return s
}

// Withhold is for what a server, a library or a panic says: a text in which a secret of any length is found, in any
// encoding, is not shown at all. Instead of it comes a sentence about the subject, or the end of one when subject is empty.
// Of other texts it gives what [Masker.Cut] leaves: they may hold a login.
func (m *Masker) Withhold(subject, s string) string {
	m.mu.RLock()
	held := m.holds(s, m.short)
	m.mu.RUnlock()
	switch {
	case !held:
		return m.replace(s, minPartLength)
	case subject == "":
		return "not shown: it holds a secret"
	}
	return subject + " is not shown: it holds a secret"
}

func (m *Masker) replace(s string, least int) string {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return cover(s, m.written.spans(s, least))
}

// cover masks the parts of s.
func cover(s string, spans []span) string {
	if len(spans) == 0 {
		return s
	}
	var b strings.Builder
	done := 0
	for _, p := range spans {
		b.WriteString(s[done:p.start])
		b.WriteString(mask)
		done = p.end
	}
	b.WriteString(s[done:])
	return b.String()
}
