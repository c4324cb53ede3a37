package action

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"regent/internal/config"
	"regent/internal/exitcode"
	"regent/internal/plan"
	"regent/internal/secret"
)

// environment is that of a schedule in a workspace of the test with a file that is not valid.
func environment(t *testing.T) map[string]string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"event.json": "{}", "output": "", "summary": "", "registries.yaml": "version: 2\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	back, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chdir(back) }) // Run enters the workspace
	return map[string]string{
		"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "schedule", "GITHUB_EVENT_PATH": filepath.Join(dir, "event.json"),
		"GITHUB_OUTPUT": filepath.Join(dir, "output"), "GITHUB_STEP_SUMMARY": filepath.Join(dir, "summary"), "GITHUB_WORKSPACE": dir,
		"GITHUB_REPOSITORY": "octo-org/registries", "GITHUB_RUN_ID": "7", "INPUT_GITHUB-TOKEN": "ghs_0123456789",
	}
}

func lookup(env map[string]string) secret.Lookup {
	return func(name string) (string, bool) { v, ok := env[name]; return v, ok }
}

// TestPanicIsAnErrorOfTheRun: it starts no command, and the outputs are there.
func TestPanicIsAnErrorOfTheRun(t *testing.T) {
	env := environment(t)
	var out bytes.Buffer
	code := Run(context.Background(), Streams{Out: &out, Masker: &secret.Masker{}, Lookup: lookup(env), Names: func() []string {
		panic("out of range\n::stop-commands::x\n##[error]z\r::error::y")
	}})
	if code != exitcode.Error {
		t.Errorf("exit code %d", code)
	}
	var commands []string
	for line := range strings.Lines(out.String()) {
		if strings.HasPrefix(line, "::") && !strings.HasPrefix(line, "::add-mask::") {
			commands = append(commands, line)
		}
	}
	const want = "::error title=regent%3A internal error::internal error: out of range%0A: :stop-commands::x%0A## [error]z\\u000d::error::y\n"
	if len(commands) != 1 || commands[0] != want {
		t.Errorf("%q", commands)
	}
	outputs, err := os.ReadFile(env["GITHUB_OUTPUT"])
	if err != nil || !strings.Contains(string(outputs), "reason<<_GitHubActionsFileCommandDelimeter_\nfailed\n") {
		t.Errorf("%v: %s", err, outputs)
	}
}

// TestPanicsShowNoShortSecret: the mask of regent's own words leaves short secrets alone, and a panic is none of them.
func TestPanicsShowNoShortSecret(t *testing.T) {
	masker := &secret.Masker{}
	masker.Add(secret.New("Jq%7"))
	masker.Add(secret.New("Zw"))
	const held = "internal error: its text is not shown: it holds a secret"
	for text, want := range map[string]string{"with Jq%7 in it": held, "with Zw in it": held} {
		var out bytes.Buffer
		code := Run(context.Background(), Streams{Out: &out, Masker: masker, Lookup: lookup(environment(t)), Names: func() []string { panic(text) }})
		if code != exitcode.Error || !strings.Contains(out.String(), want) || strings.Contains(out.String(), text) {
			t.Errorf("exit code %d: %s", code, out.String())
		}
		r := &run{workflow: &workflow{masker: masker}}
		var err error
		func() {
			defer r.caught(&err)
			panic(text)
		}()
		if err == nil || err.Error() != want {
			t.Errorf("%v", err)
		}
	}
}

