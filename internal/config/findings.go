package config

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/hashicorp/go-multierror"

	"regent/internal/config/yamltree"
	"regent/internal/model"
	"regent/internal/order"
)

// findings collects everything wrong with a configuration. The zero value is ready to use.
type findings struct {
	list []*Error
	// said are the mistakes that addOnce has reported.
	said map[mistakeID]bool
}

// mistakeID tells mistakes apart: what is wrong at which place.
type mistakeID struct {
	at   model.Position
	what string
}

// add records a finding at a place.
func (f *findings) add(at model.Position, message string) {
	f.list = append(f.list, &Error{Position: at, Message: message})
}

// addKind records a finding at a place, with what several of its kind are said as; see [model.Several].
func (f *findings) addKind(at model.Position, message, many string) {
	f.list = append(f.list, &Error{Position: at, Message: message, Several: model.Several{Many: many}})
}

// addOnce records a finding unless the same was found wrong at that place before: a mistake behind an anchor is met
// wherever the anchor is used, each time under another path, but was made once.
func (f *findings) addOnce(at model.Position, what, message string) {
	id := mistakeID{at, what}
	if f.said[id] {
		return
	}
	if f.said == nil {
		f.said = map[mistakeID]bool{}
	}
	f.said[id] = true
	f.add(at, message)
}

// sorted gives the findings by file, line, column and message, each once.
func (f *findings) sorted() []*Error {
	order.By(f.list, func(a, b **Error) int { return compareErrors(*a, *b) })
	f.list = slices.CompactFunc(f.list, func(a, b *Error) bool { return *a == *b })
	return f.list
}

func compareErrors(a, b *Error) int {
	return cmp.Or(
		cmp.Compare(a.Position.File, b.Position.File),
		cmp.Compare(a.Position.Line, b.Position.Line),
		cmp.Compare(a.Position.Column, b.Position.Column),
		cmp.Compare(a.Message, b.Message),
	)
}

// err gives all findings as one error, or nil when there are none.
func (f *findings) err() error {
	if len(f.list) == 0 {
		return nil
	}
	out := &multierror.Error{ErrorFormat: Lines}
	list := f.sorted()
	for _, e := range list[:min(len(list), mostFindings)] {
		out.Errors = append(out.Errors, e)
	}
	if more := len(list) - mostFindings; more > 0 {
		out.Errors = append(out.Errors, &Error{Position: list[mostFindings].Position,
			Message: fmt.Sprintf("%d more findings from here on are not shown", more)})
	}
	return out
}

// mostFindings is how many findings of a run are shown: all that anybody reads, and no hundred megabytes for a hostile
// file.
const mostFindings = 1000

// Lines prints one FILE:LINE:COL: message per line and nothing else.
func Lines(errs []error) string {
	lines := make([]string, len(errs))
	for i, e := range errs {
		lines[i] = e.Error()
	}
	return strings.Join(lines, "\n")
}

// nameUnseen adds to findings what cannot be seen in their lines: it may be the reason.
func (l *loader) nameUnseen() {
	split := map[string][][]byte{}
	for _, e := range l.found.sorted()[:min(len(l.found.list), mostFindings)] {
		lines, done := split[e.Position.File]
		if !done {
			lines = yamltree.SplitLines(l.read[e.Position.File])
			split[e.Position.File] = lines
		}
		if i := e.Position.Line - 1; i >= 0 && i < len(lines) && !strings.Contains(e.Message, "U+") {
			if column, name, _ := yamltree.Unseen(lines[i]); name != "" {
				if !strings.HasSuffix(e.Message, "?") {
					e.Message += ";"
				}
				e.Message += fmt.Sprintf(" %s stands in column %d of this line: %s", name, column, yamltree.Retype)
			}
		}
	}
}

// plainKey is a key that can stand in a path as it is.
var plainKey = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// keyPath appends a key to a path, as accounts.host-security.region is written.
func keyPath(path, key string) string {
	if !plainKey.MatchString(key) {
		return path + "[" + label(key) + "]"
	}
	if path == "" {
		return key
	}
	return path + "." + key
}

// labelKeys are the keys that tell the entries of a list apart.
var labelKeys = map[string]string{
	"registries": "name", "replicationTargets": "name", "namespaces": "name", "scan": "account",
}

