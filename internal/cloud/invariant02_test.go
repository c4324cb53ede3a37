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

// TestInvariant02TextIsScrubbedBeforeAndAfterItIsCleaned: a secret with two blanks is found before they become one, and a
// secret that came apart is found once it is together.
func TestInvariant02TextIsScrubbedBeforeAndAfterItIsCleaned(t *testing.T) {
	t.Parallel()
	const spaced, whole = "two  blanks-inside", "came together-again"
	for _, message := range []string{"it was " + spaced, "it was " + strings.ReplaceAll(whole, " ", "\x00 \x00")} {
		server := play(t, answer(400, `{"Code":"No","Message":`+quoted(message)+`}`))
		_, err := client(cloud.Options{Dialect: alibaba.Dialect{}, Masker: maskerOf(spaced, whole)}).Do(background(t), call(server.URL, true))
		shows(t, err, spaced, strings.ReplaceAll(spaced, "  ", " "), whole)
	}
}

// TestInvariant02FoldedEchoesAreCleaned: a server repeats what it was sent in lines of base64 or digits, which become one.
func TestInvariant02FoldedEchoesAreCleaned(t *testing.T) {
	t.Parallel()
	const long = "Tr0ub4dor&3-correct-horse-battery-staple-Password=with>more?than~one/line-of-base64-0123456789"
	fold := func(s, with string, width int) string {
		for at := width; at < len(s); at += width + len(with) {
			s = s[:at] + with + s[at:]
		}
		return s
	}
	for shift := range 3 {
		body := strings.Repeat("{", shift) + `"access_secret":"` + long + `"}`
		packed, digits := base64.StdEncoding.EncodeToString([]byte(body)), fmt.Sprintf("%x", body)
		for name, message := range map[string]string{
			"mail": fold(packed, "\r\n", 76), "key": fold(packed, "\n", 64), "URL alphabet": fold(base64.URLEncoding.EncodeToString([]byte(body)), "\n", 76),
			"narrow": fold(packed, "\n", 20), "escapes": fold(packed, `\n`, 64), "escaped escapes": fold(packed, `\\r\\n`, 76), "odd blanks": fold(packed, "\u2028\x00", 76),
			"digits": fold(digits, "\n", 60), "pairs": fold(digits, " ", 2), "pairs with colons": fold(digits, ":", 2),
		} {
			server := play(t, answer(400, `{"Code":"No","Message":`+quoted("it was "+message)+`}`))
			_, err := client(cloud.Options{Dialect: alibaba.Dialect{}, Masker: maskerOf(long)}).Do(background(t), call(server.URL, true))
			e := fault(t, err)
			// What is left are the body's other characters.
			if most := (len(body)-len(long))*3 + 20; !strings.Contains(e.Message, "***") || len(e.Message) > most {
				t.Errorf("%s, shifted by %d: %q", name, shift, e.Message)
			}
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
