package githubtest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-github/v88/github"

	"regent/internal/github/githubtest"
)

// eventOf is the event of a payload.
func eventOf(name string) string {
	for _, event := range []string{"pull_request_target", "pull_request", "push", "schedule", "workflow_dispatch", "merge_group"} {
		if strings.HasPrefix(name, event) {
			return event
		}
	}
	return ""
}

// pullEvent reads a payload of a pull request as GitHub's client does.
func pullEvent(t *testing.T, payload []byte) *github.PullRequestEvent {
	t.Helper()
	parsed, err := github.ParseWebHook("pull_request", payload)
	if err != nil {
		t.Fatal(err)
	}
	return parsed.(*github.PullRequestEvent)
}

func TestEveryPayloadIsReadAsGitHubsClientReadsIt(t *testing.T) {
	t.Parallel()
	if got := len(githubtest.Events()); got != 18 {
		t.Errorf("%d payloads", got)
	}
	for _, name := range githubtest.Events() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			payload := githubtest.Event(name)
			var common struct {
				Repository struct {
					FullName      string `json:"full_name"`
					DefaultBranch string `json:"default_branch"`
					ID            int64  `json:"id"`
					Owner         struct{ Login string }
				}
				Organization struct{ Login string }
				Sender       struct{ Login string }
			}
			if err := json.Unmarshal(payload, &common); err != nil {
				t.Fatal(err)
			}
			if r := common.Repository; r.FullName != "octo-org/registries" || r.DefaultBranch != "main" || r.ID != 727384561 || r.Owner.Login != "octo-org" || common.Organization.Login != "octo-org" {
				t.Errorf("it is of %v", common)
			}
			if (common.Sender.Login == "") != (name == "schedule") {
				t.Errorf("the sender is %q", common.Sender.Login)
			}
			event := eventOf(name)
			if event == "schedule" {
				return // no webhook
			}
			if _, err := github.ParseWebHook(event, payload); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestPayloadsOfPullRequests(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"pull_request_opened":          "opened octocat octocat open false octo-org/registries false ",
		"pull_request_synchronize":     "synchronize octocat octocat open false octo-org/registries false " + githubtest.SHA("test merge of 7"),
		"pull_request_closed_merged":   "closed octocat monalisa closed true octo-org/registries false " + githubtest.EventMerge,
		"pull_request_closed_unmerged": "closed octocat octocat closed false octo-org/registries false " + githubtest.SHA("test merge of 7"),
		"pull_request_fork":            "opened hubot hubot open false hubot/registries true ",
		"pull_request_fork_deleted":    "closed hubot monalisa closed true  false " + githubtest.EventMerge,
		"pull_request_dependabot":      "opened dependabot[bot] dependabot[bot] open false octo-org/registries false ",
		"pull_request_target":          "opened hubot hubot open false hubot/registries true ",
	} {
		e := pullEvent(t, githubtest.Event(name))
		p := e.GetPullRequest()
		got := fmt.Sprint(e.GetAction(), " ", p.GetUser().GetLogin(), " ", e.GetSender().GetLogin(), " ", p.GetState(), " ", p.GetMerged(), " ",
			p.GetHead().GetRepo().GetFullName(), " ", p.GetHead().GetRepo().GetFork(), " ", p.GetMergeCommitSHA())
		if got != want {
			t.Errorf("%s:\ngot  %s\nwant %s", name, got, want)
		}
		if e.GetNumber() != 7 || p.GetNumber() != 7 || p.GetHead().GetSHA() != githubtest.EventHead || p.GetBase().GetSHA() != githubtest.EventBase || p.GetBase().GetRef() != "main" {
			t.Errorf("%s is of number %d, head %s", name, e.GetNumber(), p.GetHead().GetSHA())
		}
		if (p.MergedAt != nil) != p.GetMerged() || (p.ClosedAt != nil) != (p.GetState() == "closed") || (p.MergedBy != nil) != p.GetMerged() {
			t.Errorf("%s contradicts itself about the merge", name)
		}
		if bot := p.GetUser().GetType() == "Bot"; bot != (name == "pull_request_dependabot") {
			t.Errorf("%s is by a %s", name, p.GetUser().GetType())
		}
	}
	e := pullEvent(t, githubtest.Event("pull_request_synchronize"))
	if e.GetBefore() != githubtest.EventBefore || e.GetAfter() != githubtest.EventHead {
		t.Errorf("from %s to %s", e.GetBefore(), e.GetAfter())
	}
	if raw := githubtest.Event("pull_request_fork_deleted"); !bytes.Contains(raw, []byte(`"repo": null`)) {
		t.Error("the deleted fork is not null")
	}
}

