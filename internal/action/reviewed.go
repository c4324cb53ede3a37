package action

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"regent/internal/apply"
	"regent/internal/exitcode"
	"regent/internal/github"
	"regent/internal/plan"
	"regent/internal/report"
)

// refusal is why a plan may not be applied.
type refusal struct {
	// reason is the output of that name.
	reason string
	// text is one sentence, advice says how to go on.
	text        string
	advice      []string
	differences []plan.Difference
	// cause is the error behind it, if it is one of looking.
	cause error
	code  int
}

// reviewed is what GitHub knows about the plan that is to be applied.
type reviewed struct {
	run  *run
	talk *conversation // nil when there is no pull request
	evidence
	// refused is why nothing could be learned; nil when it could.
	refused *refusal
}

const wayOut = "To apply without a reviewed plan, set the input require-reviewed-plan to false; that is a decision for the workflow file, which is reviewed itself."

// lookUp finds the reviewed plan while other work goes on; call the function it gives to wait for it.
func (r *run) lookUp(ctx context.Context) func() *reviewed {
	v := &reviewed{run: r}
	if !r.in.reviewed && r.in.comment == commentNever {
		return func() *reviewed { return v }
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		var err error
		defer func() {
			if err != nil {
				v.refused = r.unfound(err)
			}
		}()
		defer r.caught(&err)
		v.find(ctx)
	}()
	return func() *reviewed { <-done; return v }
}

// find looks for the merged pull request and the comment on it, and reads the review in it.
func (v *reviewed) find(ctx context.Context) {
	r := v.run
	number, err := v.pull(ctx)
	if err != nil {
		v.refused = r.unfound(err)
		return
	}
	talk := r.converse(ctx, number)
	if talk.err != nil {
		v.refused = r.unfound(talk.err)
		return
	}
	v.talk = talk
	v.evidence = evidence{
		site: r.site, branch: r.in.branch, ref: r.event.ref, sha: r.event.sha, again: r.again, approval: r.in.approval, cut: r.in.cutReview, talk: talk.Conversation,
	}
	v.review, v.unread = talk.opened(r)
}

// opened reads the review in the comment.
func (c *conversation) opened(r *run) (github.Review, error) {
	if c.Own == nil {
		return github.Review{}, github.ErrNoMarker
	}
	review, err := github.Open(c.Own.Body, r.in.signingKey)
	if err != nil {
		return github.Review{}, err
	}
	return review, review.Check(r.site, c.Number)
}

// pull finds the pull request that brought the commit.
func (v *reviewed) pull(ctx context.Context) (int, error) {
	client, err := v.run.client()
	if err != nil {
		return 0, err
	}
	e := v.run.event
	if e.isPull() {
		return e.pull.Number, nil
	}
	found, err := client.MergedPull(ctx, v.run.site, e.sha, v.run.in.branch, e.message)
	if err != nil {
		return 0, err
	}
	return found.Number, nil
}

// later learns what came to the branch after the merge. It is asked as late as can be: the branch moves.
func (v *reviewed) later(ctx context.Context) error {
	client, site, branch := v.talk.client, v.run.site, v.run.production(v.talk.DefaultBranch)
	var err error
	if v.since, err = client.Since(ctx, site, v.run.event.sha, branch); err != nil {
		return err
	}
	paths := sources(v.run.in.config)
	v.touched = v.since.Cut || slices.ContainsFunc(v.since.Files, func(file string) bool {
		return slices.ContainsFunc(paths, func(p string) bool { return github.Covers(p, file) })
	})
	if v.since.Apart || v.again || !v.touched {
		return nil
	}
	merged, err := client.MergedSince(ctx, site, branch, v.talk.MergedAt)
	if err != nil {
		return err
	}
	for _, p := range merged {
		if !slices.Contains(v.since.Commits, p.MergeCommitSHA) {
			continue
		}
		other := v.run.converse(ctx, p.Number)
		if other.err != nil {
			return other.err
		}
		if other.Own == nil {
			continue // it has no plan of this configuration
		}
		if review, err := other.opened(v.run); err != nil || review.Used || len(review.Applied) > 0 {
			v.passed = p.Number // what cannot be read may say that it was applied
			return nil          //nolint:nilerr // see above
		}
	}
	return nil
}

