package secret_test

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"regent/internal/secret"
)

// lines breaks a text after so many characters.
func lines(s string, width int, with string) string {
	var parts []string
	for ; len(s) > width; s = s[width:] {
		parts = append(parts, s[:width])
	}
	return strings.Join(append(parts, s), with)
}

// folders are the ways in which encoders fold base64 and hexadecimal digits, and in which others repeat them.
var folders = map[string]func(string) string{
	"mail":                     func(s string) string { return lines(s, 76, "\r\n") },
	"mail, line feeds":         func(s string) string { return lines(s, 76, "\n") },
	"mail in JSON":             func(s string) string { return lines(s, 76, `\r\n`) },
	"mail in JSON in JSON":     func(s string) string { return lines(s, 76, `\\r\\n`) },
	"mail on one line":         func(s string) string { return lines(s, 76, " ") },
	"quoted-printable":         func(s string) string { return lines(s, 75, "=\r\n") },
	"key":                      func(s string) string { return lines(s, 64, "\n") },
	"key, carriage returns":    func(s string) string { return lines(s, 64, "\r\n") },
	"key in JSON":              func(s string) string { return lines(s, 64, `\n`) },
	"key in JSON as numbers":   func(s string) string { return lines(s, 64, `\u000A`) },
	"key in a URL":             func(s string) string { return lines(s, 64, "%0D%0A") },
	"key in XML":               func(s string) string { return lines(s, 64, "&#xD;&#10;") },
	"key in YAML":              func(s string) string { return "|\n          " + lines(s, 64, "\n          ") },
	"key in a shell script":    func(s string) string { return lines(s, 64, "\\\n  ") },
	"after a cleaner of lines": func(s string) string { return lines(s, 7, " ") },
	"every character":          func(s string) string { return lines(s, 1, " ") },
	"xxd":                      func(s string) string { return lines(s, 60, "\n") },
}

var (
	fifteen, sixteen = regexp.MustCompile(`(..){15}`), regexp.MustCompile(`(..){16}`)
	anyFold          = regexp.MustCompile(`\\+(r|n|u000A)|%0[AD]|&#(xD|10);|[|\s:=\\]`)
)

// dumpers write pairs of digits, or a few pairs together.
var dumpers = map[string]func(string) string{
	"pairs":             func(s string) string { return lines(s, 2, " ") },
	"pairs with colons": func(s string) string { return lines(s, 2, ":") },
	"lines of pairs": func(s string) string {
		return sixteen.ReplaceAllStringFunc(s, func(line string) string { return lines(line, 2, " ") + "\n" })
	},
	"lines of pairs with colons": func(s string) string {
		return fifteen.ReplaceAllStringFunc(s, func(line string) string { return "    " + lines(line, 2, ":") + ":\n" })
	},
	"lines of words": func(s string) string {
		return sixteen.ReplaceAllStringFunc(s, func(line string) string { return lines(line, 4, " ") + "\n" })
	},
}

// joined takes folds out of what is left of a folded text.
func joined(s string) string { return anyFold.ReplaceAllString(s, "") }

