package action

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"regent/internal/apply"
	"regent/internal/crash"
	"regent/internal/exitcode"
	"regent/internal/finding"
	"regent/internal/plan"
	"regent/internal/reconcile"
	"regent/internal/report"
)

// apply carries out the plan that was reviewed, or nothing.
func (r *run) apply(ctx context.Context) int {
	if r.event.closed() && !r.event.pull.Merged {
		r.annotate(levelNotice, plan.Position{}, "apply", "The pull request was closed without a merge, so there is nothing to apply.")
		r.set("reason", "closed")
		return exitcode.OK
	}
	look := r.lookUp(ctx)
	rec, err := r.prepared()
	if err != nil {
		look().failed(ctx, invalidTitle, err)
		return r.invalid(err)
	}
	p := rec.Plan(ctx)
	r.planned(rec, p)
	defer r.annotateBlocked(p, levelError)
	seen := look()
	if p.Unread() {
		err := finding.Join(rec.Errors(p), errors.New("nothing was written: some accounts could not be read"))
		r.set("reason", "unreadable")
		r.summarizeAs(func(m report.Markdown, w io.Writer) error { return m.Plan(w, p) })
		seen.failed(ctx, "Nothing was applied", err)
		return exitcode.Error
	}
	if refused := seen.judge(ctx, p); refused != nil {
		return r.refuse(ctx, seen, p, refused)
	}
	if !r.in.reviewed {
		seen.unheard()
	}
	if over := p.Over(r.in.guard); len(over) > 0 {
		return r.refuse(ctx, seen, p, overGuard(over))
	}
	if missing := rec.Missing(p); len(missing) > 0 {
		err := finding.Join(append(missing, errors.New("nothing was written: give the step these variables and run it again"))...)
		r.summarizeAs(func(m report.Markdown, w io.Writer) error { return m.Findings(w, "Nothing was applied", findings(err)) })
		seen.failed(ctx, "Nothing was applied", err)
		return r.fail("secrets-missing", err)
	}
	return r.carryOut(ctx, rec, p, seen)
}

// overGuard refuses an apply that is larger than the workflow allows.
func overGuard(over []plan.Excess) *refusal {
	return &refusal{
		reason: "too-many-changes", text: "Nothing was applied: " + sentences(over) + ".", code: exitcode.Refused,
		advice: []string{"Split the change, or raise the input for this apply; that is a decision for the workflow file, which is reviewed itself."},
	}
}

// sentences words the limits that a plan does not keep.
func sentences(over []plan.Excess) string {
	var said []string
	for _, e := range over {
		said = append(said, e.Sentence("the input "))
	}
	return strings.Join(said, "; ")
}

// grace is how long writes under way may finish after the run was interrupted. GitHub's runner waits 7.5 seconds
// between the first and the second signal, which ends the run at once; see also [lastWords].
const grace = 4 * time.Second

// carryOut writes, and reports what came of it.
func (r *run) carryOut(ctx context.Context, rec *reconcile.Reconciler, p *plan.Plan, seen *reviewed) int {
	text := report.Text{Said: map[string]bool{}}
	r.writes = len(p.Writes()) > 0
	defer context.AfterFunc(ctx, func() {
		var lost error
		defer crash.Caught(&lost) // a line less in the log
		r.say("Interrupted: no further change starts; waiting for those under way.")
	})()
	result := rec.Apply(ctx, p, apply.Options{
		Parallelism: r.in.parallelism, Grace: grace, Audit: func(apply.Event) error { return nil },
		Progress: func(_, _ int, o apply.Outcome) { _ = text.Progress(r.log, o) }, // a line less in the log
	})
	end := report.Result{Plan: p, Run: result}
	r.writes = result.Written()
	r.annotateOutcomes(result)
	if err := text.Result(r.log, end); err != nil {
		r.annotate(levelWarning, plan.Position{}, "log", err.Error())
	}
	r.setCount("failed", result.Count(apply.Failed))
	r.setCount("unknown", result.Count(apply.Unknown))
	render := func(m report.Markdown, w io.Writer) error { return m.Result(w, end) }
	r.summarizeAs(render)
	code := exitcode.Of(p, result)
	switch code {
	case exitcode.Partial:
		r.set("reason", "partial")
	case exitcode.Error:
		r.set("reason", "failed")
	}
	seen.use(p, result, code)
	seen.say(ctx, render)
	return code
}

func (r *run) annotateOutcomes(result *apply.Result) {
	for _, o := range result.Outcomes {
		switch {
		case o.Change.Action == plan.Blocked: // said with its reason when it was planned
		case o.Status == apply.Applied && o.Detail != "":
			r.annotate(levelNotice, o.Change.Position, "applied", outcome(o))
		case o.Status != apply.Applied:
			r.annotate(levelError, o.Change.Position, string(o.Status), outcome(o))
		}
	}
}

// outcome words the end of a change with what a support case needs.
func outcome(o apply.Outcome) string {
	text := fmt.Sprintf("%s of %s in account %s: %s", o.Change.Action, o.Change.Name, o.Change.Account, o.Status)
	if o.Detail != "" {
		text += ": " + o.Detail
	}
	if o.RequestID != "" && !strings.Contains(text, o.RequestID) {
		text += fmt.Sprintf(" (%s, request ID %s)", o.Operation, o.RequestID)
	}
	return text
}

// refuse ends an apply whose plan is not the reviewed one. Nothing was written.
func (r *run) refuse(ctx context.Context, seen *reviewed, p *plan.Plan, why *refusal) int {
	r.set("reason", why.reason)
	r.annotate(levelError, plan.Position{}, "refused", why.text+" "+strings.Join(why.advice, " "))
	for _, d := range why.differences {
		r.annotate(levelError, d.Position, why.reason, strings.TrimPrefix(d.String(), d.Position.String()+": "))
	}
	if why.reason == "no-permission" {
		r.annotate(levelNotice, plan.Position{}, "permissions", "The workflow needs:\n"+planPermissions)
	}
	shown := report.Refusal{Reason: why.text, Advice: why.advice, Differences: why.differences, Plan: p}
	render := func(m report.Markdown, w io.Writer) error { return m.Refusal(w, shown) }
	r.summarizeAs(render)
	seen.say(ctx, render)
	return why.code
}
