package emulator_test

import (
	"strings"
	"testing"

	"regent/internal/emulator"
)

func TestHSSRefusesBodiesOutsideTheDocumentedRules(t *testing.T) {
	s := serve(t, emulator.Options{})
	long := func(n int) string { return `"` + strings.Repeat("x", n) + `"` }
	cases := map[string]struct{ body, code string }{
		"no JSON":                      {`{"registry_name"`, "HSS.0002"},
		"a list":                       {`[]`, "HSS.0002"},
		"password as number":           {hssJSON("registry_password", `123456`), "HSS.0001"},
		"no name":                      {hssJSON("registry_name", ""), "HSS.0001"},
		"name of 129 characters":       {hssJSON("registry_name", long(129)), "HSS.0001"},
		"type that cannot be added":    {hssJSON("registry_type", `"SwrPrivate"`), "HSS.0001"},
		"unknown version":              {hssJSON("api_version", `"v2"`), "HSS.0001"},
		"unknown protocol":             {hssJSON("protocol", `"ftp"`), "HSS.0001"},
		"no address":                   {hssJSON("registry_addr", ""), "HSS.0001"},
		"address of 257 characters":    {hssJSON("registry_addr", long(257)), "HSS.0001"},
		"no user":                      {hssJSON("registry_username", ""), "HSS.0001"},
		"empty password":               {hssJSON("registry_password", `""`), "HSS.0001"},
		"no password":                  {hssJSON("registry_password", ""), "HSS.0001"},
		"no cluster":                   {hssJSON("connect_cluster_id", ""), "HSS.0001"},
		"cluster of 65 characters":     {hssJSON("connect_cluster_id", long(65)), "HSS.0001"},
		"unknown channel":              {hssJSON("get_scan_image_channel", `"swr"`), "HSS.0001"},
		"channel without a namespace":  {hssJSON("get_scan_image_channel", `"Other"`), "HSS.0001"},
		"namespace of 129 characters":  {hssJSON("get_scan_image_channel", `"Other"`, "namespace", long(129)), "HSS.0001"},
		"empty enterprise project":     {hssJSON(), "HSS.0001"},
		"very long enterprise project": {hssJSON(), "HSS.0001"},
	}
	paths := map[string]string{
		"empty enterprise project":     hssPath + "?enterprise_project_id=",
		"very long enterprise project": hssPath + "?enterprise_project_id=" + strings.Repeat("e", 257),
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			path := hssPath
			if paths[name] != "" {
				path = paths[name]
			}
			got := huawei(t, s, "POST", path, c.body)
			got.expect(t, 400, c.code)
			if got.header.Get("X-Request-Id") == "" {
				t.Error("there is no request ID")
			}
		})
	}
	if got := s.State().HSS.Registries; len(got) != 0 {
		t.Errorf("refused bodies left %v", got)
	}
}

func TestHSSListReturnsNeitherPasswordNorScope(t *testing.T) {
	s := serve(t, emulator.Options{})
	huawei(t, s, "POST", hssPath, hssJSON()).expect(t, 200, "")
	got := huawei(t, s, "GET", hssPath+allEPS+"&registry_type=Harbor", "")
	item := got.list(t, "data_list")[0]
	for _, name := range []string{"registry_password", "enterprise_project_id", "namespace", "created_at", "fail_reason"} {
		if _, there := item[name]; there {
			t.Errorf("the list returns %s", name)
		}
	}
	if strings.Contains(string(got.body), "p@ss") {
		t.Errorf("the password is in the list: %s", got.body)
	}
	huawei(t, s, "POST", hssPath, hssJSON("registry_name", `"by-hand"`, "get_scan_image_channel", `"Other"`, "namespace", `"library"`)).expect(t, 200, "")
	if item := huawei(t, s, "GET", hssPath+"?registry_name=by-hand", "").list(t, "data_list")[0]; item["namespace"] != "library" {
		t.Errorf("an entry with a hand-uploaded component is %v", item)
	}
}

func TestHSSUpdateAndDeleteRespectScopeAndBuiltIns(t *testing.T) {
	s := serve(t, emulator.Options{State: &emulator.State{Version: 1, HSS: emulator.HSSState{Registries: []emulator.HSSRegistry{
		{ProjectID: testProject, ID: "a", EnterpriseProjectID: "e1", RegistryName: "a", RegistryType: "Harbor", GetScanImageChannel: "Other", Namespace: "n"},
	}}}})
	builtIn := huawei(t, s, "GET", hssPath+"?registry_type=SwrPrivate", "").list(t, "data_list")[0]["id"].(string)
	for name, c := range map[string]struct{ method, path, body, code string }{
		"update in the wrong enterprise project": {"PUT", "/a", `{}`, "HSS.0011"},
		"update of an unknown entry":             {"PUT", "/x" + allEPS, `{}`, "HSS.0011"},
		"update of a built-in entry":             {"PUT", "/" + builtIn + allEPS, `{}`, "HSS.0010"},
		"update with a broken body":              {"PUT", "/a" + allEPS, `{`, "HSS.0002"},
		"update with a wrong type":               {"PUT", "/a" + allEPS, `{"registry_password":1}`, "HSS.0001"},
		"update to Other without a namespace":    {"PUT", "/a" + allEPS, `{"get_scan_image_channel":"Other"}`, "HSS.0001"},
		"delete in the wrong enterprise project": {"DELETE", "/a", "", "HSS.0011"},
		"delete of a built-in entry":             {"DELETE", "/" + builtIn + allEPS, "", "HSS.0010"},
		"batch with an unknown entry":            {"POST", "/batch-delete" + allEPS, `{"ids":["a","x"]}`, "HSS.0011"},
		"batch with a built-in entry":            {"POST", "/batch-delete" + allEPS, `{"ids":["a","` + builtIn + `"]}`, "HSS.0010"},
		"empty batch":                            {"POST", "/batch-delete" + allEPS, `{"ids":[]}`, "HSS.0001"},
		"batch of numbers":                       {"POST", "/batch-delete" + allEPS, `{"ids":[1]}`, "HSS.0001"},
		"batch without ids":                      {"POST", "/batch-delete" + allEPS, `{}`, "HSS.0001"},
		"batch that is no JSON":                  {"POST", "/batch-delete" + allEPS, `x`, "HSS.0002"},
	} {
		t.Run(name, func(t *testing.T) {
			huawei(t, s, c.method, hssPath+c.path, c.body).expect(t, 400, c.code)
		})
	}
	if got := s.State().HSS.Registries; len(got) != 1 {
		t.Fatalf("refused requests left %v", got)
	}
	huawei(t, s, "PUT", hssPath+"/a"+allEPS, `{"get_scan_image_channel":"Swr"}`).expect(t, 200, "")
	if got := s.State().HSS.Registries[0]; got.Namespace != "" || got.GetScanImageChannel != "Swr" {
		t.Errorf("the update left %+v", got)
	}
	huawei(t, s, "DELETE", hssPath+"/a"+allEPS, "").expect(t, 200, "")
}

func TestHSSProjectsAreSeparate(t *testing.T) {
	s := serve(t, emulator.Options{})
	huawei(t, s, "POST", hssPath, hssJSON()).expect(t, 200, "")
	other := strings.Replace(hssPath, testProject, "other-project", 1)
	huawei(t, s, "POST", other, hssJSON()).expect(t, 200, "")
	for _, path := range []string{hssPath, other} {
		if got := huawei(t, s, "GET", path+"?registry_type=Harbor", "").object(t)["total_num"]; got != 1.0 {
			t.Errorf("%s has %v", path, got)
		}
	}
}
