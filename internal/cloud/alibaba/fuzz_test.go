package alibaba_test

import (
	"testing"

	"regent/internal/cloud/alibaba"
	"regent/internal/cloud/cloudtest"
)

// FuzzFault reads answers of any shape.
func FuzzFault(f *testing.F) {
	cloudtest.FuzzFault(f, alibaba.Dialect{}, []string{
		"", "{}", "null", "[]", `"text"`, "<html>", "7",
		`{"RequestId":"r","HostId":"h","Code":"NoPermission","Message":"caller has no permission","Recommend":"https://x"}`,
		`{"requestId":"r","success":false,"code":500,"message":"ServerError"}`,
		`{"RequestId":"r","Success":true,"Code":"200","Message":"success"}`,
		`{"Success":"False","Code":1e400,"Message":{"a":["\u202e","\ud800"]}}`,
		`{"Code":"Throttling.User","Message":"slow \u001b[2J down\r\n::error::x"}`,
		"<?xml version='1.0'?><Error><RequestId>r</RequestId><Code>SignatureDoesNotMatch</Code><Message>a &lt;b&gt; &amp;lt;</Message></Error>",
		"<Error><Code><Code></Code></Message><Message>\x00\xff</Message></Error>",
		"Limit:1,Remain:0,TimeLeft:2000,Reset:1234", "\xff\xfe{", `{"Code":"a","Code":"b","CODE":7}`,
	})
}
