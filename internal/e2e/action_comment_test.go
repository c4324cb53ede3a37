package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"regent/internal/github/githubtest"
)

// TestActionKeepsOneCommentForEachConfigurationAndAccountSet on one pull request, each with its own plan.
func TestActionKeepsOneCommentForEachConfigurationAndAccountSet(t *testing.T) {
	t.Parallel()
	s := newStage(t, together(1, dialects()...))
	s.files = map[string]string{"other/more.yaml": dialects()[2].file(2)}
	sets := []map[string]string{
		nil, {"accounts": "swr-primary"}, {"accounts": "host-security, security-center"},
		{"config": "more.yaml", "working-directory": "other"}, {"config": "other/more.yaml", "accounts": "swr-primary"},
	}
	seen := map[string]bool{}
	for round := range 2 {
		for i, set := range sets {
			got := s.start("pull_request", opened(), set).exits(0, "")
			if url := got.outputs["comment-url"]; url == "" || seen[url] != (round == 1) {
				t.Errorf("round %d, set %d: the comment is %s", round, i, url)
			} else {
				seen[url] = true
			}
		}
	}
	all := s.hub.Comments(7)
	if len(all) != len(sets) {
		t.Fatalf("%d comments, want %d", len(all), len(sets))
	}
	for i, want := range []string{"3 to add", "1 to add", "2 to add", "2 to add", "2 to add"} {
		holds(t, fmt.Sprint("comment ", i), all[i].Body, want)
	}
	// Each is the reviewed plan of its own apply only.
	push := s.merge()
	s.start("push", push, sets[1]).exits(0, "").gives("add", "1")
	s.start("push", push, sets[2]).exits(0, "").gives("add", "2")
	s.start("push", push, map[string]string{"config": "other/more.yaml"}).exits(0, "").gives("add", "1")
}

// TestActionAtOtherGitHubs: one of a company, and one that stores line ends as its web page does.
func TestActionAtOtherGitHubs(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]githubtest.Options{
		"Enterprise Server": {Prefix: "/api/v3"}, "line ends": {CRLF: true}, "public": {Public: true}, "another default branch": {DefaultBranch: "trunk"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStageAt(t, dialects()[2].file(1), o)
			branch := func(payload map[string]any) {
				if o.DefaultBranch != "" {
					githubtest.Set("repository.default_branch", o.DefaultBranch)(payload)
					githubtest.Set("ref", "refs/heads/"+o.DefaultBranch)(payload)
				}
			}
			key := with(signingKey)
			s.start("pull_request", opened(), key).exits(0, "")
			again := s.start("pull_request", opened(), key).exits(0, "")
			if url := again.outputs["comment-url"]; !strings.HasPrefix(url, s.hub.WebURL()+"/octo-org/registries/pull/7#") {
				t.Errorf("the comment is at %s", url)
			}
			s.merge()
			push := githubtest.Event("push_merge", githubtest.Tip(merged, "x"), branch)
			s.start("push", push, key).exits(0, "").gives("add", "1")
			s.start("push", push, key).exits(0, "").gives("add", "0")
			holds(t, "the comment", s.comment().Body, "regent apply")
			described("drifted")(s)
			s.watch(key).exits(0, "drift")
			s.watch(key).exits(0, "drift")
			holds(t, "the issue", s.issue().Body, "drifted")
		})
	}
}

// TestActionAppliesWithoutAWord where comments are not wanted: the review counts, and the comment stays as it is.
func TestActionAppliesWithoutAWord(t *testing.T) {
	t.Parallel()
	s := newStage(t, dialects()[2].file(1))
	s.start("pull_request", opened(), nil).exits(0, "")
	before := s.comment()
	push := s.merge()
	s.config = dialects()[2].file(2)
	s.start("push", push, map[string]string{"comment": "never"}).exits(4, "plan-changed")
	s.config = dialects()[2].file(1)
	s.start("push", push, map[string]string{"comment": "never"}).exits(0, "").gives("add", "1").summarizes("1 applied")
	if s.comment() != before {
		t.Errorf("%+v", s.comment())
	}
}

// TestActionOlderRunLeavesTheCommentOfANewerOne alone; a run that is repeated may correct its own.
func TestActionOlderRunLeavesTheCommentOfANewerOne(t *testing.T) {
	t.Parallel()
	s := newStage(t, dialects()[2].file(1))
	old := s.prepare("pull_request", opened(), nil)
	s.config = dialects()[2].file(2)
	s.start("pull_request", s.synchronize(2), nil).exits(0, "")
	newest := s.comment()
	got := s.finish(old).exits(0, "").gives("add", "1").tells("notice", "The pull request has moved on to commit "+head(2))
	if s.comment() != newest || got.outputs["comment-url"] == "" {
		t.Errorf("%+v", s.comment())
	}
	again := s.prepare("pull_request", s.synchronize(2), nil)
	again.Env["GITHUB_RUN_ID"], again.Env["GITHUB_RUN_ATTEMPT"] = s.lastRun(newest.Body), "3"
	s.applied(0, s.world.file("r.yaml", dialects()[2].file(1)))
	s.finish(again).exits(0, "").gives("add", "1")
	holds(t, "the comment", s.comment().Body, "**1 to add", "/attempts/3")
}

