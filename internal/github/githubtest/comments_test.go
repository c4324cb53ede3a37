package githubtest_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-github/v88/github"

	"regent/internal/github/githubtest"
)

func TestACommentIsMadeReadAndEdited(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 9, 15, 8, 0, 0, 999, time.UTC)
	s := githubtest.New(t, githubtest.Options{Clock: func() time.Time { at = at.Add(time.Second); return at }})
	s.AddPull(githubtest.Pull{Number: 7})
	c := client(t, s, s.Token(bot, all()))

	body := "<!-- marker -->\n\n| a | b |\r\n\ttrailing blanks  \n\n"
	made := must[*github.IssueComment](t)(c.Issues.CreateComment(t.Context(), owner, repo, 7, &github.IssueComment{Body: &body}))
	if made.GetBody() != body {
		t.Errorf("the body was stored as %q", made.GetBody())
	}
	if made.GetID() <= 1<<31 {
		t.Errorf("the ID %d fits 32 bits", made.GetID())
	}
	if user := made.GetUser(); user.GetLogin() != bot || user.GetID() != 41898282 || user.GetType() != "Bot" {
		t.Errorf("written by %v", user)
	}
	if want := fmt.Sprintf("https://github.com/octo-org/registries/pull/7#issuecomment-%d", made.GetID()); made.GetHTMLURL() != want {
		t.Errorf("the page is %s, want %s", made.GetHTMLURL(), want)
	}
	if made.GetCreatedAt() != made.GetUpdatedAt() || made.GetCreatedAt().Nanosecond() != 0 {
		t.Errorf("made %v, updated %v", made.GetCreatedAt(), made.GetUpdatedAt())
	}

	edited := must[*github.IssueComment](t)(c.Issues.EditComment(t.Context(), owner, repo, made.GetID(), &github.IssueComment{Body: github.Ptr("b")}))
	read := must[*github.IssueComment](t)(c.Issues.GetComment(t.Context(), owner, repo, made.GetID()))
	if edited.GetBody() != "b" || read.GetBody() != "b" || !read.GetUpdatedAt().After(read.GetCreatedAt().Time) {
		t.Errorf("after the edit: %v", read)
	}
	if raw := get(t, s, s.Token(bot, all()), fmt.Sprintf("/repos/octo-org/registries/issues/comments/%d", made.GetID())).body; !strings.Contains(raw, `"performed_via_github_app":{"id":15368,"slug":"github-actions"`) {
		t.Errorf("no app in %s", raw)
	}
}

func TestPeopleCommentBesideTheBot(t *testing.T) {
	t.Parallel()
	s := githubtest.New(t, githubtest.Options{})
	s.AddPull(githubtest.Pull{Number: 7})
	token := s.Token(bot, all())
	c := client(t, s, token)
	id := s.AddComment(7, "monalisa", "looks good")
	s.EditComment(id, "looks better")

	listed := must[[]*github.IssueComment](t)(c.Issues.ListComments(t.Context(), owner, repo, 7, nil))
	if len(listed) != 1 || listed[0].GetUser().GetLogin() != "monalisa" || listed[0].GetUser().GetType() != "User" || listed[0].GetBody() != "looks better" {
		t.Errorf("listed %v", listed)
	}
	if raw := get(t, s, token, "/repos/octo-org/registries/issues/7/comments").body; !strings.Contains(raw, `"performed_via_github_app":null`) {
		t.Errorf("a person's comment has an app: %s", raw)
	}
	if seen := s.Comments(7); len(seen) != 1 || seen[0].ID != id || seen[0].Type != "User" {
		t.Errorf("seen %v", seen)
	}

	s.DeleteComment(id)
	_, _, err := c.Issues.EditComment(t.Context(), owner, repo, id, &github.IssueComment{Body: github.Ptr("gone")})
	if e := refused(t, err); e.Response.StatusCode != http.StatusNotFound || e.DocumentationURL != "https://docs.github.com/rest/issues/comments#update-an-issue-comment" {
		t.Errorf("refused with %v", e)
	}
}

func TestLineEndsAreStoredAsTheFormsOfTheWebPageSendThem(t *testing.T) {
	t.Parallel()
	s := githubtest.New(t, githubtest.Options{CRLF: true})
	s.AddPull(githubtest.Pull{Number: 7})
	c := client(t, s, s.Token(bot, all()))
	made := must[*github.IssueComment](t)(c.Issues.CreateComment(t.Context(), owner, repo, 7, &github.IssueComment{Body: github.Ptr("a\nb\r\nc")}))
	if made.GetBody() != "a\r\nb\r\nc" {
		t.Errorf("stored as %q", made.GetBody())
	}
}

