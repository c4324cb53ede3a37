package cloud_test

import (
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"regent/internal/cloud"
	"regent/internal/cloud/alibaba"
	"regent/internal/secret"
)

func maskerOf(texts ...string) *secret.Masker {
	m := &secret.Masker{}
	for _, s := range texts {
		m.Add(secret.New(s))
	}
	return m
}

const wrongKey = `{"error_code":"APIGW.0301","error_msg":"Incorrect IAM authentication information: verify aksk signature fail"}`

// TestFirstRequestGoesAlone has twenty requests wait behind one that does not get its answer yet.
func TestFirstRequestGoesAlone(t *testing.T) {
	t.Parallel()
	var under, most atomic.Int64
	arrived, release := make(chan bool), make(chan bool)
	first := func(w http.ResponseWriter, r *http.Request) {
		under.Add(1)
		close(arrived)
		<-release
		under.Add(-1)
		ok(w, r)
	}
	later := func(w http.ResponseWriter, r *http.Request) {
		most.Store(max(most.Load(), under.Load()))
		ok(w, r)
	}
	server := play(t, first, later)
	c := client(cloud.Options{Gate: &cloud.Gate{}})
	together(20, func(i int) {
		if i == 0 {
			<-arrived
			close(release)
			return
		}
		if _, err := c.Do(background(t), call(server.URL, true)); err != nil {
			t.Error(err)
		}
	})
	if most.Load() != 0 || server.seen.Load() != 19 {
		t.Errorf("%d requests, %d of them beside the first", server.seen.Load(), most.Load())
	}
}

// TestGateOpensAfterAPanic: whoever comes after a request that panicked below the gate must not wait for it.
func TestGateOpensAfterAPanic(t *testing.T) {
	t.Parallel()
	server := play(t, ok)
	gate := &cloud.Gate{}
	broken := client(cloud.Options{Gate: gate, Transport: cloud.RoundTripperFunc(func(*http.Request) (*http.Response, error) { panic("below") })})
	func() {
		defer func() { _ = recover() }()
		_, _ = broken.Do(background(t), call(server.URL, true))
		t.Error("no panic")
	}()
	if _, err := client(cloud.Options{Gate: gate}).Do(background(t), call(server.URL, true)); err != nil {
		t.Error(err)
	}
}

// TestRefusedKeyIsUsedOnce has many requests at once and over two clients: five failures lock a key for everybody.
func TestRefusedKeyIsUsedOnce(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		dialect cloud.Dialect
		first   step
		code    string
	}{
		{"huawei signature", nil, answer(401, wrongKey), "APIGW.0301"},
		{"huawei app", nil, answer(401, strings.ReplaceAll(wrongKey, "0301", "0303")), "APIGW.0303"},
		{"401 without a reason", nil, answer(401, "<html>"), "401"},
		{"alibaba key", alibaba.Dialect{}, answer(404, `{"Code":"InvalidAccessKeyId.NotFound","Message":"Specified access key is not found."}`), "InvalidAccessKeyId.NotFound"},
		{"alibaba signature", alibaba.Dialect{}, answer(400, `{"Code":"SignatureDoesNotMatch","Message":"no match"}`), "SignatureDoesNotMatch"},
		{"alibaba clock", alibaba.Dialect{}, answer(400, `{"Code":"InvalidTimeStamp.Expired","Message":"expired"}`), "InvalidTimeStamp.Expired"},
		{"alibaba token", alibaba.Dialect{}, answer(400, `{"Code":"InvalidSecurityToken.Expired","Message":"expired"}`), "InvalidSecurityToken.Expired"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			server, gate := play(t, c.first, ok), &cloud.Gate{}
			clients := []*cloud.Client{
				client(cloud.Options{Gate: gate, Dialect: c.dialect}), client(cloud.Options{Gate: gate, Dialect: c.dialect}),
			}
			var later atomic.Int64
			together(20, func(i int) {
				_, err := clients[i%2].Do(background(t), call(server.URL, i%3 == 0))
				e := fault(t, err)
				if !e.Auth || e.Reach == cloud.Unknown {
					t.Errorf("not an authentication failure that left nothing open: %+v", e)
				}
				if e.Status == 0 {
					later.Add(1)
					if !strings.Contains(e.Message, "not sent") || !strings.Contains(e.Message, c.code) {
						t.Errorf("the message does not say why nothing was sent: %s", e)
					}
				}
			})
			if server.seen.Load() != 1 || later.Load() != 19 {
				t.Errorf("%d requests left, %d were kept back", server.seen.Load(), later.Load())
			}
		})
	}
}

