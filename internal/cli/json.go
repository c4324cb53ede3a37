package cli

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"io"
	"strings"

	"regent/internal/printable"
	"regent/internal/report"
)

// printJSON prints a document masked string by string: a secret that happens to be a number, or the name of a key, must
// not tear the document apart. A document of many megabytes is masked line by line, as it is written; no string of JSON
// goes over a line.
func (a *app) printJSON(write func(io.Writer) error) error {
	a.answered = true
	out := bufio.NewWriterSize(a.plain, 64<<10)
	lines := &maskedLines{app: a, to: out}
	err := write(lines)
	if err == nil {
		err = lines.end()
	}
	return cmp.Or(err, out.Flush()) // after an error, the same one
}

// maskedLines masks the strings of a document that is written to it.
type maskedLines struct {
	app  *app
	to   io.Writer
	rest []byte // a line that has no end yet
}

// Write implements [io.Writer].
func (m *maskedLines) Write(doc []byte) (int, error) {
	whole := bytes.LastIndexByte(doc, '\n') + 1
	if whole > 0 {
		m.rest = append(m.rest, doc[:whole]...)
		if err := m.end(); err != nil {
			return 0, err
		}
	}
	m.rest = append(m.rest, doc[whole:]...)
	return len(doc), nil
}

// end masks what is there.
func (m *maskedLines) end() error {
	_, err := m.to.Write(m.app.maskJSON(m.rest))
	m.rest = m.rest[:0]
	return err
}

// maskJSON masks the strings of a document, and leaves its keys, which are regent's own. What stands in them does nothing
// on a terminal.
func (a *app) maskJSON(doc []byte) []byte {
	out := make([]byte, 0, len(doc))
	for {
		start := bytes.IndexByte(doc, '"')
		if start < 0 {
			return printable.JSON(append(out, doc...))
		}
		end := start + quoted(doc[start:])
		out = append(out, doc[:start]...)
		if isKey(doc[end:]) {
			out = append(out, doc[start:end]...)
		} else {
			out = append(out, a.maskString(doc[start:end])...)
		}
		doc = doc[end:]
	}
}

// quoted gives the length of the string that a text starts with, quotes included; all of the text when it has no end.
func quoted(text []byte) int {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(text)
}

// isKey reports whether a colon follows a string.
func isKey(after []byte) bool {
	after = bytes.TrimLeft(after, " \t\r\n")
	return len(after) > 0 && after[0] == ':'
}

func (a *app) maskString(quoted []byte) []byte {
	text, plain := "", len(quoted) > 1 && bytes.IndexByte(quoted, '\\') < 0
	if plain {
		text = string(quoted[1 : len(quoted)-1])
	} else if json.Unmarshal(quoted, &text) != nil {
		return quoted // no string; the documents are regent's own
	}
	masked := a.masker.Mask(text)
	if masked == text {
		return quoted
	}
	var out strings.Builder
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if enc.Encode(masked) != nil {
		return []byte(`"***"`) // cannot happen: it is text
	}
	return []byte(strings.TrimSuffix(out.String(), "\n"))
}

func (a *app) printResultJSON(r report.Result) error {
	return a.printJSON(func(w io.Writer) error { return report.JSONResult(w, r) })
}
