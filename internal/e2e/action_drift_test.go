package e2e

import (
	"strings"
	"testing"

	"regent/internal/emulator"
	"regent/internal/github/githubtest"
)

// drifted sets a scene in which one live description is not what the file says, and the issue about it is open.
func drifted(t *testing.T) *stage {
	t.Helper()
	s := newStage(t, dialects()[2].file(1))
	s.applied(0, s.world.file("r.yaml", s.config))
	described("changed by hand")(s)
	s.ClearRequests()
	s.watch(nil).exits(0, "drift").gives("modify", "1")
	return s
}

// watch is a scheduled run.
func (s *stage) watch(with map[string]string) *step {
	s.t.Helper()
	return s.start("schedule", githubtest.Event("schedule"), with)
}

// issue gives the only issue that is open.
func (s *stage) issue() githubtest.Issue {
	s.t.Helper()
	var open []githubtest.Issue
	for _, i := range s.hub.Issues() {
		if i.State == "open" {
			open = append(open, i)
		}
	}
	if len(open) != 1 {
		s.t.Fatalf("%d issues are open: %+v", len(open), open)
	}
	return open[0]
}

// TestActionKeepsOneIssue however people treat it.
func TestActionKeepsOneIssue(t *testing.T) {
	t.Parallel()
	edited := func(f func(*githubtest.Issue)) func(*stage, githubtest.Issue) {
		return func(s *stage, i githubtest.Issue) { s.hub.UpdateIssue(i.Number, f) }
	}
	for _, c := range []struct {
		name string
		do   func(s *stage, i githubtest.Issue)
		// anew says that the next run opens another issue.
		anew bool
	}{
		{name: "nothing", do: func(*stage, githubtest.Issue) {}},
		{name: "text below edited", do: edited(func(i *githubtest.Issue) { i.Body += "\nI am on it. @octocat" })},
		{name: "title edited", do: edited(func(i *githubtest.Issue) { i.Title = "Drift!" })},
		{name: "more labels", do: edited(func(i *githubtest.Issue) { i.Labels = append(i.Labels, "bug") })},
		{name: "label in capitals", do: edited(func(i *githubtest.Issue) { i.Labels = []string{"Regent-Drift"} })},
		{name: "label removed", do: edited(func(i *githubtest.Issue) { i.Labels, i.State = nil, "closed" }), anew: true},
		{name: "closed by hand", do: edited(func(i *githubtest.Issue) { i.State = "closed" }), anew: true},
		{name: "marker removed", do: edited(func(i *githubtest.Issue) { i.Body, i.State = "gone", "closed" }), anew: true},
		{name: "somebody else's with the same marker", do: func(s *stage, i githubtest.Issue) {
			n := s.hub.AddIssue("mallory", "Drift", i.Body, "regent-drift")
			s.hub.UpdateIssue(n, func(i *githubtest.Issue) { i.State = "closed" })
		}},
		{name: "many others, and pull requests with the label", do: func(s *stage, _ githubtest.Issue) {
			for range 150 {
				n := s.hub.AddIssue("octocat", "other", "<!-- regent-drift:1 0000000000000000 -->", "regent-drift")
				s.hub.UpdateIssue(n, func(i *githubtest.Issue) { i.State = "closed" })
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := drifted(t)
			first := s.issue()
			holds(t, "the issue", first.Body, "changed by hand", "disaster recovery", "actions/runs/")
			c.do(s, first)
			described("changed again")(s)
			s.watch(nil).exits(0, "drift")
			now := s.issue()
			if (now.Number != first.Number) != c.anew {
				t.Errorf("issue %d, before it was %d", now.Number, first.Number)
			}
			holds(t, "the issue", now.Body, "changed again")
			if !strings.HasPrefix(now.Title, "Registries have drifted from registries.yaml") {
				t.Errorf("the title is %q", now.Title)
			}
			s.wrote()
			described("disaster recovery")(s)
			if got := s.watch(nil).exits(0, ""); got.outputs["comment-url"] == "" {
				t.Error("no link to the issue that was closed")
			}
			for _, i := range s.hub.Issues() {
				if i.State == "open" {
					t.Errorf("issue %d is still open", i.Number)
				}
			}
		})
	}
}

// TestActionDriftWithTwoIssues, as two runs at one time leave them: the older one is kept current, both are closed.
func TestActionDriftWithTwoIssues(t *testing.T) {
	t.Parallel()
	s := drifted(t)
	first := s.issue()
	s.hub.AddIssue(bot, first.Title, first.Body, "regent-drift")
	described("changed again")(s)
	s.watch(nil).exits(0, "drift")
	if all := s.hub.Issues(); len(all) != 2 || !strings.Contains(all[0].Body, "changed again") || strings.Contains(all[1].Body, "changed again") {
		t.Fatalf("%+v", all)
	}
	described("disaster recovery")(s)
	s.watch(nil).exits(0, "")
	for _, i := range s.hub.Issues() {
		if i.State != "closed" || len(i.Comments) != 1 {
			t.Errorf("%+v", i)
		}
	}
	// Labels that a person took off are not put back, and the issue is not found: another one is opened.
	described("changed at last")(s)
	s.watch(nil).exits(0, "drift")
	s.hub.UpdateIssue(s.issue().Number, func(i *githubtest.Issue) { i.Labels = nil })
	s.watch(nil).exits(0, "drift")
	if n := len(s.hub.Issues()); n != 4 {
		t.Errorf("%d issues", n)
	}
}

// TestActionDriftOfSeveral configurations and accounts has an issue for each.
func TestActionDriftOfSeveral(t *testing.T) {
	t.Parallel()
	s := newStage(t, together(1, dialects()...))
	sets := []map[string]string{nil, {"accounts": "swr-primary"}, {"accounts": "host-security"}}
	for range 2 {
		for _, set := range sets {
			s.watch(set).exits(0, "drift")
		}
	}
	if all := s.hub.Issues(); len(all) != 3 || all[0].Title == all[1].Title || !strings.Contains(all[1].Title, "(swr-primary)") {
		t.Fatalf("%+v", all)
	}
	s.applied(0, s.world.file("r.yaml", s.config), "--account", "swr-primary")
	s.watch(sets[1]).exits(0, "")
	if all := s.hub.Issues(); all[0].State != "open" || all[1].State != "closed" || all[2].State != "open" {
		t.Errorf("%+v", all)
	}
}

// TestActionDriftThatCannotBeSeen leaves the issue as it is: what is not read has neither drifted nor come back.
func TestActionDriftThatCannotBeSeen(t *testing.T) {
	t.Parallel()
	s := drifted(t)
	before := s.issue()
	s.called()
	denied := emulator.Fault{Operation: "ListInstanceRegistries", Kind: emulator.FaultStatus, Status: 403, Message: "denied", Times: -1}
	s.faults(denied)
	described("disaster recovery")(s)
	s.watch(nil).exits(1, "unreadable").tells("error", "denied")
	s.faults()
	good := s.config
	s.config = "version: 1\nregistrys: []\n"
	s.watch(nil).exits(1, "config-invalid")
	s.config = good
	if calls := s.called(); calls != "" || s.issue().Body != before.Body {
		t.Errorf("GitHub was asked for %q", calls)
	}
	s.watch(map[string]string{"comment": "never"}).exits(0, "").gives("has-changes", "false")
	if calls := s.called(); calls != "" {
		t.Errorf("GitHub was asked for %q", calls)
	}
}

// TestActionDriftWithoutPermission is in the summary, and a notice says what the workflow needs.
func TestActionDriftWithoutPermission(t *testing.T) {
	t.Parallel()
	const block = "permissions:\n  contents: read\n  issues: write"
	for name, granted := range map[string]map[string]string{"read": {"contents": "read", "issues": "read"}, "nothing": {"contents": "read"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, dialects()[2].file(1))
			s.token = s.hub.Token(bot, granted)
			got := s.watch(nil).exits(0, "drift").tells("notice", block, "The issue was not written").summarizes("1 to add")
			if len(s.hub.Issues()) > 0 || len(got.annotations("error")) > 0 {
				t.Errorf("%s", got)
			}
			s.watch(map[string]string{"detailed-exitcode": "true"}).exits(2, "drift")
		})
	}
}

