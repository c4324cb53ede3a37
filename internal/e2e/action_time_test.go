package e2e

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"regent/internal/emulator"
	"regent/internal/github"
	"regent/internal/github/githubtest"
)

// These tests play attacks on what a review is of: a time, a branch, and one apply. SECURITY.md names the rule of each.

// described1 is the configuration of item 1 with a description.
func described1(t *testing.T, text string) string {
	t.Helper()
	return edit(t, dialects()[2].file(1), "description: disaster recovery", "description: "+text)
}

// rerun starts the run of a push again.
func (s *stage) rerun(push []byte, inputs map[string]string) *step {
	s.t.Helper()
	run := s.prepare("push", push, inputs)
	run.Env["GITHUB_RUN_ATTEMPT"] = "2"
	return s.finish(run)
}

// TestActionOldJobsGoNotBack: pull request 7 changed an entry, 8 changed it back. Neither the old plan job nor the old apply
// job, run again, brings 7's value back, whatever is live.
func TestActionOldJobsGoNotBack(t *testing.T) {
	t.Parallel()
	s := newStage(t, described1(t, "seven"))
	s.applied(0, s.world.file("r.yaml", described1(t, "before")))
	s.ClearRequests()
	old := s.prepare("pull_request", opened(), with(signingKey))
	s.start("pull_request", opened(), with(signingKey)).exits(0, "")
	seven := s.mergeOf(7, s.config)
	s.start("push", seven, with(signingKey)).exits(0, "").gives("modify", "1")
	s.wrote("UpdateInstanceRegistry")
	s.config = described1(t, "before")
	s.start("push", s.next(8, with(signingKey)), with(signingKey)).exits(0, "").gives("modify", "1")
	s.wrote("UpdateInstanceRegistry")

	s.config = described1(t, "seven")
	before := s.comment()
	s.finish(old).exits(0, "closed").tells("notice", "closed since this run was started")
	if s.comment() != before {
		t.Error("a plan job that was run again has written to a merged pull request")
	}
	for _, c := range []struct {
		name string
		run  func() *step
	}{
		{"re-run", func() *step { return s.rerun(seven, with(signingKey)) }},
		{"first run", func() *step { return s.start("push", seven, with(signingKey)) }},
		{"dispatch", func() *step {
			run := s.prepare("workflow_dispatch", githubtest.Event("workflow_dispatch"), with(signingKey, "command", "apply"))
			run.Env["GITHUB_SHA"] = merged
			return s.finish(run)
		}},
	} {
		c.run().exits(4, "not-current").tells("error", "This would go back", "run the apply of its newest merge")
		s.wrote()
	}
}

// TestActionLaterMergeThatWasAppliedFirst keeps the one before it from being applied, also in its first run.
func TestActionLaterMergeThatWasAppliedFirst(t *testing.T) {
	t.Parallel()
	s := newStage(t, described1(t, "seven"))
	s.applied(0, s.world.file("r.yaml", described1(t, "before")))
	s.ClearRequests()
	s.start("pull_request", opened(), nil).exits(0, "")
	s.config = described1(t, "eight")
	s.propose(8, nil)
	seven := s.mergeOf(7, described1(t, "seven"))
	s.start("push", s.mergeOf(8, s.config), nil).exits(0, "")
	s.wrote("UpdateInstanceRegistry")
	s.change(func(state *emulator.State) { state.SWR.Registries[0].Registry.Description = "before" })
	s.config = described1(t, "seven")
	s.start("push", seven, nil).exits(4, "not-current").tells("error", "the review of pull request #8, which was merged later, has been applied")
	s.wrote()
}

// TestActionQueueOfMergesIsAppliedInItsTurn: merges wait for one another, and each is applied, although later ones have
// changed the file.
func TestActionQueueOfMergesIsAppliedInItsTurn(t *testing.T) {
	t.Parallel()
	s := newStage(t, dialects()[2].file(1))
	var pushes [][]byte
	s.start("pull_request", opened(), nil).exits(0, "")
	for n := 2; n <= 4; n++ {
		s.config = dialects()[2].file(n)
		s.propose(6+n, nil)
	}
	for n := 1; n <= 4; n++ {
		pushes = append(pushes, s.mergeOf(6+n, dialects()[2].file(n)))
	}
	s.hub.Push("main", githubtest.SHA("docs"), githubtest.File{Path: "README.md", Content: "x"})
	for n, push := range pushes {
		s.config = dialects()[2].file(n + 1)
		s.start("push", push, nil).exits(0, "").gives("add", "1")
		s.wrote("CreateInstanceRegistry")
	}
}

