package e2e

import (
	"bytes"
	"cmp"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"regent/internal/emulator"
)

// TestExamplesAreAppliedAsWritten plans and applies every example, and holds the emulator's state against the file, read
// by a YAML library and nothing else of this program.
func TestExamplesAreAppliedAsWritten(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../examples/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no examples (%v)", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, emulator.Options{})
			text := w.read(file)
			w.fillEnvironment(text)
			var data map[string]any
			if err := yaml.Unmarshal([]byte(text), &data); err != nil {
				t.Fatal(err)
			}
			want := decode[exampleDoc](t, marshal(t, data)).entries(t, w.env)
			n := len(want["alibaba-sas"]) + len(want["huawei-hss"]) + len(want["huawei-swr"])

			w.run("validate", "-f", file).exits(t, 0)
			if got := w.planned(file).Summary; got.Add != n || got.Problems > 0 {
				t.Errorf("the plan adds %d, want %d: %+v", got.Add, n, got)
			}
			w.ClearRequests()
			w.applied(0, file)
			if got := len(w.writes()); got != n {
				t.Errorf("%d writes for %d changes", got, n)
			}
			for _, provider := range []string{"alibaba-sas", "huawei-hss", "huawei-swr"} {
				got := stored(t, w.Server, provider)
				for _, e := range got {
					if tokens, ok := e["ExtraParam"].(string); ok {
						e["ExtraParam"] = orderOfTokens(t, tokens)
					}
				}
				byText := func(a, b entry) int { return cmp.Compare(marshal(t, a), marshal(t, b)) }
				slices.SortFunc(got, byText)
				slices.SortFunc(want[provider], byText)
				if diff := gocmp.Diff(normal(t, want[provider]), normal(t, got)); diff != "" {
					t.Errorf("the state of %s is not what the file says (-want +got):\n%s", provider, diff)
				}
			}
			w.settled(file)
		})
	}
}

