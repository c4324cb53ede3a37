package cloud_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"regent/internal/cloud"
	"regent/internal/cloud/alibaba"
	"regent/internal/cloud/huawei"
	"regent/internal/secret"
)

// shows fails the test when an error tells a secret.
func shows(t *testing.T, err error, secrets ...string) {
	t.Helper()
	if err == nil {
		t.Fatal("the call succeeds")
	}
	for _, s := range secrets {
		if strings.Contains(err.Error(), s) {
			t.Errorf("the error shows %q: %v", s, err)
		}
	}
}

// TestInvariant02MessagesThatHoldASecretAreNotShown, however the server's encoder writes it and breaks its lines. Status and
// request ID still are.
func TestInvariant02MessagesThatHoldASecretAreNotShown(t *testing.T) {
	t.Parallel()
	const long = "Tr0ub4dor&3 correct-horse-battery-staple-Password=with>more?than~one/line-of-base64-0123456789"
	body := `{"access_secret":"` + long + `"}`
	packed := base64.StdEncoding.EncodeToString([]byte(body))
	for name, message := range map[string]string{
		"raw": "it was " + long, "blanks": strings.ReplaceAll(long, " ", "\x00 \x00"), "in JSON": body, "base64": packed,
		"mail": packed[:76] + "\r\n" + packed[76:], "digits": fmt.Sprintf("% x", body),
	} {
		server := play(t, answer(400, `{"Code":"No","Message":`+quoted(message)+`,"RequestId":"req-1"}`))
		_, err := client(cloud.Options{Dialect: alibaba.Dialect{}, Masker: maskerOf(long)}).Do(background(t), call(server.URL, true))
		if e := fault(t, err); e.Message != "the server's message is not shown: it holds a secret" || e.Code != "No" || e.RequestID != "req-1" || e.Status != 400 {
			t.Errorf("%s: %v", name, e)
		}
	}
}

// TestInvariant02ErrorsShowNoURL: net/http quotes the URL in every error of its own, and a URL may hold secrets that no
// masker was told of.
func TestInvariant02ErrorsShowNoURL(t *testing.T) {
	t.Parallel()
	server := play(t, drop)
	for _, base := range []string{server.URL, refusing(t), "http://127.0.0.1:1\x7f"} {
		to := call(base, false)
		to.URL += "&Token=unheard-of"
		_, err := client(cloud.Options{Retries: quick(-1)}).Do(background(t), to)
		shows(t, err, "unheard-of", "/v2/registries")
	}
}

// TestInvariant02RedirectTargetsAreNotQuoted: net/http reads the target before it asks whether to follow it, and quotes
// one that it cannot read.
func TestInvariant02RedirectTargetsAreNotQuoted(t *testing.T) {
	t.Parallel()
	server := play(t, answer(302, "", "Location", "http://[::1?Token=unheard-of"))
	_, err := client(cloud.Options{}).Do(background(t), call(server.URL, false))
	shows(t, err, "unheard-of")
}

// TestInvariant02RequestIDsAreCleaned: those of answers that report success are shown too.
func TestInvariant02RequestIDsAreCleaned(t *testing.T) {
	t.Parallel()
	server := play(t, answer(200, `{"id":1}`, "X-Request-Id", "req-"+password))
	got, err := client(cloud.Options{}).Do(background(t), call(server.URL, false))
	if err != nil || strings.Contains(got.RequestID, password) || got.RequestID == "" {
		t.Errorf("%+v, %v", got, err)
	}
}

// TestInvariant02CausesAreCleaned: what a layer below says may quote what was sent or received.
func TestInvariant02CausesAreCleaned(t *testing.T) {
	t.Parallel()
	broken := cloud.RoundTripperFunc(func(*http.Request) (*http.Response, error) {
		return nil, errors.New("malformed answer " + password)
	})
	_, err := client(cloud.Options{Transport: broken, Retries: quick(-1)}).Do(background(t), call("http://vendor.invalid", false))
	shows(t, err, password)
}

// TestInvariant02SignaturesAreNotShown: a server that repeats headers tells nobody how to send the request once more.
func TestInvariant02SignaturesAreNotShown(t *testing.T) {
	t.Parallel()
	network := cloud.Network(4)
	for name, sign := range map[string]http.RoundTripper{
		"alibaba": alibaba.Sign(network, alibaba.Static(alibaba.Keys{AccessKeyID: "id", AccessKeySecret: secret.New("secret-key")})),
		"huawei":  huawei.Sign(network, huawei.Static(huawei.Credential{AccessKey: "id", SecretKey: secret.New("secret-key")}), "project"),
	} {
		var mu sync.Mutex
		var sent []string
		server := play(t, func(w http.ResponseWriter, r *http.Request) {
			authorization := r.Header.Get("Authorization")
			_, signature, signed := strings.Cut(authorization, "Signature=")
			if !signed {
				t.Errorf("%s: the request is not signed: %q", name, authorization)
			}
			mu.Lock()
			sent = append(sent, signature)
			if hash := r.Header.Get("X-Acs-Content-Sha256"); hash != "" {
				sent = append(sent, hash)
			}
			mu.Unlock()
			all := fmt.Sprint(r.Header)
			body, err := json.Marshal(map[string]string{
				"Code": "Bad." + signature, "error_code": "Bad." + signature,
				"Message": all, "error_msg": all + base64.StdEncoding.EncodeToString([]byte(signature)),
			})
			if err != nil {
				t.Error(err)
			}
			w.Header().Set("X-Request-Id", signature)
			w.WriteHeader(http.StatusBadRequest)
			_, _ = w.Write(body)
		})
		_, err := client(cloud.Options{Transport: sign, Dialect: dialects()[name]}).Do(background(t), call(server.URL, false))
		e := fault(t, err)
		if !strings.Contains(e.Message, "Signature=***") {
			t.Errorf("%s: the headers are not repeated, so that this proves nothing: %s", name, e)
		}
		for _, s := range sent {
			for _, form := range []string{s, base64.StdEncoding.EncodeToString([]byte(s))} {
				if text := e.Error() + e.RequestID; strings.Contains(text, form) {
					t.Errorf("%s: %q is shown: %s", name, form, text)
				}
			}
		}
	}
}
