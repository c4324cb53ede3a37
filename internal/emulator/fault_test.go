package emulator_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"math"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"unicode/utf8"

	"regent/internal/emulator"
)

// withFaults starts an emulator with faults set.
func withFaults(t *testing.T, faults ...emulator.Fault) served {
	t.Helper()
	s := serve(t, emulator.Options{})
	if err := s.SetFaults(faults); err != nil {
		t.Fatal(err)
	}
	return s
}

// createTarget tries to create a target registry.
func createTarget(t *testing.T, s served) (answer, error) {
	t.Helper()
	return trySend(huaweiRequest{method: "POST", path: swrPath, body: swrJSON()}.build(t, s))
}

func targets(s served) int { return len(s.State().SWR.Registries) }

func TestFaultsThatSpoilTheAnswerOfACreate(t *testing.T) {
	const create = "CreateInstanceRegistry"
	cases := map[string]struct {
		fault    emulator.Fault
		executed int
		check    func(t *testing.T, got answer, err error)
	}{
		"drop before": {emulator.Fault{Kind: emulator.FaultDropBefore}, 0, wantNoAnswer},
		"drop after":  {emulator.Fault{Kind: emulator.FaultDropAfter}, 1, wantNoAnswer},
		"status": {emulator.Fault{Kind: emulator.FaultStatus, Status: 503, Code: "SVCSTG.SWR.5030000", Message: "later"}, 0,
			wantAnswer(503, `"error_code":"SVCSTG.SWR.5030000"`)},
		"status after":         {emulator.Fault{Kind: emulator.FaultStatus, Status: 500, After: true}, 1, wantAnswer(500, `"error_code":"SVCSTG.SWR.5000000"`)},
		"status of gateway":    {emulator.Fault{Kind: emulator.FaultStatus, Status: 504, Code: "APIGW.0201"}, 0, wantAnswer(504, `"request_id":"`)},
		"throttle":             {emulator.Fault{Kind: emulator.FaultThrottle}, 0, wantAnswer(429, "APIGW.0308")},
		"HTML":                 {emulator.Fault{Kind: emulator.FaultHTML}, 0, wantAnswer(200, "<html>")},
		"HTML after":           {emulator.Fault{Kind: emulator.FaultHTML, After: true}, 1, wantAnswer(200, "<html>")},
		"cut":                  {emulator.Fault{Kind: emulator.FaultCut}, 1, wantCut},
		"wrong types":          {emulator.Fault{Kind: emulator.FaultWrongTypes}, 1, wantAnswer(200, `{"id":["seven"]}`)},
		"redirect":             {emulator.Fault{Kind: emulator.FaultRedirect, Location: "http://evil.example.com/"}, 0, wantRedirect(307)},
		"redirect with status": {emulator.Fault{Kind: emulator.FaultRedirect, Status: 302, Location: "http://evil.example.com/"}, 0, wantRedirect(302)},
		"ignore":               {emulator.Fault{Kind: emulator.FaultIgnore}, 0, wantAnswer(200, `{"id":1}`)},
		"concurrent":           {emulator.Fault{Kind: emulator.FaultConcurrent}, 1, wantAnswer(409, "SVCSTG.SWR.4090001")},
		"expired token":        {emulator.Fault{Kind: emulator.FaultExpiredToken}, 0, wantAnswer(401, "APIGW.0307")},
		"delay":                {emulator.Fault{Kind: emulator.FaultDelay, Millis: 1}, 1, wantAnswer(200, `{"id":1}`)},
		"reset before":         {emulator.Fault{Kind: emulator.FaultResetBefore}, 0, wantReset},
		"reset after":          {emulator.Fault{Kind: emulator.FaultResetAfter}, 1, wantReset},
		"empty":                {emulator.Fault{Kind: emulator.FaultEmpty}, 1, wantBody(200, "")},
		"garbage":              {emulator.Fault{Kind: emulator.FaultGarbage}, 1, wantGarbage},
		"denied":               {emulator.Fault{Kind: emulator.FaultDenied}, 0, wantAnswer(403, "SVCSTG.SWR.4030170")},
		"twice":                {emulator.Fault{Kind: emulator.FaultTwice}, 1, wantAnswer(200, `{"id":1}`)},
		"stale":                {emulator.Fault{Kind: emulator.FaultStale, StaleMillis: 1}, 1, wantAnswer(200, `{"id":1}`)},
		"provider":             {emulator.Fault{Kind: emulator.FaultDropBefore, Provider: "huawei-swr", Operation: "*"}, 0, wantNoAnswer},
		"other one":            {emulator.Fault{Kind: emulator.FaultDropBefore, Provider: "huawei-hss", Operation: "*"}, 1, wantAnswer(200, `{"id":1}`)},
		"match the path":       {emulator.Fault{Kind: emulator.FaultDropBefore, Match: "/registries"}, 0, wantNoAnswer},
		"Huawei only":          {emulator.Fault{Kind: emulator.FaultSuccessFalse}, 1, wantAnswer(200, `{"id":1}`)},
		"SAS only":             {emulator.Fault{Kind: emulator.FaultSuccessFalse, Operation: "*"}, 1, wantAnswer(200, `{"id":1}`)},
		"other operation":      {emulator.Fault{Kind: emulator.FaultDropBefore, Operation: "AddRegistry"}, 1, wantAnswer(200, `{"id":1}`)},
		"no match":             {emulator.Fault{Kind: emulator.FaultDropBefore, Match: "other-name"}, 1, wantAnswer(200, `{"id":1}`)},
		"match":                {emulator.Fault{Kind: emulator.FaultDropBefore, Match: "dr-harbor"}, 0, wantNoAnswer},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if c.fault.Operation == "" {
				c.fault.Operation = create
			}
			s := withFaults(t, c.fault)
			got, err := createTarget(t, s)
			c.check(t, got, err)
			if n := targets(s); n != c.executed {
				t.Errorf("%d registries exist, want %d", n, c.executed)
			}
			if log := s.Requests(); len(log) != 1 || log[0].Operation != create || log[0].Status != got.status && err == nil {
				t.Errorf("the log is %+v", log)
			} else if spoilt := s.Faults()[0].Spoilt; log[0].Name != "dr-harbor" || (log[0].Fault != "") != (spoilt == 1) ||
				(log[0].Executed > 0) != (c.executed > 0) {
				t.Errorf("the log is %+v after %d spoilt requests", log, spoilt)
			}
		})
	}
}

