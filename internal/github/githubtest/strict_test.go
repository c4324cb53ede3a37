package githubtest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"regent/internal/github/githubtest"
)

// on is a path below the repository.
const on = "/repos/octo-org/registries"

// body writes a JSON object with one text.
func bodyOf(name, value string) string { return fmt.Sprintf(`{%q: %q}`, name, value) }

func TestBodiesAreAsStrictAsGitHubs(t *testing.T) {
	t.Parallel()
	comments := "https://docs.github.com/rest/issues/comments#create-an-issue-comment"
	issues := "https://docs.github.com/rest/issues/issues#create-an-issue"
	whole := func(message, docs, errors string) string {
		if errors != "" {
			errors = `"errors":[` + errors + `],`
		}
		return fmt.Sprintf(`{"message":%q,%s"documentation_url":%q,"status":"422"}`, message, errors, docs)
	}
	comment := func(message string) string {
		return whole("Validation Failed", comments, fmt.Sprintf(`{"resource":"IssueComment","code":"unprocessable","field":"data","message":%q}`, message))
	}
	tooLong := strings.Repeat("x", 65537)
	for name, c := range map[string]struct {
		path, body string
		status     int
		want       string // the whole body, or nothing
	}{
		"comment without a body":   {on + "/issues/7/comments", `{}`, 422, whole("Invalid request.\n\n\"body\" wasn't supplied.", comments, "")},
		"comment without anything": {on + "/issues/7/comments", ``, 422, whole("Invalid request.\n\n\"body\" wasn't supplied.", comments, "")},
		"null comment":             {on + "/issues/7/comments", `{"body":null}`, 422, whole("Invalid request.\n\nFor 'properties/body', nil is not a string.", comments, "")},
		"comment of a number":      {on + "/issues/7/comments", `{"body":12}`, 422, whole("Invalid request.\n\nFor 'properties/body', 12 is not a string.", comments, "")},
		"comment of an object":     {on + "/issues/7/comments", `{"body":{"a":1}}`, 422, whole("Invalid request.\n\nFor 'properties/body', {\"a\"=>1} is not a string.", comments, "")},
		"empty comment":            {on + "/issues/7/comments", `{"body":""}`, 422, comment("Body cannot be blank")},
		"blank comment":            {on + "/issues/7/comments", `{"body":" \n\t"}`, 422, comment("Body cannot be blank")},
		"comment that is too long": {on + "/issues/7/comments", bodyOf("body", tooLong), 422, comment("Body is too long (maximum is 65536 characters)")},
		"longest comment":          {on + "/issues/7/comments", bodyOf("body", tooLong[1:]), 201, ""},
		"longest in characters":    {on + "/issues/7/comments", bodyOf("body", strings.Repeat("🌈", 65536)), 201, ""},
		"comment that is no JSON":  {on + "/issues/7/comments", `{"body":`, 400, strings.ReplaceAll(whole("Problems parsing JSON", comments, ""), "422", "400")},
		"comment in another text":  {on + "/issues/7/comments", "{\"body\":\"\xff\"}", 400, strings.ReplaceAll(whole("Problems parsing JSON", comments, ""), "422", "400")},
		"comment that is a list":   {on + "/issues/7/comments", `["body"]`, 400, strings.ReplaceAll(whole("Body should be a JSON object", comments, ""), "422", "400")},
		"comment that is null":     {on + "/issues/7/comments", `null`, 400, strings.ReplaceAll(whole("Body should be a JSON object", comments, ""), "422", "400")},
		"comment on nothing":       {on + "/issues/8/comments", `{"body":"a"}`, 404, strings.ReplaceAll(whole("Not Found", comments, ""), "422", "404")},
		"comment on no number":     {on + "/issues/x/comments", `{"body":"a"}`, 404, strings.ReplaceAll(whole("Not Found", comments, ""), "422", "404")},
		"comment on number 0":      {on + "/issues/0/comments", `{"body":"a"}`, 404, strings.ReplaceAll(whole("Not Found", comments, ""), "422", "404")},
		"issue without a title":    {on + "/issues", `{}`, 422, whole("Invalid request.\n\n\"title\" wasn't supplied.", issues, "")},
		"issue with a blank title": {on + "/issues", `{"title":" "}`, 422, whole("Validation Failed", issues, `{"resource":"Issue","code":"missing_field","field":"title"}`)},
		"issue with a long title": {
			on + "/issues", bodyOf("title", tooLong[:257]), 422,
			whole("Validation Failed", issues, `{"resource":"Issue","code":"custom","field":"title","message":"title is too long (maximum is 256 characters)"}`),
		},
		"issue with a long body": {
			on + "/issues", fmt.Sprintf(`{"title":"a","body":%q}`, tooLong), 422,
			whole("Validation Failed", issues, `{"resource":"Issue","code":"custom","field":"body","message":"body is too long (maximum is 65536 characters)"}`),
		},
		"issue with a long label": {
			on + "/issues", fmt.Sprintf(`{"title":"a","labels":["ok",%q]}`, tooLong[:51]), 422,
			whole("Validation Failed", issues, fmt.Sprintf(`{"value":%q,"resource":"Label","code":"invalid","field":"name"}`, tooLong[:51])),
		},
		"issue with an empty label": {on + "/issues", `{"title":"a","labels":[""]}`, 422, ""},
		"issue with labels of text": {on + "/issues", `{"title":"a","labels":"drift"}`, 422, whole("Invalid request.\n\nFor 'properties/labels', \"drift\" is not an array.", issues, "")},
		"issue with a label of 1":   {on + "/issues", `{"title":"a","labels":[1]}`, 422, whole("Invalid request.\n\nFor 'labels/0', 1 is not a string.", issues, "")},
		"issue with assignees":      {on + "/issues", `{"title":"a","assignees":["octocat"]}`, 501, ""},
		"issue with everything":     {on + "/issues", `{"title":"a","body":null,"labels":["a",{"name":"b"}],"assignees":[],"milestone":null}`, 201, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := githubtest.New(t, githubtest.Options{})
			s.AddPull(githubtest.Pull{Number: 7})
			got, err := send(t, s, s.Token(bot, all()), http.MethodPost, c.path, c.body)
			if err != nil {
				t.Fatal(err)
			}
			if got.status != c.status {
				t.Fatalf("status %d, want %d: %s", got.status, c.status, got.body)
			}
			if c.want != "" {
				same(t, got.body, c.want)
			}
			if c.status != 201 && len(s.Comments(7))+len(s.Issues()) > 0 {
				t.Error("a refused request changed something")
			}
		})
	}
}

