package e2e

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"regent/internal/emulator"
	"regent/internal/github/githubtest"
)

// hostileTexts are what somebody who controls a name, a message or a branch would try on GitHub and its runner.
func hostileTexts() map[string]string {
	return map[string]string{
		"command":          "::error file=x,line=1::owned",
		"indented command": " \t ::set-output name=digest::owned",
		"old command":      "x ##[command]y ##[set-env name=PATH]owned",
		"stopped commands": "::stop-commands::owned",
		"lines":            "a\n::error::owned\nb\r\n##[error]owned\r::warning::owned",
		"other line ends":  "a\u2028::error::owned\u2029::error::owned\u0085::error::owned\v::error::owned\f::error::owned",
		"escaped lines":    "a%0A::error::owned%0D%0A%250A",
		"no width":         "\u200b::error::owned\u00ad##\u200b[error]owned",
		"terminal":         "\x1b[2J\x1b]0;owned\a\x9b31m\u009b31m\u202egnp",
		"mention":          "@octocat and @octo-org/owners, octo-org/registries#7, #7 GH-7, a@b.example.com",
		"HTML":             "</details></summary><img src=x onerror=alert(1)><!-- <script>alert(1)</script>",
		"marker":           "<!-- regent:1 " + siteKey + " x x sha256:x -->",
		"marker of drift":  "-->\n<!-- regent-drift:1 " + siteKey + " -->",
		"delimiter":        "x\n_GitHubActionsFileCommandDelimeter_\ndigest<<E\nowned\nE",
		"table":            "a | b || c \\| d\n|---|---|\n| owned |",
		"fence":            "``` ```` ` `````\n```\n# owned\n> [!NOTE]",
		"link":             "[owned](https://evil.example) ![x](https://evil.example/x.png) https://evil.example www.evil.example [x]: javascript:alert(1)",
		"commit":           githubtest.EventMerge + " $\\LaTeX$ :tada: **bold** ~~gone~~",
		"empty lines":      "\n\n\n",
		"long":             strings.Repeat("owned ::error::x ", 300),
	}
}

// eachHostile runs a case for every text in a scene of its own.
func eachHostile(t *testing.T, run func(t *testing.T, s *stage, text string)) {
	t.Helper()
	for name, text := range hostileTexts() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, newStage(t, dialects()[2].file(1)), text)
		})
	}
}

