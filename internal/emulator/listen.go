package emulator

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"regent/internal/crash"
)

// shutdownGrace is how long answers under way may take once Start's context
// has ended.
const shutdownGrace = 5 * time.Second

// Start listens on addr ("127.0.0.1:0" picks a free port) and serves until ctx
// ends. It returns the base URL, without a trailing slash, and a function that
// blocks until serving has ended and returns what went wrong, if anything.
// Addresses other than loopback are refused: the emulator hands out its state,
// secrets included, to whoever reaches it.
func (s *Server) Start(ctx context.Context, addr string) (baseURL string, wait func() error, err error) {
	if err := checkLoopback(addr); err != nil {
		return "", nil, err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return "", nil, fmt.Errorf("emulator: %w", err)
	}
	if tcp, isTCP := listener.Addr().(*net.TCPAddr); !isTCP || !tcp.IP.IsLoopback() {
		return "", nil, errors.Join(
			fmt.Errorf("emulator: %s is not a loopback address", listener.Addr()),
			listener.Close(),
		)
	}
	server := &http.Server{
		Handler:           s,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		// Requests keep their own context, so that answers under way survive
		// the end of ctx for the grace period.
		BaseContext: func(net.Listener) context.Context { return context.WithoutCancel(ctx) },
	}
	unused := &unusedConns{open: map[net.Conn]bool{}}
	server.ConnState = unused.track
	server.RegisterOnShutdown(unused.close)
	served := make(chan error, 1)
	go func() { served <- crash.Guard(func() error { return server.Serve(listener) }) }()
	done := make(chan struct{})
	var result error
	go func() {
		defer close(done)
		defer crash.Caught(&result)
		result = serveUntil(ctx, server, served)
	}()
	return "http://" + listener.Addr().String(), func() error { <-done; return result }, nil
}

// unusedConns are the connections that have not asked anything yet. Clients
// open some that they then do not need, and a shutdown waits seconds for each.
type unusedConns struct {
	mu      sync.Mutex
	open    map[net.Conn]bool
	closing bool
}

func (u *unusedConns) track(c net.Conn, state http.ConnState) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if state != http.StateNew {
		delete(u.open, c)
		return
	}
	u.open[c] = true
	if u.closing {
		_ = c.Close() // nothing was sent on it
	}
}

func (u *unusedConns) close() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.closing = true
	for c := range u.open {
		_ = c.Close() // nothing was sent on it
	}
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

// checkLoopback refuses an address before anything listens on it.
func checkLoopback(addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("emulator: %w", err)
	}
	if isLoopbackHost(host) {
		return nil
	}
	return fmt.Errorf("emulator: %q is not a loopback address; use 127.0.0.1, [::1] or localhost", addr)
}

// isLoopbackHost tells whether a bare host (no port) names this machine only.
func isLoopbackHost(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
