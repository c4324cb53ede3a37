package report_test

import (
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"regent/internal/apply"
	"regent/internal/plan"
	"regent/internal/report"
)

// applied is the result of a run over a plan of n changes; every seventh failed, every eleventh is unknown.
func applied(n int) report.Result {
	p := many(n)
	run := &apply.Result{}
	for i := range p.Changes {
		o := apply.Outcome{Change: &p.Changes[i], Status: apply.Applied, ID: fmt.Sprint(i), RequestID: fmt.Sprintf("request-%05d", i)}
		switch {
		case o.Change.Action == plan.Blocked:
			o.Status, o.Detail, o.RequestID = apply.NotAttempted, "blocked", ""
		case i%7 == 0:
			o.Status, o.Detail = apply.Failed, "caller has no permission [HTTP 403 Forbidden, code NoPermission]"
		case i%11 == 0:
			o.Status, o.Detail = apply.Unknown, "the answer was lost"
		case i%13 == 0:
			o.Detail = "adopted: the answer was lost, the list shows the entry as desired"
		}
		run.Outcomes = append(run.Outcomes, o)
	}
	return report.Result{Plan: p, Run: run}
}

// refused is a refusal with n differences.
func refused(n int) report.Refusal {
	p := many(n)
	return report.Refusal{Reason: "It is another plan.", Advice: []string{"Plan again."}, Plan: p, Differences: plan.Compare(plan.New(nil, noSecrets), p)}
}

// wrong are n findings, a warning before each error.
func wrong(n int) []report.Finding {
	var out []report.Finding
	for i := range n {
		level := "error"
		if i%2 == 0 {
			level = "warning"
		}
		out = append(out, report.Finding{Position: plan.Position(at(i + 1)), Level: level, Message: fmt.Sprintf("finding %d", i)})
	}
	return out
}

// large are reports of n changes or findings, more than a comment holds.
func large(n int) map[string]func(report.Markdown, io.Writer) error {
	p, b, r, x, f := many(n), onlyBlocked(n), applied(n), refused(n), wrong(n)
	return map[string]func(report.Markdown, io.Writer) error{
		"plan":     func(m report.Markdown, w io.Writer) error { return m.Plan(w, p) },
		"blocked":  func(m report.Markdown, w io.Writer) error { return m.Plan(w, b) },
		"drift":    func(m report.Markdown, w io.Writer) error { return m.Drift(w, p) },
		"result":   func(m report.Markdown, w io.Writer) error { return m.Result(w, r) },
		"refusal":  func(m report.Markdown, w io.Writer) error { return m.Refusal(w, x) },
		"findings": func(m report.Markdown, w io.Writer) error { return m.Findings(w, "Not valid", f, "Correct them.") },
	}
}

// limits are limits in bytes: small ones, around which the first parts begin to fit, and those in use.
func limits() []int {
	out := []int{12_000, 20_000, 1_000_000}
	for n := 1; n < 6000; n += 151 {
		out = append(out, n)
	}
	return out
}

// countable are the parts of a document that are counted when they are left out: how to find one in a text, and its
// word in the line that counts them.
var countable = []struct {
	name string
	line *regexp.Regexp
	word string
}{
	{"changes", regexp.MustCompile("(?m)^\\| `[~+]` \\| [^|]*\\| (add|modify) ?[^|]*\\| [^|]*\\|$"), "changes?"},
	{"blocked changes", regexp.MustCompile("(?m)^\\| `harbor[^|]*\\|[^|]*\\| type (is|cannot)"), "blocked changes?"},
	{"tables of fields", regexp.MustCompile(`(?m)^\| Field \| Live`), "tables? of fields"},
	{"unmanaged entries", regexp.MustCompile("(?m)^- `other"), "unmanaged entr(?:y|ies)"},
	{"notes", regexp.MustCompile("(?m)^- `registries[^`]*` account"), "notes?"},
	{"unread accounts", regexp.MustCompile("(?m)^> (- )?Account"), "unread accounts?"},
	{"problems", regexp.MustCompile("(?m)^> (- )?`registries"), "problems?"},
	{"failed", regexp.MustCompile(`\*\*failed\*\*`), "failed"},
	{"unknown", regexp.MustCompile(`\*\*unknown\*\*`), "unknown"},
	{"not attempted", regexp.MustCompile(`\*\*not attempted\*\*`), "not attempted"},
	{"applied", regexp.MustCompile(`\| applied( |<br>)`), "applied"},
	{"differences", regexp.MustCompile("(?m)^\\| `harbor.* not reviewed \\|"), "differences?"},
	{"findings", regexp.MustCompile(`(?m)\| (warning: )?finding \d+ \|$`), "findings?"},
}

