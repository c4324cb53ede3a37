package alibaba_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"regent/internal/cloud"
	"regent/internal/cloud/alibaba"
	"regent/internal/cloud/cloudtest"
)

const (
	webPage = "the answer is a web page, not an answer of the API; is a proxy in between?"
	silent  = "the server gave no reason that the API documents"
	failed  = "the API reports that it did not succeed, and gives no reason"
)

func TestFaults(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		status int
		body   string
		want   *cloud.Fault
	}{
		{"success", 200, `{"RequestId":"r","Success":true,"Code":"200","Message":"success"}`, nil},
		{"success in lower case", 200, `{"requestId":"r","success":true,"code":"200"}`, nil},
		{"list", 200, `{"RequestId":"r","ImageRegistryInfos":[]}`, nil},
		{"list with the words in values", 200, `{"ImageRegistryInfos":[{"RegistryName":"Success"},{"RegistryName":"\"Code\""}]}`, nil},
		{"success with a number for a code", 200, `{"RequestId":"r","Success":true,"Code":200}`, nil},
		{"code OK without a flag", 200, `{"Code":"OK","Message":"fine"}`, nil},
		{"code 0 without a flag", 200, `{"Code":0,"Message":"fine"}`, nil},
		{"web page under 200", 200, "<html>", nil}, // no fault of the API: whoever reads the answer finds out
		{"nothing under 200", 200, "", nil},

		{"Success false", 200, `{"RequestId":"r","Success":false,"Code":"500","Message":"ServerError"}`, &cloud.Fault{Code: "500", Message: "ServerError", RequestID: "r", Open: true}},
		{"Success false with the code of a success", 200, `{"RequestId":"r","Success":false,"Code":"200","Message":"success"}`, &cloud.Fault{Code: "200", Message: "success", RequestID: "r"}},
		{"Success false and nothing else", 200, `{"Success":false}`, &cloud.Fault{Message: failed}},
		{"Success false as text", 200, `{"Success":"false","Message":"no"}`, &cloud.Fault{Message: "no"}},
		{"Success true as text", 200, `{"Success":"True","Code":"200"}`, nil},
		{"success false in lower case", 200, `{"success":false,"code":"Failed","message":"no"}`, &cloud.Fault{Code: "Failed", Message: "no"}},
		{"SUCCESS false in upper case", 200, `{"SUCCESS":false,"CODE":"Failed","MESSAGE":"no"}`, &cloud.Fault{Code: "Failed", Message: "no"}},
		{"a code of a failure without a flag", 200, `{"Code":"Failed","Message":"no"}`, &cloud.Fault{Code: "Failed", Message: "no"}},
		{"a number for a code", 200, `{"Success":false,"Code":50012,"Message":"no"}`, &cloud.Fault{Code: "50012", Message: "no"}},
		{"throttled under 200", 200, `{"Success":false,"Code":"Throttling.User","Message":"slow down"}`, &cloud.Fault{Code: "Throttling.User", Message: "slow down", Throttled: true}},

		{"no permission", 403, `{"RequestId":"r","HostId":"h","Code":"NoPermission","Message":"caller has no permission","Recommend":"https://x"}`, &cloud.Fault{Code: "NoPermission", Message: "caller has no permission", RequestID: "r"}},
		{"keys in lower case", 403, `{"requestId":"r","code":"NoPermission","message":"no"}`, &cloud.Fault{Code: "NoPermission", Message: "no", RequestID: "r"}},
		{"with details", 403, `{"Code":"Forbidden.RAM","Message":"no","AccessDeniedDetail":{"PolicyType":"x"},"Description":"d"}`, &cloud.Fault{Code: "Forbidden.RAM", Message: "no"}},
		{"a number for a code of an error", 500, `{"Code":500,"Message":"no"}`, &cloud.Fault{Code: "500", Message: "no", Open: true}},
		{"a message of another type", 400, `{"Code":"InvalidParameter","Message":{"text":"no"},"RequestId":"r"}`, &cloud.Fault{Code: "InvalidParameter", Message: silent, RequestID: "r"}},
		{"key", 404, `{"Code":"InvalidAccessKeyId.NotFound","Message":"no"}`, &cloud.Fault{Code: "InvalidAccessKeyId.NotFound", Message: "no", Auth: true}},
		{"signature", 403, `{"Code":"SignatureDoesNotMatch","Message":"no"}`, &cloud.Fault{Code: "SignatureDoesNotMatch", Message: "no", Auth: true}},
		{"incomplete signature", 400, `{"Code":"IncompleteSignature","Message":"no"}`, &cloud.Fault{Code: "IncompleteSignature", Message: "no", Auth: true}},
		{"clock", 400, `{"Code":"InvalidTimeStamp.Expired","Message":"no"}`, &cloud.Fault{Code: "InvalidTimeStamp.Expired", Message: "no", Auth: true}},
		{"token", 400, `{"Code":"InvalidSecurityToken.MismatchWithAccessKey","Message":"no"}`, &cloud.Fault{Code: "InvalidSecurityToken.MismatchWithAccessKey", Message: "no", Auth: true}},
		{"nonce", 400, `{"Code":"SignatureNonceUsed","Message":"no"}`, &cloud.Fault{Code: "SignatureNonceUsed", Message: "no", Open: true}},
		{"unavailable", 503, `{"Code":"ServiceUnavailable","Message":"no"}`, &cloud.Fault{Code: "ServiceUnavailable", Message: "no", Open: true}},
		{"unavailable under another status", 400, `{"Code":"ServiceUnavailable.Backend","Message":"no"}`, &cloud.Fault{Code: "ServiceUnavailable.Backend", Message: "no", Open: true}},
		{"unavailable by the name of another product", 400, `{"Code":"ServiceUnavailableTemporary","Message":"no"}`, &cloud.Fault{Code: "ServiceUnavailableTemporary", Message: "no", Open: true}},
		{"internal error under 200", 200, `{"Success":false,"Code":"InternalError","Message":"no"}`, &cloud.Fault{Code: "InternalError", Message: "no", Open: true}},
		{"internal error under 400", 400, `{"Code":"internalError.Db","Message":"no"}`, &cloud.Fault{Code: "internalError.Db", Message: "no", Open: true}},
		{"server error under 200", 200, `{"Success":false,"Code":"ServerError","Message":"no"}`, &cloud.Fault{Code: "ServerError", Message: "no", Open: true}},
		{"a timeout", 400, `{"Code":"ServiceTimeout","Message":"no"}`, &cloud.Fault{Code: "ServiceTimeout", Message: "no", Open: true}},
		{"a number of a timeout", 200, `{"Success":false,"Code":408,"Message":"no"}`, &cloud.Fault{Code: "408", Message: "no", Open: true}},
		{"the status of a failure beside another code", 200, `{"Success":false,"Code":"Failed","Message":"no","HttpStatusCode":503}`, &cloud.Fault{Code: "Failed", Message: "no", Open: true}},
		{"the status of a refusal beside a code", 200, `{"Success":false,"Code":"Failed","Message":"no","HttpStatusCode":400}`, &cloud.Fault{Code: "Failed", Message: "no"}},
		{"an invalid parameter with such a name", 400, `{"Code":"InvalidParameter.Timeout","Message":"no"}`, &cloud.Fault{Code: "InvalidParameter.Timeout", Message: "no"}},
		{"throttled while unavailable", 200, `{"Success":false,"Code":"Throttling.User","Message":"no","HttpStatusCode":503}`, &cloud.Fault{Code: "Throttling.User", Message: "no", Throttled: true}},
		{"a code and a flag of other types", 400, `{"Code":["InternalError"],"Message":"no","Success":{"Success":false}}`, &cloud.Fault{Message: "no"}},
		{"throttled", 400, `{"Code":"Throttling","Message":"no"}`, &cloud.Fault{Code: "Throttling", Message: "no", Throttled: true}},
		{"throttled by another name", 503, `{"Code":"Rejected.Throttling","Message":"no"}`, &cloud.Fault{Code: "Rejected.Throttling", Message: "no", Throttled: true}},
		{"401 without a body", 401, "", &cloud.Fault{Message: silent, Auth: true}},
		{"429 without a body", 429, "", &cloud.Fault{Message: silent, Throttled: true}},
		{"web page", 502, "\n <!DOCTYPE html><html><body>Bad Gateway</body></html>", &cloud.Fault{Message: webPage}},
		{"text", 500, "upstream connect error", &cloud.Fault{Message: silent}},
		{"cut", 500, `{"Code":"Ser`, &cloud.Fault{Message: silent}},
		{"a list", 500, `[{"Code":"ServerError"}]`, &cloud.Fault{Message: silent}},
		{"redirect", 302, "", &cloud.Fault{Message: silent}},

		{"XML", 403, `<?xml version='1.0' encoding='UTF-8'?><Error><RequestId>r</RequestId><HostId>h</HostId><Code>NoPermission</Code><Message>no &lt;you&gt; &amp; me</Message></Error>`, &cloud.Fault{Code: "NoPermission", Message: "no <you> & me", RequestID: "r"}},
		{"XML with keys in lower case", 400, `<Error><requestId>r</requestId><code>Throttling.User</code><message>no</message></Error>`, &cloud.Fault{Code: "Throttling.User", Message: "no", RequestID: "r", Throttled: true}},
		{"XML of a signature", 400, "<Error>\n  <Code>SignatureDoesNotMatch</Code>\n  <Message>no</Message>\n</Error>", &cloud.Fault{Code: "SignatureDoesNotMatch", Message: "no", Auth: true}},
		{"cut XML", 500, `<Error><Code>ServerError</Code><Mess`, &cloud.Fault{Code: "ServerError", Message: webPage, Open: true}},
		{"XML with another root", 500, `<Fault><Code>NoPermission</Code></Fault>`, &cloud.Fault{Message: webPage}},
	} {
		cloudtest.Fault(t, alibaba.Dialect{}, c.name, c.status, c.body, c.want)
	}
}

