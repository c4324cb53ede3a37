package emulator_test

import (
	"crypto/rand"
	"slices"
	"strings"
	"testing"

	"regent/internal/emulator"
)

func TestSWRRefusesBodiesOutsideTheDocumentedRules(t *testing.T) {
	s := serve(t, emulator.Options{})
	secret := `{"type":"basic","access_key":"a","access_secret":"b"}`
	internal := []string{"type", `"swr-pro-internal"`, "project_id", `"p"`, "region_id", `"r"`, "instance_id", `"i"`}
	cases := map[string]string{
		"no JSON":                    `{"name"`,
		"a list":                     `[]`,
		"null":                       `null`,
		"two documents":              `{} {}`,
		"no name":                    swrJSON("name", ""),
		"empty name":                 swrJSON("name", `""`),
		"name of 65 characters":      swrJSON("name", `"`+strings.Repeat("n", 65)+`"`),
		"name with a space":          swrJSON("name", `"a b"`),
		"name with Chinese":          swrJSON("name", `"仓库"`),
		"name as number":             swrJSON("name", `1`),
		"no type":                    swrJSON("type", ""),
		"unknown type":               swrJSON("type", `"harbor"`),
		"no url":                     swrJSON("url", ""),
		"url without scheme":         swrJSON("url", `"harbor.example.com"`),
		"no insecure":                swrJSON("insecure", ""),
		"insecure as text":           swrJSON("insecure", `"true"`),
		"no credential":              swrJSON("credential", ""),
		"credential as text":         swrJSON("credential", `"x"`),
		"credential of another type": swrJSON("credential", `{"type":"oauth","access_key":"a","access_secret":"b"}`),
		"no access key":              swrJSON("credential", `{"type":"basic","access_secret":"b"}`),
		"no access secret":           swrJSON("credential", `{"type":"basic","access_key":"a"}`),
		"empty access secret":        swrJSON("credential", `{"type":"basic","access_key":"a","access_secret":""}`),
		"secret as number":           swrJSON("credential", `{"type":"basic","access_key":"a","access_secret":1}`),
		"description as number":      swrJSON("description", `1`),
		"hosts as list":              swrJSON("dns_conf", `{"hosts":["a"]}`),
		"host without address":       swrJSON("dns_conf", `{"hosts":{"a.example.com":"b.example.com"}}`),
		"internal without project":   swrJSON(append(slices.Clone(internal), "project_id", "")...),
		"internal without region":    swrJSON(append(slices.Clone(internal), "region_id", "")...),
		"internal without instance":  swrJSON(append(slices.Clone(internal), "instance_id", "")...),
		"internal and not insecure":  swrJSON(append(slices.Clone(internal), "insecure", "false")...),
	}
	for name, body := range cases {
		t.Run(name, func(t *testing.T) {
			huawei(t, s, "POST", swrPath, body).expect(t, 400, "SVCSTG.SWR.4000014")
		})
	}
	if got := s.State().SWR.Registries; len(got) != 0 {
		t.Errorf("refused bodies left %v", got)
	}
	for name, body := range map[string]string{
		"null for optional fields": swrJSON("name", `"nulls"`, "description", `null`, "project_id", `null`, "dns_conf", `null`),
		"internal with all fields": swrJSON(append(slices.Clone(internal), "name", `"internal"`, "credential", secret)...),
		"fields not on the page":   swrJSON("name", `"extra"`, "something", `1`),
		"64 characters":            swrJSON("name", `"`+strings.Repeat("n", 64)+`"`),
	} {
		t.Run(name, func(t *testing.T) {
			huawei(t, s, "POST", swrPath, body).expect(t, 200, "")
		})
	}
}

func TestSWRRefusesOtherContentTypes(t *testing.T) {
	s := serve(t, emulator.Options{})
	request := huaweiRequest{method: "POST", path: swrPath, body: swrJSON(), headers: map[string]string{"Content-Type": "text/plain"}}
	send(t, request.build(t, s)).expect(t, 400, "SVCSTG.SWR.4000014")
}

func TestSWRKnowsItsRegistriesByNumberWithinAnInstance(t *testing.T) {
	s := serve(t, emulator.Options{})
	other := strings.Replace(swrPath, testInstance, "other", 1)
	for range 2 {
		huawei(t, s, "POST", swrPath, swrJSON("name", `"r`+rand.Text()+`"`)).expect(t, 200, "")
	}
	huawei(t, s, "POST", other, swrJSON()).expect(t, 200, "")
	if got := huawei(t, s, "GET", other+"/1", "").object(t)["name"]; got != "dr-harbor" {
		t.Errorf("registry 1 of the other instance is %v", got)
	}
	huawei(t, s, "GET", other+"/2", "").expect(t, 404, "SVCSTG.SWR.4040002")
	huawei(t, s, "PUT", swrPath+"/3", swrJSON()).expect(t, 404, "SVCSTG.SWR.4040002")
	huawei(t, s, "DELETE", swrPath+"/3", "").expect(t, 404, "SVCSTG.SWR.4040002")
	huawei(t, s, "GET", swrPath+"/abc", "").expect(t, 400, "SVCSTG.SWR.4000014")
	huawei(t, s, "DELETE", swrPath+"/2", "").expect(t, 200, "")
	if got := huawei(t, s, "POST", swrPath, swrJSON()).object(t)["id"]; got != 3.0 {
		t.Errorf("a number was used again: %v", got)
	}
}

func TestSWRListRefusesParametersOutsideTheDocumentedRules(t *testing.T) {
	s := serve(t, emulator.Options{})
	for _, query := range []string{
		"limit=0&offset=0", "limit=101&offset=0", "limit=x&offset=0", "limit=&offset=0", "limit=10&offset=-10", "limit=10&offset=5",
		"offset=10", "limit=10", "order_type=asc", "order_column=id", "order_column=name&order_type=up", "type=harbor", "a=%zz",
	} {
		t.Run(query, func(t *testing.T) {
			r := huaweiRequest{method: "GET", path: swrPath}.build(t, s)
			if strings.Contains(query, "%") {
				r.URL.RawQuery = query // no signer would produce it
				send(t, r).expect(t, 400, "APIGW.0106")
				return
			}
			huawei(t, s, "GET", swrPath+"?"+query, "").expect(t, 400, "SVCSTG.SWR.4000014")
		})
	}
}

func TestSWRInstancesOfTheStateExistWhenOthersDoNot(t *testing.T) {
	s := serve(t, emulator.Options{
		Switches: map[string]string{"swr-unknown-instance": "not-found"},
		State: &emulator.State{Version: 1, SWR: emulator.SWRState{Instances: []emulator.SWRInstance{
			{ProjectID: testProject, ID: testInstance, Name: "here"},
		}}},
	})
	huawei(t, s, "POST", swrPath, swrJSON()).expect(t, 200, "")
	huawei(t, s, "GET", strings.Replace(swrPath, testInstance, "elsewhere", 1), "").expect(t, 404, "SVCSTG.SWR.4040001")
	huawei(t, s, "GET", strings.Replace(swrPath, testProject, "elsewhere", 1), "").expect(t, 404, "SVCSTG.SWR.4040001")
}

func TestSWRReplicationPoliciesAreEmpty(t *testing.T) {
	s := serve(t, emulator.Options{})
	base := "/v2/" + testProject + "/instances/" + testInstance + "/replication"
	if got := huawei(t, s, "GET", base+"/policies?registry_id=1", "").object(t)["total"]; got != 0.0 {
		t.Errorf("total is %v", got)
	}
}