// missing reads what a document says is missing, by the names of countable.
func missing(t *testing.T, sentence string) map[string]int {
	t.Helper()
	out := map[string]int{}
	for _, c := range countable {
		if m := regexp.MustCompile(`(?:\*\*|: |, |and )(\d+) ` + c.word + `\b`).FindStringSubmatch(sentence); m != nil {
			n, err := strconv.Atoi(m[1])
			if err != nil {
				t.Fatal(err)
			}
			out[c.name] = n
		}
	}
	return out
}

// short gives the lines that stand for a line where there is no room for its reason.
func short(line string) string {
	said, reason := "type is `quay`, the file says `harbor`", "type cannot be changed"
	before, after, ok := strings.Cut(line, said)
	if !ok {
		reason = ""
		before, after, ok = strings.Cut(line, "<br>")
	}
	_, rest, more := strings.Cut(after, " | ")
	if !ok || !more {
		return line
	}
	return before + reason + " | " + rest
}

// TestLimitIsNeverExceeded renders within many limits: never larger, well-formed, the same each time, nothing cut inside
// a line, and all that is missing counted.
func TestLimitIsNeverExceeded(t *testing.T) {
	t.Parallel()
	m := comment(0)
	m.Files = "" // a line is the same with and without a limit
	for name, f := range large(60) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			within := func(limit int) string {
				return render(t, func(w io.Writer) error { return f(limited(m, limit), w) })
			}
			whole := within(0)
			known := map[string]bool{}
			for line := range strings.Lines(whole) {
				known[line], known[short(line)] = true, true
			}
			for _, limit := range limits() {
				got := within(limit)
				about := fmt.Sprintf("within %d", limit)
				if len(got) > limit {
					t.Fatalf("%d bytes within a limit of %d", len(got), limit)
				}
				if again := within(limit); got != again {
					t.Errorf("%s: two renderings differ", about)
				}
				for line := range strings.Lines(got) {
					if !known[line] && !strings.Contains(line, "Not shown here: **") && !strings.HasPrefix(line, "Cut to size: ") {
						t.Errorf("%s: the line %q", about, line)
					}
				}
				wellFormed(t, about, got)
				countsAll(t, about, whole, got, limit)
			}
		})
	}
}

// wellFormed finds folds that are closed and tables whose rows have all their cells.
func wellFormed(t *testing.T, about, source string) {
	t.Helper()
	outline(t, about, source)
	if open, closed := strings.Count(source, "\n<details>"), strings.Count(source, "\n</details>\n"); open != closed {
		t.Errorf("%s: %d folds, %d of them closed", about, open, closed)
	}
	cells := 0
	for line := range strings.Lines(source) {
		switch {
		case !strings.HasPrefix(line, "|"):
			cells = 0
		case cells == 0:
			cells = len(split(line))
		case len(split(line)) != cells:
			t.Errorf("%s: %d cells instead of %d: %s", about, len(split(line)), cells, line)
		}
	}
}

// countsAll finds every part either shown or counted.
func countsAll(t *testing.T, about, whole, got string, limit int) {
	t.Helper()
	cut := regexp.MustCompile(`(?m)^Cut to size: .*$`).FindString(got)
	if cut == "" && len(whole) > limit && limit > 500 {
		t.Errorf("%s: nothing says that something is missing", about)
	}
	if cut == "" {
		return
	}
	left := missing(t, cut)
	for _, c := range countable {
		all, shown := len(c.line.FindAllString(whole, -1)), len(c.line.FindAllString(got, -1))
		if shown+left[c.name] != all {
			t.Errorf("%s: of %d %s %d are shown and %d counted as missing: %s", about, all, c.name, shown, left[c.name], cut)
		}
	}
}

