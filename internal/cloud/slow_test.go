package cloud_test

import (
	"context"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"regent/internal/cloud"
)

// trickling serves one connection: the request is read to the end of its head, then the answer leaves byte by byte.
func trickling(answer string, pace time.Duration) func(context.Context, string, string) (net.Conn, error) {
	return func(context.Context, string, string) (net.Conn, error) {
		client, server := net.Pipe()
		go func() {
			defer func() { _ = server.Close() }()
			buf := make([]byte, 64<<10)
			if _, err := server.Read(buf); err != nil {
				return
			}
			go func() { // what else the client sends
				for {
					if _, err := server.Read(buf); err != nil {
						return
					}
				}
			}()
			for i := 0; ; i = (i + 1) % len(answer) {
				time.Sleep(pace)
				if _, err := server.Write([]byte{answer[i]}); err != nil {
					return
				}
			}
		}()
		return client, nil
	}
}

// TestAnswersThatTrickleEnd by a timeout, however steadily they come. The clock is that of the test.
func TestAnswersThatTrickleEnd(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer string
		pace   time.Duration
		most   time.Duration
	}{
		"status line":         {"HTTP/1.1 200 OK", 5 * time.Second, 31 * time.Second},
		"headers":             {"HTTP/1.1 200 OK\r\n" + strings.Repeat("X-A: b\r\n", 1000), 500 * time.Millisecond, 31 * time.Second},
		"interim answers":     {"HTTP/1.1 100 Continue\r\n\r\n", 100 * time.Millisecond, 61 * time.Second},
		"body":                {"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n" + strings.Repeat(" ", 100_000), 100 * time.Millisecond, 61 * time.Second},
		"body of known size":  {"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n" + strings.Repeat(" ", 99_999), 100 * time.Millisecond, 61 * time.Second},
		"body of many chunks": {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + strings.Repeat("1\r\n \r\n", 20_000), 100 * time.Millisecond, 61 * time.Second},
		"body of an error":    {"HTTP/1.1 400 Bad Request\r\n\r\n" + strings.Repeat(" ", 100_000), 100 * time.Millisecond, 61 * time.Second},
	} {
		for _, read := range []bool{true, false} {
			t.Run(name+" "+kind(read), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					network := cloud.Network(1)
					network.DialContext = trickling(c.answer, c.pace)
					start := time.Now()
					_, err := client(cloud.Options{Transport: network, Retries: quick(-1)}).Do(t.Context(), call("http://api.invalid", read))
					e := fault(t, err)
					if took := time.Since(start); took > c.most {
						t.Errorf("it took %v", took)
					}
					if e.Reach != cloud.Unknown || !strings.Contains(e.Message, "no answer in time") {
						t.Errorf("%+v", e)
					}
					time.Sleep(2 * c.pace) // until the server has noticed that nobody listens
				})
			})
		}
	}
}
