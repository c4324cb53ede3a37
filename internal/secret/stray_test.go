package secret_test

import (
	"testing"

	"regent/internal/secret"
)

// TestStrayNamesWhatACopyBroughtAlong and where, and nothing else of the secret.
func TestStrayNamesWhatACopyBroughtAlong(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"": "", "hunter2": "", "hun ter2": "", "hünter2": "",
		"hunter2\n": "ends in a line break; store it without", "hunter2\r\n": "ends in a line break; store it without",
		"hunter2 ": "ends in a blank; store it without", "\thunter2": "begins with a blank; store it without",
		"\ufeffhunter2": "begins with the character U+FEFF, which cannot be seen; store it without",
		"hunter2\u00a0": "ends in the character U+00A0, which cannot be seen; store it without",
		"hun\nter2":     "holds a line break; store it without", "hun\x00ter2": "holds the character U+0000, which cannot be seen; store it without",
		"hun\u200bter2": "holds the character U+200B, which cannot be seen; store it without",
		" \n ":          "holds nothing but blanks; store it anew",
	} {
		if got := secret.New(text).Stray(); got != want {
			t.Errorf("%q %s, want %q", text, got, want)
		}
	}
}
