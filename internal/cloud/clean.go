package cloud

import (
	"strings"

	"regent/internal/printable"
	"regent/internal/secret"
)

// maxMessage caps what is shown of a server's message, in bytes.
const maxMessage = 600

// Message is what messages of servers are called where one is not shown.
const Message = "the server's message"

// Clean makes a server's text fit for a terminal, a comment and a log: nothing at all of one that holds a secret
// ([secret.Masker.Withhold] says what comes instead, of the subject), nothing that does not print (control characters,
// direction marks, what is invisible), one line, capped. The masker may be nil.
func Clean(m *secret.Masker, subject, s string) string {
	if m != nil {
		s = m.Withhold(subject, s)
	}
	s = printable.Shown(s, func(rune) string { return " " })
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > maxMessage {
		s = strings.ToValidUTF8(s[:maxMessage], "") + "..."
	}
	return s
}
