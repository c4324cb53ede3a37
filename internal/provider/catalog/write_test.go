package catalog_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"regent/internal/cloud"
	"regent/internal/emulator"
	"regent/internal/model"
	"regent/internal/provider"
	"regent/internal/secret"
)

// recorder keeps what was sent besides answering it.
type recorder struct {
	mu     sync.Mutex
	method string
	url    *url.URL
	body   string
}

func (rec *recorder) around(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		rec.mu.Lock()
		rec.method, rec.url, rec.body = r.Method, r.URL, string(body)
		rec.mu.Unlock()
		r.Body = io.NopCloser(strings.NewReader(string(body)))
		next.ServeHTTP(w, r)
	})
}

// form gives the parameters of a request of Alibaba, with ? before those of the URL.
func (rec *recorder) form(t *testing.T) map[string]string {
	t.Helper()
	values, err := url.ParseQuery(rec.body)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for name := range values {
		out[name] = values.Get(name)
	}
	for name := range rec.url.Query() {
		out["?"+name] = rec.url.Query().Get(name)
	}
	return out
}

func (rec *recorder) json(t *testing.T) map[string]any {
	t.Helper()
	var out map[string]any
	if err := json.Unmarshal([]byte(rec.body), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// expect compares the parameters or the body of the last request.
func (rec *recorder) expect(t *testing.T, provider string, want any) {
	t.Helper()
	got := any(nil)
	if provider == sas {
		got = rec.form(t)
	} else {
		got = rec.json(t)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func recorded(t *testing.T, o emulator.Options) (*world, *recorder) {
	t.Helper()
	server, err := emulator.New(o)
	if err != nil {
		t.Fatal(err)
	}
	rec := &recorder{}
	return serve(t, server, rec.around(server)), rec
}

// item gives the one desired item of a configuration, and the write that adds it.
func item(t *testing.T, yaml, name string) provider.Write {
	t.Helper()
	items := desired(t, parse(t, accounts+yaml), name, empty)
	if len(items) != 1 {
		t.Fatalf("%d items", len(items))
	}
	w := provider.Write{Desired: items[0], Secrets: map[string]secret.Value{}}
	for field := range items[0].Secrets {
		w.Secrets[field] = secret.New("hunter2&" + field)
	}
	return w
}

func modify(w provider.Write, live *model.Item, changed ...string) provider.Write {
	w.Live, w.Changed = live, changed
	return w
}

const (
	sasRegistry = "registries:\n  - {name: h, type: harbor, url: 'http://h.example.com:8080', apiVersion: V1, username: robot, password: {env: P}, " +
		"scan: [{account: alibaba-sas, regionId: cn-hangzhou, hostIp: 192.0.2.1, network: {vpc: vpc-1}, imagesPerHour: 20}]}\n"
	quayRegistry = "registries:\n  - {name: q, type: quay, url: 'https://q.example.com', username: robot, password: {env: P}, " +
		"scan: [{account: alibaba-sas, regionId: cn-hangzhou, hostIp: 192.0.2.1, namespaces: [{name: b, authToken: {env: B}}, {name: a, authToken: {env: A}}]}]}\n"
	hssRegistry = "registries:\n  - {name: h, type: jfrog, url: 'https://h.example.com:8443', username: robot, password: {env: P}, " +
		"scan: [{account: huawei-hss, clusterId: c, scanComponent: {namespace: library}}]}\n"
	swrTarget = "replicationTargets:\n  - {name: h, account: huawei-swr, type: swr-pro, url: 'https://h.example.com', accessKey: robot, " +
		"accessSecret: {env: P}, description: text, insecure: true, hosts: {h.example.com: 192.0.2.20}}\n"
)

func TestAddsOnTheWire(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, provider, yaml string
		query                bool
		want                 any
	}{
		{"SAS", sas, sasRegistry, false, map[string]string{
			"?RegistryType": "harbor", "?RegistryVersion": "V1", "?ProtocolType": "1", "?NetType": "2", "?VpcId": "vpc-1", "?DomainName": "h.example.com",
			"?Port": "8080", "?RegistryHostIp": "192.0.2.1", "?RegistryRegionId": "cn-hangzhou", "?TransPerHour": "20",
			"UserName": "robot", "Password": "hunter2&password",
		}},
		{"SAS, secrets in the query", sas, quayRegistry, true, map[string]string{
			"?RegistryType": "quay", "?RegistryVersion": "V2", "?ProtocolType": "2", "?NetType": "1", "?DomainName": "q.example.com",
			"?Port": "443", "?RegistryHostIp": "192.0.2.1", "?RegistryRegionId": "cn-hangzhou",
			"?UserName": "robot", "?Password": "hunter2&password",
			"?ExtraParam": `[{"namespace":"a","authToken":"hunter2\u0026namespaces[a]"},{"namespace":"b","authToken":"hunter2\u0026namespaces[b]"}]`,
		}},
		{"SAS, namespaces", sas, quayRegistry, false, map[string]string{
			"?RegistryType": "quay", "?RegistryVersion": "V2", "?ProtocolType": "2", "?NetType": "1", "?DomainName": "q.example.com",
			"?Port": "443", "?RegistryHostIp": "192.0.2.1", "?RegistryRegionId": "cn-hangzhou",
			"UserName": "robot", "Password": "hunter2&password",
			"ExtraParam": `[{"namespace":"a","authToken":"hunter2\u0026namespaces[a]"},{"namespace":"b","authToken":"hunter2\u0026namespaces[b]"}]`,
		}},
		{"HSS", hss, hssRegistry, false, map[string]any{
			"registry_name": "h", "registry_type": "Jfrog", "api_version": "V2", "protocol": "https", "registry_addr": "h.example.com:8443",
			"registry_username": "robot", "registry_password": "hunter2&password", "connect_cluster_id": "c",
			"get_scan_image_channel": "Other", "namespace": "library",
		}},
		{"SWR", swr, swrTarget, false, map[string]any{
			"name": "h", "type": "swr-pro", "url": "https://h.example.com", "description": "text", "insecure": true,
			"credential": map[string]any{"type": "basic", "access_key": "robot", "access_secret": "hunter2&accessSecret"},
			"dns_conf":   map[string]any{"hosts": map[string]any{"h.example.com": "192.0.2.20"}},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w, rec := recorded(t, emulator.Options{})
			a := account(c.provider)
			a.SecretsInQuery = c.query
			receipt, err := w.writer(t, a).Add(t.Context(), item(t, c.yaml, c.provider))
			if err != nil || receipt.Operation == "" || receipt.RequestID == "" || (receipt.ID == "") != (c.provider == hss) {
				t.Fatalf("%+v, %v", receipt, err)
			}
			rec.expect(t, c.provider, c.want)
			if !c.query && strings.Contains(rec.url.String(), "hunter2") {
				t.Errorf("a secret is in the URL: %s", rec.url)
			}
		})
	}
}

// TestAddsOfHSSNameOneProject never adds to all of them.
func TestAddsOfHSSNameOneProject(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"all_granted_eps": "0", "0": "0", "eps-1": "eps-1"} {
		w, rec := recorded(t, emulator.Options{})
		a := account(hss)
		a.EnterpriseProjectID = in
		if _, err := w.writer(t, a).Add(t.Context(), item(t, hssRegistry, hss)); err != nil {
			t.Fatal(err)
		}
		if got := rec.url.Query().Get("enterprise_project_id"); got != want {
			t.Errorf("%s adds to %s, want %s", in, got, want)
		}
	}
}

func TestInvariant04ModifiesOnTheWire(t *testing.T) {
	t.Parallel()
	state := crowd(1)
	state.SWR.Registries[0].Registry.Description = "kept"
	for _, c := range []struct {
		name, provider, yaml, id string
		adapt                    func(w *provider.Write)
		changed                  []string
		want                     any
	}{
		{"SAS, one field", sas, sasRegistry, "1000", nil, []string{"imagesPerHour"}, map[string]string{
			"Id": "1000", "TransPerHour": "20", "UserName": "robot", "Password": "hunter2&password",
		}},
		{"SAS, fields of the query", sas, sasRegistry, "1000", nil, []string{"hostIp", "url.port"}, map[string]string{
			"Id": "1000", "?RegistryHostIp": "192.0.2.1", "?Port": "8080", "UserName": "robot", "Password": "hunter2&password",
		}},
		{"SAS, everything", sas, sasRegistry, "1000", nil, []string{"url.host", "url.port", "hostIp", "username", "imagesPerHour"}, map[string]string{
			"Id": "1000", "?DomainName": "h.example.com", "?Port": "8080", "?RegistryHostIp": "192.0.2.1", "UserName": "robot", "Password": "hunter2&password", "TransPerHour": "20",
		}},
		{"HSS, one field", hss, hssRegistry, "id-0", nil, []string{"clusterId"}, map[string]any{
			"connect_cluster_id": "c", "registry_username": "robot", "registry_password": "hunter2&password",
		}},
		{"HSS, the login", hss, hssRegistry, "id-0", nil, []string{"username"}, map[string]any{"registry_username": "robot", "registry_password": "hunter2&password"}},
		{"HSS, the channel needs its namespace", hss, hssRegistry, "id-0", nil, []string{"scanComponent"}, map[string]any{
			"get_scan_image_channel": "Other", "namespace": "library", "registry_username": "robot", "registry_password": "hunter2&password",
		}},
		{"SWR, always everything", swr, swrTarget, "1", nil, []string{"url"}, map[string]any{
			"name": "h", "type": "swr-pro", "url": "https://h.example.com", "description": "text", "insecure": true,
			"credential": map[string]any{"type": "basic", "access_key": "robot", "access_secret": "hunter2&accessSecret"},
			"dns_conf":   map[string]any{"hosts": map[string]any{"h.example.com": "192.0.2.20"}},
		}},
		{"SWR, what the file leaves alone stays", swr, swrTarget, "1", func(w *provider.Write) { delete(w.Desired.Values, "description") }, []string{"url"}, map[string]any{
			"name": "h", "type": "swr-pro", "url": "https://h.example.com", "description": "kept", "insecure": true,
			"credential": map[string]any{"type": "basic", "access_key": "robot", "access_secret": "hunter2&accessSecret"},
			"dns_conf":   map[string]any{"hosts": map[string]any{"h.example.com": "192.0.2.20"}},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w, rec := recorded(t, emulator.Options{State: state})
			change := modify(item(t, c.yaml, c.provider), &model.Item{ID: c.id, Values: map[string]model.Value{"description": "kept"}}, c.changed...)
			if c.adapt != nil {
				c.adapt(&change)
			}
			receipt, err := w.writer(t, account(c.provider)).Modify(t.Context(), change)
			if err != nil || receipt.ID != c.id || receipt.RequestID == "" {
				t.Fatalf("%+v, %v", receipt, err)
			}
			rec.expect(t, c.provider, c.want)
		})
	}
}

// TestInvariant04WritesThatAreNotSent are refused on this side.
func TestInvariant04WritesThatAreNotSent(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	live := &model.Item{ID: "7"}
	for _, c := range []struct {
		provider, yaml, want string
		live                 *model.Item
		changed              []string
	}{
		{sas, sasRegistry, "h has no ID to modify", &model.Item{}, []string{"hostIp"}},
		{hss, hssRegistry, "h has no ID to modify", &model.Item{}, []string{"clusterId"}},
		{swr, swrTarget, "h has no ID to modify", nil, []string{"url"}},
		{sas, sasRegistry, "url.scheme of h cannot be modified", live, []string{"hostIp", "url.scheme"}},
		{sas, sasRegistry, "namespaces of h cannot be modified", live, []string{"namespaces"}},
	} {
		_, err := w.writer(t, account(c.provider)).Modify(t.Context(), modify(item(t, c.yaml, c.provider), c.live, c.changed...))
		if err == nil || err.Error() != c.want || cloud.Executed(err) {
			t.Errorf("%s: %v", c.provider, err)
		}
	}
	if n := len(w.Requests()); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
}

// TestInvariant05OddAnswersToWrites leave open whether they were carried out.
func TestInvariant05OddAnswersToWrites(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, provider, yaml, answer, want string
		modify, executed                   bool
	}{
		{"add without data", sas, sasRegistry, `{"RequestId":"r"}`, "the answer has no data", false, true},
		{"add with a web page", sas, sasRegistry, `<html>`, "HTML or XML", false, true},
		{"modify without the flag", sas, sasRegistry, `{"RequestId":"r"}`, "does not say that it succeeded", true, true},
		{"modify with a flag of another type", sas, sasRegistry, `{"Success":1}`, "where bool was expected", true, true},
		{"modify that failed", sas, sasRegistry, `{"Success":false,"Code":"500","Message":"ServerError"}`, "ServerError", true, true},
		{"modify that was refused", sas, sasRegistry, `{"Success":false,"Code":"InvalidParameter","Message":"no such name"}`, "no such name", true, false},
		{"add that came before", sas, sasRegistry, `{"Code":"SignatureNonceUsed","Message":"used"}`, "used", false, true},
		{"add with a web page", hss, hssRegistry, `<html>`, "HTML or XML", false, true},
		{"modify with a web page", hss, hssRegistry, `<html>`, "HTML or XML", true, true},
		{"add without an ID", swr, swrTarget, `{}`, "the answer has no ID", false, true},
		{"add with a negative ID", swr, swrTarget, `{"id":-1}`, "the answer has no ID", false, true},
		{"add with an ID of another type", swr, swrTarget, `{"id":"7"}`, "where int64 was expected", false, true},
		{"modify with a web page", swr, swrTarget, `<html>`, "HTML or XML", true, true},
	} {
		t.Run(c.provider+" "+c.name, func(t *testing.T) {
			t.Parallel()
			w := scripted(t, func(*http.Request) string { return c.answer })
			writer, change := w.writer(t, account(c.provider)), item(t, c.yaml, c.provider)
			var err error
			if c.modify {
				_, err = writer.Modify(t.Context(), modify(change, &model.Item{ID: "7"}))
			} else {
				_, err = writer.Add(t.Context(), change)
			}
			if err == nil || !strings.Contains(err.Error(), c.want) || cloud.Executed(err) != c.executed || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("%v", err)
			}
		})
	}
}

