package report_test

import (
	"encoding/json"
	"strings"
	"testing"

	"regent/internal/report"
)

// everywhere puts a text to each place that Markdown reads in its own way: a paragraph, a list, a quotation, a table and
// the text of a link, as prose and as a value.
func everywhere(s string) string {
	prose, value := report.Escape(s, report.Code), report.Code(s)
	return "### regent plan\n\n" + prose + "\n\n**3 to add** " + value + " and " + prose + "\n\n" +
		"- " + prose + "\n- " + value + " in " + prose + "\n\n" +
		"> [!WARNING]\n> " + value + ": account " + value + ", " + prose + "\n\n" +
		"| Name | What |\n|---|---|\n| " + report.Cell(s) + " | " + report.Escape(s, report.Cell) + "<br>" + report.Cell(s) + " |\n\n" +
		report.Linked(s, runURL) + " · " + prose + "\n"
}

// FuzzEscape: whatever a text is, Markdown finds the structure of a harmless one around it, and GitHub nothing to act upon.
func FuzzEscape(f *testing.F) {
	for _, s := range payloads() {
		f.Add(s)
	}
	want := outline(f, "x", everywhere("x"))
	lines := strings.Count(everywhere("x"), "\n")
	f.Fuzz(func(t *testing.T, s string) {
		if strings.TrimSpace(s) == "" {
			return // no text, no code span
		}
		source := everywhere(s)
		if n := strings.Count(source, "\n"); n != lines {
			t.Errorf("%q makes %d lines of %d", s, n, lines)
		}
		if got := outline(t, s, source); got != want {
			t.Errorf("%q changes the structure: %s", s, firstChange(want, got))
		}
	})
}

// FuzzMarkdown puts any text wherever text of others stands in whole reports. The structure that a reader sees, the number
// of lines and of cells stay those of a harmless text, and no other output lets it out either.
func FuzzMarkdown(f *testing.F) {
	for _, s := range payloads() {
		f.Add(s)
	}
	benign := all(f, "x")
	benignOutlines := outlines(f, "x")
	f.Fuzz(func(t *testing.T, s string) {
		for name, text := range all(t, s) {
			switch {
			case strings.HasSuffix(name, ".md"):
				inert(t, s, name, text, benign[name])
				if got := outline(t, name, text); got != benignOutlines[name] {
					t.Errorf("%q changes the structure of %s: %s", s, name, firstChange(benignOutlines[name], got))
				}
			case strings.HasSuffix(name, "json") && !json.Valid([]byte(text)):
				t.Errorf("%q makes %s invalid", s, name)
			case strings.HasSuffix(name, "json"):
				harmless(t, s, name, text)
			default:
				printable(t, s, name, text, benign[name])
			}
		}
	})
}