// sources gives the paths of the configuration, and where links among them lead.
func sources(given []string) []string {
	out := slices.Clone(given)
	for _, p := range given {
		found, _ := filepath.Glob(p) // a pattern that is not valid has been told
		inside, _ := filepath.Glob(filepath.Join(p, "*"))
		for _, file := range append(found, inside...) {
			if real, err := filepath.EvalSymlinks(file); err == nil && real != file {
				out = append(out, filepath.ToSlash(real))
			}
		}
	}
	return out
}

// unfound turns an error of looking into a refusal.
func (r *run) unfound(err error) *refusal {
	out := &refusal{
		reason: "no-reviewed-plan", text: "No reviewed plan was found: " + strings.TrimSuffix(err.Error(), ".") + ".", advice: []string{wayOut},
		cause: err, code: exitcode.Refused,
	}
	if _, ok := errors.AsType[*github.NotMergedError](err); ok {
		out.reason = "not-merged"
	}
	if _, ok := errors.AsType[*github.DeniedError](err); ok {
		out.reason = "no-permission"
		out.code = exitcode.Error
	}
	return out
}

// judge decides whether a plan may be applied; nil when it may. A plan that writes nothing needs no review.
func (v *reviewed) judge(ctx context.Context, fresh *plan.Plan) *refusal {
	if !v.run.in.reviewed || len(fresh.Writes()) == 0 {
		return nil
	}
	if v.refused != nil {
		return v.refused
	}
	v.fresh = fresh
	if v.trusted() { // else it is refused whatever comes after
		if err := v.later(ctx); err != nil {
			return v.run.unfound(err)
		}
	}
	return v.refusal()
}

// unseen names the variables whose values differ from the live ones although the reviewed plan says nothing of it.
func unseen(differences []plan.Difference) []string {
	var out []string
	for _, d := range differences {
		name, ok := strings.CutPrefix(strings.TrimSuffix(d.Now, ")"), "(from env ")
		if ok && d.Reviewed == "" && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// say puts the end of the run into the comment, if there is one to speak in. The review stays in the marker, so that a run
// after a partial apply finds it; a comment that cannot be trusted is left alone. What was applied is applied: a comment
// that cannot be written is told, and changes no exit code.
func (v *reviewed) say(ctx context.Context, render func(report.Markdown, io.Writer) error) {
	if v.run.in.comment == commentNever || v.talk == nil || !v.trusted() {
		return
	}
	if err := v.talk.put(ctx, v.review, render); err != nil {
		v.run.uncommented("comment", planPermissions, err)
	}
}

// use notes in the review what an apply has carried out, if it was the review of that plan.
func (v *reviewed) use(p *plan.Plan, result *apply.Result, code int) {
	if v.talk == nil || !v.trusted() || v.content() != nil {
		return
	}
	var done []*plan.Change
	for _, o := range result.Outcomes {
		if o.Status == apply.Applied {
			done = append(done, o.Change)
		}
	}
	v.review = v.review.After(p, done, code == exitcode.OK)
}

// unheard tells why no comment will say how an apply ended that needs no review.
func (v *reviewed) unheard() {
	const start = "The outcome will not stand in a comment: "
	if v.refused == nil {
		if v.talk != nil && v.talk.Own != nil && !v.trusted() {
			v.run.annotate(levelNotice, plan.Position{}, "comment", start+v.refusal().text)
		}
		return
	}
	_, unmerged := errors.AsType[*github.NotMergedError](v.refused.cause)
	_, denied := errors.AsType[*github.DeniedError](v.refused.cause)
	switch {
	case unmerged:
		v.run.say(start + v.refused.cause.Error())
	case denied:
		v.run.uncommented("comment", planPermissions, v.refused.cause)
	case v.refused.cause != nil:
		v.run.annotate(levelWarning, plan.Position{}, "comment", start+v.refused.cause.Error())
	}
}

// failed is say for a run that ended before it could compare.
func (v *reviewed) failed(ctx context.Context, title string, err error) {
	v.say(ctx, func(m report.Markdown, w io.Writer) error { return m.Findings(w, title, findings(err)) })
}
