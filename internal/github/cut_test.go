package github_test

import (
	"errors"
	"strings"
	"testing"

	"regent/internal/github"
	"regent/internal/secret"
)

// TestCutIsSigned: the marker says whether the plan was shown whole, and nobody else can say so.
func TestCutIsSigned(t *testing.T) {
	t.Parallel()
	for name, key := range map[string]secret.Value{"unsigned": {}, "signed": signing} {
		m, err := reviewOf(planOf(hosts(3))).Fit(0)
		if err != nil {
			t.Fatal(err)
		}
		m.Cut()
		body, err := m.Seal(visible, key)
		if err != nil {
			t.Fatal(err)
		}
		review, err := github.Open(body, key)
		if err != nil || !review.Cut || !strings.Contains(body, " cut:") {
			t.Errorf("%s: cut is %v, %v: %.200s", name, review.Cut, err, body)
		}
		if again := seal(t, review, "applied", key); !strings.Contains(again, " cut:") {
			t.Errorf("%s: a comment that is written again forgets it", name)
		}
		for _, forged := range []string{strings.Replace(body, " cut:", " complete:", 1), strings.Replace(body, " cut:", " ", 1)} {
			if _, err := github.Open(forged, key); !errors.Is(err, github.ErrEdited) && !errors.Is(err, github.ErrSignature) {
				t.Errorf("%s: a forged marker opens: %v", name, err)
			}
		}
	}
}