// TestDriftTitle names configuration and accounts on one line that GitHub takes, without secrets.
func TestDriftTitle(t *testing.T) {
	t.Parallel()
	masker := &secret.Masker{}
	masker.Add(secret.New("hunter2-secret"))
	for _, c := range []struct {
		config, accounts []string
		want             string
	}{
		{[]string{"a.yaml"}, nil, "Registries have drifted from a.yaml"},
		{[]string{"a.yaml", "b/*.yaml"}, []string{"swr", "sas"}, "Registries have drifted from a.yaml, b/*.yaml (swr, sas)"},
		{[]string{"x\nhunter2-secret.yaml"}, nil, "Registries have drifted from x\\u000a***.yaml"},
		{[]string{strings.Repeat("é", 300)}, nil, "Registries have drifted from " + strings.Repeat("é", 171) + "…"},
	} {
		r := &run{workflow: newWorkflow(&bytes.Buffer{}, lookup(nil), masker), in: inputs{config: c.config, accounts: c.accounts}}
		if got := r.driftTitle(); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

// failing is a log that is gone.
type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

// TestLogThatIsGoneFailsTheRun and ends it in the usual way, not in a panic.
func TestLogThatIsGoneFailsTheRun(t *testing.T) {
	env := environment(t)
	for command, want := range map[string]int{"validate": exitcode.Error, "nonsense": exitcode.Error} {
		env["INPUT_COMMAND"] = command
		if code := Run(context.Background(), Streams{Out: failing{}, Masker: &secret.Masker{}, Lookup: lookup(env)}); code != want {
			t.Errorf("%s: exit code %d", command, code)
		}
	}
	outputs, err := os.ReadFile(env["GITHUB_OUTPUT"])
	if err != nil || !strings.Contains(string(outputs), "\nconfig-invalid\n") || !strings.Contains(string(outputs), "\ninput-invalid\n") {
		t.Errorf("%v: %s", err, outputs)
	}
}

// TestConnectionsOfARunAreMadeOnce: the goroutine that looks for the comment and the one that opens the accounts both need
// them. The race detector sees it when they do not agree.
func TestConnectionsOfARunAreMadeOnce(t *testing.T) {
	t.Parallel()
	env := lookup(map[string]string{"GITHUB_API_URL": "https://api.github.example"})
	r := &run{workflow: newWorkflow(&bytes.Buffer{}, env, &secret.Masker{}), lookup: env, in: inputs{token: secret.New("ghs_0123456789")}}
	var both sync.WaitGroup
	both.Go(func() {
		if _, err := r.client(); err != nil {
			t.Error(err)
		}
	})
	both.Go(func() {
		if _, err := r.open(&config.Config{Accounts: []*config.Account{{Name: "swr-primary", Provider: config.ProviderSWR}}}); err != nil {
			t.Error(err)
		}
	})
	both.Wait()
	if r.transport() != r.network || r.network == nil {
		t.Error("there are none")
	}
}

// TestWorkflowIsSafeForConcurrentUse: goroutines hold, say and set while others do.
func TestWorkflowIsSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	w := newWorkflow(&bytes.Buffer{}, lookup(nil), &secret.Masker{})
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			w.set("reason", "failed")
			w.hold(levelNotice, plan.Position{}, "title", "held")
			w.annotate(levelNotice, plan.Position{}, "title", "said")
			w.release()
			w.overflow()
		})
	}
	all.Wait()
	if w.outputs["reason"] != "failed" || w.counts[levelNotice] != 8 {
		t.Errorf("%v, %v", w.outputs, w.counts)
	}
}

// TestEnvironmentIsCheckedByARunThatSends: validate speaks to nobody.
func TestEnvironmentIsCheckedByARunThatSends(t *testing.T) {
	env := environment(t)
	env["HTTPS_PROXY"] = "http://robot:hunter2%zz@proxy.example.com"
	for command, want := range map[string]bool{"validate": false, "drift": true} {
		env["INPUT_COMMAND"] = command
		var out bytes.Buffer
		code := Run(context.Background(), Streams{Out: &out, Masker: &secret.Masker{}, Lookup: lookup(env)})
		said := false // the mask itself is told to the runner
		for line := range strings.Lines(out.String()) {
			said = said || strings.HasPrefix(line, "::error") && strings.Contains(line, "HTTPS_PROXY: not the address of a proxy") && !strings.Contains(line, "hunter2")
		}
		if code != exitcode.Error || said != want {
			t.Errorf("%s: exit code %d: %s", command, code, out.String())
		}
	}
}
