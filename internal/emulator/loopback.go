package emulator

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"regent/internal/crash"
)

// shutdownGrace is how long answers under way may take once Start's context has ended.
const shutdownGrace = 5 * time.Second

// Start listens on addr ("127.0.0.1:0" picks a free port) and serves until ctx ends. It returns the base URL, without a
// trailing slash, and a function that blocks until serving has ended and returns what went wrong, if anything. Addresses
// other than loopback are refused: the emulator hands out its state, secrets included, to whoever reaches it.
func (s *Server) Start(ctx context.Context, addr string) (baseURL string, wait func() error, err error) {
	if host, _, err := net.SplitHostPort(addr); err != nil {
		return "", nil, fmt.Errorf("emulator: %w", err)
	} else if !isLoopbackHost(host) {
		return "", nil, fmt.Errorf("emulator: %q is not a loopback address; use 127.0.0.1, [::1] or localhost", addr)
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return "", nil, fmt.Errorf("emulator: %w", err)
	}
	if tcp, isTCP := listener.Addr().(*net.TCPAddr); !isTCP || !tcp.IP.IsLoopback() {
		return "", nil, errors.Join(fmt.Errorf("emulator: %s is not a loopback address", listener.Addr()), listener.Close())
	}
	server := &http.Server{
		Handler:           s,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		// Requests keep their own context, so that answers under way survive the end of ctx for the grace period.
		BaseContext: func(net.Listener) context.Context { return context.WithoutCancel(ctx) },
	}
	closeUnused(server)
	served, ended := make(chan error, 1), make(chan error, 1)
	go func() { served <- crash.Guard(func() error { return server.Serve(listener) }) }()
	go func() { ended <- crash.Guard(func() error { return serveUntil(ctx, server, served) }) }()
	return "http://" + listener.Addr().String(), sync.OnceValue(func() error { return <-ended }), nil
}

// closeUnused has a shutdown close the connections that have not asked anything yet. Clients open some that they then do
// not need, and a shutdown waits seconds for each.
func closeUnused(server *http.Server) {
	var mu sync.Mutex
	closing, unused := false, map[net.Conn]bool{}
	server.ConnState = func(c net.Conn, state http.ConnState) {
		mu.Lock()
		defer mu.Unlock()
		if delete(unused, c); state == http.StateNew && closing {
			_ = c.Close() // nothing was sent on it
		} else if state == http.StateNew {
			unused[c] = true
		}
	}
	server.RegisterOnShutdown(func() {
		mu.Lock()
		defer mu.Unlock()
		closing = true
		for c := range unused {
			_ = c.Close() // nothing was sent on it
		}
	})
}

// serveUntil waits for ctx or a failed listener, then stops the server.
func serveUntil(ctx context.Context, server *http.Server, served <-chan error) error {
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownGrace)
	defer cancel()
	if err := server.Shutdown(grace); err != nil {
		return errors.Join(err, server.Close())
	}
	if err := <-served; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// isLoopbackHost tells whether a bare host (no port) names this machine only.
func isLoopbackHost(host string) bool {
	return host == "localhost" || net.ParseIP(host).IsLoopback()
}

const controlPrefix = "/_emulator/"

// maxControlBody bounds a state sent by PUT; it is larger than any API body.
const maxControlBody = 256 << 20

// serveControl answers the control API. It is unsigned and returns secrets, so it is for this machine only: the peer and
// the Host header must be loopback, and a request a browser page made (it carries Origin) is refused. The last two defeat a
// web page that points its own name at 127.0.0.1.
func (s *Server) serveControl(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxControlBody))
	status, answer := http.StatusBadRequest, any(nil)
	if !isLocalRequest(r) {
		status, err = http.StatusForbidden, errors.New("the control API is for loopback only")
	} else if err == nil {
		answer, err = s.control(r.Method, strings.TrimPrefix(r.URL.Path, controlPrefix), body)
	}
	switch {
	case errors.Is(err, errNoSuchControl):
		status = http.StatusNotFound
	case err == nil && answer == nil:
		w.WriteHeader(http.StatusNoContent)
		return
	case err == nil:
		status = http.StatusOK
	}
	if err != nil {
		answer = map[string]string{"error": err.Error()}
	}
	data, err := json.Marshal(answer)
	if err != nil {
		status, data = http.StatusInternalServerError, []byte(`{"error":"the answer cannot be written as JSON"}`)
	}
	w.Header().Set("Content-Type", jsonType)
	w.WriteHeader(status)
	_, _ = w.Write(data) // an error means that the client has gone
}

