package secret_test

import (
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"html"
	"io"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"

	"regent/internal/secret"
)

// withheld is what comes of a message that holds a secret.
const withheld = "the message is not shown: it holds a secret"

// withhold is Withhold of a message.
func withhold(m *secret.Masker, s string) string { return m.Withhold("the message", s) }

func maskerOf(texts ...string) *secret.Masker {
	m := &secret.Masker{}
	for _, s := range texts {
		m.Add(secret.New(s))
	}
	return m
}

// plainEscapers are the ways in which regent and its libraries write text inside text.
var plainEscapers = []string{"raw", "json", "json plain", "json slash", "query", "path", "percent", "lower case percent", "component", "java"}

// escapers are the ways other programs do.
var escapers = map[string]func(string) string{
	"raw":        func(s string) string { return s },
	"json":       jsonText,
	"json plain": plainJSON,
	"json slash": func(s string) string { return strings.ReplaceAll(plainJSON(s), "/", `\/`) },
	"query":      url.QueryEscape,
	"path":       url.PathEscape,
	"percent":    func(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") },
	"lower case percent": func(s string) string {
		var b strings.Builder
		for i := range len(s) {
			if c := s[i]; c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-_.~", c) >= 0 {
				b.WriteByte(c)
			} else {
				fmt.Fprintf(&b, "%%%02x", c)
			}
		}
		return b.String()
	},
	"component": func(s string) string { // JavaScript's encodeURIComponent
		s = strings.ReplaceAll(url.QueryEscape(s), "+", "%20")
		return strings.NewReplacer("%21", "!", "%27", "'", "%28", "(", "%29", ")", "%2A", "*").Replace(s)
	},
	"java": func(s string) string {
		return strings.NewReplacer("%2A", "*", "~", "%7E").Replace(url.QueryEscape(s))
	},
	"html": html.EscapeString,
	"xml": func(s string) string {
		var b strings.Builder
		_ = xml.EscapeText(&b, []byte(s))
		return b.String()
	},
	"markdown": func(s string) string { // what the reports of regent escape
		return strings.NewReplacer("\\", "\\\\", "`", "\\`", "*", "\\*", "_", "\\_", "{", "\\{", "}", "\\}", "[", "\\[", "]", "\\]", "<", "\\<", ">", "\\>",
			"|", "\\|", "~", "\\~", "!", "\\!", "&", "&amp;").Replace(s)
	},
	"markdown, all of it": func(s string) string { return regexp.MustCompile("[!-/:-@[-`{-~]").ReplaceAllString(s, `\$0`) },
	"markdown in a table": func(s string) string { return strings.ReplaceAll(s, "|", `\|`) },
	"quote":               func(s string) string { q := fmt.Sprintf("%q", s); return q[1 : len(q)-1] },
	"ascii":               func(s string) string { q := fmt.Sprintf("%+q", s); return q[1 : len(q)-1] },
}

func jsonText(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(b[1 : len(b)-1])
}

func plainJSON(s string) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		panic(err)
	}
	return b.String()[1 : b.Len()-2]
}

// secretTexts draws secrets that a person or a program could have made.
func secretTexts(least int) *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.StringMatching(fmt.Sprintf(`[A-Za-z0-9]{%d,40}`, least)),
		rapid.StringMatching(fmt.Sprintf(`[ -~]{%d,24}`, least)),
		rapid.StringOfN(rapid.RuneFrom([]rune("aé漢😀\t\"\\/+%&<>=$*~'()! \x01\x7f")), least, 16, -1),
		rapid.StringMatching(fmt.Sprintf(`[a-z\n]{%d,24}`, least)),
	)
}

func surroundings() *rapid.Generator[string] {
	return rapid.StringMatching(`[A-Z0-9{}:\[\]., \n]{0,9}`)
}

func TestNoEscapedSecretSurvivesMask(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := secretTexts(6).Draw(t, "secret")
		before, after := surroundings().Draw(t, "before"), surroundings().Draw(t, "after")
		name := rapid.SampledFrom(plainEscapers).Draw(t, "escape")
		form := escapers[name](s)
		for how, remove := range map[string]func(string) string{"Mask": maskerOf(s).Mask, "Cut": maskerOf(s).Cut} {
			out := remove(before + form + after)
			if strings.Contains(out, form) || len(out) > len(before)+len(after)+len(form) {
				t.Fatalf("%s of %s leaves %q of %q", how, name, out, form)
			}
		}
	})
}

// packers turn bytes into other characters; a secret then has no fixed form, only one for each alignment.
var packers = map[string]func(string) string{
	"base64":          func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
	"base64 raw":      func(s string) string { return base64.RawStdEncoding.EncodeToString([]byte(s)) },
	"base64 url":      func(s string) string { return base64.URLEncoding.EncodeToString([]byte(s)) },
	"base64 in query": func(s string) string { return url.QueryEscape(base64.StdEncoding.EncodeToString([]byte(s))) },
	"base64 in json": func(s string) string {
		return strings.ReplaceAll(base64.StdEncoding.EncodeToString([]byte(s)), "/", `\/`)
	},
}

