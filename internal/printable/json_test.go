package printable_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"regent/internal/printable"
)

func TestJSON(t *testing.T) {
	t.Parallel()
	for doc, want := range map[string]string{
		"":                                       "",
		`{"a":"plain, é, 漢, 🔑"}`:                 `{"a":"plain, é, 漢, 🔑"}`,
		"{\n  \"a\": \"\u009b31m\"\n}\n":         "{\n  \"a\": \"\\u009b31m\"\n}\n",
		`"` + "\u202ea\u200bb\ufeff\u2066" + `"`: `"\u202ea\u200bb\ufeff\u2066"`,
		`"` + "\U000E0041" + `"`:                 `"\udb40\udc41"`,
		`"` + "\x7f" + `"`:                       `"\u007f"`,
		`"a ##[group]b"`:                         `"a ##\u005bgroup]b"`,
		`"::error::x"`:                           `"::error::x"`, // no line starts with it
	} {
		if got := string(printable.JSON([]byte(doc))); got != want {
			t.Errorf("%q becomes %q, want %q", doc, got, want)
		}
	}
}

func TestLine(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"": true, "an access key, é, 漢, # [x]": true, "::error::x": true,
		"a\nb": false, "a\r": false, "\x1b[2J": false, "\u009b31m": false, "\u202ea": false, "a\u200bb": false, "\xff": false, "x ##[group]": false,
	} {
		if got := printable.Line(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// TestJSONKeepsValues and shows none that does something.
func TestJSONKeepsValues(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		value := map[string]string{rapid.String().Draw(t, "key"): rapid.StringOf(rapid.OneOf(rapid.Rune(), rapid.RuneFrom([]rune("#[]:\u009b\u202e\x7f\U000E0041")))).Draw(t, "value")}
		doc, err := json.MarshalIndent(value, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		shown := printable.JSON(doc)
		var read map[string]string
		if err := json.Unmarshal(shown, &read); err != nil {
			t.Fatal(err)
		}
		for key, v := range value {
			if read[key] != v {
				t.Fatalf("%q became %q", v, read[key])
			}
		}
		if strings.ContainsFunc(string(shown), func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }) || strings.Contains(string(shown), "##[") {
			t.Fatalf("shown as %q", shown)
		}
	})
}
