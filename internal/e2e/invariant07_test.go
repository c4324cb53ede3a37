package e2e

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"regent/internal/emulator"
)

// neighbours are entries that a careless match would take for item 1 of a dialect: nearly its name or key, another
// scope, or a type that nobody but the vendor makes.
func neighbours() emulator.State {
	sas := emulator.SASRegistry{
		RegistryType: "harbor", RegistryVersion: "V1", DomainName: "h1.example.com", RegistryHostIP: "203.0.113.1", Port: 8443,
		ProtocolType: 1, NetType: 1, UserName: "foreign", Password: "foreign-secret", TransPerHour: 77,
	}
	hss := emulator.HSSRegistry{
		ProjectID: project, RegistryType: "Harbor", APIVersion: "V1", Protocol: "http", RegistryAddr: "g1.example.com:8443",
		RegistryUsername: "foreign", RegistryPassword: "foreign-secret", ConnectClusterID: "foreign", GetScanImageChannel: "Swr",
		Status: "success",
	}
	swr := emulator.SWREntry{ProjectID: project, InstanceID: instance, Registry: emulator.SWRRegistry{
		Type: "swr-pro", URL: "https://dr1.example.com", Description: "foreign",
		Credential: emulator.SWRCredential{Type: "basic", AccessKey: "foreign", AccessSecret: "foreign-secret"},
	}}
	state := emulator.State{Version: 1}
	for i, change := range []func(r *emulator.SASRegistry){
		func(r *emulator.SASRegistry) { r.RegionID = "cn-beijing" },
		func(r *emulator.SASRegistry) { r.RegionID, r.Port = "cn-hangzhou", 443 },
		func(r *emulator.SASRegistry) { r.RegionID, r.RegistryType = "cn-hangzhou", "quay" },
		func(r *emulator.SASRegistry) { r.RegionID, r.RegistryType = "cn-hangzhou", "acr" },
		func(r *emulator.SASRegistry) { r.RegionID, r.RegistryType = "cn-hangzhou", "CI/CD" },
		func(r *emulator.SASRegistry) { r.RegionID, r.RegistryType = "cn-hangzhou", "gitlab" },
		func(r *emulator.SASRegistry) { r.RegionID, r.DomainName = "cn-hangzhou", "xh1.example.com" },
		func(r *emulator.SASRegistry) { r.RegionID, r.DomainName = "cn-hangzhou", "h1.example.com.evil.example" },
	} {
		r := sas
		r.ID = int64(990001 + i)
		change(&r)
		state.SAS.Registries = append(state.SAS.Registries, r)
	}
	for i, change := range []func(r *emulator.HSSRegistry){
		func(r *emulator.HSSRegistry) { r.RegistryName = "HSS-1" },
		func(r *emulator.HSSRegistry) { r.RegistryName = "hss-1 " },
		func(r *emulator.HSSRegistry) { r.RegistryName = "hss-10" },
		func(r *emulator.HSSRegistry) { r.RegistryName, r.RegistryType = "hss-1", "SwrPrivate" },
		func(r *emulator.HSSRegistry) { r.RegistryName, r.RegistryType = "hss-1", "Other" },
		func(r *emulator.HSSRegistry) {
			r.RegistryName, r.ProjectID = "hss-1", "fedcba9876543210fedcba9876543210"
		},
	} {
		r := hss
		r.ID = fmt.Sprintf("foreign-%d", i)
		change(&r)
		state.HSS.Registries = append(state.HSS.Registries, r)
	}
	for i, change := range []func(e *emulator.SWREntry){
		func(e *emulator.SWREntry) { e.Registry.Name = "SWR-1" },
		func(e *emulator.SWREntry) { e.Registry.Name = "swr-10" },
		func(e *emulator.SWREntry) { e.Registry.Name = "xswr-1" },
		func(e *emulator.SWREntry) {
			e.Registry.Name, e.Registry.ID, e.InstanceID = "swr-1", 770001, "another-instance"
		},
		func(e *emulator.SWREntry) {
			e.Registry.Name, e.Registry.ID, e.ProjectID = "swr-1", 770002, "fedcba9876543210fedcba9876543210"
		},
	} {
		e := swr
		e.Registry.ID = int32(880001 + i)
		change(&e)
		state.SWR.Registries = append(state.SWR.Registries, e)
	}
	return state
}

