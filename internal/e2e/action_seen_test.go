package e2e

import (
	"strings"
	"testing"

	"regent/internal/emulator"
	"regent/internal/github/githubtest"
)

// TestActionPlanWithASecretAtHand is refused: what equals it is masked, so that a pull request could guess.
func TestActionPlanWithASecretAtHand(t *testing.T) {
	t.Parallel()
	s := newStage(t, edit(t, dialects()[2].file(1), "description: disaster recovery", "description: a guess"))
	for _, command := range []string{"plan", "drift"} {
		run := s.prepare("pull_request", opened(), map[string]string{"command": command})
		run.Env["SWR_SECRET"] = "a guess"
		got := s.finish(run).exits(1, "secrets-in-plan").gives("digest", "", "plan-path", "").
			tells("error", "the environment variable SWR_SECRET, from which accessSecret comes, is set", "allow-secrets-in-plan")
		if n := len(s.Requests()); n > 0 || strings.Contains(got.log, "***") {
			t.Errorf("%d requests to clouds\n%s", n, got)
		}
	}
	run := s.prepare("pull_request", opened(), map[string]string{"allow-secrets-in-plan": "true"})
	run.Env["SWR_SECRET"] = "another"
	s.finish(run).exits(0, "").gives("add", "1")
	s.start("schedule", githubtest.Event("schedule"), nil).exits(0, "drift") // where nobody proposes anything it may
}

// TestActionEntriesOfAnAccountThatTheBaseLacks are counted, and not told to who names the place where they are.
func TestActionEntriesOfAnAccountThatTheBaseLacks(t *testing.T) {
	t.Parallel()
	const secretive = "internal-harbor"
	base := dialects()[2].file(1)
	for name, c := range map[string]struct {
		base  func(s *stage)
		shown bool
		says  string
	}{
		"the same account":   {func(s *stage) { s.baseHas(base) }, true, ""},
		"under another name": {func(s *stage) { s.baseHas(strings.ReplaceAll(base, "swr-primary", "swr-other")) }, true, ""},
		"another instance": {func(s *stage) {
			s.baseHas(edit(t, base, "instanceId: "+instance, "instanceId: 5b0c3f1e-0000-4000-8000-000000000077"))
		}, false, "the base commit has no account with this place"},
		"other credentials": {func(s *stage) {
			s.baseHas(edit(t, base, "instanceId: "+instance, "instanceId: "+instance+"\n    credentials: {accessKey: {env: OWN_AK}, secretKey: {env: OWN_SK}}"))
		}, false, "the base commit has no account with this place"},
		"no file":   {func(s *stage) { s.hub.SetFiles(githubtest.EventBase) }, false, "the base commit has no account"},
		"not valid": {func(s *stage) { s.baseHas("version: 1\naccounts: []\n") }, false, "the base commit could not be read"},
		"a link": {func(s *stage) {
			s.hub.SetFiles(githubtest.EventBase, githubtest.File{Path: "registries.yaml", Mode: "120000", Content: base})
		}, false, "could not be read"},
		"unavailable": {func(s *stage) {
			s.hub.Fail(githubtest.Fault{Operation: githubtest.OpGetTree, Kind: githubtest.FaultStatus, Status: 409, Times: -1})
		}, false, "could not be read"},
		"no permission": {func(s *stage) { s.token = s.hub.Token(bot, map[string]string{"pull-requests": "write"}) }, false, "contents: read"},
		"a list too long": {func(s *stage) {
			s.hub.Fail(githubtest.Fault{Operation: githubtest.OpGetTree, Kind: githubtest.FaultGarbage, Body: `{"sha":"x","tree":[],"truncated":true}`, Times: -1})
		}, false, "could not be read"},
	} {
		s := newStage(t, base)
		s.applied(0, s.world.file("r.yaml", s.config))
		s.change(func(state *emulator.State) {
			other := state.SWR.Registries[0]
			other.Registry.ID, other.Registry.Name = 99, secretive
			state.SWR.Registries = append(state.SWR.Registries, other)
		})
		c.base(s)
		got := s.start("pull_request", opened(), map[string]string{"comment": "always"}).exits(0, "").gives("unmanaged", "1")
		var shown string
		for _, m := range s.hub.Comments(7) {
			shown += m.Body
		}
		shown += got.log + got.summary + s.read(got.run.Workspace+"/"+got.outputs["plan-path"])
		if strings.Contains(shown, secretive) != c.shown || !strings.Contains(shown+got.String(), c.says) {
			t.Errorf("%s: listed: %v, want %v\n%s", name, !c.shown, c.shown, got)
		}
	}
}

