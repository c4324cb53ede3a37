package e2e

import (
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"regent/internal/cli"
	"regent/internal/emulator"
	"regent/schema"
)

// TestSurfaceNamesAndFlags: what other tools may rely on is there.
func TestSurfaceNamesAndFlags(t *testing.T) {
	t.Parallel()
	w := newWorld(t, emulator.Options{})
	for command, flags := range map[string][]string{
		"validate":   {"--file", "--format"},
		"plan":       {"--file", "--format", "--out", "--detailed-exitcode", "--account", "--sandbox"},
		"apply":      {"--file", "--plan", "--auto-approve", "--parallelism", "--account", "--audit", "--sandbox", "--format"},
		"emulator":   {"--listen", "--state", "--latency", "--rate"},
		"schema":     {"--plan"},
		"version":    nil,
		"completion": nil,
	} {
		help := w.run(command, "--help").exits(t, 0).shows(t, flags...)
		if command != "completion" {
			help.shows(t, "Examples:\n", "Exit codes: ")
		}
		w.run().exits(t, 0).shows(t, "  "+command)
	}
	w.run("schema").exits(t, 0).shows(t, schema.Config())
	w.run("schema", "--plan").exits(t, 0).shows(t, schema.Plan())
	w.run("version").exits(t, 0).shows(t, "regent ")
	if got, want := w.run("--version").exits(t, 0).out, w.run("version").out; got != want {
		t.Errorf("--version prints %q, version %q", got, want)
	}
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		if r := w.run("completion", shell).exits(t, 0); !strings.Contains(r.out, "regent") || r.err != "" {
			t.Errorf("no completion for %s", shell)
		}
	}
}

func TestSurfaceMistakesOnTheCommandLine(t *testing.T) {
	t.Parallel()
	w := newWorld(t, emulator.Options{})
	file := w.file("r.yaml", together(1, dialects()...))
	for says, args := range map[string][]string{
		`unknown command "frob" for "regent" (regent --help`:                      {"frob"},
		`"aply" for "regent"; did you mean apply? (`:                              {"aply", "-f", file},
		"unknown flag: --frob (regent apply --help":                               {"apply", "-f", file, "--frob"},
		"unknown flag: --sandbox (regent --help":                                  {"--sandbox"},
		"give the configuration with -f FILE (regent plan --help has the usage)":  {"plan"},
		"write text, markdown or json":                                            {"plan", "-f", file, "--format", "yaml"},
		"--parallelism 0":                                                         {"apply", "-f", file, "--parallelism", "0"},
		"--parallelism -3":                                                        {"apply", "-f", file, "--parallelism", "-3"},
		`plan takes no arguments, such as "r.yaml"; files are given with -f`:      {"plan", "r.yaml"},
		`regent: version takes no arguments, such as "1" (`:                       {"version", "1"},
		"has no such account; it has host-security, security-center, swr-primary": {"plan", "-f", file, "--account", "nobody"},
		"has no such account":                                                     {"apply", "-f", file, "--account", "swr-primary", "--account", "nobody"},
		"--sandbox-state needs":                                                   {"plan", "-f", file, "--sandbox-state", "x"},
		"write requests per second":                                               {"emulator", "--rate", "many"},
		"is not a loopback address":                                               {"emulator", "--listen", "0.0.0.0:0"},
		"unknown switch":                                                          {"emulator", "--switch", "no-such=1"},
	} {
		r := w.run(args...).exits(t, 1).says(t, says)
		if r.out != "" {
			t.Errorf("a mistake on the command line has a result on stdout:\n%s", r)
		}
	}
	if n := len(w.Requests()); n > 0 {
		t.Errorf("%d requests for mistakes on the command line", n)
	}
}

