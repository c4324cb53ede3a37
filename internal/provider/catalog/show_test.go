package catalog_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"regent/internal/emulator"
)

// targets are three entries of each type, as they are wanted and as they live; the third of each is not wanted.
func targets() (yaml string, state *emulator.State) {
	state = &emulator.State{Version: 1}
	var b strings.Builder
	b.WriteString("replicationTargets:\n")
	for i, kind := range []string{"swr-pro", "swr-pro", "swr-pro", "swr-pro-internal", "swr-pro-internal", "swr-pro-internal", "huawei-SWR", "huawei-SWR", "huawei-SWR"} {
		name := fmt.Sprintf("t%d", i)
		r := emulator.SWRRegistry{
			ID: int32(i + 1), Name: name, Type: kind, URL: "https://h.example.com",
			Credential: emulator.SWRCredential{Type: "basic", AccessKey: "robot", AccessSecret: "s"},
		}
		more := ""
		switch kind {
		case "swr-pro":
			r.DNSConf = &emulator.SWRDNSConf{Hosts: map[string]string{"h.example.com": "192.0.2.20"}}
			more = ", hosts: {h.example.com: 192.0.2.20}"
		case "swr-pro-internal":
			r.Insecure, r.ProjectID, r.RegionID, r.InstanceID = true, "p", "cn-east-3", "i"
			more = ", target: {projectId: p, regionId: cn-east-3, instanceId: i}"
		}
		if i%3 < 2 {
			fmt.Fprintf(&b, "  - {name: %s, account: huawei-swr, type: %s, url: 'https://h.example.com', accessKey: robot, accessSecret: {env: P}%s}\n", name, kind, more)
		}
		state.SWR.Registries = append(state.SWR.Registries, emulator.SWREntry{ProjectID: project, InstanceID: instance, Registry: r})
	}
	return b.String(), state
}

// TestSingleEntriesAreReadWhereNeeded counts the requests for single entries.
func TestSingleEntriesAreReadWhereNeeded(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		switches map[string]string
		shown    int
		notes    int
	}{
		{"list without both", nil, 4, 0},
		{"list with hosts", map[string]string{"swr-list-dns-conf": "present"}, 2, 0},
		{"list with projects", map[string]string{"swr-list-project-id": "present"}, 2, 0},
		{"list with both", map[string]string{"swr-list-dns-conf": "present", "swr-list-project-id": "present"}, 0, 0},
		{"neither tells hosts", map[string]string{"swr-show-dns-conf": "absent"}, 4, 2},
		{"neither tells projects", map[string]string{"swr-show-project-id": "absent"}, 4, 2},
		{"neither tells anything", map[string]string{"swr-show-dns-conf": "absent", "swr-show-project-id": "absent"}, 4, 4},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			yaml, state := targets()
			w := start(t, emulator.Options{State: state, Switches: c.switches})
			p := w.planned(t, yaml, swr)
			if p.Pending() || p.Failed() || p.Summary.Unchanged != 6 || p.Summary.Unmanaged != 3 {
				t.Errorf("%+v %+v", p.Summary, p.Changes)
			}
			if shown := w.count("ShowInstanceRegistry"); shown != c.shown || w.count("ListInstanceRegistries") != 1 {
				t.Errorf("%d single entries were read, want %d", shown, c.shown)
			}
			items := desired(t, parse(t, accounts+yaml), swr, w.session.Lookup)
			listing, err := w.list(t, swr, items...)
			if err != nil || len(listing.Notes) != c.notes {
				t.Fatalf("%d notes, want %d: %v, %v", len(listing.Notes), c.notes, listing.Notes, err)
			}
			for _, n := range listing.Notes {
				if !strings.Contains(n.Text, "cannot be compared") || n.Position.IsZero() {
					t.Errorf("%+v", n)
				}
			}
		})
	}
}

// TestNothingIsReadForAnotherType is blocked anyway.
func TestNothingIsReadForAnotherType(t *testing.T) {
	t.Parallel()
	yaml, state := targets()
	for i := range state.SWR.Registries {
		state.SWR.Registries[i].Registry.Type = "huawei-SWR"
	}
	w := start(t, emulator.Options{State: state})
	p := w.planned(t, yaml, swr)
	if w.count("ShowInstanceRegistry") != 0 || p.Summary.Changes["blocked"] != 4 {
		t.Errorf("%d single entries were read: %+v", w.count("ShowInstanceRegistry"), p.Summary)
	}
}

// TestWhatDiffersIsReadWhole: its change replaces the whole entry, so what the list leaves out is read first, and is in
// the plan only where it differs.
func TestWhatDiffersIsReadWhole(t *testing.T) {
	t.Parallel()
	yaml, state := targets()
	for i := range state.SWR.Registries {
		state.SWR.Registries[i].Registry.Description = "changed in the console"
	}
	w := start(t, emulator.Options{State: state})
	p := w.planned(t, yaml, swr)
	if shown := w.count("ShowInstanceRegistry"); shown != 6 || p.Summary.Changes["modify"] != 6 {
		t.Errorf("%d single entries were read: %+v", shown, p.Summary)
	}
	for _, c := range p.Changes {
		if changed := c.Changed(); len(changed) != 1 || changed[0] != "description" {
			t.Errorf("the change of %s holds %v", c.Name, changed)
		}
	}
}

