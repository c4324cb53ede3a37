package githubtest_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-github/v88/github"
	"github.com/sethvargo/go-githubactions"

	"regent/internal/github/githubtest"
)

func TestTheRunnerTellsWhereAnEventHappened(t *testing.T) {
	t.Parallel()
	const main, merge = "refs/heads/main main branch", "refs/pull/7/merge 7/merge branch"
	test := githubtest.SHA("test merge of 7")
	for name, c := range map[string]struct{ event, payload, sha, ref, base, head, actor string }{
		"opened":              {"pull_request", "pull_request_opened", githubtest.SHA("test merge of " + githubtest.EventHead), merge, "main", "new-region", "octocat"},
		"pushed to":           {"pull_request", "pull_request_synchronize", test, merge, "main", "new-region", "octocat"},
		"merged":              {"pull_request", "pull_request_closed_merged", githubtest.EventMerge, main, "main", "new-region", "monalisa"},
		"closed":              {"pull_request", "pull_request_closed_unmerged", test, merge, "main", "new-region", "octocat"},
		"from a fork":         {"pull_request", "pull_request_fork", githubtest.SHA("test merge of " + githubtest.EventHead), merge, "main", "patch-1", "hubot"},
		"by Dependabot":       {"pull_request", "pull_request_dependabot", githubtest.SHA("test merge of " + githubtest.EventHead), merge, "main", "dependabot/github_actions/actions/checkout-5", "dependabot[bot]"},
		"target":              {"pull_request_target", "pull_request_target", githubtest.EventBase, main, "main", "patch-1", "hubot"},
		"target of a merge":   {"pull_request_target", "pull_request_closed_merged", githubtest.EventMerge, main, "main", "new-region", "monalisa"},
		"push":                {"push", "push_squash", githubtest.EventMerge, main, "", "", "monalisa"},
		"push to a branch":    {"push", "push_branch", githubtest.EventHead, "refs/heads/new-region new-region branch", "", "", "octocat"},
		"push of a tag":       {"push", "push_tag", githubtest.EventMerge, "refs/tags/v1.4.0 v1.4.0 tag", "", "", "monalisa"},
		"deletion":            {"push", "push_branch_deleted", githubtest.EventBase, main, "", "", "octocat"},
		"schedule":            {"schedule", "schedule", githubtest.EventBase, main, "", "", "octocat"},
		"by hand":             {"workflow_dispatch", "workflow_dispatch", githubtest.EventBase, main, "", "", "monalisa"},
		"merge queue":         {"merge_group", "merge_group", githubtest.EventGroup, fmt.Sprintf("refs/heads/gh-readonly-queue/main/pr-7-%[1]s gh-readonly-queue/main/pr-7-%[1]s branch", githubtest.EventBase), "", "", "monalisa"},
		"an event without it": {"repository_dispatch", "schedule", githubtest.EventBase, main, "", "", "octocat"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := githubtest.New(t, githubtest.Options{})
			r := githubtest.Runner(t, s, c.event, githubtest.Event(c.payload), nil)
			for variable, want := range map[string]string{
				"GITHUB_SHA": c.sha, "GITHUB_BASE_REF": c.base, "GITHUB_HEAD_REF": c.head, "GITHUB_ACTOR": c.actor, "GITHUB_EVENT_NAME": c.event,
				"GITHUB_TRIGGERING_ACTOR": c.actor, "CI": "true", "GITHUB_ACTIONS": "true", "GITHUB_REPOSITORY": "octo-org/registries",
				"GITHUB_API_URL": s.URL(), "GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY_OWNER": "octo-org", "GITHUB_RUN_ATTEMPT": "1",
				"GITHUB_REPOSITORY_ID": "727384561",
			} {
				if got, set := r.Env[variable]; !set || got != want {
					t.Errorf("%s is %q, want %q", variable, got, want)
				}
			}
			if got := r.Env["GITHUB_REF"] + " " + r.Env["GITHUB_REF_NAME"] + " " + r.Env["GITHUB_REF_TYPE"]; got != c.ref {
				t.Errorf("the ref is %s, want %s", got, c.ref)
			}
			for _, variable := range []string{"GITHUB_RUN_ID", "GITHUB_RUN_NUMBER", "GITHUB_WORKFLOW", "GITHUB_JOB", "GITHUB_WORKFLOW_REF", "RUNNER_OS", "ACTIONS_RUNTIME_TOKEN"} {
				if r.Env[variable] == "" {
					t.Errorf("%s is not set", variable)
				}
			}
		})
	}
}