// TestWhatMattersIsCutLast looks at what is left of reports at every limit.
func TestWhatMattersIsCutLast(t *testing.T) {
	t.Parallel()
	reports := large(60)
	for name, order := range map[string][]string{
		"plan":     {"blocked changes", "changes", "tables of fields", "unmanaged entries", "notes"},
		"drift":    {"blocked changes", "changes", "tables of fields", "unmanaged entries", "notes"},
		"blocked":  {"blocked changes", "unread accounts", "tables of fields"},
		"result":   {"failed", "unknown", "not attempted", "applied"},
		"refusal":  {"differences", "blocked changes", "changes", "tables of fields", "unmanaged entries"},
		"findings": {"findings"},
	} {
		for _, limit := range limits() {
			got := render(t, func(w io.Writer) error { return reports[name](comment(limit), w) })
			left := missing(t, regexp.MustCompile(`(?m)^Cut to size: .*$`).FindString(got))
			for i, first := range order {
				for _, later := range countable {
					if !slices.Contains(order[i+1:], later.name) || left[first] == 0 {
						continue
					}
					if shown := len(later.line.FindAllString(got, -1)); shown > 3 { // a few short ones may fill what is left
						t.Errorf("%s within %d: %d %s are missing, yet %d %s are shown", name, limit, left[first], first, shown, later.name)
					}
				}
			}
		}
	}
}

// TestTwoThousandChangesFitAComment: all blocked changes with their values and the reason once, all failures with their request IDs, and
// the room used up.
func TestTwoThousandChangesFitAComment(t *testing.T) {
	t.Parallel()
	const limit = 65_000
	got := render(t, func(w io.Writer) error { return comment(limit).Plan(w, many(2000)) })
	if n := strings.Count(got, "the file says `harbor`"); n != 200 || strings.Count(got, "the API cannot change the type") != 1 {
		t.Errorf("%d of 200 blocked changes are shown, or not their reason once", n)
	}
	if len(got) < limit-500 {
		t.Errorf("%d of %d bytes are used", len(got), limit)
	}
	got = render(t, func(w io.Writer) error { return comment(limit).Result(w, applied(2000)) })
	if failed, ids := strings.Count(got, "**failed**"), strings.Count(got, "`request-"); failed < 250 || ids < failed {
		t.Errorf("%d failures with %d request IDs", failed, ids)
	}
	summary := render(t, func(w io.Writer) error { return comment(1_000_000).Plan(w, many(2000)) })
	if strings.Contains(summary, "Cut to size") || len(summary) > 1_000_000 {
		t.Errorf("the summary has %d bytes", len(summary))
	}
}

// TestMoreBlockedThanFit shows as many blocked changes as there is room for, and how many are not shown.
func TestMoreBlockedThanFit(t *testing.T) {
	t.Parallel()
	got := render(t, func(w io.Writer) error { return comment(65_000).Plan(w, onlyBlocked(5000)) })
	shown := strings.Count(got, "type cannot be changed |")
	if want := fmt.Sprintf("Not shown here: **%d blocked changes**.", 5000-shown); shown < 500 || !strings.Contains(got, want) {
		t.Errorf("%d are shown; want %q in\n%s", shown, want, got[len(got)-500:])
	}
}

// TestLongTextsAreCut cuts a value and a message that would fill a comment, and tells how long they are; without a limit
// they are whole.
func TestLongTextsAreCut(t *testing.T) {
	t.Parallel()
	const size = 100_000
	long := strings.Repeat("漢", size/3) + "x"
	p, r := poisoned(long)
	for name, f := range hostile(long, p, r, 65_000) {
		got := render(t, f)
		if len(got) > 65_000 || !strings.Contains(got, "…") || !strings.Contains(got, fmt.Sprintf(" (%d bytes)", len(long))) {
			t.Errorf("%s has %d bytes", name, len(got))
		}
		if strings.ContainsRune(got, '\uFFFD') {
			t.Errorf("%s is cut inside a character", name)
		}
		wellFormed(t, name, got)
	}
	if got := render(t, hostile(long, p, r, 0)["findings.md"]); !strings.Contains(got, long) || strings.Contains(got, "…") {
		t.Error("a text is cut without a limit")
	}
}

// TestCutMarkdownRendersInert parses what is left of reports of hostile texts.
func TestCutMarkdownRendersInert(t *testing.T) {
	t.Parallel()
	for _, s := range payloads() {
		p, r := poisoned(s)
		for _, limit := range []int{3000} {
			for name, f := range hostile(s, p, r, limit) {
				got, about := render(t, f), fmt.Sprintf("%.100q in %s within %d", s, name, limit)
				if len(got) > limit {
					t.Errorf("%s: %d bytes", about, len(got))
				}
				wellFormed(t, about, got)
			}
		}
	}
}

