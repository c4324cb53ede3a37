package printable_test

import (
	"testing"

	"regent/internal/printable"
)

func TestInvisibleAndFullWidthCharactersAreNamed(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                  "",
		"account: swr":      "",
		"harbor-名字é":        "",
		"Ａ１":                "",
		"acc\u200bount":     "U+200B (zero-width space)",
		"account:\u00a0swr": "U+00A0 (no-break space)",
		"\u3000account":     "U+3000 (full-width space)",
		"account：swr":       "U+FF1A (full-width :)",
		"a，b":               "U+FF0C (full-width ,)",
		"a、b":               "U+3001 (full-width ,)",
		"a\u2003b":          "U+2003 (a space)",
		"a\u2066b":          "U+2066 (not visible)",
		"x\ufeff\u200b":     "U+FEFF (byte-order mark)",
	} {
		if _, got := printable.Unseen(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	if at, _ := printable.Unseen("ab\u200b"); at != 2 {
		t.Errorf("at %d", at)
	}
}
