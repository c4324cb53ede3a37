package emulator_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"regent/internal/emulator"
)

// withCancel gives a request that the returned function gives up.
func withCancel(r *http.Request) (*http.Request, func()) {
	ctx, cancel := context.WithCancel(r.Context())
	return r.WithContext(ctx), cancel
}

// lists are the names that each API's list shows, without built-in entries.
func lists(t *testing.T, s served, api string) []string {
	t.Helper()
	var names []string
	switch api {
	case "alibaba-sas":
		for _, e := range sas(t, s, "ListPrivateRegistryList", "RegistryType", "harbor").list(t, "ImageRegistryInfos") {
			names = append(names, e["DomainName"].(string)+" "+e["UserName"].(string))
		}
	case "huawei-hss":
		for _, e := range huawei(t, s, "GET", hssPath+allEPS+"&registry_type=Harbor&limit=100&offset=0", "").list(t, "data_list") {
			names = append(names, e["registry_name"].(string)+" "+e["registry_username"].(string))
		}
	default:
		for _, e := range huawei(t, s, "GET", swrPath+"?limit=100&offset=0", "").list(t, "registries") {
			names = append(names, e["name"].(string)+" "+e["credential"].(map[string]any)["access_key"].(string))
		}
	}
	slices.Sort(names)
	return names
}

// dialect says how to add and to modify one entry of an API.
type dialect struct {
	api, add, modify, list string
	// create adds an entry called harbor, update gives it another login and description.
	create, update func(t *testing.T, s served) answer
	// loginField and otherField are what update changes, in the words of the state.
	loginField, otherField string
	// stored gives the two values from the state.
	stored func(s emulator.State) string
}

func faultDialects() []dialect {
	return []dialect{
		{
			api: "alibaba-sas", add: "AddPrivateRegistry", modify: "ModifyImageRegistry", list: "ListPrivateRegistryList",
			create: func(t *testing.T, s served) answer {
				t.Helper()
				return sas(t, s, "AddPrivateRegistry", sasAdd("DomainName", "harbor", "UserName", "old")...)
			},
			update: func(t *testing.T, s served) answer {
				t.Helper()
				return sas(t, s, "ModifyImageRegistry", "Id", strconv.FormatInt(s.State().SAS.Registries[0].ID, 10), "UserName", "new", "TransPerHour", "99")
			},
			loginField: "UserName", otherField: "TransPerHour",
			stored: func(s emulator.State) string {
				r := s.SAS.Registries[0]
				return fmt.Sprint(r.UserName, " ", r.TransPerHour == 99)
			},
		},
		{
			api: "huawei-hss", add: "AddRegistry", modify: "UpdateRegistry", list: "ListRegistry",
			create: func(t *testing.T, s served) answer {
				t.Helper()
				return huawei(t, s, "POST", hssPath, hssJSON("registry_name", `"harbor"`, "registry_username", `"old"`))
			},
			update: func(t *testing.T, s served) answer {
				t.Helper()
				return huawei(t, s, "PUT", hssPath+"/"+s.State().HSS.Registries[0].ID, `{"registry_username":"new","connect_cluster_id":"new"}`)
			},
			loginField: "registry_username", otherField: "connect_cluster_id",
			stored: func(s emulator.State) string {
				r := s.HSS.Registries[0]
				return fmt.Sprint(r.RegistryUsername, " ", r.ConnectClusterID == "new")
			},
		},
		{
			api: "huawei-swr", add: "CreateInstanceRegistry", modify: "UpdateInstanceRegistry", list: "ListInstanceRegistries",
			create: func(t *testing.T, s served) answer {
				t.Helper()
				return huawei(t, s, "POST", swrPath, swrJSON("name", `"harbor"`, "credential", `{"type":"basic","access_key":"old","access_secret":"s3cret"}`))
			},
			update: func(t *testing.T, s served) answer {
				t.Helper()
				return huawei(t, s, "PUT", swrPath+"/"+strconv.Itoa(int(s.State().SWR.Registries[0].Registry.ID)), swrJSON("name", `"harbor"`,
					"credential", `{"type":"basic","access_key":"new","access_secret":"s3cret"}`, "description", `"new"`))
			},
			loginField: "credential.access_key", otherField: "description",
			stored: func(s emulator.State) string {
				r := s.SWR.Registries[0].Registry
				return fmt.Sprint(r.Credential.AccessKey, " ", r.Description == "new")
			},
		},
	}
}

