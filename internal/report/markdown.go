package report

import (
	"fmt"
	"io"
	"strings"

	"regent/internal/plan"
)

// Markdown renders for a pull request comment, a job summary or an issue (GitHub flavour). What comes from a file, a
// cloud or GitHub stays text in it: no link, mention, image, HTML or table cell that is not regent's own.
//
// With a limit, totals and blocked changes come first, then what says why something is wrong, then the rest by
// importance; what is left out is counted at its place and in one line below the totals. The same input gives the same
// bytes.
type Markdown struct {
	// Limit is the largest size in bytes of what is written; 0 is none. Where there is a limit, a single value or message
	// is cut too, and its full length told. A limit too small for the totals, or below zero, lets nothing through.
	Limit int
	// More is the address where what was left out can be read; may be empty.
	More string
	// Subject names what the report is about, below its heading: files and accounts.
	Subject []string
	// Files is the address below which the files of the configuration are found, with a final slash, for example
	// https://github.com/OWNER/NAME/blob/SHA/; places in files become links to their lines where there is room for all
	// of them. May be empty.
	Files string
	// Footer holds links of our own for the end.
	Footer []Link
	// Mask removes secrets from a text before it is escaped or cut: half a secret is found by no mask. Nil removes none.
	Mask func(string) string
	// Cut, if not nil, is told by [Markdown.Plan] whether it left out a change, or anything that decides what leaves by one:
	// a value, a variable, a registry, an account. Notes and unmanaged entries are none of it.
	Cut *bool

	clipped *bool
}

// Link is a link of our own. Only addresses with https or http become links.
type Link struct{ Text, URL string }

// The ranks of a plan's details. Where logins go elsewhere comes first of all, then what a refusal differs in.
const (
	moveRows = details + iota
	differenceRows
	blockedReasons
	blockedRows
	problemRows
	sentRows
	blockedValues
	accountHeads
	modifyRows
	addRows
	blockedFields
	modifyFields
	addFields
	unmanagedRows
	noteRows
)

// What the details of a plan count as.
var (
	moveKind      = kind{"login that goes elsewhere", "logins that go elsewhere"}
	originKind    = kind{"login from elsewhere", "logins from elsewhere"}
	sentKind      = kind{"variable with its registry", "variables with their registries"}
	changeKind    = kind{"change", "changes"}
	blockedKind   = kind{"blocked change", "blocked changes"}
	fieldsKind    = kind{"table of fields", "tables of fields"}
	unmanagedKind = kind{"unmanaged entry", "unmanaged entries"}
	unreadKind    = kind{"unread account", "unread accounts"}
	problemKind   = kind{"problem", "problems"}
	noteKind      = kind{"note", "notes"}
)

// Plan writes totals first, then what is blocked, one table for each account, and the fields folded away.
func (m Markdown) Plan(w io.Writer, p *plan.Plan) error {
	d, err := m.render(w, func(m Markdown) *document {
		d := m.document("regent plan", headline(p, "No changes."))
		m.plan(d, &d.root, p)
		m.end(d, digestOf(p))
		return d
	})
	if m.Cut != nil {
		*m.Cut = !d.whole()
	}
	return err
}

// Drift writes the body of the issue about drift: the plan that would bring the clouds back to the file.
func (m Markdown) Drift(w io.Writer, p *plan.Plan) error {
	return m.write(w, func(m Markdown) *document {
		d := m.document("regent drift", headline(p, "No drift."))
		if p.Pending() {
			d.text(framing, "\nAn apply makes these changes, but for blocked ones. Where the live state is right, change the file instead.\n")
		}
		m.plan(d, &d.root, p)
		m.end(d, digestOf(p))
		return d
	})
}

// headline gives the totals of a plan, with what matters in bold.
func headline(p *plan.Plan, nothing string) string {
	first := pending(p)
	if !p.Pending() && !p.Failed() {
		first = nothing
	}
	return "**" + first + "** " + standing(p.Summary)
}

func (m Markdown) write(w io.Writer, build func(Markdown) *document) error {
	_, err := m.render(w, build)
	return err
}

// render writes a document, with links to files where all of it fits with them.
func (m Markdown) render(w io.Writer, build func(Markdown) *document) (*document, error) {
	linked := m
	m.Files = ""
	d := build(m)
	fits := func(d *document) bool { return m.Limit == 0 || d.root.size() <= m.Limit }
	if _, ok := address(linked.Files); ok && fits(d) {
		if l := build(linked); fits(l) {
			d = l
		}
	}
	_, err := io.WriteString(w, d.render(m.Limit))
	return d, err
}