func TestAnIssueTakesOnlyKnownStates(t *testing.T) {
	t.Parallel()
	s := githubtest.New(t, githubtest.Options{})
	n := s.AddIssue("octocat", "Drift", "")
	for body, want := range map[string]string{
		`{"state":"shut"}`: `Invalid request. For 'properties/state', shut is not a member of ["open", "closed"].`,
		`{"state":true}`:   `Invalid request. For 'properties/state', true is not a string.`,
		`{"state":"closed","state_reason":"bored"}`:          `Invalid request. For 'properties/state_reason', bored is not a member of ["completed", "not_planned", "duplicate", "reopened", null].`,
		`{"title":"", "state":"closed"}`:                     `Validation Failed`,
		`{"labels":[null]}`:                                  `Invalid request. For 'labels/0', nil is not a string.`,
		`{"body":` + `"` + strings.Repeat("x", 65537) + `"}`: `Validation Failed`,
	} {
		got, err := send(t, s, s.Token(bot, all()), http.MethodPatch, fmt.Sprintf("%s/issues/%d", on, n), body)
		if err != nil {
			t.Fatal(err)
		}
		if message := strings.Join(strings.Fields(got.message(t)), " "); got.status != 422 || message != want {
			t.Errorf("%.60s: %d %s", body, got.status, message)
		}
	}
	if issue := s.Issues()[0]; issue.State != "open" || issue.Title != "Drift" {
		t.Errorf("the issue became %v", issue)
	}
}

