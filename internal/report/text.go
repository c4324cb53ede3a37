// Package report renders plans and results for people and machines: text for a terminal, Markdown for a pull
// request comment, JSON for tools.
package report

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode"

	"regent/internal/plan"
	"regent/internal/printable"
)

// Text renders for a terminal.
type Text struct {
	// Color switches ANSI colours on.
	Color bool
	// Said are lines about single problems and outcomes that the reader has before them. None of them is written, and what
	// is written is added. Nil for a reader who has seen nothing.
	Said map[string]bool
	// Errors, if not nil, says what could not be read or decided, in place of Plan and right before its totals: where
	// errors are shown among the same lines, they are said once.
	Errors func() error
}

// once writes a line that the reader has not seen.
func (t Text) once(b *strings.Builder, line string) {
	if !t.Said[line] {
		b.WriteString(line + "\n")
	}
	if t.Said != nil {
		t.Said[line] = true
	}
}

const (
	green  = "\x1b[32m"
	yellow = "\x1b[33m"
	red    = "\x1b[31m"
	bold   = "\x1b[1m"
	dim    = "\x1b[2m"
	reset  = "\x1b[0m"
)

func (t Text) paint(color, s string) string {
	if !t.Color || s == "" {
		return s
	}
	return color + s + reset
}

// kindOf gives what is known of a change's action, and an error for one that is not known. Its mark is a question.
func kindOf(c *plan.Change) (plan.Kind, error) {
	if k, ok := plan.Lookup(c.Action); ok {
		return k, nil
	}
	return plan.Kind{Action: c.Action, Mark: "?", Live: true}, plan.UnknownActionError{Action: c.Action}
}

// sign is the mark of a change and its colour.
func sign(c *plan.Change) (mark, color string) {
	switch k, _ := kindOf(c); {
	case !k.Writes() || !k.Desired:
		return k.Mark, red
	case !k.Live:
		return k.Mark, green
	default:
		return k.Mark, yellow
	}
}

