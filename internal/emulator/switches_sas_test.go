package emulator_test

import (
	"fmt"
	"strings"
	"testing"

	"regent/internal/emulator"
)

// addedSAS is the only registration of an emulator after one add.
func addedSAS(t *testing.T, s served, changes ...string) emulator.SASRegistry {
	t.Helper()
	sas(t, s, "AddPrivateRegistry", sasAdd(changes...)...).expect(t, 200, "")
	return s.State().SAS.Registries[0]
}

// sasCode is status and error code of an answer.
func sasCode(t *testing.T, got answer) string {
	t.Helper()
	return summary(t, got, "Code")
}

func sasProbes() map[string]probe {
	add := func(changes ...string) func(*testing.T, served) string {
		return func(t *testing.T, s served) string {
			return sasCode(t, sas(t, s, "AddPrivateRegistry", sasAdd(changes...)...))
		}
	}
	return map[string]probe{
		"sas-add-id": {func(t *testing.T, s served) string {
			return fmt.Sprint(sas(t, s, "AddPrivateRegistry", sasAdd()...).object(t)["Data"].(map[string]any)["Id"])
		}, map[string]string{"real": "66001", "zero": "0"}},
		"sas-list-port": {func(t *testing.T, s served) string {
			addedSAS(t, s)
			return presence(sas(t, s, "ListPrivateRegistryList", "RegistryType", "harbor").list(t, "ImageRegistryInfos")[0], "Port")
		}, map[string]string{"present": "there", "absent": "missing"}},
		"sas-list-vpc-id": {func(t *testing.T, s served) string {
			addedSAS(t, s, "NetType", "2", "VpcId", "vpc-1")
			return presence(sas(t, s, "ListPrivateRegistryList", "RegistryType", "harbor").list(t, "ImageRegistryInfos")[0], "VpcId")
		}, map[string]string{"present": "there", "absent": "missing"}},
		"sas-empty-list": {func(t *testing.T, s served) string {
			return presence(sas(t, s, "ListPrivateRegistryList", "RegistryType", "quay").object(t), "ImageRegistryInfos")
		}, map[string]string{"array": "there", "absent": "missing"}},
		"sas-list-order": {func(t *testing.T, s served) string {
			addedSAS(t, s)
			return fmt.Sprint(sas(t, s, "ListPrivateRegistryList").list(t, "ImageRegistryInfos")[0]["Id"])
		}, map[string]string{"id-ascending": "1", "id-descending": "66001"}},
		"sas-unknown-id": {func(t *testing.T, s served) string {
			return sasCode(t, sas(t, s, "ModifyImageRegistry", "Id", "9", "UserName", "x"))
		}, map[string]string{"error": "400 InvalidParameter", "success-false": "200 400", "server-error": "500 ServerError"}},
		"sas-delete-unknown": {func(t *testing.T, s served) string {
			return summary(t, sas(t, s, "DeletePrivateRegistry", "RegistryId", "9"), "Data")
		}, map[string]string{"data-false": "200 false", "error": "400 <nil>"}},
		"sas-duplicate": {func(t *testing.T, s served) string {
			addedSAS(t, s)
			return add("UserName", "other")(t, s)
		}, map[string]string{"refuse": "400 RegistryAlreadyExists", "accept": "200 <nil>", "server-error": "500 ServerError"}},
		"sas-modify-omitted": {func(t *testing.T, s served) string {
			addedSAS(t, s)
			sas(t, s, "ModifyImageRegistry", "Id", "66001", "UserName", "new").expect(t, 200, "")
			reg := s.State().SAS.Registries[0]
			return fmt.Sprint(reg.UserName, " ", reg.Password, " ", reg.Port)
		}, map[string]string{"keep": "new Harbor12345 8443", "clear": "new  0"}},
		"sas-secrets-in-body": {func(t *testing.T, s served) string {
			request := sasRequest{action: "AddPrivateRegistry", query: values(sasAdd("Password", "")...), form: values("Password", "p")}
			return sasCode(t, send(t, request.build(t, s)))
		}, map[string]string{"accept": "200 <nil>", "refuse": "400 MissingPassword"}},
		"sas-feature": {add(), map[string]string{"enabled": "200 <nil>", "disabled": "403 NoPermission"}},
		"sts-caller-identity": {func(t *testing.T, s served) string {
			r := sasRequest{action: "GetCallerIdentity", version: "2015-04-01"}
			return summary(t, send(t, r.build(t, s)), "AccountId")
		}, map[string]string{"answer": "200 1234567890123456", "refuse": "403 <nil>"}},
	}
}

func sasGatewayProbes() map[string]probe {
	listAs := func(request sasRequest) func(*testing.T, served) string {
		return func(t *testing.T, s served) string {
			request := request
			request.action = "ListPrivateRegistryList"
			if request.sk == "wrong" && request.ak == "" {
				request.ak = s.env["ALIBABA_CLOUD_ACCESS_KEY_ID"]
			}
			return sasCode(t, send(t, request.build(t, s)))
		}
	}
	throttled := func(t *testing.T, s served) answer {
		t.Helper()
		if err := s.SetFaults([]emulator.Fault{{Operation: "*", Kind: emulator.FaultThrottle}}); err != nil {
			t.Fatal(err)
		}
		return sas(t, s, "ListPrivateRegistryList")
	}
	return map[string]probe{
		"sas-error-format": {func(t *testing.T, s served) string {
			got := sas(t, s, "AddPrivateRegistry")
			return got.header.Get("Content-Type") + " " + string(got.body[:1])
		}, map[string]string{"json": "application/json;charset=utf-8 {", "xml": "text/xml;charset=utf-8 <"}},
		"sas-error-keys": {func(t *testing.T, s served) string {
			body := sas(t, s, "AddPrivateRegistry").object(t)
			return fmt.Sprint(body["Code"], body["code"])
		}, map[string]string{"upper": "MissingRegistryType<nil>", "lower": "<nil>MissingRegistryType"}},
		"sas-unknown-key-status": {listAs(sasRequest{ak: "x", sk: "y"}), map[string]string{
			"404": "404 InvalidAccessKeyId.NotFound", "400": "400 InvalidAccessKeyId.NotFound"}},
		"sas-signature-status": {listAs(sasRequest{sk: "wrong"}), map[string]string{
			"400": "400 SignatureDoesNotMatch", "403": "403 SignatureDoesNotMatch"}},
		"sas-security-token-code": {listAs(sasRequest{token: "tok"}), map[string]string{
			"InvalidSecurityToken.MismatchWithAccessKey": "400 InvalidSecurityToken.MismatchWithAccessKey",
			"InvalidSecurityToken.Malformed":             "400 InvalidSecurityToken.Malformed"}},
		"sas-throttle-status": {func(t *testing.T, s served) string {
			return fmt.Sprint(throttled(t, s).status)
		}, map[string]string{"400": "400", "429": "429", "503": "503"}},
		"sas-throttle-code": {func(t *testing.T, s served) string {
			return strings.TrimPrefix(sasCode(t, throttled(t, s)), "400 ")
		}, map[string]string{"Throttling.User": "Throttling.User", "Throttling": "Throttling",
			"Throttling.Api": "Throttling.Api", "Rejected.Throttling": "Rejected.Throttling"}},
	}
}
