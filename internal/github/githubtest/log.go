package githubtest

import (
	"bytes"
	"net/http"
)

// Request is a request as a test sees it.
type Request struct {
	Method string
	// Path is the path below the prefix, as it was sent.
	Path string
	// Query is the query as it was sent, without the question mark.
	Query string
	// Operation is one of the Op constants. It is empty for what the server does not serve: such a request got 404, and
	// a test that counts requests sees it.
	Operation string
	// Status is the status of the answer. It is 0 for a connection that was cut.
	Status int
	// Login is whose token came with the request; empty without a valid one.
	Login string
	// Body is the body as it was sent.
	Body []byte
}

// Requests lists the requests so far in the order in which they came. Those under way are among them, with status 0.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Request, 0, len(s.log))
	for _, entry := range s.log {
		kept := *entry
		kept.Body = bytes.Clone(entry.Body)
		out = append(out, kept)
	}
	return out
}

// Forget empties the list of requests.
func (s *Server) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = nil
}

// serveElsewhere answers what followed a redirect to another host, and records whether a token was brought along.
func (s *Server) serveElsewhere(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	entry := &Request{
		Method: r.Method, Path: r.URL.EscapedPath(), Query: r.URL.RawQuery, Operation: OpElsewhere, Status: http.StatusNotFound,
	}
	if found, _ := s.identify(r); found != nil {
		entry.Login = found.login
	}
	s.log = append(s.log, entry)
	s.mu.Unlock()
	http.NotFound(w, r)
}