// foreign are the entries of a state that the tests did not apply, by their login.
func foreign(s emulator.State) emulator.State {
	s.SAS.Registries = slices.DeleteFunc(s.SAS.Registries, func(r emulator.SASRegistry) bool { return r.UserName != "foreign" })
	s.HSS.Registries = slices.DeleteFunc(s.HSS.Registries, func(r emulator.HSSRegistry) bool { return r.RegistryUsername != "foreign" })
	s.SWR.Registries = slices.DeleteFunc(s.SWR.Registries, func(e emulator.SWREntry) bool { return e.Registry.Credential.AccessKey != "foreign" })
	slices.SortFunc(s.HSS.Registries, func(a, b emulator.HSSRegistry) int { return cmp.Compare(a.ID, b.ID) })
	return s
}

func TestInvariant07UnmanagedAndBuiltInEntriesAreNeverWritten(t *testing.T) {
	t.Parallel()
	state := neighbours()
	// Names of the vendor's own entries do not count for HSS's rule against duplicates.
	w := newWorld(t, emulator.Options{State: &state, Switches: map[string]string{"hss-duplicate-name": "accept"}})
	before := foreign(w.State())
	var edited []string
	for _, d := range dialects() {
		edited = append(edited, edit(t, numbered(d.item, 1), numbered(d.mutable[0].from, 1), d.mutable[0].to))
	}
	yaml := together(1, dialects()...)
	for i, d := range dialects() {
		yaml = edit(t, yaml, numbered(d.item, 1), edited[i])
	}
	// Add, then modify every entry of the file, with answers lost on the way.
	for _, file := range []string{w.file("first.yaml", together(1, dialects()...)), w.file("second.yaml", yaml)} {
		w.faults(
			emulator.Fault{Operation: "AddPrivateRegistry", Kind: emulator.FaultDropAfter},
			emulator.Fault{Operation: "CreateInstanceRegistry", Kind: emulator.FaultDropBefore},
			emulator.Fault{Operation: "AddRegistry", Kind: emulator.FaultDropAfter},
		)
		if got := w.planned(file).Summary; got.Add+got.Modify != 3 || got.Problems != 0 {
			t.Fatalf("the plan takes a neighbour for an item of the file: %+v", got)
		}
		w.applied(0, file)
	}
	for _, d := range dialects() {
		if got := len(ofFile(stored(t, w.Server, d.provider))); got != 1 {
			t.Errorf("%s holds %d entries of the file, want 1", d.provider, got)
		}
	}
	if diff := gocmp.Diff(before, foreign(w.State())); diff != "" {
		t.Errorf("entries that are not in the file were changed (-before +after):\n%s", diff)
	}
	for _, r := range w.writes() {
		for _, id := range foreignIDs(before) {
			if strings.HasSuffix(r.Path, "/"+id) || strings.Contains(r.Query, id) {
				t.Errorf("%s %s?%s names the unmanaged entry %s", r.Method, r.Path, r.Query, id)
			}
		}
	}
	p := w.planned(w.file("second.yaml", yaml))
	// Unmanaged: 5 of SAS (the built-in types and the unknown one are counted apart), 3 of HSS, 3 of SWR.
	if p.Summary.Unmanaged != 11 || len(p.Changes) != 0 {
		t.Errorf("summary %+v", p.Summary)
	}
}

// ofFile are the entries whose login is not the neighbours'.
func ofFile(all []entry) []entry {
	return slices.DeleteFunc(all, func(e entry) bool {
		login, _ := e["credential"].(map[string]any)
		return e["UserName"] == "foreign" || e["registry_username"] == "foreign" || login["access_key"] == "foreign"
	})
}

func foreignIDs(s emulator.State) []string {
	var ids []string
	for _, r := range s.SAS.Registries {
		ids = append(ids, fmt.Sprint(r.ID))
	}
	for _, r := range s.HSS.Registries {
		ids = append(ids, r.ID)
	}
	for _, e := range s.SWR.Registries {
		ids = append(ids, fmt.Sprint(e.Registry.ID))
	}
	return ids
}
