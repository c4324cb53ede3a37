package githubtest_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-github/v88/github"

	"regent/internal/github/githubtest"
)

const (
	owner = "octo-org"
	repo  = "registries"
	bot   = "github-actions[bot]"
)

// all is what the workflows of the documentation grant.
func all() map[string]string {
	return map[string]string{"contents": "read", "issues": "write", "pull-requests": "write"}
}

// client gives GitHub's Go client on the server.
func client(t *testing.T, s *githubtest.Server, token string) *github.Client {
	t.Helper()
	base := s.URL() + "/"
	c, err := github.NewClient(github.WithAuthToken(token), github.WithURLs(&base, &base), github.WithDisableRateLimitCheck())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// answer is what came back for a raw request.
type answer struct {
	status int
	header http.Header
	body   string
}

// message gives the message of a refusal.
func (a answer) message(t *testing.T) string {
	t.Helper()
	var out struct{ Message string }
	if err := json.Unmarshal([]byte(a.body), &out); err != nil {
		t.Fatalf("%s: %v", a.body, err)
	}
	return out.Message
}

// send makes a raw request, with the headers that every client sends unless edits change them.
func send(t *testing.T, s *githubtest.Server, token, method, path, body string, edits ...func(*http.Request)) (answer, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, s.URL()+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("User-Agent", "githubtest")
	r.Header.Set("Authorization", "Bearer "+token)
	for _, edit := range edits {
		edit(r)
	}
	response, err := (&http.Transport{}).RoundTrip(r)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	return answer{response.StatusCode, response.Header, string(raw)}, err
}

// get is a raw request that must be answered.
func get(t *testing.T, s *githubtest.Server, token, path string) answer {
	t.Helper()
	out, err := send(t, s, token, http.MethodGet, path, "")
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// refused gives GitHub's error, which a call must have ended with.
func refused(t *testing.T, err error) *github.ErrorResponse {
	t.Helper()
	var out *github.ErrorResponse
	if !errors.As(err, &out) {
		t.Fatalf("want a refusal, got %v", err)
	}
	return out
}

// same compares JSON texts without their spaces.
func same(t *testing.T, got, want string) {
	t.Helper()
	var compact bytes.Buffer
	if err := json.Compact(&compact, []byte(want)); err != nil {
		t.Fatal(err)
	}
	if got != compact.String() {
		t.Errorf("got  %s\nwant %s", got, compact.String())
	}
}

// must ends the test on an error.
func must[T any](t *testing.T) func(T, *github.Response, error) T {
	return func(value T, _ *github.Response, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}
