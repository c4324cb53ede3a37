package emulator_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"regent/internal/emulator"
)

const withDNS = `{"hosts":{"a.example.com":"192.0.2.1"}}`

// listedTarget and shownTarget create a registry and read it back.
func listedTarget(t *testing.T, s served) map[string]any {
	t.Helper()
	huawei(t, s, "POST", swrPath, swrJSON("dns_conf", withDNS))
	return huawei(t, s, "GET", swrPath, "").list(t, "registries")[0]
}

func shownTarget(t *testing.T, s served) map[string]any {
	t.Helper()
	huawei(t, s, "POST", swrPath, swrJSON("dns_conf", withDNS))
	return huawei(t, s, "GET", swrPath+"/1", "").object(t)
}

func swrProbes() map[string]probe {
	there := map[string]string{"present": "there", "absent": "missing"}
	return map[string]probe{
		"swr-create-status": {func(t *testing.T, s served) string {
			return summary(t, huawei(t, s, "POST", swrPath, swrJSON()), "id")
		}, map[string]string{"200": "200 1", "201": "201 1"}},
		"swr-delete-status": {func(t *testing.T, s served) string {
			shownTarget(t, s)
			return fmt.Sprint(huawei(t, s, "DELETE", swrPath+"/1", "").status)
		}, map[string]string{"200": "200", "204": "204"}},
		"swr-list-dns-conf":   {func(t *testing.T, s served) string { return presence(listedTarget(t, s), "dns_conf") }, there},
		"swr-list-project-id": {func(t *testing.T, s served) string { return presence(listedTarget(t, s), "project_id") }, there},
		"swr-show-dns-conf":   {func(t *testing.T, s served) string { return presence(shownTarget(t, s), "dns_conf") }, there},
		"swr-show-project-id": {func(t *testing.T, s served) string { return presence(shownTarget(t, s), "project_id") }, there},
		"swr-access-secret": {func(t *testing.T, s served) string {
			return fmt.Sprintf("%v", shownTarget(t, s)["credential"].(map[string]any)["access_secret"])
		}, map[string]string{"absent": "<nil>", "blank": "", "masked": "******"}},
		"swr-time-format": {func(t *testing.T, s served) string {
			state := emulator.State{Version: 1, SWR: emulator.SWRState{Registries: []emulator.SWREntry{{
				ProjectID: testProject, InstanceID: testInstance,
				Registry: emulator.SWRRegistry{ID: 1, CreatedAt: time.Date(2026, 1, 2, 3, 4, 5, 6e6, time.UTC)},
			}}}}
			if err := s.SetState(state); err != nil {
				t.Fatal(err)
			}
			return huawei(t, s, "GET", swrPath+"/1", "").object(t)["created_at"].(string)
		}, map[string]string{"millis": "2026-01-02T03:04:05.006Z", "seconds": "2026-01-02T03:04:05Z", "epoch-millis": "1767323045006"}},
		"swr-new-status": {func(t *testing.T, s served) string { return shownTarget(t, s)["status"].(string) },
			map[string]string{"healthy": "healthy", "unhealthy": "unhealthy"}},
		"swr-error-form": {func(t *testing.T, s served) string {
			body := string(huawei(t, s, "GET", swrPath+"/9", "").body)
			return fmt.Sprint(body[:1], strings.Contains(body, `"errorCode"`), strings.Contains(body, `"error_code"`))
		}, map[string]string{"both": "{true true", "flat": "{false true", "array": "[true false"}},
		"swr-code-style": {func(t *testing.T, s served) string {
			return summary(t, huawei(t, s, "GET", swrPath+"/9", ""), "error_code")
		}, map[string]string{"SVCSTG.SWR": "404 SVCSTG.SWR.4040002", "SWR": "404 SWR.404002"}},
	}
}

