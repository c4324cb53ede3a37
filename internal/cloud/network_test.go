package cloud_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"regent/internal/cloud"
)

func serveTLS(t *testing.T, configure func(*httptest.Server)) (server *httptest.Server, protocols *atomic.Value) {
	t.Helper()
	protocols = &atomic.Value{}
	protocols.Store("")
	server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		protocols.Store(r.Proto)
		ok(w, r)
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	configure(server)
	server.StartTLS()
	t.Cleanup(server.Close)
	return server, protocols
}

func trusting(server *httptest.Server) *http.Transport {
	network := cloud.Network(4).Clone()
	network.TLSClientConfig = &tls.Config{RootCAs: server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs}
	return network
}

func TestHTTP2IsUsedWhereOffered(t *testing.T) {
	t.Parallel()
	for _, offered := range []bool{true, false} {
		server, protocols := serveTLS(t, func(s *httptest.Server) { s.EnableHTTP2 = offered })
		if _, err := client(cloud.Options{Transport: trusting(server)}).Do(background(t), call(server.URL, false)); err != nil {
			t.Fatal(err)
		}
		if got := protocols.Load(); got == "HTTP/2.0" != offered {
			t.Errorf("HTTP/2 offered: %v, used: %v", offered, got)
		}
	}
}

func TestUnknownAuthorityIsRefused(t *testing.T) {
	t.Parallel()
	server, protocols := serveTLS(t, func(*httptest.Server) {})
	_, err := client(cloud.Options{}).Do(background(t), call(server.URL, false))
	if e := fault(t, err); e.Reach != cloud.NotSent || !strings.Contains(e.Message, "certificate") || protocols.Load() != "" {
		t.Errorf("%+v", e)
	}
}

func TestOldTLSIsRefused(t *testing.T) {
	t.Parallel()
	server, protocols := serveTLS(t, func(s *httptest.Server) {
		s.TLS = &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}
	})
	_, err := client(cloud.Options{Transport: trusting(server)}).Do(background(t), call(server.URL, false))
	if e := fault(t, err); e.Reach != cloud.NotSent || protocols.Load() != "" {
		t.Errorf("%+v", e)
	}
}

// TestWrongHostIsRefused asks a server whose certificate is for another name.
func TestWrongHostIsRefused(t *testing.T) {
	t.Parallel()
	server, protocols := serveTLS(t, func(*httptest.Server) {})
	network := trusting(server)
	network.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "tcp", server.Listener.Addr().String())
	}
	_, err := client(cloud.Options{Transport: network}).Do(background(t), call("https://elsewhere.invalid", false))
	if e := fault(t, err); e.Reach != cloud.NotSent || protocols.Load() != "" {
		t.Errorf("%+v", e)
	}
}

const proxyVariable = "CLOUD_TEST_THROUGH_PROXY"

// TestProxyVariablesAreHonoured runs itself in another process: net/http reads the variables once.
func TestProxyVariablesAreHonoured(t *testing.T) {
	t.Parallel()
	if target := os.Getenv(proxyVariable); target != "" {
		_, err := client(cloud.Options{Retries: quick(-1)}).Do(background(t), call(target, true))
		if err != nil {
			t.Fatalf("error of %s: %v", kind(true), fault(t, err))
		}
		return
	}
	for _, c := range []struct{ target, line string }{
		{"http://swr-api.cn-north-4.invalid", "POST http://swr-api.cn-north-4.invalid/v2/registries?Password=" + password + " HTTP/1.1"},
		{"https://swr-api.cn-north-4.invalid", "CONNECT swr-api.cn-north-4.invalid:443 HTTP/1.1"},
	} {
		address, asked := stubProxy(t)
		cmd := exec.Command(os.Args[0], "-test.run=^TestProxyVariablesAreHonoured$", "-test.count=1")
		proxy := "http://proxyuser:hunter2@" + address
		cmd.Env = append(os.Environ(), proxyVariable+"="+c.target, "HTTP_PROXY="+proxy, "HTTPS_PROXY="+proxy,
			"http_proxy="+proxy, "https_proxy="+proxy, "NO_PROXY=", "no_proxy=")
		out, err := cmd.CombinedOutput()
		if got := <-asked; got != c.line {
			t.Errorf("the proxy was asked for %q, want %q", got, c.line)
		}
		if err == nil || strings.Contains(string(out), "hunter2") {
			t.Errorf("the refusal of the proxy does not arrive, or shows its password: %s", out)
		}
	}
}

