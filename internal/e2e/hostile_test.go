package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"regent/internal/emulator"
)

// garbage are answers that no client should take for the API's. Those of a redirect point at another listener.
func garbage() []emulator.Fault {
	return []emulator.Fault{
		{Kind: emulator.FaultHTML}, {Kind: emulator.FaultCut}, {Kind: emulator.FaultWrongTypes}, {Kind: emulator.FaultEcho},
		{Kind: emulator.FaultRedirect}, {Kind: emulator.FaultRedirect, Status: 301}, {Kind: emulator.FaultRedirect, Status: 302},
		{Kind: emulator.FaultRedirect, Status: 303}, {Kind: emulator.FaultRedirect, Status: 308},
	}
}

// trap is a listener that nobody has a reason to call.
func trap(t *testing.T) (url string, calls *atomic.Int64) {
	t.Helper()
	calls = &atomic.Int64{}
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { calls.Add(1) }))
	t.Cleanup(server.Close)
	return server.URL, calls
}

// readsOf are the reads that a plan of a dialect's item makes.
func readsOf(d dialect) []string {
	return map[string][]string{
		"alibaba-sas": {"ListPrivateRegistryList", "ListImageRegistryRegion"},
		"huawei-hss":  {"ListRegistry"},
		"huawei-swr":  {"ListInstanceRegistries", "ShowInstanceRegistry"},
	}[d.provider]
}

func TestHostileAnswersToReads(t *testing.T) {
	t.Parallel()
	for _, d := range dialects() {
		for _, operation := range readsOf(d) {
			for _, f := range garbage() {
				t.Run(fmt.Sprint(operation, " ", f.Kind, " ", f.Status), func(t *testing.T) {
					t.Parallel()
					elsewhere, calls := trap(t)
					w := newWorld(t, emulator.Options{})
					if operation == "ShowInstanceRegistry" {
						w.seeded(d) // an entry to show
					}
					f.Operation, f.Times, f.Location = operation, -1, elsewhere
					w.faults(f)
					file := w.file("r.yaml", d.file(1))
					r := w.plan(file, "--format", "json").exits(t, 1).says(t, operation, d.account)
					if p := decode[planDoc](t, r.out); len(p.Accounts) != 1 || p.Accounts[0].Error == "" || len(p.Changes) > 0 {
						t.Errorf("the plan does not say that the account could not be read: %+v", p)
					}
					secrets := []string{w.env["SAS_PASSWORD"], w.env["HUAWEICLOUD_SDK_SK"], w.env["ALIBABA_CLOUD_ACCESS_KEY_SECRET"]}
					leakFree(t, secrets, map[string]string{"stdout": r.out, "stderr": r.err})
					if f.Kind != emulator.FaultCut { // which a read tries again, for seconds
						w.apply(file).exits(t, 1).says(t, "nothing was written")
					}
					w.wrote()
					if n := calls.Load(); n > 0 {
						t.Errorf("%d requests followed the redirect", n)
					}
				})
			}
		}
	}
}

func TestHostileAnswersToWrites(t *testing.T) {
	t.Parallel()
	for _, d := range dialects() {
		for _, modify := range []bool{false, true} {
			for _, f := range garbage() {
				t.Run(fmt.Sprint(d.name, " modify=", modify, " ", f.Kind, " ", f.Status), func(t *testing.T) {
					t.Parallel()
					elsewhere, calls := trap(t)
					w := newWorld(t, emulator.Options{})
					yaml, operation := d.file(1), d.create
					if modify {
						w.seeded(d)
						yaml, operation = d.edited(t, d.mutable[0]), d.update
					}
					f.Operation, f.Times, f.Location = operation, -1, elsewhere
					w.faults(f)
					file := w.file("r.yaml", yaml)
					r := w.apply(file, "--format", "json")
					o := decode[applyDoc](t, r.out).only(t)
					if (o.Status == "applied") != (r.code == 0) || o.Status != "applied" && o.Detail == "" {
						t.Errorf("exit code %d for %+v", r.code, o)
					}
					// Applied is what arrived, and only that.
					p := func() planDoc { w.faults(); return w.planned(file) }()
					if done := len(p.Changes) == 0; done != (o.Status == "applied") {
						t.Errorf("the change ended as %s (%s), and the plan afterwards has %v", o.Status, o.Detail, p.pending())
					}
					if n := len(stored(t, w.Server, d.provider)); n > 1 {
						t.Errorf("the emulator holds %d entries", n)
					}
					if n := calls.Load(); n > 0 {
						t.Errorf("%d requests followed the redirect", n)
					}
				})
			}
		}
	}
}