func TestRequestIDs(t *testing.T) {
	t.Parallel()
	header := http.Header{"X-Acs-Request-Id": {"from-header"}}
	for _, c := range []struct {
		name   string
		header http.Header
		body   string
		want   string
	}{
		{"body", nil, `{"RequestId":"from-body"}`, "from-body"},
		{"body in lower case", nil, `{"requestId":"from-body"}`, "from-body"},
		{"header", header, `{}`, "from-header"},
		{"neither", nil, "<html>", ""},
	} {
		if got := (alibaba.Dialect{}).RequestID(c.header, []byte(c.body)); got != c.want {
			t.Errorf("%s: %q", c.name, got)
		}
	}
	if f := (alibaba.Dialect{}).Fault(500, header, nil); f.RequestID != "from-header" {
		t.Errorf("request ID of an error without a body is %q", f.RequestID)
	}
	if f := (alibaba.Dialect{}).Fault(500, header, []byte(`{"RequestId":"from-body"}`)); f.RequestID != "from-body" {
		t.Errorf("request ID of an error is %q", f.RequestID)
	}
}

func TestTimeLeft(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, header, value string
		want                time.Duration
	}{
		{"user and API", "x-ratelimit-user-api", "Limit:1,Remain:0,TimeLeft:2000,Reset:1234", 2 * time.Second},
		{"user", "x-ratelimit-user", "Limit:1,Remain:0,TimeLeft:150,Reset:1234", 150 * time.Millisecond},
		{"at the end", "x-ratelimit-user", "Limit:1,TimeLeft:150", 150 * time.Millisecond},
		{"zero", "x-ratelimit-user", "TimeLeft:0", 0},
		{"no number", "x-ratelimit-user", "TimeLeft:soon", 0},
		{"negative", "x-ratelimit-user", "TimeLeft:-5", 0},
		{"part of another word", "x-ratelimit-user", "NoTimeLeft:5", 0},
		{"huge", "x-ratelimit-user", "TimeLeft:" + strings.Repeat("9", 9), 999_999_999 * time.Millisecond},
		{"another header", "x-ratelimit", "TimeLeft:5", 0},
	} {
		header := http.Header{}
		header.Set(c.header, c.value)
		if f := (alibaba.Dialect{}).Fault(400, header, []byte(`{"Code":"Throttling.User","Message":"no"}`)); f.Wait != c.want {
			t.Errorf("%s: waits %v", c.name, f.Wait)
		}
	}
	both := http.Header{"X-Ratelimit-User": {"TimeLeft:1"}, "X-Ratelimit-User-Api": {"TimeLeft:2"}}
	if f := (alibaba.Dialect{}).Fault(400, both, nil); f.Wait != 2*time.Millisecond {
		t.Errorf("with both headers: waits %v", f.Wait)
	}
}
