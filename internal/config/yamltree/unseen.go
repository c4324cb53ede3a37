package yamltree

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"regent/internal/printable"
)

// Retype says what to do with a character that is not what it looks like.
const Retype = "type it anew in ASCII, or delete it"

// uncommented gives a line without its comment: characters there break nothing.
func uncommented(line []byte) string {
	if bytes.HasPrefix(bytes.TrimSpace(line), []byte("#")) {
		return ""
	}
	before, _, _ := strings.Cut(string(line), " #")
	return before
}

// Unseen gives the column and name of the first character of a line that is not what it looks like. Structural tells
// that it stands where YAML expects indentation, a key or its colon, not in a value or in quotes.
func Unseen(line []byte) (column int, name string, structural bool) {
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
		if column, name, structural := Unseen(lines[i]); structural {
			return i, column, name
		}
		if i < n && len(bytes.TrimSpace(lines[i])) > 0 {
			break
		}
	}
	return 0, 0, ""
}