func TestRequestsAreAsStrictAsGitHubs(t *testing.T) {
	t.Parallel()
	header := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	for name, c := range map[string]struct {
		path   string
		edit   func(*http.Request)
		status int
		part   string // of the body
	}{
		"no token":              {on, func(r *http.Request) { r.Header.Del("Authorization") }, 401, `{"message":"Requires authentication","documentation_url":"https://docs.github.com/rest/repos/repos#get-a-repository","status":"401"}`},
		"unknown token":         {on, header("Authorization", "Bearer ghs_nothing"), 401, `{"message":"Bad credentials","documentation_url":"https://docs.github.com/rest","status":"401"}`},
		"another scheme":        {on, header("Authorization", "Basic Z2hz"), 401, `"Bad credentials"`},
		"no User-Agent":         {on, header("User-Agent", ""), 403, "Please make sure your request has a User-Agent header"},
		"Accept of a browser":   {on, header("Accept", "text/html"), 415, `Unsupported 'Accept' header: 'text/html'. Must accept 'application/json'.`},
		"Accept of a version":   {on, header("Accept", "application/vnd.github.v3+json"), 200, `"full_name":"octo-org/registries"`},
		"Accept of GitHub":      {on, header("Accept", "application/vnd.github+json"), 200, `"default_branch":"main"`},
		"Accept of anything":    {on, header("Accept", "text/html, */*;q=0.1"), 200, `"id":727384561`},
		"Accept rendered":       {on + "/issues", header("Accept", "application/vnd.github.html+json"), 501, "does not serve"},
		"version of 2026":       {on, header("X-GitHub-Api-Version", "2026-03-10"), 200, ""},
		"version of nothing":    {on, header("X-GitHub-Api-Version", "2021-01-01"), 400, "is not a supported version"},
		"another repository":    {"/repos/octo-org/other", nil, 404, `"message":"Not Found"`},
		"another letter case":   {"/repos/Octo-Org/REGISTRIES", nil, 200, `"full_name":"octo-org/registries"`},
		"by ID":                 {"/repositories/727384561", nil, 200, `"full_name":"octo-org/registries"`},
		"by another ID":         {"/repositories/727384562", nil, 404, `"message":"Not Found"`},
		"a slash at the end":    {on + "/issues/", nil, 404, `"documentation_url":"https://docs.github.com/rest","status":"404"`},
		"what is not served":    {on + "/labels", nil, 404, `{"message":"Not Found","documentation_url":"https://docs.github.com/rest","status":"404"}`},
		"an issue by itself":    {on + "/issues/7", nil, 404, `"message":"Not Found"`},
		"an unknown filter":     {on + "/issues?assignee=octocat", nil, 501, "does not serve"},
		"an unknown state":      {on + "/issues?state=merged", nil, 422, `"errors":[{"value":"merged","resource":"Issue","code":"invalid","field":"state"}]`},
		"an unknown sort":       {on + "/issues?sort=name", nil, 422, `"field":"sort"`},
		"a time that is none":   {on + "/issues?since=yesterday", nil, 422, "is not a valid date-time"},
		"a cursor that is none": {on + "/issues?after=2", nil, 422, "cursor"},
		"far into the issues":   {on + "/issues?page=100&per_page=100", nil, 422, "Pagination with the page parameter is not supported for large datasets"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := githubtest.New(t, githubtest.Options{})
			if c.edit == nil {
				c.edit = func(*http.Request) {}
			}
			got, err := send(t, s, s.Token(bot, all()), http.MethodGet, c.path, "", c.edit)
			if err != nil {
				t.Fatal(err)
			}
			if got.status != c.status || !strings.Contains(got.body, c.part) {
				t.Errorf("%d %s", got.status, got.body)
			}
		})
	}
}

func TestEveryAnswerHasTheHeadersOfGitHub(t *testing.T) {
	t.Parallel()
	s := githubtest.New(t, githubtest.Options{RateLimit: 3})
	token := s.Token(bot, all())
	for i, path := range []string{on, on + "/nothing", on + "/issues/7/comments"} {
		header := get(t, s, token, path).header
		for name, want := range map[string]string{
			"X-Ratelimit-Limit": "3", "X-Ratelimit-Used": fmt.Sprint(i + 1), "X-Ratelimit-Remaining": fmt.Sprint(2 - i),
			"X-Ratelimit-Resource": "core", "Content-Type": "application/json; charset=utf-8", "X-Github-Media-Type": "github.v3; format=json",
			"X-Github-Api-Version-Selected": "2022-11-28",
		} {
			if header.Get(name) != want {
				t.Errorf("%s: %s is %q, want %q", path, name, header.Get(name), want)
			}
		}
		if header.Get("X-Github-Request-Id") == "" || header.Get("X-Ratelimit-Reset") == "" {
			t.Errorf("%s: %v", path, header)
		}
	}
	got := get(t, s, token, on)
	if got.status != 403 || got.header.Get("X-RateLimit-Remaining") != "0" || !strings.HasPrefix(got.message(t), "API rate limit exceeded for installation.") {
		t.Errorf("past the limit: %d %s", got.status, got.body)
	}
	if got := get(t, s, s.Token(bot, all()), on); got.status != 200 {
		t.Errorf("another token was limited too: %d", got.status)
	}
}

func TestEverythingIsRecorded(t *testing.T) {
	t.Parallel()
	s := githubtest.New(t, githubtest.Options{Prefix: "/api/v3"})
	s.AddPull(githubtest.Pull{Number: 7})
	token := s.Token(bot, all())
	if _, err := send(t, s, token, http.MethodPost, on+"/issues/7/comments?a=b", `{"body":"x"}`); err != nil {
		t.Fatal(err)
	}
	get(t, s, "ghs_wrong", on+"/labels")
	var got []string
	for _, r := range s.Requests() {
		got = append(got, fmt.Sprint(r.Method, " ", r.Path, " ", r.Query, " ", r.Operation, " ", r.Status, " ", r.Login, " ", string(r.Body)))
	}
	want := []string{
		`POST /repos/octo-org/registries/issues/7/comments a=b issues/create-comment 201 github-actions[bot] {"body":"x"}`,
		`GET /repos/octo-org/registries/labels   401  `,
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("recorded\n%s", strings.Join(got, "\n"))
	}
	s.Forget()
	if left := s.Requests(); len(left) != 0 {
		t.Errorf("left %v", left)
	}
}
