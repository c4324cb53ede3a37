package emulator_test

import (
	"fmt"
	"strings"
	"testing"

	"regent/internal/emulator"
)

// hssIDs adds registrations of the given names and returns their identifiers.
func hssIDs(t *testing.T, s served, names ...string) map[string]string {
	t.Helper()
	ids := map[string]string{}
	for _, name := range names {
		if got := huawei(t, s, "POST", hssPath, hssJSON("registry_name", `"`+name+`"`, "registry_addr", `"`+name+`.example.com"`)); got.status > 204 {
			t.Fatalf("adding %s: %s", name, got.body)
		}
	}
	for _, reg := range s.State().HSS.Registries {
		ids[reg.RegistryName] = reg.ID
	}
	return ids
}

// hssNames lists the names of Harbor registrations that a query finds.
func hssNames(t *testing.T, s served, query string) string {
	t.Helper()
	var names []string
	for _, item := range huawei(t, s, "GET", hssPath+"?registry_type=Harbor&"+query, "").list(t, "data_list") {
		names = append(names, item["registry_name"].(string))
	}
	return strings.Join(names, " ")
}

// hssStatus is the status a list shows of the only Harbor registration.
func hssStatus(t *testing.T, s served) string {
	t.Helper()
	return huawei(t, s, "GET", hssPath+"?registry_type=Harbor", "").list(t, "data_list")[0]["status"].(string)
}

func hssProbes() map[string]probe {
	return map[string]probe{
		"hss-add-status": {func(t *testing.T, s served) string {
			return fmt.Sprint(huawei(t, s, "POST", hssPath, hssJSON()).status)
		}, map[string]string{"200": "200", "201": "201", "204": "204"}},
		"hss-delete-status": {func(t *testing.T, s served) string {
			ids := hssIDs(t, s, "a", "b")
			one := huawei(t, s, "DELETE", hssPath+"/"+ids["a"], "")
			return fmt.Sprint(one.status, huawei(t, s, "POST", hssPath+"/batch-delete", `{"ids":["`+ids["b"]+`"]}`).status)
		}, map[string]string{"200": "200 200", "204": "204 204"}},
		"hss-put-omitted": {func(t *testing.T, s served) string {
			id := hssIDs(t, s, "a")["a"]
			huawei(t, s, "PUT", hssPath+"/"+id, `{"registry_username":"new"}`).expect(t, 200, "")
			reg := s.State().HSS.Registries[0]
			return reg.RegistryUsername + " " + reg.RegistryPassword + " " + reg.RegistryName
		}, map[string]string{"keep": "new p@ss w+rd a", "clear": "new  a"}},
		"hss-duplicate-name": {func(t *testing.T, s served) string {
			hssIDs(t, s, "harbor-prod")
			return summary(t, huawei(t, s, "POST", hssPath, hssJSON()), "error_code")
		}, map[string]string{"refuse": "400 HSS.0001", "accept": "200"}},
		"hss-list-order": {func(t *testing.T, s served) string {
			state := emulator.State{Version: 1}
			for i, name := range []string{"b", "a", "c"} {
				state.HSS.Registries = append(state.HSS.Registries, emulator.HSSRegistry{
					ProjectID: testProject, RegistryName: name, RegistryType: "Harbor", CreatedAt: newTestClock().time().AddDate(0, 0, i)})
			}
			if err := s.SetState(state); err != nil {
				t.Fatal(err)
			}
			return hssNames(t, s, "")
		}, map[string]string{"newest": "c a b", "oldest": "b a c", "name": "a b c"}},
		"hss-page-cap": {func(t *testing.T, s served) string {
			fillHSS(t, s, 150)
			return fmt.Sprint(len(huawei(t, s, "GET", hssPath+"?limit=200", "").list(t, "data_list")))
		}, map[string]string{"200": "154", "100": "100"}},
		"hss-quota": {func(t *testing.T, s served) string {
			fillHSS(t, s, 100)
			return summary(t, huawei(t, s, "POST", hssPath, hssJSON()), "error_code")
		}, map[string]string{"none": "200", "100": "400 HSS.1002"}},
		"hss-new-status": {func(t *testing.T, s served) string {
			hssIDs(t, s, "a")
			return hssStatus(t, s) + " " + hssStatus(t, s) + " " + s.State().HSS.Registries[0].FailReason
		}, map[string]string{"success": "accessing success ", "fail": "accessing fail REQUEST_API_ERROR",
			"accessing": "accessing accessing ", "success-at-once": "success success "}},
		"hss-update-status": {func(t *testing.T, s served) string {
			id := hssIDs(t, s, "a")["a"]
			hssStatus(t, s)
			huawei(t, s, "PUT", hssPath+"/"+id, `{"registry_password":"new"}`).expect(t, 200, "")
			return hssStatus(t, s)
		}, map[string]string{"reconnect": "accessing", "keep": "success"}},
	}
}

// fillHSS puts n registrations into the default project.
func fillHSS(t *testing.T, s served, n int) {
	t.Helper()
	state := emulator.State{Version: 1}
	for i := range n {
		state.HSS.Registries = append(state.HSS.Registries, emulator.HSSRegistry{
			ProjectID: testProject, RegistryName: fmt.Sprintf("r%03d", i), RegistryType: "Harbor"})
	}
	if err := s.SetState(state); err != nil {
		t.Fatal(err)
	}
}