func TestPayloadsOfPushes(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"push_merge":          "refs/heads/main 3 false Merge pull request #7 from octo-org/new-region " + githubtest.EventMerge,
		"push_squash":         "refs/heads/main 1 false Add the scanner of the new region (#7) " + githubtest.EventMerge,
		"push_rebase":         "refs/heads/main 2 false Add the scanner of the new region " + githubtest.EventMerge,
		"push_plain":          "refs/heads/main 1 false Correct a host name " + githubtest.EventPlain,
		"push_branch":         "refs/heads/new-region 1 false Add the scanner of the new region " + githubtest.EventHead,
		"push_tag":            "refs/tags/v1.4.0 0 false Add the scanner of the new region (#7) " + githubtest.EventMerge,
		"push_branch_deleted": "refs/heads/new-region 0 true  " + strings.Repeat("0", 40),
	} {
		parsed, err := github.ParseWebHook("push", githubtest.Event(name))
		if err != nil {
			t.Fatal(err)
		}
		e := parsed.(*github.PushEvent)
		first, _, _ := strings.Cut(e.GetHeadCommit().GetMessage(), "\n")
		got := fmt.Sprint(e.GetRef(), " ", len(e.Commits), " ", e.GetDeleted(), " ", first, " ", e.GetAfter())
		if got != want {
			t.Errorf("%s:\ngot  %s\nwant %s", name, got, want)
		}
		if e.HeadCommit != nil && e.GetHeadCommit().GetID() != e.GetAfter() {
			t.Errorf("%s: the head commit is %s", name, e.GetHeadCommit().GetID())
		}
		if n := len(e.Commits); n > 0 && e.Commits[n-1].GetID() != e.GetAfter() {
			t.Errorf("%s: the last commit is %s", name, e.Commits[n-1].GetID())
		}
	}
}

func TestEditsOfPayloads(t *testing.T) {
	t.Parallel()
	payload := githubtest.Event("push_merge", githubtest.Tip(githubtest.SHA("new"), "Merge pull request #9 from x/y"), githubtest.Set("commits.0.message", "first"))
	parsed, err := github.ParseWebHook("push", payload)
	if err != nil {
		t.Fatal(err)
	}
	e := parsed.(*github.PushEvent)
	if e.GetAfter() != githubtest.SHA("new") || e.GetHeadCommit().GetID() != e.GetAfter() || e.Commits[2].GetMessage() != "Merge pull request #9 from x/y" || e.Commits[0].GetMessage() != "first" {
		t.Errorf("edited to %v", e)
	}
	// A later reader gets the payload as it was.
	if !bytes.Contains(githubtest.Event("push_merge"), []byte(githubtest.EventMerge)) {
		t.Error("an edit of one reader is seen by another")
	}
	if !bytes.Contains(githubtest.Event("pull_request_opened"), []byte(`"id": 2845101377`)) {
		t.Error("large IDs lose their digits")
	}
	for name, bad := range map[string]func(){
		"an unknown event":    func() { githubtest.Event("pull_request") },
		"an unknown key":      func() { githubtest.Event("push_merge", githubtest.Set("head", 1)) },
		"a key too deep":      func() { githubtest.Event("push_merge", githubtest.Set("after.x", 1)) },
		"a commit too far":    func() { githubtest.Event("push_merge", githubtest.Set("commits.3.id", 1)) },
		"no pull request":     func() { githubtest.Event("push_merge", githubtest.OfPull(githubtest.Pull{Number: 1})) },
		"a commit of no hash": func() { githubtest.Event("pull_request_opened", githubtest.OfPull(githubtest.Pull{HeadSHA: "x"})) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s was let through", name)
				}
			}()
			bad()
		}()
	}
}

func TestAPayloadOfAnotherPullRequestAgreesWithTheServer(t *testing.T) {
	t.Parallel()
	s := githubtest.New(t, githubtest.Options{})
	c := client(t, s, s.Token(bot, all()))
	for _, pull := range []githubtest.Pull{
		{Number: 21},
		{Number: 22, HeadRepo: "hubot/registries", User: "hubot", Title: "From a fork", BaseRef: "release", HeadRef: "patch-1"},
		{Number: 23, HeadRepo: githubtest.DeletedFork, User: "hubot", Merged: true},
		{Number: 24, State: "closed", HeadSHA: githubtest.SHA("x")},
	} {
		s.AddPull(pull)
		want := must[*github.PullRequest](t)(c.PullRequests.Get(t.Context(), owner, repo, pull.Number))
		e := pullEvent(t, githubtest.Event("pull_request_synchronize", githubtest.OfPull(pull)))
		got := e.GetPullRequest()
		for field, pair := range map[string][2]any{
			"number": {got.GetNumber(), want.GetNumber()}, "event number": {e.GetNumber(), pull.Number}, "state": {got.GetState(), want.GetState()},
			"merged": {got.GetMerged(), want.GetMerged()}, "merge commit": {got.GetMergeCommitSHA(), want.GetMergeCommitSHA()},
			"merged at": {got.MergedAt != nil, want.MergedAt != nil}, "closed at": {got.ClosedAt != nil, want.ClosedAt != nil},
			"title": {got.GetTitle(), want.GetTitle()}, "user": {got.GetUser().GetID(), want.GetUser().GetID()},
			"head": {got.GetHead().GetSHA(), want.GetHead().GetSHA()}, "after": {e.GetAfter(), want.GetHead().GetSHA()},
			"head ref": {got.GetHead().GetRef(), want.GetHead().GetRef()}, "head label": {got.GetHead().GetLabel(), want.GetHead().GetLabel()},
			"head repository": {got.GetHead().GetRepo().GetFullName(), want.GetHead().GetRepo().GetFullName()},
			"head fork":       {got.GetHead().GetRepo().GetFork(), want.GetHead().GetRepo().GetFork()},
			"head ID":         {got.GetHead().GetRepo().GetID(), want.GetHead().GetRepo().GetID()},
			"base":            {got.GetBase().GetRef(), want.GetBase().GetRef()}, "base label": {got.GetBase().GetLabel(), want.GetBase().GetLabel()},
			"page": {got.GetHTMLURL(), want.GetHTMLURL()},
		} {
			if pair[0] != pair[1] {
				t.Errorf("%d: %s is %v in the payload and %v at the server", pull.Number, field, pair[0], pair[1])
			}
		}
	}
}