// TestHostileEndlessAnswersAreNotReadToTheirEnd runs alone, so that what it allocates is its own.
func TestHostileEndlessAnswersAreNotReadToTheirEnd(t *testing.T) {
	const most = 1200 << 20 // for three answers at once, each of which would be a gigabyte
	w := newWorld(t, emulator.Options{})
	file := w.file("r.yaml", together(1, dialects()...))
	endless := func(operation func(dialect) string) result {
		w.faults(on(emulator.Fault{Kind: emulator.FaultHuge}, operation)...)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		r := w.apply(file)
		runtime.ReadMemStats(&after)
		if n := after.TotalAlloc - before.TotalAlloc; n > most {
			t.Errorf("%d MiB allocated, want at most %d", n>>20, most>>20)
		}
		return r
	}
	r := endless(func(d dialect) string { return d.list }).exits(t, 1)
	for _, d := range dialects() {
		oneLine(t, "stderr", r.err, d.list, d.account, "larger than 32 MiB")
	}
	w.wrote()
	endless(func(d dialect) string { return d.create }).exits(t, 0) // nothing arrived, so each was sent once more
	for _, d := range dialects() {
		w.holds(d, d.wants(1, nil))
	}
}

// answering puts a fixed answer in the place of an operation's.
func (w *world) answering(operation, body string) {
	w.answer.Store(&fixedAnswer{operation: operation, body: body})
}

func TestHostileListsThatAreNoLists(t *testing.T) {
	t.Parallel()
	for name, bodies := range map[string]map[string]string{
		"nothing":       {"": ""},
		"null":          {"": "null"},
		"empty object":  {"": "{}"},
		"a list":        {"": "[]"},
		"a text":        {"": `"ok"`},
		"another shape": {"": `{"message":"welcome","status":"ok"}`},
		"two documents": {"": `{"total":0,"registries":[],"total_num":0,"data_list":[],"RequestId":"r","ImageRegistryInfos":[]}{}`},
		"deep":          {"": strings.Repeat(`{"registries":[`, 20000)},
		"not UTF-8":     {"": "{\"total\":\"\xff\xfe\""},
		"nameless entries": {
			"alibaba-sas": `{"RequestId":"r","ImageRegistryInfos":[{"RegistryType":"harbor","DomainName":"h1.example.com"}]}`,
			"huawei-hss":  `{"total_num":1,"data_list":[{"registry_type":"Harbor"}]}`,
			"huawei-swr":  `{"total":1,"registries":[{"type":"swr-pro"}]}`,
		},
		"one entry twice": {
			"alibaba-sas": `{"RequestId":"r","ImageRegistryInfos":[{"Id":7,"RegistryType":"harbor"},{"Id":7,"RegistryType":"harbor"}]}`,
			"huawei-hss":  `{"total_num":2,"data_list":[{"id":"a","registry_type":"Harbor","registry_name":"a"},{"id":"a","registry_type":"Harbor","registry_name":"a"}]}`,
			"huawei-swr":  `{"total":2,"registries":[{"id":7,"name":"a"},{"id":7,"name":"a"}]}`,
		},
		"fewer than announced": {
			"huawei-hss": `{"total_num":500,"data_list":[]}`, "huawei-swr": `{"total":500,"registries":[]}`,
		},
		"more than announced": {
			"huawei-hss": `{"total_num":0,"data_list":[{"id":"a","registry_type":"Harbor","registry_name":"a"}]}`,
			"huawei-swr": `{"total":0,"registries":[{"id":7,"name":"a"}]}`,
		},
		"absurd totals": {
			"huawei-hss": `{"total_num":2147483647,"data_list":[]}`, "huawei-swr": `{"total":2147483647,"registries":[]}`,
		},
		"negative totals": {"huawei-hss": `{"total_num":-1,"data_list":[]}`, "huawei-swr": `{"total":-1,"registries":[]}`},
		"numbers beyond range": {
			"alibaba-sas": `{"RequestId":"r","ImageRegistryInfos":[{"Id":99999999999999999999,"RegistryType":"harbor"}]}`,
			"huawei-hss":  `{"total_num":1e400,"data_list":[]}`, "huawei-swr": `{"total":1e400,"registries":[]}`,
		},
	} {
		for _, d := range dialects() {
			body, ok := bodies[d.provider]
			if !ok {
				if body, ok = bodies[""]; !ok {
					continue
				}
			}
			t.Run(name+" "+d.name, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t, emulator.Options{})
				w.answering(d.list, body)
				file := w.file("r.yaml", d.file(1))
				r := w.plan(file, "--format", "json").exits(t, 1).says(t, d.account, d.list)
				if p := decode[planDoc](t, r.out); len(p.Changes) > 0 {
					t.Errorf("something was planned on an answer that is no list: %v", p.pending())
				}
				w.apply(file).exits(t, 1)
				w.answer.Store(nil)
				w.wrote()
			})
		}
	}
}

