package report_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
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
		"@everyone", "user@5d5fb6c9c28aafcfd59d3277b9e1e1f29c7770da", "5d5fb6c9c28aafcfd59d3277b9e1e1f29c7770da", "5D5FB6C", "acme/x@5d5fb6c9c28a",
		"<!-- regent:1 eyJ9 deadbeef -->", "\n<!-- regent:1 eyJ9 -->", "-->", "<!--", "<details>", "</summary>", "</td></tr></table>", "<br>", "<?x?>", "<![CDATA[x]]>",
		"![](https://evil.example/x.png)", "[x](javascript:alert(1))", "[x][ref]", "[^1]", "[^1]: note", "<javascript:x>", "ftp://evil.example", "mailto:a@evil.example", "xmpp:a@b.c",
		"&commat;octocat", "&#64;octocat", "&#x40;octocat", "&num;1", "&lt;img src=x&gt;", "&bsol;|", "\\@octocat", `\\\@octocat`, `\#1`, "C#1", "x@y@z",
		":smile:", ":100:", "a:1234:b", "$a$", "$$a$$", "$`a`$", "a$b$c", "```math\nx\n```", "~~~", "```mermaid",
		"===", "---|---", ":-:", "- - -", "- [ ] task", "* [x] task", "+ x", "1)", "1. ", "> [!NOTE]", "[!NOTE]", "## [x", "\t# x", "=", "+",
		"`` `x` ```y``` ````z```` `````", "`a``b```c", "x`", "`x", strings.Repeat("`", 5), strings.Repeat("`", 17) + "<img src=x>",
		strings.Repeat("`", 81) + " @octocat <img src=x> #1 " + strings.Repeat("`", 81), strings.Repeat("|", 50), strings.Repeat(`\`, 51) + "|",
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
	fields := append(table(), model.Field{Name: "namespaces", Type: model.String, Secret: true, Unobservable: "not returned"})
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
	spoil(p, s)
	return p, r
}

// spoil puts a text into what only a plan from elsewhere can hold.
func spoil(p *plan.Plan, s string) {
	p.Digest = "d" + s
	for i := range p.Accounts {
		p.Accounts[i].Provider = s
	}
	for i := range p.Changes {
		c := &p.Changes[i]
		if c.Action == plan.Modify {
			c.Fields = append(c.Fields, plan.FieldChange{Field: "f" + s, Before: s, After: s})
		}
		if c.Action == plan.Blocked {
			c.Fields = append(c.Fields, plan.FieldChange{Field: "f" + s, Before: s, After: map[string]any{s: s}, Blocked: "b" + s})
		}
	}
}

// hostile are comments and issues made of a text, within a limit.
func hostile(s string, p *plan.Plan, r report.Result, limit int) map[string]func(io.Writer) error {
	at := plan.Position{File: s + ".yaml", Line: 3, Column: 5}
	m := comment(limit)
	m.Subject = []string{"f" + s, s, "a" + s}
	findings := []report.Finding{{Position: at, Level: "error", Message: s}, {Level: "w" + s, Message: "m" + s}, {Message: s + " " + s}}
	refusal := report.Refusal{Reason: "r" + s, Advice: []string{s + " then", "a " + s}, Plan: p, Differences: []plan.Difference{
		{Position: at, Account: s, Name: "n" + s, Field: "f" + s, Reviewed: "r" + s, Now: "n" + s, Message: s},
		{Position: at, Account: s, Name: "n" + s, Field: "digest", Reviewed: s, Now: "n" + s, Message: "m" + s},
		{Account: "a" + s, Name: s, Now: "n" + s, Message: "m" + s},
	}}
	return map[string]func(io.Writer) error{
		"comment.md":  func(w io.Writer) error { return m.Plan(w, p) },
		"applied.md":  func(w io.Writer) error { return m.Result(w, r) },
		"drift.md":    func(w io.Writer) error { return m.Drift(w, p) },
		"refusal.md":  func(w io.Writer) error { return m.Refusal(w, refusal) },
		"findings.md": func(w io.Writer) error { return m.Findings(w, "t"+s, findings, "a"+s) },
	}
}

// all gives every rendering of a plan and its result.
func all(t testing.TB, s string) map[string]string {
	t.Helper()
	p, r := poisoned(s)
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
	for name, f := range hostile(s, p, r, 0) {
		out[name] = render(t, f)
	}
	return out
}

func TestTextIsInert(t *testing.T) {
	t.Parallel()
	benign := all(t, "x")
	for _, s := range payloads() {
		for name, text := range all(t, s) {
			switch {
			case strings.HasSuffix(name, "json"):
				if !json.Valid([]byte(text)) {
					t.Errorf("%q makes %s invalid", s, name)
				}
				harmless(t, s, name, text)
			case strings.HasSuffix(name, ".md"):
				inert(t, s, name, text, benign[name])
			default:
				printable(t, s, name, text, benign[name])
			}
		}
	}
}

// printable refuses what a terminal or GitHub's runner would act upon, and lines that a text broke.
func printable(t testing.TB, s, name, text, benign string) {
	t.Helper()
	harmless(t, s, name, text)
	if a, b := strings.Count(text, "\n"), strings.Count(benign, "\n"); a != b {
		t.Errorf("%q: %s has %d lines instead of %d:\n%s", s, name, a, b, text)
	}
}

func harmless(t testing.TB, s, name, text string) {
	t.Helper()
	for _, r := range text {
		if r != '\n' && !unicode.IsPrint(r) {
			t.Errorf("%q: %s holds %U", s, name, r)
		}
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
	ownMarkup = regexp.MustCompile(`</?details>|</?summary>|<br>|\[[A-Za-z •]+\]\(https://github\.example/acme/registries/[A-Za-z0-9._~%/#-]*\)|\*\*[A-Za-z0-9 ,.-]*\*\*|^#{3,4} |^> (\[!(CAUTION|WARNING|IMPORTANT|NOTE)\]$)?`)
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

// gap stands where something was taken away. It has no meaning in Markdown, and ends a word.
const gap = "•"

// strip takes away code spans and escaped characters. In their place stands a gap.
func strip(s string) string {
	var out strings.Builder
	for i := 0; i < len(s); {
		if escaped(s, i) {
			out.WriteString(gap)
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
		out.WriteString(gap)
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
	benign := all(t, "x")
	rapid.Check(t, func(rt *rapid.T) {
		s := rapid.StringOfN(rapid.RuneFrom([]rune("ab1 |\\`<>[]()!*_~$#@&;:/.-w\n\t\u202e漢")), 0, 12, -1).Draw(rt, "text")
		found := &recorder{TB: t}
		for name, text := range all(t, s) {
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
