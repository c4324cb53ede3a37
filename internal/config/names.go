package config

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"regent/internal/config/yamltree"
)

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
