package report_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"regent/internal/apply"
	"regent/internal/model"
	"regent/internal/plan"
	"regent/internal/report"
	"regent/internal/secret"
)

// payloads are what somebody who controls a name, a description or an error text would try.
func payloads() []string {
	return []string{
		"\x1b[2J\x1b]0;title\x07", "\u009b31m", "line\nbreak", "line\r\nbreak", "line\u2028break", "tab\there", "null\x00",
		"\u202Egnp.exe", "\u2066x\u2069", "zero\u200bwidth", "\ufeffmark", "soft\u00adhyphen", "\U000E0041tag", "bad\xffutf8",
		"<img src=x onerror=alert(1)>", "<script>", "</details>", "<!-- hidden", "&lt;b&gt;", "<https://evil.example>",
		"[text](https://evil.example)", "![image](https://evil.example/x.png)", "[ref]: https://evil.example", "https://evil.example", "HTTPS://evil.example",
		"www.evil.example", "WWW.evil.example", "mail@evil.example", "@octocat", "@org/team", "#1", "owner/repo#1", "GH-1", "gh-12",
		"a|b", `a\|b`, `a\\|b`, `\`, `\|`, "|", "a | b |\n|---|", "`", "``", "` `", "`<b>x</b>`", "\\`<b>", "```", "a`|`b", "`|",
		"**bold**", "__bold__", "*x*", "~~gone~~", "$x^2$", "# heading", "- list", "> quote", "    code", "---", "1. one",
		"::error::x", "  ::add-mask::x", "##[group]x", "x ##[endgroup]",
		"(from env SECRET)", "(none)", "(secret)", `"quoted"`, " spaced ", "", strings.Repeat("long ", 500),
	}
}

// poisoned puts one text wherever a text can come from, and gives every report of it.
func poisoned(s string) (*plan.Plan, report.Result) {
	file := model.Position{File: s + ".yaml", Line: 3, Column: 5}
	desired := item("n"+s, 1, map[string]model.Value{"description": s, "username": s, "hosts": map[string]string{s: s}})
	changed := item("m"+s, 2, map[string]model.Value{"description": s})
	blocked := item("b"+s, 3, map[string]model.Value{"type": s})
	for _, it := range []*model.Item{&desired, &changed, &blocked} {
		it.Position = file
		it.Secrets = map[string]secret.Ref{"password": {Env: s}, "namespaces[" + s + "]": {Env: "TOKEN"}}
	}
	fields := append(table(), model.Field{Name: "namespaces", Type: model.String, Secret: true, Unobservable: "not returned", SentWith: []string{"*"}})
	old := live(item("m"+s, 0, map[string]model.Value{"description": "old" + s}), s)
	unmanaged := live(item("u"+s, 0, nil), s)
	unmanaged.Name, unmanaged.Summary = s, s
	in := plan.Input{
		Name: "a" + s, Place: model.Place{Provider: "p", Region: s, ProjectID: s, EnterpriseProjectID: s, InstanceID: s}, Position: file, Fields: fields,
		Desired: []model.Item{desired, changed, blocked}, Live: []model.Item{old, live(item("b"+s, 0, nil), s), unmanaged},
		Notes:   []plan.Note{{Message: s, Position: plan.Position(file)}},
		Refused: []plan.Refusal{{Key: model.Key{Parts: []model.KeyPart{{Name: "name", Value: s}}}, At: file, Message: s}},
	}
	unread := plan.Input{Name: "z" + s, Position: file, Err: errors.New("e" + s)}
	p := plan.New([]plan.Input{in, unread}, func(string) bool { return true })
	r := report.Result{Plan: p, Run: &apply.Result{}}
	for i, status := range []apply.Status{apply.Applied, apply.Failed, apply.Unknown} {
		r.Run.Outcomes = append(r.Run.Outcomes, apply.Outcome{
			Change: &p.Changes[i], Status: status, Detail: "d" + s, ID: s, Operation: s, RequestID: s, Err: errors.New(s),
		})
	}
	return p, r
}

// all gives every rendering of a plan and its result.
func all(t testing.TB, p *plan.Plan, r report.Result) map[string]string {
	t.Helper()
	var lines strings.Builder
	for _, o := range r.Run.Outcomes {
		lines.WriteString(report.Text{}.Line(o) + "\n")
	}
	var b strings.Builder
	for name, err := range map[string]error{"json": report.JSONResult(&b, r)} {
		if err != nil {
			t.Fatal(name, err)
		}
	}
	out := map[string]string{"json": b.String(), "lines": lines.String(), "plan.json": string(p.JSON())}
	for name, f := range map[string]func(*strings.Builder) error{
		"plan.txt":   func(w *strings.Builder) error { return report.Text{}.Plan(w, p) },
		"result.txt": func(w *strings.Builder) error { return report.Text{}.Result(w, r) },
		"plan.md":    func(w *strings.Builder) error { return report.Markdown{}.Plan(w, p) },
		"result.md":  func(w *strings.Builder) error { return report.Markdown{}.Result(w, r) },
	} {
		var b strings.Builder
		if err := f(&b); err != nil {
			t.Fatal(name, err)
		}
		out[name] = b.String()
	}
	return out
}

func TestTextIsInert(t *testing.T) {
	t.Parallel()
	benignPlan, benignResult := poisoned("x")
	benign := all(t, benignPlan, benignResult)
	for _, s := range payloads() {
		p, r := poisoned(s)
		for name, text := range all(t, p, r) {
			switch {
			case strings.HasSuffix(name, "json"):
				if !json.Valid([]byte(text)) {
					t.Errorf("%q makes %s invalid", s, name)
				}
			case strings.HasSuffix(name, ".md"):
				inert(t, s, name, text, benign[name])
			default:
				printable(t, s, name, text, benign[name])
			}
		}
	}
}

// printable refuses what a terminal or GitHub's runner would act upon.
func printable(t testing.TB, s, name, text, benign string) {
	t.Helper()
	for _, r := range text {
		if r != '\n' && !unicode.IsPrint(r) {
			t.Errorf("%q: %s holds %U", s, name, r)
		}
	}
	if a, b := strings.Count(text, "\n"), strings.Count(benign, "\n"); a != b {
		t.Errorf("%q: %s has %d lines instead of %d:\n%s", s, name, a, b, text)
	}
	for line := range strings.Lines(text) {
		if strings.HasPrefix(strings.TrimSpace(line), "::") || strings.Contains(line, "##[") {
			t.Errorf("%q: a line of %s is a command: %s", s, name, line)
		}
	}
}

// What may be left of a report's Markdown once code spans and escaped characters are taken away is its own markup. A bar
// is no danger: cells are counted.
var (
	alive     = regexp.MustCompile(`[<>\[\]!*_~$#` + "`" + `\\]`)
	ownMarkup = regexp.MustCompile(`</?details>|</?summary>|<br>|\*\*[A-Za-z0-9 ,.-]*\*\*|^#{3,4} |^> (\[!(CAUTION|WARNING)\]$)?`)
	links     = regexp.MustCompile(`(?i)://|\bwww\.|\bgh-\d|@[a-z]|#\d`)
)

// inert reads Markdown as GitHub does, line by line and cell by cell, drops code spans and what is escaped, and refuses
// what is left of markup that is not the report's own.
func inert(t testing.TB, s, name, text, benign string) {
	t.Helper()
	lines, want := strings.Split(text, "\n"), strings.Split(benign, "\n")
	if len(lines) != len(want) {
		t.Errorf("%q: %s has %d lines instead of %d", s, name, len(lines), len(want))
		return
	}
	for i, line := range lines {
		cells, wantCells := []string{line}, []string{want[i]}
		if strings.HasPrefix(want[i], "| ") {
			cells, wantCells = split(line), split(want[i])
		}
		if len(cells) != len(wantCells) {
			t.Errorf("%q: a row of %s has %d cells instead of %d: %s", s, name, len(cells), len(wantCells), line)
			continue
		}
		for _, c := range cells {
			rest := ownMarkup.ReplaceAllString(strip(c), "")
			if !strings.HasPrefix(want[i], "|---") && want[i] != "| | Name | What | Where |" {
				rest = strings.TrimPrefix(rest, "- ")
			}
			if m := alive.FindString(rest); m != "" && !strings.HasPrefix(want[i], "|-") {
				t.Errorf("%q: %q is alive in %s: %s", s, m, name, c)
			}
			if m := links.FindString(rest); m != "" {
				t.Errorf("%q: %q becomes a link in %s: %s", s, m, name, c)
			}
		}
	}
}

// escaped is a backslash with the character that it takes the meaning from.
func escaped(s string, i int) bool {
	return s[i] == '\\' && i+1 < len(s) && strings.IndexByte("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", s[i+1]) >= 0
}

// split gives the cells of a table row. GitHub splits before it looks for code spans: only a backslash keeps a bar.
func split(line string) []string {
	var cells []string
	var cell strings.Builder
	for i := 0; i < len(line); i++ {
		switch {
		case escaped(line, i):
			if line[i+1] != '|' {
				cell.WriteByte(line[i])
			}
			cell.WriteByte(line[i+1])
			i++
		case line[i] == '|':
			cells = append(cells, cell.String())
			cell.Reset()
		default:
			cell.WriteByte(line[i])
		}
	}
	return append(cells, cell.String())
}

// strip takes away code spans and escaped characters. In their place stands a dot.
func strip(s string) string {
	var out strings.Builder
	for i := 0; i < len(s); {
		if escaped(s, i) {
			out.WriteByte('.')
			i += 2
			continue
		}
		if s[i] != '`' {
			out.WriteByte(s[i])
			i++
			continue
		}
		fence := len(s[i:]) - len(strings.TrimLeft(s[i:], "`"))
		end := closing(s[i+fence:], fence)
		if end < 0 {
			out.WriteString(s[i : i+fence]) // no code span: the backquotes stay
			i += fence
			continue
		}
		out.WriteByte('.')
		i += fence + end + fence
	}
	return out.String()
}

// closing finds the run of exactly n backquotes that ends a code span.
func closing(s string, n int) int {
	for i := 0; i < len(s); {
		if s[i] != '`' {
			i++
			continue
		}
		run := len(s[i:]) - len(strings.TrimLeft(s[i:], "`"))
		if run == n {
			return i
		}
		i += run
	}
	return -1
}

// TestMarkdownIsInertForAnyText draws texts from the characters that mean something.
func TestMarkdownIsInertForAnyText(t *testing.T) {
	t.Parallel()
	benignPlan, benignResult := poisoned("x")
	benign := all(t, benignPlan, benignResult)
	rapid.Check(t, func(rt *rapid.T) {
		s := rapid.StringOfN(rapid.RuneFrom([]rune("ab1 |\\`<>[]()!*_~$#@&;:/.-w\n\t\u202e漢")), 0, 12, -1).Draw(rt, "text")
		p, r := poisoned(s)
		found := &recorder{TB: t}
		for name, text := range all(t, p, r) {
			if strings.HasSuffix(name, ".md") {
				inert(found, s, name, text, benign[name])
			} else if !strings.HasSuffix(name, "json") {
				printable(found, s, name, text, benign[name])
			}
		}
		if found.message != "" {
			rt.Fatal(found.message)
		}
	})
}

// recorder keeps an error for rapid, which looks for a shorter text that makes it.
type recorder struct {
	testing.TB
	message string
}

func (r *recorder) Errorf(format string, args ...any) { r.message = fmt.Sprintf(format, args...) }
func (r *recorder) Helper()                           {}

// TestValuesAreNotTakenForSomethingElse shows texts that look like what reports say themselves.
func TestValuesAreNotTakenForSomethingElse(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{
		"(none)": `"(none)"`, "(from env PASSWORD)": `"(from env PASSWORD)"`, "": `""`, " x": `" x"`, "\u202ex": `"\u202ex"`, `"x"`: `"\"x\""`, "plain": "plain",
	} {
		in := plan.Input{Name: "a", Fields: table(), Desired: []model.Item{item("h", 1, map[string]model.Value{"description": value})}}
		p := plan.New([]plan.Input{in}, func(string) bool { return false })
		text := render(t, formats(p)["plan.txt"])
		if !strings.Contains(text, "description  "+want+"\n") {
			t.Errorf("%q is shown as\n%s", value, text)
		}
	}
}

// TestSavedPlansAreShownAlike renders a plan that was read from a file, where numbers and maps have other types.
func TestSavedPlansAreShownAlike(t *testing.T) {
	t.Parallel()
	fresh := richPlan()
	read, err := plan.Parse(fresh.JSON())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"plan.txt", "plan.md", "plan.json"} {
		if a, b := render(t, formats(fresh)[name]), render(t, formats(read)[name]); a != b {
			t.Errorf("%s differs:\n%s\n%s", name, a, b)
		}
	}
}