// TestRefusedFormNamesTheWayOut has a gateway that looks for the login in the query only.
func TestRefusedFormNamesTheWayOut(t *testing.T) {
	t.Parallel()
	const advice = "set secretsInQuery: true on the account"
	for _, inQuery := range []bool{false, true} {
		w := start(t, emulator.Options{Switches: map[string]string{"sas-secrets-in-body": "refuse"}})
		a := account(sas)
		a.SecretsInQuery = inQuery
		_, err := w.writer(t, a).Add(t.Context(), item(t, sasRegistry, sas))
		if inQuery != (err == nil) || !inQuery && !strings.Contains(err.Error(), advice) {
			t.Errorf("in the query %v: %v", inQuery, err)
		}
	}
	w := start(t, emulator.Options{})
	if err := w.SetFaults([]emulator.Fault{{Operation: "AddPrivateRegistry", Kind: emulator.FaultStatus, Status: 400, Code: "InvalidParameter"}}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.writer(t, account(sas)).Add(t.Context(), item(t, sasRegistry, sas)); err == nil || strings.Contains(err.Error(), advice) {
		t.Errorf("advice for another refusal: %v", err)
	}
}

// TestAnswersOfAddsTellIDs follows what the vendors may answer.
func TestAnswersOfAddsTellIDs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		provider, yaml, name, value string
		known                       bool
	}{
		{sas, sasRegistry, "sas-add-id", "real", true},
		{sas, sasRegistry, "sas-add-id", "zero", false},
		{hss, hssRegistry, "hss-add-status", "201", false},
		{hss, hssRegistry, "hss-add-status", "204", false},
		{swr, swrTarget, "swr-create-status", "201", true},
	} {
		w := start(t, emulator.Options{Switches: map[string]string{c.name: c.value}})
		receipt, err := w.writer(t, account(c.provider)).Add(t.Context(), item(t, c.yaml, c.provider))
		if err != nil || (receipt.ID != "") != c.known {
			t.Errorf("%s %s: %+v, %v", c.name, c.value, receipt, err)
		}
	}
}

// TestTextFromTheEnvironmentIsSent is a login that is not in the file.
func TestTextFromTheEnvironmentIsSent(t *testing.T) {
	t.Parallel()
	yaml := strings.Replace(hssRegistry, "username: robot", "username: {env: ROBOT}", 1)
	w, rec := recorded(t, emulator.Options{})
	w.env["ROBOT"] = "robot-from-env"
	items := desired(t, parse(t, accounts+yaml), hss, w.session.Lookup)
	change := provider.Write{Desired: items[0], Secrets: map[string]secret.Value{"password": secret.New("p")}}
	if _, err := w.writer(t, account(hss)).Add(t.Context(), change); err != nil {
		t.Fatal(err)
	}
	if got := rec.json(t)["registry_username"]; got != "robot-from-env" {
		t.Errorf("the login is %v", got)
	}
	if printed := fmt.Sprintf("%+v", change); strings.Contains(printed, "robot-from-env") {
		t.Errorf("the write prints its login: %s", printed)
	}
	if change.Text("absent") != "" {
		t.Error("an absent field has a text")
	}
}
