package report_test

import (
	"io"
	"strings"
	"testing"

	"regent/internal/apply"
	"regent/internal/report"
)

// TestInvariant12ReportsSayThatTheyDoNotKnowAnAction and take it for no other.
func TestInvariant12ReportsSayThatTheyDoNotKnowAnAction(t *testing.T) {
	t.Parallel()
	p := many(1)
	p.Changes[0].Action = "transmogrify"
	p.Summary.Changes = nil
	for name, write := range map[string]func(io.Writer) error{
		"text":     func(w io.Writer) error { return report.Text{}.Plan(w, p) },
		"markdown": func(w io.Writer) error { return comment(65_000).Plan(w, p) },
	} {
		got := render(t, write)
		for _, part := range []string{`regent does not know the action "transmogrify"`, "1 change that regent does not know, 0 to add, 0 to modify, 0 blocked."} {
			if !strings.Contains(got, part) {
				t.Errorf("%s does not say %s:\n%s", name, part, got)
			}
		}
	}
	if line := (report.Text{}).Line(apply.Outcome{Change: &p.Changes[0]}); !strings.HasPrefix(line, "? ") {
		t.Errorf("its mark in a result: %s", line)
	}
}
