package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"regent/internal/github/githubtest"
)

// TestActionInputsOfTheRunner: what a workflow can write under "with", and what regent makes of it.
func TestActionInputsOfTheRunner(t *testing.T) {
	t.Parallel()
	yes := dialects()[2].file(1)
	for _, c := range []struct {
		name  string
		with  map[string]string
		files map[string]string
		// fails are parts of errors; without any, the plan adds something. warns is part of a warning.
		fails []string
		warns string
		code  int
	}{
		{name: "all empty", with: map[string]string{
			"command": "", "config": "", "accounts": "", "comment": "", "comment-author": "", "require-reviewed-plan": "",
			"plan-signing-key": "", "parallelism": "", "detailed-exitcode": "", "working-directory": "",
		}},
		{name: "blanks", with: map[string]string{"command": " plan\n", "config": "\n  registries.yaml \n\n", "working-directory": " . ", "accounts": " \n,"}},
		{name: "unknown", with: map[string]string{"zone": "x", "Dry Run": "true"}, warns: "input zone: the Action has no such input"},
		{name: "capitals", with: map[string]string{"Comment": "never", "COMMAND": "plan"}},
		{name: "underscores", with: map[string]string{"plan_signing_key": "0123456789abcdef"}, fails: []string{"input plan_signing_key: write plan-signing-key"}},
		{name: "joined", with: map[string]string{"githubtoken": "x", "require reviewed plan": "false"}, fails: []string{"input githubtoken: write github-token", "input require_reviewed_plan: write require-reviewed-plan"}},
		{name: "wrong values", with: map[string]string{"command": "destroy", "comment": "yes", "parallelism": "1e3", "require-reviewed-plan": "maybe", "detailed-exitcode": "0"},
			fails: []string{`input command: "destroy"`, `input comment: "yes"`, `input parallelism: "1e3"`, `input require-reviewed-plan: "maybe"`, `input detailed-exitcode: "0"`}},
		{name: "detailed", with: map[string]string{"detailed-exitcode": "true"}, code: 2},
		{name: "accounts", with: map[string]string{"accounts": "swr-primary\n"}},
		{name: "an account that is not there", with: map[string]string{"accounts": "swr-primary, nobody"}, fails: []string{"input accounts: the configuration has no account nobody"}},

		{name: "working-directory", with: map[string]string{"working-directory": "infra/prod/"}, files: map[string]string{"infra/prod/registries.yaml": yes}},
		{name: "above it", with: map[string]string{"working-directory": "infra/prod", "config": "../common.yaml\n./*.yaml"}, files: map[string]string{"infra/common.yaml": yes, "infra/prod/x.yaml": "version: 1\n"}},
		{name: "out of the workspace", with: map[string]string{"working-directory": "infra", "config": "../../x.yaml"}, fails: []string{`"../../x.yaml" does not lie in the workspace`}},
		{name: "absolute", with: map[string]string{"config": "/etc/passwd\n/proc/self/environ"}, fails: []string{`"/etc/passwd" does not lie in the workspace`, `"/proc/self/environ"`}},
		{name: "a folder elsewhere", with: map[string]string{"working-directory": "/tmp"}, fails: []string{`input working-directory: "/tmp"`}},
		{name: "no such folder", with: map[string]string{"working-directory": "nowhere"}, fails: []string{"nowhere/registries.yaml"}},
		{name: "several lines", with: map[string]string{"config": "a.yaml\nb.yaml"}, files: map[string]string{"a.yaml": yes, "b.yaml": "version: 1\n"}},
		{name: "commas", with: map[string]string{"config": "a.yaml, b.yaml,"}, files: map[string]string{"a.yaml": yes, "b.yaml": "version: 1\n"}},
		{name: "a pattern", with: map[string]string{"config": "conf/*.yaml"}, files: map[string]string{"conf/a.yaml": yes, "conf/b.yaml": "version: 1\n", "conf/c.txt": "no"}},
		{name: "a folder", with: map[string]string{"config": "conf"}, files: map[string]string{"conf/a.yaml": yes, "conf/b.yml": "version: 1\n"}},
		{name: "nothing fits", with: map[string]string{"config": "none/*.yaml"}, fails: []string{"none/*.yaml"}},
		{name: "standard input", with: map[string]string{"config": "-"}, fails: []string{"-"}},
		{name: "no file", with: map[string]string{"config": "missing.yaml"}, fails: []string{"missing.yaml"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, yes)
			s.files = c.files
			run := s.prepare("pull_request", opened(), c.with)
			if _, whole := c.files["a.yaml"]; whole || len(c.files) > 0 {
				if err := os.Remove(filepath.Join(run.Workspace, "registries.yaml")); err != nil {
					t.Fatal(err)
				}
			}
			got := s.finish(run)
			if len(c.fails) > 0 {
				holds(t, "the log", got.log+got.errors(), c.fails...)
				if got.code != 1 || !strings.HasSuffix(got.outputs["reason"], "-invalid") || len(s.Requests()) > 0 {
					t.Errorf("%s", got)
				}
				return
			}
			if got.exits(c.code, "").gives("add", "1"); c.warns != "" {
				got.tells("warning", c.warns)
			}
		})
	}
}