// TestSurfaceMistypedAndForeignWordsAreExplained: flags with one dash, slips, and the words of other tools.
func TestSurfaceMistypedAndForeignWordsAreExplained(t *testing.T) {
	t.Parallel()
	w := newWorld(t, emulator.Options{})
	file := w.file("r.yaml", together(1, dialects()...))
	for says, args := range map[string][]string{
		"-out: write two dashes, --out (regent plan --help":    {"plan", "-f", file, "-out", "plan.json"},
		"-detailed-exitcode: write two dashes":                 {"plan", "-f", file, "-detailed-exitcode"},
		"-format: write two dashes, --format":                  {"plan", "-format=json", "-f", file},
		"-version: write two dashes":                           {"-version"},
		"--detailed-exit-code; did you mean --detailed-exitco": {"plan", "-f", file, "--detailed-exit-code"},
		"--acount; did you mean --account?":                    {"plan", "-f", file, "--acount", "x"},
		"--target; did you mean --account?":                    {"apply", "-f", file, "--target", "x"},
		"--force; did you mean --auto-approve?":                {"apply", "-f", file, "--force"},
		"--prune; regent deletes nothing":                      {"apply", "-f", file, "--prune"},
		`"diff" for "regent"; did you mean plan?`:              {"diff", "-f", file},
		`"sync" for "regent"; did you mean apply?`:             {"sync"},
		`"lint" for "regent"; did you mean validate?`:          {"lint"},
		`"import" for "regent"; regent needs no import`:        {"import", "x"},
		`"dump" for "regent"; plan lists what is live`:         {"dump"},
		`"destroy" for "regent"; regent deletes nothing`:       {"destroy"},
		"--out -: a plan is written to a file":                 {"plan", "-f", file, "--out", "-"},
		"--plan -: a plan is read from a file":                 {"apply", "-f", file, "--plan", "-"},
		"--audit -: what happens is kept in a file":            {"apply", "-f", file, "--auto-approve", "--audit", "-"},
		"--sandbox-state -: the sandbox's entries are kept in": {"plan", "-f", file, "--sandbox", "--sandbox-state", "-"},
		"--state -: the entries are kept in a file":            {"emulator", "--state", "-"},
	} {
		w.run(args...).exits(t, 1).says(t, says)
	}
	if _, err := os.Stat("-"); err == nil {
		t.Error("there is a file named -")
	}
	if n := len(w.Requests()); n > 0 {
		t.Errorf("%d requests for mistakes on the command line", n)
	}
}

// TestSurfaceEmptyAccountIsNone as an empty input of the Action: all accounts.
func TestSurfaceEmptyAccountIsNone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, emulator.Options{})
	file := w.file("r.yaml", together(1, dialects()...))
	all := len(w.planned(file).Changes)
	for given, want := range map[string]int{"": all, " , ": all, "swr-primary,": 1} {
		if got := len(w.planned(file, "--account", given).Changes); got != want {
			t.Errorf("--account %q: %d changes, want %d", given, got, want)
		}
	}
}

// TestSurfaceNamesInNaturalOrder: team7 comes before team10.
func TestSurfaceNamesInNaturalOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t, emulator.Options{})
	d := swrHarbor()
	var names []string
	for _, c := range w.planned(w.file("r.yaml", d.file(11))).Changes {
		names = append(names, c.Name)
	}
	for i, name := range names {
		if name != numbered(d.label, i+1) {
			t.Fatalf("the changes are in the order %v", names)
		}
	}
}

// TestSurfaceCompletion of the values of flags, and of the accounts of the file that the line names.
func TestSurfaceCompletion(t *testing.T) {
	t.Parallel()
	w := newWorld(t, emulator.Options{})
	file := w.file("r.yaml", together(1, dialects()...))
	for want, args := range map[string][]string{
		"text\nmarkdown\njson\n:":                        {"plan", "--format", ""},
		"text\njson\n:":                                  {"validate", "--format", ""},
		"host-security\nsecurity-center\nswr-primary\n:": {"plan", "-f", file, "--account", ""},
		"security-center\n:":                             {"apply", "-f", file, "--account", "s", "--account", "sec"},
		"swr-primary,host-security\n:":                   {"accounts", "-f", file, "--account", "swr-primary,h"},
		":":                                              {"plan", "-f", "-", "--account", ""},
		"yaml\nyml\nYAML\nYML\njson\n:":                  {"plan", "-f", ""},
	} {
		if r := w.run(append([]string{"__complete"}, args...)...).exits(t, 0); !strings.HasPrefix(r.out, want) {
			t.Errorf("want %q: %s", want, r)
		}
	}
}