// TestActionDriftAndGitHubTrouble: one issue, or a run that fails.
func TestActionDriftAndGitHubTrouble(t *testing.T) {
	t.Parallel()
	const closing = githubtest.OpUpdateIssue
	for _, c := range []struct {
		name   string
		fault  githubtest.Fault
		fails  string
		issues int
	}{
		{name: "made and lost", fault: githubtest.Fault{Operation: newIssue, Kind: githubtest.FaultLost}, issues: 1},
		{name: "502 and made", fault: githubtest.Fault{Operation: newIssue, Kind: githubtest.FaultStatus, Status: 502, Executed: true}, issues: 1},
		{name: "502 and not made", fault: githubtest.Fault{Operation: newIssue, Kind: githubtest.FaultStatus, Status: 502}, issues: 1},
		{name: "list fails", fault: githubtest.Fault{Operation: listIssues, Kind: githubtest.FaultStatus, Status: 422, Times: -1}, fails: "look for the issue about drift"},
		{name: "issues are off", fault: githubtest.Fault{Operation: newIssue, Kind: githubtest.FaultStatus, Status: 410, Times: -1}, fails: "are issues switched off"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, dialects()[2].file(1))
			s.hub.Fail(c.fault)
			if c.fails != "" {
				s.watch(nil).exits(1, "comment-failed").tells("error", c.fails).summarizes("1 to add")
			} else if got := s.watch(nil).exits(0, "drift"); got.outputs["comment-url"] == "" {
				t.Error("no link to the issue")
			}
			if all := s.hub.Issues(); len(all) != c.issues {
				t.Errorf("%d issues", len(all))
			}
			s.hub.Heal()
			s.watch(nil).exits(0, "drift")
			s.issue()
			// The comment was made and the issue not closed: the next run does it.
			s.applied(0, s.world.file("r.yaml", s.config))
			s.hub.Fail(githubtest.Fault{Operation: closing, Kind: githubtest.FaultStatus, Status: 422})
			s.watch(nil).exits(1, "comment-failed").tells("error", "close issue")
			s.issue()
			s.watch(nil).exits(0, "")
			if all := s.hub.Issues(); all[0].State != "closed" {
				t.Errorf("%+v", all)
			}
		})
	}
}
