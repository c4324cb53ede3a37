package github_test

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"regent/internal/github"
	"regent/internal/github/githubtest"
	"regent/internal/secret"
)

const bot = "github-actions[bot]"

// all is what the workflows of the examples grant together.
var all = map[string]string{"contents": "read", "pull-requests": "write", "issues": "write"}

// place is a server with one open pull request, number 7, and a client of it.
type place struct {
	*githubtest.Server
	client *github.Client
	token  string
}

func open(t *testing.T, o githubtest.Options, permissions map[string]string) *place {
	t.Helper()
	return openAs(t, o, bot, permissions)
}

func openAs(t *testing.T, o githubtest.Options, login string, permissions map[string]string) *place {
	t.Helper()
	s := githubtest.New(t, o)
	s.AddPull(githubtest.Pull{Number: 7})
	token := s.Token(login, permissions)
	return &place{s, clientOf(t, s, token), token}
}

func clientOf(t *testing.T, s *githubtest.Server, token string) *github.Client {
	t.Helper()
	c, err := github.New(github.Options{
		Token: secret.New(token), URL: s.URL(), UserAgent: "regent/test", Network: network(t),
		Waits: []time.Duration{time.Millisecond, time.Millisecond, time.Millisecond},
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// network keeps no connection beyond its test.
func network(t *testing.T) http.RoundTripper {
	t.Helper()
	n := &http.Transport{}
	t.Cleanup(n.CloseIdleConnections)
	return n
}

// operations lists what the server was asked, and empties its list.
func (p *place) operations() []string {
	var out []string
	for _, r := range p.Requests() {
		out = append(out, r.Operation)
	}
	p.Forget()
	return out
}

func (p *place) expect(t *testing.T, want ...string) {
	t.Helper()
	if got := p.operations(); !slices.Equal(got, want) {
		t.Errorf("the requests were %v, want %v", got, want)
	}
}

// silent fails when an error's text holds the token or an address.
func (p *place) silent(t *testing.T, err error) {
	t.Helper()
	if err != nil && (strings.Contains(err.Error(), p.token) || strings.Contains(err.Error(), "127.0.0.1") || strings.Contains(err.Error(), "://")) {
		t.Errorf("the error holds the token or an address: %v", err)
	}
}

func decimal(id int64) string { return strconv.FormatInt(id, 10) }

// labelPull gives a pull request the label and the hidden key of a drift issue, as GitHub's API for issues can.
func (p *place) labelPull(t *testing.T, number int) {
	t.Helper()
	body := fmt.Sprintf(`{"body":%q,"labels":[%q]}`, driftKey, github.DriftLabel)
	url := fmt.Sprintf("%s/repos/%s/issues/%d", p.URL(), p.Repository(), number)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPatch, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+p.token)
	resp, err := (&http.Client{Transport: network(t)}).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("labelling a pull request: %s", resp.Status)
	}
	p.Forget()
}
