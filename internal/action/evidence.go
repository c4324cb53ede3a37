package action

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"regent/internal/exitcode"
	"regent/internal/github"
	"regent/internal/plan"
)

// evidence is all that decides whether a plan may be applied by its review.
type evidence struct {
	site github.Site
	// branch is the input; empty for the default branch. ref and sha are the run's.
	branch, ref, sha string
	// again says that the run is not the first for its event; approval that an approval is required; cut that a review of what
	// was shown in part is one.
	again, approval, cut bool
	// talk is the merged pull request and the comment on it; review what the comment carries, or unread why it carries none.
	talk   github.Conversation
	review github.Review
	unread error
	// since is what came to the branch after the merge; touched that it changes the configuration, passed the number of a
	// pull request whose review was applied since, or may have been.
	since   github.Since
	touched bool
	passed  int
	// fresh is the plan as it is now; nil where there is none.
	fresh *plan.Plan
}

// trusted reports whether the comment is regent's own word, so that it may be written to and its review kept.
func (e *evidence) trusted() bool { return e.base() == nil && e.comment() == nil }

// refusal decides: nil when the fresh plan may be applied. The order is from what the merge is to what the plan is.
func (e *evidence) refusal() *refusal {
	for _, check := range []func() *refusal{e.base, e.comment, e.content, e.shown, e.time, e.present, e.rest} {
		if why := check(); why != nil {
			return why
		}
	}
	return nil
}

// base: one branch is production, and what was checked out is what the merge made of it.
func (e *evidence) base() *refusal {
	branch, number := cmp.Or(e.branch, e.talk.DefaultBranch), e.talk.Number
	var why string
	switch {
	case e.ref != "refs/heads/"+branch:
		why = fmt.Sprintf("this run is of %s, and only what is merged into branch %s is applied", e.ref, branch)
	case !e.talk.Merged:
		why = fmt.Sprintf("#%d is not merged", number)
	case !strings.EqualFold(e.talk.BaseRepo, e.site.Repository()):
		why = fmt.Sprintf("#%d was merged into another repository", number)
	case e.talk.BaseRef != branch:
		why = fmt.Sprintf("#%d was merged into branch %s, not %s", number, e.talk.BaseRef, branch)
	case !strings.EqualFold(e.talk.MergeCommitSHA, e.sha):
		why = fmt.Sprintf("#%d was merged as commit %s, and this run has commit %s", number, e.talk.MergeCommitSHA, e.sha)
	default:
		return nil
	}
	return &refusal{reason: "not-merged", text: "Nothing was applied: " + why + ".", code: exitcode.Refused, advice: []string{
		"To apply the merges of another branch than the default one, set the input branch in the workflow file.", wayOut,
	}}
}

// no refuses for something about the comment.
func (e *evidence) no(reason, format string, args ...any) *refusal {
	again := "Open a pull request that touches the configuration (a comment in the file is enough), review its plan and merge it. " +
		"The plan of one that is merged cannot be made again."
	if !strings.EqualFold(e.talk.HeadRepo, e.site.Repository()) {
		again = "It comes from a fork, whose runs have no credentials to plan with: open a pull request from this repository that touches the configuration, review its plan and merge it."
	}
	return &refusal{reason: reason, text: fmt.Sprintf(format, args...), advice: []string{again, wayOut}, code: exitcode.Refused}
}

// comment: it is regent's own, as regent wrote it, where all could see it.
func (e *evidence) comment() *refusal {
	number, own := e.talk.Number, e.talk.Own
	switch {
	case own == nil && len(e.talk.Others) > 0:
		return e.no("marker-author", "The comment with a plan on pull request #%d is by %s, not by %s; only the latter's counts.", number, e.talk.Others[0], e.site.Author)
	case own == nil:
		return e.no("no-reviewed-plan", "Pull request #%d has no comment with a plan of this configuration and these accounts.", number)
	case e.unread != nil:
		return e.no(markerReason(e.unread), "The plan in the comment on pull request #%d cannot be trusted: %s.", number, e.unread)
	case e.talk.More > 0:
		return e.no("marker-twice", "Pull request #%d has %d comments with a plan of this configuration and these accounts, so that it cannot be told which one was reviewed.", number, e.talk.More+1)
	case own.Editor != "" && !strings.EqualFold(own.Editor, own.Author):
		return e.no("marker-editor", "The comment with the plan on pull request #%d was edited by %s after %s wrote it.", number, own.Editor, own.Author)
	case own.Minimized:
		return e.no("marker-minimized", "The comment with the plan on pull request #%d is hidden on its page, so that it may not have been seen.", number)
	}
	return nil
}

