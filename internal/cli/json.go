package cli

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"

	"regent/internal/printable"
	"regent/internal/report"
)

// jsonText is a string of a JSON document, with the colon after it when it is a key.
var jsonText = regexp.MustCompile(`"(?:[^"\\]|\\.)*"(\s*:)?`)

// printJSON prints a document masked string by string: a secret that happens to be a number, or the name of a key, must
// not tear the document apart.
func (a *app) printJSON(doc []byte) error {
	a.answered = true
	_, err := a.plain.Write(a.maskJSON(doc))
	return err
}

// maskJSON masks the strings of a document, and leaves its keys, which are regent's own. What stands in them does nothing
// on a terminal.
func (a *app) maskJSON(doc []byte) []byte {
	return printable.JSON(jsonText.ReplaceAllFunc(doc, a.maskString))
}

func (a *app) maskString(quoted []byte) []byte {
	var text string
	if json.Unmarshal(quoted, &text) != nil {
		return quoted // a key; those are regent's own
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
	var doc bytes.Buffer
	if err := report.JSONResult(&doc, r); err != nil {
		return err
	}
	return a.printJSON(doc.Bytes())
}
