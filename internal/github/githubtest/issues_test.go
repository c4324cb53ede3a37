package githubtest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-github/v88/github"

	"regent/internal/github/githubtest"
)

// numbers gives the numbers of a list of issues.
func numbers(issues []*github.Issue) []int {
	var out []int
	for _, issue := range issues {
		out = append(out, issue.GetNumber())
	}
	return out
}

func TestAnIssueIsOpenedClosedAndOpenedAgain(t *testing.T) {
	t.Parallel()
	s := githubtest.New(t, githubtest.Options{})
	s.AddPull(githubtest.Pull{Number: 7})
	c := client(t, s, s.Token(bot, all()))
	made := must[*github.Issue](t)(c.Issues.Create(t.Context(), owner, repo, &github.IssueRequest{
		Title: github.Ptr("Drift"), Body: github.Ptr("live differs"), Labels: &[]string{"regent-drift", "Regent-Drift"},
	}))
	if made.GetNumber() != 8 || made.GetState() != "open" || len(made.Labels) != 1 || made.Labels[0].GetName() != "regent-drift" || made.GetID() <= 1<<31 {
		t.Errorf("made %v", made)
	}
	if want := "https://github.com/octo-org/registries/issues/8"; made.GetHTMLURL() != want || made.IsPullRequest() {
		t.Errorf("the page is %s", made.GetHTMLURL())
	}
	s.AddComment(8, "octocat", "on it")

	closed := must[*github.Issue](t)(c.Issues.Edit(t.Context(), owner, repo, 8, &github.IssueRequest{State: github.Ptr("closed")}))
	if closed.GetState() != "closed" || closed.GetStateReason() != "completed" || closed.GetClosedBy().GetLogin() != bot || closed.ClosedAt == nil || closed.GetBody() != "live differs" {
		t.Errorf("closed %v", closed)
	}
	again := must[*github.Issue](t)(c.Issues.Edit(t.Context(), owner, repo, 8, &github.IssueRequest{State: github.Ptr("open"), Body: github.Ptr("")}))
	if again.GetState() != "open" || again.GetStateReason() != "reopened" || again.ClosedAt != nil || again.Body != nil {
		t.Errorf("opened again %v", again)
	}
	planned := must[*github.Issue](t)(c.Issues.Edit(t.Context(), owner, repo, 8, &github.IssueRequest{State: github.Ptr("closed"), StateReason: github.Ptr("not_planned")}))
	if planned.GetStateReason() != "not_planned" {
		t.Errorf("closed as %s", planned.GetStateReason())
	}

	got := s.Issues()
	if len(got) != 1 || got[0].Number != 8 || got[0].Login != bot || len(got[0].Comments) != 1 || got[0].Comments[0].Body != "on it" {
		t.Errorf("issues %v", got)
	}
}

func TestPullRequestsAreAmongTheIssues(t *testing.T) {
	t.Parallel()
	s := githubtest.New(t, githubtest.Options{})
	s.AddPull(githubtest.Pull{Number: 3, User: bot})
	s.AddPull(githubtest.Pull{Number: 4, Merged: true})
	s.AddIssue(bot, "Drift", "", "regent-drift")
	c := client(t, s, s.Token(bot, all()))
	listed := must[[]*github.Issue](t)(c.Issues.ListByRepo(t.Context(), owner, repo, &github.IssueListByRepoOptions{State: "all"}))
	if fmt.Sprint(numbers(listed)) != "[5 4 3]" {
		t.Fatalf("listed %v", numbers(listed))
	}
	if listed[0].IsPullRequest() || !listed[1].IsPullRequest() || !listed[2].IsPullRequest() {
		t.Error("pull requests cannot be told from issues")
	}
	if merged := listed[1].GetPullRequestLinks(); merged.MergedAt == nil || listed[2].GetPullRequestLinks().MergedAt != nil {
		t.Errorf("merged at %v", merged)
	}
	edited := must[*github.Issue](t)(c.Issues.Edit(t.Context(), owner, repo, 3, &github.IssueRequest{Title: github.Ptr("New"), Labels: &[]string{"x"}, State: github.Ptr("closed")}))
	pull := must[*github.PullRequest](t)(c.PullRequests.Get(t.Context(), owner, repo, 3))
	if edited.GetTitle() != "New" || pull.GetTitle() != "New" || pull.GetState() != "closed" || pull.GetMerged() || len(pull.Labels) != 1 {
		t.Errorf("edited to %v, the pull request is %v", edited, pull)
	}
	_, _, err := c.Issues.Edit(t.Context(), owner, repo, 4, &github.IssueRequest{State: github.Ptr("open")})
	if e := refused(t, err); e.Response.StatusCode != 422 {
		t.Errorf("a merged pull request was opened: %v", e)
	}
}