// content: the review is of what was merged, and of all of it.
func (e *evidence) content() *refusal {
	switch {
	case e.review.HeadSHA != e.talk.HeadSHA:
		return e.no("marker-head", "The plan in the comment on pull request #%d is of commit %s; merged was %s.", e.talk.Number, e.review.HeadSHA, e.talk.HeadSHA)
	case e.review.Incomplete:
		return e.no("plan-incomplete", "The plan in the comment on pull request #%d is not complete, so that nothing can have been approved.", e.talk.Number)
	}
	return nil
}

// shown: what was not shown was not reviewed.
func (e *evidence) shown() *refusal {
	if !e.review.Cut || e.cut {
		return nil
	}
	return &refusal{reason: "review-cut", code: exitcode.Refused, advice: []string{"To go on, " + cutAdvice, wayOut}, text: fmt.Sprintf(
		"Nothing was applied: the plan was too large for the comment on pull request #%d, which does not show all of it, and what was not shown was not reviewed.", e.talk.Number)}
}

// form in which times are told.
const clockForm = "2006-01-02 15:04:05 MST"

// time: the plan was there before the merge, and before the approval where one is required.
func (e *evidence) time() *refusal {
	planned := e.review.PlannedAt.Format(clockForm)
	switch {
	case e.review.PlannedAt.After(e.talk.MergedAt):
		return e.no("marker-late", "The plan in the comment on pull request #%d was made at %s, after the merge at %s: nobody can have reviewed it.", e.talk.Number, planned, e.talk.MergedAt.UTC().Format(clockForm))
	case e.approval && !e.talk.ApprovedAt.After(e.review.PlannedAt):
		return e.no("not-approved", "Nobody who may write approved of commit %s after its plan was made at %s, and the input require-approval is true.", e.talk.HeadSHA, planned)
	}
	return nil
}

// present: an apply never goes back behind what the branch has become.
func (e *evidence) present() *refusal {
	branch := cmp.Or(e.branch, e.talk.DefaultBranch)
	var why string
	switch {
	case e.since.Apart:
		why = fmt.Sprintf("commit %s is not, or no longer, one of branch %s", e.sha, branch)
	case e.passed > 0:
		why = fmt.Sprintf("the review of pull request #%d, which was merged later, has been applied, or may have been", e.passed)
	case e.again && e.touched:
		why = fmt.Sprintf("branch %s has later commits that change the configuration, and this is not the first run for its commit", branch)
	default:
		return nil
	}
	return &refusal{reason: "not-current", text: "Nothing was applied: " + why + ". This would go back to what the configuration was.", code: exitcode.Refused, advice: []string{
		"To apply what the branch says now, run the apply of its newest merge; what is left after that, and a step back that is wanted, takes a pull request " +
			"that touches the configuration (a comment in the file is enough) and its review.", wayOut,
	}}
}

// rest: of the reviewed changes only those that are not applied yet may be.
func (e *evidence) rest() *refusal {
	if e.fresh == nil {
		return nil
	}
	differences := e.review.Compare(e.fresh)
	if len(differences) > 0 {
		return changed(differences)
	}
	if used := e.review.Again(e.fresh); len(used) > 0 {
		return e.no("review-used", "Nothing was applied: %s in account %s was applied by this review before, and the live state has been changed since. A review is good for one apply.", used[0].Name, used[0].Account)
	}
	return nil
}

// changed words that the fresh plan is not the reviewed one.
func changed(differences []plan.Difference) *refusal {
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