// TestGiantPartsKeepNothingAway: one change whose fields nothing could hold does not keep the fields of others away.
func TestGiantPartsKeepNothingAway(t *testing.T) {
	t.Parallel()
	in := rich()[:1]
	in[0].Refused = nil
	p := plan.New(in, noSecrets)
	for i := range 500 {
		p.Changes[1].Fields = append(p.Changes[1].Fields, plan.FieldChange{Field: fmt.Sprint("field", i), Before: strings.Repeat("b", 100), After: strings.Repeat("a", 100)})
	}
	got := render(t, func(w io.Writer) error { return comment(65_000).Plan(w, p) })
	if !strings.Contains(got, "scanner-account") || !strings.Contains(got, "Not shown here: **1 table of fields**.") {
		t.Errorf("%s", got)
	}
}

// TestTinyLimits: totals or nothing.
func TestTinyLimits(t *testing.T) {
	t.Parallel()
	for _, limit := range []int{-1, 1, 10} {
		if got := render(t, func(w io.Writer) error { return comment(limit).Plan(w, many(10)) }); got != "" {
			t.Errorf("%q within %d", got, limit)
		}
	}
	got := render(t, func(w io.Writer) error { return comment(300).Plan(w, many(100)) })
	if !strings.Contains(got, "50 to add") || !strings.Contains(got, "Cut to size") {
		t.Errorf("%s", got)
	}
}

// TestPlacesAreLinks links lines of files below the address of the files, and nothing else.
func TestPlacesAreLinks(t *testing.T) {
	t.Parallel()
	for file, want := range map[string]string{
		"registries.yaml":        "registries.yaml#L3",
		"a/b c.yaml":             "a/b%20c.yaml#L3",
		"x)](evil)|`<>\"#?.yaml": "x%29%5D%28evil%29%7C%60%3C%3E%22%23%3F.yaml#L3",
		"漢.yaml":                 "%E6%BC%A2.yaml#L3",
		"50%.yaml":               "50%25.yaml#L3",
		"../up.yaml":             "", "/etc/x.yaml": "", "..": "", "": "", "a/../b.yaml": "", `a\b.yaml`: "",
	} {
		f := []report.Finding{{Position: plan.Position{File: file, Line: 3, Column: 5}, Message: "m"}}
		got := render(t, func(w io.Writer) error { return report.Markdown{Files: filesURL}.Findings(w, "t", f) })
		if want == "" && strings.Contains(got, "](") || want != "" && !strings.Contains(got, "]("+filesURL+want+")") {
			t.Errorf("%q: %s", file, got)
		}
		outline(t, file, got)
	}
}

// TestLinksLeadToTheWebOnly keeps addresses that are none of the web, or that would break out, from being links.
func TestLinksLeadToTheWebOnly(t *testing.T) {
	t.Parallel()
	for to, want := range map[string]string{
		"https://github.example/a":         "[Run \\[1\\]](https://github.example/a)",
		"https://github.example/a) [b](c|": "[Run \\[1\\]](https://github.example/a%29%20%5Bb%5D%28c%7C)",
		"javascript:alert(1)":              "\nRun \\[1\\]\n", "//evil.example": "\nRun \\[1\\]\n", "": "\nRun \\[1\\]\n", "https://": "\nRun \\[1\\]\n",
		"https://x/" + strings.Repeat("a", 3000): "\nRun \\[1\\]\n",
	} {
		m := report.Markdown{Limit: 400, More: to, Files: to, Footer: []report.Link{{Text: "Run [1]", URL: to}}}
		got := render(t, func(w io.Writer) error { return m.Findings(w, "t", wrong(100)) })
		if !strings.Contains(got, want) || !strings.Contains(got, "Cut to size") || strings.Contains(want, "\n") && strings.Contains(got, "](") {
			t.Errorf("%s: %s", to, got)
		}
	}
}

// TestFencesAreShort: GitHub's parser takes no run of more than 80 backquotes for the fence of a code span.
func TestFencesAreShort(t *testing.T) {
	t.Parallel()
	for name, text := range all(t, strings.Repeat("`", 1000)+"<img src=x>") {
		if strings.HasSuffix(name, ".md") && strings.Contains(text, strings.Repeat("`", 81)) {
			t.Errorf("%s holds a run of more than 80 backquotes", name)
		}
	}
}