// stubProxy refuses one request and gives its first line.
func stubProxy(t *testing.T) (address string, asked <-chan string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	lines := make(chan string, 1)
	go func() {
		defer close(lines)
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer func() { _ = conn.Close() }()
		line, _ := bufio.NewReader(conn).ReadString('\n')
		_, _ = conn.Write([]byte("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"))
		lines <- strings.TrimSpace(line)
	}()
	return l.Addr().String(), lines
}

func TestConnectionsAreReused(t *testing.T) {
	t.Parallel()
	server, connections := counting(t)
	c := client(cloud.Options{})
	for range 20 {
		if _, err := c.Do(background(t), call(server.URL, false)); err != nil {
			t.Fatal(err)
		}
	}
	if connections.Load() != 1 {
		t.Errorf("20 requests took %d connections", connections.Load())
	}
}

// counting starts a server that counts its connections.
func counting(t *testing.T) (*httptest.Server, *atomic.Int64) {
	t.Helper()
	var connections atomic.Int64
	server := httptest.NewUnstartedServer(http.HandlerFunc(ok))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	return server, &connections
}

// TestConnectionsAreEnoughForAllWorkers: each keeps its own, as many as there may be.
func TestConnectionsAreEnoughForAllWorkers(t *testing.T) {
	t.Parallel()
	const workers, each = 256, 10
	server, connections := counting(t)
	c := client(cloud.Options{Transport: cloud.Network(workers)})
	together(workers, func(int) {
		for range each {
			if _, err := c.Do(background(t), call(server.URL, true)); err != nil {
				t.Error(err)
			}
		}
	})
	// A worker may have opened one while another's became free.
	if n := connections.Load(); n > 2*workers {
		t.Errorf("%d requests of %d workers took %d connections", workers*each, workers, n)
	}
}

func TestAgentNamesTheProgram(t *testing.T) {
	t.Parallel()
	var agent atomic.Value
	server := play(t, func(w http.ResponseWriter, r *http.Request) { agent.Store(r.UserAgent()); ok(w, r) })
	if _, err := client(cloud.Options{Transport: cloud.Agent(cloud.Network(1), "regent/1.2.3")}).Do(background(t), call(server.URL, true)); err != nil {
		t.Fatal(err)
	}
	if agent.Load() != "regent/1.2.3" {
		t.Errorf("the server saw %v", agent.Load())
	}
}

// TestLimitHoldsBack uses budgets that never fill up again, so that nothing depends on time.
func TestLimitHoldsBack(t *testing.T) {
	t.Parallel()
	server := play(t, ok)
	c := client(cloud.Options{Limiter: cloud.NewLimiter(never(3)), Retries: quick(-1)})
	ctx, cancel := context.WithTimeout(background(t), 30*time.Second)
	defer cancel()
	var passed atomic.Int64
	together(10, func(int) {
		if _, err := c.Do(ctx, call(server.URL, false)); err == nil {
			passed.Add(1)
		} else if e := fault(t, err); e.Reach != cloud.NotSent {
			t.Errorf("a request that was held back: %+v", e)
		}
	})
	if passed.Load() != 3 || server.seen.Load() != 3 {
		t.Errorf("%d calls passed, %d requests arrived", passed.Load(), server.seen.Load())
	}
}

func TestSlowAnswerIsATimeout(t *testing.T) {
	t.Parallel()
	release := make(chan bool)
	defer close(release)
	server := play(t, func(http.ResponseWriter, *http.Request) { <-release })
	network := cloud.Network(1)
	network.ResponseHeaderTimeout = 20 * time.Millisecond
	_, err := client(cloud.Options{Transport: network}).Do(background(t), call(server.URL, false))
	if e := fault(t, err); e.Reach != cloud.Unknown || !strings.Contains(e.Message, "no answer in time") {
		t.Errorf("%+v", e)
	}
}

func TestCallThatCannotBeMade(t *testing.T) {
	t.Parallel()
	_, err := client(cloud.Options{}).Do(background(t), call("http://127.0.0.1:port", false))
	if e := fault(t, err); e.Reach != cloud.NotSent {
		t.Errorf("%+v", e)
	}
	_, err = client(cloud.Options{}).JSON(background(t), call("http://127.0.0.1", false), func() {}, nil)
	if e := fault(t, err); e.Reach != cloud.NotSent {
		t.Errorf("%+v", e)
	}
}