func TestOnlyCommentsUpdatedSinceATimeAreListed(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 9, 15, 8, 0, 0, 0, time.UTC)
	s := githubtest.New(t, githubtest.Options{Clock: func() time.Time { return at }})
	s.AddPull(githubtest.Pull{Number: 7})
	first := s.AddComment(7, "octocat", "one")
	s.AddComment(7, "octocat", "two")
	at = at.Add(time.Hour)
	s.EditComment(first, "one again")
	c := client(t, s, s.Token(bot, all()))
	listed := must[[]*github.IssueComment](t)(c.Issues.ListComments(t.Context(), owner, repo, 7, &github.IssueListCommentsOptions{Since: &at}))
	if len(listed) != 1 || listed[0].GetID() != first {
		t.Errorf("listed %v", listed)
	}
}

func TestPagesOfComments(t *testing.T) {
	t.Parallel()
	s := githubtest.New(t, githubtest.Options{})
	s.AddPull(githubtest.Pull{Number: 7})
	for i := range 250 {
		s.AddComment(7, "octocat", fmt.Sprint(i))
	}
	token := s.Token(bot, all())
	c := client(t, s, token)

	var bodies []string
	options := &github.IssueListCommentsOptions{ListOptions: github.ListOptions{PerPage: 100}}
	for {
		page, response, err := c.Issues.ListComments(t.Context(), owner, repo, 7, options)
		if err != nil {
			t.Fatal(err)
		}
		for _, comment := range page {
			bodies = append(bodies, comment.GetBody())
		}
		if response.NextPage == 0 {
			break
		}
		options.Page = response.NextPage
	}
	if len(bodies) != 250 || bodies[0] != "0" || bodies[249] != "249" {
		t.Errorf("%d comments from %s to %s", len(bodies), bodies[0], bodies[len(bodies)-1])
	}

	at := s.URL() + "/repositories/727384561/issues/7/comments"
	for query, want := range map[string]string{
		"": fmt.Sprintf(`<%[1]s?page=2>; rel="next", <%[1]s?page=9>; rel="last"`, at),
		"?per_page=100&page=2": fmt.Sprintf(
			`<%[1]s?per_page=100&page=1>; rel="prev", <%[1]s?per_page=100&page=3>; rel="next", `+
				`<%[1]s?per_page=100&page=3>; rel="last", <%[1]s?per_page=100&page=1>; rel="first"`, at),
		"?page=3&per_page=100": fmt.Sprintf(
			`<%[1]s?per_page=100&page=2>; rel="prev", <%[1]s?per_page=100&page=3>; rel="last", <%[1]s?per_page=100&page=1>; rel="first"`, at),
		"?per_page=1000&page=0": fmt.Sprintf(`<%[1]s?per_page=1000&page=2>; rel="next", <%[1]s?per_page=1000&page=3>; rel="last"`, at),
	} {
		got := get(t, s, token, "/repos/octo-org/registries/issues/7/comments"+query)
		if link := got.header.Get("Link"); link != want {
			t.Errorf("%s:\ngot  %s\nwant %s", query, link, want)
		}
	}
	// The addresses lead somewhere.
	if got := get(t, s, token, "/repositories/727384561/issues/7/comments?per_page=100&page=3"); strings.Count(got.body, `"issue_url"`) != 50 {
		t.Errorf("the last page has %d comments", strings.Count(got.body, `"issue_url"`))
	}
	if got := get(t, s, token, "/repos/octo-org/registries/issues/7/comments?page=99"); got.body != "[]" {
		t.Errorf("past the end: %s", got.body)
	}
	s.AddPull(githubtest.Pull{Number: 8})
	if got := get(t, s, token, "/repos/octo-org/registries/issues/8/comments"); got.body != "[]" || got.header.Get("Link") != "" {
		t.Errorf("nothing to list: %s, Link %q", got.body, got.header.Get("Link"))
	}
}

func TestManyClientsAtOnce(t *testing.T) {
	t.Parallel()
	s := githubtest.New(t, githubtest.Options{})
	s.AddPull(githubtest.Pull{Number: 7})
	token := s.Token(bot, all())
	var group sync.WaitGroup
	for range 40 {
		group.Go(func() {
			if _, err := send(t, s, token, http.MethodPost, on+"/issues/7/comments", `{"body":"a"}`); err != nil {
				t.Error(err)
			}
			if _, err := send(t, s, token, http.MethodPost, on+"/issues", `{"title":"a"}`); err != nil {
				t.Error(err)
			}
			s.Comments(7)
			s.Issues()
			s.Requests()
		})
	}
	group.Wait()
	ids, numbers := map[int64]bool{}, map[int]bool{}
	for _, c := range s.Comments(7) {
		ids[c.ID] = true
	}
	for _, i := range s.Issues() {
		numbers[i.Number] = true
	}
	if len(ids) != 40 || len(numbers) != 40 || len(s.Requests()) != 80 {
		t.Errorf("%d comments, %d issues, %d requests", len(ids), len(numbers), len(s.Requests()))
	}
}
