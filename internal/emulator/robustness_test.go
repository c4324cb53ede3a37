package emulator_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"regent/internal/emulator"
)

func TestArbitraryRequestsAreAnsweredNotPanicked(t *testing.T) {
	server, err := emulator.New(emulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	paths := rapid.SampledFrom([]string{
		"/", hssPath, hssPath + "/x", hssPath + "/batch-delete", swrPath, swrPath + "/1", "/v3/auth/tokens", "/v3/projects",
		"/v3.0/OS-AUTH/id-token/tokens", "/v3.0/OS-CREDENTIAL/securitytokens", "/_emulator/state", "/_emulator/faults", "//", "/%2F",
	})
	headers := rapid.SampledFrom([]string{
		"Authorization", "X-Sdk-Date", "X-Auth-Token", "X-Sdk-Content-Sha256", "Content-Type", "X-Acs-Action", "X-Acs-Version", "X-Acs-Date", "X-Idp-Id",
	})
	texts := rapid.OneOf(rapid.StringMatching(`[ -~]{0,40}`), rapid.SampledFrom([]string{
		"SDK-HMAC-SHA256 Access=a, SignedHeaders=x-sdk-date, Signature=0", "ACS3-HMAC-SHA256 Credential=a,SignedHeaders=host,Signature=0",
		"ACS3-HMAC-SHA256 ", "application/json", "application/x-www-form-urlencoded", "AddPrivateRegistry", "2018-12-03", "20260102T030405Z",
	}))
	rapid.Check(t, func(rt *rapid.T) {
		method := rapid.SampledFrom([]string{"GET", "POST", "PUT", "DELETE", "PATCH"}).Draw(rt, "method")
		r := httptest.NewRequest(method, "http://127.0.0.1"+paths.Draw(rt, "path"), strings.NewReader(texts.Draw(rt, "body")))
		r.URL.RawQuery = texts.Draw(rt, "query")
		for range rapid.IntRange(0, 5).Draw(rt, "headers") {
			r.Header.Set(headers.Draw(rt, "name"), texts.Draw(rt, "value"))
		}
		w := httptest.NewRecorder()
		server.ServeHTTP(w, r)
		if w.Code < 200 || w.Code > 599 {
			rt.Fatalf("the status is %d", w.Code)
		}
	})
	if got := server.State(); len(got.SAS.Registries)+len(got.HSS.Registries)+len(got.SWR.Registries) != 0 {
		t.Errorf("unsigned requests changed the state: %v", got)
	}
}
