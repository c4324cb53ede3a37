package emulator

import (
	"cmp"
	"encoding/json"
	"net"
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
	// Name is that of the entry a create is about (SAS: type/region/host:port),
	// ID the identifier of the entry another request is about.
	Name string `json:"name,omitempty"`
	ID   string `json:"id,omitempty"`
	// Fault is the kind of the fault that hit the request.
	Fault string `json:"fault,omitempty"`
	// Executed is how often a write was carried out, whatever was answered.
	Executed  int    `json:"executed,omitempty"`
	Status    int    `json:"status"`
	RequestID string `json:"request_id"`
}

// requestLog records requests in the order they were routed.
type requestLog struct {
	mu      sync.Mutex
	entries []*logged
}

// logged is one entry of the log, while more becomes known about its request.
type logged struct {
	log   *requestLog
	entry Request
}

// add appends an entry.
func (l *requestLog) add(entry Request) *logged {
	l.mu.Lock()
	defer l.mu.Unlock()
	kept := &logged{log: l, entry: entry}
	l.entries = append(l.entries, kept)
	return kept
}

// note writes down something about the request.
func (e *logged) note(change func(*Request)) {
	e.log.mu.Lock()
	defer e.log.mu.Unlock()
	change(&e.entry)
}

// finish writes down the status of the answer.
func (e *logged) finish(status int) { e.note(func(r *Request) { r.Status = status }) }

// subject tells which entry a request is about, as far as it says so itself.
func (c *call) subject() (name, id string) {
	if c.op == nil {
		return "", ""
	}
	if c.op.style == styleAlibaba {
		if c.op.name == "AddPrivateRegistry" {
			get := c.params.Get
			name = get("RegistryType") + "/" + get("RegistryRegionId") + "/" + net.JoinHostPort(get("DomainName"), get("Port"))
		}
		return name, cmp.Or(c.params.Get("Id"), c.params.Get("RegistryId"))
	}
	if c.op.name == "AddRegistry" || c.op.name == "CreateInstanceRegistry" {
		var body struct {
			HSS string `json:"registry_name"`
			SWR string `json:"name"`
		}
		if err := json.Unmarshal(c.body, &body); err != nil {
			return "", "" // the answer says what is wrong with it
		}
		name = cmp.Or(body.HSS, body.SWR)
	}
	return name, cmp.Or(c.vars["id"], c.vars["registry_id"])
}

// Requests returns the API requests served so far, in the order they were
// routed.
func (s *Server) Requests() []Request {
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	out := make([]Request, 0, len(s.log.entries))
	for _, entry := range s.log.entries {
		out = append(out, entry.entry)
	}
	return slices.Clip(out)
}

// ClearRequests empties the request log. Requests under way are forgotten too.
func (s *Server) ClearRequests() {
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	s.log.entries = nil
}
