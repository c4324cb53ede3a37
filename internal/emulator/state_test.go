package emulator_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"regent/internal/emulator"
)

func TestStateIsCompletedFromAHandWrittenOne(t *testing.T) {
	state, err := emulator.ReadState(strings.NewReader(`{"version":1,
		"sas":{"registries":[{"RegistryType":"harbor","DomainName":"a"},{"Id":70000,"RegistryType":"quay","DomainName":"b"}]},
		"hss":{"registries":[{"project_id":"p","registry_name":"n","registry_type":"Harbor"}]},
		"swr":{"registries":[{"project_id":"p","instance_id":"i","registry":{"name":"x"}},{"project_id":"p","instance_id":"i","registry":{"id":5,"name":"y"}}]}}`))
	if err != nil {
		t.Fatal(err)
	}
	got := serve(t, emulator.Options{State: &state}).State()
	if got.SAS.Registries[0].ID != 70000 || got.SAS.Registries[1].ID != 70001 || got.SAS.Registries[1].Token == "" {
		t.Errorf("SAS: %+v", got.SAS.Registries)
	}
	if reg := got.HSS.Registries[0]; reg.ID == "" || reg.EnterpriseProjectID != "0" || reg.Status != "success" {
		t.Errorf("HSS: %+v", reg)
	}
	if swr := got.SWR.Registries; swr[0].Registry.ID != 5 || swr[1].Registry.ID != 6 || swr[1].Registry.Status != "healthy" || swr[1].Registry.CreatedAt.IsZero() {
		t.Errorf("SWR: %+v", swr)
	}
	if state.SAS.Registries[0].ID != 0 {
		t.Error("New changed the caller's state")
	}
}

func TestStatesThatContradictThemselvesAreRefused(t *testing.T) {
	for name, text := range map[string]string{
		"no version":             `{}`,
		"SAS without a type":     `{"version":1,"sas":{"registries":[{}]}}`,
		"SAS with a built-in Id": `{"version":1,"sas":{"registries":[{"Id":1,"RegistryType":"harbor"}]}}`,
		"SAS with one Id twice":  `{"version":1,"sas":{"registries":[{"Id":7,"RegistryType":"harbor"},{"Id":7,"RegistryType":"quay"}]}}`,
		"HSS without a project":  `{"version":1,"hss":{"registries":[{"registry_name":"n"}]}}`,
		"SWR without an owner":   `{"version":1,"swr":{"registries":[{"registry":{"name":"n"}}]}}`,
		"SWR with one id twice":  `{"version":1,"swr":{"registries":[{"project_id":"p","instance_id":"i","registry":{"id":1}},{"project_id":"p","instance_id":"i","registry":{"id":1}}]}}`,
		"key without a secret":   `{"version":1,"credentials":{"huawei":[{"ak":"a"}]}}`,
		"unknown key deep down":  `{"version":1,"swr":{"registries":[{"project_id":"p","instance_id":"i","registry":{"colour":"red"}}]}}`,
		"something after it":     `{"version":1} {}`,
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "state.json")
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := emulator.New(emulator.Options{StateFile: path}); err == nil {
				t.Error("it is accepted")
			}
		})
	}
}

func TestOptionsThatCannotBeAreRefused(t *testing.T) {
	for name, o := range map[string]emulator.Options{
		"unknown switch":    {Switches: map[string]string{"x": "y"}},
		"unknown value":     {Switches: map[string]string{"sas-add-id": "maybe"}},
		"negative rate":     {Rate: -1},
		"negative latency":  {Latency: -1},
		"state file folder": {StateFile: t.TempDir()},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := emulator.New(o); err == nil {
				t.Error("they are accepted")
			}
		})
	}
}

func TestStateFileSurvivesARestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.json")
	seed := emulator.State{Version: 1, Credentials: &emulator.Credentials{Huawei: []emulator.AccessKey{{ID: "AK", Secret: "SK"}}}}
	first := serve(t, emulator.Options{StateFile: path, State: &seed})
	huawei(t, first, "POST", swrPath, swrJSON("dns_conf", `{"hosts":{"a.example.com":"192.0.2.1"}}`)).expect(t, 200, "")
	huawei(t, first, "POST", hssPath, hssJSON()).expect(t, 200, "")
	sas(t, first, "AddPrivateRegistry", sasAdd()...).expect(t, 200, "")

	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file is %v, %v", info, err)
	}
	second := serve(t, emulator.Options{StateFile: path, State: &emulator.State{Version: 1}})
	if got, want := asJSON(t, second.State()), asJSON(t, first.State()); got != want {
		t.Errorf("after the restart:\n%s\nbefore:\n%s", got, want)
	}
	huawei(t, second, "DELETE", swrPath+"/1", "").expect(t, 200, "")
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 1 {
		t.Errorf("files left behind: %v, %v", entries, err)
	}
}

func TestStateFileHoldsEveryParallelWriteOnceAnswered(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.json")
	s := serve(t, emulator.Options{StateFile: path})
	var group sync.WaitGroup
	for i := range 20 {
		request := huaweiRequest{method: "POST", path: swrPath, body: swrJSON("name", fmt.Sprintf(`"r%d"`, i))}.build(t, s)
		group.Go(func() {
			if got, err := trySend(request); err != nil || got.status != 200 {
				t.Errorf("answer %d, %v", got.status, err)
			}
		})
	}
	group.Wait()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	state, err := emulator.ReadState(strings.NewReader(string(data)))
	if err != nil || len(state.SWR.Registries) != 20 {
		t.Errorf("the file has %d registries, %v", len(state.SWR.Registries), err)
	}
}

func TestWriteThatCannotBeSavedIsAnInternalError(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "gone")
	s := serve(t, emulator.Options{StateFile: filepath.Join(folder, "state.json")})
	huawei(t, s, "POST", swrPath, swrJSON()).expect(t, 500, "SVCSTG.SWR.5000000")
	huawei(t, s, "POST", hssPath, hssJSON()).expect(t, 500, "HSS.0041")
	sas(t, s, "AddPrivateRegistry", sasAdd()...).expect(t, 500, "ServerError")
	huawei(t, s, "GET", hssPath, "").expect(t, 200, "")
}

func TestStateOfTheServerIsACopy(t *testing.T) {
	s := serve(t, emulator.Options{})
	huawei(t, s, "POST", swrPath, swrJSON("dns_conf", `{"hosts":{"a.example.com":"192.0.2.1"}}`)).expect(t, 200, "")
	taken := s.State()
	taken.SWR.Registries[0].Registry.DNSConf.Hosts["b.example.com"] = "192.0.2.2"
	taken.SWR.Registries[0].Registry.Name = "changed"
	if got := s.State().SWR.Registries[0].Registry; got.Name != "dr-harbor" || len(got.DNSConf.Hosts) != 1 {
		t.Errorf("the live state changed to %+v", got)
	}
}
