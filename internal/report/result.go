package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"regent/internal/apply"
	"regent/internal/plan"
	"regent/internal/printable"
)

// ResultVersion is the version of the result's JSON form.
const ResultVersion = 1

// Result is the end of an apply run, for reports.
type Result struct {
	Plan *plan.Plan
	Run  *apply.Result
}

// tally words the outcomes in one line.
func (r Result) tally() string {
	var parts []string
	for _, s := range []apply.Status{apply.Applied, apply.Failed, apply.Unknown, apply.NotAttempted} {
		if n := r.Run.Count(s); n > 0 || s == apply.Applied {
			parts = append(parts, fmt.Sprintf("%d %s", n, s))
		}
	}
	line := strings.Join(parts, ", ") + "."
	if r.Run.Interrupted {
		line += " Interrupted."
	}
	return line
}

// statusOf gives the word and colour of an outcome.
func statusOf(o apply.Outcome) (word, color string) {
	switch o.Status {
	case apply.Applied:
		return "applied", green
	case apply.Failed:
		return "FAILED", red
	case apply.Unknown:
		return "UNKNOWN", red
	default:
		return "not attempted", yellow
	}
}

// Line is the progress line of one finished change.
func (t Text) Line(o apply.Outcome) string {
	mark, color := sign(o.Change)
	word, wordColor := statusOf(o)
	line := fmt.Sprintf("%s %s / %s  %s", t.paint(color, mark), Clean(o.Change.Account), Clean(o.Change.Name), t.paint(wordColor, word))
	if o.ID != "" {
		line += "  ID " + Clean(o.ID)
	}
	if o.Detail != "" {
		line += "  " + Clean(located(o))
	}
	return line
}

// located puts the place in the file before a detail that does not name it yet.
func located(o apply.Outcome) string {
	at := o.Change.Position.String()
	if o.Status == apply.Applied || at == "" || strings.Contains(o.Detail, at) {
		return o.Detail
	}
	return at + ": " + o.Detail
}

// Progress writes the line of one finished change.
func (t Text) Progress(w io.Writer, o apply.Outcome) error {
	line := t.Line(o)
	if t.Said != nil {
		t.Said[line] = true
	}
	_, err := io.WriteString(w, line+"\n")
	return err
}

// Result writes the end of a run: what needs saying, with its reason, and one line of totals.
func (t Text) Result(w io.Writer, r Result) error {
	var b strings.Builder
	for _, o := range r.Run.Outcomes {
		if o.Status != apply.Applied || o.Detail != "" {
			t.once(&b, t.Line(o))
		}
	}
	t.problems(&b, r.Plan)
	b.WriteString(t.paint(bold, "Apply: "+r.tally()) + "\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// resultJSON is the result's JSON form.
type resultJSON struct {
	FormatVersion int            `json:"formatVersion"`
	Digest        string         `json:"digest"`
	Interrupted   bool           `json:"interrupted"`
	Summary       resultSummary  `json:"summary"`
	Outcomes      []outcomeJSON  `json:"outcomes"`
	Problems      []plan.Problem `json:"problems"`
}

type resultSummary struct {
	Applied      int `json:"applied"`
	Failed       int `json:"failed"`
	Unknown      int `json:"unknown"`
	NotAttempted int `json:"notAttempted"`
}

type outcomeJSON struct {
	Action    plan.Action   `json:"action"`
	Account   string        `json:"account"`
	Name      string        `json:"name"`
	Key       plan.Key      `json:"key"`
	Status    apply.Status  `json:"status"`
	ID        string        `json:"id,omitempty"`
	Operation string        `json:"operation,omitempty"`
	RequestID string        `json:"requestId,omitempty"`
	Detail    string        `json:"detail,omitempty"`
	Position  plan.Position `json:"position"`
}

// unread gives the accounts that could not be read as problems.
func unread(p *plan.Plan) []plan.Problem {
	out := []plan.Problem{}
	for _, a := range p.Accounts {
		if a.Error != "" {
			out = append(out, plan.Problem{Account: a.Name, Message: a.Error, Position: a.Position})
		}
	}
	return out
}

// JSONResult writes the end of a run as one JSON document.
func JSONResult(w io.Writer, r Result) error {
	out := resultJSON{
		FormatVersion: ResultVersion, Digest: r.Plan.Digest, Interrupted: r.Run.Interrupted,
		Outcomes: []outcomeJSON{}, Problems: append(unread(r.Plan), r.Plan.Problems...),
		Summary: resultSummary{
			Applied: r.Run.Count(apply.Applied), Failed: r.Run.Count(apply.Failed),
			Unknown: r.Run.Count(apply.Unknown), NotAttempted: r.Run.Count(apply.NotAttempted),
		},
	}
	for _, o := range r.Run.Outcomes {
		out.Outcomes = append(out.Outcomes, outcomeJSON{
			Action: o.Change.Action, Account: o.Change.Account, Name: o.Change.Name, Key: o.Change.Key, Status: o.Status,
			ID: o.ID, Operation: o.Operation, RequestID: o.RequestID, Detail: o.Detail, Position: o.Change.Position,
		})
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(out); err != nil {
		return err
	}
	_, err := w.Write(printable.JSON(b.Bytes()))
	return err
}
