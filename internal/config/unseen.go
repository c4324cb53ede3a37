package config

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"regent/internal/printable"
)

// retype says what to do with a character that is not what it looks like.
const retype = "type it anew in ASCII, or delete it"

// uncommented gives a line without its comment: characters there break nothing.
func uncommented(line []byte) string {
	if bytes.HasPrefix(bytes.TrimSpace(line), []byte("#")) {
		return ""
	}
	before, _, _ := strings.Cut(string(line), " #")
	return before
}

// unseenIn gives the column and name of the first character of a line that is not what it looks like. Structural tells
// that it stands where YAML expects indentation, a key or its colon, not in a value or in quotes.
func unseenIn(line []byte) (column int, name string, structural bool) {
	text := uncommented(line)
	at, name := printable.Unseen(text)
	if name == "" {
		return 0, "", false
	}
	before := text[:at]
	return 1 + utf8.RuneCountInString(before), name, !strings.ContainsAny(before, `"'`) && !strings.Contains(before, ": ")
}

// unseenNear looks for a character that broke a line: in it, or in the one above, which then goes on as text.
func unseenNear(lines [][]byte, n int) (line, column int, name string) {
	for i := n; i >= 0 && i < len(lines) && i > n-3; i-- {
		if column, name, structural := unseenIn(lines[i]); structural {
			return i, column, name
		}
		if i < n && len(bytes.TrimSpace(lines[i])) > 0 {
			break
		}
	}
	return 0, 0, ""
}

// nameUnseen adds to findings what cannot be seen in their lines: it may be the reason.
func (l *loader) nameUnseen() {
	split := map[string][][]byte{}
	for _, e := range l.found.sorted()[:min(len(l.found.list), mostFindings)] {
		lines, done := split[e.Position.File]
		if !done {
			lines = splitLines(l.read[e.Position.File])
			split[e.Position.File] = lines
		}
		if i := e.Position.Line - 1; i >= 0 && i < len(lines) && !strings.Contains(e.Message, "U+") {
			if column, name, _ := unseenIn(lines[i]); name != "" {
				if !strings.HasSuffix(e.Message, "?") {
					e.Message += ";"
				}
				e.Message += fmt.Sprintf(" %s stands in column %d of this line: %s", name, column, retype)
			}
		}
	}
}