// document begins a document: heading, subject, headline, and what is missing.
func (m Markdown) document(title, headline string) *document {
	d := &document{cuts: func(missing string) []string {
		short := "\nCut to size: " + missing + " more."
		if _, ok := address(m.More); !ok {
			return []string{short + "\n"}
		}
		return []string{short + " " + link("See all of it", m.More) + ".\n", short + "\n"}
	}}
	d.text(essential, "### "+title+"\n")
	d.text(framing, m.subject())
	if headline != "" {
		d.text(essential, "\n"+headline+"\n")
	}
	d.cut()
	return d
}

// mostSubjects is how many names of the subject are shown where there is a limit.
const mostSubjects = 10

func (m Markdown) subject() string {
	if len(m.Subject) == 0 {
		return ""
	}
	shown, more := m.Subject, ""
	if m.Limit != 0 && len(shown) > mostSubjects {
		shown, more = shown[:mostSubjects], fmt.Sprintf(" and %d more", len(shown)-mostSubjects)
	}
	names := make([]string, len(shown))
	for i, s := range shown {
		names[i] = m.code(s)
	}
	return "\n" + strings.Join(names, ", ") + more + "\n"
}

// digestOf is the digest of a plan that says something: an incomplete plan is nothing to compare with.
func digestOf(p *plan.Plan) string {
	if p.Failed() {
		return ""
	}
	return p.Digest
}

// end adds the digest, if any, and the links.
func (m Markdown) end(d *document, digest string) {
	var parts []string
	if digest != "" {
		parts = append(parts, "Digest: "+m.code(digest))
	}
	for _, l := range m.Footer {
		parts = append(parts, link(l.Text, l.URL))
	}
	if len(parts) > 0 {
		d.text(framing, "\n"+strings.Join(parts, " · ")+"\n")
	}
}

// plan adds the details of a plan.
func (m Markdown) plan(d *document, in *block, p *plan.Plan) {
	var moves []string
	watched, clipped := m.watched()
	for _, move := range Moves(p) {
		moves = append(moves, watched.prose(move))
	}
	first := m.alert(d, in, "IMPORTANT", moves, moveRows, moveKind)
	var origins []string
	for _, origin := range Origins(p) {
		origins = append(origins, watched.prose(origin))
	}
	first = append(first, m.alert(d, in, "IMPORTANT", origins, moveRows, originKind)...)
	var sent []string
	for _, s := range Sent(p) {
		sent = append(sent, watched.code(s.Variable)+" goes to "+watched.code(s.Registry))
	}
	for _, part := range append(first, m.alert(d, in, "NOTE", sent, sentRows, sentKind)...) {
		part.reviewed, part.clipped = true, *clipped
	}
	m.problems(d, in, p, problemRows)
	m.blocked(d, in, p)
	changes := byAccount(p)
	for i := range p.Accounts {
		a := &p.Accounts[i]
		m.account(d, in, a, changes[a.Name])
	}
	if len(p.Notes) == 0 {
		return
	}
	notes := d.block(in, "\n<details><summary>Notes</summary>\n\n", "\n</details>\n")
	var parts []*part
	for _, n := range Notes(p) {
		text := strings.TrimSpace(m.code(n.Position.String()) + " " + m.prose(n.Message))
		parts = append(parts, &part{rank: noteRows, kind: noteKind, text: "- " + text + "\n"})
	}
	d.add(notes, parts...)
	d.gap(notes, "- ", parts)
}

// problems adds what could not be read or decided.
func (m Markdown) problems(d *document, in *block, p *plan.Plan, r rank) {
	var unread, problems []string
	for _, a := range p.Accounts {
		if a.Error != "" {
			unread = append(unread, fmt.Sprintf("Account %s could not be read: %s", m.code(a.Name), m.prose(a.Error)))
		}
	}
	for _, pr := range p.Problems {
		problems = append(problems, fmt.Sprintf("%s: account %s, %s: %s",
			m.code(pr.Position.String()), m.code(pr.Account), m.code(pr.Name), m.prose(pr.Message)))
	}
	m.alert(d, in, "CAUTION", unread, r, unreadKind)
	m.alert(d, in, "WARNING", problems, r, problemKind)
}

// alert adds an alert of GitHub's: of one line, or with a list.
func (m Markdown) alert(d *document, in *block, level string, lines []string, r rank, k kind) []*part {
	if len(lines) == 0 {
		return nil
	}
	bullet := "> "
	if len(lines) > 1 {
		bullet = "> - "
	}
	alert := d.block(in, "\n> [!"+level+"]\n", "")
	var parts []*part
	for _, line := range lines {
		parts = append(parts, &part{rank: r, kind: k, text: bullet + line + "\n"})
	}
	d.add(alert, parts...)
	d.gap(alert, bullet, parts)
	return parts
}

// Warning gives a block that stands above all else.
func (m Markdown) Warning(text string) string { return "> [!WARNING]\n> " + m.prose(text) + "\n\n" }
