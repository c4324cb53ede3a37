package githubtest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-github/v88/github"

	"regent/internal/github/githubtest"
)

func TestAPullRequestAsItGoes(t *testing.T) {
	t.Parallel()
	s := githubtest.New(t, githubtest.Options{})
	s.AddPull(githubtest.Pull{Number: 7, HeadRepo: "hubot/registries", User: "hubot"})
	c := client(t, s, s.Token(bot, all()))
	get := func() *github.PullRequest {
		t.Helper()
		return must[*github.PullRequest](t)(c.PullRequests.Get(t.Context(), owner, repo, 7))
	}
	if p := get(); p.GetState() != "open" || p.GetMerged() || p.MergedAt != nil || p.MergeCommitSHA != nil || p.GetHead().GetSHA() != githubtest.EventHead ||
		p.GetHead().GetRepo().GetFullName() != "hubot/registries" || !p.GetHead().GetRepo().GetFork() || p.GetBase().GetRef() != "main" ||
		p.GetBase().GetRepo().GetFullName() != "octo-org/registries" || p.GetHead().GetLabel() != "hubot:change-7" || p.GetID() <= 1<<31 {
		t.Errorf("opened as %v", p)
	}
	s.UpdatePull(7, func(p *githubtest.Pull) {
		p.Commits, p.HeadSHA = append(p.Commits, p.HeadSHA), githubtest.SHA("second")
	})
	if p := get(); p.GetHead().GetSHA() != githubtest.SHA("second") || p.GetCommits() != 2 {
		t.Errorf("after a push %v", p)
	}
	s.UpdatePull(7, func(p *githubtest.Pull) { p.Merged, p.HeadRepo = true, githubtest.DeletedFork })
	if p := get(); p.GetState() != "closed" || !p.GetMerged() || p.MergedAt == nil || p.GetMergeCommitSHA() != githubtest.EventMerge ||
		p.GetHead().Repo != nil || p.GetHead().GetUser().GetLogin() != "hubot" || p.GetMergedBy().GetLogin() == "" {
		t.Errorf("after the merge %v", p)
	}
	_, _, err := c.PullRequests.Get(t.Context(), owner, repo, 8)
	if e := refused(t, err); e.Response.StatusCode != http.StatusNotFound {
		t.Errorf("an unknown one: %v", e)
	}
}

func TestPullRequestsOfACommit(t *testing.T) {
	t.Parallel()
	s := githubtest.New(t, githubtest.Options{})
	plain, shared, rebased, test := githubtest.SHA("plain"), githubtest.SHA("shared"), githubtest.SHA("rebased"), githubtest.SHA("test")
	s.AddPull(githubtest.Pull{Number: 1, Merged: true, Commits: []string{rebased}})
	s.AddPull(githubtest.Pull{Number: 2, Commits: []string{rebased, shared}, MergeCommitSHA: test})
	s.AddPull(githubtest.Pull{Number: 3, Commits: []string{shared}, BaseRef: "release"})
	s.AddPull(githubtest.Pull{Number: 4, State: "closed", Commits: []string{shared}, HeadSHA: githubtest.SHA("only here")})
	s.AddPull(githubtest.Pull{Number: 5, Merged: true, BaseRef: "release", Commits: []string{shared}})
	s.AddCommit(plain)
	c := client(t, s, s.Token(bot, all()))
	for name, tc := range map[string]struct{ sha, want string }{
		"merge on the default branch":           {githubtest.SHA("merge of 1"), "[1]"},
		"head of a merged pull request":         {githubtest.SHA("head of 1"), "[1]"},
		"on the default branch, open elsewhere": {rebased, "[1]"},
		"merged and open, not on the default":   {shared, "[2 3 5]"},
		"merge on another branch":               {githubtest.SHA("merge of 5"), "[5]"},
		"test merge of an open one":             {test, "[]"},
		"of one that was closed without merge":  {githubtest.SHA("only here"), "[]"},
		"pushed past any pull request":          {plain, "[]"},
	} {
		t.Run(name, func(t *testing.T) {
			listed, _, err := c.PullRequests.ListPullRequestsWithCommit(t.Context(), owner, repo, tc.sha, nil)
			if err != nil {
				t.Fatal(err)
			}
			var got []int
			for _, p := range listed {
				got = append(got, p.GetNumber())
				if p.Merged != nil || p.MergedBy != nil {
					t.Errorf("a list tells of merges by merged_at alone, and %d has more", p.GetNumber())
				}
			}
			if fmt.Sprint(got) != tc.want {
				t.Errorf("got %v, want %s", got, tc.want)
			}
		})
	}
	for _, sha := range []string{githubtest.SHA("nobody knows"), "main", strings.ToUpper(plain), plain[:7]} {
		_, _, err := c.PullRequests.ListPullRequestsWithCommit(t.Context(), owner, repo, sha, nil)
		if e := refused(t, err); e.Response.StatusCode != 422 || e.Message != "No commit found for SHA: "+sha {
			t.Errorf("%s: %v", sha, e)
		}
	}
}