// outside writes a file outside of the workspace and gives its path.
func outside(t *testing.T, run *githubtest.Run, text string) string {
	t.Helper()
	path := filepath.Join(run.Temp, "outside.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestActionCheckoutIsHostile: links and files that a pull request can bring lead nowhere, and a workspace that cannot
// be written costs the plan's file only.
func TestActionCheckoutIsHostile(t *testing.T) {
	t.Parallel()
	const victim = "version: 1 # outside\n"
	link := func(to func(*testing.T, *githubtest.Run) string, at string) func(*testing.T, *githubtest.Run) {
		return func(t *testing.T, run *githubtest.Run) {
			path := filepath.Join(run.Workspace, at)
			_ = os.Remove(path) // it may be there
			if err := os.Symlink(to(t, run), path); err != nil {
				t.Fatal(err)
			}
		}
	}
	file := func(t *testing.T, run *githubtest.Run) string { return outside(t, run, victim) }
	folder := func(t *testing.T, run *githubtest.Run) string { return filepath.Dir(outside(t, run, victim)) }
	for _, c := range []struct {
		name    string
		prepare func(*testing.T, *githubtest.Run)
		// fails is part of an error. Without one the plan is made; its file only where saved is set, else a warning says why.
		fails string
		saved bool
	}{
		{name: "configuration leads out", prepare: link(file, "registries.yaml"), fails: "registries.yaml: lies outside"},
		{name: "configuration leads to the environment", prepare: link(func(*testing.T, *githubtest.Run) string { return "/proc/self/environ" }, "registries.yaml"), fails: "registries.yaml: lies outside"},
		{name: "configuration is a folder that leads out", prepare: link(folder, "registries.yaml"), fails: "lies outside"},
		{name: "configuration leads to itself", prepare: link(func(*testing.T, *githubtest.Run) string { return "registries.yaml" }, "registries.yaml"), fails: "registries.yaml"},
		{name: "configuration leads within", saved: true, prepare: func(t *testing.T, run *githubtest.Run) {
			if err := os.Rename(filepath.Join(run.Workspace, "registries.yaml"), filepath.Join(run.Workspace, "true.yaml")); err != nil {
				t.Fatal(err)
			}
			link(func(*testing.T, *githubtest.Run) string { return "true.yaml" }, "registries.yaml")(t, run)
		}},
		{name: "plan folder leads out", prepare: link(folder, ".regent")},
		{name: "plan folder is a file", prepare: func(t *testing.T, run *githubtest.Run) {
			if err := os.WriteFile(filepath.Join(run.Workspace, ".regent"), []byte("mine"), 0o600); err != nil {
				t.Fatal(err)
			}
		}},
		{name: "plan leads out", saved: true, prepare: func(t *testing.T, run *githubtest.Run) {
			if err := os.Mkdir(filepath.Join(run.Workspace, ".regent"), 0o750); err != nil {
				t.Fatal(err)
			}
			link(file, ".regent/plan-"+siteKey+".json")(t, run)
		}},
		{name: "plan is a folder", prepare: func(t *testing.T, run *githubtest.Run) {
			if err := os.MkdirAll(filepath.Join(run.Workspace, ".regent/plan-"+siteKey+".json/full"), 0o750); err != nil {
				t.Fatal(err)
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, dialects()[2].file(1))
			run := s.prepare("pull_request", opened(), nil)
			c.prepare(t, run)
			before := listing(t, run.Temp)
			got := s.finish(run)
			switch {
			case c.fails != "":
				got.exits(1, "config-invalid")
				holds(t, "the log", got.log, c.fails)
				if strings.Contains(got.log+got.summary, "# outside") || strings.Contains(got.log+got.summary, "SECRET") {
					t.Errorf("it shows what is outside\n%s", got)
				}
			case c.saved:
				got.exits(0, "").gives("plan-path", ".regent/plan-"+siteKey+".json")
			default:
				got.exits(0, "").gives("plan-path", "", "add", "1").tells("warning", "the plan could not be written to a file")
			}
			if after := listing(t, run.Temp); after != before {
				t.Errorf("outside of the workspace there is now\n%s\nbefore\n%s", after, before)
			}
		})
	}
}

// siteKey is the key of the stage's repository with the default inputs.
const siteKey = "ab5995901ab575e8"

// listing lists the files below a folder that the runner did not make for output, with what they hold.
func listing(t *testing.T, dir string) string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.Contains(path, "_runner_file_commands") {
			return err
		}
		text, err := os.ReadFile(path)
		all = append(all, path+" "+string(text))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(all, "\n")
}

// TestActionPlanFileIsForLaterSteps: they run as another user, and take it with --plan.
func TestActionPlanFileIsForLaterSteps(t *testing.T) {
	t.Parallel()
	s := newStage(t, dialects()[2].file(1))
	got := s.start("pull_request", opened(), nil).exits(0, "")
	path := filepath.Join(got.run.Workspace, got.outputs["plan-path"])
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o644 {
		t.Fatalf("%v, %v", info, err)
	}
	if p := decode[planDoc](t, s.read(path)); p.Digest != got.outputs["digest"] || p.Summary.Add != 1 {
		t.Errorf("%+v", p)
	}
	s.apply(s.world.file("r.yaml", s.config), "--plan", path).exits(t, 0)
}
