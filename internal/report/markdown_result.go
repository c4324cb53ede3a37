package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"

	"regent/internal/apply"
	"regent/internal/plan"
)

// The ranks of a result's details.
const (
	failedRows = details + iota
	unknownRows
	notAttemptedRows
	runProblems
	outcomeDetails
	appliedRows
	appliedDetails
)

// Result writes the end of a run: totals, what could not be planned, and every outcome with its request ID, those that
// need somebody first.
func (m Markdown) Result(w io.Writer, r Result) error {
	return m.write(w, func(m Markdown) *document {
		d := m.document("regent apply", "**"+r.tally()+"**")
		m.problems(d, &d.root, r.Plan, runProblems)
		m.outcomes(d, r.Run.Outcomes)
		m.end(d, r.Plan.Digest)
		return d
	})
}

// urgency orders outcomes, and gives the ranks of an outcome's row and of its detail.
func urgency(s apply.Status) (row, detail rank) {
	switch s {
	case apply.Failed:
		return failedRows, outcomeDetails
	case apply.Unknown:
		return unknownRows, outcomeDetails
	case apply.Applied:
		return appliedRows, appliedDetails
	default:
		return notAttemptedRows, outcomeDetails
	}
}

func (m Markdown) outcomes(d *document, outcomes []apply.Outcome) {
	var parts []*part
	for _, o := range outcomes {
		mark, _ := sign(o.Change)
		status := string(o.Status)
		if o.Status != apply.Applied {
			status = "**" + status + "**"
		}
		before := fmt.Sprintf("| %s | %s | %s | %s", cell(mark), m.cell(o.Change.Account), m.cell(o.Change.Name), status)
		after := fmt.Sprintf(" | %s | %s |\n", m.cell(o.ID), m.cell(o.RequestID))
		row, detail := urgency(o.Status)
		p := &part{rank: row, kind: kind{string(o.Status), string(o.Status)}, text: before + after}
		if o.Detail != "" {
			p.fullerRank, p.fuller = detail, before+"<br>"+m.cellProse(located(o))+after
		}
		parts = append(parts, p)
	}
	if len(parts) == 0 {
		return
	}
	slices.SortStableFunc(parts, func(a, b *part) int { return int(a.rank - b.rank) })
	table := d.block(&d.root, "\n| | Account | Name | Outcome | ID | Request ID |\n|---|---|---|---|---|---|\n", "")
	d.add(table, parts...)
	d.gap(table, "\n", parts)
}

var differenceKind = kind{"difference", "differences"}

// Refusal is an apply that was refused, for reports.
type Refusal struct {
	// Reason is one sentence, Advice how to go on; plain text.
	Reason string
	Advice []string
	// Differences are what is not as reviewed.
	Differences []plan.Difference
	// Plan is the plan as it is now; may be nil.
	Plan *plan.Plan
}

// Refusal writes why an apply was refused and how to go on, then what differs field by field, then the plan as it is
// now, folded away.
func (m Markdown) Refusal(w io.Writer, r Refusal) error {
	return m.write(w, func(m Markdown) *document {
		d := m.document("regent apply: refused", "> [!CAUTION]\n> "+m.prose(r.Reason))
		m.advice(d, r.Advice)
		m.differences(d, r.Differences)
		if r.Plan != nil {
			fold := d.block(&d.root, "\n<details><summary>The plan as it is now: "+totals(r.Plan)+"</summary>\n", "\n</details>\n")
			m.plan(d, fold, r.Plan)
		}
		if r.Plan == nil {
			m.end(d, "")
		} else {
			m.end(d, digestOf(r.Plan))
		}
		return d
	})
}

// advice adds what to do: a paragraph, or a list of several.
func (m Markdown) advice(d *document, advice []string) {
	if len(advice) == 1 {
		d.text(framing, "\n"+m.prose(advice[0])+"\n")
		return
	}
	for i, a := range advice {
		text := "- " + m.prose(a) + "\n"
		if i == 0 {
			text = "\n" + text
		}
		d.text(framing, text)
	}
}

// differences adds the table of what is not as reviewed, a row for each field. The first row of an item says where it is.
func (m Markdown) differences(d *document, differences []plan.Difference) {
	var parts []*part
	for i, x := range differences {
		entry := m.cell(x.Name)
		if i == 0 || !sameItem(differences[i-1], x) {
			entry += " in " + m.cell(x.Account)
			if at := m.place(x.Position); at != "" {
				entry += "<br>" + at
			}
		}
		reviewed, now := m.sides(x)
		text := fmt.Sprintf("| %s | %s | %s | %s |\n", entry, m.cell(x.Field), reviewed, now)
		parts = append(parts, &part{rank: differenceRows, kind: differenceKind, text: text})
	}
	if len(parts) == 0 {
		return
	}
	table := d.block(&d.root, "\n| Entry | Field | Reviewed | Now |\n|---|---|---|---|\n", "")
	d.add(table, parts...)
	d.gap(table, "\n", parts)
}

func sameItem(a, b plan.Difference) bool {
	return a.Position == b.Position && a.Account == b.Account && a.Name == b.Name
}

// sides gives the two sides of a difference.
func (m Markdown) sides(x plan.Difference) (reviewed, now string) {
	nothing := "no difference"
	if x.Field == "id" {
		nothing = "none"
	}
	reviewed, now = cmp.Or(m.cell(x.Reviewed), nothing), cmp.Or(m.cell(x.Now), nothing)
	if x.Field == "" {
		reviewed = "not reviewed"
	}
	if x.Message != "" && (x.Field == "" || x.Field == "digest") { // the values alone do not say it
		now += "<br>" + m.cellProse(x.Message)
	}
	return reviewed, now
}

// Finding is something wrong with a configuration or a run, for reports.
type Finding struct {
	// Position is its place in a file; zero where there is none.
	Position plan.Position
	// Level says how bad it is: error, warning or notice; anything else is an error.
	Level   string
	Message string
}

// The ranks of findings, and what they count as.
const (
	errorRows = details + iota
	otherRows
)

var findingKind = kind{"finding", "findings"}

// Findings writes what is wrong with a configuration or a run under a title, each with its place, and what to do about
// it.
func (m Markdown) Findings(w io.Writer, title string, findings []Finding, advice ...string) error {
	return m.write(w, func(m Markdown) *document {
		d := m.document(m.prose(title), tally(findings))
		m.advice(d, advice)
		m.findings(d, findings)
		m.end(d, "")
		return d
	})
}

// tally counts findings by their level, in the order of their first.
func tally(findings []Finding) string {
	var parts []*part
	for _, f := range findings {
		level := f.level()
		parts = append(parts, &part{kind: kind{level, level + "s"}})
	}
	if len(parts) == 0 {
		return ""
	}
	return "**" + missing(parts, true) + ".**"
}

func (f Finding) level() string {
	if f.Level == "warning" || f.Level == "notice" {
		return f.Level
	}
	return "error"
}

// findings adds the table of findings.
func (m Markdown) findings(d *document, findings []Finding) {
	var parts []*part
	for _, f := range findings {
		r, level := errorRows, ""
		if f.level() != "error" {
			r, level = otherRows, f.level()+": "
		}
		text := fmt.Sprintf("| %s | %s%s |\n", m.place(f.Position), level, m.cellProse(f.Message))
		parts = append(parts, &part{rank: r, kind: findingKind, text: text})
	}
	if len(parts) == 0 {
		return
	}
	table := d.block(&d.root, "\n| Where | What |\n|---|---|\n", "")
	d.add(table, parts...)
	d.gap(table, "\n", parts)
}
