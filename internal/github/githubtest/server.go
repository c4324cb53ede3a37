package githubtest

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// Options configures [New]. The zero value is a private repository on github.com.
type Options struct {
	// Repository is the one repository that exists, as owner/name. Empty means octo-org/registries, which is also the
	// repository of the payloads of [Event].
	Repository string
	// DefaultBranch is the default branch of the repository. Empty means main.
	DefaultBranch string
	// Prefix comes before every path of the API. "/api/v3" makes the server one of GitHub Enterprise; empty is the form
	// of github.com.
	Prefix string
	// Public lets every valid token read, whatever its permissions, as GitHub does in public repositories.
	Public bool
	// NoIssues switches the issues of the repository off, as GitHub does for new forks. Pull requests and their
	// comments stay.
	NoIssues bool
	// CRLF stores the line ends of all bodies as CR LF, which is how the forms of the web page send them. Without it a
	// body is stored as it came.
	CRLF bool
	// RateLimit is how many requests each token has before the primary rate limit is reached. 0 means 5000.
	RateLimit int
	// Clock tells the time; nil means time.Now. GitHub keeps whole seconds, and so does the server.
	Clock func() time.Time
}

// Server is GitHub's API for one repository. All its methods may be called while it serves.
type Server struct {
	t       testing.TB
	o       Options
	owner   string
	name    string
	api     *httptest.Server
	other   *httptest.Server // where a redirect without a place of its own leads
	closing chan struct{}    // closed when the test ends; what waits stops waiting
	started time.Time

	mu     sync.Mutex // guards what follows
	state  state
	tokens map[string]*token
	faults []*pending
	log    []*Request
	lag    int
	served int
}

// New starts a server that ends with the test.
func New(t testing.TB, o Options) *Server {
	t.Helper()
	if o.Repository == "" {
		o.Repository = "octo-org/registries"
	}
	if o.DefaultBranch == "" {
		o.DefaultBranch = "main"
	}
	if o.RateLimit == 0 {
		o.RateLimit = 5000
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	owner, name, ok := strings.Cut(o.Repository, "/")
	if !ok || owner == "" || name == "" || strings.Contains(name, "/") {
		t.Fatalf("githubtest: %q is not owner/name", o.Repository)
	}
	if o.Prefix != "" && (!strings.HasPrefix(o.Prefix, "/") || strings.HasSuffix(o.Prefix, "/")) {
		t.Fatalf("githubtest: the prefix %q must begin with a slash and not end with one", o.Prefix)
	}
	s := &Server{
		t: t, o: o, owner: owner, name: name, closing: make(chan struct{}), started: o.Clock(),
		state: newState(), tokens: map[string]*token{},
	}
	s.api = httptest.NewServer(http.HandlerFunc(s.serve))
	s.other = httptest.NewServer(http.HandlerFunc(s.serveElsewhere))
	t.Cleanup(func() {
		close(s.closing)
		for _, listener := range []*httptest.Server{s.api, s.other} {
			listener.CloseClientConnections() // a client that outlives its test must not hold the test up
			listener.Close()
		}
	})
	return s
}

// URL is the address of the API, for GITHUB_API_URL. It has no slash at its end.
func (s *Server) URL() string { return s.api.URL + s.o.Prefix }

// GraphQLURL is the address of the GraphQL API, for GITHUB_GRAPHQL_URL.
func (s *Server) GraphQLURL() string { return s.api.URL + s.graphqlPath() }

// WebURL is the address of the web pages that answers link to, for GITHUB_SERVER_URL. The pages are not served.
func (s *Server) WebURL() string {
	if s.o.Prefix == "" {
		return webURL
	}
	return s.api.URL // GitHub Enterprise has pages and API on one host
}

// Repository is the repository's owner/name.
func (s *Server) Repository() string { return s.o.Repository }

// DefaultBranch is the name of the repository's default branch.
func (s *Server) DefaultBranch() string { return s.o.DefaultBranch }

// otherURL is the root of a server on another host that answers 404 to everything. The name differs from that of the
// API, so that a client which compares hosts without ports sees another host too.
func (s *Server) otherURL() string {
	u, err := url.Parse(s.other.URL)
	if err != nil {
		panic(err) // httptest made it
	}
	u.Host = "localhost:" + u.Port()
	return u.String()
}

// now is the time as GitHub writes it down.
func (s *Server) now() time.Time { return s.o.Clock().UTC().Truncate(time.Second) }

// wait blocks for d and tells whether all of d passed; it ends with the client and with the test.
func (s *Server) wait(r *http.Request, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.Context().Done():
	case <-s.closing:
	}
	return false
}