func wantNoAnswer(t *testing.T, got answer, err error) {
	t.Helper()
	if err == nil || got.status != 0 {
		t.Errorf("there is an answer: %d %q", got.status, got.body)
	}
}

func wantCut(t *testing.T, got answer, err error) {
	t.Helper()
	if !errors.Is(err, io.ErrUnexpectedEOF) || json.Valid(got.body) || got.header.Get("Content-Length") == "" {
		t.Errorf("the answer is %d %q, %v", got.status, got.body, err)
	}
}

// wantReset insists on what a client's system says of a connection that was reset, and not just closed.
func wantReset(t *testing.T, got answer, err error) {
	t.Helper()
	if !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("the end is %d %q, %v", got.status, got.body, err)
	}
}

func wantGarbage(t *testing.T, got answer, err error) {
	t.Helper()
	if err != nil || got.status != 200 || json.Valid(got.body) || utf8.Valid(got.body) || !strings.Contains(got.header.Get("Content-Type"), "json") {
		t.Errorf("the answer is %d %q %v, %v", got.status, got.body, got.header, err)
	}
}

func wantBody(status int, body string) func(*testing.T, answer, error) {
	return func(t *testing.T, got answer, err error) {
		t.Helper()
		if err != nil || got.status != status || string(got.body) != body {
			t.Errorf("the answer is %d %q, %v", got.status, got.body, err)
		}
	}
}

func wantAnswer(status int, text string) func(*testing.T, answer, error) {
	return func(t *testing.T, got answer, err error) {
		t.Helper()
		if err != nil || got.status != status || !strings.Contains(string(got.body), text) {
			t.Errorf("the answer is %d %s, %v; want %d with %s", got.status, got.body, err, status, text)
		}
	}
}

func wantRedirect(status int) func(*testing.T, answer, error) {
	return func(t *testing.T, got answer, err error) {
		t.Helper()
		if err != nil || got.status != status || got.header.Get("Location") != "http://evil.example.com/" {
			t.Errorf("the answer is %d %v, %v", got.status, got.header, err)
		}
	}
}

