package emulator_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"regent/internal/emulator"
)

func TestHuaweiRefusesWhatIsNotSignedRight(t *testing.T) {
	cases := map[string]struct {
		request huaweiRequest
		spoil   func(*http.Request)
		reason  string
	}{
		"no authorization at all": {
			spoil: func(r *http.Request) { r.Header.Del("Authorization") }, reason: "no Authorization",
		},
		"another scheme": {
			spoil: func(r *http.Request) { r.Header.Set("Authorization", "Basic YTpi") }, reason: "not SDK-HMAC-SHA256",
		},
		"no access key": {
			spoil: func(r *http.Request) {
				r.Header.Set("Authorization", "SDK-HMAC-SHA256 SignedHeaders=x-sdk-date, Signature=0")
			},
			reason: "no Access",
		},
		"unsigned date": {
			spoil: func(r *http.Request) {
				r.Header.Set("Authorization", "SDK-HMAC-SHA256 Access=a, SignedHeaders=host, Signature=0")
			},
			reason: "x-sdk-date is not signed",
		},
		"no signature": {
			spoil: func(r *http.Request) {
				r.Header.Set("Authorization", "SDK-HMAC-SHA256 Access=a, SignedHeaders=x-sdk-date")
			},
			reason: "no Signature",
		},
		"unknown access key": {request: huaweiRequest{ak: "UNKNOWN", sk: "x"}, reason: "Get secretKey failed"},
		"missing date":       {spoil: func(r *http.Request) { r.Header.Del("X-Sdk-Date") }, reason: "X-Sdk-Date is missing"},
		"query changed on the way": {
			spoil: func(r *http.Request) { r.URL.RawQuery = "limit=20" }, reason: "the signature does not match",
		},
		"signed header changed on the way": {
			request: huaweiRequest{headers: map[string]string{"X-Project-Id": testProject}},
			spoil:   func(r *http.Request) { r.Header.Set("X-Project-Id", strings.Repeat("f", 32)) },
			reason:  "the signature does not match",
		},
		"payload hash claimed but not signed": {
			spoil: func(r *http.Request) { r.Header.Set("X-Sdk-Content-Sha256", "UNSIGNED-PAYLOAD") }, reason: "x-sdk-content-sha256 is not signed",
		},
		"unsigned payload with a JSON content type": {
			request: huaweiRequest{headers: map[string]string{"X-Sdk-Content-Sha256": "UNSIGNED-PAYLOAD", "Content-Type": "application/json"}},
			reason:  "an unsigned payload is not allowed",
		},
		"payload hash of another body": {
			request: huaweiRequest{headers: map[string]string{"X-Sdk-Content-Sha256": strings.Repeat("0", 64)}},
			reason:  "is not the hash of the body",
		},
		"security token with a permanent key": {
			request: huaweiRequest{headers: map[string]string{"X-Security-Token": "tok"}},
			reason:  "the security token does not belong",
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			s := serve(t, emulator.Options{Clock: newTestClock().time})
			c.request.method, c.request.path = "GET", hssPath
			r := c.request.build(t, s)
			if c.spoil != nil {
				c.spoil(r)
			}
			got := send(t, r)
			got.expect(t, 401, "APIGW.0301")
			message, _ := got.object(t)["error_msg"].(string)
			if !strings.HasPrefix(message, "Incorrect IAM authentication information: ") || !strings.Contains(message, c.reason) {
				t.Errorf("the message is %q, want %q in it", message, c.reason)
			}
			if got.header.Get("X-Request-Id") == "" || got.header.Get("X-Request-Id") != got.object(t)["request_id"] {
				t.Errorf("request IDs are %q and %v", got.header.Get("X-Request-Id"), got.object(t)["request_id"])
			}
		})
	}
}

func TestHuaweiAcceptsEveryHeaderSetAsSigned(t *testing.T) {
	s := serve(t, emulator.Options{Clock: newTestClock().time})
	cases := map[string]huaweiRequest{
		"date only":            {},
		"project and agent":    {headers: map[string]string{"X-Project-Id": testProject, "User-Agent": "test agent"}},
		"unsigned content":     {headers: map[string]string{"Content-Type": "text/plain"}, body: "x", method: "POST"},
		"header with blanks":   {headers: map[string]string{"X-Extra": "  padded   value  "}},
		"query needing escape": {path: hssPath + "?enterprise_project_id=a%20b%2Bc~%2A"},
	}
	for name, request := range cases {
		t.Run(name, func(t *testing.T) {
			if request.path == "" {
				request.path = hssPath
			}
			if request.method == "" {
				request.method = "GET"
			}
			if got := send(t, request.build(t, s)); got.status == 401 {
				t.Errorf("refused: %s", got.body)
			}
		})
	}
}

