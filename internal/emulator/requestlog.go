package emulator

import (
	"slices"
	"sync"
)

// Request is one served API request, as the control API reports it. Status is
// 0 while the answer is under way and for connections dropped without one.
// Operation is empty when no route matched. Control requests are not recorded.
type Request struct {
	Method    string `json:"method"`
	Path      string `json:"path"`
	Query     string `json:"query,omitempty"`
	Operation string `json:"operation"`
	Status    int    `json:"status"`
	RequestID string `json:"request_id"`
}

// requestLog records requests in the order they were routed.
type requestLog struct {
	mu      sync.Mutex
	entries []*Request
}

// add appends an entry and returns a function that fills in its status.
func (l *requestLog) add(entry Request) func(status int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	kept := &entry
	l.entries = append(l.entries, kept)
	return func(status int) {
		l.mu.Lock()
		defer l.mu.Unlock()
		kept.Status = status
	}
}

// Requests returns the API requests served so far, in the order they were
// routed.
func (s *Server) Requests() []Request {
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	out := make([]Request, 0, len(s.log.entries))
	for _, entry := range s.log.entries {
		out = append(out, *entry)
	}
	return slices.Clip(out)
}

// ClearRequests empties the request log. Requests under way are forgotten too.
func (s *Server) ClearRequests() {
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	s.log.entries = nil
}