func TestFaultsSkipAndRunOut(t *testing.T) {
	s := withFaults(t,
		emulator.Fault{Operation: "ListRegistry", Kind: emulator.FaultStatus, Status: 500, Skip: 1, Times: 2},
		emulator.Fault{Operation: "*", Kind: emulator.FaultStatus, Status: 503, Skip: 3, Times: -1},
	)
	var statuses []int
	for range 6 {
		statuses = append(statuses, huawei(t, s, "GET", hssPath, "").status)
	}
	want := []int{200, 500, 500, 200, 200, 503}
	for i, status := range statuses {
		if status != want[i] {
			t.Fatalf("statuses are %v, want %v", statuses, want)
		}
	}
	if err := s.SetFaults(nil); err != nil {
		t.Fatal(err)
	}
	huawei(t, s, "GET", hssPath, "").expect(t, 200, "")
}

func TestFaultSuccessFalseIsHTTP200(t *testing.T) {
	s := serve(t, emulator.Options{})
	sas(t, s, "AddPrivateRegistry", sasAdd()...).expect(t, 200, "")
	if err := s.SetFaults([]emulator.Fault{{Operation: "ModifyImageRegistry", Kind: emulator.FaultSuccessFalse}}); err != nil {
		t.Fatal(err)
	}
	got := sas(t, s, "ModifyImageRegistry", "Id", "66001", "UserName", "new")
	if got.status != 200 || got.object(t)["Success"] != false || s.State().SAS.Registries[0].UserName == "new" {
		t.Errorf("the answer is %d %s", got.status, got.body)
	}
}

func TestFaultIgnoreRestoresEverything(t *testing.T) {
	s := serve(t, emulator.Options{})
	huawei(t, s, "POST", hssPath, hssJSON()).expect(t, 200, "")
	before := s.State()
	if err := s.SetFaults([]emulator.Fault{{Operation: "*", Kind: emulator.FaultIgnore, Times: -1}}); err != nil {
		t.Fatal(err)
	}
	id := before.HSS.Registries[0].ID
	huawei(t, s, "PUT", hssPath+"/"+id, `{"registry_username":"new"}`).expect(t, 200, "")
	huawei(t, s, "DELETE", hssPath+"/"+id, "").expect(t, 200, "")
	sas(t, s, "AddPrivateRegistry", sasAdd()...).expect(t, 200, "")
	if got := asJSON(t, s.State()); got != asJSON(t, before) {
		t.Errorf("changed to %s", got)
	}
}