func TestHuaweiClockSkewBeyondFifteenMinutesIsRefused(t *testing.T) {
	cases := map[string]struct {
		skew   time.Duration
		status int
	}{
		"fifteen minutes behind": {-15 * time.Minute, 200},
		"fifteen minutes ahead":  {15 * time.Minute, 200},
		"a second more behind":   {-15*time.Minute - time.Second, 401},
		"a second more ahead":    {15*time.Minute + time.Second, 401},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			clock := newTestClock()
			s := serve(t, emulator.Options{Clock: clock.time})
			got := send(t, huaweiRequest{method: "GET", path: hssPath, date: clock.time().Add(c.skew)}.build(t, s))
			if got.status != c.status {
				t.Errorf("answer is %d %s", got.status, got.body)
			}
			if c.status == 401 && !strings.Contains(string(got.body), "signature expired, signature time:") {
				t.Errorf("the message is %s", got.body)
			}
		})
	}
}

func TestHuaweiProjectOfHeaderURLAndKeyMustAgree(t *testing.T) {
	s := serve(t, emulator.Options{State: &emulator.State{Version: 1, Credentials: &emulator.Credentials{Huawei: []emulator.AccessKey{
		{ID: "FIRST", Secret: "first"},
		{ID: "SECOND", Secret: "second", Projects: []emulator.Project{{ID: "p1", Name: "cn-north-4"}}},
	}}}})
	send(t, huaweiRequest{method: "GET", path: hssPath, headers: map[string]string{"X-Project-Id": "p1"}}.build(t, s)).expect(t, 403, "APIGW.0302")
	send(t, huaweiRequest{method: "GET", path: hssPath, ak: "SECOND", sk: "second"}.build(t, s)).expect(t, 403, "APIGW.0302")
	send(t, huaweiRequest{method: "GET", path: "/v5/p1/image/registries", ak: "SECOND", sk: "second"}.build(t, s)).expect(t, 200, "")
	if s.env["HUAWEICLOUD_SDK_AK"] != "FIRST" {
		t.Errorf("Env does not print the state's first key but %s", s.env["HUAWEICLOUD_SDK_AK"])
	}
}

func TestHuaweiTemporaryKeyNeedsItsTokenAndExpires(t *testing.T) {
	clock := newTestClock()
	s := serve(t, emulator.Options{Clock: clock.time, State: &emulator.State{Version: 1, Credentials: &emulator.Credentials{
		Huawei: []emulator.AccessKey{{ID: "TEMP", Secret: "temp", SecurityToken: "tok", ExpiresAt: clock.time().Add(time.Hour)}},
	}}})
	with := func(token string) answer {
		return send(t, huaweiRequest{method: "GET", path: hssPath, headers: map[string]string{"X-Security-Token": token}}.build(t, s))
	}
	with("tok").expect(t, 200, "")
	with("other").expect(t, 401, "APIGW.0301")
	clock.advance(time.Hour)
	with("tok").expect(t, 401, "APIGW.0301")
}

func TestHuaweiGatewayAnswersUnknownRoutesItself(t *testing.T) {
	s := serve(t, emulator.Options{})
	for name, target := range map[string]string{
		"unknown path":        "GET /v9/x",
		"wrong method":        "PATCH " + hssPath,
		"trailing slash":      "GET " + hssPath + "/",
		"empty project":       "GET /v5//image/registries",
		"images of registry":  "GET " + hssPath + "/images",
		"instance as a whole": "GET /v2/p/instances/i",
	} {
		t.Run(name, func(t *testing.T) {
			method, path, _ := strings.Cut(target, " ")
			huawei(t, s, method, path, "").expect(t, 404, "APIGW.0101")
		})
	}
}

func TestBodiesBeyondTwelveMegabytesAreRefused(t *testing.T) {
	s := serve(t, emulator.Options{})
	huawei(t, s, "POST", hssPath, strings.Repeat("x", 12<<20+1)).expect(t, 413, "APIGW.0201")
	if got := s.Requests(); len(got) != 1 || got[0].Status != 413 {
		t.Errorf("the log is %v", got)
	}
}
