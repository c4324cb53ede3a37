package report

import (
	"fmt"
	"strings"

	"regent/internal/plan"
)

// isBlocked tells the changes that no call can make.
func isBlocked(c *plan.Change) bool { return c.Action == plan.Blocked }

// blocked adds the table of blocked changes.
func (m Markdown) blocked(d *document, in *block, p *plan.Plan) {
	var parts []*part
	for i := range p.Changes {
		c := &p.Changes[i]
		if !isBlocked(c) {
			continue
		}
		m, clipped := m.watched()
		before := fmt.Sprintf("| %s | %s | ", m.cell(c.Name), m.cell(c.Account))
		after := " | " + m.place(c.Position) + " |\n"
		fields, values := m.stuck(c)
		parts = append(parts, &part{
			rank: blockedRows, kind: blockedKind, text: before + fields + after,
			fullerRank: blockedValues, fuller: before + values + after, reviewed: true, clipped: *clipped,
		})
	}
	if len(parts) == 0 {
		return
	}
	table := d.block(in, "\n#### Blocked: regent cannot make these changes\n\n| Name | Account | Why | Where |\n|---|---|---|---|\n", "")
	d.add(table, parts...)
	d.gap(table, "\n", parts)
	var reasons []*part
	for _, r := range Blocked(p) {
		reasons = append(reasons, &part{rank: blockedReasons, text: "- " + m.code(r.Position.String()) + " " + m.prose(r.Message) + "\n"})
	}
	d.add(d.block(in, "\n", ""), reasons...)
}

// stuck words what blocks a change: the names of the fields, and those with their values.
func (m Markdown) stuck(c *plan.Change) (fields, values string) {
	var names, lines []string
	for _, r := range rowsOf(c) {
		if !r.blocked {
			continue
		}
		names = append(names, r.field)
		lines = append(lines, fmt.Sprintf("%s is %s, the file says %s", m.cellProse(r.field), m.cell(r.before), m.cell(r.after)))
	}
	return m.cellProse(strings.Join(names, ", ")) + " cannot be changed", strings.Join(lines, "<br>")
}

// account adds what happens in one account.
func (m Markdown) account(d *document, in *block, a *plan.Account, changes []*plan.Change) {
	if len(changes) == 0 && len(a.Unmanaged) == 0 {
		return
	}
	head, clipped := m.watched()
	section := d.block(in, fmt.Sprintf("\n#### %s\n\n%s\n", head.prose(a.Name), head.prose(placeOf(*a))), "")
	d.add(section, &part{rank: accountHeads, reviewed: len(changes) > 0, clipped: *clipped})
	m.changes(d, section, changes)
	m.fields(d, section, changes)
	if len(a.Unmanaged) == 0 {
		return
	}
	var parts []*part
	shown, more := firstUnmanaged(a)
	for _, u := range shown {
		text := fmt.Sprintf("- %s (ID %s) %s\n", m.code(u.Name), m.code(u.ID), m.code(u.Summary))
		parts = append(parts, &part{rank: unmanagedRows, kind: unmanagedKind, text: text})
	}
	unmanaged := d.block(section, fmt.Sprintf("\n<details><summary>%d unmanaged: live, not in the file, never touched</summary>\n\n", len(a.Unmanaged)), "\n</details>\n")
	d.add(unmanaged, parts...)
	if more > 0 {
		d.add(unmanaged, &part{rank: unmanagedRows, text: fmt.Sprintf("- and %d more\n", more)})
	}
	d.gap(unmanaged, "- ", parts)
}

// changes adds the table of an account's changes, without those that are blocked.
func (m Markdown) changes(d *document, in *block, changes []*plan.Change) {
	var parts []*part
	for _, c := range changes {
		if isBlocked(c) {
			continue
		}
		m, clipped := m.watched()
		k, err := kindOf(c)
		r, what := modifyRows, string(k.Action)
		switch {
		case err != nil:
			r, what = blockedRows, m.cellProse(err.Error())
		case !k.Live:
			r = addRows
		case k.Desired:
			what += " " + m.cellProse(strings.Join(c.Changed(), ", "))
		}
		text := fmt.Sprintf("| %s | %s | %s | %s |\n", cell(k.Mark), m.cell(c.Name), what, m.place(c.Position))
		parts = append(parts, &part{rank: r, kind: changeKind, text: text, reviewed: true, clipped: *clipped})
	}
	if len(parts) == 0 {
		return
	}
	d.add(d.block(in, "\n| | Name | What | Where |\n|---|---|---|---|\n", ""), parts...)
	d.gap(in, "\n", parts)
}

// fields adds the fields of an account's changes.
func (m Markdown) fields(d *document, in *block, changes []*plan.Change) {
	if len(changes) == 0 {
		return
	}
	fold := d.block(in, "\n<details><summary>Fields</summary>\n", "\n</details>\n")
	var parts []*part
	for _, c := range changes {
		r := blockedFields
		switch k, _ := kindOf(c); {
		case k.Writes() && k.Live:
			r = modifyFields
		case k.Writes():
			r = addFields
		}
		m, clipped := m.watched()
		text := m.fieldsOf(c)
		parts = append(parts, &part{rank: r, kind: fieldsKind, text: text, reviewed: true, clipped: *clipped})
	}
	d.add(fold, parts...)
	d.gap(fold, "\n", parts)
}

// fieldsOf is the table of one change's fields.
func (m Markdown) fieldsOf(c *plan.Change) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n%s", m.code(c.Name))
	if c.ID != "" {
		fmt.Fprintf(&b, " (ID %s)", m.code(c.ID))
	}
	k, _ := kindOf(c)
	b.WriteString("\n\n| Field | Live | File |\n|---|---|---|\n")
	for _, r := range rowsOf(c) {
		before := ""
		if k.Live && !r.sent {
			before = m.cell(r.before)
		}
		after := m.cell(r.after)
		switch {
		case r.blocked:
			after += "<br>blocked"
		case r.kept:
			before, after = after, keptWords
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", m.cell(r.field), before, after)
	}
	return b.String()
}

// place gives a place in a file for a table, as a link to its line where the address of the files is known.
func (m Markdown) place(at plan.Position) string {
	text := m.cell(at.String())
	if m.Files == "" || at.Line <= 0 || !local(at.File) {
		return text
	}
	base, _ := address(m.Files)
	return fmt.Sprintf("[%s](%s%s#L%d)", text, base, percent(at.File, "-._~/"), at.Line)
}
