package huawei_test

import (
	"testing"

	"regent/internal/cloud/cloudtest"
	"regent/internal/cloud/huawei"
)

// FuzzFault reads answers of any shape.
func FuzzFault(f *testing.F) {
	cloudtest.FuzzFault(f, huawei.Dialect{}, []string{
		"", "{}", "null", "[]", `"text"`, "<html>", "7",
		`{"error_msg":"The API does not exist","error_code":"APIGW.0101","request_id":"r"}`,
		`{"error_code":"HSS.0001","error_msg":"invalid","error_description":"the name"}`,
		`{"errors":[{"errorCode":"A","errorMessage":"a","detail":""}],"error_code":"B","details":[{"error_code":"C","error_msg":"c"}]}`,
		`[{"errorCode":"SVCSTG.SWR.4000014","errorMessage":"invalid","detail":"d"}]`,
		`{"error":{"code":401,"message":"wrong password","title":"Unauthorized"}}`,
		`{"code":"ServiceError","message":"no \u001b[2J\r\n::error::x \u202e \ud800"}`,
		`{"error_code":1e400,"error_msg":["\u0000"],"error":7,"request_id":{}}`,
		"\xff\xfe{", `{"code":-1,"code":{"code":""}}`, `[[[[[[`, "{\"error_msg\":\"\xff\"}",
	})
}
