package emulator

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// maxBody is the largest request body, as documented for AK/SK requests.
const maxBody = 12 << 20

// serveAPI takes one API request from routing to its answer.
func (s *Server) serveAPI(w http.ResponseWriter, r *http.Request) {
	c, refusal := s.newCall(w, r)
	finish := s.log.add(Request{
		Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery,
		Operation: c.opName(), RequestID: c.id,
	})
	if !wait(r.Context(), s.latency) {
		return
	}
	s.answer(w, c, refusal, finish)
}

// newCall reads and routes a request. The error, if any, is the answer.
func (s *Server) newCall(w http.ResponseWriter, r *http.Request) (*call, error) {
	c := &call{r: r, id: newRequestID(r), now: s.clock(), switches: s.currentSwitches(), issuer: &s.identity}
	var err error
	c.body, err = io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return c, c.gatewayError(http.StatusRequestEntityTooLarge, "0201", "Request entity too large")
	case err != nil:
		return c, c.gatewayError(http.StatusBadRequest, "0106", "The request body could not be read")
	}
	if _, err := url.ParseQuery(r.URL.RawQuery); err != nil {
		if r.URL.Path == "/" {
			return c, invalidParameter("query")
		}
		return c, c.gatewayError(http.StatusBadRequest, "0106", "The query string cannot be parsed")
	}
	if r.URL.Path == "/" {
		return c, s.routeAlibaba(c)
	}
	c.op, c.vars = s.router.find(r)
	if c.op == nil {
		return c, c.gatewayError(http.StatusNotFound, "0101", "The API does not exist or has not been published in the environment")
	}
	return c, nil
}

func (c *call) opName() string {
	if c.op == nil {
		return ""
	}
	return c.op.name
}

// execute authenticates, throttles and runs a call.
func (s *Server) execute(c *call) (reply, error) {
	if err := s.authenticate(c); err != nil {
		return reply{}, err
	}
	if err := s.limit(c); err != nil {
		return reply{}, err
	}
	return s.run(c)
}

// run executes a call that has been let in, and saves what it changed.
func (s *Server) run(c *call) (reply, error) {
	rep, revision, err := s.handle(c)
	if err != nil || !c.op.write {
		return rep, err
	}
	return rep, s.saver.save(s, revision)
}

// handle runs the handler while nothing else does, and returns the revision of
// the state its change made.
func (s *Server) handle(c *call) (reply, uint64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.discard {
		before := s.store.clone()
		defer func() { s.store = before }()
	}
	rep, err := c.op.handle(c, &s.store)
	if err == nil && c.op.write {
		s.store.revision++
	}
	return rep, s.store.revision, err
}

// newRequestID makes a request ID in the shape of the vendor that is asked.
func newRequestID(r *http.Request) string {
	if r.URL.Path == "/" {
		return strings.ToUpper(randomUUID())
	}
	return randomHex(16)
}

// write sends a rendered answer. Errors mean that the client has gone.
func (out rendered) write(w http.ResponseWriter) {
	for name, values := range out.header {
		w.Header()[name] = values
	}
	w.WriteHeader(out.status)
	_, _ = w.Write(out.body) // an error means that nobody is left to tell
}