// TestNoPackedSecretSurvivesMask encodes whole documents that hold the secret. At most the characters shared with the
// neighbours may stay.
func TestNoPackedSecretSurvivesMask(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := secretTexts(8).Draw(t, "secret")
		before, after := surroundings().Draw(t, "before"), surroundings().Draw(t, "after")
		pack := packers[rapid.SampledFrom(keys(packers)).Draw(t, "pack")]
		document := pack(before + s + after)
		for name, remove := range map[string]func(string) string{"Mask": maskerOf(s).Mask, "Cut": maskerOf(s).Cut} {
			out := remove(document)
			if most := len(pack(before)) + len(pack(after)) + 16; !strings.Contains(out, "***") || len(out) > most {
				t.Fatalf("%s leaves %q, %d characters of %q", name, out, len(out), document)
			}
		}
	})
}

// maskCase is a text with secrets in it.
type maskCase struct {
	name       string
	secrets    []string
	text, want string
}

func runCases(t *testing.T, remove func(*secret.Masker, string) string, cases []maskCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := remove(maskerOf(c.secrets...), c.text); got != c.want {
				t.Errorf("%q becomes %q, want %q", c.text, got, c.want)
			}
		})
	}
}

func TestInvariant02Mask(t *testing.T) {
	t.Parallel()
	runCases(t, (*secret.Masker).Mask, []maskCase{
		{"no secret", nil, "text", "text"},
		{"empty secret", []string{""}, "text", "text"},
		{"alone", []string{"secret1"}, "secret1", "***"},
		{"twice", []string{"secret1"}, "secret1 and secret1", "*** and ***"},
		{"added twice", []string{"secret1", "secret1"}, "a secret1", "a ***"},
		{"too short for words of our own", []string{"admin"}, "the admin user", "the admin user"},
		{"one inside the other", []string{"secret1", "secret1-long"}, "secret1-long", "***"},
		{"overlapping", []string{"xxabcd", "cdLONGSECRETVALUE"}, "<xxabcdLONGSECRETVALUE>", "<***>"},
		{"overlapping itself", []string{"ababab"}, "<abababab>", "<***>"},
		{"basic authentication", []string{"secret1"}, "Basic " + base64.StdEncoding.EncodeToString([]byte("robot:secret1")), "Basic cm9ib3Q6***=="},
		{"trailing line break in the variable", []string{"p\"ss&wd\n"}, `"p\"ss&wd" p%22ss%26wd`, `"***" ***`},
		{"line of a key", []string{"-----BEGIN KEY-----\nMIIEvQ\n-----END KEY-----"}, "line 2: MIIEvQ", "line 2: ***"},
		{"key of short lines", []string{"ab\ncd\nef\ngh"}, "<ab\ncd\nef\ngh>", "<***>"},
		{"mask is not read again", []string{"a***b1", "secret1"}, "asecret1b1", "a***b1"},
	})
}

// TestLoginIsCutAndNotMasked: a login can be a word that names much of what is shown.
func TestLoginIsCutAndNotMasked(t *testing.T) {
	t.Parallel()
	m := &secret.Masker{}
	m.AddLogin(secret.New("harbor-robot"))
	const text = "harbor-robot-dr has aGFyYm9yLXJvYm90"
	if got := m.Mask(text); got != text {
		t.Errorf("own output became %q", got)
	}
	for how, got := range map[string]string{"Cut": m.Cut(text), "Withhold": withhold(m, text)} {
		if got != "***-dr has ***" {
			t.Errorf("%s: a server's text became %q", how, got)
		}
	}
	m.Add(secret.New("harbor-robot"))
	if got := m.Mask("harbor-robot-dr"); got != "***-dr" {
		t.Errorf("the same text as a secret is not masked: %q", got)
	}
}

// TestInvariant02WriterEqualsMaskOfTheWhole writes the same text in random pieces.
func TestInvariant02WriterEqualsMaskOfTheWhole(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		secrets := rapid.SliceOfN(secretTexts(1), 1, 4).Draw(t, "secrets")
		pieces := rapid.SliceOfN(rapid.OneOf(surroundings(), rapid.SampledFrom(secrets), rapid.SampledFrom([]string{"\n", "ab\n"})), 0, 8).Draw(t, "pieces")
		whole, masker := strings.Join(pieces, ""), maskerOf(secrets...)
		var out strings.Builder
		w := masker.Writer(&out)
		for rest := whole; rest != ""; {
			n := rapid.IntRange(1, len(rest)).Draw(t, "chunk")
			if written, err := w.Write([]byte(rest[:n])); written != n || err != nil {
				t.Fatalf("Write gives %d, %v", written, err)
			}
			rest = rest[n:]
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		if want := masker.Mask(whole); out.String() != want {
			t.Fatalf("the writer gives %q, Mask %q", out.String(), want)
		}
	})
}