func TestFiltersAndOrderOfIssues(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 9, 15, 8, 0, 0, 0, time.UTC)
	s := githubtest.New(t, githubtest.Options{Clock: func() time.Time { at = at.Add(time.Minute); return at }})
	s.AddIssue(bot, "one", "", "regent-drift", "Urgent") // 1
	s.AddIssue("octocat", "two", "", "regent-drift")     // 2
	s.AddIssue(bot, "three", "", "regent-drift")         // 3
	s.AddIssue(bot, "four", "")                          // 4
	s.UpdateIssue(3, func(i *githubtest.Issue) { i.State = "closed" })
	s.AddComment(1, "octocat", "a")
	half := at
	s.AddComment(2, "octocat", "a")
	s.AddComment(2, "octocat", "b")
	c := client(t, s, s.Token(bot, all()))
	for name, tc := range map[string]struct {
		options github.IssueListByRepoOptions
		want    string
	}{
		"open ones, newest first":  {github.IssueListByRepoOptions{}, "[4 2 1]"},
		"closed ones":              {github.IssueListByRepoOptions{State: "closed"}, "[3]"},
		"all, oldest first":        {github.IssueListByRepoOptions{State: "all", Direction: "asc"}, "[1 2 3 4]"},
		"of one label":             {github.IssueListByRepoOptions{State: "all", Labels: []string{"REGENT-drift"}}, "[3 2 1]"},
		"of two labels":            {github.IssueListByRepoOptions{State: "all", Labels: []string{"regent-drift", "urgent"}}, "[1]"},
		"of a label nobody has":    {github.IssueListByRepoOptions{State: "all", Labels: []string{"drift"}}, "[]"},
		"of one creator":           {github.IssueListByRepoOptions{State: "all", Creator: "GitHub-Actions[bot]"}, "[4 3 1]"},
		"of nobody known":          {github.IssueListByRepoOptions{State: "all", Creator: "nobody"}, "[]"},
		"of creator, label, state": {github.IssueListByRepoOptions{State: "open", Creator: bot, Labels: []string{"regent-drift"}}, "[1]"},
		"by update":                {github.IssueListByRepoOptions{State: "all", Sort: "updated"}, "[2 1 3 4]"},
		"by comments":              {github.IssueListByRepoOptions{State: "all", Sort: "comments", Direction: "asc"}, "[3 4 1 2]"},
		"updated since":            {github.IssueListByRepoOptions{State: "all", Since: half}, "[2 1]"},
	} {
		t.Run(name, func(t *testing.T) {
			listed := must[[]*github.Issue](t)(c.Issues.ListByRepo(t.Context(), owner, repo, &tc.options))
			if got := fmt.Sprint(numbers(listed)); got != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
		})
	}
}

func TestPagesOfIssuesAreLinkedByCursors(t *testing.T) {
	t.Parallel()
	s := githubtest.New(t, githubtest.Options{})
	for i := range 7 {
		s.AddIssue(bot, fmt.Sprint(i+1), "")
	}
	token := s.Token(bot, all())
	path := on + "/issues?state=all&per_page=3&direction=asc"
	var seen []string
	for range 4 {
		got := get(t, s, token, path)
		seen = append(seen, strings.Join(titles(got.body), ","))
		link := got.header.Get("Link")
		if strings.Contains(link, `rel="last"`) {
			t.Errorf("a list of issues has no last page: %s", link)
		}
		if path = linked(t, s, link, "next"); path == "" {
			break
		}
	}
	if fmt.Sprint(seen) != "[1,2,3 4,5,6 7]" {
		t.Errorf("seen %v", seen)
	}
	// Back from the second page, and to it by its number.
	second := get(t, s, token, on+"/issues?state=all&per_page=3&direction=asc&page=2")
	back := get(t, s, token, linked(t, s, second.header.Get("Link"), "prev"))
	if got := fmt.Sprint(titles(second.body), titles(back.body)); got != "[4 5 6] [1 2 3]" {
		t.Errorf("second page and back: %s", got)
	}
	if got := get(t, s, token, on+"/issues?page=9"); got.body != "[]" || got.header.Get("Link") != "" {
		t.Errorf("past the end: %s %q", got.body, got.header.Get("Link"))
	}

	// GitHub's client walks them both ways.
	c := client(t, s, token)
	options := &github.IssueListByRepoOptions{State: "all", ListCursorOptions: github.ListCursorOptions{PerPage: 2}}
	var walked []int
	for {
		page, response, err := c.Issues.ListByRepo(t.Context(), owner, repo, options)
		if err != nil {
			t.Fatal(err)
		}
		walked = append(walked, numbers(page)...)
		if response.After == "" {
			break
		}
		options.After = response.After
	}
	if fmt.Sprint(walked) != "[7 6 5 4 3 2 1]" {
		t.Errorf("walked %v", walked)
	}
}

