package emulator_test

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	openapiutil "github.com/alibabacloud-go/darabonba-openapi/v2/utils"
	"github.com/alibabacloud-go/tea/dara"

	"regent/internal/emulator"
)

func TestAlibabaRefusesWhatIsNotSignedRight(t *testing.T) {
	clock := newTestClock()
	cases := map[string]struct {
		request sasRequest
		spoil   func(*http.Request)
		status  int
		code    string
	}{
		"no signature":            {spoil: func(r *http.Request) { r.Header.Del("Authorization") }, status: 400, code: "IncompleteSignature"},
		"another scheme":          {spoil: func(r *http.Request) { r.Header.Set("Authorization", "Basic YTpi") }, status: 400, code: "IncompleteSignature"},
		"incomplete header":       {spoil: func(r *http.Request) { r.Header.Set("Authorization", "ACS3-HMAC-SHA256 Credential=a") }, status: 400, code: "IncompleteSignature"},
		"no nonce":                {spoil: func(r *http.Request) { r.Header.Del("X-Acs-Signature-Nonce") }, status: 400, code: "IncompleteSignature"},
		"unsigned x-acs header":   {spoil: func(r *http.Request) { r.Header.Set("X-Acs-Extra", "1") }, status: 400, code: "IncompleteSignature"},
		"unknown key":             {request: sasRequest{ak: "UNKNOWN", sk: "x"}, status: 404, code: "InvalidAccessKeyId.NotFound"},
		"wrong secret":            {request: sasRequest{sk: "wrong"}, status: 400, code: "SignatureDoesNotMatch"},
		"changed query":           {spoil: func(r *http.Request) { r.URL.RawQuery = "RegistryType=quay" }, status: 400, code: "SignatureDoesNotMatch"},
		"wrong payload hash":      {spoil: func(r *http.Request) { r.Header.Set("X-Acs-Content-Sha256", strings.Repeat("0", 64)) }, status: 400, code: "SignatureDoesNotMatch"},
		"date of another format":  {spoil: func(r *http.Request) { r.Header.Set("X-Acs-Date", "20260102T030405Z") }, status: 400, code: "InvalidTimeStamp.Format"},
		"date too old":            {request: sasRequest{date: clock.time().Add(-15*time.Minute - time.Second)}, status: 400, code: "InvalidTimeStamp.Expired"},
		"date too far ahead":      {request: sasRequest{date: clock.time().Add(15*time.Minute + time.Second)}, status: 400, code: "InvalidTimeStamp.Expired"},
		"date just in time":       {request: sasRequest{date: clock.time().Add(15 * time.Minute)}, status: 200},
		"GET with the V3 scheme":  {spoil: func(r *http.Request) { r.Method = http.MethodGet }, status: 400, code: "UnsupportedHTTPMethod"},
		"another method":          {spoil: func(r *http.Request) { r.Method = http.MethodPut }, status: 400, code: "UnsupportedHTTPMethod"},
		"unknown operation":       {request: sasRequest{action: "ListImageRegistry"}, status: 404, code: "InvalidAction.NotFound"},
		"no operation":            {spoil: func(r *http.Request) { r.Header.Del("X-Acs-Action") }, status: 400, code: "MissingAction"},
		"another version":         {spoil: func(r *http.Request) { r.Header.Set("X-Acs-Version", "2014-05-26") }, status: 404, code: "InvalidAction.NotFound"},
		"no version":              {spoil: func(r *http.Request) { r.Header.Del("X-Acs-Version") }, status: 400, code: "MissingVersion"},
		"token with a static key": {request: sasRequest{token: "tok"}, status: 400, code: "InvalidSecurityToken.MismatchWithAccessKey"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			s := serve(t, emulator.Options{Clock: clock.time})
			if c.request.action == "" {
				c.request.action = "ListPrivateRegistryList"
			}
			if c.request.sk == "wrong" {
				c.request.ak = s.env["ALIBABA_CLOUD_ACCESS_KEY_ID"]
			}
			r := c.request.build(t, s)
			if c.spoil != nil {
				c.spoil(r)
			}
			got := send(t, r)
			got.expect(t, c.status, c.code)
			if id := got.header.Get("X-Acs-Request-Id"); id == "" || id != got.object(t)["RequestId"] {
				t.Errorf("request IDs are %q and %v", id, got.object(t)["RequestId"])
			}
		})
	}
}

func TestAlibabaNonceIsUsedOnce(t *testing.T) {
	clock := newTestClock()
	s := serve(t, emulator.Options{Clock: clock.time})
	with := func(request sasRequest) answer {
		request.action, request.nonce = "ListPrivateRegistryList", "same-nonce"
		return send(t, request.build(t, s))
	}
	with(sasRequest{ak: s.env["ALIBABA_CLOUD_ACCESS_KEY_ID"], sk: "wrong"}).expect(t, 400, "SignatureDoesNotMatch")
	with(sasRequest{}).expect(t, 200, "")
	with(sasRequest{}).expect(t, 400, "SignatureNonceUsed")
	clock.advance(30 * time.Minute)
	with(sasRequest{}).expect(t, 200, "")
}

