package action

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"regent/internal/github"
)

// merged gives evidence by which a review may be applied.
func merged() evidence {
	const head, made = "1111111111111111111111111111111111111111", "2222222222222222222222222222222222222222"
	at := time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC)
	e := evidence{
		site: github.Site{Owner: "octo-org", Repo: "registries", Author: "github-actions[bot]", Key: "0123456789abcdef"},
		ref:  "refs/heads/main", sha: made, review: github.Review{HeadSHA: head, PlannedAt: at},
	}
	e.talk.Pull = github.Pull{
		Number: 7, HeadSHA: head, HeadRepo: "octo-org/registries", BaseRef: "main", BaseRepo: "octo-org/registries", DefaultBranch: "main",
		MergeCommitSHA: made, Merged: true, MergedAt: at.Add(time.Hour),
	}
	e.talk.Own = &github.Comment{ID: 1, Author: "github-actions[bot]"}
	return e
}

// TestInvariant11EvidenceThatIsNotEnough: each thing that can be wrong refuses by itself, with its reason, and says whether
// the comment is regent's own word all the same.
func TestInvariant11EvidenceThatIsNotEnough(t *testing.T) {
	t.Parallel()
	for i, c := range []struct {
		reason  string
		trusted bool
		do      func(*evidence)
	}{
		{"", true, func(*evidence) {}},
		{"", true, func(e *evidence) { e.branch = "main" }},
		{"", true, func(e *evidence) { e.talk.Own.Editor = "GitHub-Actions[bot]" }},
		{"", true, func(e *evidence) { e.review.PlannedAt = e.talk.MergedAt }},
		{"", true, func(e *evidence) { e.touched = true }},
		{"", true, func(e *evidence) { e.again = true }},
		{"", true, func(e *evidence) { e.approval, e.talk.ApprovedAt = true, e.review.PlannedAt.Add(time.Second) }},
		{"not-merged", false, func(e *evidence) { e.talk.Merged = false }},
		{"not-merged", false, func(e *evidence) { e.talk.BaseRepo = "octo-org/other" }},
		{"not-merged", false, func(e *evidence) { e.talk.BaseRef = "release" }},
		{"not-merged", false, func(e *evidence) { e.branch = "release" }},
		{"not-merged", false, func(e *evidence) { e.branch, e.talk.BaseRef = "release", "release" }},
		{"not-merged", false, func(e *evidence) { e.ref = "refs/heads/release" }},
		{"not-merged", false, func(e *evidence) { e.ref = "refs/tags/main" }},
		{"not-merged", false, func(e *evidence) { e.talk.MergeCommitSHA = e.talk.HeadSHA }},
		{"not-merged", false, func(e *evidence) { e.sha = "" }},
		{"no-reviewed-plan", false, func(e *evidence) { e.talk.Own = nil }},
		{"marker-author", false, func(e *evidence) { e.talk.Own, e.talk.Others = nil, []string{"mallory"} }},
		{"marker-edited", false, func(e *evidence) { e.unread = fmt.Errorf("%w: x", github.ErrEdited) }},
		{"marker-signature", false, func(e *evidence) { e.unread = github.ErrUnsigned }},
		{"marker-other", false, func(e *evidence) { e.unread = errors.New("another") }},
		{"marker-twice", false, func(e *evidence) { e.talk.More = 1 }},
		{"marker-editor", false, func(e *evidence) { e.talk.Own.Editor = "mallory" }},
		{"marker-minimized", false, func(e *evidence) { e.talk.Own.Minimized = true }},
		{"marker-head", true, func(e *evidence) { e.review.HeadSHA = e.sha }},
		{"plan-incomplete", true, func(e *evidence) { e.review.Incomplete = true }},
		{"review-cut", true, func(e *evidence) { e.review.Cut = true }},
		{"", true, func(e *evidence) { e.review.Cut, e.cut = true, true }},
		{"marker-late", true, func(e *evidence) { e.review.PlannedAt = e.talk.MergedAt.Add(time.Second) }},
		{"not-approved", true, func(e *evidence) { e.approval = true }},
		{"not-approved", true, func(e *evidence) { e.approval, e.talk.ApprovedAt = true, e.review.PlannedAt }},
		{"not-current", true, func(e *evidence) { e.since.Apart = true }},
		{"not-current", true, func(e *evidence) { e.again, e.touched = true, true }},
		{"not-current", true, func(e *evidence) { e.touched, e.passed = true, 8 }},
	} {
		e := merged()
		c.do(&e)
		why := e.refusal()
		if why == nil {
			why = &refusal{}
		}
		if why.reason != c.reason || e.trusted() != c.trusted || c.reason != "" && (why.text == "" || len(why.advice) == 0 || why.code != 4) {
			t.Errorf("%d: %q, trusted %v, want %q and %v: %+v", i, why.reason, e.trusted(), c.reason, c.trusted, why)
		}
	}
}
