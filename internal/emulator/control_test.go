package emulator_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"regent/internal/emulator"
)

func control(t *testing.T, s served, method, name, body string) answer {
	t.Helper()
	return send(t, newRequest(t, method, s.url+"/_emulator/"+name, body))
}

func TestControlReadsAndReplacesState(t *testing.T) {
	s := serve(t, emulator.Options{})
	huawei(t, s, "POST", swrPath, swrJSON()).expect(t, 200, "")
	huawei(t, s, "POST", hssPath, hssJSON()).expect(t, 200, "")
	sas(t, s, "AddPrivateRegistry", sasAdd()...).expect(t, 200, "")
	saved := control(t, s, http.MethodGet, "state", "")
	for _, secret := range []string{"s3cret", "p@ss w+rd", "Harbor12345"} {
		if !strings.Contains(string(saved.body), secret) {
			t.Errorf("the state lacks %q: %s", secret, saved.body)
		}
	}
	control(t, s, http.MethodPut, "state", `{"version":1,"sas":{"registries":[]},"hss":{"registries":[]},"swr":{"registries":[]}}`).expect(t, 204, "")
	if got := s.State(); len(got.SAS.Registries)+len(got.HSS.Registries)+len(got.SWR.Registries) != 0 {
		t.Errorf("the state is %v", got)
	}
	huawei(t, s, "GET", hssPath, "").expect(t, 200, "") // default keys survive
	control(t, s, http.MethodPut, "state", string(saved.body)).expect(t, 204, "")
	if again := control(t, s, http.MethodGet, "state", ""); string(again.body) != string(saved.body) {
		t.Errorf("the state came back as %s", again.body)
	}
}

func TestControlReportsAndClearsRequests(t *testing.T) {
	s := serve(t, emulator.Options{})
	if got := control(t, s, http.MethodGet, "requests", ""); string(got.body) != "[]" {
		t.Errorf("an empty log is %s", got.body)
	}
	first := huawei(t, s, "GET", hssPath+"?limit=10", "")
	sas(t, s, "ListPrivateRegistryList", "RegistryType", "quay")
	send(t, newRequest(t, http.MethodGet, s.url+"/nowhere", ""))
	want := `[{"method":"GET","path":"` + hssPath + `","query":"limit=10","operation":"ListRegistry","status":200,"request_id":"` + first.header.Get("X-Request-Id") + `"}`
	got := string(control(t, s, http.MethodGet, "requests", "").body)
	if !strings.HasPrefix(got, want) || !strings.Contains(got, `"operation":"ListPrivateRegistryList"`) || !strings.Contains(got, `"operation":"","status":404`) {
		t.Errorf("the log is %s", got)
	}
	control(t, s, http.MethodDelete, "requests", "").expect(t, 204, "")
	if got := s.Requests(); len(got) != 0 {
		t.Errorf("after clearing: %v", got)
	}
}

func TestControlSetsFaultsInBothForms(t *testing.T) {
	s := serve(t, emulator.Options{})
	for _, body := range []string{
		`{"faults":[{"operation":"ListRegistry","kind":"status","status":502}]}`,
		` [{"operation":"ListRegistry","kind":"status","status":502}]`,
	} {
		control(t, s, http.MethodPut, "faults", body).expect(t, 204, "")
		huawei(t, s, "GET", hssPath, "").expect(t, 502, "HSS.0041")
		huawei(t, s, "GET", hssPath, "").expect(t, 200, "")
	}
}

func TestControlSetsSwitches(t *testing.T) {
	s := serve(t, emulator.Options{})
	control(t, s, http.MethodPut, "switches", `{"swr-create-status":"201"}`).expect(t, 204, "")
	huawei(t, s, "POST", swrPath, swrJSON()).expect(t, 201, "")
	if got := control(t, s, http.MethodGet, "switches", "").object(t); got["swr-create-status"] != "201" || len(got) != len(s.Switches()) {
		t.Errorf("switches are %v", got)
	}
}

func TestControlRefusesWhatItDoesNotUnderstand(t *testing.T) {
	s := serve(t, emulator.Options{})
	for name, c := range map[string]struct {
		method, control, body string
		status                int
	}{
		"unknown control":     {"GET", "secrets", "", 404},
		"wrong method":        {"POST", "state", "{}", 404},
		"state without JSON":  {"PUT", "state", "x", 400},
		"state of version 2":  {"PUT", "state", `{"version":2}`, 400},
		"state, unknown key":  {"PUT", "state", `{"version":1,"extra":1}`, 400},
		"state, duplicate id": {"PUT", "state", `{"version":1,"hss":{"registries":[{"project_id":"p","id":"a","registry_name":"a"},{"project_id":"p","id":"a","registry_name":"b"}]}}`, 400},
		"fault, unknown key":  {"PUT", "faults", `[{"operation":"*","kind":"html","often":1}]`, 400},
		"fault, unknown kind": {"PUT", "faults", `[{"operation":"*","kind":"x"}]`, 400},
		"faults, trailing":    {"PUT", "faults", `[] []`, 400},
		"unknown switch":      {"PUT", "switches", `{"x":"y"}`, 400},
		"unknown value":       {"PUT", "switches", `{"swr-create-status":"418"}`, 400},
		"switches as list":    {"PUT", "switches", `[]`, 400},
	} {
		t.Run(name, func(t *testing.T) {
			got := control(t, s, c.method, c.control, c.body)
			if got.status != c.status || got.object(t)["error"] == "" {
				t.Errorf("the answer is %d %s", got.status, got.body)
			}
		})
	}
}

func TestControlIsForThisMachineAndNotForWebPages(t *testing.T) {
	s := serve(t, emulator.Options{})
	cases := map[string]struct {
		change func(*http.Request)
		status int
	}{
		"loopback":               {func(*http.Request) {}, 200},
		"IPv6 loopback":          {func(r *http.Request) { r.RemoteAddr, r.Host = "[::1]:5", "[::1]:80" }, 200},
		"localhost":              {func(r *http.Request) { r.Host = "localhost:80" }, 200},
		"peer elsewhere":         {func(r *http.Request) { r.RemoteAddr = "192.0.2.1:5" }, 403},
		"peer unknown":           {func(r *http.Request) { r.RemoteAddr = "" }, 403},
		"name that was rebound":  {func(r *http.Request) { r.Host = "evil.example.com" }, 403},
		"name with localhost in": {func(r *http.Request) { r.Host = "localhost.example.com" }, 403},
		"no host":                {func(r *http.Request) { r.Host = "" }, 403},
		"request of a web page":  {func(r *http.Request) { r.Header.Set("Origin", "http://127.0.0.1") }, 403},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodGet, "http://127.0.0.1/_emulator/state", nil)
			r.RemoteAddr = "127.0.0.1:5"
			c.change(r)
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			if w.Code != c.status {
				t.Errorf("the answer is %d %s", w.Code, w.Body)
			}
			if c.status == 403 && strings.Contains(w.Body.String(), "registries") {
				t.Errorf("the refusal shows state: %s", w.Body)
			}
		})
	}
}
