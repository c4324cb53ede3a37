// Package printable makes documents that can be looked at: on a terminal, in the log of a workflow.
package printable

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"
)

// command is what GitHub's runner takes for a command, anywhere in a line of a log.
const command = "##["

// Line reports whether a text can be shown as it is: it stays on its line and does nothing there.
func Line(s string) bool {
	var e eye
	return utf8.ValidString(s) && !strings.Contains(s, command) && !strings.ContainsFunc(s, func(r rune) bool { return !e.sees(r) })
}

// JSON escapes in a JSON document what would do something where it is shown: control characters that JSON allows in
// texts, marks of direction, characters that are not seen, and the beginning of old commands of GitHub's runner. Readers
// of JSON get the same values as before.
func JSON(doc []byte) []byte {
	if begin := []byte(command); bytes.Contains(doc, begin) {
		doc = bytes.ReplaceAll(doc, begin, []byte(`##\u005b`))
	}
	var e eye
	at := odd(doc, &e)
	if at < 0 {
		return doc
	}
	var b bytes.Buffer
	b.Grow(len(doc) + 64)
	for ; at >= 0; at = odd(doc, &e) {
		r, size := utf8.DecodeRune(doc[at:])
		b.Write(doc[:at])
		if r > 0xFFFF {
			r -= 0x10000
			fmt.Fprintf(&b, `\u%04x\u%04x`, 0xD800+(r>>10), 0xDC00+(r&0x3FF))
		} else {
			fmt.Fprintf(&b, `\u%04x`, r)
		}
		doc = doc[at+size:]
	}
	b.Write(doc)
	return b.Bytes()
}

// odd gives the place of the first character that is not seen, or -1. Those of ASCII stand between values, or are
// escaped already; what is no UTF-8 is left as it is.
func odd(doc []byte, e *eye) int {
	for i := 0; i < len(doc); {
		if doc[i] < 0x7F {
			e.sees(rune(doc[i]))
			i++
			continue
		}
		r, size := utf8.DecodeRune(doc[i:])
		if !e.sees(r) {
			return i
		}
		i += size
	}
	return -1
}
