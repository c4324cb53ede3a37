package report_test

import (
	"strings"
	"testing"

	"regent/internal/plan"
	"regent/internal/report"
)

// TestMaskComesBeforeTheCut: of a secret that a cut would part, no half stays readable.
func TestMaskComesBeforeTheCut(t *testing.T) {
	t.Parallel()
	const secret = "correct-horse-battery-staple"
	mask := func(s string) string { return strings.ReplaceAll(s, secret, "***") }
	for at := 300; at < 1600; at += 7 {
		text := strings.Repeat("x", at) + secret + strings.Repeat("y", 2000)
		var out strings.Builder
		m := report.Markdown{Limit: 65_000, Mask: mask}
		err := m.Findings(&out, "Nothing was applied", []report.Finding{{Position: plan.Position{File: text, Line: 1, Column: 1}, Level: "error", Message: text}})
		if err != nil || !strings.Contains(out.String(), "xxx") {
			t.Fatalf("%v: %s", err, out.String())
		}
		if strings.Contains(out.String(), "correct") {
			t.Fatalf("half of a secret at %d: %s", at, out.String())
		}
	}
}
