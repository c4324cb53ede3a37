package report_test

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"regent/internal/config"
	"regent/internal/model"
	"regent/internal/plan"
	"regent/internal/report"
)

// TestWarningsOfOneKindAreSaidOnce counts them and names the first places.
func TestWarningsOfOneKindAreSaidOnce(t *testing.T) {
	t.Parallel()
	c := &config.Config{}
	for line := range 1000 {
		c.Warnings = append(c.Warnings, &config.Error{Position: at(line + 1), Message: fmt.Sprintf("replicationTargets[%d].hosts is missing", line),
			Several: model.Several{Many: "hosts is missing in %d replication targets"}})
	}
	c.Warnings = append(c.Warnings, &config.Error{Position: at(2000), Message: "of its own"}, &config.Error{Position: at(2001), Message: "of its own"})
	want := []string{
		"registries.yaml:1:5: hosts is missing in 1000 replication targets (also registries.yaml:2:5, registries.yaml:3:5 and 997 more)",
		"registries.yaml:2000:5: of its own", "registries.yaml:2001:5: of its own",
	}
	if got := texts(report.Warnings(c)); !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	c.Warnings = c.Warnings[999:1000]
	if got := texts(report.Warnings(c)); !slices.Equal(got, []string{"registries.yaml:1000:5: replicationTargets[999].hosts is missing"}) {
		t.Errorf("one alone: %q", got)
	}
}

// TestVariablesThatAreNotSetAreOneNote lists their names instead of places.
func TestVariablesThatAreNotSetAreOneNote(t *testing.T) {
	t.Parallel()
	var p plan.Plan
	for i := range 23 {
		p.Notes = append(p.Notes, plan.Note{Account: "a", Position: plan.Position(at(i + 1)), Message: "h: not set",
			Several: model.Several{Many: "%d variables that an apply needs are not set here", Name: fmt.Sprintf("V%d", i+1)}})
	}
	const names = "V1, V2, V3, V4, V5, V6, V7, V8, V9, V10, V11, V12, V13, V14, V15, V16, V17, V18, V19, V20"
	if got := texts(report.Notes(&p)); !slices.Equal(got, []string{"23 variables that an apply needs are not set here: " + names + " and 3 more"}) {
		t.Errorf("got %q", got)
	}
	p.Notes = p.Notes[:1]
	if got := texts(report.Notes(&p)); !slices.Equal(got, []string{"registries.yaml:1:5: account a: h: not set"}) {
		t.Errorf("one alone: %q", got)
	}
}

func texts(remarks []report.Remark) []string {
	var out []string
	for _, r := range remarks {
		out = append(out, r.String())
	}
	return out
}

// TestUnmanagedEntriesAreListedUpTo20AnAccount and then counted, in text and Markdown, also where there are no changes.
func TestUnmanagedEntriesAreListedUpTo20AnAccount(t *testing.T) {
	t.Parallel()
	in := plan.Input{Name: "a", Fields: table()}
	for i := range 32 {
		in.Live = append(in.Live, live(item(fmt.Sprintf("team%d", i+1), 0, nil), fmt.Sprint(i+1)))
	}
	p := plan.New([]plan.Input{in}, func(string) bool { return false })
	text := render(t, func(w io.Writer) error { return report.Text{}.Plan(w, p) })
	markdown := render(t, func(w io.Writer) error { return report.Markdown{}.Plan(w, p) })
	for form, got := range map[string]string{"text": text, "Markdown": markdown} {
		for want, n := range map[string]int{"(ID ": 20, "and 12 more\n": 1, "team20": 1, "team21": 0, "No changes.": 1, "32 unmanaged, 0 built-in": 1} {
			if strings.Count(got, want) != n {
				t.Errorf("%s: %q is there %d times, want %d:\n%s", form, want, strings.Count(got, want), n, got)
			}
		}
	}
	if n := strings.Count(string(p.JSON()), `"summary": "harbor`); n != 32 {
		t.Errorf("JSON has %d of 32", n)
	}
}

// TestBlockedReasonsAreSaidOnce with the first places of each.
func TestBlockedReasonsAreSaidOnce(t *testing.T) {
	t.Parallel()
	p := onlyBlocked(5)
	text := render(t, func(w io.Writer) error { return report.Text{}.Plan(w, p) })
	markdown := render(t, func(w io.Writer) error { return report.Markdown{}.Plan(w, p) })
	for form, got := range map[string]string{"text": text, "Markdown": markdown} {
		if strings.Count(got, "the API cannot change the type") != 1 || strings.Count(got, "5 entries: type cannot be changed") != 1 || !strings.Contains(got, "and 2 more)") {
			t.Errorf("%s:\n%s", form, got)
		}
	}
}