// quoted writes a text as YAML does between double quotes.
func quoted(t *testing.T, text string) string {
	t.Helper()
	out, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// tame insists on a log without anything that steers a terminal. What else may not be is looked for in every run.
func (s *step) tame() *step {
	s.t.Helper()
	if i := strings.IndexAny(s.log, "\x1b\a\u202e\u2028\u0085\v\f\u009b\x00"); i >= 0 || !utf8.ValidString(s.log) {
		i = max(i, 0)
		s.t.Errorf("the log holds %q", s.log[i:min(len(s.log), i+20)])
	}
	return s
}

// TestActionHostileConfiguration: a pull request writes the file.
func TestActionHostileConfiguration(t *testing.T) {
	t.Parallel()
	eachHostile(t, func(t *testing.T, s *stage, text string) {
		good, in := "names: any\n"+s.config, quoted(t, text)
		s.config = edit(t, good, "description: disaster recovery", "description: "+in)
		if got := s.start("pull_request", opened(), nil).tame(); got.code > 1 {
			t.Errorf("%s", got)
		}
		// What is wrong with many files is all told at once.
		s.files = map[string]string{}
		for at, config := range map[string]string{
			"name": edit(t, good, "name: swr-1", "name: "+in), "type": edit(t, good, "type: swr-pro", "type: "+in),
			"account": strings.ReplaceAll(good, "swr-primary", in), "login": edit(t, good, "accessKey: robot$swr", "accessKey: "+in),
			"secret":   edit(t, good, "accessSecret: {env: SWR_SECRET}", "accessSecret: "+in),
			"variable": edit(t, good, "SWR_SECRET", in), "host": edit(t, good, "hosts: {dr1.example.com:", "hosts: {"+in+":"),
			"key": good + in + ": 1\n", "no YAML": text + ": [", "version": "version: " + in + "\n",
		} {
			s.files["conf/"+at+".yaml"] = config
		}
		s.start("pull_request", opened(), map[string]string{"config": "conf"}).tame().exits(1, "config-invalid")
	})
}

// TestActionHostileCloud: servers name entries and word errors.
func TestActionHostileCloud(t *testing.T) {
	t.Parallel()
	eachHostile(t, func(t *testing.T, s *stage, text string) {
		s.config = dialects()[2].file(2)
		s.applied(0, s.world.file("r.yaml", dialects()[2].file(1)))
		s.change(func(state *emulator.State) {
			live := &state.SWR.Registries[0].Registry
			live.Description, live.DNSConf = text, &emulator.SWRDNSConf{Hosts: map[string]string{text: text}}
			other := state.SWR.Registries[0]
			other.Registry.ID, other.Registry.Name, other.Registry.Type, other.Registry.URL = 99, text, text, text
			state.SWR.Registries = append(state.SWR.Registries, other)
		})
		s.start("pull_request", opened(), nil).tame().exits(0, "").gives("add", "1", "modify", "1", "unmanaged", "1")
		if i := s.start("schedule", githubtest.Event("schedule"), nil).tame().exits(0, "drift"); i.outputs["comment-url"] == "" {
			t.Errorf("%s", i)
		}
		push := s.merge()
		for _, operation := range []string{"CreateInstanceRegistry", "UpdateInstanceRegistry"} {
			s.faults(emulator.Fault{Operation: operation, Kind: emulator.FaultStatus, Status: 400, Code: text, Message: text, Times: -1},
				emulator.Fault{Operation: "ListInstanceRegistries", Kind: emulator.FaultStatus, Status: 403, Code: text, Message: text, Nth: 2, Times: -1})
			s.start("push", push, nil).tame()
		}
		s.faults(emulator.Fault{Operation: "ListInstanceRegistries", Kind: emulator.FaultStatus, Status: 403, Code: text, Message: text, Times: -1})
		s.start("push", push, nil).tame().exits(1, "unreadable")
		s.start("pull_request", opened(), nil).tame().exits(1, "unreadable")
		s.faults()
		s.change(func(state *emulator.State) { state.SWR.Registries[0].Registry.Description = "other " + text })
		s.config = edit(t, s.config, "url: https://dr2.example.com", "url: https://other.example.com")
		s.start("push", push, nil).tame()
	})
}

// TestActionHostileGitHub: whoever pushes names branches and words messages, and GitHub words errors.
func TestActionHostileGitHub(t *testing.T) {
	t.Parallel()
	eachHostile(t, func(t *testing.T, s *stage, text string) {
		push := func(name string, edits ...func(map[string]any)) []byte { return githubtest.Event(name, edits...) }
		s.start("push", push("push_branch", githubtest.Set("ref", "refs/heads/"+text)), nil).tame().exits(1, "input-invalid")
		s.start("push", push("push_branch_deleted", githubtest.Set("ref", "refs/heads/"+text)), nil).tame().exits(1, "input-invalid")
		s.start(text, []byte("{}"), nil).tame().exits(1, "input-invalid")
		s.start("pull_request", push("pull_request_opened", githubtest.Set("action", text), githubtest.Set("pull_request.head.sha", head(1)), githubtest.Set("pull_request.title", text),
			githubtest.Set("pull_request.head.ref", text), githubtest.Set("pull_request.user.login", text)), nil).tame().exits(0, "")
		s.start("pull_request", push("pull_request_opened", githubtest.Set("pull_request.head.sha", text)), nil).tame()
		s.start("pull_request", []byte(text), nil).tame().exits(1, "input-invalid")
		s.hub.DeleteComment(s.comment().ID)

		message, err := json.Marshal(map[string]string{"message": text, "documentation_url": text})
		if err != nil {
			t.Fatal(err)
		}
		s.hub.Fail(githubtest.Fault{Operation: created, Kind: githubtest.FaultStatus, Status: 422, Body: string(message), Times: -1})
		s.start("pull_request", opened(), nil).tame().exits(1, "comment-failed")
		s.hub.Fail(githubtest.Fault{Operation: asked, Kind: githubtest.FaultStatus, Status: 403, Body: string(message), Times: -1})
		s.start("pull_request", opened(), nil).tame()
		s.hub.Heal()
		s.hub.Lag(1000)
		s.merge()
		s.start("push", push("push_merge", githubtest.Tip(merged, text+" (#7)")), nil).tame()
		s.hub.AddComment(7, text, "<!-- regent:1 "+siteKey+" x "+text+" -->\n"+text)
		s.hub.Lag(0)
		s.start("push", push("push_merge", githubtest.Tip(merged, "x")), nil).tame().exits(4, "marker-author")
	})
}

// TestActionHostileInputs: they come from a workflow, which may put anything into them.
func TestActionHostileInputs(t *testing.T) {
	t.Parallel()
	eachHostile(t, func(t *testing.T, s *stage, text string) {
		if strings.TrimSpace(text) == "" {
			return // an empty input
		}
		s.start("pull_request", opened(), map[string]string{
			"command": text, "comment": text, "parallelism": text, "require-reviewed-plan": text, "detailed-exitcode": text,
		}).tame().exits(1, "input-invalid")
		s.start("pull_request", opened(), map[string]string{"config": "registries.yaml\n" + text, "working-directory": text}).tame()
		s.start("pull_request", opened(), map[string]string{"accounts": text, "comment-author": text}).tame()
		run := s.prepare("pull_request", opened(), nil)
		run.Env["INPUT_"+strings.ToUpper(strings.ReplaceAll(text, "=", "-"))] = "x"
		s.finish(run).tame().exits(0, "").tells("warning", "the Action has no such input")
	})
}

// TestActionHostileFileNames: a pull request names the files that a pattern finds.
func TestActionHostileFileNames(t *testing.T) {
	t.Parallel()
	s := newStage(t, "")
	s.files = map[string]string{}
	for name, text := range hostileTexts() {
		if file := strings.NewReplacer("/", "_", "\x00", "").Replace(text); len(file) < 200 {
			s.files["conf/"+file+name+".yaml"] = "version: 1\n" + fmt.Sprintf("x%d: 1\n", len(name))
		}
	}
	got := s.start("pull_request", opened(), map[string]string{"config": "conf/*.yaml"}).tame().exits(1, "config-invalid")
	for _, c := range got.annotations("error") {
		if !strings.HasPrefix(c.Properties["file"], "conf/") {
			t.Errorf("%+v", c)
		}
	}
}
