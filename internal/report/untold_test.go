package report_test

import (
	"strings"
	"testing"

	"regent/internal/plan"
	"regent/internal/report"
)

// TestUntoldIsNotNone: what an API left out may be anything. A reader who approves a change must not take it for nothing.
func TestUntoldIsNotNone(t *testing.T) {
	t.Parallel()
	p := &plan.Plan{
		Summary: plan.Summary{Changes: map[plan.Action]int{"modify": 1}}, Accounts: []plan.Account{{Name: "swr"}},
		Changes: []plan.Change{{Action: plan.Modify, Account: "swr", Name: "dr", Fields: []plan.FieldChange{
			{Field: "hosts", After: map[string]string{"h": "192.0.2.1"}},
			{Field: "others", Before: map[string]string{}, After: map[string]string{"h": "192.0.2.1"}},
		}}},
	}
	var text, markdown strings.Builder
	if err := (report.Text{}).Plan(&text, p); err != nil {
		t.Fatal(err)
	}
	if err := (report.Markdown{}).Plan(&markdown, p); err != nil {
		t.Fatal(err)
	}
	for form, got := range map[string]string{"text": text.String(), "Markdown": markdown.String()} {
		if strings.Count(got, "(not told)") != 1 || strings.Count(got, "(none)") != 1 {
			t.Errorf("%s:\n%s", form, got)
		}
	}
}