var errNoSuchControl = errors.New("no such control; see docs/emulator.md")

// control runs one control command. A nil answer with a nil error is a 204.
func (s *Server) control(method, name string, body []byte) (any, error) {
	switch method + " " + name {
	case "GET state":
		return s.State(), nil
	case "PUT state":
		state, err := ReadState(bytes.NewReader(body))
		if err != nil {
			return nil, err
		}
		return nil, s.SetState(state)
	case "GET requests":
		return s.Requests(), nil
	case "DELETE requests":
		s.ClearRequests()
		return nil, nil
	case "GET faults":
		return map[string][]FaultState{"faults": s.Faults()}, nil
	case "PUT faults":
		var wrapped struct {
			Faults []Fault `json:"faults"`
		}
		into := any(&wrapped)
		if bytes.HasPrefix(bytes.TrimSpace(body), []byte("[")) { // the bare list will do
			into = &wrapped.Faults
		}
		if err := decodeStrict(body, into); err != nil {
			return nil, err
		}
		return nil, s.SetFaults(wrapped.Faults)
	case "GET switches":
		return s.switches.current(), nil
	case "PUT switches":
		var changes map[string]string
		if err := decodeStrict(body, &changes); err != nil {
			return nil, err
		}
		return nil, s.switches.change(changes)
	default:
		return nil, errNoSuchControl
	}
}

// decodeStrict reads exactly one JSON document without unknown keys.
func decodeStrict(data []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the JSON document")
	}
	return nil
}

func isLocalRequest(r *http.Request) bool {
	peer, _, peerErr := net.SplitHostPort(r.RemoteAddr)
	host, err := url.Parse("//" + r.Host)
	return peerErr == nil && err == nil && isLoopbackHost(peer) && isLoopbackHost(host.Hostname()) && r.Header.Get("Origin") == ""
}

// Request is one served API request, as the control API reports it. Control requests are not recorded.
type Request struct {
	Method    string `json:"method"`
	Path      string `json:"path"`
	Query     string `json:"query,omitempty"`
	Operation string `json:"operation"`          // empty when no route matched
	Name      string `json:"name,omitempty"`     // of the entry a create is about (SAS: type/region/host:port)
	ID        string `json:"id,omitempty"`       // of the entry another request is about
	Fault     string `json:"fault,omitempty"`    // the kind of the fault that hit the request
	Executed  int    `json:"executed,omitempty"` // how often a write was carried out, whatever was answered
	Status    int    `json:"status"`             // 0 while the answer is under way, and for connections dropped without one
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

// add appends an entry for a call.
func (l *requestLog) add(c *call) *logged {
	kept := &logged{l, Request{Method: c.r.Method, Path: c.r.URL.Path, Query: c.r.URL.RawQuery, RequestID: c.id}}
	if c.op != nil {
		kept.entry.Operation = c.op.name
		kept.entry.Name, kept.entry.ID = c.subject()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.entries = append(l.entries, kept)
	return kept
}

// note writes down something about the request.
func (e *logged) note(change func(*Request)) {
	e.log.mu.Lock()
	defer e.log.mu.Unlock()
	change(&e.entry)
}

// subject tells which entry a request is about, as far as it says so itself.
func (c *call) subject() (name, id string) {
	get := c.params.Get
	if c.op.does == adds && c.op.method == "" {
		name = get("RegistryType") + "/" + get("RegistryRegionId") + "/" + net.JoinHostPort(get("DomainName"), get("Port"))
	} else if c.op.does == adds {
		body := map[string]any{}
		_ = json.Unmarshal(c.body, &body) // the answer says what is wrong with it
		name = cmp.Or(values(body).text("registry_name"), values(body).text("name"))
	}
	return name, cmp.Or(c.vars["id"], c.vars["registry_id"], get("Id"), get("RegistryId"))
}

// Requests returns the API requests served so far, in the order they were routed.
func (s *Server) Requests() []Request {
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	out := make([]Request, len(s.log.entries))
	for i, entry := range s.log.entries {
		out[i] = entry.entry
	}
	return out
}

// ClearRequests empties the request log. Requests under way are forgotten too.
func (s *Server) ClearRequests() {
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	s.log.entries = nil
}
