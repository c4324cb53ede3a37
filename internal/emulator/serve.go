package emulator

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// maxBody is the largest request body, as documented for AK/SK requests.
const maxBody = 12 << 20

// serveAPI takes one API request from routing to its answer.
func (s *Server) serveAPI(w http.ResponseWriter, r *http.Request) {
	c, refusal := s.newCall(w, r)
	name, id := c.subject()
	c.logged = s.log.add(Request{
		Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery,
		Operation: c.opName(), Name: name, ID: id, RequestID: c.id,
	})
	if !wait(r.Context(), s.latency) {
		return
	}
	s.answer(w, c, refusal, c.logged.finish)
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
	switch {
	case c.op.lists():
		rep, err := c.op.handle(c, s.listed())
		return rep, s.store.revision, err
	case c.op.write && c.copies():
		return s.handleSpoilt(c)
	}
	rep, err := c.op.handle(c, &s.store)
	if err == nil && c.op.write {
		s.store.revision++
		c.logged.note(func(r *Request) { r.Executed++ })
	}
	return rep, s.store.revision, err
}

// handleSpoilt runs the handler for a fault that changes what comes of it.
func (s *Server) handleSpoilt(c *call) (reply, uint64, error) {
	before := s.store.clone()
	rep, err := c.op.handle(c, &s.store)
	if c.fault.Kind == FaultIgnore {
		s.store = before
		return rep, s.store.revision, err
	}
	if err == nil && c.fault.Kind == FaultIgnoreField {
		err = s.keepField(&before, c.fault.Field)
	}
	if err != nil {
		return rep, s.store.revision, err
	}
	if c.fault.StaleMillis > 0 {
		s.conceal(&before, time.Duration(c.fault.StaleMillis)*time.Millisecond)
	}
	s.store.revision++
	c.logged.note(func(r *Request) { r.Executed++ })
	return rep, s.store.revision, nil
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
