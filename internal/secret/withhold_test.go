package secret_test

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// lines breaks a text after so many characters.
func lines(s string, width int, with string) string {
	var parts []string
	for ; len(s) > width; s = s[width:] {
		parts = append(parts, s[:width])
	}
	return strings.Join(append(parts, s), with)
}

// folders are the ways in which encoders break base64 and hexadecimal digits into lines, and in which others repeat them.
var folders = map[string]func(string) string{
	"not at all":              func(s string) string { return s },
	"mail":                    func(s string) string { return lines(s, 76, "\r\n") },
	"mail in JSON":            func(s string) string { return lines(s, 76, `\r\n`) },
	"mail in JSON in JSON":    func(s string) string { return lines(s, 76, `\\r\\n`) },
	"quoted-printable":        func(s string) string { return lines(s, 75, "=\r\n") },
	"key":                     func(s string) string { return lines(s, 64, "\n") },
	"key in JSON as numbers":  func(s string) string { return lines(s, 64, `\u000A`) },
	"key in a URL":            func(s string) string { return lines(s, 64, "%0D%0A") },
	"key in XML":              func(s string) string { return lines(s, 64, "&#xD;&#10;") },
	"key in YAML":             func(s string) string { return "|\n          " + lines(s, 64, "\n          ") },
	"key in a shell script":   func(s string) string { return lines(s, 64, "\\\n  ") },
	"narrow":                  func(s string) string { return lines(s, 20, "\n") },
	"every character":         func(s string) string { return lines(s, 1, " ") },
	"odd blanks":              func(s string) string { return lines(s, 76, "\u2028\x00") },
	"slashes escaped by PHP":  func(s string) string { return strings.ReplaceAll(s, "/", `\/`) },
	"as a value in a query":   func(s string) string { return strings.NewReplacer("+", "%2B", "/", "%2f", "=", "%3D").Replace(s) },
	"with a prefix each line": func(s string) string { return "> " + lines(s, 64, "\n> ") },
}

var fifteen = regexp.MustCompile(`(..){15}`)

// dumpers write pairs of digits, or a few pairs together.
var dumpers = map[string]func(string) string{
	"pairs":             func(s string) string { return lines(s, 2, " ") },
	"pairs with colons": func(s string) string { return lines(s, 2, ":") },
	"upper case":        func(s string) string { return strings.ToUpper(lines(s, 2, " ")) },
	"bytes of C":        func(s string) string { return "0x" + lines(s, 2, ", 0x") },
	"escapes of C":      func(s string) string { return `\x` + lines(s, 2, `\x`) },
	"lines of pairs with colons": func(s string) string {
		return fifteen.ReplaceAllStringFunc(s, func(line string) string { return "    " + lines(line, 2, ":") + ":\n" })
	},
	"words": func(s string) string { return lines(s, 4, " ") },
}

// TestInvariant02WithholdFindsEveryEncoding of documents that hold a secret at any place, as a server may repeat them.
func TestInvariant02WithholdFindsEveryEncoding(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := secretTexts(4).Draw(t, "secret")
		m := maskerOf("other-secret", s)
		before, after := surroundings().Draw(t, "before"), surroundings().Draw(t, "after")
		inner, outer := rapid.SampledFrom(keys(escapers)).Draw(t, "inner"), rapid.SampledFrom(keys(escapers)).Draw(t, "outer")
		escaped := before + escapers[outer](escapers[inner](s)) + after
		document := before + escapers[inner](s) + after
		packed := base64.StdEncoding.EncodeToString([]byte(document))
		if rapid.Bool().Draw(t, "URL") {
			packed = base64.URLEncoding.EncodeToString([]byte(document))
		}
		digits := hex.EncodeToString([]byte(document))
		fold, dump := rapid.SampledFrom(keys(folders)).Draw(t, "fold"), rapid.SampledFrom(keys(dumpers)).Draw(t, "dump")
		for name, text := range map[string]string{
			"escaped: " + outer + " of " + inner: escaped, "base64: " + fold: folders[fold](packed), "digits: " + fold: folders[fold](digits),
			"digits: " + dump: dumpers[dump](digits),
		} {
			if got := withhold(m, "it was "+text); got != withheld {
				t.Fatalf("%s: %q is shown", name, got)
			}
		}
	})
}

func TestInvariant02Withhold(t *testing.T) {
	t.Parallel()
	const key = "-----BEGIN KEY-----\nMIIEvQ\nc2VjcmV0\n-----END KEY-----"
	for _, c := range []struct{ name, secret, text, want string }{
		{"nothing is known", "", "text", "text"},
		{"four bytes", "pass", "the pass is wrong", withheld},
		{"three bytes", "abc", "abc is wrong", withheld},
		{"one byte", "x", "x is wrong", withheld},
		{"a short one that is not there", "x", "not found", "not found"},
		{"a short one in base64", "abc", "Basic " + base64.StdEncoding.EncodeToString([]byte("u:abc")), withheld},
		{"four bytes in base64 at the worst place", "pa$1", base64.StdEncoding.EncodeToString([]byte("1pa$1")), withheld},
		{"blanks that came in", "two blanks", "it was two \n blanks", withheld},
		{"blanks that went away", "two  blanks", "it was twoblanks", withheld},
		{"control characters that came in", "changeme", "it was change\x00\u200bme", withheld},
		{"fillers that came in", "changeme", "it was change\u3164\u2800\ufe0f\u0301me", withheld},
		{"a secret of little but blanks", "a   b", "a b is about a   c, a-b", "a b is about a   c, a-b"},
		{"the same, repeated", "a   b", "it was a   b", withheld},
		{"a line of a key", key, "line 2: MIIEvQ", withheld},
		{"the whole key on one line", key, strings.ReplaceAll(key, "\n", " "), withheld},
		{"a part of a secret", "changeme", "change it, me: change. Y2hhb2dlbWU", "change it, me: change. Y2hhb2dlbWU"},
		{"Markdown in quotes", "!!&!", `it was \\!\\!&amp;\\!`, withheld},
		{"letters in another case", "changeme", "CHANGEME y2hhBMDLBWU=", "CHANGEME y2hhBMDLBWU="},
		{"a request ID", "changeme", "7f3a91d0-5b7e-4f0e-9a53-6d1b0f2c4e8a", "7f3a91d0-5b7e-4f0e-9a53-6d1b0f2c4e8a"},
		{"signs of escapes that are none", "changeme", `100% of \ and &nothing; \u12 \ud800\u0041 %zz \`, `100% of \ and &nothing; \u12 \ud800\u0041 %zz \`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := withhold(maskerOf(c.secret), c.text); got != c.want {
				t.Errorf("%q becomes %q, want %q", c.text, got, c.want)
			}
		})
	}
	if got := maskerOf("changeme").Withhold("", "changeme"); got != "not shown: it holds a secret" {
		t.Error(got)
	}
}

// TestWithholdFindsSecretsInLongTexts of many secrets.
func TestWithholdFindsSecretsInLongTexts(t *testing.T) {
	t.Parallel()
	masker, output := thousandSecrets()
	if got := withhold(masker, output); got != withheld {
		t.Errorf("%d bytes are shown", len(got))
	}
	if text := strings.Repeat("the registry does not exist; ", 1000); withhold(masker, text) != text {
		t.Error("a text without a secret is not shown")
	}
	last := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("{\"a\":\n", 20_000) + fmt.Sprintf("p@ss/%d&\"%x\"+", 999, 999*999*7919)))
	if got := withhold(masker, lines(last, 76, "\r\n")); got != withheld {
		t.Errorf("%d bytes are shown", len(got))
	}
}