func TestATargetIsOfTheDefaultBranchWhateverItMergesInto(t *testing.T) {
	t.Parallel()
	s := githubtest.New(t, githubtest.Options{})
	pull := githubtest.Pull{Number: 1234567, BaseRef: "release", Merged: true}
	for event, want := range map[string]string{
		"pull_request_target": "refs/heads/main " + githubtest.EventBase,
		"pull_request":        "refs/heads/release " + githubtest.SHA("merge of 1234567"),
	} {
		r := githubtest.Runner(t, s, event, githubtest.Event("pull_request_closed_merged", githubtest.OfPull(pull)), nil)
		if got := r.Env["GITHUB_REF"] + " " + r.Env["GITHUB_SHA"]; got != want || r.Env["GITHUB_BASE_REF"] != "release" {
			t.Errorf("%s: %s, want %s", event, got, want)
		}
	}
	pull.Merged = false
	r := githubtest.Runner(t, s, "pull_request", githubtest.Event("pull_request_opened", githubtest.OfPull(pull)), nil)
	if r.Env["GITHUB_REF"] != "refs/pull/1234567/merge" {
		t.Errorf("a large number: %s", r.Env["GITHUB_REF"])
	}
}

func TestTheRunnersFiles(t *testing.T) {
	t.Parallel()
	s := githubtest.New(t, githubtest.Options{})
	payload := githubtest.Event("push_merge")
	r := githubtest.Runner(t, s, "push", payload, nil)
	for variable, path := range map[string]string{
		"GITHUB_EVENT_PATH": r.EventFile, "GITHUB_OUTPUT": r.OutputFile, "GITHUB_STEP_SUMMARY": r.SummaryFile, "GITHUB_ENV": r.EnvFile,
		"GITHUB_PATH": r.PathFile, "GITHUB_STATE": r.StateFile, "GITHUB_WORKSPACE": r.Workspace, "RUNNER_TEMP": r.Temp,
	} {
		if _, err := os.Stat(path); err != nil || r.Env[variable] != path {
			t.Errorf("%s is %s, not %s: %v", variable, r.Env[variable], path, err)
		}
	}
	if raw, err := os.ReadFile(r.EventFile); err != nil || string(raw) != string(payload) {
		t.Errorf("the payload: %v", err)
	}
	if inside, err := os.ReadDir(r.Workspace); err != nil || len(inside) > 0 {
		t.Errorf("the workspace holds %v: %v", inside, err)
	}
	if environ := r.Environ(); len(environ) != len(r.Env) || !strings.HasPrefix(environ[0], "ACTIONS_CACHE_URL=") {
		t.Errorf("%d variables, %d in the map", len(environ), len(r.Env))
	}
	if again := githubtest.Runner(t, s, "push", payload, nil); again.Env["GITHUB_RUN_ID"] == r.Env["GITHUB_RUN_ID"] || again.Workspace == r.Workspace {
		t.Error("two runs share an ID or a workspace")
	}
}