func asJSON(t *testing.T, value any) string {
	t.Helper()
	data, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestFaultEchoRepeatsSecretsInEveryEncoding(t *testing.T) {
	const secret = `p@ss "w+rd<&>`
	quoted, err := json.Marshal(secret)
	if err != nil {
		t.Fatal(err)
	}
	s := withFaults(t, emulator.Fault{Operation: "*", Kind: emulator.FaultEcho, Times: -1})
	hssAnswer := huawei(t, s, "POST", hssPath, hssJSON("registry_password", string(quoted)))
	sasAnswer := send(t, sasRequest{action: "AddPrivateRegistry", query: values(sasAdd("Password", "")...), form: values("Password", secret)}.build(t, s))
	for name, message := range map[string]any{"HSS": hssAnswer.object(t)["error_msg"], "SAS": sasAnswer.object(t)["Message"]} {
		for _, form := range []string{secret, string(quoted), url.QueryEscape(secret), base64.StdEncoding.EncodeToString([]byte(secret))} {
			if !strings.Contains(message.(string), form) {
				t.Errorf("%s does not echo %q", name, form)
			}
		}
	}
	if hssAnswer.status != 400 || sasAnswer.status != 400 {
		t.Errorf("the statuses are %d and %d", hssAnswer.status, sasAnswer.status)
	}
}

func TestFaultWrongTypesKeepsTheShapeOfLists(t *testing.T) {
	s := withFaults(t, emulator.Fault{Operation: "*", Kind: emulator.FaultWrongTypes, Times: -1})
	got := huawei(t, s, "GET", hssPath, "").object(t)
	if _, isNumber := got["total_num"].(float64); isNumber {
		t.Errorf("total_num is still a number: %v", got)
	}
	if id := got["data_list"].([]any)[0].(map[string]any)["id"]; id != 7.0 {
		t.Errorf("id is %v", id)
	}
	if got := huawei(t, s, "POST", hssPath, hssJSON()); string(got.body) != `"unexpected"` {
		t.Errorf("an answer without a body becomes %q", got.body)
	}
}

// TestFaultStatusTellsRefusalsFromFailures: a client may look at the code and not at the status.
func TestFaultStatusTellsRefusalsFromFailures(t *testing.T) {
	for status, codes := range map[int][3]string{
		400: {"InvalidParameter", "HSS.0001", "SVCSTG.SWR.4000000"},
		403: {"NoPermission", "HSS.0013", "SVCSTG.SWR.4030000"},
		500: {"ServerError", "HSS.0041", "SVCSTG.SWR.5000000"},
	} {
		s := withFaults(t, emulator.Fault{Operation: "*", Kind: emulator.FaultStatus, Status: status, Times: -1})
		send(t, sasRequest{action: "ListPrivateRegistryList"}.build(t, s)).expect(t, status, codes[0])
		huawei(t, s, "GET", hssPath, "").expect(t, status, codes[1])
		huawei(t, s, "GET", swrPath, "").expect(t, status, codes[2])
	}
}

func TestFaultHugeStreamsUntilItsSizeOrTheClientLeaves(t *testing.T) {
	s := withFaults(t,
		emulator.Fault{Operation: "*", Kind: emulator.FaultHuge, Bytes: 300_000},
		emulator.Fault{Operation: "*", Kind: emulator.FaultHuge},
	)
	if got := huawei(t, s, "GET", hssPath, ""); len(got.body) != 300_000 || json.Valid(got.body) {
		t.Errorf("%d bytes came", len(got.body))
	}
	resp, err := http.DefaultClient.Do(huaweiRequest{method: "GET", path: hssPath}.build(t, s))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.CopyN(io.Discard, resp.Body, 1<<20); err != nil {
		t.Error(err)
	}
	if err := resp.Body.Close(); err != nil {
		t.Error(err)
	}
}

func TestFaultsThatMakeNoSenseAreRefused(t *testing.T) {
	s := serve(t, emulator.Options{})
	for name, fault := range map[string]emulator.Fault{
		"unknown operation":         {Operation: "AddRegistries", Kind: emulator.FaultHTML},
		"unknown kind":              {Operation: "*", Kind: "explode"},
		"status without a status":   {Operation: "*", Kind: emulator.FaultStatus},
		"status that is not final":  {Operation: "*", Kind: emulator.FaultStatus, Status: 100},
		"redirect without a target": {Operation: "*", Kind: emulator.FaultRedirect},
		"delay without a time":      {Operation: "*", Kind: emulator.FaultDelay},
		"negative skip":             {Operation: "*", Kind: emulator.FaultHTML, Skip: -1},
		"skip and nth":              {Operation: "*", Kind: emulator.FaultHTML, Skip: 1, Nth: 2},
		"unknown provider":          {Provider: "harbor", Kind: emulator.FaultHTML},
		"operation of another API":  {Provider: "huawei-hss", Operation: "AddPrivateRegistry", Kind: emulator.FaultHTML},
		"no operation":              {Kind: emulator.FaultHTML},
		"probability above 1":       {Operation: "*", Kind: emulator.FaultHTML, Probability: 1.1},
		"probability below 0":       {Operation: "*", Kind: emulator.FaultHTML, Probability: -0.1},
		"probability that is none":  {Operation: "*", Kind: emulator.FaultHTML, Probability: math.NaN()},
		"stale without a time":      {Operation: "*", Kind: emulator.FaultStale},
		"stale read":                {Operation: "ListRegistry", Kind: emulator.FaultStale, StaleMillis: 1},
		"negative staleness":        {Operation: "*", Kind: emulator.FaultStale, StaleMillis: -1},
		"no field to ignore":        {Operation: "*", Kind: emulator.FaultIgnoreField},
		"unknown field":             {Operation: "*", Kind: emulator.FaultIgnoreField, Field: "credential.secret"},
		"field of another API":      {Provider: "huawei-hss", Kind: emulator.FaultIgnoreField, Field: "TransPerHour"},
		"ignored field of an add":   {Operation: "AddRegistry", Kind: emulator.FaultIgnoreField, Field: "registry_addr"},
		"page of a write":           {Operation: "AddRegistry", Kind: emulator.FaultListRepeats},
		"Success of Huawei":         {Provider: "huawei-hss", Kind: emulator.FaultSuccessFalse},
		"times below -1":            {Operation: "*", Kind: emulator.FaultHTML, Times: -2},
	} {
		t.Run(name, func(t *testing.T) {
			if err := s.SetFaults([]emulator.Fault{fault}); err == nil {
				t.Error("it is accepted")
			}
		})
	}
}
