package action

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/sethvargo/go-githubactions"

	"regent/internal/reconcile"
)

// given reads inputs from the variables of a runner.
func given(env map[string]string) (inputs, error) {
	return readInputs(githubactions.New(githubactions.WithGetenv(func(name string) string { return env[name] })))
}

// TestEmptyInputsAreDefaults as the runner sends an input that was not given.
func TestEmptyInputsAreDefaults(t *testing.T) {
	t.Parallel()
	empty := map[string]string{}
	for _, in := range Inputs() {
		empty["INPUT_"+strings.ToUpper(in.Name)] = ""
	}
	for name, env := range map[string]map[string]string{"absent": {}, "empty": empty} {
		in, err := given(env)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if in.command != "" || in.comment != "auto" || in.author != "github-actions[bot]" || !in.reviewed || in.detailed ||
			in.parallelism != 10 || in.timeout != reconcile.ReadTime || len(in.accounts) != 0 || !in.signingKey.Empty() || !in.token.Empty() {
			t.Errorf("%s: %+v", name, in)
		}
		if diff := cmp.Diff([]string{"registries.yaml"}, in.config); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestInputsAreRead(t *testing.T) {
	t.Parallel()
	in, err := given(map[string]string{
		"INPUT_COMMAND": " apply ", "INPUT_CONFIG": "b.yaml\n\n  conf/*.yaml  \r\n./c//d.yaml\n", "INPUT_WORKING-DIRECTORY": "./infra/",
		"INPUT_ACCOUNTS": "swr, hss\nsas,,hss\n", "INPUT_GITHUB-TOKEN": "ghs_x", "INPUT_COMMENT": "never", "INPUT_COMMENT-AUTHOR": "my-app[bot]",
		"INPUT_REQUIRE-REVIEWED-PLAN": "False", "INPUT_PLAN-SIGNING-KEY": "0123456789abcdef", "INPUT_PARALLELISM": "256",
		"INPUT_DETAILED-EXITCODE": "TRUE", "INPUT_TIMEOUT": "90s",
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"infra/b.yaml", "infra/conf/*.yaml", "infra/c/d.yaml"}, in.config); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"hss", "sas", "swr"}, in.accounts); diff != "" {
		t.Error(diff)
	}
	if in.command != "apply" || in.comment != "never" || in.author != "my-app[bot]" || in.reviewed || !in.detailed ||
		in.parallelism != 256 || in.timeout != 90*time.Second || !in.token.Equal("ghs_x") || !in.signingKey.Equal("0123456789abcdef") {
		t.Errorf("%+v", in)
	}
}

func TestBadInputsAreAllNamed(t *testing.T) {
	t.Parallel()
	_, err := given(map[string]string{
		"INPUT_COMMAND": "destroy", "INPUT_COMMENT": "yes", "INPUT_REQUIRE-REVIEWED-PLAN": "no", "INPUT_DETAILED-EXITCODE": "1",
		"INPUT_PARALLELISM": "0", "INPUT_TIMEOUT": "-1m", "INPUT_CONFIG": "../other.yaml\n/etc/passwd\n-\na/../../b.yaml", "INPUT_WORKING-DIRECTORY": "/",
	})
	if err == nil {
		t.Fatal("accepted")
	}
	for _, want := range []string{
		`input command: "destroy" is not one of validate, plan, apply, drift`,
		`input comment: "yes" is not one of auto, always, never`,
		`input require-reviewed-plan: "no" is neither true nor false`,
		`input detailed-exitcode: "1" is neither`,
		`input parallelism: "0" is not a number from 1 to 256`,
		`input timeout: "-1m" is not a time above 0, such as 15m`,
		`input config: "../other.yaml" does not lie in the workspace`,
		`input config: "/etc/passwd" does not lie in the workspace`,
		`input config: "a/../../b.yaml" does not lie`,
		`input working-directory: "/" is not a folder of the workspace`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not among\n%v", want, err)
		}
	}
}

// TestUnknownInputs warns of most and refuses those that were meant for a known one.
func TestUnknownInputs(t *testing.T) {
	t.Parallel()
	warnings, err := unknownInputs([]string{"PATH", "INPUT_CONFIG", "INPUT_ARGS", "INPUT_ENTRYPOINT", "INPUT_ZONE", "INPUT_GITHUB-TOKEN"})
	if err != nil || len(warnings) != 1 || !strings.HasPrefix(warnings[0], "input zone: the Action has no such input; it has command, config,") {
		t.Errorf("%q, %v", warnings, err)
	}
	_, err = unknownInputs([]string{"INPUT_REQUIRE_REVIEWED_PLAN", "INPUT_PLAN_SIGNING_KEY", "INPUT_PLANSIGNINGKEY"})
	if err == nil {
		t.Fatal("a signature that will not be made was not noticed")
	}
	for _, want := range []string{"input plan_signing_key: write plan-signing-key", "input plansigningkey: write", "input require_reviewed_plan: write require-reviewed-plan"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in\n%v", want, err)
		}
	}
}

// TestSiteKey is one for each repository, configuration and set of accounts, however they are written.
func TestSiteKey(t *testing.T) {
	t.Parallel()
	key := func(repository, config, accounts string) string {
		in, err := given(map[string]string{"INPUT_CONFIG": config, "INPUT_ACCOUNTS": accounts})
		if err != nil {
			t.Fatal(err)
		}
		return siteKey(repository, in)
	}
	first := key("octo/registries", "a.yaml", "x,y")
	if same := key("Octo/Registries", "./a.yaml", "y\nx\nx"); same != first {
		t.Error("the same thing written otherwise is another")
	}
	if key("octo/registries", "a.yaml\nb.yaml", "") != key("octo/registries", "b.yaml\na.yaml\n./b.yaml", "") {
		t.Error("files in another order are another configuration")
	}
	seen := map[string]string{first: "first"}
	for name, other := range map[string]string{
		"repository": key("octo/other", "a.yaml", "x,y"), "config": key("octo/registries", "b.yaml", "x,y"),
		"accounts": key("octo/registries", "a.yaml", "x"), "all accounts": key("octo/registries", "a.yaml", ""),
		"two files": key("octo/registries", "a.yaml\nb.yaml", "x,y"),
	} {
		if before, ok := seen[other]; ok {
			t.Errorf("%s has the key of %s", name, before)
		}
		seen[other] = name
	}
}
