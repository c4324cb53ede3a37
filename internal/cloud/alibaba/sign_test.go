package alibaba_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"

	"regent/internal/cloud"
	"regent/internal/cloud/alibaba"
	"regent/internal/secret"
)

type sourceFunc func(context.Context) (alibaba.Keys, error)

func (f sourceFunc) Keys(ctx context.Context) (alibaba.Keys, error) { return f(ctx) }
func (sourceFunc) Identity() string                                 { return "test" }

func request(t *testing.T, body io.Reader) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://tds.cn-shanghai.aliyuncs.com/?A=b", body)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestSignLeavesTheRequestAlone(t *testing.T) {
	t.Parallel()
	var nonces []string
	network := cloud.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
		body, err := io.ReadAll(r.Body)
		if err != nil || string(body) != "UserName=robot" || r.ContentLength != 14 || r.GetBody != nil {
			t.Errorf("the body is %q, %v", body, err)
		}
		nonces = append(nonces, r.Header.Get("X-Acs-Signature-Nonce"))
		return &http.Response{StatusCode: 200, Body: http.NoBody}, nil
	})
	sign := alibaba.Sign(network, alibaba.Static(alibaba.Keys{AccessKeyID: "id", AccessKeySecret: secret.New("key")}))
	for range 2 {
		r := request(t, strings.NewReader("UserName=robot"))
		if _, err := sign.RoundTrip(r); err != nil {
			t.Fatal(err)
		}
		if len(r.Header) != 0 {
			t.Errorf("the caller's request has headers: %v", r.Header)
		}
	}
	if len(nonces) != 2 || nonces[0] == nonces[1] || len(nonces[0]) != 32 {
		t.Errorf("nonces are %v", nonces)
	}
}

func TestSignWithoutABody(t *testing.T) {
	t.Parallel()
	network := cloud.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
		const empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
		if r.Body != nil || r.Header.Get("X-Acs-Content-Sha256") != empty || r.Header.Get("X-Acs-Security-Token") != "" {
			t.Errorf("headers are %v", r.Header)
		}
		return &http.Response{StatusCode: 200, Body: http.NoBody}, nil
	})
	if _, err := alibaba.Sign(network, alibaba.Static(alibaba.Keys{AccessKeyID: "id"})).RoundTrip(request(t, nil)); err != nil {
		t.Error(err)
	}
}

func TestNothingIsSentWithoutKeysOrBody(t *testing.T) {
	t.Parallel()
	network := cloud.RoundTripperFunc(func(*http.Request) (*http.Response, error) {
		t.Error("a request left")
		return nil, io.EOF
	})
	failing := sourceFunc(func(context.Context) (alibaba.Keys, error) { return alibaba.Keys{}, cloud.ErrCredentials })
	if _, err := alibaba.Sign(network, failing).RoundTrip(request(t, strings.NewReader("a=b"))); !errors.Is(err, cloud.ErrCredentials) {
		t.Error(err)
	}
	broken := iotest.ErrReader(io.ErrUnexpectedEOF)
	if _, err := alibaba.Sign(network, alibaba.Static(alibaba.Keys{})).RoundTrip(request(t, broken)); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Error(err)
	}
}
