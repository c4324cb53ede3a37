package action

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"

	"regent/internal/exitcode"
	"regent/internal/finding"
	"regent/internal/github"
	"regent/internal/plan"
	"regent/internal/reconcile"
	"regent/internal/report"
)

// validate checks the configuration and speaks to nobody.
func (r *run) validate() int {
	c, err := r.load()
	if err != nil {
		return r.invalid(err)
	}
	r.say(report.Valid(c))
	r.summarize("### regent validate\n\n" + report.Valid(c) + "\n")
	return exitcode.OK
}

// invalid reports a configuration that cannot be used.
func (r *run) invalid(err error) int {
	r.summarizeAs(func(m report.Markdown, w io.Writer) error { return m.Findings(w, invalidTitle, findings(err)) })
	return r.fail("config-invalid", err)
}

const invalidTitle = "The configuration is not valid"

// findings are the single errors for a report.
func findings(err error) []report.Finding {
	var out []report.Finding
	for _, f := range finding.Of(err) {
		out = append(out, report.Finding{Position: f.Position, Level: string(levelError), Message: withAccount(f)})
	}
	return out
}

// plan compares and comments.
func (r *run) plan(ctx context.Context) int {
	if r.event.closed() {
		r.annotate(levelNotice, plan.Position{}, "plan", "The pull request is closed, so there is nothing to plan; its comment stays as it is.")
		r.set("reason", "closed")
		return exitcode.OK
	}
	comment := r.commentOnPull(ctx)
	rec, err := r.prepared()
	if err != nil {
		comment.broken(ctx, invalidTitle, err)
		return r.invalid(err)
	}
	p := rec.Plan(ctx)
	if why, restricted := r.event.restricted(r.site.Repository()); restricted && rec.WithoutCredentials() {
		return r.onlyValid(ctx, comment, why)
	}
	r.planned(rec, p)
	defer r.annotateBlocked(p, levelWarning)
	if over := p.Over(r.in.guard); len(over) > 0 {
		r.annotate(levelWarning, plan.Position{}, "too many changes", "An apply of this plan would be stopped before its first write: "+sentences(over)+".")
	}
	r.summarizeAs(func(m report.Markdown, w io.Writer) error { return m.Plan(w, p) })
	if !comment.plan(ctx, p) {
		return exitcode.Error
	}
	return r.planCode(p)
}

// planCode gives the exit code of a run that only plans.
func (r *run) planCode(p *plan.Plan) int {
	switch {
	case p.Failed():
		r.set("reason", "unreadable")
		return exitcode.Error
	case r.in.detailed && p.Pending():
		return exitcode.Pending
	}
	return exitcode.OK
}

// onlyValid ends a run that has no credentials and could not have any.
func (r *run) onlyValid(ctx context.Context, comment *pullComment, why string) int {
	r.set("reason", "no-credentials")
	text := "The configuration is valid. It was not compared with the clouds: " + why +
		", and GitHub gives such runs no secrets. A plan needs a run with credentials, such as one that a maintainer starts."
	r.say(text)
	r.annotate(levelNotice, plan.Position{}, "validated only", text)
	r.summarizeAs(func(m report.Markdown, w io.Writer) error { return m.Findings(w, "Validated only", nil, text) })
	comment.text(ctx, "Validated only", text)
	return exitcode.OK
}

// planned shows a plan in the log, as annotations, outputs and a file.
func (r *run) planned(rec *reconcile.Reconciler, p *plan.Plan) {
	r.release()
	var failed []plan.Problem
	if err := rec.Errors(p); err != nil {
		failed = finding.Of(err)
	}
	text := report.Text{Errors: func() error {
		if err := r.log.Flush(); err != nil {
			return err
		}
		for _, f := range failed {
			r.annotate(levelError, f.Position, "plan", withAccount(f))
		}
		return nil
	}}
	if err := text.Plan(r.log, p); err != nil {
		r.annotate(levelWarning, plan.Position{}, "log", err.Error())
	}
	s := p.Summary
	r.set("has-changes", fmt.Sprint(p.Pending()))
	r.set("digest", p.Digest)
	for name, n := range map[string]int{"add": s.Add, "modify": s.Modify, "blocked": s.Blocked, "unmanaged": s.Unmanaged} {
		r.setCount(name, n)
	}
	r.setCount("failed", len(failed))
	if p.Failed() {
		r.set("digest", "") // an incomplete plan is nothing to compare with
		return
	}
	file, err := r.savePlan(p)
	if err != nil {
		r.annotate(levelWarning, plan.Position{}, "plan-path", "the plan could not be written to a file: "+err.Error())
		return
	}
	r.set("plan-path", file)
}