// TestSurfaceValidateJSON prints one document with every finding, whatever the file holds.
func TestSurfaceValidateJSON(t *testing.T) {
	t.Parallel()
	type document struct {
		FormatVersion int
		Valid         bool
		Summary       *struct{ Accounts, Registries, Registrations, ReplicationTargets int }
		Findings      []struct {
			Severity, File, Message string
			Line, Column            int
		}
	}
	w := newWorld(t, emulator.Options{})
	yaml := swrHarbor().file(2)
	check := func(code int, args ...string) document {
		return decode[document](t, w.run(append([]string{"validate", "--format", "json"}, args...)...).exits(t, code).out)
	}
	valid := check(0, "-f", w.file("valid.yaml", yaml))
	if !valid.Valid || valid.Summary == nil || valid.Summary.ReplicationTargets != 2 || valid.Findings == nil {
		t.Errorf("valid: %+v", valid)
	}
	silent := check(0, "-f", w.file("silent.yaml", regexp.MustCompile(`(?m)^ *hosts:.*\n`).ReplaceAllString(yaml, "")))
	if !silent.Valid || len(silent.Findings) != 2 || silent.Findings[0].Severity != "warning" || !strings.Contains(silent.Findings[1].Message, "hosts is missing") {
		t.Errorf("two targets without hosts: %+v", silent)
	}
	file := w.file("invalid.yaml", strings.ReplaceAll(yaml, "accessSecret: {env:", "acessSecret: {env:"))
	invalid := check(1, "-f", file)
	if invalid.Valid || invalid.Summary != nil || len(invalid.Findings) < 2 {
		t.Fatalf("invalid: %+v", invalid)
	}
	if f := invalid.Findings[0]; f.Severity != "error" || f.File != file || f.Line == 0 || f.Column == 0 || !strings.Contains(f.Message, "accessSecret") {
		t.Errorf("finding: %+v", f)
	}
	if f := check(1, "-f", w.path("none.yaml")).Findings; len(f) != 1 || f[0].Message == "" {
		t.Errorf("no such file: %+v", f)
	}
}

func TestSurfaceDetailedExitCode(t *testing.T) {
	t.Parallel()
	each(t, dialects(), func(t *testing.T, w *world, d dialect) {
		file := w.file("r.yaml", d.file(1))
		w.plan(file).exits(t, 0)
		w.plan(file, "--detailed-exitcode").exits(t, 2)
		w.plan(file, "--detailed-exitcode", "--format", "json").exits(t, 2)
		w.applied(0, file)
		w.plan(file, "--detailed-exitcode").exits(t, 0)
		w.faults(emulator.Fault{Operation: d.list, Kind: emulator.FaultStatus, Status: 403, Times: -1})
		w.plan(file, "--detailed-exitcode").exits(t, 1)
	})
}

func TestSurfaceOutIsPrivateAndWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	w := newWorld(t, emulator.Options{})
	file := w.file("r.yaml", together(1, dialects()...))
	folder := filepath.Join(w.dir, "plans")
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(folder, "plan.json")
	if err := os.WriteFile(out, []byte("an older and longer plan that everybody may read"), 0o644); err != nil {
		t.Fatal(err)
	}
	before, err := os.Stat(out)
	if err != nil {
		t.Fatal(err)
	}
	w.plan(file, "--out", out).exits(t, 0)
	after, err := os.Stat(out)
	if err != nil || after.Mode().Perm() != 0o600 || os.SameFile(before, after) {
		t.Errorf("the plan has mode %v (%v), or was written into the older file", after.Mode(), err)
	}
	decode[planDoc](t, w.read(out))
	// Where it cannot be written, an older plan stays, and nothing is left behind.
	if err := os.Mkdir(filepath.Join(folder, "taken"), 0o755); err != nil {
		t.Fatal(err)
	}
	w.plan(file, "--out", filepath.Join(folder, "taken")).exits(t, 1).says(t, "the plan was not written")
	w.plan(file, "--out", filepath.Join(folder, "no", "plan.json")).exits(t, 1).says(t, "the plan was not written")
	w.faults(emulator.Fault{Operation: "ListRegistry", Kind: emulator.FaultStatus, Status: 403, Times: -1})
	w.plan(file, "--out", out).exits(t, 1).says(t, "was not written")
	decode[planDoc](t, w.read(out))
	list, err := os.ReadDir(folder)
	if err != nil || len(list) != 2 {
		t.Errorf("the folder holds %v (%v), want the plan and the folder taken", list, err)
	}
}

// TestSurfaceEveryFindingOfAConfigurationIsShown: all of a run's errors, each FILE:LINE:COL: message, and nothing sent.
func TestSurfaceEveryFindingOfAConfigurationIsShown(t *testing.T) {
	t.Parallel()
	w := newWorld(t, emulator.Options{})
	yaml := together(1, dialects()...)
	yaml = edit(t, yaml, "username: robot$hss", "usernme: robot$hss")
	yaml = edit(t, yaml, "password: {env: SAS_PASSWORD}", "password: hunter2-secret")
	yaml = edit(t, yaml, "accessSecret: {env: SWR_SECRET}", "accessSecret: {env: HW_SECRET_KEY}")
	file := w.file("r.yaml", yaml)
	for _, command := range []string{"validate", "plan", "apply"} {
		r := w.run(command, "-f", file).exits(t, 1)
		for _, line := range []string{w.place(file, "usernme:"), w.place(file, "password: hunter2"), w.place(file, "accessSecret:")} {
			if !strings.Contains(r.err, "\n"+line) && !strings.HasPrefix(r.err, line) {
				t.Errorf("%s shows no finding at %s\n%s", command, line, r)
			}
		}
		r.says(t, "did you mean username?", "{env: ")
		if strings.Contains(r.err, "hunter2-secret") {
			t.Errorf("%s repeats a secret:\n%s", command, r)
		}
	}
	if n := len(w.Requests()); n > 0 {
		t.Errorf("%d requests with a configuration that is refused", n)
	}
}

func TestSurfaceEndpointsComeFromTheEnvironmentOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t, emulator.Options{})
	file := w.file("r.yaml", swrHarbor().file(1))
	for value, says := range map[string]string{
		"http://swr.example.com":              "clear-text http is accepted for loopback only",
		"https://user:pw1234@swr.example.com": "only a scheme, a host and a port",
		"https://swr.example.com/v2":          "only a scheme, a host and a port",
		"ftp://swr.example.com":               "neither https nor http",
		"https://":                            "no host",
	} {
		w.env["REGENT_ENDPOINT_HUAWEI_SWR"] = value
		r := w.plan(file).exits(t, 1).says(t, "REGENT_ENDPOINT_HUAWEI_SWR", says)
		if strings.Contains(r.err, "pw1234") {
			t.Errorf("the message repeats a password:\n%s", r)
		}
	}
	w.env["REGENT_ENDPOINT_HUAWEI_SWR"] = w.url + "/" // a trailing slash is no path
	w.plan(file).exits(t, 0)
	w.plan(w.file("r.yaml", strings.Replace(swrHarbor().file(1), "region:", "endpoint: https://evil.example.com\n    region:", 1))).
		exits(t, 1).says(t, "endpoint")
}

func TestSurfaceVendorDebugSwitchesAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, emulator.Options{})
	for _, value := range []string{"dara", "sdk", "x,tea", "credential"} {
		w.env["DEBUG"] = value
		w.plan(w.file("r.yaml", sasHarbor().file(1))).exits(t, 1).says(t, "DEBUG=")
	}
	w.env["DEBUG"] = "1"
	w.plan(w.file("r.yaml", sasHarbor().file(1))).exits(t, 0)
}

// TestSurfaceSandboxIgnoresRealCredentials: whatever the environment says of real clouds, the sandbox neither uses nor
// reaches it.
func TestSurfaceSandboxIgnoresRealCredentials(t *testing.T) {
	t.Parallel()
	real := newWorld(t, emulator.Options{}) // stands for the real clouds: every endpoint points here
	for _, name := range []string{
		"ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "ALIBABA_CLOUD_SECURITY_TOKEN", "HUAWEICLOUD_SDK_AK",
		"HUAWEICLOUD_SDK_SK", "HUAWEICLOUD_SDK_SECURITY_TOKEN", "HW_AUTH_TOKEN", "HW_USER_NAME", "HW_USER_PASSWORD", "HW_DOMAIN_NAME",
		"HUAWEICLOUD_SDK_IDP_ID", "HW_ACCESS_KEY",
	} {
		real.env[name] = "real-" + name
	}
	real.env["HUAWEICLOUD_SDK_ID_TOKEN_FILE"] = real.path("no-such-file")
	real.env["HARBOR_PROD_PASSWORD"], real.env["DR_HARBOR_SECRET"] = "registry-password", "replication-secret"
	example, state := "../../examples/registries.yaml", real.path("sandbox.json")
	for _, args := range [][]string{
		{"plan", "-f", example, "--sandbox"},
		{"apply", "-f", example, "--sandbox", "--auto-approve"},
		{"apply", "-f", example, "--sandbox", "--sandbox-state", state, "--auto-approve"},
	} {
		r := real.run(args...).exits(t, 0).says(t, "Sandbox")
		leakFree(t, []string{"registry-password", "replication-secret", "real-HW_AUTH_TOKEN"}, map[string]string{"stdout": r.out, "stderr": r.err})
	}
	real.run("plan", "-f", example, "--sandbox", "--sandbox-state", state, "--detailed-exitcode").exits(t, 0).shows(t, "No changes.")
	if n := len(real.Requests()); n > 0 {
		t.Errorf("%d requests left the sandbox", n)
	}
}

// served runs the emulator command in this process until the test ends.
func served(t *testing.T, args ...string) (out *screen, end func()) {
	t.Helper()
	w := newWorld(t, emulator.Options{}) // for its environment; its own emulator stays idle
	ctx, cancel := context.WithCancel(t.Context())
	out = &screen{}
	done := make(chan int, 1)
	go func() {
		done <- cli.Run(ctx, append([]string{"emulator"}, args...), cli.Streams{In: strings.NewReader(""), Out: out, Err: io.Discard, Lookup: w.lookup})
	}()
	w.await("the emulator", func() bool { return strings.HasSuffix(out.String(), "# ready\n") })
	end = func() {
		cancel()
		if code := <-done; code != 0 {
			t.Errorf("the emulator ended with exit code %d", code)
		}
	}
	return out, end
}

// exported reads what the emulator command prints for a shell.
func exported(t *testing.T, text string) (names []string, env map[string]string) {
	t.Helper()
	env = map[string]string{}
	for line := range strings.Lines(text) {
		assignment, ok := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "export ")
		if !ok {
			continue
		}
		name, value, ok := strings.Cut(assignment, "='")
		if !ok || !strings.HasSuffix(value, "'") {
			t.Errorf("not export NAME='VALUE': %s", line)
		}
		names = append(names, name)
		env[name] = strings.TrimSuffix(value, "'")
	}
	return names, env
}

