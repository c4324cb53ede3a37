package e2e

import (
	"strings"
	"testing"

	"regent/internal/emulator"
	"regent/internal/github/githubtest"
)

// TestActionLifecycle follows one change: opened, pushed again, merged, applied in part, run again, drifted, clean.
func TestActionLifecycle(t *testing.T) {
	t.Parallel()
	s := newStage(t, together(1, dialects()...))

	s.start("pull_request", opened(), nil).exits(0, "").
		gives("has-changes", "true", "add", "3", "modify", "0", "blocked", "0", "failed", "0", "unknown", "0").
		summarizes("3 to add", "swr-1")
	first := s.comment()
	holds(t, "the comment", first.Body, "**3 to add", "`swr-1`", "registries.yaml")
	if first.Login != bot || !strings.HasPrefix(first.Body, "<!-- regent:1 ") {
		t.Errorf("%+v", first)
	}
	s.calls()

	s.config = together(2, dialects()...)
	again := s.start("pull_request", s.synchronize(2), nil).exits(0, "").gives("add", "6")
	if c := s.comment(); c.ID != first.ID || again.outputs["comment-url"] == "" {
		t.Errorf("another comment: %+v", c)
	}
	if calls := s.calls(); calls[githubtest.OpGraphQL] != 1 || calls[githubtest.OpUpdateComment] != 1 || calls[listed] != 1 || calls[read] != 1 || len(calls) != 4 {
		t.Errorf("calls to GitHub for a comment that exists: %v", calls)
	}

	// The merge is applied; one write is refused.
	s.faults(emulator.Fault{Operation: "CreateInstanceRegistry", Kind: emulator.FaultStatus, Status: 403, Code: "SVCSTG.SWR.4030000", Message: "no quota", Times: 1})
	push := s.merge()
	partial := s.start("push", push, nil).exits(3, "partial").gives("add", "6", "failed", "1", "unknown", "0").
		tells("error", "no quota", "SVCSTG.SWR.4030000", "request ID").summarizes("5 applied, 1 failed")
	holds(t, "the comment", s.comment().Body, "5 applied, 1 failed", "no quota", "actions/runs/"+partial.run.Env["GITHUB_RUN_ID"])

	// Run again, the rest is a subset of what was reviewed.
	s.start("push", push, nil).exits(0, "").gives("add", "1", "failed", "0")
	holds(t, "the comment", s.comment().Body, "1 applied")
	s.start("push", push, nil).exits(0, "").gives("add", "0", "has-changes", "false")

	s.clean()
	s.drift()
	s.repaired()
	if n := len(s.hub.Comments(7)); n != 1 {
		t.Errorf("%d comments", n)
	}
}

// clean finds no drift and opens no issue.
func (s *stage) clean() {
	s.t.Helper()
	s.start("schedule", githubtest.Event("schedule"), nil).exits(0, "").gives("has-changes", "false")
	if all := s.hub.Issues(); len(all) != 0 {
		s.t.Errorf("an issue about nothing: %+v", all)
	}
}

// drift is noticed twice and makes one issue.
func (s *stage) drift() {
	s.t.Helper()
	s.change(func(state *emulator.State) { state.SWR.Registries[0].Registry.Description = "changed by hand" })
	for range 2 {
		got := s.start("schedule", githubtest.Event("schedule"), nil).exits(0, "drift").gives("has-changes", "true", "modify", "1")
		all := s.hub.Issues()
		if len(all) != 1 || all[0].State != "open" || len(all[0].Labels) != 1 || all[0].Labels[0] != "regent-drift" {
			s.t.Fatalf("%+v", all)
		}
		holds(s.t, "the issue", all[0].Body, "changed by hand", "disaster recovery")
		if got.outputs["comment-url"] == "" {
			s.t.Error("no link to the issue")
		}
	}
	s.start("schedule", githubtest.Event("schedule"), map[string]string{"detailed-exitcode": "true"}).exits(2, "drift")
}

// repaired closes the issue with a comment.
func (s *stage) repaired() {
	s.t.Helper()
	s.change(func(state *emulator.State) { state.SWR.Registries[0].Registry.Description = "disaster recovery" })
	s.start("schedule", githubtest.Event("schedule"), nil).exits(0, "").gives("has-changes", "false")
	all := s.hub.Issues()
	if len(all) != 1 || all[0].State != "closed" || len(all[0].Comments) != 1 {
		s.t.Fatalf("%+v", all)
	}
	holds(s.t, "the last comment", all[0].Comments[0].Body, "actions/runs/")
	s.start("schedule", githubtest.Event("schedule"), nil).exits(0, "")
}

// change edits what is live, as somebody does by hand.
func (s *stage) change(edit func(*emulator.State)) {
	s.t.Helper()
	state := s.State()
	edit(&state)
	if err := s.SetState(state); err != nil {
		s.t.Fatal(err)
	}
}

// TestActionKeepsQuiet comments on no pull request that changes nothing, and corrects a comment that said otherwise.
func TestActionKeepsQuiet(t *testing.T) {
	t.Parallel()
	s := newStage(t, accountsOnly)
	s.start("pull_request", opened(), nil).exits(0, "").gives("has-changes", "false").summarizes("No changes")
	if all := s.hub.Comments(7); len(all) != 0 {
		t.Fatalf("a comment about nothing: %+v", all)
	}
	if calls := s.calls(); calls[githubtest.OpGraphQL] != 1 || calls[listed] != 1 || calls[read] != 1 || len(calls) != 3 {
		t.Errorf("calls: %v", calls)
	}
	s.config = dialects()[2].file(1)
	s.start("pull_request", s.synchronize(2), nil).exits(0, "")
	holds(t, "the comment", s.comment().Body, "**1 to add")
	s.config = accountsOnly
	s.start("pull_request", s.synchronize(3), nil).exits(0, "")
	holds(t, "the comment", s.comment().Body, "No changes")

	s.calls()
	s.start("pull_request", opened(), map[string]string{"comment": "never"}).exits(0, "")
	if calls := s.calls(); calls[listed] != 1 || calls[read] != 1 || len(calls) != 2 {
		t.Errorf("calls: %v", calls)
	}
}

// TestActionAlwaysComments when it is asked to.
func TestActionAlwaysComments(t *testing.T) {
	t.Parallel()
	s := newStage(t, accountsOnly)
	got := s.start("pull_request", opened(), map[string]string{"comment": "always"}).exits(0, "")
	c := s.comment()
	holds(t, "the comment", c.Body, "No changes")
	if got.outputs["comment-url"] == "" {
		t.Error("no link to the comment")
	}
}