func swrRuleProbes() map[string]probe {
	create := func(changes ...string) func(*testing.T, served) string {
		return func(t *testing.T, s served) string {
			return fmt.Sprint(huawei(t, s, "POST", swrPath, swrJSON(changes...)).status)
		}
	}
	again := func(t *testing.T, s served) string {
		shownTarget(t, s)
		return create()(t, s)
	}
	return map[string]probe{
		"swr-duplicate-name":  {again, map[string]string{"refuse": "409", "accept": "200"}},
		"swr-conflict-status": {again, map[string]string{"409": "409", "400": "400"}},
		"swr-put-omitted": {func(t *testing.T, s served) string {
			huawei(t, s, "POST", swrPath, swrJSON("description", `"d"`, "dns_conf", withDNS, "region_id", `"r"`)).expect(t, 200, "")
			huawei(t, s, "PUT", swrPath+"/1", swrJSON()).expect(t, 200, "")
			reg := s.State().SWR.Registries[0].Registry
			return fmt.Sprint(reg.Description, " ", reg.RegionID, " ", reg.DNSConf != nil)
		}, map[string]string{"clear": "  false", "keep": "d r true"}},
		"swr-connectivity": {create("url", `"https://harbor.invalid"`), map[string]string{"skip": "200", "check": "400"}},
		"swr-internal-insecure": {create("type", `"swr-pro-internal"`, "project_id", `"p"`, "region_id", `"r"`, "instance_id", `"i"`, "insecure", "false"),
			map[string]string{"refuse": "400", "accept": "200"}},
		"swr-name-charset": {create("name", `"仓库"`), map[string]string{"narrow": "400", "han": "200"}},
		"swr-quota": {func(t *testing.T, s served) string {
			for i := range 3 {
				create("name", fmt.Sprintf(`"r%d"`, i))(t, s)
			}
			return create()(t, s)
		}, map[string]string{"none": "200", "3": "400"}},
		"swr-unknown-instance": {create(), map[string]string{"accept": "200", "not-found": "404"}},
	}
}

// huaweiProbes are those of the gateway, of IAM and of both services.
func huaweiProbes() map[string]probe {
	return map[string]probe{
		"huawei-unknown-fields": {func(t *testing.T, s served) string {
			return fmt.Sprint(
				huawei(t, s, "POST", swrPath, swrJSON("extra", "1")).status,
				huawei(t, s, "POST", swrPath, swrJSON("name", `"b"`, "credential", `{"type":"basic","access_key":"a","access_secret":"b","x":1}`)).status,
				huawei(t, s, "POST", hssPath, hssJSON("extra", "1")).status)
		}, map[string]string{"ignore": "200 200 200", "refuse": "400 400 400"}},
		"gateway-error-prefix": {func(t *testing.T, s served) string {
			return summary(t, huawei(t, s, "GET", "/v9", ""), "error_code")
		}, map[string]string{"APIGW": "404 APIGW.0101", "APIG": "404 APIG.0101"}},
		"gateway-skew-code": {func(t *testing.T, s served) string {
			r := huaweiRequest{method: "GET", path: hssPath, date: s.clock().Add(-time.Hour)}.build(t, s)
			return summary(t, send(t, r), "error_code")
		}, map[string]string{"0301": "401 APIGW.0301", "0303": "401 APIGW.0303"}},
		"gateway-token-expired-code": {func(t *testing.T, s served) string {
			r := huaweiRequest{method: "GET", path: hssPath, token: "unknown"}.build(t, s)
			return summary(t, send(t, r), "error_code")
		}, map[string]string{"0307": "401 APIGW.0307", "0301": "401 APIGW.0301"}},
		"iam-error-style": {func(t *testing.T, s served) string {
			body := postIAM(t, s, "/v3/auth/tokens", passwordLogin("d", "u", "p", `{"project":{"name":"r"}}`)).object(t)
			return presence(body, "error") + " " + presence(body, "error_code")
		}, map[string]string{"keystone": "there missing", "iam": "missing there"}},
	}
}
