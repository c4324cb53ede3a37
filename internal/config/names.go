package config

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// plainKey is a key that can stand in a path as it is.
var plainKey = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// keyPath appends a key to a path, as accounts.host-security.region is written.
func keyPath(path, key string) string {
	if !plainKey.MatchString(key) {
		return path + "[" + show(key) + "]"
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
func itemPath(path, list string, i int, n *node) string {
	if n.shape == mapping {
		if e, ok := n.find(labelKeys[list]); ok && e.value.isText() && e.value.text != "" {
			return path + "[" + label(e.value.text) + "]"
		}
	}
	return path + "[" + strconv.Itoa(i) + "]"
}

// label gives a name for a path: as it is when it is harmless, else quoted and cut.
func label(name string) string {
	if utf8.RuneCountInString(name) <= 64 && !strings.ContainsFunc(name, odd) {
		return name
	}
	return show(name)
}

// odd reports characters that would make a message hard to read or to trust.
func odd(r rune) bool {
	return !strconv.IsPrint(r) || strings.ContainsRune(`[]"'`, r)
}

// show gives text from the file for a message: quoted, without control characters, and not too long.
func show(text string) string {
	const most = 60
	if r := []rune(text); len(r) > most {
		text = string(r[:most]) + "..."
	}
	return strconv.Quote(text)
}

// harmless is text that can be repeated without quotes.
var harmless = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.:+-]{0,59}$`)

// value gives a short value for a message, quoted only where needed.
func value(text string) string {
	if harmless.MatchString(text) {
		return text
	}
	return show(text)
}

// keyName gives a key for a message. A key that has no value and stands in braces may be a misplaced value, even a
// secret ({password:hunter2} is one key), so it is not repeated.
func keyName(key string, value *node) string {
	if hidden(key, value) {
		return "a key"
	}
	return label(key)
}

// hidden reports whether a key must not be repeated.
func hidden(key string, value *node) bool {
	return value.isNull() && value.text == "" || utf8.RuneCountInString(key) > 64
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
