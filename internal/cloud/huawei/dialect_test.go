package huawei_test

import (
	"net/http"
	"testing"

	"regent/internal/cloud"
	"regent/internal/cloud/cloudtest"
	"regent/internal/cloud/huawei"
)

const (
	webPage = "the answer is a web page, not an answer of the API; is a proxy in between?"
	silent  = "the server gave no reason that the API documents"
)

func TestFaults(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		status int
		body   string
		want   *cloud.Fault
	}{
		{"success", 200, `{"error_code":"HSS.0001"}`, nil},
		{"created", 201, `{"id":1}`, nil},
		{"no content", 204, "", nil},

		{"gateway", 404, `{"error_msg":"The API does not exist","error_code":"APIGW.0101","request_id":"r"}`, &cloud.Fault{Code: "APIGW.0101", Message: "The API does not exist", RequestID: "r"}},
		{"gateway by its other name", 404, `{"error_msg":"no","error_code":"APIG.0101","request_id":"r"}`, &cloud.Fault{Code: "APIG.0101", Message: "no", RequestID: "r"}},
		{"authentication", 401, `{"error_msg":"no","error_code":"APIGW.0301"}`, &cloud.Fault{Code: "APIGW.0301", Message: "no", Auth: true}},
		{"authentication under another status", 403, `{"error_msg":"no","error_code":"APIG.0301"}`, &cloud.Fault{Code: "APIG.0301", Message: "no", Auth: true}},
		{"clock", 401, `{"error_msg":"signature expired","error_code":"APIGW.0303"}`, &cloud.Fault{Code: "APIGW.0303", Message: "signature expired", Auth: true}},
		{"token", 401, `{"error_msg":"no","error_code":"APIGW.0307"}`, &cloud.Fault{Code: "APIGW.0307", Message: "no", Auth: true}},
		{"throttled", 429, `{"error_msg":"no","error_code":"APIGW.0308"}`, &cloud.Fault{Code: "APIGW.0308", Message: "no", Throttled: true}},
		{"throttled under another status", 403, `{"error_msg":"no","error_code":"APIG.0308"}`, &cloud.Fault{Code: "APIG.0308", Message: "no", Throttled: true}},
		{"a service's own 0301", 400, `{"error_msg":"no","error_code":"HSS.0301"}`, &cloud.Fault{Code: "HSS.0301", Message: "no"}},

		{"HSS", 400, `{"error_code":"HSS.0011","error_msg":"not found"}`, &cloud.Fault{Code: "HSS.0011", Message: "not found"}},
		{"HSS with a description", 400, `{"error_code":"HSS.0001","error_msg":"invalid","error_description":"the name"}`, &cloud.Fault{Code: "HSS.0001", Message: "invalid (the name)"}},
		{"HSS with the same description", 400, `{"error_code":"HSS.0001","error_msg":"invalid","error_description":"invalid"}`, &cloud.Fault{Code: "HSS.0001", Message: "invalid"}},
		{"SWR", 403, `{"error_code":"SVCSTG.SWR.4030170","error_msg":"no","encoded_authorization_message":"opaque"}`, &cloud.Fault{Code: "SVCSTG.SWR.4030170", Message: "no"}},
		{"SWR in both forms", 403, `{"errors":[{"errorCode":"A","errorMessage":"a","detail":""}],"error_code":"B","error_msg":"b","details":[{"error_code":"C","error_msg":"c"}]}`, &cloud.Fault{Code: "B", Message: "b"}},
		{"SWR in the newer form alone", 400, `{"errors":[{"errorCode":"SVCSTG.SWR.4000014","errorMessage":"invalid","detail":"d"}]}`, &cloud.Fault{Code: "SVCSTG.SWR.4000014", Message: "invalid"}},
		{"SWR as a bare list", 400, `[{"errorCode":"SVCSTG.SWR.4000014","errorMessage":"invalid","detail":"d"}]`, &cloud.Fault{Code: "SVCSTG.SWR.4000014", Message: "invalid"}},
		{"details alone", 400, `{"details":[{"error_code":"C","error_msg":"c"}]}`, &cloud.Fault{Code: "C", Message: "c"}},
		{"empty list", 400, `[]`, &cloud.Fault{Message: silent}},
		{"Keystone", 401, `{"error":{"code":401,"message":"wrong password","title":"Unauthorized"}}`, &cloud.Fault{Code: "401", Message: "wrong password", Auth: true}},
		{"Keystone with a code as text", 400, `{"error":{"code":"IAM.0011","message":"no"}}`, &cloud.Fault{Code: "IAM.0011", Message: "no"}},
		{"one object below", 400, `{"error":{"error_code":"IAM.0011","error_msg":"no"}}`, &cloud.Fault{Code: "IAM.0011", Message: "no"}},
		{"IAM", 400, `{"error_code":"IAM.0011","error_msg":"no"}`, &cloud.Fault{Code: "IAM.0011", Message: "no"}},
		{"code and message", 400, `{"code":"ServiceError","message":"no"}`, &cloud.Fault{Code: "ServiceError", Message: "no"}},
		{"a number for a code", 400, `{"code":4001,"message":"no"}`, &cloud.Fault{Code: "4001", Message: "no"}},
		{"a number for error_code", 400, `{"error_code":40010,"error_msg":"no"}`, &cloud.Fault{Code: "40010", Message: "no"}},
		{"a code without a message", 400, `{"error_code":"HSS.0001"}`, &cloud.Fault{Code: "HSS.0001", Message: silent}},
		{"null", 400, `{"error_code":null,"error_msg":null,"error":null}`, &cloud.Fault{Message: silent}},
		{"an error of another type", 500, `{"error":"internal","error_code":"X","error_msg":"no","request_id":7}`, &cloud.Fault{Code: "X", Message: "no"}},
		{"a framework's error", 500, `{"timestamp":1,"status":500,"error":"Internal Server Error","message":"no","path":"/v2"}`, &cloud.Fault{Message: "no"}},

		{"a failure of the service under another status", 400, `{"error_code":"HSS.0041","error_msg":"no"}`, &cloud.Fault{Code: "HSS.0041", Message: "no", Open: true}},
		{"backend timeout", 504, `{"error_code":"APIGW.0201","error_msg":"Backend timeout."}`, &cloud.Fault{Code: "APIGW.0201", Message: "Backend timeout.", Open: true}},
		{"backend timeout under another status", 400, `{"error_code":"APIG.0201","error_msg":"Backend timeout."}`, &cloud.Fault{Code: "APIG.0201", Message: "Backend timeout.", Open: true}},
		{"body too large", 413, `{"error_code":"APIGW.0201","error_msg":"too large"}`, &cloud.Fault{Code: "APIGW.0201", Message: "too large"}},
		{"a failure of the gateway", 400, `{"error_code":"APIGW.0601","error_msg":"no"}`, &cloud.Fault{Code: "APIGW.0601", Message: "no", Open: true}},
		{"a failure of SWR under another status", 400, `{"error_code":"SVCSTG.SWR.5000001","error_msg":"no"}`, &cloud.Fault{Code: "SVCSTG.SWR.5000001", Message: "no", Open: true}},
		{"a failure of SWR Enterprise", 400, `{"error_code":"SWR.500003","error_msg":"no"}`, &cloud.Fault{Code: "SWR.500003", Message: "no", Open: true}},
		{"a refusal of SWR Enterprise", 400, `{"error_code":"SWR.400503","error_msg":"no"}`, &cloud.Fault{Code: "SWR.400503", Message: "no"}},
		{"a status for a code", 400, `{"error":{"code":503,"message":"no"}}`, &cloud.Fault{Code: "503", Message: "no", Open: true}},
		{"a number that is no status", 400, `{"code":50012,"message":"no"}`, &cloud.Fault{Code: "50012", Message: "no"}},

		{"401 without a body", 401, "", &cloud.Fault{Message: silent, Auth: true}},
		{"429 of a proxy", 429, "<html>", &cloud.Fault{Message: webPage, Throttled: true}},
		{"web page", 502, "\n <!DOCTYPE html><html>", &cloud.Fault{Message: webPage}},
		{"text", 500, "upstream connect error", &cloud.Fault{Message: silent}},
		{"JSON text", 500, `"no"`, &cloud.Fault{Message: silent}},
		{"cut", 500, `{"error_code":"HSS`, &cloud.Fault{Message: silent}},
		{"redirect", 302, "", &cloud.Fault{}},
	} {
		cloudtest.Fault(t, huawei.Dialect{}, c.name, c.status, c.body, c.want)
	}
}

func TestRequestIDs(t *testing.T) {
	t.Parallel()
	header := http.Header{"X-Request-Id": {"from-header"}}
	if got := (huawei.Dialect{}).RequestID(header, nil); got != "from-header" {
		t.Errorf("of an answer: %q", got)
	}
	if f := (huawei.Dialect{}).Fault(400, header, []byte(`{"error_code":"A","request_id":"from-body"}`)); f.RequestID != "from-header" {
		t.Errorf("of an error: %q", f.RequestID)
	}
}

func TestEndpoints(t *testing.T) {
	t.Parallel()
	for want, got := range map[string]string{
		"https://hss.cn-north-4.myhuaweicloud.com":     huawei.Endpoint(huawei.HSS, "cn-north-4"),
		"https://swr-api.cn-north-4.myhuaweicloud.com": huawei.Endpoint(huawei.SWR, "cn-north-4"),
		"https://iam.eu-west-101.myhuaweicloud.eu":     huawei.Endpoint(huawei.IAM, "eu-west-101"),
	} {
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
