package report

import (
	"fmt"
	"net/url"
	"path"
	"regexp"
	"strings"
	"unicode/utf8"
)

// What comes from a file, a cloud or GitHub is made inert in one of two ways: values and names become code spans, in
// which Markdown and GitHub interpret nothing; prose is escaped word by word, and a word of which GitHub would make
// something on its own becomes a code span as well.

// longestRun is the longest run of backquotes that code keeps. GitHub's parser takes no run of more than 80 for the
// fence of a code span (MAXBACKTICKS in src/inlines.c of github/cmark-gfm, 0.29.0.gfm.13), so that a longer one inside
// would let the rest of the text out.
const longestRun = 16

// apart breaks what would be read together and is not seen: a zero-width space.
const apart = "\u200b"

// code gives text as a code span in which nothing is interpreted: no links, no mentions, no HTML.
func code(s string) string {
	if s == "" {
		return ""
	}
	s, longest := shortRuns(Clean(s))
	fence := strings.Repeat("`", longest+1)
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") || longest > 0 {
		s = " " + s + " "
	}
	return fence + s + fence
}

// shortRuns breaks runs of backquotes that are too long, and gives the length of the longest that is left.
func shortRuns(s string) (short string, longest int) {
	if !strings.Contains(s, "`") {
		return s, 0
	}
	var b strings.Builder
	run := 0
	for _, r := range s {
		if r != '`' {
			run = 0
		} else if run++; run > longestRun {
			b.WriteString(apart)
			run = 1
		}
		longest = max(longest, run)
		b.WriteRune(r)
	}
	return b.String(), longest
}

// bars are bars with the backslashes before them.
var bars = regexp.MustCompile(`\\*\|`)

// cell gives a code span for a table, in which a bar ends the cell unless an odd number of backslashes stands before it;
// one of them is taken away again.
func cell(s string) string {
	s = code(s)
	if !strings.Contains(s, "|") {
		return s
	}
	return bars.ReplaceAllStringFunc(s, func(bar string) string {
		if len(bar)%2 == 0 { // an odd number of backslashes already, none of them to spare
			bar = `\` + bar
		}
		return bar[:len(bar)-1] + `\|`
	})
}

var (
	// live is in a word of which GitHub makes something without any markup: mentions and mail addresses, issues, commits
	// (by 7 hexadecimal digits or more), web addresses, emoji, mathematics.
	live = regexp.MustCompile(`(?i)[@#$]|://|www\.|\bgh-[0-9]|:[a-z0-9_+-]+:|[0-9a-f]{7}`)
	// starter is a first word that starts a list, a line or a heading.
	starter = regexp.MustCompile(`^([-+=]+|[0-9]+[.)])$`)
)

// escape gives prose in which nothing that came from a server or a file is interpreted. White space becomes single
// spaces; span renders code spans.
func escape(s string, span func(string) string) string {
	words := strings.Fields(Clean(strings.Join(strings.Fields(s), " ")))
	for i, w := range words {
		switch {
		case live.MatchString(w):
			words[i] = spanned(w, span)
		case i == 0 && starter.MatchString(w):
			words[i] = span(w)
		default:
			words[i] = plain(w)
		}
	}
	return strings.Join(words, " ")
}

// spanned makes a word a code span and leaves the punctuation around it outside.
func spanned(word string, span func(string) string) string {
	const punctuation = `.,;:()[]"'`
	before := word[:len(word)-len(strings.TrimLeft(word, punctuation))]
	core := strings.Trim(word, punctuation)
	return plain(before) + span(core) + plain(word[len(before)+len(core):])
}

// plain escapes what Markdown gives a meaning.
func plain(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case strings.ContainsRune("\\`*_{}[]<>|~!^", r):
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '&':
			b.WriteString("&amp;")
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// Where there is a limit, no single text may use it up: the longest value and the longest prose, in bytes. What a
// configuration can say is shorter.
const (
	longestValue = 4000
	longestProse = 4000
)

// watched gives a rendering that notes whether it cuts a text.
func (m Markdown) watched() (watched Markdown, clipped *bool) {
	m.clipped = new(bool)
	return m, m.clipped
}

// clip removes secrets, cuts text that is longer than a limit, and tells its full length.
func (m Markdown) clip(s string, limit int) (short, told string) {
	if m.Mask != nil {
		s = m.Mask(s)
	}
	if m.Limit == 0 || len(s) <= limit {
		return s, ""
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	if m.clipped != nil {
		*m.clipped = true
	}
	return s[:limit] + "…", fmt.Sprintf(" (%d bytes)", len(s))
}

// code is a value outside a table, cell one within.
func (m Markdown) code(s string) string {
	s, told := m.clip(s, longestValue)
	return code(s) + told
}

func (m Markdown) cell(s string) string {
	s, told := m.clip(s, longestValue)
	return cell(s) + told
}

// prose is a sentence of somebody else's outside a table, cellProse one within.
func (m Markdown) prose(s string) string {
	s, told := m.clip(s, longestProse)
	return escape(s, code) + told
}

func (m Markdown) cellProse(s string) string {
	s, told := m.clip(s, longestProse)
	return escape(s, cell) + told
}

// longestURL is the longest address that becomes a link, in bytes.
const longestURL = 2000

// address gives an address of the web as it can stand in a link; false for any other.
func address(s string) (string, bool) {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || len(s) > longestURL {
		return "", false
	}
	return percent(s, "-._~:/?#@!&=+,;%"), true
}

// link gives a link, or its text where the address is none of the web. At the start of a paragraph, brackets and a colon
// make a footnote or the target of links, and code spans do not keep them from it.
func link(text, to string) string {
	text = escape(text, code)
	if a, ok := address(to); ok {
		return "[" + strings.ReplaceAll(text, "]:", "]"+apart+":") + "](" + a + ")"
	}
	return text
}

// percent encodes every byte of an address that is no letter, digit or one of those to keep.
func percent(s, keep string) string {
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte(keep, c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// local reports whether a slash-separated path stays below the folder it starts from.
func local(p string) bool {
	return p != "" && p == path.Clean(p) && !path.IsAbs(p) && p != ".." && !strings.HasPrefix(p, "../") && !strings.Contains(p, `\`)
}