// TestActionCallsOfAPlanWithAComment: the base commit's tree and file, the conversation, and the edit.
func TestActionCallsOfAPlanWithAComment(t *testing.T) {
	t.Parallel()
	s := newStage(t, dialects()[2].file(1))
	s.start("pull_request", opened(), nil).exits(0, "")
	s.called()
	s.config = dialects()[2].file(2)
	s.start("pull_request", s.synchronize(2), nil).exits(0, "")
	if calls, want := s.called(), atGitHub(listed, read, asked, updated); calls != want {
		t.Errorf("%s, want %s", calls, want)
	}
}

// TestActionAChangedVariableNameIsReviewed: no live state shows it, and the next write of the entry would send it.
func TestActionAChangedVariableNameIsReviewed(t *testing.T) {
	t.Parallel()
	s := newStage(t, dialects()[2].file(1))
	s.applied(0, s.world.file("r.yaml", s.config))
	s.start("pull_request", opened(), with(signingKey)).exits(0, "")
	if n := len(s.hub.Comments(7)); n != 0 {
		t.Errorf("%d comments although nothing has changed", n)
	}
	s.ClearRequests()
	s.config = edit(t, s.config, "{env: SWR_SECRET}", "{env: OTHER_SECRET}")
	const says = "accessSecret comes from env OTHER_SECRET, was env SWR_SECRET"
	got := s.start("pull_request", opened(), with(signingKey)).exits(0, "").gives("modify", "0").summarizes("OTHER")
	holds(t, "the log", got.log, says)
	holds(t, "the comment", strings.ReplaceAll(s.comment().Body, `\`, ""), "[!IMPORTANT]", says, "No changes.")
	s.start("push", s.merge(), with(signingKey)).exits(0, "")
	s.wrote()
}

// TestActionCredentialsOfTheBaseCommitAreNoLogin: whoever drops the credentials of an account cannot have its keys registered.
func TestActionCredentialsOfTheBaseCommitAreNoLogin(t *testing.T) {
	t.Parallel()
	s := newStage(t, edit(t, dialects()[2].file(1), "{env: SWR_SECRET}", "{env: OWN_SK}"))
	s.baseHas(edit(t, dialects()[2].file(1), "instanceId: "+instance, "instanceId: "+instance+"\n    credentials: {accessKey: {env: OWN_AK}, secretKey: {env: OWN_SK}}"))
	s.start("pull_request", opened(), nil).exits(1, "config-invalid").
		tells("error", "OWN_SK holds credentials of account swr-primary in the base commit, which must not be sent to a registry")
	holds(t, "the comment", s.comment().Body, "The configuration is not valid")
	if n := len(s.Requests()); n > 0 {
		t.Errorf("%d requests to clouds", n)
	}
	s.start("push", s.merge(), nil).exits(4, "plan-incomplete")
	s.wrote()
}

// TestActionUnreadBaseCommitApprovesNothing, unless it is known that its configuration is not valid: else nobody could mend it.
func TestActionUnreadBaseCommitApprovesNothing(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		base   func(s *stage)
		code   int
		reason string
	}{
		"unavailable": {func(s *stage) {
			s.hub.Fail(githubtest.Fault{Operation: listed, Kind: githubtest.FaultStatus, Status: 409, Times: -1})
		}, 4, "plan-incomplete"},
		"a link": {func(s *stage) {
			s.hub.SetFiles(githubtest.EventBase, githubtest.File{Path: "registries.yaml", Mode: "120000", Content: "x"})
		}, 4, "plan-incomplete"},
		"not valid": {func(s *stage) { s.baseHas("version: 1\naccounts: []\n") }, 0, ""},
		"no file":   {func(s *stage) { s.hub.SetFiles(githubtest.EventBase) }, 0, ""},
	} {
		s := newStage(t, dialects()[2].file(1))
		c.base(s)
		got := s.start("pull_request", opened(), nil).exits(0, "")
		if c.code != 0 {
			got.tells("warning", "could not be read", "cannot be applied by its review")
		}
		if got := s.start("push", s.merge(), nil); got.code != c.code || got.outputs["reason"] != c.reason {
			t.Errorf("%s: %s", name, got)
		}
	}
}