// lastRun is the ID of the run that a body links to.
func (s *stage) lastRun(body string) string {
	s.t.Helper()
	_, rest, found := strings.Cut(body, "/actions/runs/")
	if !found {
		s.t.Fatalf("no link to a run in %s", body)
	}
	return rest[:len(rest)-len(strings.TrimLeft(rest, "0123456789"))]
}

// TestActionWithAnotherAuthor finds its comment when it is told whose it is, and says so when it is not.
func TestActionWithAnotherAuthor(t *testing.T) {
	t.Parallel()
	for _, login := range []string{"registries[bot]", "hubot"} {
		t.Run(login, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, dialects()[2].file(1))
			s.token = s.hub.Token(login, map[string]string{"contents": "read", "pull-requests": "write"})
			s.start("pull_request", opened(), nil).exits(0, "").tells("warning", "the token writes as "+login, "comment-author")
			first := s.comment()
			mine := map[string]string{"comment-author": strings.ToUpper(login[:1]) + login[1:]}
			if got := s.start("pull_request", opened(), mine).exits(0, ""); len(got.annotations("warning")) > 0 || s.comment().ID != first.ID {
				t.Errorf("%s", got)
			}
			s.hub.DeleteComment(first.ID)
			if got := s.start("pull_request", opened(), mine).exits(0, ""); len(got.annotations("warning")) > 0 || s.comment().Login != login {
				t.Errorf("%s", got)
			}
			push := s.merge()
			s.start("push", push, nil).exits(4, "marker-author").tells("error", "is by "+login+", not by github-actions[bot]")
			s.wrote()
			s.start("push", push, mine).exits(0, "")
		})
	}
}

// TestActionFindsItsCommentAmongMany others, in pages, and makes no second one.
func TestActionFindsItsCommentAmongMany(t *testing.T) {
	t.Parallel()
	s := newStage(t, dialects()[2].file(1))
	for i := range 300 {
		s.hub.AddComment(7, []string{"octocat", bot, "hubot"}[i%3], fmt.Sprintf("<!-- another bot's %d -->\nNice.\n<!-- regent:1 x -->", i))
	}
	s.start("pull_request", opened(), nil).exits(0, "")
	s.called()
	s.config = dialects()[2].file(2)
	s.start("pull_request", s.synchronize(2), nil).exits(0, "")
	if calls, want := s.called(), atGitHub(listed, read, asked, asked, asked, asked, updated); calls != want {
		t.Errorf("%s", calls)
	}
	if all := s.hub.Comments(7); len(all) != 301 || !strings.Contains(all[300].Body, "2 to add") {
		t.Errorf("%d comments", len(all))
	}
}

// TestActionCommentDeletedMeanwhile is written anew.
func TestActionCommentDeletedMeanwhile(t *testing.T) {
	t.Parallel()
	s := newStage(t, dialects()[2].file(1))
	s.start("pull_request", opened(), nil).exits(0, "")
	first := s.comment()
	s.called()
	// It is gone when the edit arrives.
	s.hub.Fail(githubtest.Fault{Operation: updated, Kind: githubtest.FaultDelay, Delay: 3 * time.Second})
	go func() {
		for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
			if slices.ContainsFunc(s.hub.Requests(), func(r githubtest.Request) bool { return r.Operation == updated }) {
				s.hub.DeleteComment(first.ID)
				return
			}
		}
	}()
	s.config = dialects()[2].file(2)
	got := s.start("pull_request", s.synchronize(2), nil).exits(0, "")
	if c := s.comment(); c.ID == first.ID || !strings.Contains(c.Body, "2 to add") || !strings.Contains(got.outputs["comment-url"], fmt.Sprint(c.ID)) {
		t.Errorf("%+v", c)
	}
	if calls, want := s.called(), atGitHub(listed, read, asked, updated, created); calls != want {
		t.Errorf("%s", calls)
	}
}

