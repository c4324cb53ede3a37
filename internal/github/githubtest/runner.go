package githubtest

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
)

// Run is a step that is about to run a container action: its environment and the files behind it.
type Run struct {
	// Env is the whole environment of the step. A test may add to it what a workflow's env block would.
	Env map[string]string
	// Workspace is the folder in which the step starts and to which actions/checkout brings the repository. It is empty.
	Workspace string
	// Temp is the runner's folder for files of the job.
	Temp string
	// EventFile holds the payload.
	EventFile string
	// OutputFile, SummaryFile, EnvFile, PathFile and StateFile are empty and wait for what the step writes.
	OutputFile, SummaryFile, EnvFile, PathFile, StateFile string
}

// runs counts runs, so that no two of a test have one ID.
var runs atomic.Int64

// Runner gives the environment in which GitHub's runner starts a container action for an event, and the files behind it,
// in a folder of the test. Inputs are those under "with": each becomes a variable, whether action.yml declares it or not,
// and what it declares and inputs leave out gets its default. An input that is given and empty stays empty. The default
// ${{ github.token }} is a token that may only read contents and packages, which is what a job gets in a repository with
// restricted defaults; give github-token one of [Server.Token] for more.
//
// The commits that the payload names exist from then on.
func Runner(t testing.TB, s *Server, event string, payload []byte, inputs map[string]string) *Run {
	t.Helper()
	root := t.TempDir()
	r := &Run{Workspace: filepath.Join(root, "work", s.name, s.name), Temp: filepath.Join(root, "work", "_temp"), Env: map[string]string{}}
	commands := filepath.Join(r.Temp, "_runner_file_commands")
	home := filepath.Join(r.Temp, "_github_home")
	r.EventFile = filepath.Join(r.Temp, "_github_workflow", "event.json")
	for _, dir := range []string{r.Workspace, commands, home, filepath.Dir(r.EventFile)} {
		if err := os.MkdirAll(dir, 0o750); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(r.EventFile, payload, 0o600); err != nil {
		t.Fatal(err)
	}
	suffix := random(8)
	for _, file := range []struct {
		variable, prefix string
		path             *string
	}{
		{"GITHUB_OUTPUT", "set_output_", &r.OutputFile}, {"GITHUB_STEP_SUMMARY", "step_summary_", &r.SummaryFile},
		{"GITHUB_ENV", "set_env_", &r.EnvFile}, {"GITHUB_PATH", "add_path_", &r.PathFile}, {"GITHUB_STATE", "save_state_", &r.StateFile},
	} {
		*file.path = filepath.Join(commands, file.prefix+suffix)
		if err := os.WriteFile(*file.path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		r.Env[file.variable] = *file.path
	}
	var decoded map[string]any
	if err := json.Unmarshal(payload, &decoded); err != nil {
		decoded = map[string]any{} // a payload that is broken on purpose still runs
	}
	maps.Copy(r.Env, s.variables(t, event, decoded))
	maps.Copy(r.Env, map[string]string{
		"HOME": home, "GITHUB_EVENT_PATH": r.EventFile, "GITHUB_WORKSPACE": r.Workspace, "RUNNER_TEMP": r.Temp,
		"RUNNER_WORKSPACE": filepath.Dir(r.Workspace), "RUNNER_TOOL_CACHE": filepath.Join(root, "hostedtoolcache"),
	})
	maps.Copy(r.Env, s.inputs(t, inputs))
	return r
}

// variables are those that come from the event and from where it happens.
func (s *Server) variables(t testing.TB, event string, payload map[string]any) map[string]string {
	t.Helper()
	if full := textOf(object(payload, "repository")["full_name"]); full != "" && full != s.o.Repository {
		t.Fatalf("githubtest: the payload is of %s, the server of %s", full, s.o.Repository)
	}
	at := s.whereabouts(event, payload)
	s.remember(at, payload)
	actor := textOf(object(payload, "sender")["login"])
	if actor == "" {
		actor = "octocat" // a schedule runs for whoever changed it last
	}
	workflow, owner := workflowOf(event), s.owner
	file := fmt.Sprintf("%s/.github/workflows/%s.yml@%s", s.o.Repository, workflow, at.ref)
	return map[string]string{
		"CI": "true", "GITHUB_ACTIONS": "true",
		"GITHUB_ACTION": "__octo-org_regent", "GITHUB_ACTION_REPOSITORY": "octo-org/regent", "GITHUB_ACTION_REF": "v1",
		"GITHUB_ACTOR": actor, "GITHUB_ACTOR_ID": fmt.Sprint(accountID(actor)), "GITHUB_TRIGGERING_ACTOR": actor,
		"GITHUB_API_URL": s.URL(), "GITHUB_GRAPHQL_URL": s.GraphQLURL(), "GITHUB_SERVER_URL": s.WebURL(),
		"GITHUB_EVENT_NAME": event, "GITHUB_SHA": at.sha, "GITHUB_REF": at.ref, "GITHUB_REF_NAME": at.name(),
		"GITHUB_REF_TYPE": at.kind(), "GITHUB_REF_PROTECTED": fmt.Sprint(at.ref == "refs/heads/"+s.o.DefaultBranch),
		"GITHUB_BASE_REF": at.base, "GITHUB_HEAD_REF": at.head,
		"GITHUB_REPOSITORY": s.o.Repository, "GITHUB_REPOSITORY_ID": fmt.Sprint(s.repositoryID()),
		"GITHUB_REPOSITORY_OWNER": owner, "GITHUB_REPOSITORY_OWNER_ID": fmt.Sprint(accountID(owner)),
		"GITHUB_RUN_ID": fmt.Sprint(s.newRun(t, payload, at.sha)), "GITHUB_RUN_NUMBER": "42", "GITHUB_RUN_ATTEMPT": "1",
		"GITHUB_JOB": workflow, "GITHUB_WORKFLOW": workflow, "GITHUB_WORKFLOW_REF": file, "GITHUB_WORKFLOW_SHA": at.sha,
		"GITHUB_RETENTION_DAYS": "90",
		"RUNNER_ARCH":           "X64", "RUNNER_ENVIRONMENT": "github-hosted", "RUNNER_NAME": "GitHub Actions 1000000042", "RUNNER_OS": "Linux",
		"ACTIONS_RUNTIME_URL": s.otherURL() + "/", "ACTIONS_RESULTS_URL": s.otherURL() + "/", "ACTIONS_CACHE_URL": s.otherURL() + "/",
		"ACTIONS_RUNTIME_TOKEN": "eyJ" + random(120),
	}
}

// workflowOf names the workflow, and its job, that usually runs on an event.
func workflowOf(event string) string {
	switch event {
	case "push":
		return "apply"
	case "schedule":
		return "drift"
	}
	return "plan"
}

// Environ gives the environment as os/exec takes it, sorted.
func (r *Run) Environ() []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(r.Env)) {
		out = append(out, name+"="+r.Env[name])
	}
	return out
}

// Mount is a folder of the runner that a container sees under another name.
type Mount struct{ Source, Target string }

// Container gives the environment and the folders with which the runner starts the container of the action: folders have
// the names they have inside, in the variables too. The working folder inside is /github/workspace.
func (r *Run) Container() (map[string]string, []Mount) {
	mounts := []Mount{
		{r.Workspace, "/github/workspace"}, {filepath.Join(r.Temp, "_runner_file_commands"), "/github/file_commands"},
		{filepath.Join(r.Temp, "_github_workflow"), "/github/workflow"}, {filepath.Join(r.Temp, "_github_home"), "/github/home"},
		{r.Temp, "/github/runner_temp"},
	}
	env := map[string]string{}
	for name, value := range r.Env {
		for _, m := range mounts {
			if value == m.Source || strings.HasPrefix(value, m.Source+"/") {
				value = m.Target + strings.TrimPrefix(value, m.Source)
				break
			}
		}
		env[name] = value
	}
	return env, mounts
}