// TestFaultStaleShowsInListsOnlyLater: an add and a modify, each behind its own staleness.
func TestFaultStaleShowsInListsOnlyLater(t *testing.T) {
	for _, d := range faultDialects() {
		t.Run(d.api, func(t *testing.T) {
			clock := newTestClock()
			s := serve(t, emulator.Options{Clock: clock.time})
			if err := s.SetFaults([]emulator.Fault{
				{Operation: d.add, Kind: emulator.FaultStale, StaleMillis: 1000},
				{Operation: d.modify, Kind: emulator.FaultDelay, Millis: 1, StaleMillis: 5000},
			}); err != nil {
				t.Fatal(err)
			}
			shows := func(want ...string) {
				t.Helper()
				if got := lists(t, s, d.api); !slices.Equal(got, want) {
					t.Errorf("the list shows %v, want %v", got, want)
				}
			}
			d.create(t, s).expect(t, 200, "")
			shows()
			d.update(t, s).expect(t, 200, "")
			if got := d.stored(s.State()); got != "new true" {
				t.Errorf("the state has %s", got)
			}
			shows() // and not the old values of what is not there yet
			clock.advance(999 * time.Millisecond)
			shows()
			clock.advance(time.Millisecond)
			shows("harbor old")
			clock.advance(4 * time.Second)
			shows("harbor new")
		})
	}
}

func TestFaultStaleSWRShowTellsTheTruth(t *testing.T) {
	clock := newTestClock()
	s := serve(t, emulator.Options{Clock: clock.time})
	if err := s.SetFaults([]emulator.Fault{{Operation: "CreateInstanceRegistry", Kind: emulator.FaultStale, StaleMillis: 1000}}); err != nil {
		t.Fatal(err)
	}
	huawei(t, s, "POST", swrPath, swrJSON()).expect(t, 200, "")
	huawei(t, s, "GET", swrPath+"/1", "").expect(t, 200, "dr-harbor")
}

func TestFaultIgnoreFieldTakesTheOthers(t *testing.T) {
	for _, d := range faultDialects() {
		for field, want := range map[string]string{d.loginField: "old true", d.otherField: "new false"} {
			t.Run(d.api+" "+field, func(t *testing.T) {
				s := withFaults(t, emulator.Fault{Operation: "*", Kind: emulator.FaultIgnoreField, Field: field, Times: -1})
				d.create(t, s).expect(t, 200, "")
				before := s.State()
				d.update(t, s).expect(t, 200, "")
				if got := d.stored(s.State()); got != want {
					t.Errorf("the state has %s, want %s", got, want)
				}
				d.update(t, s).expect(t, 200, "")
				after := s.State()
				if len(after.SAS.Registries) > 0 && (after.SAS.Registries[0].AliUID != before.SAS.Registries[0].AliUID || after.SAS.Registries[0].Password != before.SAS.Registries[0].Password) {
					t.Errorf("the entry is now %+v", after.SAS.Registries[0])
				}
			})
		}
	}
}

// manyHSS is a state with n entries, the first the oldest.
func manyHSS(n int) *emulator.State {
	state := &emulator.State{Version: 1}
	for i := range n {
		state.HSS.Registries = append(state.HSS.Registries, emulator.HSSRegistry{
			ProjectID: testProject, ID: fmt.Sprintf("id-%02d", i), RegistryName: fmt.Sprintf("r-%02d", i), RegistryType: "Harbor",
			CreatedAt: time.Date(2026, 1, 1, 0, 0, i, 0, time.UTC),
		})
	}
	return state
}

// hssPages reads every page of 10 of the list and gives totals and names.
func hssPages(t *testing.T, s served) (totals []int, names []string) {
	t.Helper()
	for offset := 0; ; offset += 10 {
		got := huawei(t, s, "GET", fmt.Sprintf("%s%s&registry_type=Harbor&limit=10&offset=%d", hssPath, allEPS, offset), "")
		entries := got.list(t, "data_list")
		totals = append(totals, int(got.object(t)["total_num"].(float64)))
		for _, e := range entries {
			names = append(names, e["registry_name"].(string))
		}
		if len(entries) < 10 {
			return totals, names
		}
	}
}

func TestFaultListThatChangesBetweenPages(t *testing.T) {
	const n = 14 // newest first: r-13 to r-00
	for _, c := range []struct {
		name         string
		fault        emulator.Fault
		total        []int
		twice, never string // what a client that does not notice has twice, or never
		left         int
	}{
		{"grows", emulator.Fault{Kind: emulator.FaultListGrows}, []int{14, 15}, "r-04", "somebody-else-1", 15},
		{"shrinks", emulator.Fault{Kind: emulator.FaultListShrinks}, []int{14, 13}, "", "r-03", 13},
		{"shrinks by name", emulator.Fault{Kind: emulator.FaultListShrinks, Entry: "r-00"}, []int{14, 13}, "", "r-00", 13},
		{"repeats", emulator.Fault{Kind: emulator.FaultListRepeats}, []int{14, 14}, "r-04", "", 14},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := serve(t, emulator.Options{State: manyHSS(n)})
			c.fault.Operation = "ListRegistry"
			if err := s.SetFaults([]emulator.Fault{c.fault}); err != nil {
				t.Fatal(err)
			}
			totals, names := hssPages(t, s)
			if !slices.Equal(totals, c.total) {
				t.Errorf("totals are %v, want %v", totals, c.total)
			}
			times := map[string]int{}
			for _, name := range names {
				times[name]++
			}
			if c.twice != "" && times[c.twice] != 2 || c.never != "" && times[c.never] != 0 {
				t.Errorf("the pages hold %v", names)
			}
			if got := len(s.State().HSS.Registries); got != c.left {
				t.Errorf("%d entries are left, want %d", got, c.left)
			}
			// The next reading holds still.
			if totals, names := hssPages(t, s); len(names) != c.left || totals[0] != c.left {
				t.Errorf("the next reading gives %v, %d names", totals, len(names))
			}
		})
	}
}

