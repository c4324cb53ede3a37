package apply_test

import (
	"net/http"
	"strings"
	"testing"

	"regent/internal/apply"
	"regent/internal/emulator"
)

// TestInvariant05AdoptionComparesWhatTheListShows: an entry found after a lost add is taken over only when it is equal in everything
// that the provider's list can show. Of SAS that is type, domain, region and what else the list tells, without password
// and times; HSS adds type and address to the name; SWR has the name and what list and show tell.
func TestInvariant05AdoptionComparesWhatTheListShows(t *testing.T) {
	t.Parallel()
	sas := func(s *emulator.State) *emulator.SASRegistry { return &s.SAS.Registries[0] }
	hss := func(s *emulator.State) *emulator.HSSRegistry { return &s.HSS.Registries[0] }
	swr := func(s *emulator.State) *emulator.SWRRegistry { return &s.SWR.Registries[0].Registry }
	for i, edits := range []map[string]func(*emulator.State){
		{
			"hostIp":        func(s *emulator.State) { sas(s).RegistryHostIP = "198.51.100.7" },
			"username":      func(s *emulator.State) { sas(s).UserName = "other" },
			"imagesPerHour": func(s *emulator.State) { sas(s).TransPerHour = 99 },
			"apiVersion":    func(s *emulator.State) { sas(s).RegistryVersion = "V1" },
			"url.scheme":    func(s *emulator.State) { sas(s).ProtocolType = 1 },
			"network":       func(s *emulator.State) { sas(s).NetType, sas(s).VpcID = 2, "vpc-1" },
			"":              func(s *emulator.State) { sas(s).Password = "another one" },
		},
		{
			"type":          func(s *emulator.State) { hss(s).RegistryType = "Jfrog" },
			"url.address":   func(s *emulator.State) { hss(s).RegistryAddr = "elsewhere.example.com" },
			"url.scheme":    func(s *emulator.State) { hss(s).Protocol = "http" },
			"apiVersion":    func(s *emulator.State) { hss(s).APIVersion = "V1" },
			"username":      func(s *emulator.State) { hss(s).RegistryUsername = "other" },
			"clusterId":     func(s *emulator.State) { hss(s).ConnectClusterID = "other" },
			"scanComponent": func(s *emulator.State) { hss(s).GetScanImageChannel, hss(s).Namespace = "Other", "library" },
			"":              func(s *emulator.State) { hss(s).RegistryPassword = "another one" },
		},
		{
			"type":        func(s *emulator.State) { swr(s).Type = "huawei-SWR" },
			"url":         func(s *emulator.State) { swr(s).URL = "https://elsewhere.example.com" },
			"insecure":    func(s *emulator.State) { swr(s).Insecure = true },
			"description": func(s *emulator.State) { swr(s).Description = "other" },
			"accessKey":   func(s *emulator.State) { swr(s).Credential.AccessKey = "other" },
			"hosts":       func(s *emulator.State) { swr(s).DNSConf.Hosts["h1.example.com"] = "198.51.100.7" },
			"":            func(s *emulator.State) { swr(s).Credential.AccessSecret = "another one" },
		},
	} {
		d := dialects()[i]
		for field, edit := range edits {
			t.Run(d.name+" "+field, func(t *testing.T) {
				t.Parallel()
				w := start(t, nil)
				w.intercept(func(_ http.ResponseWriter, r *http.Request) bool {
					if !isWrite(r) {
						return false
					}
					w.ServeHTTP(nowhere{http.Header{}}, r)
					state := w.State()
					edit(&state)
					if err := w.SetState(state); err != nil {
						t.Error(err)
					}
					panic(http.ErrAbortHandler)
				})
				o := w.apply(d.yaml(1, "robot")).only(t)
				switch {
				case field == "" && (o.Status != apply.Applied || !strings.Contains(o.Detail, "adopted")):
					t.Errorf("what no list shows keeps it from being adopted: %s, %s", o.Status, o.Detail)
				case field != "" && (o.Status != apply.Failed || !strings.Contains(o.Detail, "differs in "+field+";")):
					t.Errorf("ends as %s: %s", o.Status, o.Detail)
				}
				if w.count(d.add) != 1 {
					t.Errorf("the create was sent %d times", w.count(d.add))
				}
			})
		}
	}
}

// TestAdoptionWithoutIdentifiers: the vendor's own example of an add's answer has the ID 0, and the list may leave out
// ports. The entry is found all the same.
func TestAdoptionWithoutIdentifiers(t *testing.T) {
	t.Parallel()
	d := dialects()[0]
	w := start(t, map[string]string{"sas-add-id": "zero", "sas-list-port": "absent", "sas-duplicate": "accept"})
	out := w.apply(d.yaml(3, "robot"), emulator.Fault{Operation: d.add, Kind: emulator.FaultResetAfter, Times: 2})
	for _, o := range out.Outcomes {
		if o.Status != apply.Applied || !strings.HasPrefix(o.ID, "6600") {
			t.Errorf("%s ends as %s with the ID %q: %s", o.Change.Name, o.Status, o.ID, o.Detail)
		}
	}
	if w.count(d.add) != 3 {
		t.Errorf("%d creates were sent for 3 items", w.count(d.add))
	}
}