// TestHostsThatAreNotDeclaredAreNotAskedFor where nothing else differs, and are no difference where the list tells them.
func TestHostsThatAreNotDeclaredAreNotAskedFor(t *testing.T) {
	t.Parallel()
	yaml, state := targets()
	silent := strings.ReplaceAll(yaml, ", hosts: {h.example.com: 192.0.2.20}", "")
	if silent == yaml {
		t.Fatal("the hosts are still there")
	}
	for _, list := range []string{"absent", "present"} {
		w := start(t, emulator.Options{State: state, Switches: map[string]string{"swr-list-dns-conf": list}})
		p := w.planned(t, silent, swr)
		if shown := w.count("ShowInstanceRegistry"); shown != 2 || p.Summary.Changes["modify"] != 0 || len(p.Notes) != 0 {
			t.Errorf("%s: %d single entries were read: %+v, %v", list, shown, p.Summary, p.Notes)
		}
	}
}

// TestSingleEntryMustBeTheOneAskedFor fails the whole list: nothing can be planned on half of it.
func TestSingleEntryMustBeTheOneAskedFor(t *testing.T) {
	t.Parallel()
	const yaml = "replicationTargets:\n  - {name: h, account: huawei-swr, type: swr-pro, url: 'https://h.example.com', accessKey: robot, accessSecret: {env: P}, hosts: {}}\n"
	for _, c := range []struct{ name, answer, want string }{
		{"another ID", `{"id":8,"name":"h","type":"swr-pro"}`, "asked for entry 7, got another one"},
		{"another name", `{"id":7,"name":"g","type":"swr-pro"}`, "asked for entry 7, got another one"},
		{"nothing", `{}`, "asked for entry 7, got another one"},
		{"web page", `<html>`, "HTML or XML"},
		{"hosts of another type", `{"id":7,"name":"h","type":"swr-pro","dns_conf":[]}`, "not a host table"},
	} {
		w := scripted(t, func(r *http.Request) string {
			if strings.HasSuffix(r.URL.Path, "/7") {
				return c.answer
			}
			return page(swr, 1, `{"id":7,"name":"h","type":"swr-pro","url":"https://h.example.com"}`)
		})
		items := desired(t, parse(t, accounts+yaml), swr, empty)
		listing, err := w.list(t, swr, items...)
		if err == nil || !strings.Contains(err.Error(), c.want) || len(listing.Items) != 0 {
			t.Errorf("%s: %d entries, %v", c.name, len(listing.Items), err)
		}
	}
}

// TestRegionsAreAskedForWhenNew counts the requests for the regions of Security Center.
func TestRegionsAreAskedForWhenNew(t *testing.T) {
	t.Parallel()
	const yaml = "registries:\n  - {name: h, type: harbor, url: 'https://h%s.example.com', username: robot, password: {env: P}, " +
		"scan: [{account: alibaba-sas, regionId: %s, hostIp: 192.0.2.1}]}\n"
	for _, c := range []struct {
		name, region string
		live         int
		faults       []emulator.Fault
		asked        int
		problem      string
		note, fails  bool
	}{
		{"a region that is in use", "cn-hangzhou", 1, nil, 0, "", false, false},
		{"a region that is offered", "cn-shanghai", 1, nil, 1, "", false, false},
		{"a region that is not offered", "cn-nowhere-1", 1, nil, 1, "Security Center offers no region cn-nowhere-1 for registries; it offers ", false, false},
		{"an empty account", "cn-hangzhou", 0, nil, 1, "", false, false},
		{"no permission to ask", "cn-nowhere-1", 0, []emulator.Fault{{Operation: "ListImageRegistryRegion", Kind: emulator.FaultStatus, Status: 403, Code: "NoPermission", Times: -1}}, 1, "", true, false},
		{"no answer", "cn-shanghai", 0, []emulator.Fault{{Operation: "ListImageRegistryRegion", Kind: emulator.FaultStatus, Status: 500, Times: -1}}, 2, "", false, true},
		{"a web page", "cn-shanghai", 0, []emulator.Fault{{Operation: "ListImageRegistryRegion", Kind: emulator.FaultHTML, Times: -1}}, 1, "", false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := start(t, emulator.Options{State: crowd(c.live)})
			if err := w.SetFaults(c.faults); err != nil {
				t.Fatal(err)
			}
			items := desired(t, parse(t, accounts+fmt.Sprintf(yaml, "0", c.region)), sas, empty)
			listing, err := w.list(t, sas, items...)
			if (err != nil) != c.fails || w.count("ListImageRegistryRegion") != c.asked {
				t.Fatalf("asked %d times: %v", w.count("ListImageRegistryRegion"), err)
			}
			if (len(listing.Notes) > 0) != c.note || (len(listing.Problems) > 0) != (c.problem != "") {
				t.Fatalf("%+v", listing)
			}
			for _, pr := range listing.Problems {
				if !strings.HasPrefix(pr.Text, c.problem) || pr.Position.IsZero() || pr.Key.String() != items[0].Key.String() {
					t.Errorf("%+v", pr)
				}
			}
		})
	}
}
