package githubtest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-github/v88/github"

	"regent/internal/github/githubtest"
)

func TestEachOperationAsksForItsPermission(t *testing.T) {
	t.Parallel()
	either := map[string]bool{"issues": true, "pull-requests": true}
	for name, c := range map[string]struct {
		method, path, body string
		access             string
		enough             map[string]bool // permissions, each of which is enough alone
		accepted, docs     string
	}{
		"list comments of a pull request": {
			http.MethodGet, on + "/issues/7/comments", "", "read", either,
			"issues=read; pull_requests=read", "issues/comments#list-issue-comments",
		},
		"list comments of an issue": {
			http.MethodGet, on + "/issues/8/comments", "", "read", map[string]bool{"issues": true},
			"issues=read; pull_requests=read", "issues/comments#list-issue-comments",
		},
		"comment on a pull request": {
			http.MethodPost, on + "/issues/7/comments", `{"body":"a"}`, "write", either,
			"issues=write; pull_requests=write", "issues/comments#create-an-issue-comment",
		},
		"comment on an issue": {
			http.MethodPost, on + "/issues/8/comments", `{"body":"a"}`, "write", map[string]bool{"issues": true},
			"issues=write; pull_requests=write", "issues/comments#create-an-issue-comment",
		},
		"get a comment": {
			http.MethodGet, on + "/issues/comments/ID", "", "read", either,
			"issues=read; pull_requests=read", "issues/comments#get-an-issue-comment",
		},
		"edit a comment": {
			http.MethodPatch, on + "/issues/comments/ID", `{"body":"a"}`, "write", either,
			"issues=write; pull_requests=write", "issues/comments#update-an-issue-comment",
		},
		"pull requests of a commit": {
			http.MethodGet, on + "/commits/" + githubtest.EventHead + "/pulls", "", "read", map[string]bool{"pull-requests": true},
			"pull_requests=read", "commits/commits#list-pull-requests-associated-with-a-commit",
		},
		"get a pull request": {
			http.MethodGet, on + "/pulls/7", "", "read", map[string]bool{"pull-requests": true},
			"pull_requests=read", "pulls/pulls#get-a-pull-request",
		},
		"list issues": {
			http.MethodGet, on + "/issues", "", "read", map[string]bool{"issues": true},
			"issues=read", "issues/issues#list-repository-issues",
		},
		"open an issue": {
			http.MethodPost, on + "/issues", `{"title":"a"}`, "write", map[string]bool{"issues": true},
			"issues=write", "issues/issues#create-an-issue",
		},
		"change an issue": {
			http.MethodPatch, on + "/issues/8", `{"title":"a"}`, "write", map[string]bool{"issues": true},
			"issues=write; pull_requests=write", "issues/issues#update-an-issue",
		},
		"change a pull request as an issue": {
			http.MethodPatch, on + "/issues/7", `{"title":"a"}`, "write", either,
			"issues=write; pull_requests=write", "issues/issues#update-an-issue",
		},
		"get the repository": {
			http.MethodGet, on, "", "read", map[string]bool{"metadata": true, "issues": true, "pull-requests": true, "contents": true},
			"metadata=read", "repos/repos#get-a-repository",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := githubtest.New(t, githubtest.Options{})
			s.AddPull(githubtest.Pull{Number: 7})
			s.AddIssue("octocat", "Drift", "")
			path := strings.ReplaceAll(c.path, "ID", fmt.Sprint(s.AddComment(7, "octocat", "a")))
			for _, permission := range []string{"issues", "pull-requests", "contents"} {
				for _, access := range []string{"none", "read", "write"} {
					allowed := c.enough[permission] && (access == "write" || access == c.access) || c.enough["metadata"]
					got, err := send(t, s, s.Token(bot, map[string]string{permission: access}), c.method, path, c.body)
					if err != nil {
						t.Fatal(err)
					}
					if accepted := got.header.Get("X-Accepted-GitHub-Permissions"); accepted != c.accepted {
						t.Errorf("accepts %q, want %q", accepted, c.accepted)
					}
					switch {
					case allowed && got.status >= 300:
						t.Errorf("%s: %s was refused: %d %s", permission, access, got.status, got.body)
					case !allowed && got.status != 403:
						t.Errorf("%s: %s was let through: %d", permission, access, got.status)
					case !allowed:
						same(t, got.body, fmt.Sprintf(
							`{"message":"Resource not accessible by integration","documentation_url":"https://docs.github.com/rest/%s","status":"403"}`, c.docs))
					}
				}
			}
		})
	}
}

func TestAPublicRepositoryIsReadableWithoutPermission(t *testing.T) {
	t.Parallel()
	s := githubtest.New(t, githubtest.Options{Public: true})
	s.AddPull(githubtest.Pull{Number: 7})
	token := s.Token(bot, map[string]string{"contents": "read"})
	if got := get(t, s, token, on+"/issues/7/comments"); got.status != 200 {
		t.Errorf("reading: %d", got.status)
	}
	got, err := send(t, s, token, http.MethodPost, on+"/issues/7/comments", `{"body":"a"}`)
	if err != nil || got.status != 403 {
		t.Errorf("writing: %d %v", got.status, err)
	}
}

func TestPeopleAreRefusedInOtherWords(t *testing.T) {
	t.Parallel()
	s := githubtest.New(t, githubtest.Options{})
	token := s.Token("monalisa", map[string]string{"issues": "read"})
	if !strings.HasPrefix(token, "github_pat_") {
		t.Errorf("a person's token begins with %.11s", token)
	}
	got, err := send(t, s, token, http.MethodPost, on+"/issues", `{"title":"a"}`)
	if err != nil || got.status != 403 || got.message(t) != "Resource not accessible by personal access token" {
		t.Errorf("%d %s %v", got.status, got.body, err)
	}
}

func TestLabelsOfWhoCannotPushAreDropped(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		login string
		more  map[string]string
		want  int
	}{
		"an app":                         {bot, nil, 1},
		"a person who can push":          {"monalisa", map[string]string{"contents": "write"}, 1},
		"a person who can read, at most": {"hubot", map[string]string{"contents": "read"}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := githubtest.New(t, githubtest.Options{})
			permissions := map[string]string{"issues": "write"}
			for k, v := range c.more {
				permissions[k] = v
			}
			token := client(t, s, s.Token(c.login, permissions))
			request := &github.IssueRequest{Title: github.Ptr("Drift"), Labels: &[]string{"regent-drift"}}
			made := must[*github.Issue](t)(token.Issues.Create(t.Context(), owner, repo, request))
			if len(made.Labels) != c.want {
				t.Errorf("made with %v", made.Labels)
			}
			edited := must[*github.Issue](t)(token.Issues.Edit(t.Context(), owner, repo, made.GetNumber(), &github.IssueRequest{Labels: &[]string{"regent-drift"}}))
			if len(edited.Labels) != c.want {
				t.Errorf("edited to %v", edited.Labels)
			}
		})
	}
}

func TestARevokedTokenIsNone(t *testing.T) {
	t.Parallel()
	s := githubtest.New(t, githubtest.Options{})
	token, other := s.Token(bot, all()), s.Token(bot, all())
	s.Revoke(token)
	if got := get(t, s, token, on); got.status != 401 {
		t.Errorf("revoked: %d", got.status)
	}
	if got := get(t, s, other, on); got.status != 200 {
		t.Errorf("the other: %d", got.status)
	}
	if token == other || !strings.HasPrefix(token, "ghs_") || len(token) != 40 {
		t.Errorf("tokens of %d and %d characters", len(token), len(other))
	}
}