func TestInputsAsTheRunnerSendsThem(t *testing.T) {
	t.Parallel()
	s := githubtest.New(t, githubtest.Options{})
	r := githubtest.Runner(t, s, "push", githubtest.Event("push_merge"), map[string]string{
		"command": "validate", "require-reviewed-plan": "", "Not Declared": " x ", "config": "a.yaml\nb.yaml",
	})
	for variable, want := range map[string]string{
		"INPUT_COMMAND": "validate", "INPUT_REQUIRE-REVIEWED-PLAN": "", "INPUT_NOT_DECLARED": " x ", "INPUT_CONFIG": "a.yaml\nb.yaml",
		"INPUT_ACCOUNTS": "", "INPUT_COMMENT": "auto", "INPUT_COMMENT-AUTHOR": "github-actions[bot]", "INPUT_PLAN-SIGNING-KEY": "",
		"INPUT_PARALLELISM": "10", "INPUT_DETAILED-EXITCODE": "false", "INPUT_WORKING-DIRECTORY": ".",
	} {
		if got, set := r.Env[variable]; !set || got != want {
			t.Errorf("%s is %q (%t), want %q", variable, got, set, want)
		}
	}
	action := githubactions.New(githubactions.WithGetenv(func(name string) string { return r.Env[name] }))
	if got := action.GetInput("working-directory"); got != "." {
		t.Errorf("the library reads %q", got)
	}

	// The token of the job may read and nothing else.
	c := client(t, s, r.Env["INPUT_GITHUB-TOKEN"])
	must[*github.Repository](t)(c.Repositories.Get(t.Context(), owner, repo))
	_, _, err := c.PullRequests.ListPullRequestsWithCommit(t.Context(), owner, repo, githubtest.EventMerge, nil)
	if e := refused(t, err); e.Response.StatusCode != 403 {
		t.Errorf("the default token: %v", e)
	}
}

func TestCommitsOfAnEventExist(t *testing.T) {
	t.Parallel()
	s := githubtest.New(t, githubtest.Options{})
	c := client(t, s, s.Token(bot, all()))
	ask := func(sha string) error {
		_, _, err := c.PullRequests.ListPullRequestsWithCommit(t.Context(), owner, repo, sha, nil)
		return err
	}
	if e := refused(t, ask(githubtest.EventPlain)); e.Response.StatusCode != 422 {
		t.Errorf("before the event: %v", e)
	}
	githubtest.Runner(t, s, "push", githubtest.Event("push_plain"), nil)
	githubtest.Runner(t, s, "push", githubtest.Event("push_branch_deleted"), nil)
	if err := ask(githubtest.EventPlain); err != nil {
		t.Errorf("after the event: %v", err)
	}
	if e := refused(t, ask(strings.Repeat("0", 40))); e.Response.StatusCode != 422 {
		t.Errorf("no commit at all: %v", e)
	}
}

func TestABrokenPayloadStillRuns(t *testing.T) {
	t.Parallel()
	s := githubtest.New(t, githubtest.Options{})
	for _, payload := range []string{"", "{", "[]", `{"repository": 1, "pull_request": [], "commits": [1]}`} {
		r := githubtest.Runner(t, s, "pull_request", []byte(payload), nil)
		if raw, err := os.ReadFile(r.EventFile); err != nil || string(raw) != payload {
			t.Errorf("%q became %q: %v", payload, raw, err)
		}
	}
}

func TestInAContainerFoldersHaveOtherNames(t *testing.T) {
	t.Parallel()
	s := githubtest.New(t, githubtest.Options{})
	r := githubtest.Runner(t, s, "push", githubtest.Event("push_merge"), nil)
	env, mounts := r.Container()
	for variable, want := range map[string]string{
		"GITHUB_WORKSPACE": "/github/workspace", "GITHUB_EVENT_PATH": "/github/workflow/event.json", "HOME": "/github/home", "RUNNER_TEMP": "/github/runner_temp",
		"GITHUB_OUTPUT": "/github/file_commands/" + filepath.Base(r.OutputFile), "GITHUB_REF": "refs/heads/main",
	} {
		if env[variable] != want {
			t.Errorf("%s is %s, want %s", variable, env[variable], want)
		}
	}
	for _, m := range mounts {
		if info, err := os.Stat(m.Source); err != nil || !info.IsDir() {
			t.Errorf("%s: %v", m.Source, err)
		}
	}
	before := maps.Clone(r.Env)
	env["GITHUB_REF"] = "x"
	if !maps.Equal(before, r.Env) {
		t.Error("the environment outside changed")
	}
}