// TestActionGitHubTrouble: whatever becomes of an answer, there is one comment, or the run fails loudly.
func TestActionGitHubTrouble(t *testing.T) {
	t.Parallel()
	const s1 = time.Second
	for _, c := range []struct {
		name   string
		faults []githubtest.Fault
		// fails is part of the error of a run that cannot comment; empty when it can.
		fails    string
		comments int
	}{
		{name: "list 502", faults: []githubtest.Fault{{Operation: asked, Kind: githubtest.FaultStatus, Status: 502, Times: 2}}, comments: 1},
		{name: "list cut", faults: []githubtest.Fault{{Operation: asked, Kind: githubtest.FaultCut, Times: 2}}, comments: 1},
		{name: "list garbage", faults: []githubtest.Fault{{Operation: asked, Kind: githubtest.FaultGarbage}}, comments: 1},
		{name: "create 502 and made", faults: []githubtest.Fault{{Operation: created, Kind: githubtest.FaultStatus, Status: 502, Executed: true}}, comments: 1},
		{name: "create 502 and not made", faults: []githubtest.Fault{{Operation: created, Kind: githubtest.FaultStatus, Status: 502}}, comments: 1},
		{name: "create lost", faults: []githubtest.Fault{{Operation: created, Kind: githubtest.FaultLost}}, comments: 1},
		{name: "create half", faults: []githubtest.Fault{{Operation: created, Kind: githubtest.FaultHalf}}, comments: 1},
		{name: "create garbage and made", faults: []githubtest.Fault{{Operation: created, Kind: githubtest.FaultGarbage, Executed: true}}, comments: 1},
		{name: "create lost twice", faults: []githubtest.Fault{{Operation: created, Kind: githubtest.FaultCut, Times: 2}}, comments: 0, fails: "comment on pull request #7"},
		{name: "secondary limit", faults: []githubtest.Fault{{Operation: "*", Kind: githubtest.FaultSecondaryLimit, RetryAfter: s1, Times: 2}}, comments: 1},
		{name: "primary limit", faults: []githubtest.Fault{{Operation: created, Kind: githubtest.FaultRateLimit, Reset: time.Hour, Times: -1}}, fails: "rate limit is reached"},
		{name: "another 403", faults: []githubtest.Fault{{Operation: created, Kind: githubtest.FaultStatus, Status: 403, Body: `{"message":"the organization has an IP allow list"}`, Times: -1}}, fails: "IP allow list"},
		{name: "repository gone", faults: []githubtest.Fault{{Operation: "*", Kind: githubtest.FaultRedirect, Times: -1}}, fails: "redirects elsewhere"},
		{name: "down", faults: []githubtest.Fault{{Operation: "*", Kind: githubtest.FaultStatus, Status: 503, Times: -1}}, fails: "503"},
		{name: "away", faults: []githubtest.Fault{{Operation: "*", Kind: githubtest.FaultCut, Times: -1}}, fails: "look for the comment"},
		{name: "too long", faults: []githubtest.Fault{{Operation: created, Kind: githubtest.FaultStatus, Status: 422, Body: `{"message":"Validation Failed","errors":[{"message":"Body is too long"}]}`, Times: -1}}, fails: "Body is too long"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, dialects()[2].file(1))
			for _, f := range c.faults {
				s.hub.Fail(f)
			}
			got := s.start("pull_request", opened(), nil)
			if c.fails != "" {
				got.exits(1, "comment-failed").tells("error", c.fails).summarizes("1 to add")
			} else if got.exits(0, ""); got.outputs["comment-url"] == "" {
				t.Error("no link to the comment")
			}
			if all := s.hub.Comments(7); len(all) != c.comments {
				t.Errorf("%d comments, want %d", len(all), c.comments)
			}
			for _, r := range s.hub.Requests() {
				if r.Operation == githubtest.OpElsewhere && r.Login != "" {
					t.Error("the token went elsewhere")
				}
			}
			s.hub.Heal()
			s.start("pull_request", opened(), nil).exits(0, "")
			s.comment()
		})
	}
}

// TestActionGitHubAwayAppliesNothing that was not reviewed, and what needs no review.
func TestActionGitHubAwayAppliesNothing(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]githubtest.Fault{
		"down": {Operation: "*", Kind: githubtest.FaultStatus, Status: 503, Times: -1},
		"away": {Operation: "*", Kind: githubtest.FaultCut, Times: -1},
		"list": {Operation: asked, Kind: githubtest.FaultStatus, Status: 500, Times: -1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, dialects()[2].file(1))
			s.start("pull_request", opened(), nil).exits(0, "")
			push := s.merge()
			s.hub.Fail(f)
			got := s.start("push", push, nil)
			if got.code == 0 || got.outputs["reason"] == "" {
				t.Errorf("%s", got)
			}
			s.wrote()
			got = s.start("push", push, map[string]string{"require-reviewed-plan": "false"}).exits(0, "").gives("add", "1").tells("warning", "comment")
			s.wrote("CreateInstanceRegistry")
			if strings.Contains(s.comment().Body, "applied") {
				t.Errorf("%s", got)
			}
		})
	}
	// The write of the result fails: what is applied is applied.
	s := newStage(t, dialects()[2].file(1))
	s.start("pull_request", opened(), nil).exits(0, "")
	s.hub.Fail(githubtest.Fault{Operation: updated, Kind: githubtest.FaultStatus, Status: 422, Times: -1})
	s.start("push", s.merge(), nil).exits(0, "comment-failed").tells("error", "edit the comment").summarizes("1 applied")
	s.wrote("CreateInstanceRegistry")
}
