package report

import (
	"fmt"
	"io"
	"regexp"
	"strings"

	"regent/internal/apply"
	"regent/internal/plan"
)

// Markdown renders for a pull request comment or a job summary (GitHub flavour).
type Markdown struct{}

// Plan writes totals first, one table for each account, and the fields folded away.
func (m Markdown) Plan(w io.Writer, p *plan.Plan) error {
	var b strings.Builder
	b.WriteString("### regent plan\n\n")
	if !p.Pending() && !p.Failed() {
		fmt.Fprintf(&b, "**No changes.** %s\n", standing(p.Summary))
	} else {
		fmt.Fprintf(&b, "**%s**\n", totals(p))
	}
	m.problems(&b, p)
	for _, a := range p.Accounts {
		m.account(&b, p, a)
	}
	if len(p.Notes) > 0 {
		b.WriteString("\n<details><summary>Notes</summary>\n\n")
		for _, n := range p.Notes {
			fmt.Fprintf(&b, "- %s %s\n", code(n.Position.String()), escape(n.Message))
		}
		b.WriteString("\n</details>\n")
	}
	if !p.Failed() {
		fmt.Fprintf(&b, "\nDigest: %s\n", code(p.Digest))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (m Markdown) problems(b *strings.Builder, p *plan.Plan) {
	for _, a := range p.Accounts {
		if a.Error != "" {
			fmt.Fprintf(b, "\n> [!CAUTION]\n> Account %s could not be read: %s\n", code(a.Name), escape(a.Error))
		}
	}
	for _, pr := range p.Problems {
		fmt.Fprintf(b, "\n> [!WARNING]\n> %s: account %s, %s: %s\n", code(pr.Position.String()), code(pr.Account), code(pr.Name), escape(pr.Message))
	}
}

func (m Markdown) account(b *strings.Builder, p *plan.Plan, a plan.Account) {
	changes := changesOf(p, a.Name)
	if len(changes) == 0 && len(a.Unmanaged) == 0 {
		return
	}
	fmt.Fprintf(b, "\n#### %s\n\n%s\n", escape(a.Name), escape(placeOf(a)))
	if len(changes) > 0 {
		b.WriteString("\n| | Name | What | Where |\n|---|---|---|---|\n")
		for _, c := range changes {
			mark, _ := sign(c.Action)
			fmt.Fprintf(b, "| %s | %s | %s | %s |\n", cell(mark), cell(c.Name), what(c), cell(c.Position.String()))
		}
		b.WriteString("\n<details><summary>Fields</summary>\n")
		for _, c := range changes {
			m.fields(b, c)
		}
		b.WriteString("\n</details>\n")
	}
	if len(a.Unmanaged) > 0 {
		fmt.Fprintf(b, "\n<details><summary>%d unmanaged: live, not in the file, never touched</summary>\n\n", len(a.Unmanaged))
		for _, u := range a.Unmanaged {
			fmt.Fprintf(b, "- %s (ID %s) %s\n", code(u.Name), code(u.ID), code(u.Summary))
		}
		b.WriteString("\n</details>\n")
	}
}

// what words a change in a table cell.
func what(c *plan.Change) string {
	switch c.Action {
	case plan.Add:
		return "add"
	case plan.Modify:
		return "modify " + strings.Join(c.Changed(), ", ")
	}
	var names []string
	for _, f := range c.Fields {
		if f.Blocked != "" {
			names = append(names, f.Field)
		}
	}
	return "**blocked**: " + strings.Join(names, ", ") + " cannot be changed"
}

func (m Markdown) fields(b *strings.Builder, c *plan.Change) {
	fmt.Fprintf(b, "\n%s", code(c.Name))
	if c.ID != "" {
		fmt.Fprintf(b, " (ID %s)", code(c.ID))
	}
	b.WriteString("\n\n| Field | Live | File |\n|---|---|---|\n")
	for _, r := range rowsOf(c) {
		before := ""
		if c.Action != plan.Add && !r.sent {
			before = cell(r.before)
		}
		after := cell(r.after)
		if r.blocked != "" {
			after += "<br>blocked: " + escape(r.blocked)
		}
		fmt.Fprintf(b, "| %s | %s | %s |\n", cell(r.field), before, after)
	}
}

// Result writes the end of a run.
func (m Markdown) Result(w io.Writer, r Result) error {
	var b strings.Builder
	fmt.Fprintf(&b, "### regent apply\n\n**%s**\n", escape(r.tally()))
	m.problems(&b, r.Plan)
	if len(r.Run.Outcomes) > 0 {
		b.WriteString("\n| | Account | Name | Outcome | ID | Request ID |\n|---|---|---|---|---|---|\n")
	}
	for _, o := range r.Run.Outcomes {
		mark, _ := sign(o.Change.Action)
		outcome := string(o.Status)
		if o.Status != apply.Applied {
			outcome = "**" + outcome + "**"
		}
		if o.Detail != "" {
			outcome += "<br>" + escape(located(o))
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s |\n", cell(mark), cell(o.Change.Account), cell(o.Change.Name), outcome, cell(o.ID), cell(o.RequestID))
	}
	fmt.Fprintf(&b, "\nDigest: %s\n", code(r.Plan.Digest))
	_, err := io.WriteString(w, b.String())
	return err
}

// code gives text as a code span in which nothing is interpreted: no links, no mentions, no HTML.
func code(s string) string {
	if s == "" {
		return ""
	}
	s = Clean(s)
	fence := "`"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") || fence != "`" {
		s = " " + s + " "
	}
	return fence + s + fence
}

// bars are bars with the backslashes before them.
var bars = regexp.MustCompile(`\\*\|`)

// cell gives a code span for a table, in which a bar ends the cell unless an odd number of backslashes stands before it;
// one of them is taken away again.
func cell(s string) string {
	return bars.ReplaceAllStringFunc(code(s), func(bar string) string {
		if len(bar)%2 == 0 { // an odd number of backslashes already, none of them to spare
			bar = `\` + bar
		}
		return bar[:len(bar)-1] + `\|`
	})
}

// Links that GitHub makes of plain text: web addresses without a protocol, issues of this repository.
var (
	webName = regexp.MustCompile(`(?i)\bwww\.`)
	issue   = regexp.MustCompile(`(?i)\bgh-`)
)

// apart keeps the text readable and makes no link of it: a zero-width space.
const apart = "\u200b"

// escape gives prose in which nothing that came from a server or a file is interpreted.
func escape(s string) string {
	s = Clean(s)
	s = webName.ReplaceAllStringFunc(s, func(m string) string { return m[:3] + apart + "." })
	s = issue.ReplaceAllStringFunc(s, func(m string) string { return m[:2] + apart + "-" })
	s = strings.ReplaceAll(s, "://", ":"+apart+"//")
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '#':
			b.WriteString(`\#` + apart)
		case strings.ContainsRune("\\`*_{}[]<>|~!$", r):
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '&':
			b.WriteString("&amp;")
		case r == '@':
			b.WriteString("@" + apart)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