// titles gives the titles in a list of issues.
func titles(body string) []string {
	var out []string
	for _, part := range strings.Split(body, `"title":"`)[1:] {
		title, _, _ := strings.Cut(part, `"`)
		out = append(out, title)
	}
	return out
}

// linked gives the path of one entry of a Link header, or nothing.
func linked(t *testing.T, s *githubtest.Server, header, rel string) string {
	t.Helper()
	for _, part := range strings.Split(header, ", ") {
		if at, ok := strings.CutSuffix(part, `>; rel="`+rel+`"`); ok {
			path, ok := strings.CutPrefix(at, "<"+s.URL())
			if !ok {
				t.Fatalf("%s does not lead to the server", part)
			}
			return path
		}
	}
	return ""
}

func TestARepositoryWithoutIssues(t *testing.T) {
	t.Parallel()
	s := githubtest.New(t, githubtest.Options{NoIssues: true})
	s.AddPull(githubtest.Pull{Number: 7})
	s.AddIssue("octocat", "from before", "")
	token := s.Token(bot, all())
	got, err := send(t, s, token, http.MethodPost, on+"/issues", `{"title":"Drift"}`)
	if err != nil {
		t.Fatal(err)
	}
	same(t, got.body, `{"message":"Issues has been disabled in this repository.","documentation_url":"https://docs.github.com/rest/issues/issues#create-an-issue","status":"410"}`)
	c := client(t, s, token)
	_, _, err = c.Issues.Edit(t.Context(), owner, repo, 8, &github.IssueRequest{State: github.Ptr("closed")})
	if e := refused(t, err); e.Response.StatusCode != http.StatusGone || s.Issues()[0].State != "open" {
		t.Errorf("an old issue was closed: %v", e)
	}
	must[*github.Issue](t)(c.Issues.Edit(t.Context(), owner, repo, 7, &github.IssueRequest{Labels: &[]string{"x"}}))
	if listed := must[[]*github.Issue](t)(c.Issues.ListByRepo(t.Context(), owner, repo, nil)); fmt.Sprint(numbers(listed)) != "[7]" {
		t.Errorf("listed %v", numbers(listed))
	}
	must[*github.IssueComment](t)(c.Issues.CreateComment(t.Context(), owner, repo, 7, &github.IssueComment{Body: github.Ptr("a")}))
	if r := must[*github.Repository](t)(c.Repositories.Get(t.Context(), owner, repo)); r.GetHasIssues() {
		t.Error("the repository says that it has issues")
	}
}

func TestWhatIsClosedAlreadyStaysAsItIs(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 9, 15, 8, 0, 0, 0, time.UTC)
	s := githubtest.New(t, githubtest.Options{Clock: func() time.Time { at = at.Add(time.Minute); return at }})
	s.AddIssue(bot, "Drift", "")
	c := client(t, s, s.Token(bot, all()))
	s.UpdateIssue(1, func(i *githubtest.Issue) { i.State, i.StateReason = "closed", "not_planned" })
	first := must[[]*github.Issue](t)(c.Issues.ListByRepo(t.Context(), owner, repo, &github.IssueListByRepoOptions{State: "closed"}))[0]
	again := must[*github.Issue](t)(c.Issues.Edit(t.Context(), owner, repo, 1, &github.IssueRequest{State: github.Ptr("closed")}))
	if again.GetStateReason() != "not_planned" || again.GetClosedBy().GetLogin() != "octocat" || again.GetClosedAt() != first.GetClosedAt() {
		t.Errorf("closed first as %v, then as %v", first, again)
	}
	if !again.GetUpdatedAt().After(first.GetUpdatedAt().Time) {
		t.Errorf("updated %v, then %v", first.GetUpdatedAt(), again.GetUpdatedAt())
	}
}
