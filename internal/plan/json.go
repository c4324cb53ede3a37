package plan

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"

	"regent/internal/printable"
)

// WriteJSON writes the plan's JSON form, as [Plan.JSON] gives it, entry by entry: a plan of many changes takes tens of
// megabytes, and encoding/json would hold all of it three times. A plan with an action that is not known is refused; other
// errors are those of w.
func (p *Plan) WriteJSON(w io.Writer) error {
	if err := p.known(); err != nil {
		return err
	}
	d := &document{to: bufio.NewWriterSize(w, 64<<10)}
	d.enc = json.NewEncoder(&d.compact)
	d.enc.SetEscapeHTML(false)
	d.text("{\n")
	d.member("formatVersion", p.FormatVersion, ",\n")
	d.member("digest", p.Digest, ",\n")
	d.member("summary", p.Summary, ",\n")
	list(d, "accounts", p.Accounts, ",\n")
	list(d, "changes", p.Changes, ",\n")
	list(d, "problems", p.Problems, ",\n")
	list(d, "notes", p.Notes, "\n")
	d.text("}\n")
	return d.to.Flush() // which gives the first error of all
}

// document is one that is being written. Errors of the writer stay with it until the end.
type document struct {
	to                *bufio.Writer
	enc               *json.Encoder
	compact, indented bytes.Buffer
}

func (d *document) text(s string) { _, _ = d.to.WriteString(s) }

// member writes a key and its value.
func (d *document) member(name string, v any, end string) {
	d.text(`  "` + name + `": `)
	d.value(v, "  ")
	d.text(end)
}

// list writes a key and its entries, one after the other.
func list[E any](d *document, name string, entries []E, end string) {
	if len(entries) == 0 {
		d.member(name, entries, end)
		return
	}
	d.text(`  "` + name + `": [`)
	for i := range entries {
		if i > 0 {
			d.text(",")
		}
		d.text("\n    ")
		d.value(&entries[i], "    ")
	}
	d.text("\n  ]" + end)
}

// value writes a value whose lines, but the first, start with prefix. The types it is given cannot fail to encode.
func (d *document) value(v any, prefix string) {
	d.compact.Reset()
	d.indented.Reset()
	err := d.enc.Encode(v)
	if err == nil {
		err = json.Indent(&d.indented, bytes.TrimSuffix(d.compact.Bytes(), []byte("\n")), prefix, "  ")
	}
	if err != nil {
		panic("plan: a value that is not JSON: " + err.Error())
	}
	_, _ = d.to.Write(printable.JSON(d.indented.Bytes()))
}