// written gives what comes out of a writer when a text comes in pieces of so many bytes.
func written(t rapid.TB, m *secret.Masker, text string, piece int) string {
	t.Helper()
	var out strings.Builder
	w := m.Writer(&out)
	for len(text) > 0 {
		n := min(piece, len(text))
		if _, err := io.WriteString(w, text[:n]); err != nil {
			t.Fatal(err)
		}
		text = text[n:]
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// TestInvariant02FoldedFormsAreRemoved folds documents that hold a secret, which starts and ends at each place of a line and
// of a group of base64.
func TestInvariant02FoldedFormsAreRemoved(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("Mask=me-0123456789?>~", 8)
	for s, step := range map[string]int{"secret1": 1, "wq7>?>?>-long enough for two": 7, long: 10} {
		m := maskerOf(s)
		check := func(name, document, want string) {
			t.Helper()
			for how, got := range map[string]string{
				"Mask": m.Mask(document), "Cut": m.Cut(document), "Scrub": m.Scrub(document), "Writer": written(t, m, document, 1<<20),
				"Writer in pieces": written(t, m, document, 5),
			} {
				if joined(got) != want {
					t.Errorf("%s, %s:\n%s\nbecomes\n%s\nwant\n%s", how, name, document, got, want)
				}
			}
		}
		for offset := 30; offset < 95; offset += step {
			before, after := strings.Repeat("{\"username\": ", 9)[:offset], strings.Repeat(", end of it", 8)
			from, to := (len(before)*4+2)/3, (len(before)+len(s))/3*4
			for _, enc := range []*base64.Encoding{base64.StdEncoding, base64.URLEncoding} {
				packed := enc.EncodeToString([]byte(before + s + after))
				for name, fold := range folders {
					check(fmt.Sprintf("%s at %d", name, offset), fold(packed), strings.TrimRight(packed[:from]+"***"+packed[to:], "="))
				}
			}
			digits := hex.EncodeToString([]byte(before + s + after))
			want := digits[:2*len(before)] + "***" + digits[2*(len(before)+len(s)):]
			for name, dump := range dumpers {
				check(fmt.Sprintf("%s at %d", name, offset), dump(digits), want)
			}
			check("upper case", lines(strings.ToUpper(digits), 2, " "), strings.ToUpper(want))
			for name, fold := range folders {
				check(fmt.Sprintf("%s of digits at %d", name, offset), fold(digits), want)
			}
		}
	}
}

// TestInvariant02FoldsAreMaskedAsAWhole: with the folds inside, and with those of secrets that overlap, nothing else.
func TestInvariant02FoldsAreMaskedAsAWhole(t *testing.T) {
	t.Parallel()
	runCases(t, (*secret.Masker).Mask, []maskCase{
		{"a fold inside", []string{"secret1"}, "It was c2Vjc mV0MQ== in base64", "It was ***== in base64"},
		{"slashes of PHP", []string{"???~~~???"}, `Pz8 \/fn5+Pz8\/`, "***"},
		{"several folds", []string{"secret1"}, `<c2V\r\n  jcm=V0MQ>`, "<***>"},
		{"twice", []string{"secret1"}, "c2Vjc mV0MQ and 73 65 63 72 65 74 31.", "*** and ***."},
		{"overlapping one that is whole", []string{"secret1", "mV0MQ, and on"}, "c2Vjc mV0MQ, and on.", "***."},
		{"overlapping one that is folded", []string{"secret1", "et1secret", "password"}, "73 65 63 72 65 74 31 73 65 63 72 65 74", "***"},
	})
}

// TestOrdinaryTextIsNotTakenForAFold: what is left out between the parts of a form is little, and all of the form is there.
func TestOrdinaryTextIsNotTakenForAFold(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"words that make the secret":       "change me, change: me, change=me",
		"a part of a form":                 "Y2hhb md and a2hhb mdlbWU",
		"more than folds between":          "Y2hhb, mdlbWU and 63 68 61 6e (67 65 6d 65)",
		"far apart":                        "Y2hhb" + strings.Repeat(" ", 65) + "mdlbWU",
		"the end of a line of words":       "the name is Y2hhb\nmdlbWU",
		"the end of a line with few pairs": "63 68 61\n6e 67 65 6d 65",
		"letters in another case":          "y2hhb MDLBWU",
	} {
		m := maskerOf("changeme")
		for how, got := range map[string]string{"Mask": m.Mask(text), "Scrub": m.Scrub(text), "Writer": written(t, m, text, 3)} {
			if got != text {
				t.Errorf("%s, %s: %q becomes %q", how, name, text, got)
			}
		}
	}
	if got := maskerOf("changeme").Mask("Y2hhb" + strings.Repeat(" ", 64) + "mdlbWU"); got != "***" {
		t.Errorf("the longest fold is left: %q", got)
	}
}

// TestInvariant02WriterHoldsBackWhileAFoldedSecretMayGoOn, line by line, and no longer.
func TestInvariant02WriterHoldsBackWhileAFoldedSecretMayGoOn(t *testing.T) {
	t.Parallel()
	m := maskerOf("secret1")
	full := strings.Repeat("x", 70)
	for _, steps := range [][]struct{ write, want string }{
		{
			{"before\n" + full + "c2Vjc\n", "before\n"}, // by whole lines
			{"mV0M", "before\n"},
			{"Q==\n", "before\n" + full + "***==\n"},
		},
		{
			{full + "c2Vjc\n", ""},
			{"\n \n", ""},
			{"other\n", full + "c2Vjc\n\n \nother\n"},
		},
		{ // a line that begins with the end of one secret and ends with the beginning of the next
			{full + "c2Vjc\n", ""},
			{"mV0MQ" + full + "/c2V\n", full},
			{"jcmV0MQ" + full + "/c\n", full + "***" + full + "/"},
			{"end\n", full + "***" + full + "/***" + full + "/c\nend\n"},
		},
	} {
		var out strings.Builder
		w := m.Writer(&out)
		for _, step := range steps {
			if _, err := io.WriteString(w, step.write); err != nil {
				t.Fatal(err)
			}
			if out.String() != step.want {
				t.Fatalf("after %q: %q, want %q", step.write, out.String(), step.want)
			}
		}
	}
}

// TestInvariant02WriterEqualsMaskOfTheWholeFolded puts texts together from parts of folded forms and from what decides
// whether they go on.
func TestInvariant02WriterEqualsMaskOfTheWholeFolded(t *testing.T) {
	t.Parallel()
	secrets := []string{"secret1", "t1secret", "never\nMASKED c2Vj", "nnnnnnnn", "AAAAAAAAAAAA"}
	m := maskerOf(secrets...)
	part := rapid.Custom(func(t *rapid.T) string {
		s := rapid.SampledFrom(secrets).Draw(t, "secret")
		packed := rapid.SampledFrom([]string{s, base64.RawStdEncoding.EncodeToString([]byte(s + s)), hex.EncodeToString([]byte(s + s))}).Draw(t, "packed")
		from := rapid.IntRange(0, len(packed)-1).Draw(t, "from")
		return packed[from:rapid.IntRange(from, len(packed)).Draw(t, "to")]
	})
	glue := rapid.SampledFrom([]string{
		"\n", "\n", "\r\n", " ", ":", "\\", `\n`, "n", "%", "%0", "a", "&#1", "0;", ".", strings.Repeat(" ", 60), "\n\n\n", strings.Repeat("x", 48), strings.Repeat("x", 47),
		"00 11 22 33 44 55 66 77 88 ",
	})
	rapid.Check(t, func(t *rapid.T) {
		var whole strings.Builder
		for _, piece := range rapid.SliceOfN(rapid.OneOf(part, glue), 5, 40).Draw(t, "pieces") {
			whole.WriteString(piece)
		}
		want := m.Mask(whole.String())
		if got := written(t, m, whole.String(), rapid.IntRange(1, 99).Draw(t, "size")); got != want {
			t.Fatalf("%q: the writer gives %q, Mask %q", whole.String(), got, want)
		}
	})
}

// TestWriterHoldsBackLittle: a form that has begun does not hold back all that follows, and ordinary lines come at once,
// whatever they end with.
func TestWriterHoldsBackLittle(t *testing.T) {
	t.Parallel()
	m := maskerOf("secret1", "another-secret", "p@ssw0rd-of-mine")
	var out strings.Builder
	w := m.Writer(&out)
	sent := 0
	write := func(line string) {
		t.Helper()
		sent += len(line)
		if _, err := io.WriteString(w, line); err != nil {
			t.Fatal(err)
		}
	}
	for end := ' '; end <= '~'; end++ {
		write(fmt.Sprintf("  + harbor-prod  registries.yaml:27:5  request 7f3a91d0-5b7e-4f0e-9a53-6d1b0f2c4e8%c, lines ending in %c\n", end, end))
		write(fmt.Sprintf("request 7f3a91d0-5b7e-4f0e-9a53-6d1b0f2c4e8%c\n", end))
		if out.Len() != sent {
			t.Fatalf("a line that ends with %q is held back", end)
		}
	}
	write(strings.Repeat("x", 70) + "c2Vj\n")
	for range 10_000 {
		write("\n")
		if sent-out.Len() > 200 {
			t.Fatalf("%d bytes are held back", sent-out.Len())
		}
	}
	form := base64.StdEncoding.EncodeToString([]byte("secret1another-secret"))
	for range 2000 {
		write(lines(strings.Repeat(form, 7), 76, "\n") + "\n")
	}
	write(".\n")
	if end := "\n.\n"; !strings.HasSuffix(out.String(), end) {
		t.Errorf("the end is held back: %q", out.String()[out.Len()-100:])
	}
}