func TestTheIndexOfCommitsLags(t *testing.T) {
	t.Parallel()
	s := githubtest.New(t, githubtest.Options{})
	s.AddPull(githubtest.Pull{Number: 7, Merged: true})
	s.Lag(2)
	c := client(t, s, s.Token(bot, all()))
	var got []int
	for range 3 {
		listed, _, err := c.PullRequests.ListPullRequestsWithCommit(t.Context(), owner, repo, githubtest.EventMerge, nil)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, len(listed))
	}
	if fmt.Sprint(got) != "[0 0 1]" {
		t.Errorf("found %v", got)
	}
}

func TestPullRequestsOfACommitHavePages(t *testing.T) {
	t.Parallel()
	s := githubtest.New(t, githubtest.Options{})
	shared := githubtest.SHA("shared")
	for n := range 3 {
		s.AddPull(githubtest.Pull{Number: n + 1, Commits: []string{shared}})
	}
	c := client(t, s, s.Token(bot, all()))
	listed, response, err := c.PullRequests.ListPullRequestsWithCommit(t.Context(), owner, repo, shared, &github.ListOptions{PerPage: 2})
	if err != nil || len(listed) != 2 || response.NextPage != 2 || response.LastPage != 2 {
		t.Fatalf("%d pull requests, next %d, last %d: %v", len(listed), response.NextPage, response.LastPage, err)
	}
	listed, response, err = c.PullRequests.ListPullRequestsWithCommit(t.Context(), owner, repo, shared, &github.ListOptions{PerPage: 2, Page: 2})
	if err != nil || len(listed) != 1 || response.NextPage != 0 {
		t.Fatalf("%d pull requests, next %d: %v", len(listed), response.NextPage, err)
	}
}

func TestTheRepository(t *testing.T) {
	t.Parallel()
	s := githubtest.New(t, githubtest.Options{Repository: "octo-org/other", DefaultBranch: "trunk", Prefix: "/api/v3"})
	s.AddPull(githubtest.Pull{})
	c := client(t, s, s.Token(bot, all()))
	r := must[*github.Repository](t)(c.Repositories.Get(t.Context(), owner, "other"))
	if r.GetDefaultBranch() != "trunk" || r.GetFullName() != "octo-org/other" || !r.GetPrivate() || !r.GetHasIssues() {
		t.Errorf("the repository is %v", r)
	}
	open := githubtest.New(t, githubtest.Options{Public: true})
	if r := must[*github.Repository](t)(client(t, open, open.Token(bot, nil)).Repositories.Get(t.Context(), owner, repo)); r.GetPrivate() || r.GetVisibility() != "public" {
		t.Errorf("the public repository is %v", r)
	}
	if !strings.HasPrefix(r.GetURL(), s.URL()+"/repos/") || !strings.HasSuffix(s.URL(), "/api/v3") || s.WebURL() != strings.TrimSuffix(s.URL(), "/api/v3") {
		t.Errorf("addresses %s, %s, %s", r.GetURL(), s.URL(), s.WebURL())
	}
	if p := must[*github.PullRequest](t)(c.PullRequests.Get(t.Context(), owner, "other", 1)); p.GetBase().GetRef() != "trunk" {
		t.Errorf("the pull request is %v", p)
	}
	got, err := http.Get(s.WebURL() + "/repos/octo-org/other") // past the prefix
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	if got.StatusCode != http.StatusUnauthorized {
		t.Errorf("past the prefix: %d", got.StatusCode)
	}
}