// TestActionRerunOfAFailedApply carries out what failed, also where other files were changed since; a later change of the
// configuration takes its turn.
func TestActionRerunOfAFailedApply(t *testing.T) {
	t.Parallel()
	s := newStage(t, dialects()[2].file(2))
	s.start("pull_request", opened(), nil).exits(0, "")
	push := s.mergeOf(7, s.config)
	s.faults(emulator.Fault{Operation: "CreateInstanceRegistry", Kind: emulator.FaultStatus, Status: 403, Code: "SVCSTG.SWR.4030000", Message: "no quota", Match: "swr-2", Times: 2})
	s.start("push", push, nil).exits(3, "partial")
	s.ClearRequests()
	s.hub.Push("main", githubtest.SHA("docs"), githubtest.File{Path: "README.md", Content: "x"})
	s.rerun(push, nil).exits(1, "failed")
	s.faults()
	s.rerun(push, nil).exits(0, "").gives("add", "1")
	s.ClearRequests()

	s.change(func(state *emulator.State) { state.SWR.Registries = state.SWR.Registries[:1] })
	s.hub.Push("main", githubtest.SHA("direct"), githubtest.File{Path: "registries.yaml", Content: "version: 1\n"})
	s.rerun(push, nil).exits(4, "not-current").tells("error", "later commits that change the configuration")
	s.wrote()
}

// TestActionReviewIsGoodForOneApply: once applied, nothing is applied by it again, and what was applied in part neither.
func TestActionReviewIsGoodForOneApply(t *testing.T) {
	t.Parallel()
	s := newStage(t, dialects()[2].file(2))
	s.start("pull_request", opened(), nil).exits(0, "")
	push := s.mergeOf(7, s.config)
	s.faults(emulator.Fault{Operation: "CreateInstanceRegistry", Kind: emulator.FaultStatus, Status: 403, Code: "SVCSTG.SWR.4030000", Message: "no quota", Match: "swr-2"})
	s.start("push", push, nil).exits(3, "partial")
	s.ClearRequests()
	applied := s.State()
	s.change(func(state *emulator.State) { state.SWR.Registries = nil })
	s.rerun(push, nil).exits(4, "review-used").tells("error", "swr-1 in account swr-primary was applied by this review before")
	s.wrote()
	if err := s.SetState(applied); err != nil {
		t.Fatal(err)
	}
	s.start("push", push, nil).exits(0, "").gives("add", "1")
	s.wrote("CreateInstanceRegistry")
	s.ClearRequests()
	s.change(func(state *emulator.State) { state.SWR.Registries = state.SWR.Registries[:1] })
	s.start("push", push, nil).exits(4, "review-used")
	s.wrote()
	s.start("push", s.next(8, nil), nil).exits(0, "").gives("add", "1") // a new review
}

// TestActionPlanMadeAfterTheMerge was reviewed by nobody, whoever has written it.
func TestActionPlanMadeAfterTheMerge(t *testing.T) {
	t.Parallel()
	s := newStage(t, dialects()[2].file(1))
	s.start("pull_request", opened(), nil).exits(0, "")
	push := s.merge()
	s.forge("1 to add.", func(r *github.Review) { r.PlannedAt = r.PlannedAt.Add(time.Minute) })
	s.start("push", push, nil).exits(4, "marker-late").tells("error", "nobody can have reviewed it")
	s.wrote()
}