// TestInvariant02CutLeavesOnlyTheShortest: what a server keeps as a name or a description holds no secret that may be sent.
func TestInvariant02CutLeavesOnlyTheShortest(t *testing.T) {
	t.Parallel()
	m := maskerOf("pass", "xy", "secret1")
	if got := m.Cut("the pass of xy is secret1"); got != "the *** of xy is ***" {
		t.Error(got)
	}
}

// TestAlsoAddsForms of the program's own, and these inside JSON.
func TestAlsoAddsForms(t *testing.T) {
	t.Parallel()
	m := &secret.Masker{}
	m.Add(secret.New("known before"))
	m.Also(func(s string) []string { return []string{strings.ReplaceAll(s, " ", `"?"`)} })
	m.Add(secret.New("with a blank"))
	if got := m.Mask(`known"?"before, with"?"a"?"blank, {"a":"with\"?\"a\"?\"blank"}`); got != `known"?"before, ***, {"a":"***"}` {
		t.Error(got)
	}
}

// TestBytesThatAreNoTextAreFoundReplaced: a reader of JSON or a terminal's filter puts other characters in their place.
func TestBytesThatAreNoTextAreFoundReplaced(t *testing.T) {
	t.Parallel()
	const bad = "pass\xff\xfeword\xc3end"
	m := maskerOf(bad)
	var decoded string
	if err := json.Unmarshal([]byte(`"`+bad+`"`), &decoded); err != nil {
		t.Fatal(err)
	}
	for name, form := range map[string]string{
		"raw": bad, "decoded": decoded, "once for each run": strings.ToValidUTF8(bad, "\ufffd"), "encoded": jsonText(bad), "in a URL": url.QueryEscape(bad),
	} {
		if got := m.Mask("<" + form + ">"); strings.Contains(got, "word") {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// TestLongSecretsAreFound in a text of their size, at once.
func TestLongSecretsAreFound(t *testing.T) {
	t.Parallel()
	for name, long := range map[string]string{
		"one line":   strings.Repeat(`p@ss"w\rd <1>&`, 800),
		"many lines": strings.Repeat("MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7+/=\n", 180),
	} {
		m := maskerOf(long)
		for _, form := range plainEscapers {
			if got := m.Mask("<" + escapers[form](long) + ">"); len(got) > 400 {
				t.Errorf("%s as %s: %d bytes are left", name, form, len(got))
			}
		}
	}
}

func TestInvariant02WriterHoldsBackUntilALineEnds(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	w := maskerOf("secret1", "first line\nsecond line").Writer(&out)
	for _, step := range []struct{ write, want string }{
		{"a sec", ""},
		{"ret1\nb", "a ***\n"},
		{"\n", "a ***\nb\n"},
		{"first line\n", "a ***\nb\n"}, // the key may go on
		{"other\n", "a ***\nb\n***\nother\n"},
		{"first line\nsecond line\n", "a ***\nb\n***\nother\n***\n"},
	} {
		if _, err := io.WriteString(w, step.write); err != nil {
			t.Fatal(err)
		}
		if out.String() != step.want {
			t.Fatalf("after %q: %q, want %q", step.write, out.String(), step.want)
		}
	}
}

func TestWriterReportsErrors(t *testing.T) {
	t.Parallel()
	w := maskerOf("secret1").Writer(iotest.TruncateWriter(errorWriter{}, 1<<20))
	if _, err := io.WriteString(w, "no line yet"); err != nil {
		t.Errorf("a held-back write fails: %v", err)
	}
	if _, err := io.WriteString(w, "\n"); err == nil {
		t.Error("a failed write is not reported")
	}
	_, _ = io.WriteString(w, "rest") // held back
	if err := w.Flush(); err == nil {
		t.Error("a failed flush is not reported")
	}
}

type errorWriter struct{}

func (errorWriter) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestMaskerIsSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	masker := &secret.Masker{}
	w := masker.Writer(io.Discard)
	done := make(chan bool)
	for i := range 4 {
		go func() {
			defer func() { done <- true }()
			for j := range 50 {
				masker.Add(secret.New(fmt.Sprintf("secret-%d-%d", i, j)))
				_ = masker.Mask("text secret-0-1")
				_ = withhold(masker, "text secret-1-1")
				_, _ = fmt.Fprintf(w, "secret-%d\n", j)
			}
		}()
	}
	for range 4 {
		<-done
	}
}

// keys are sorted: rapid draws by index.
func keys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
