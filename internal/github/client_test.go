package github_test

import (
	"errors"
	"strings"
	"testing"

	"regent/internal/github"
	"regent/internal/github/githubtest"
	"regent/internal/secret"
)

func TestAddressOfTheAPI(t *testing.T) {
	t.Parallel()
	for url, ok := range map[string]bool{
		"https://api.github.com":                  true,
		"https://api.github.com/":                 true,
		"https://github.example.com/api/v3":       true,
		"https://github.example.com:8443/api/v3/": true,
		"http://127.0.0.1:8080":                   true,
		"http://localhost:8080/api/v3":            true,

		"":                              false,
		"http://api.github.com":         false,
		"http://192.0.2.1/api/v3":       false,
		"ftp://api.github.com":          false,
		"https://":                      false,
		"https:":                        false,
		"api.github.com":                false,
		"127.0.0.1:8080":                false,
		"https://user@api.github.com":   false,
		"https://api.github.com?a=b":    false,
		"https://api.github.com/#x":     false,
		"https://api.github.com:port":   false,
		"https://api github.com":        false,
		"https://api.github.com\n.test": false,
	} {
		c, err := github.New(github.Options{Token: secret.New("ghs_0123456789"), URL: url})
		if (err == nil) != ok || (c != nil) != ok {
			t.Errorf("%q: %v", url, err)
		}
		if err != nil && !strings.HasPrefix(err.Error(), "GITHUB_API_URL") {
			t.Errorf("%q: the error does not name the variable: %v", url, err)
		}
	}
}

func TestNoTokenIsToldFromABadOne(t *testing.T) {
	t.Parallel()
	if _, err := github.New(github.Options{URL: "https://api.github.com"}); !errors.Is(err, github.ErrNoToken) {
		t.Error(err)
	}
	p := open(t, githubtest.Options{}, all)
	p.Revoke(p.token)
	_, err := p.client.Conversation(t.Context(), site(), 7)
	e, ok := errors.AsType[*github.Error](err)
	if !ok || e.Status != 401 || !strings.Contains(err.Error(), "GitHub refuses the token: Bad credentials") || e.RequestID == "" {
		t.Error(err)
	}
	p.silent(t, err)
	p.expect(t, githubtest.OpGraphQL)
}

func TestEnterpriseServerHasAPath(t *testing.T) {
	t.Parallel()
	p := open(t, githubtest.Options{Prefix: "/api/v3"}, all)
	if _, err := p.client.PutComment(t.Context(), site(), 7, nil, "hello"); err != nil {
		t.Fatal(err)
	}
	if got := p.Comments(7); len(got) != 1 {
		t.Errorf("%d comments", len(got))
	}
}

// TestSitesThatArePathsAreRefused: the names come from the environment and go into paths.
func TestSitesThatArePathsAreRefused(t *testing.T) {
	t.Parallel()
	p := open(t, githubtest.Options{}, all)
	for name, spoil := range map[string]func(*github.Site){
		"owner":      func(s *github.Site) { s.Owner = "octo-org/registries/issues/1?x=" },
		"dots":       func(s *github.Site) { s.Repo = ".." },
		"dot":        func(s *github.Site) { s.Repo = "." },
		"owner dot":  func(s *github.Site) { s.Owner = "." },
		"no repo":    func(s *github.Site) { s.Repo = "" },
		"no author":  func(s *github.Site) { s.Author = "" },
		"no key":     func(s *github.Site) { s.Key = "" },
		"key closes": func(s *github.Site) { s.Key = "a --> b" },
	} {
		s := site()
		spoil(&s)
		existing := &github.Comment{ID: 1}
		for what, err := range map[string]error{
			"comments": second(p.client.Conversation(t.Context(), s, 7)),
			"edit":     second(p.client.PutComment(t.Context(), s, 7, existing, "x")),
			"create":   second(p.client.PutComment(t.Context(), s, 7, nil, "x")),
			"pull":     second(p.client.Pull(t.Context(), s, 7)),
			"merged":   second(p.client.MergedPull(t.Context(), s, head, "main", "")),
			"open":     third(p.client.OpenDrift(t.Context(), s, "t", "b")),
			"close":    third(p.client.CloseDrift(t.Context(), s, "b")),
		} {
			if _, ok := errors.AsType[*github.Error](err); !ok {
				t.Errorf("%s, %s: %v", name, what, err)
			}
		}
	}
	p.expect(t)
}

func second[T any](_ T, err error) error        { return err }
func third[T, U any](_ T, _ U, err error) error { return err }
