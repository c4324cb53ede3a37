package huawei

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"strings"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/auth/signer"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/request"

	"regent/internal/cloud"
)

// maxPeek is how much of a refused answer is read to find out whether the token has to be renewed.
const maxPeek = 64 << 10

// Sign authenticates each request with the credentials of source: a signature for keys, X-Auth-Token for a token. A
// token that the gateway wants updated (0307) is renewed once; the gateway refused that request before any service
// saw it, so sending it again is safe.
func Sign(next http.RoundTripper, source Source, projectID string) http.RoundTripper {
	return cloud.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
		body, err := readBody(r)
		if err != nil {
			return nil, err
		}
		cred, err := source.Credential(r.Context(), projectID, nil)
		if err != nil {
			return nil, err
		}
		resp, err := send(next, r, body, cred, projectID)
		if err != nil || !cred.Renewable || !wantsNewToken(resp) {
			return resp, err
		}
		_ = resp.Body.Close() // the answer is dropped; the next one counts
		if cred, err = source.Credential(r.Context(), projectID, cred); err != nil {
			return nil, err
		}
		return send(next, r, body, cred, projectID)
	})
}

func readBody(r *http.Request) ([]byte, error) {
	if r.Body == nil {
		return nil, nil
	}
	body, err := io.ReadAll(r.Body)
	_ = r.Body.Close() // reading told what matters
	return body, err
}

func send(next http.RoundTripper, r *http.Request, body []byte, cred *Credential, projectID string) (*http.Response, error) {
	out := r.Clone(r.Context())
	if body != nil {
		out.Body = io.NopCloser(bytes.NewReader(body))
		out.ContentLength = int64(len(body))
		out.GetBody = nil // nothing below may send a request twice
	}
	if err := authenticate(out, body, cred, projectID, ""); err != nil {
		return nil, err
	}
	return next.RoundTrip(out)
}

// authenticate adds the headers. The signature is made by the official core; only the headers that the vendor
// needs are signed, so that a proxy may add its own. An empty date stands for now.
func authenticate(r *http.Request, body []byte, cred *Credential, projectID, date string) error {
	if !cred.AuthToken.Empty() {
		r.Header.Set("X-Auth-Token", cred.AuthToken.Reveal())
		return nil
	}
	path, err := url.PathUnescape(r.URL.EscapedPath())
	if err != nil {
		return fmt.Errorf("path of the request: %w", err)
	}
	headers := map[string]string{"Host": r.URL.Host}
	if projectID != "" {
		headers["X-Project-Id"] = projectID
	}
	if date != "" {
		headers["X-Sdk-Date"] = date
	}
	if !cred.SecurityToken.Empty() {
		headers["X-Security-Token"] = cred.SecurityToken.Reveal()
	}
	b := request.NewHttpRequestBuilder().WithEndpoint(r.URL.Scheme+"://"+r.URL.Host).WithPath(path).
		WithMethod(r.Method).WithBody("", string(body))
	for name, value := range headers {
		b.AddHeaderParam(name, value)
	}
	for name, values := range r.URL.Query() {
		b.AddQueryParam(name, reflect.ValueOf(values[0]))
	}
	signed, err := signer.Sign(b.Build(), cred.AccessKey, cred.SecretKey.Reveal())
	if err != nil {
		return fmt.Errorf("%w: %w", cloud.ErrCredentials, err)
	}
	for _, from := range []map[string]string{headers, signed} {
		for name, value := range from {
			if !strings.EqualFold(name, "Host") {
				r.Header.Set(name, value)
			}
		}
	}
	return nil
}

// wantsNewToken reads the start of a 401 answer and puts it back.
func wantsNewToken(resp *http.Response) bool {
	if resp.StatusCode != http.StatusUnauthorized {
		return false
	}
	start, err := io.ReadAll(io.LimitReader(resp.Body, maxPeek))
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(start), resp.Body), resp.Body}
	if err != nil {
		return false
	}
	fault := Dialect{}.Fault(resp.StatusCode, resp.Header, start)
	return fault != nil && gatewayNumber(fault.Code) == "0307"
}
