package report_test

import (
	"strings"
	"testing"

	"regent/internal/report"
	"regent/internal/secret"
)

// TestTheMaskKnowsEveryEscape: what prose makes of a secret is a form that the mask of what is finished looks for.
func TestTheMaskKnowsEveryEscape(t *testing.T) {
	t.Parallel()
	for c := byte('!'); c <= '~'; c++ {
		word := "hunter" + string(c) + "two"
		masker := &secret.Masker{}
		masker.Also(report.Forms)
		masker.Add(secret.New(word))
		prose := report.Escape("it is "+word, report.Code)
		if masked := masker.Mask(prose); strings.Contains(masked, "hunter") {
			t.Errorf("%q becomes %q, which is not masked: %q", word, prose, masked)
		}
	}
}
