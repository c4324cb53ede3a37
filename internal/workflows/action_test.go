package workflows

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

type actionFile struct {
	Name        string                       `yaml:"name"`
	Description string                       `yaml:"description"`
	Inputs      map[string]map[string]string `yaml:"inputs"`
	Outputs     map[string]map[string]string `yaml:"outputs"`
	Runs        struct {
		Using string   `yaml:"using"`
		Image string   `yaml:"image"`
		Args  []string `yaml:"args"`
	} `yaml:"runs"`
}

func readAction(t *testing.T) actionFile {
	t.Helper()
	var a actionFile
	if err := yaml.Unmarshal([]byte(readFile(t, "action.yml")), &a); err != nil {
		t.Fatal(err)
	}
	return a
}

func TestTheActionRunsTheImageOfThisRepository(t *testing.T) {
	a := readAction(t)
	if a.Runs.Using != "docker" || a.Runs.Image != "Dockerfile" || !slices.Equal(a.Runs.Args, []string{"action"}) {
		t.Errorf("runs: %+v", a.Runs)
	}
	// https://docs.github.com/en/actions/reference/metadata-syntax-for-github-actions; the Marketplace takes 125 characters.
	if a.Name != "regent" || a.Description == "" || len(a.Description) > 125 {
		t.Errorf("name %q, description of %d characters", a.Name, len(a.Description))
	}
}

func TestEveryInputAndOutputIsDescribed(t *testing.T) {
	a := readAction(t)
	inputs := []string{
		"accounts", "allow-cut-review", "allow-secrets-in-plan", "allowed-hosts", "allowed-variables", "branch", "command", "comment", "comment-author",
		"config", "detailed-exitcode", "github-token", "max-change-percent", "max-changes", "parallelism", "plan-signing-key", "require-approval",
		"require-reviewed-plan", "timeout", "working-directory",
	}
	if got := slices.Sorted(maps.Keys(a.Inputs)); !slices.Equal(got, inputs) {
		t.Errorf("inputs: %q", got)
	}
	outputs := []string{
		"add", "blocked", "comment-url", "digest", "failed", "has-changes", "modify", "plan-path", "reason", "unknown", "unmanaged",
	}
	if got := slices.Sorted(maps.Keys(a.Outputs)); !slices.Equal(got, outputs) {
		t.Errorf("outputs: %q", got)
	}
	for name, in := range a.Inputs {
		_, hasDefault := in["default"]
		if len(in["description"]) < 20 || !hasDefault || in["required"] != "false" {
			t.Errorf("input %s: %v", name, in)
		}
	}
	for name, out := range a.Outputs {
		if len(out["description"]) < 20 {
			t.Errorf("output %s: %v", name, out)
		}
	}
}

// TestExamplesUseInputsThatExist: the runner only warns about an input that does not, and the run goes on without it.
func TestExamplesUseInputsThatExist(t *testing.T) {
	a := readAction(t)
	seen := 0
	eachStep(workflows(t), func(where string, s step) {
		if s.Uses.Value != placeholder {
			return
		}
		seen++
		for name := range s.With {
			if _, ok := a.Inputs[name]; !ok {
				t.Errorf("%s: the action has no input %q", where, name)
			}
		}
	})
	if seen != 5 {
		t.Errorf("%d uses of the action were seen, want 5", seen)
	}
}

// TestPlanAndApplyBelongTogether: a plan is found by configuration and accounts, and checked with the key.
func TestPlanAndApplyBelongTogether(t *testing.T) {
	use := func(w workflow, job string) map[string]string {
		for _, s := range w.body.Jobs[job].Steps {
			if s.Uses.Value == placeholder {
				return s.With
			}
		}
		t.Fatalf("%s, job %s does not use the action", w.name, job)
		return nil
	}
	matrix := example(t, "matrix.yml")
	for _, pair := range [][2]map[string]string{
		{use(example(t, "plan.yml"), "plan"), use(example(t, "apply.yml"), "apply")},
		{use(matrix, "plan"), use(matrix, "apply")},
	} {
		for _, input := range []string{"config", "accounts", "plan-signing-key", "working-directory", "comment-author"} {
			if pair[0][input] != pair[1][input] {
				t.Errorf("%s is %q in the plan and %q in the apply", input, pair[0][input], pair[1][input])
			}
		}
		if !strings.Contains(pair[0]["plan-signing-key"], "secrets.") {
			t.Errorf("the plan is signed with %q", pair[0]["plan-signing-key"])
		}
	}
}

func TestTheMatrixIsTheSameForPlanAndApply(t *testing.T) {
	jobs := example(t, "matrix.yml").body.Jobs
	plan, apply := jobs["plan"].Strategy, jobs["apply"].Strategy
	if len(plan.Matrix.Include) < 2 || !slices.EqualFunc(plan.Matrix.Include, apply.Matrix.Include, maps.Equal[map[string]string]) {
		t.Errorf("plan: %v, apply: %v", plan.Matrix, apply.Matrix)
	}
	for name, j := range jobs {
		if j.Strategy.FailFast == nil || *j.Strategy.FailFast {
			t.Errorf("job %s: one account that fails stops the others", name)
		}
	}
}

// TestOneGoReleaseBuildsImageAndArchives: the oldest that go.mod allows lacks the fixes of later ones.
func TestOneGoReleaseBuildsImageAndArchives(t *testing.T) {
	m := regexp.MustCompile(`(?m)^ARG GO_IMAGE=golang:(\d+\.\d+\.\d+)-bookworm$`).FindStringSubmatch(readFile(t, "Dockerfile"))
	if m == nil {
		t.Fatal("the Dockerfile names no Go release")
	}
	seen := 0
	eachStep(workflows(t), func(where string, s step) {
		if strings.HasPrefix(where, ".github/workflows/release.yml,") && strings.HasPrefix(s.Uses.Value, "actions/setup-go@") {
			seen++
			if s.With["go-version"] != m[1] || s.With["cache"] != "false" {
				t.Errorf("%s: Go %s, cache %q; the image is built with %s", where, s.With["go-version"], s.With["cache"], m[1])
			}
		}
	})
	if seen != 3 {
		t.Errorf("Go is set up %d times in the release, want 3", seen)
	}
}

// TestExamplesFitTheExampleConfiguration: every step has the credentials of all accounts of examples/registries.yaml, and
// an apply has the logins and passwords too.
func TestExamplesFitTheExampleConfiguration(t *testing.T) {
	accounts, items, ok := strings.Cut(readFile(t, "examples/registries.yaml"), "\nregistries:\n")
	if !ok {
		t.Fatal("examples/registries.yaml does not list accounts first")
	}
	names := func(text string) []string {
		var out []string
		for _, m := range regexp.MustCompile(`\{env: (\w+)\}`).FindAllStringSubmatch(text, -1) {
			if m[1] != "NAME" { // a comment of the file
				out = append(out, m[1])
			}
		}
		return out
	}
	credentials, secrets := names(accounts), names(items)
	if len(credentials) == 0 || len(secrets) == 0 {
		t.Fatalf("credentials %q, secrets %q", credentials, secrets)
	}
	eachStep(workflows(t), func(where string, s step) {
		if s.Uses.Value != placeholder {
			return
		}
		for _, name := range credentials {
			if s.Env[name] == "" {
				t.Errorf("%s: %s is missing", where, name)
			}
		}
		for _, name := range secrets {
			if has, want := s.Env[name] != "", strings.HasSuffix(where, "job apply"); has != want {
				t.Errorf("%s: has %s: %t, want %t", where, name, has, want)
			}
		}
	})
}