func TestSurfaceEmulatorCommand(t *testing.T) {
	t.Parallel()
	w := newWorld(t, emulator.Options{})
	state := w.path("state.json")
	out, end := served(t, "--state", state, "--latency", "1ms", "--rate", "1000/s", "--switch", "swr-create-status=201")
	names, env := exported(t, out.String())
	if want := []string{
		"REGENT_ENDPOINT_ALIBABA_SAS", "REGENT_ENDPOINT_HUAWEI_HSS", "REGENT_ENDPOINT_HUAWEI_SWR", "REGENT_ENDPOINT_HUAWEI_IAM",
		"REGENT_ENDPOINT_ALIBABA_STS",
		"ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK", "HUAWEICLOUD_SDK_PROJECT_ID",
	}; !slices.Equal(names, want) {
		t.Errorf("the emulator prints %v, want %v", names, want)
	}
	if lines := strings.Split(out.String(), "\n"); len(lines) != len(names)+2 {
		t.Errorf("the emulator prints more than the variables and # ready:\n%s", out)
	}
	w.set(env)
	file := w.file("r.yaml", together(1, dialects()...))
	w.applied(0, file)
	w.settled(file)

	control := func(method, path, body string) string {
		t.Helper()
		request, err := http.NewRequestWithContext(t.Context(), method, env["REGENT_ENDPOINT_HUAWEI_SWR"]+"/_emulator/"+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode >= 300 {
			t.Fatalf("%s %s: %s %s %v", method, path, resp.Status, text, err)
		}
		return string(text)
	}
	live := control("GET", "state", "")
	if !strings.Contains(live, "swr-1") || !strings.Contains(live, `"access_secret":"swr \u003cSecret\u003e\u0026co"`) {
		t.Errorf("the state does not hold what was applied: %s", live)
	}
	if requests := decode[[]emulator.Request](t, control("GET", "requests", "")); len(requests) == 0 || requests[0].Operation == "" {
		t.Errorf("the request log is empty or names no operations: %+v", requests)
	}
	control("DELETE", "requests", "")
	if text := strings.TrimSpace(control("GET", "requests", "")); text != "[]" {
		t.Errorf("the request log is not empty: %s", text)
	}
	control("PUT", "faults", `{"faults":[{"operation":"ListRegistry","kind":"status","status":403,"times":1}]}`)
	w.plan(file).exits(t, 1)
	control("PUT", "state", `{"version":1,"sas":{},"hss":{},"swr":{}}`)
	if got := w.planned(file).Summary.Add; got != 3 {
		t.Errorf("the plan after the state was emptied adds %d, want 3", got)
	}
	w.applied(0, file)
	end()

	// A restart on the same state file finds what was there.
	out, end = served(t, "--state", state)
	defer end()
	_, env = exported(t, out.String())
	w.set(env)
	w.settled(file)
}

// TestSurfaceEmulatorThrottles: under a rate that an apply exceeds, everything is applied all the same.
func TestSurfaceEmulatorThrottles(t *testing.T) {
	t.Parallel()
	w := newWorld(t, emulator.Options{Rate: 3})
	file := w.file("r.yaml", together(6, dialects()...))
	if got := w.applied(0, file).Summary.Applied; got != 18 {
		t.Errorf("%d applied, want 18", got)
	}
	for _, d := range dialects() {
		if got := len(stored(t, w.Server, d.provider)); got != 6 {
			t.Errorf("the emulator holds %d entries of %s, want 6", got, d.provider)
		}
	}
}

// TestSurfaceUserAgent: the requests name the program, and nothing else about the machine.
func TestSurfaceUserAgent(t *testing.T) {
	t.Parallel()
	w := newWorld(t, emulator.Options{})
	agents := make(chan string, 100)
	see := func(r *http.Request) { agents <- r.Header.Get("User-Agent") }
	w.before.Store(&see)
	w.applied(0, w.file("r.yaml", together(1, dialects()...)))
	close(agents)
	for agent := range agents {
		if !strings.HasPrefix(agent, "regent/") {
			t.Errorf("User-Agent %q", agent)
		}
	}
}