// codeSpan is text in which markdown interprets nothing; texts of the test hold a backquote of their own.
var codeSpan = regexp.MustCompile("``.*?``")

// TestHostileTextIsHarmlessOnScreen: names and messages of servers steer no terminal and break no table.
func TestHostileTextIsHarmlessOnScreen(t *testing.T) {
	t.Parallel()
	const evil = "evil\x1b[2J\x1b]0;title\a\r\nFake: line | `code` <img src=x> \u202eevil \u009b31m @everyone ##[group]x \x00"
	w := newWorld(t, emulator.Options{})
	w.applied(0, w.file("seed.yaml", together(1, dialects()...)))
	state, more := w.State(), neighbours()
	more.SAS.Registries[0].RegistryName, more.HSS.Registries[0].RegistryName, more.SWR.Registries[0].Registry.Name = evil, evil, evil
	state.SAS.Registries = append(state.SAS.Registries, more.SAS.Registries...)
	state.HSS.Registries = append(state.HSS.Registries, more.HSS.Registries[0])
	state.SWR.Registries = append(state.SWR.Registries, more.SWR.Registries[0])
	if err := w.SetState(state); err != nil {
		t.Fatal(err)
	}
	for _, d := range dialects() {
		w.faults(emulator.Fault{Operation: d.update, Kind: emulator.FaultStatus, Status: 400, Message: evil, Code: "Evil\x1b[31m", Times: -1})
		file := w.file("r.yaml", d.edited(t, d.mutable[0]))
		audit := w.path("audit.jsonl")
		for _, format := range []string{"text", "markdown", "json"} {
			plan := w.plan(file, "--format", format).exits(t, 0)
			apply := w.apply(file, "--format", format, "--audit", audit).exits(t, 1)
			for name, text := range map[string]string{
				"stdout of plan": plan.out, "stderr of plan": plan.err, "stdout of apply": apply.out, "stderr of apply": apply.err,
				"the audit file": w.read(audit),
			} {
				for _, bad := range []string{"\x1b", "\a", "\r", "\x00", "\nFake", "\u202e", "\u009b", "##["} {
					if strings.Contains(text, bad) {
						t.Errorf("%s (%s) holds %q:\n%q", name, format, bad, text)
					}
				}
			}
			for _, text := range []string{plan.out, apply.out} {
				if text = codeSpan.ReplaceAllString(text, ""); format == "markdown" && strings.Contains(strings.ReplaceAll(text, `\<`, ""), "<img") {
					t.Errorf("markdown shows HTML of a server:\n%s", text)
				}
			}
		}
		_ = os.Remove(audit)
	}
}

// TestHostileUnreachable: nobody listens.
func TestHostileUnreachable(t *testing.T) {
	t.Parallel()
	each(t, dialects(), func(t *testing.T, w *world, d dialect) {
		const closed = "http://127.0.0.1:1" // a port that no listener of another test is given
		for _, name := range []string{"ALIBABA_SAS", "HUAWEI_HSS", "HUAWEI_SWR", "HUAWEI_IAM"} {
			w.env["REGENT_ENDPOINT_"+name] = closed
		}
		w.plan(w.file("r.yaml", d.file(1))).exits(t, 1).says(t, d.list, d.account, "connection refused")
	})
}
