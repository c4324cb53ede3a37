package action

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

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

// reviewed is what GitHub knows about the plan that is to be applied: the merged pull request, and the review in its
// comment.
type reviewed struct {
	run    *run
	talk   *conversation // nil when there is no pull request
	review *github.Review
	// refused is why there is no review that could be trusted; nil when there is one.
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

// find looks for the pull request, its comment and the review in it, and notes what is wrong with them.
func (v *reviewed) find(ctx context.Context) {
	found, err := v.pull(ctx)
	if err != nil {
		v.refused = v.run.unfound(err)
		return
	}
	v.talk = v.run.converse(ctx, found.Number)()
	if v.talk.err != nil {
		v.refused = v.run.unfound(v.talk.err)
		return
	}
	review, refused := v.run.read(v.talk.found, found)
	v.refused = refused
	if review != nil {
		v.review = review
	}
}

// pull finds the pull request that brought the commit.
func (v *reviewed) pull(ctx context.Context) (*github.Pull, error) {
	client, err := v.run.client()
	if err != nil {
		return nil, err
	}
	e := v.run.event
	if e.isPull() {
		found, err := client.Pull(ctx, v.run.site, e.pull.Number)
		if err != nil {
			return nil, err
		}
		switch branch := e.branch(); {
		case !found.Merged:
			err = &github.NotMergedError{SHA: e.sha, Reason: fmt.Sprintf("#%d is not merged", found.Number)}
		case branch != "" && found.BaseRef != branch:
			err = &github.NotMergedError{SHA: e.sha, Reason: fmt.Sprintf("#%d was merged into branch %s, not %s", found.Number, found.BaseRef, branch)}
		}
		return found, err
	}
	return client.MergedPull(ctx, v.run.site, e.sha, e.branch(), e.message)
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

// read takes the review from a comment and checks that it is of what was merged. A review that is genuine comes with
// a refusal when it is of something else.
func (r *run) read(found github.Comments, pull *github.Pull) (*github.Review, *refusal) {
	no := func(reason, format string, args ...any) *refusal {
		again := fmt.Sprintf("Plan again: run the plan workflow for pull request #%d, review its comment, and run this step again.", pull.Number)
		if !strings.EqualFold(pull.HeadRepo, r.site.Repository()) {
			again = "It comes from a fork, whose runs have no credentials to plan with: open a pull request from this repository that touches the configuration, review its plan and merge it."
		}
		return &refusal{reason: reason, text: fmt.Sprintf(format, args...), advice: []string{again, wayOut}, code: exitcode.Refused}
	}
	if found.Own == nil {
		if len(found.Others) > 0 {
			return nil, no("marker-author", "The comment with a plan on pull request #%d is by %s, not by %s; only the latter's counts.", pull.Number, found.Others[0], r.in.author)
		}
		return nil, no("no-reviewed-plan", "Pull request #%d has no comment with a plan of this configuration and these accounts.", pull.Number)
	}
	review, err := github.Open(found.Own.Body, r.in.signingKey)
	if err == nil {
		err = review.Check(r.site, pull.Number)
	}
	if err != nil {
		return nil, no(markerReason(err), "The plan in the comment on pull request #%d cannot be trusted: %s.", pull.Number, err)
	}
	switch {
	case review.HeadSHA != pull.HeadSHA:
		return &review, no("marker-head", "The plan in the comment on pull request #%d is of commit %s; merged was %s.", pull.Number, review.HeadSHA, pull.HeadSHA)
	case review.Incomplete:
		return &review, no("plan-incomplete", "The plan in the comment on pull request #%d is not complete, so that nothing can have been approved.", pull.Number)
	}
	return &review, nil
}

// markerReason names what is wrong with a marker, for the output reason.
func markerReason(err error) string {
	switch {
	case errors.Is(err, github.ErrEdited):
		return "marker-edited"
	case errors.Is(err, github.ErrSignature), errors.Is(err, github.ErrUnsigned), errors.Is(err, github.ErrNoKey):
		return "marker-signature"
	case errors.Is(err, github.ErrNoMarker):
		return "no-reviewed-plan"
	}
	return "marker-other"
}

// judge decides whether a plan may be applied; nil when it may. A plan that writes nothing needs no review.
func (v *reviewed) judge(fresh *plan.Plan) *refusal {
	if !v.run.in.reviewed || len(fresh.Writes()) == 0 {
		return nil
	}
	if v.refused != nil {
		return v.refused
	}
	differences := v.review.Compare(fresh)
	if len(differences) == 0 {
		return nil
	}
	out := &refusal{
		reason: "plan-changed", text: "Nothing was applied: the plan is no longer the reviewed one.", differences: differences, code: exitcode.Refused,
		advice: []string{
			"The live state, or the configuration together with other merges, gives a plan that nobody has approved.",
			"Open a pull request that touches the configuration, review its plan and merge it; or undo what was changed by hand and run this step again.",
		},
	}
	for _, name := range unseen(differences) {
		out.advice = append(out.advice, fmt.Sprintf(
			"Where a value comes from a variable that the plan did not have, it could not be compared: give the step that plans the variable %s, and plan again.", name))
	}
	return out
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

// say puts the end of the run into the comment, if there is one to speak in. The review stays in the marker as it is, so
// that a run after a partial apply finds it, and a plan that is made again takes its place; one that cannot be trusted is
// left alone. What was applied is applied: a comment that cannot be written is told, and changes no exit code.
func (v *reviewed) say(ctx context.Context, render func(report.Markdown, io.Writer) error) {
	if v.run.in.comment == commentNever || v.talk == nil || v.review == nil || v.talk.err != nil {
		return
	}
	if err := v.talk.put(ctx, *v.review, render); err != nil {
		v.run.uncommented("comment", planPermissions, err)
	}
}

// unheard tells why no comment will say how an apply ended that needs no review.
func (v *reviewed) unheard() {
	if v.refused == nil {
		return
	}
	const start = "The outcome will not stand in a comment: "
	_, unmerged := errors.AsType[*github.NotMergedError](v.refused.cause)
	_, denied := errors.AsType[*github.DeniedError](v.refused.cause)
	switch {
	case unmerged:
		v.run.say(start + v.refused.cause.Error())
	case denied:
		v.run.uncommented("comment", planPermissions, v.refused.cause)
	case v.refused.cause != nil:
		v.run.annotate(levelWarning, plan.Position{}, "comment", start+v.refused.cause.Error())
	case v.review == nil && v.talk.found.Own != nil:
		v.run.annotate(levelNotice, plan.Position{}, "comment", start+v.refused.text)
	}
}

// failed is say for a run that ended before it could compare.
func (v *reviewed) failed(ctx context.Context, title string, err error) {
	v.say(ctx, func(m report.Markdown, w io.Writer) error { return m.Findings(w, title, findings(err)) })
}
