package printable_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"regent/internal/printable"
)

func TestWhatIsNotSeenIsWrittenAsANumber(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"harbor-prod 1":        "harbor-prod 1",
		"caf\u00e9 生产 日本 хост": "caf\u00e9 生产 日本 хост",
		"e\u0301\u0323a":       "e\u0301\u0323a",
		"a\ufe0fb":             "a<fe0f>b",
		"a\U000e0100":          "a<e0100>",
		"\u3164":               "<3164>",
		"\u115f\u1160\uffa0":   "<115f><1160><ffa0>",
		"a\u2800b":             "a<2800>b",
		"a\u034fb":             "a<34f>b",
		"a\u200bb\u202e":       "a<200b>b<202e>",
		"\u0301a":              "<301>a",
		"1\u20e3":              "1<20e3>",
		"a \u0301":             "a <301>",
		"\x1b[31m\n":           "<1b>[31m<a>",
	} {
		if got := printable.Shown(text, func(r rune) string { return fmt.Sprintf("<%x>", r) }); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
		if printable.Line(text) != (text == want) {
			t.Errorf("%q: one of the two sees another text", text)
		}
		doc, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		shown := printable.JSON(doc)
		var back string
		if err := json.Unmarshal(shown, &back); err != nil || back != text || !printable.Line(string(shown)) {
			t.Errorf("%q in JSON: %s", text, shown)
		}
	}
}

// TestWhatIsNoUTF8IsShownAsTheReplacementCharacter: a terminal that is not set to UTF-8 takes the byte 9b for the beginning of
// a sequence.
func TestWhatIsNoUTF8IsShownAsTheReplacementCharacter(t *testing.T) {
	t.Parallel()
	if got := printable.Shown("a\x9b31m\xff", func(rune) string { return "" }); got != "a\uFFFD31m\uFFFD" {
		t.Errorf("%q", got)
	}
}
