package githubtest

import (
	"crypto/rand"
	"net/http"
	"slices"
	"strings"
)

// token is who asks and what they may do.
type token struct {
	login  string
	grants map[string]string // permission to read or write; metadata is always there
	used   int               // requests counted against the rate limit
}

// known lists the permissions a workflow can give its token (docs.github.com/actions, workflow syntax).
var known = []string{
	"actions", "artifact_metadata", "attestations", "checks", "contents", "deployments", "discussions", "id_token", "issues",
	"metadata", "models", "packages", "pages", "pull_requests", "repository_projects", "security_events", "statuses",
}

// Token makes a token. The login is that of whoever writes with it: "github-actions[bot]" for the token of a job,
// another name with [bot] at its end for an app, any other for a person with a fine-grained token. Permissions have the
// names and values of a workflow's permissions block ("pull-requests": "write"); what is not named is not granted.
//
// Whether a person may set labels hangs on push access, which is "contents": "write" here.
func (s *Server) Token(login string, permissions map[string]string) string {
	s.t.Helper()
	grants := map[string]string{"metadata": "read"}
	for name, value := range permissions {
		name = strings.ReplaceAll(name, "-", "_")
		if !slices.Contains(known, name) {
			s.t.Fatalf("githubtest: %q is not a permission; they are %s", name, strings.Join(known, ", "))
		}
		if !slices.Contains([]string{"none", "read", "write"}, value) {
			s.t.Fatalf("githubtest: %s: %q is not none, read or write", name, value)
		}
		grants[name] = value
	}
	secret := "github_pat_" + random(22) + "_" + random(59)
	if isBot(login) {
		secret = "ghs_" + random(36)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokens[secret] = &token{login: login, grants: grants}
	return secret
}

// Revoke makes a token invalid, as the end of a job does.
func (s *Server) Revoke(secret string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.tokens, secret)
}

// random gives n letters and digits that nobody can guess and no test meets twice.
func random(n int) string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	out := make([]byte, n)
	if _, err := rand.Read(out); err != nil {
		panic(err) // documented never to happen
	}
	for i := range out {
		out[i] = letters[int(out[i])%len(letters)]
	}
	return string(out)
}

func isBot(login string) bool { return strings.HasSuffix(login, "[bot]") }

// allows tells whether one of the alternatives, each "permission=access", is granted.
func (t *token) allows(alternatives []string) bool {
	return slices.ContainsFunc(alternatives, func(need string) bool {
		name, access, _ := strings.Cut(need, "=")
		have := t.grants[name]
		return have == "write" || have == access
	})
}

// pushes tells whether the token's labels are kept. An app needs no more than the permission for the request itself.
func (t *token) pushes() bool { return isBot(t.login) || t.grants["contents"] == "write" }

// refusal is what GitHub says to a token that lacks a permission.
func (t *token) refusal() string {
	if isBot(t.login) {
		return "Resource not accessible by integration"
	}
	return "Resource not accessible by personal access token"
}

// identify finds the token of a request. Without one GitHub hides private repositories behind 404; here the answer is
// 401 as for writes to public ones, which tells a test more.
func (s *Server) identify(r *http.Request) (*token, *problem) {
	header := r.Header.Get("Authorization")
	if header == "" {
		return nil, &problem{status: http.StatusUnauthorized, message: "Requires authentication"}
	}
	scheme, secret, _ := strings.Cut(header, " ")
	if strings.EqualFold(scheme, "Bearer") || strings.EqualFold(scheme, "token") {
		if found := s.tokens[strings.TrimSpace(secret)]; found != nil {
			return found, nil
		}
	}
	return nil, &problem{status: http.StatusUnauthorized, message: "Bad credentials"}
}