// itemPath appends an entry of a list to a path, by its name where it has one: registries[harbor-prod], else by its
// index: registries[2].
func itemPath(path, list string, i int, n *yamltree.Node) string {
	if n.Shape == yamltree.Mapping {
		if e, ok := n.Find(labelKeys[list]); ok && e.Value.IsText() && harmless(e.Value.Text) {
			return path + "[" + e.Value.Text + "]"
		}
	}
	return path + "[" + strconv.Itoa(i) + "]"
}

// label gives a name that the user chose for a message: as it is when it is harmless, else quoted and cut.
func label(name string) string {
	if harmless(name) {
		return name
	}
	return show(name)
}

// show gives text from the file for a message: quoted, without control characters, and not too long.
func show(text string) string {
	const most = 60
	if r := []rune(text); len(r) > most {
		text = string(r[:most]) + "..."
	}
	return strconv.Quote(text)
}

// harmless reports text that can be repeated as it is: one word that cannot be mistaken for anything else. Text of
// several words is not, since a line that lost its key continues the value above it.
func harmless(text string) bool {
	return text != "" && utf8.RuneCountInString(text) <= 64 && !strings.ContainsFunc(text, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("_.:+-$@/", r)
	})
}

// wordKey is a key that reads like one of the format: words of letters.
var wordKey = regexp.MustCompile(`^[A-Za-z]+([_-][A-Za-z]+)*$`)

// speakable reports whether an unknown key may be repeated in a message. One that has no value and stands in braces
// may be a misplaced value, even a secret ({password:hunter2} is one key), and so may one that does not read like a
// key at all; the place is enough to find those.
func speakable(key string, value *yamltree.Node) bool {
	if value.IsNull() && value.Text == "" || len(key) > 40 {
		return false
	}
	return wordKey.MatchString(key) || len(homesOf(key)) > 0
}

// oneOf lists words as "a, b or c".
func oneOf(words []string) string { return enumerate(words, "or") }

// allOf lists words as "a, b and c".
func allOf(words []string) string { return enumerate(words, "and") }

func enumerate(words []string, last string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " " + last + " " + words[len(words)-1]
}

// Suggest gives the candidate that the user most likely meant by word, or "" when none is near.
func Suggest(word string, candidates []string) string {
	w := plain(word)
	if w == "" || len(w) > 64 {
		return ""
	}
	best, bestDistance := "", len(w)+1
	for _, c := range candidates {
		p := plain(c)
		if d := slips(w, p); d <= tolerance(w, p) && d < bestDistance {
			best, bestDistance = c, d
		}
	}
	return best
}

// slips is the distance of two words, where a word cut short counts as one slip. Words of too different length are
// not compared.
func slips(w, p string) int {
	switch {
	case len(w) >= 4 && len(p) > len(w) && strings.HasPrefix(p, w):
		return 1
	case max(len(w)-len(p), len(p)-len(w)) > tolerance(w, p):
		return len(w) + len(p)
	}
	return distance(w, p)
}

// plain leaves out what people vary without meaning anything: case, dashes and underscores, and what they cannot see.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if r > 0x7F && unicode.In(r, unicode.Zs, unicode.Cf) {
			return -1
		}
		return r
	}, dropMarks.Replace(strings.ToLower(s)))
}

var dropMarks = strings.NewReplacer("-", "", "_", "", " ", "")

// tolerance is how many slips make two words still the same: none in words of up to two letters, one up to four,
// two up to eight, else three.
func tolerance(a, b string) int {
	switch n := min(len(a), len(b)); {
	case n <= 2:
		return 0
	case n <= 4:
		return 1
	case n <= 8:
		return 2
	default:
		return 3
	}
}

// distance is the Damerau-Levenshtein distance (optimal string alignment): insertions, deletions, substitutions and
// swaps of neighbours.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	before, last := make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i := range x {
		row := make([]int, len(y)+1)
		row[0] = i + 1
		for j := range y {
			cost := 1
			if x[i] == y[j] {
				cost = 0
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, last[j]+cost)
			if i > 0 && j > 0 && x[i] == y[j-1] && x[i-1] == y[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last = last, row
	}
	return last[len(y)]
}

// near gives up to n candidates that resemble word, nearest first.
func near(word string, candidates []string, n int) []string {
	sorted := slices.Clone(candidates)
	order.By(sorted, func(a, b *string) int {
		return distance(plain(word), plain(*a)) - distance(plain(word), plain(*b))
	})
	return sorted[:min(n, len(sorted))]
}