func TestAlibabaTemporaryKeyNeedsItsTokenAndExpires(t *testing.T) {
	clock := newTestClock()
	s := serve(t, emulator.Options{Clock: clock.time, State: &emulator.State{Version: 1, Credentials: &emulator.Credentials{
		Alibaba: []emulator.AccessKey{{ID: "STS.x", Secret: "temp", SecurityToken: "sts tok+/=", ExpiresAt: clock.time().Add(time.Hour)}},
	}}})
	with := func(token string) answer {
		return send(t, sasRequest{action: "ListPrivateRegistryList", token: token}.build(t, s))
	}
	with("sts tok+/=").expect(t, 200, "")
	with("other").expect(t, 400, "InvalidSecurityToken.MismatchWithAccessKey")
	with("").expect(t, 400, "InvalidSecurityToken.MismatchWithAccessKey")
	clock.advance(time.Hour)
	with("sts tok+/=").expect(t, 400, "InvalidSecurityToken.Expired")
}

// legacyQuery signs parameters with the official legacy signer.
func legacyQuery(s served, method string, params url.Values) url.Values {
	for name, value := range map[string]string{
		"Action": "ListPrivateRegistryList", "Version": "2018-12-03", "Format": "json",
		"AccessKeyId": s.env["ALIBABA_CLOUD_ACCESS_KEY_ID"], "SignatureMethod": "HMAC-SHA1", "SignatureVersion": "1.0",
		"SignatureNonce": rand.Text(), "Timestamp": s.clock().UTC().Format("2006-01-02T15:04:05Z"),
	} {
		if !params.Has(name) {
			params.Set(name, value)
		}
	}
	texts := map[string]string{}
	for name := range params {
		texts[name] = params.Get(name)
	}
	params.Set("Signature", dara.StringValue(openapiutil.GetRPCSignature(pointers(texts), dara.String(method),
		dara.String(s.env["ALIBABA_CLOUD_ACCESS_KEY_SECRET"]))))
	return params
}

func TestAlibabaLegacySignatureByGetAndPost(t *testing.T) {
	clock := newTestClock()
	cases := map[string]struct {
		params url.Values
		spoil  func(url.Values)
		status int
		code   string
	}{
		"as signed":           {status: 200},
		"with a filter":       {params: values("RegistryType", "CI/CD"), status: 200},
		"another method":      {params: values("SignatureMethod", "HMAC-SHA256"), status: 400, code: "IncompleteSignature"},
		"no key":              {spoil: func(v url.Values) { v.Del("AccessKeyId") }, status: 400, code: "MissingAccessKeyId"},
		"no signature":        {spoil: func(v url.Values) { v.Del("Signature") }, status: 400, code: "MissingSignature"},
		"old date":            {params: values("Timestamp", "2020-01-01T00:00:00Z"), status: 400, code: "InvalidTimeStamp.Expired"},
		"date without a zone": {params: values("Timestamp", "2026-01-02 03:04:05"), status: 400, code: "InvalidTimeStamp.Format"},
		"unknown key":         {params: values("AccessKeyId", "other"), status: 404, code: "InvalidAccessKeyId.NotFound"},
		"foreign token":       {params: values("SecurityToken", "tok"), status: 400, code: "InvalidSecurityToken.MismatchWithAccessKey"},
	}
	for name, c := range cases {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			t.Run(name+" "+method, func(t *testing.T) {
				s := serve(t, emulator.Options{Clock: clock.time})
				params := url.Values{}
				for key, value := range c.params {
					params[key] = value
				}
				signed := legacyQuery(s, method, params)
				if c.spoil != nil {
					c.spoil(signed)
				}
				send(t, newRequest(t, method, s.url+"/?"+signed.Encode(), "")).expect(t, c.status, c.code)
			})
		}
	}
}

func TestAlibabaLegacyMismatchEchoesTheStringToSign(t *testing.T) {
	s := serve(t, emulator.Options{})
	signed := legacyQuery(s, http.MethodPost, values("Action", "AddPrivateRegistry", "Password", "s3cr=t"))
	signed.Set("Signature", "AAAA")
	got := send(t, newRequest(t, http.MethodPost, s.url+"/?"+signed.Encode(), ""))
	got.expect(t, 400, "SignatureDoesNotMatch")
	if message, _ := got.object(t)["Message"].(string); !strings.Contains(message, "POST&%2F&") || !strings.Contains(message, "s3cr%253Dt") {
		t.Errorf("the message is %q", message)
	}
}
