package action

import (
	"cmp"
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
	comment := r.commentOnPull()
	if why, restricted := r.event.restricted(r.site.Repository()); restricted {
		return r.onlyValid(ctx, comment, why)
	}
	rec, err := r.prepared()
	if refused := r.withoutSecrets(rec); refused != nil { // first: whether a text equals a secret is not to be told
		comment.broken(ctx, "There is no plan", refused)
		return r.fail("secrets-in-plan", refused)
	}
	if err != nil {
		comment.broken(ctx, invalidTitle, err)
		return r.invalid(err)
	}
	base, unread := r.base(ctx)
	origins, err := r.since(rec, base, unread)
	if err != nil {
		comment.broken(ctx, invalidTitle, err)
		return r.invalid(err)
	}
	p := rec.Plan(ctx)
	p.Origins = origins
	r.countForeign(p, base, unread)
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

// withoutSecrets refuses a plan of what a pull request proposes in the reach of the secrets that it names: what equals a
// secret is masked, so that a pull request could try values until one is.
func (r *run) withoutSecrets(rec *reconcile.Reconciler) error {
	if rec == nil || !r.event.isPull() || r.in.planSecrets {
		return nil
	}
	found := rec.SecretsAtHand()
	if len(found) == 0 {
		return nil
	}
	return finding.Join(append(found, errors.New("a plan of a pull request needs none of these, and must not have them: take them out of the env "+
		"of the step, the job and the workflow, or set the input allow-secrets-in-plan to true"))...)
}

// onlyValid ends a run of what comes from outside: its file says where credentials would be sent, whatever credentials are
// in reach.
func (r *run) onlyValid(ctx context.Context, comment *pullComment, why string) int {
	if _, err := r.load(); err != nil {
		comment.broken(ctx, invalidTitle, err)
		return r.invalid(err)
	}
	r.release()
	r.set("reason", "no-credentials")
	text := "The configuration is valid. It was not compared with the clouds: " + why +
		", and what comes from outside is never planned with credentials. A plan needs a pull request from a branch of this repository."
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
	r.set("has-changes", fmt.Sprint(p.Pending()))
	r.set("digest", p.Digest)
	for _, k := range plan.Kinds() {
		r.setCount(string(k.Action), p.Summary.Changes[k.Action])
	}
	r.setCount("unmanaged", p.Summary.Unmanaged)
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
type pullComment struct{ run *run }

// commentOnPull gives the comment, if the run is to comment.
func (r *run) commentOnPull() *pullComment {
	if !r.event.isPull() || r.in.comment == commentNever {
		return nil
	}
	return &pullComment{r}
}

// plan puts a plan into the comment. It reports false when that failed for another reason than a token that may not.
func (c *pullComment) plan(ctx context.Context, p *plan.Plan) bool {
	if c == nil {
		return true
	}
	return c.put(ctx, p, p.Pending() || p.Failed() || len(p.Origins) > 0, func(m report.Markdown, w io.Writer) error { return m.Plan(w, p) })
}

// broken says in the comment that there is no plan, and why.
func (c *pullComment) broken(ctx context.Context, title string, err error) {
	if c == nil {
		return
	}
	c.put(ctx, nil, true, func(m report.Markdown, w io.Writer) error { return m.Findings(w, title, findings(err)) })
}

// text says something in a comment that is there already, so that it does not go on showing an old plan.
func (c *pullComment) text(ctx context.Context, title, text string) {
	if c == nil {
		return
	}
	c.put(ctx, nil, false, func(m report.Markdown, w io.Writer) error { return m.Findings(w, title, nil, text) })
}

// review is what the comment carries: of a plan that may be applied once it is merged, or of nothing, by which nothing can
// be approved.
func (c *pullComment) review(p *plan.Plan, talk *conversation) github.Review {
	complete := p != nil
	if !complete {
		p = plan.Failure(nil)
	}
	review := github.NewReview(p, c.run.site, talk.Number, talk.HeadSHA, c.run.runID, talk.At)
	review.Incomplete = review.Incomplete || !complete || c.run.unsure
	if review.Plan != nil && c.run.masker.Mask(string(review.Plan.JSON())) != string(review.Plan.JSON()) {
		review.Plan = nil // a text of the file equals some secret; packed, no mask would find it
	}
	return review
}

// put writes the comment, unless there is nothing to say and none to correct. The pull request is looked at as late as
// that: what is merged by now was reviewed without this plan. A nil plan is none.
func (c *pullComment) put(ctx context.Context, p *plan.Plan, news bool, render func(report.Markdown, io.Writer) error) bool {
	talk := c.run.converse(ctx, c.run.event.pull.Number)
	if talk.err != nil {
		return c.run.uncommented("comment", planPermissions, talk.err)
	}
	if why := c.idle(ctx, talk); why != "" {
		c.run.annotate(levelNotice, plan.Position{}, "comment", why)
		if talk.Own != nil {
			c.run.set("comment-url", talk.Own.URL)
		}
		return true
	}
	if talk.Own == nil && !news && c.run.in.comment == commentAuto {
		return true
	}
	if talk.More > 0 {
		c.run.annotate(levelWarning, plan.Position{}, "comment", fmt.Sprintf(
			"Pull request #%d has %d comments of this configuration by %s. An apply will be refused: delete all of them but the oldest, %s.",
			talk.Number, talk.More+1, c.run.in.author, talk.Own.URL))
	}
	if only := c.run.production(talk.DefaultBranch); talk.BaseRef != only {
		why := fmt.Sprintf("This plan can never be applied: the pull request merges into branch %s, and only what is merged into %s is applied.", talk.BaseRef, only)
		c.run.annotate(levelWarning, plan.Position{}, "plan", why)
		p, render = nil, above(why, render)
	}
	if err := talk.put(ctx, c.review(p, talk), render); err != nil {
		return c.run.uncommented("comment", planPermissions, err)
	}
	return true
}

// idle says why the comment stays as it is; empty when it does not.
func (c *pullComment) idle(ctx context.Context, talk *conversation) string {
	switch {
	case !talk.Open:
		c.run.set("reason", "closed")
		return "The pull request has been closed since this run was started; its comment stays as it is."
	case talk.HeadSHA != c.run.event.pull.Head.SHA:
		return fmt.Sprintf("The pull request has moved on to commit %s; its comment is for a run of that commit.", talk.HeadSHA)
	case talk.newer(ctx):
		return "A later run has commented; the comment stays as it is."
	}
	return ""
}

// above renders below a warning.
func above(warning string, render func(report.Markdown, io.Writer) error) func(report.Markdown, io.Writer) error {
	return func(m report.Markdown, w io.Writer) error {
		text := m.Warning(warning)
		m.Limit -= len(text)
		_, err := io.WriteString(w, text)
		return errors.Join(err, render(m, w))
	}
}

// production is the branch whose merges are applied.
func (r *run) production(defaultBranch string) string { return cmp.Or(r.in.branch, defaultBranch) }