func TestFaultListsMoveForEveryAPI(t *testing.T) {
	for _, d := range faultDialects() {
		t.Run(d.api, func(t *testing.T) {
			s := serve(t, emulator.Options{})
			d.create(t, s).expect(t, 200, "")
			set := func(f emulator.Fault) {
				t.Helper()
				f.Operation = d.list
				if err := s.SetFaults([]emulator.Fault{f}); err != nil {
					t.Fatal(err)
				}
			}
			set(emulator.Fault{Kind: emulator.FaultListGrows})
			if got := lists(t, s, d.api); len(got) != 1 {
				t.Errorf("the first list shows %v", got)
			}
			if got := lists(t, s, d.api); len(got) != 2 || !strings.HasPrefix(got[1], "somebody-else-1") {
				t.Errorf("the next list shows %v", got)
			}
			set(emulator.Fault{Kind: emulator.FaultListShrinks, Entry: "harbor"})
			lists(t, s, d.api)
			if got := lists(t, s, d.api); len(got) != 1 || !strings.HasPrefix(got[0], "somebody-else-1") {
				t.Errorf("the last list shows %v", got)
			}
			set(emulator.Fault{Kind: emulator.FaultListShrinks})
			lists(t, s, d.api)
			if got := lists(t, s, d.api); len(got) != 0 {
				t.Errorf("the last list shows %v", got)
			}
			set(emulator.Fault{Kind: emulator.FaultListShrinks})
			lists(t, s, d.api) // there is nothing to delete but built-in entries
		})
	}
}

// TestFaultListShrinksInItsOwnScope leaves what another project or instance holds under the same name.
func TestFaultListShrinksInItsOwnScope(t *testing.T) {
	state := &emulator.State{Version: 1}
	for _, owner := range []string{"0-another", testProject} {
		state.HSS.Registries = append(state.HSS.Registries, emulator.HSSRegistry{ProjectID: owner, RegistryName: "same", RegistryType: "Harbor"})
		state.SWR.Registries = append(state.SWR.Registries, emulator.SWREntry{ProjectID: testProject, InstanceID: map[string]string{
			testProject: testInstance, "0-another": "0-another"}[owner], Registry: emulator.SWRRegistry{Name: "same", Type: "swr-pro"}})
	}
	s := serve(t, emulator.Options{State: state})
	if err := s.SetFaults([]emulator.Fault{
		{Operation: "ListRegistry", Kind: emulator.FaultListShrinks, Entry: "same"},
		{Operation: "ListInstanceRegistries", Kind: emulator.FaultListShrinks, Entry: "same"},
	}); err != nil {
		t.Fatal(err)
	}
	lists(t, s, "huawei-hss")
	lists(t, s, "huawei-swr")
	left := s.State()
	if len(left.HSS.Registries) != 1 || left.HSS.Registries[0].ProjectID != "0-another" || len(left.SWR.Registries) != 1 || left.SWR.Registries[0].InstanceID != "0-another" {
		t.Errorf("left are %+v and %+v", left.HSS.Registries, left.SWR.Registries)
	}
}

// TestRequestLogNamesItsEntry: what a create is about, and what the others are about, without the body.
func TestRequestLogNamesItsEntry(t *testing.T) {
	s := serve(t, emulator.Options{})
	sas(t, s, "AddPrivateRegistry", sasAdd()...)
	sas(t, s, "ModifyImageRegistry", "Id", "66001", "UserName", "new")
	huawei(t, s, "POST", hssPath, hssJSON())
	id := s.State().HSS.Registries[0].ID
	huawei(t, s, "PUT", hssPath+"/"+id, `{"registry_username":"new"}`)
	huawei(t, s, "POST", hssPath, `no JSON`)
	huawei(t, s, "POST", swrPath, swrJSON())
	huawei(t, s, "GET", swrPath+"/1", "")
	huawei(t, s, "PUT", swrPath+"/1", swrJSON())
	var got []string
	for _, r := range s.Requests() {
		got = append(got, fmt.Sprintf("%s %s %s %d", r.Operation, r.Name, r.ID, r.Executed))
	}
	want := []string{
		"AddPrivateRegistry harbor/cn-hangzhou/harbor.example.com:8443  1", "ModifyImageRegistry  66001 1",
		"AddRegistry harbor-prod  1", "UpdateRegistry  " + id + " 1", "AddRegistry   0",
		"CreateInstanceRegistry dr-harbor  1", "ShowInstanceRegistry  1 0", "UpdateInstanceRegistry  1 1",
	}
	if !slices.Equal(got, want) {
		t.Errorf("the log is\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