// TestActionRequiresAnApproval of the head commit that is newer than its plan, where the workflow says so.
func TestActionRequiresAnApproval(t *testing.T) {
	t.Parallel()
	var passed atomic.Int64
	clock := func() time.Time {
		return time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC).Add(time.Duration(passed.Load()))
	}
	s := newStageAt(t, dialects()[2].file(1), githubtest.Options{Clock: clock})
	need := map[string]string{"require-approval": "true"}
	s.hub.Review(7, "hubot", "APPROVED", head(1)) // before there was a plan
	passed.Add(int64(time.Minute))
	s.start("pull_request", opened(), need).exits(0, "")
	passed.Add(int64(time.Minute))
	s.hub.Review(7, "monalisa", "APPROVED", head(9))
	push := s.merge()
	s.start("push", push, need).exits(4, "not-approved").tells("error", "require-approval is true")
	s.wrote()
	s.hub.Review(7, "octocat", "APPROVED", head(1))
	s.start("push", push, need).exits(0, "").gives("add", "1")
}

// TestActionAppliesOfOneBranchOnly: who may merge into a branch of their own gets no apply of it, on whatever event.
func TestActionAppliesOfOneBranchOnly(t *testing.T) {
	t.Parallel()
	s := newStage(t, dialects()[2].file(1))
	of := githubtest.Pull{Number: 7, HeadSHA: githubtest.EventHead, BaseRef: "release"}
	s.hub.UpdatePull(7, func(p *githubtest.Pull) { p.BaseRef, p.HeadSHA = of.BaseRef, of.HeadSHA })
	payload := githubtest.Event("pull_request_opened", githubtest.OfPull(of))
	s.start("pull_request", payload, with(signingKey)).exits(0, "").tells("warning", "This plan can never be applied", "only what is merged into main is applied")
	holds(t, "the comment", s.comment().Body, "This plan can never be applied", "1 to add")

	of.Merged = true
	s.hub.UpdatePull(7, func(p *githubtest.Pull) { p.Merged = true })
	closed := githubtest.Event("pull_request_closed_merged", githubtest.OfPull(of))
	push := githubtest.Event("push_merge", githubtest.Tip(githubtest.EventMerge, "x"), githubtest.Set("ref", "refs/heads/release"))
	dispatch := githubtest.Event("workflow_dispatch", githubtest.Set("ref", "refs/heads/release"))
	apply := with(signingKey, "command", "apply")
	for event, payload := range map[string][]byte{"pull_request": closed, "pull_request_target": closed, "push": push, "workflow_dispatch": dispatch} {
		run := s.prepare(event, payload, apply)
		run.Env["GITHUB_SHA"] = githubtest.EventMerge
		s.finish(run).exits(4, "not-merged").tells("error", "release", "main")
		s.wrote()
	}
	// Retargeted and merged after its plan, it has no review either.
	s.start("push", push, with(signingKey, "branch", "release", "command", "apply")).exits(4, "plan-incomplete")
	s.wrote()
}

// TestActionAppliesOfTheBranchThatIsNamed and plans for it.
func TestActionAppliesOfTheBranchThatIsNamed(t *testing.T) {
	t.Parallel()
	s := newStage(t, dialects()[2].file(1))
	of := githubtest.Pull{Number: 7, HeadSHA: githubtest.EventHead, BaseRef: "release"}
	s.hub.UpdatePull(7, func(p *githubtest.Pull) { p.BaseRef, p.HeadSHA = of.BaseRef, of.HeadSHA })
	named := map[string]string{"branch": "release", "command": "plan"}
	if got := s.start("pull_request", githubtest.Event("pull_request_opened", githubtest.OfPull(of)), named).exits(0, ""); len(got.annotations("warning")) > 0 {
		t.Errorf("%s", got)
	}
	s.hub.UpdatePull(7, func(p *githubtest.Pull) { p.Merged = true })
	of.Merged = true
	named["command"] = "apply"
	s.start("pull_request", githubtest.Event("pull_request_closed_merged", githubtest.OfPull(of)), named).exits(0, "").gives("add", "1")
	s.wrote("CreateInstanceRegistry")
}