// TestOnlyAuthenticationClosesTheGate keeps going after other failures.
func TestOnlyAuthenticationClosesTheGate(t *testing.T) {
	t.Parallel()
	for name, first := range map[string]step{
		"no permission": answer(403, `{"error_code":"SVCSTG.SWR.4030170","error_msg":"no"}`),
		"not found":     answer(404, ""),
		"server error":  answer(500, ""),
		"throttled":     answer(429, ""),
		"dropped":       drop,
		"redirect":      answer(302, "", "Location", "https://elsewhere.example"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := play(t, first, ok)
			c := client(cloud.Options{Gate: &cloud.Gate{}, Retries: quick(-1)})
			if _, err := c.Do(background(t), call(server.URL, true)); err == nil {
				t.Fatal("the first request succeeds")
			}
			if _, err := c.Do(background(t), call(server.URL, true)); err != nil {
				t.Errorf("the second request fails: %v", err)
			}
		})
	}
}

// TestFailuresProveNoKey has a server fail before it looks at the key: the next request still goes alone.
func TestFailuresProveNoKey(t *testing.T) {
	t.Parallel()
	for name, code := range map[string]string{"unavailable": "ServiceUnavailable", "throttled": "Throttling.User"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			refused := answer(404, `{"Code":"InvalidAccessKeyId.NotFound","Message":"no"}`)
			server := play(t, answer(400, `{"Code":"`+code+`","Message":"no"}`), refused)
			c := client(cloud.Options{Gate: &cloud.Gate{}, Retries: quick(-1), Dialect: alibaba.Dialect{}})
			if _, err := c.Do(background(t), call(server.URL, true)); err == nil {
				t.Fatal("the first request succeeds")
			}
			together(10, func(int) {
				if _, err := c.Do(background(t), call(server.URL, true)); err == nil {
					t.Error("a refused key is used")
				}
			})
			if n := server.seen.Load(); n != 2 {
				t.Errorf("the key was refused %d times", n-1)
			}
		})
	}
}

// TestKeyThatStopsWorkingClosesTheGate refuses a key that worked before.
func TestKeyThatStopsWorkingClosesTheGate(t *testing.T) {
	t.Parallel()
	server := play(t, ok, answer(401, wrongKey), ok)
	c := client(cloud.Options{Gate: &cloud.Gate{}})
	var failed int
	for range 5 {
		if _, err := c.Do(background(t), call(server.URL, true)); err != nil {
			failed++
		}
	}
	if failed != 4 || server.seen.Load() != 2 {
		t.Errorf("%d calls failed, %d requests left", failed, server.seen.Load())
	}
}

func TestInvariant01ReadOnlySendsNothingElse(t *testing.T) {
	t.Parallel()
	server := play(t, ok)
	allow := func(r *http.Request) bool { return r.Header.Get("X-Acs-Action") == "List" }
	c := client(cloud.Options{Transport: cloud.ReadOnly(cloud.Network(1), allow)})
	write := call(server.URL, true) // whatever its maker says of it
	_, err := c.Do(background(t), write)
	if e := fault(t, err); !errors.Is(err, cloud.ErrReadOnly) || e.Reach != cloud.NotSent || server.seen.Load() != 0 {
		t.Errorf("after %d requests: %v", server.seen.Load(), err)
	}
	write.Header = http.Header{"X-Acs-Action": {"List"}}
	if _, err := c.Do(background(t), write); err != nil {
		t.Errorf("a read is refused: %v", err)
	}
}
