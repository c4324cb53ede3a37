package githubtest

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// maxBody is more than any valid request holds. GitHub takes bodies of some megabytes before it looks at them.
const maxBody = 8 << 20

// call is one request on its way.
type call struct {
	r     *http.Request
	path  string // below the prefix
	body  []byte
	op    *operation // nil for what is not served
	vars  map[string]string
	token *token // nil without a valid one
	used  int
	id    string
}

// docs is the page that a refusal of this request names.
func (c *call) docs() string {
	if c.op == nil {
		return "https://docs.github.com/rest"
	}
	return "https://docs.github.com/rest/" + c.op.docs
}

// version is the API version that the request asks for.
func (c *call) version() string {
	if asked := c.r.Header.Get("X-GitHub-Api-Version"); slices.Contains(versions, asked) {
		return asked
	}
	return versions[0]
}

// versions are those of the REST API; the first one is what a request without the header gets.
var versions = []string{"2022-11-28", "2026-03-10"}

// number reads a number of the path.
func (c *call) number(name string) (int64, *problem) {
	n, err := strconv.ParseInt(c.vars[name], 10, 64)
	if err != nil || n <= 0 {
		return 0, notFound()
	}
	return n, nil
}

// serve answers a request.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	c := &call{r: r, body: body, path: r.URL.EscapedPath()}
	if c.path == s.graphqlPath() && r.Method == http.MethodPost {
		c.op = graphqlOperation
	} else if below, ok := strings.CutPrefix(c.path, s.o.Prefix+"/"); ok {
		c.path = "/" + below
		c.op, c.vars = route(r.Method, c.path)
	}
	entry, fault := s.begin(c)
	switch {
	case err != nil || len(body) > maxBody:
		s.answer(w, c, entry, (&problem{status: http.StatusRequestEntityTooLarge, message: "Payload too big"}).reply(c))
	case fault != nil:
		s.spoil(w, c, entry, *fault)
	default:
		s.answer(w, c, entry, s.execute(c))
	}
}

// begin records a request, counts it against its token's budget, and takes the fault that is set for it.
func (s *Server) begin(c *call) (*Request, *Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.served++
	c.id = fmt.Sprintf("%04X:%06X:%X:%X:%X", 0x6008+s.served%0x1000, 0x1fd60a, 0x960d0f+s.served, 0x28ba475, s.now().Unix())
	c.token, _ = s.identify(c.r)
	entry := &Request{Method: c.r.Method, Path: c.path, Query: c.r.URL.RawQuery, Body: c.body}
	if c.op != nil {
		entry.Operation = c.op.name
	}
	if c.token != nil {
		entry.Login = c.token.login
		c.token.used++
		c.used = c.token.used
	}
	s.log = append(s.log, entry)
	return entry, s.take(c)
}

// answer notes the status of an answer and sends it.
func (s *Server) answer(w http.ResponseWriter, c *call, entry *Request, out reply) {
	s.mu.Lock()
	entry.Status = out.status
	s.mu.Unlock()
	s.write(w, c, out)
}

// execute carries out a request, or says why not.
func (s *Server) execute(c *call) reply {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.r.Header.Get("User-Agent") == "" {
		return reply{
			status: http.StatusForbidden, ctype: "text/html",
			raw: []byte("\r\nRequest forbidden by administrative rules. Please make sure your request has a User-Agent header " +
				"(https://docs.github.com/en/rest/overview/resources-in-the-rest-api#user-agent-required). " +
				"Check https://developer.github.com for other possible causes.\r\n"),
		}
	}
	if refused := s.admit(c); refused != nil {
		return refused.reply(c)
	}
	out, refused := c.op.run(s, c)
	if refused != nil {
		return refused.reply(c)
	}
	return out
}

// admit decides whether a request gets as far as its handler.
func (s *Server) admit(c *call) *problem {
	if _, refused := s.identify(c.r); refused != nil {
		if refused.message == "Bad credentials" {
			refused.docs = "https://docs.github.com/rest"
		}
		return refused
	}
	if asked := c.r.Header.Get("X-GitHub-Api-Version"); asked != "" && !slices.Contains(versions, asked) {
		return &problem{
			status: http.StatusBadRequest, message: fmt.Sprintf("%q is not a supported version.", asked),
			docs: "https://docs.github.com/rest/overview/api-versions",
		}
	}
	if refused := acceptable(c.r.Header.Values("Accept")); refused != nil {
		return refused
	}
	if c.used > s.o.RateLimit {
		return c.exhausted(http.StatusForbidden)
	}
	if c.op == nil || !s.here(c.vars) {
		return notFound()
	}
	if c.op.name == OpGraphQL {
		return nil // each field asks for its own
	}
	return s.permit(c, c.op.needs)
}

// permit refuses a token that has none of the permissions, each of which would do.
func (s *Server) permit(c *call, needs []string) *problem {
	if c.token.allows(needs) || s.o.Public && !c.op.writes() {
		return nil
	}
	return &problem{status: http.StatusForbidden, message: c.token.refusal()}
}

// here tells whether a path is below the repository, by name or by ID. Letter case does not tell names apart.
func (s *Server) here(vars map[string]string) bool {
	if vars == nil {
		return true // GraphQL names the repository in its query
	}
	if id, byID := vars["repository"]; byID {
		return id == strconv.FormatInt(s.repositoryID(), 10)
	}
	return strings.EqualFold(vars["owner"], s.owner) && strings.EqualFold(vars["repo"], s.name)
}

// acceptable refuses media types that are not JSON, and those forms of JSON that only GitHub can render.
func acceptable(headers []string) *problem {
	asked := strings.Join(headers, ", ")
	if asked == "" {
		return nil
	}
	for _, part := range strings.Split(asked, ",") {
		kind, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(part)), ";")
		for _, form := range []string{"raw", "text", "html", "full", "diff", "patch"} {
			if strings.HasPrefix(kind, "application/vnd.github.") && slices.Contains(strings.FieldsFunc(kind, isMark), form) {
				return unserved("the media type " + kind)
			}
		}
		switch {
		case kind == "*/*", kind == "application/*", kind == "application/json", strings.HasPrefix(kind, "application/vnd.github"):
			return nil
		}
	}
	return &problem{
		status: http.StatusUnsupportedMediaType, docs: "https://docs.github.com/v3/media",
		message: fmt.Sprintf("Unsupported 'Accept' header: '%s'. Must accept 'application/json'.", asked),
	}
}

func isMark(r rune) bool { return r == '.' || r == '+' }