// Plan writes a plan: changes and unmanaged entries by account, then what there is to say about them, and the totals as the
// last line. A plan with nothing to do, nothing wrong and nothing to tell is that line alone.
func (t Text) Plan(w io.Writer, p *plan.Plan) error {
	var b strings.Builder
	for _, move := range Moves(p) {
		fmt.Fprintf(&b, "%s\n", t.paint(yellow, move))
	}
	for _, origin := range Origins(p) {
		fmt.Fprintf(&b, "%s\n", t.paint(yellow, origin))
	}
	for _, s := range Sent(p) {
		fmt.Fprintf(&b, "env %s goes to %s\n", Clean(s.Variable), Clean(s.Registry))
	}
	if b.Len() > 0 {
		b.WriteString("\n")
	}
	changes := byAccount(p)
	for i := range p.Accounts {
		t.account(&b, &p.Accounts[i], changes[p.Accounts[i].Name])
	}
	t.remarks(&b, red, "blocked:", Blocked(p))
	t.remarks(&b, dim, "note:", Notes(p))
	if t.Errors == nil {
		t.problems(&b, p)
	} else {
		if _, err := io.WriteString(w, b.String()); err != nil {
			return err
		}
		b.Reset()
		if err := t.Errors(); err != nil {
			return err
		}
	}
	if p.Pending() && !p.Failed() {
		fmt.Fprintf(&b, "Digest: %s\n", p.Digest)
	}
	if p.Pending() || p.Failed() {
		b.WriteString(t.paint(bold, "Plan: "+totals(p)) + "\n")
	} else {
		b.WriteString("No changes. " + standing(p.Summary) + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// remarks writes blocked reasons or notes, a line each.
func (t Text) remarks(b *strings.Builder, color, word string, remarks []Remark) {
	for _, r := range remarks {
		fmt.Fprintf(b, "%s %s\n", t.paint(color, word), Clean(r.String()))
	}
	if len(remarks) > 0 {
		b.WriteString("\n")
	}
}

// totals is the one-line sum of a plan.
func totals(p *plan.Plan) string { return pending(p) + " " + standing(p.Summary) }

// pending sums up what an apply would do, and what stands in its way.
func pending(p *plan.Plan) string {
	var missing string
	unread := 0
	for _, a := range p.Accounts {
		if a.Error != "" {
			unread++
		}
	}
	if unread > 0 {
		missing = fmt.Sprintf("incomplete, %d of %s could not be read. ", unread, Count(len(p.Accounts), "account", "accounts"))
	}
	s := p.Summary
	if s.Problems > 0 {
		missing += Count(s.Problems, "problem", "problems") + ", "
	}
	unknown := 0
	for i := range p.Changes {
		if _, err := kindOf(&p.Changes[i]); err != nil {
			unknown++
		}
	}
	if unknown > 0 {
		missing += Count(unknown, "change", "changes") + " that regent does not know, "
	}
	return missing + s.Words(func(plan.Kind) bool { return true }) + "."
}

// standing sums up what stays as it is. A login is a name and a secret, and no API tells a secret; where one tells the name,
// that is compared.
func standing(s plan.Summary) string {
	builtIn := "built-in not counted"
	if s.BuiltIn != nil {
		builtIn = fmt.Sprintf("%d built-in", *s.BuiltIn)
	}
	return fmt.Sprintf("%d up to date (logins are not compared), %d unmanaged, %s.", s.Unchanged, s.Unmanaged, builtIn)
}

// Count gives a number with the right form of its noun.
func Count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// placeOf describes where an account lives.
func placeOf(a plan.Account) string {
	parts := []string{a.Provider, a.Region}
	if a.ProjectID != "" {
		parts = append(parts, "project "+a.ProjectID)
	}
	if a.EnterpriseProjectID != "" {
		parts = append(parts, "enterprise project "+a.EnterpriseProjectID)
	}
	if a.InstanceID != "" {
		parts = append(parts, "instance "+a.InstanceID)
	}
	if a.AccountID != "" {
		parts = append(parts, "account "+a.AccountID)
	}
	roles := []string{"access key", "secret key", "security token"}
	if len(a.Credentials) == 1 {
		roles = []string{"auth token"}
	}
	for i, env := range a.Credentials {
		parts = append(parts, roles[min(i, len(roles)-1)]+" from env "+env)
	}
	if a.SecretsInQuery {
		parts = append(parts, "secrets in the address of requests")
	}
	return Clean(strings.Join(parts, ", "))
}

func (t Text) account(b *strings.Builder, a *plan.Account, changes []*plan.Change) {
	if len(changes) == 0 && len(a.Unmanaged) == 0 && a.Error == "" {
		return
	}
	fmt.Fprintf(b, "%s (%s)\n", t.paint(bold, Clean(a.Name)), placeOf(*a))
	if a.Error != "" {
		fmt.Fprintf(b, "  %s\n", t.paint(red, "could not be read; see the errors"))
	}
	for _, c := range changes {
		t.change(b, c)
	}
	if len(a.Unmanaged) > 0 {
		fmt.Fprintf(b, "  %s\n", t.paint(dim, "unmanaged: live, not in the file, never touched"))
		shown, more := firstUnmanaged(a)
		for _, u := range shown {
			fmt.Fprintf(b, "    %s\n", t.paint(dim, fmt.Sprintf("%s (ID %s) %s", Clean(u.Name), Clean(u.ID), Clean(u.Summary))))
		}
		if more > 0 {
			fmt.Fprintf(b, "    %s\n", t.paint(dim, fmt.Sprintf("and %d more", more)))
		}
	}
	b.WriteString("\n")
}

// mostUnmanaged is how many unmanaged entries of an account are listed for people. JSON has all.
const mostUnmanaged = 20

// firstUnmanaged gives the unmanaged entries of an account that are listed, and how many more there are.
func firstUnmanaged(a *plan.Account) (shown []plan.Unmanaged, more int) {
	n := min(len(a.Unmanaged), mostUnmanaged)
	return a.Unmanaged[:n], len(a.Unmanaged) - n
}

// byAccount gives the changes of each account, in the order of the plan.
func byAccount(p *plan.Plan) map[string][]*plan.Change {
	out := map[string][]*plan.Change{}
	for i := range p.Changes {
		c := &p.Changes[i]
		out[c.Account] = append(out[c.Account], c)
	}
	return out
}

func (t Text) change(b *strings.Builder, c *plan.Change) {
	mark, color := sign(c)
	title := Clean(c.Name)
	if c.ID != "" {
		title += " (ID " + Clean(c.ID) + ")"
	}
	fmt.Fprintf(b, "  %s %s  %s\n", t.paint(color, mark), t.paint(bold, title), t.paint(dim, Clean(c.Position.String())))
	k, err := kindOf(c)
	if err != nil {
		fmt.Fprintf(b, "      %s\n", t.paint(red, Clean(err.Error())))
	}
	rows := rowsOf(c)
	name, before := 0, 0
	for _, r := range rows {
		name = max(name, columns(r.field))
		before = max(before, columns(r.before))
	}
	for _, r := range rows {
		blocked := ""
		if r.blocked {
			blocked = "  " + t.paint(red, "blocked")
		}
		fmt.Fprintf(b, "      %s  %s%s\n", pad(r.field, name), t.row(k, before, r), blocked)
	}
}

func (t Text) row(k plan.Kind, before int, r row) string {
	switch {
	case !k.Live || r.sent:
		return r.after
	case r.kept:
		return r.after + " " + keptWords
	}
	return fmt.Sprintf("%s %s %s", pad(r.before, before), t.paint(dim, "->"), r.after)
}

const keptWords = "(stays as it is; the file is silent)"

// row is one line of a change, as text.
type row struct {
	field, before, after string
	// blocked marks a difference that no call can make, sent a secret, which has no before.
	blocked, sent bool
	// moves marks a known difference in where the login is used.
	moves bool
	// kept marks a live value that is sent back as it is.
	kept bool
}

func rowsOf(c *plan.Change) []row {
	var rows []row
	for _, f := range c.Fields {
		if entries := entriesOf(f); entries != nil {
			rows = append(rows, entries...)
			continue
		}
		r := row{field: Clean(f.Field), before: display(f.Before), after: display(f.After), blocked: f.Blocked != ""}
		if f.Env != "" {
			r.before, r.after = "(not shown)", fromEnv(f.Env)
		}
		r.moves, r.kept = f.Destination && f.Before != nil && !f.Kept, f.Kept
		rows = append(rows, r)
	}
	for _, s := range c.Secrets {
		rows = append(rows, row{field: Clean(s.Field), after: fromEnv(s.Env), sent: true})
	}
	return rows
}

func fromEnv(name string) string { return "(from env " + Clean(name) + ")" }

// display gives a value for reading. Text that could be taken for something else is quoted.
func display(v any) string {
	switch v := v.(type) {
	case nil:
		return "(not told)" // by the API: what is there is not known, and not nothing
	case string:
		if v == "" || v != strings.TrimSpace(v) || Clean(v) != v || v[0] == '(' || v[0] == '"' {
			return strings.ReplaceAll(fmt.Sprintf("%+q", v), "##[", `#\x23[`)
		}
		return v
	case map[string]string, map[string]any:
		return hosts(entries(v))
	case json.Number:
		return v.String()
	default:
		return fmt.Sprint(v)
	}
}

func hosts(m map[string]string) string {
	if len(m) == 0 {
		return "(none)"
	}
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(m)) {
		parts = append(parts, Clean(name)+"="+Clean(m[name]))
	}
	return strings.Join(parts, " ")
}

// Clean makes text from a server or a file harmless on a terminal and in the log of a workflow: what is not seen, escape
// sequences and direction marks among it, is written as \u and its number, and what GitHub's runner would take for a
// command is broken.
func Clean(s string) string {
	s = printable.Shown(s, escaped)
	if strings.HasPrefix(strings.TrimSpace(s), "::") {
		s = strings.Replace(s, "::", ": :", 1)
	}
	return strings.ReplaceAll(s, "##[", "## [")
}

// escaped writes a character by its number.
func escaped(r rune) string {
	if r > 0xFFFF {
		return fmt.Sprintf(`\U%08x`, r)
	}
	return fmt.Sprintf(`\u%04x`, r)
}

// pad fills a text with spaces up to a number of columns.
func pad(s string, n int) string { return s + strings.Repeat(" ", max(0, n-columns(s))) }

// columns gives how many columns of a terminal a text takes: East Asian characters and pictures two, marks on other
// characters none.
func columns(s string) int {
	n := 0
	for _, r := range s {
		switch {
		case unicode.In(r, unicode.Mn, unicode.Me):
		case r >= 0x1100 && unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana, unicode.Bopomofo, unicode.Yi),
			r >= 0x3000 && r <= 0x303E, r >= 0xFF01 && r <= 0xFF60, r >= 0xFFE0 && r <= 0xFFE6, r >= 0x1F300 && r <= 0x1FAFF:
			n += 2
		default:
			n++
		}
	}
	return n
}

func (t Text) problems(b *strings.Builder, p *plan.Plan) {
	before := b.Len()
	for _, pr := range p.Problems {
		t.once(b, fmt.Sprintf("%s %s: account %s: %s: %s", t.paint(red, "problem:"),
			Clean(pr.Position.String()), Clean(pr.Account), Clean(pr.Name), Clean(pr.Message)))
	}
	if b.Len() > before {
		b.WriteString("\n")
	}
}
