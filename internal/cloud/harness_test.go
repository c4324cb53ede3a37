package cloud_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"regent/internal/cloud"
	"regent/internal/cloud/alibaba"
	"regent/internal/cloud/huawei"
	"regent/internal/secret"
)

// password stands in the URL and body of every test call and must never be seen in an error.
const password = "hunter2-p@ss"

// quick retries without waiting for long.
func quick(further int) cloud.Retries {
	return cloud.Retries{Max: further, Base: time.Millisecond, Cap: 2 * time.Millisecond}
}

// script answers one request after the other; the last step answers all that follow.
type script struct {
	*httptest.Server
	seen atomic.Int64
}

type step func(w http.ResponseWriter, r *http.Request)

func play(t *testing.T, steps ...step) *script {
	t.Helper()
	s := &script{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n := int(s.seen.Add(1)) - 1
		steps[min(n, len(steps)-1)](w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

func answer(status int, body string, headers ...string) step {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

// drop closes the connection after the request came in.
func drop(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

// cut sends less than it promised.
func cut(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "100")
	_, _ = w.Write([]byte(`{"id":1`))
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

// accepted is a success that came over no network.
func accepted() *http.Response {
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(`{"id":1}`))}
}

var ok = answer(200, `{"RequestId":"req-1","id":1}`, "X-Request-Id", "req-1")

// counted counts the attempts that reach the network.
func counted(n *atomic.Int64, next http.RoundTripper) http.RoundTripper {
	return cloud.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
		n.Add(1)
		return next.RoundTrip(r)
	})
}

func client(o cloud.Options) *cloud.Client {
	o.Provider, o.Account = "huawei-swr", "primary"
	if o.Transport == nil {
		o.Transport = cloud.Network(4)
	}
	if o.Dialect == nil {
		o.Dialect = huawei.Dialect{}
	}
	if o.Masker == nil {
		o.Masker = &secret.Masker{}
		o.Masker.Add(secret.New(password))
	}
	if o.Retries == (cloud.Retries{}) {
		o.Retries = quick(3)
	}
	return cloud.NewClient(o)
}

func call(url string, read bool) cloud.Call {
	return cloud.Call{
		Operation: "UpdateInstanceRegistry", Method: http.MethodPost, URL: url + "/v2/registries?Password=" + password,
		ContentType: "application/json", Body: []byte(`{"access_secret":"` + password + `"}`), Read: read,
	}
}

// fault gives the typed error, and refuses one that shows where the request went or what it held.
func fault(t *testing.T, err error) *cloud.Error {
	t.Helper()
	e, isFault := errors.AsType[*cloud.Error](err)
	if !isFault {
		t.Fatalf("%v is no cloud error", err)
	}
	for _, part := range []string{password, "://", "/v2/registries", "?Password"} {
		if strings.Contains(e.Error(), part) {
			t.Errorf("the error shows %q: %s", part, e)
		}
	}
	if !strings.HasPrefix(strings.TrimPrefix(e.Error(), e.Position.String()+": "), "huawei-swr UpdateInstanceRegistry (account primary): ") {
		t.Errorf("the error does not say what failed: %s", e)
	}
	return e
}

func kind(read bool) string {
	if read {
		return "read"
	}
	return "write"
}

// dialects by name, since throttling and codes differ.
func dialects() map[string]cloud.Dialect {
	return map[string]cloud.Dialect{"alibaba": alibaba.Dialect{}, "huawei": huawei.Dialect{}}
}

// together runs f n times at once.
func together(n int, f func(i int)) {
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() { f(i) })
	}
	group.Wait()
}

func background(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

func text(format string, args ...any) string { return fmt.Sprintf(format, args...) }