func marshal(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// normal gives entries as JSON has them.
func normal(t *testing.T, list []entry) []entry {
	t.Helper()
	return decode[[]entry](t, marshal(t, append([]entry{}, list...)))
}

var envReference = regexp.MustCompile(`env: ([A-Z0-9_]+)`)

// fillEnvironment gives every variable that a file names a value, and lets the emulator know the keys among them.
func (w *world) fillEnvironment(text string) {
	w.t.Helper()
	state := emulator.State{Version: 1, Credentials: &emulator.Credentials{}}
	for _, m := range envReference.FindAllStringSubmatch(text, -1) {
		w.env[m[1]] = "the value of " + m[1]
	}
	for name := range w.env {
		owner, isKey := strings.CutSuffix(name, "_AK")
		switch {
		case strings.HasSuffix(name, "_AUTH_TOKEN") && !strings.HasPrefix(name, "SWR_"):
			w.env[name] = w.token(project)
		case isKey && w.env[owner+"_SK"] != "" && !strings.HasPrefix(owner, "HUAWEICLOUD"):
			key := emulator.AccessKey{ID: owner, Secret: w.env[owner+"_SK"], SecurityToken: w.env[owner+"_STS_TOKEN"]}
			w.env[name] = key.ID
			if strings.HasPrefix(owner, "ALIYUN") {
				state.Credentials.Alibaba = append(state.Credentials.Alibaba, key)
			} else {
				state.Credentials.Huawei = append(state.Credentials.Huawei, key)
			}
		}
	}
	if err := w.SetState(state); err != nil {
		w.t.Fatal(err)
	}
}

// token logs the emulator's own user in.
func (w *world) token(projectID string) string {
	w.t.Helper()
	domain, user, password := w.DefaultUser()
	type object = map[string]any
	body := marshal(w.t, object{"auth": object{
		"identity": object{"methods": []string{"password"}, "password": object{
			"user": object{"name": user, "password": password, "domain": object{"name": domain}},
		}},
		"scope": object{"project": object{"id": projectID}},
	}})
	resp, err := http.Post(w.url+"/v3/auth/tokens", "application/json", bytes.NewBufferString(body))
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	if text, err := io.ReadAll(resp.Body); err != nil || resp.StatusCode != http.StatusCreated {
		w.t.Fatalf("no token: %s %s %v", resp.Status, text, err)
	}
	w.ClearRequests()
	return resp.Header.Get("X-Subject-Token")
}

// exampleDoc is a configuration as plain data.
type exampleDoc struct {
	Accounts           map[string]exampleAccount
	Registries         []exampleRegistry
	ReplicationTargets []exampleTarget
}

type exampleAccount struct{ Provider, ProjectID, InstanceID, EnterpriseProjectID string }

type exampleRegistry struct {
	Name, Type, URL, APIVersion string
	Username, Password          any
	Scan                        []exampleScan
}

type exampleScan struct {
	Account, RegionID, HostIP, ClusterID string
	Network, ScanComponent               any
	ImagesPerHour                        int
	Namespaces                           []struct {
		Name      string
		AuthToken any
	}
}

type exampleTarget struct {
	Name, Account, Type, URL, Description string
	Insecure                              bool
	AccessKey, AccessSecret               any
	Hosts, Target                         map[string]string
}

// entries are what the emulator must hold once the configuration is applied, by provider.
func (doc exampleDoc) entries(t *testing.T, env map[string]string) map[string][]entry {
	t.Helper()
	out := map[string][]entry{}
	for _, r := range doc.Registries {
		for _, s := range r.Scan {
			a := doc.Accounts[s.Account]
			e := r.sasEntry
			if a.Provider == "huawei-hss" {
				e = r.hssEntry
			}
			out[a.Provider] = append(out[a.Provider], e(t, a, s, env))
		}
	}
	for _, r := range doc.ReplicationTargets {
		a := doc.Accounts[r.Account]
		out[a.Provider] = append(out[a.Provider], r.entry(a, env))
	}
	return out
}

// text is a literal, or the value of the variable that is named in its place.
func text(v any, env map[string]string) string {
	if ref, ok := v.(map[string]any); ok {
		return env[ref["env"].(string)]
	}
	return v.(string)
}

func (r exampleRegistry) hssEntry(t *testing.T, a exampleAccount, s exampleScan, env map[string]string) entry {
	t.Helper()
	u := r.address(t)
	e := entry{
		"project_id": a.ProjectID, "enterprise_project_id": "0", "registry_name": r.Name,
		"registry_type": map[string]string{"harbor": "Harbor", "jfrog": "Jfrog"}[r.Type], "api_version": cmp.Or(r.APIVersion, "V2"),
		"protocol": u.Scheme, "registry_addr": u.Host, "registry_username": text(r.Username, env),
		"registry_password": text(r.Password, env), "connect_cluster_id": s.ClusterID, "get_scan_image_channel": "Swr",
	}
	if a.EnterpriseProjectID != "" && a.EnterpriseProjectID != "all_granted_eps" {
		e["enterprise_project_id"] = a.EnterpriseProjectID
	}
	if by, ok := s.ScanComponent.(map[string]any); ok {
		e["get_scan_image_channel"], e["namespace"] = "Other", by["namespace"]
	}
	return e
}

func (r exampleRegistry) sasEntry(t *testing.T, _ exampleAccount, s exampleScan, env map[string]string) entry {
	t.Helper()
	u := r.address(t)
	port, err := strconv.Atoi(cmp.Or(u.Port(), map[string]string{"http": "80", "https": "443"}[u.Scheme]))
	if err != nil {
		t.Fatal(err)
	}
	e := entry{
		"RegistryType": r.Type, "RegistryVersion": cmp.Or(r.APIVersion, "V2"), "RegionId": s.RegionID, "DomainName": u.Hostname(),
		"RegistryHostIp": s.HostIP, "Port": port, "ProtocolType": map[string]int{"http": 1, "https": 2}[u.Scheme], "NetType": 1,
		"UserName": text(r.Username, env), "Password": text(r.Password, env), "TransPerHour": cmp.Or(s.ImagesPerHour, 10),
	}
	if by, ok := s.Network.(map[string]any); ok {
		e["NetType"], e["VpcId"] = 2, by["vpc"]
	}
	var tokens []map[string]string
	for _, n := range s.Namespaces {
		tokens = append(tokens, map[string]string{"namespace": n.Name, "authToken": text(n.AuthToken, env)})
	}
	if tokens != nil {
		e["ExtraParam"] = orderOfTokens(t, marshal(t, tokens))
	}
	return e
}

func (r exampleRegistry) address(t *testing.T) *url.URL {
	t.Helper()
	u, err := url.Parse(r.URL)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func (r exampleTarget) entry(a exampleAccount, env map[string]string) entry {
	e := entry{
		"owner": a.ProjectID + "/" + a.InstanceID, "name": r.Name, "type": r.Type, "url": r.URL, "description": r.Description,
		"insecure": r.Insecure || r.Type == "swr-pro-internal",
		"credential": map[string]string{
			"type": "basic", "access_key": text(r.AccessKey, env), "access_secret": text(r.AccessSecret, env),
		},
	}
	if r.Hosts != nil {
		e["dns_conf"] = map[string]any{"hosts": r.Hosts}
	}
	for name, wire := range map[string]string{"projectId": "project_id", "regionId": "region_id", "instanceId": "instance_id"} {
		if v := r.Target[name]; v != "" {
			e[wire] = v
		}
	}
	return e
}

// orderOfTokens writes a list of namespaces with their tokens in one order; the API does not care for it.
func orderOfTokens(t *testing.T, text string) string {
	t.Helper()
	list := decode[[]map[string]string](t, text)
	slices.SortFunc(list, func(a, b map[string]string) int { return cmp.Compare(a["namespace"], b["namespace"]) })
	return marshal(t, list)
}