// TestActionChecksWhatWasCheckedOut: a run of a pull request's event on another commit than the merge is not of the merge.
func TestActionChecksWhatWasCheckedOut(t *testing.T) {
	t.Parallel()
	s := reviewedStage(t)
	s.hub.UpdatePull(7, func(p *githubtest.Pull) { p.Merged = true })
	for _, event := range []string{"pull_request", "pull_request_target"} {
		run := s.prepare(event, githubtest.Event("pull_request_closed_merged"), map[string]string{"command": "apply"})
		run.Env["GITHUB_SHA"] = githubtest.EventPlain
		s.finish(run).exits(4, "not-merged").tells("error", "was merged as commit "+githubtest.EventMerge)
		s.wrote()
	}
}

// TestActionCommentThatWasTouched is refused with its reason, although every character is as regent wrote it.
func TestActionCommentThatWasTouched(t *testing.T) {
	t.Parallel()
	for reason, c := range map[string]struct {
		do   func(s *stage, c githubtest.Comment)
		says string
	}{
		"marker-editor":    {func(s *stage, c githubtest.Comment) { s.hub.EditComment(c.ID, c.Body) }, "was edited by octocat after github-actions[bot] wrote it"},
		"marker-minimized": {func(s *stage, c githubtest.Comment) { s.hub.Minimize(c.ID) }, "is hidden on its page"},
		"marker-twice":     {func(s *stage, c githubtest.Comment) { s.hub.AddComment(7, bot, c.Body) }, "has 2 comments with a plan"},
		"marker-edited": {func(s *stage, c githubtest.Comment) {
			s.hub.EditCommentAs(c.ID, bot, strings.Replace(c.Body, "\n", "\n\r<!-- ", 1))
		}, "edited after regent wrote it"},
		"marker-signature": {func(s *stage, c githubtest.Comment) { // a carriage return alone ends a line where it is shown
			s.hub.EditCommentAs(c.ID, bot, strings.Replace(c.Body, " hmac-sha256:", "\r hmac-sha256:", 1))
		}, "plan-signing-key"},
	} {
		s := newStage(t, dialects()[2].file(1))
		s.start("pull_request", opened(), with(signingKey)).exits(0, "")
		c.do(s, s.comment())
		before := s.hub.Comments(7)
		s.start("push", s.merge(), with(signingKey)).exits(4, reason).tells("error", c.says)
		s.wrote()
		if after := s.hub.Comments(7); after[0] != before[0] {
			t.Errorf("%s: a comment that is not trusted was touched", reason)
		}
	}
}

// TestActionPlanOfTwoComments says that an apply would be refused.
func TestActionPlanOfTwoComments(t *testing.T) {
	t.Parallel()
	s := newStage(t, dialects()[2].file(1))
	s.start("pull_request", opened(), nil).exits(0, "")
	s.hub.AddComment(7, bot, s.comment().Body)
	s.start("pull_request", opened(), nil).exits(0, "").tells("warning", "has 2 comments of this configuration")
}

// TestActionLaterRunThatThereIsNot: a number in a comment keeps no plan from being written, unless GitHub knows the run.
func TestActionLaterRunThatThereIsNot(t *testing.T) {
	t.Parallel()
	s := newStage(t, dialects()[2].file(1))
	older := s.prepare("pull_request", opened(), nil)
	s.start("pull_request", opened(), nil).exits(0, "")
	newer := s.comment()
	s.finish(older).exits(0, "").tells("notice", "the token needs the permission actions: read")
	if s.comment().Body == newer.Body {
		t.Error("what cannot be verified keeps the comment as it is")
	}
	s.token = s.hub.Token(bot, map[string]string{"contents": "read", "pull-requests": "write", "actions": "read"})
	older = s.prepare("pull_request", opened(), nil)
	s.start("pull_request", opened(), nil).exits(0, "")
	newer = s.comment()
	s.finish(older).exits(0, "").tells("notice", "A later run has commented")
	if s.comment() != newer {
		t.Error("an older run has written over a newer one of its commit")
	}
	s.forge("1 to add.", func(r *github.Review) { r.RunID = 99_999_999_999 })
	s.start("pull_request", opened(), nil).exits(0, "")
	if strings.Contains(s.comment().Body, "\n1 to add.") {
		t.Error("a run that there is not keeps the comment as it is")
	}
}
