package report_test

import (
	"io"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"regent/internal/plan"
	"regent/internal/report"
	"regent/internal/secret"
)

// awkward draws secrets of characters that a report changes, with enough others to be told apart.
func awkward() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		odd := rapid.SliceOfN(rapid.SampledFrom([]string{
			"@", "_", "*", "|", "\\", "`", "&", "<", ">", "#1", "://", "  ", "\t", "\n", "\x01", "\u202e", "\xff", "!", "[", ")", "\"", "'", "::", "##[", "$", "%", "漢", "🔑",
			strings.Repeat("`", 20),
		}), 1, 6).Draw(t, "odd")
		return "s3" + odd[0] + "cr" + strings.Join(odd[1:], "t") + "Zq"
	})
}

// findingsOf is a report of messages.
func findingsOf(m report.Markdown, messages ...string) string {
	var out strings.Builder
	var all []report.Finding
	for _, text := range messages {
		all = append(all, report.Finding{Position: plan.Position{File: "f.yaml", Line: 1, Column: 1}, Level: "error", Message: text})
	}
	if err := m.Findings(&out, "Nothing was applied", all); err != nil {
		panic(err)
	}
	return out.String()
}

// TestMaskedReportsTellNoSecretsApart: with a mask, a report of one secret is that of another, byte for byte.
func TestMaskedReportsTellNoSecretsApart(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		before, after := rapid.SampledFrom([]string{"", "a ", "[", "x@", "\\"}).Draw(t, "before"), rapid.SampledFrom([]string{"", " b", "]", ".", "|"}).Draw(t, "after")
		limit := rapid.SampledFrom([]int{0, 2000}).Draw(t, "limit")
		render := func(s string) string {
			masker := &secret.Masker{}
			masker.Add(secret.New(s))
			return findingsOf(report.Markdown{Limit: limit, Mask: masker.Mask}, before+s+after, s)
		}
		a, b := awkward().Draw(t, "a"), awkward().Draw(t, "b")
		if got, want := render(a), render(b); got != want {
			t.Fatalf("%q and %q make different reports:\n%s\n%s", a, b, got, want)
		}
	})
}

// TestFinishedReportsAreMaskedToo: without a mask for what goes in, a secret is found in what comes out, in every format.
func TestFinishedReportsAreMaskedToo(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := awkward().Draw(t, "secret")
		masker := &secret.Masker{}
		masker.Also(report.Forms)
		masker.Add(secret.New(s))
		p := &plan.Plan{
			Accounts: []plan.Account{{Name: "a"}}, Problems: []plan.Problem{{Account: "a", Name: "n", Message: "the text " + s + " of it"}},
			Changes: []plan.Change{{Action: plan.Modify, Account: "a", Name: "n", Fields: []plan.FieldChange{{Field: "description", Before: s, After: "x"}}}},
			Notes:   []plan.Note{{Message: s}},
		}
		for name, f := range map[string]func(io.Writer) error{
			"text":     func(w io.Writer) error { return report.Text{}.Plan(w, p) },
			"markdown": func(w io.Writer) error { return report.Markdown{}.Plan(w, p) },
		} {
			var out strings.Builder
			w := masker.Writer(&out)
			if err := f(w); err != nil {
				t.Fatal(err)
			}
			if err := w.Flush(); err != nil {
				t.Fatal(err)
			}
			if strings.Contains(out.String(), "s3") || strings.Contains(out.String(), "Zq") {
				t.Fatalf("%s shows %q:\n%s", name, s, out.String())
			}
		}
	})
}