// annotateBlocked puts each reason on the line of the first field that is blocked for it. It comes last: GitHub keeps few annotations, and
// how the run ended must be among them.
func (r *run) annotateBlocked(p *plan.Plan, l level) {
	for _, b := range report.Blocked(p) {
		r.annotate(l, b.Position, "blocked", b.Message)
	}
}

// planFolder holds what a run leaves for later steps.
const planFolder = ".regent"

// savePlan writes the plan into the workspace, where later steps find it, and gives its path in there. They run as
// another user, and a plan holds no secret, so that everybody may read it. A link in the checked out files cannot lead
// the file out of the workspace.
func (r *run) savePlan(p *plan.Plan) (file string, err error) {
	root, err := os.OpenRoot(".")
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	if err := root.MkdirAll(planFolder, 0o755); err != nil {
		return "", err
	}
	file = path.Join(planFolder, "plan-"+r.site.Key+".json")
	if err := root.Remove(file); err != nil && !errors.Is(err, os.ErrNotExist) {
		return "", err
	}
	if err := root.WriteFile(file, p.JSON(), 0o644); err != nil {
		return "", err
	}
	giveBack(root, planFolder, file)
	return file, nil
}

// giveBack makes files belong to whoever the workspace belongs to. The container runs as root; on a machine that is kept,
// the runner's user could not remove what root left, and the next checkout would fail. Where the engine allows no change
// of owners, the files stay as they are.
func giveBack(root *os.Root, names ...string) {
	info, err := root.Stat(".")
	if err != nil {
		return
	}
	uid, gid, ok := owner(info)
	if !ok || uid == os.Geteuid() {
		return
	}
	for _, name := range names {
		_ = root.Lchown(name, uid, gid) // see above
	}
}

// pullComment is the comment on the pull request of the event; nil when there is to be none.
type pullComment struct {
	run  *run
	wait func() *conversation
}

// commentOnPull looks for the comment in the background, if the run is to comment.
func (r *run) commentOnPull(ctx context.Context) *pullComment {
	if !r.event.isPull() || r.in.comment == commentNever {
		return nil
	}
	return &pullComment{r, r.converse(ctx, r.event.pull.Number)}
}

// plan puts a plan into the comment. It reports false when that failed for another reason than a token that may not.
func (c *pullComment) plan(ctx context.Context, p *plan.Plan) bool {
	if c == nil {
		return true
	}
	review := github.NewReview(p, c.run.site, c.run.event.pull.Number, c.run.event.pull.Head.SHA, c.run.runID)
	if review.Plan != nil && c.run.masker.Mask(string(review.Plan.JSON())) != string(review.Plan.JSON()) {
		review.Plan = nil // a text of the file equals some secret; packed, no mask would find it
	}
	return c.put(ctx, review, p.Pending() || p.Failed(), func(m report.Markdown, w io.Writer) error { return m.Plan(w, p) })
}

// broken says in the comment that there is no plan, and why.
func (c *pullComment) broken(ctx context.Context, title string, err error) {
	if c == nil {
		return
	}
	c.put(ctx, c.nothing(), true, func(m report.Markdown, w io.Writer) error { return m.Findings(w, title, findings(err)) })
}

// text says something in a comment that is there already, so that it does not go on showing an old plan.
func (c *pullComment) text(ctx context.Context, title, text string) {
	if c == nil {
		return
	}
	c.put(ctx, c.nothing(), false, func(m report.Markdown, w io.Writer) error { return m.Findings(w, title, nil, text) })
}

// nothing is the review of a run that has no plan: nothing can be approved by it.
func (c *pullComment) nothing() github.Review {
	review := github.NewReview(plan.Failure(nil), c.run.site, c.run.event.pull.Number, c.run.event.pull.Head.SHA, c.run.runID)
	review.Incomplete = true
	return review
}

// put writes the comment, unless there is nothing to say and none to correct.
func (c *pullComment) put(ctx context.Context, review github.Review, news bool, render func(report.Markdown, io.Writer) error) bool {
	talk := c.wait()
	switch {
	case talk.err == nil && talk.found.Own == nil && !news && c.run.in.comment == commentAuto:
		return true
	case talk.err == nil && talk.newer():
		c.run.annotate(levelNotice, plan.Position{}, "comment", "A later run has commented; the comment stays as it is.")
		c.run.set("comment-url", talk.found.Own.URL)
		return true
	}
	if err := talk.put(ctx, review, render); err != nil {
		return c.run.uncommented("comment", planPermissions, err)
	}
	return true
}
