package workflows

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// placeholder is what users replace by the repository and the commit of a release. No commit is called that, so an
// example that was copied and not edited runs nothing.
const placeholder = "OWNER/regent@0000000000000000000000000000000000000000"

var pinned = regexp.MustCompile(`^([A-Za-z0-9-]+/[A-Za-z0-9_./-]+)@([0-9a-f]{40})$`)
var release = regexp.MustCompile(`^# v\d+\.\d+\.\d+$`)

func TestActionsArePinnedByCommit(t *testing.T) {
	commits := map[string]string{}
	eachStep(workflows(t), func(where string, s step) {
		if s.Uses.Value == "" {
			return
		}
		m := pinned.FindStringSubmatch(s.Uses.Value)
		if m == nil || !release.MatchString(s.Uses.LineComment) {
			t.Errorf("%s: %q %q names no commit and its release", where, s.Uses.Value, s.Uses.LineComment)
			return
		}
		now := m[2] + " " + s.Uses.LineComment
		if old := commits[m[1]]; old != "" && old != now {
			t.Errorf("%s: %s is %s here and %s elsewhere", where, m[1], now, old)
		}
		commits[m[1]] = now
		if strings.HasSuffix(m[1], "/regent") && s.Uses.Value != placeholder {
			t.Errorf("%s: %s is not the placeholder that the documentation explains", where, s.Uses.Value)
		}
	})
	if len(commits) < 4 {
		t.Errorf("only %d actions were seen", len(commits))
	}
}

func TestCheckoutsLeaveNoToken(t *testing.T) {
	seen := 0
	eachStep(workflows(t), func(where string, s step) {
		if strings.HasPrefix(s.Uses.Value, "actions/checkout@") {
			seen++
			if s.With["persist-credentials"] != "false" {
				t.Errorf("%s: the checkout leaves its token in the workspace", where)
			}
		}
	})
	if seen == 0 {
		t.Error("no checkout was seen")
	}
}

// TestNoExpressionIsPartOfAScript keeps text that others wrote out of scripts: an expression is replaced before the shell
// reads the script, and could hold a command.
func TestNoExpressionIsPartOfAScript(t *testing.T) {
	eachStep(workflows(t), func(where string, s step) {
		if strings.Contains(s.Run, "${{") {
			t.Errorf("%s: a script holds an expression: %s", where, s.Run)
		}
	})
}

func TestNoWorkflowGivesForksTheSecrets(t *testing.T) {
	for _, w := range workflows(t) {
		var events map[string]yaml.Node
		if err := w.body.On.Decode(&events); err != nil {
			t.Fatalf("%s: %v", w.name, err)
		}
		for event := range events {
			if !slices.Contains([]string{"pull_request", "push", "schedule", "workflow_dispatch"}, event) {
				t.Errorf("%s: is started by %s; what would somebody without rights get from that?", w.name, event)
			}
		}
	}
}

// TestPermissionsAreTheLeast lists what every job may do. A permission more needs a reason and a line here.
func TestPermissionsAreTheLeast(t *testing.T) {
	const read, write = "read", "write"
	want := map[string]map[string]string{
		".github/workflows/ci.yml run":   nil,
		".github/workflows/ci.yml image": nil,

		".github/workflows/release.yml check":    {"contents": read},
		".github/workflows/release.yml archives": {"contents": read, "id-token": write, "attestations": write},
		".github/workflows/release.yml image":    {"contents": read, "packages": write, "id-token": write, "attestations": write},
		".github/workflows/release.yml publish":  {"contents": write},

		"examples/workflows/plan.yml plan":    {"contents": read, "pull-requests": write, "id-token": write},
		"examples/workflows/apply.yml apply":  {"contents": read, "pull-requests": write, "id-token": write},
		"examples/workflows/drift.yml drift":  {"contents": read, "issues": write, "id-token": write},
		"examples/workflows/matrix.yml plan":  {"contents": read, "pull-requests": write, "id-token": write},
		"examples/workflows/matrix.yml apply": {"contents": read, "pull-requests": write, "id-token": write},
	}
	for _, w := range workflows(t) {
		var all map[string]string
		if err := w.body.Permissions.Decode(&all); err != nil {
			t.Fatalf("%s: the permissions of the workflow: %v", w.name, err)
		}
		if w.body.Permissions.IsZero() || len(all) > 1 || len(all) == 1 && all["contents"] != read {
			t.Errorf("%s gives all of its jobs %v", w.name, all)
		}
		for name, j := range w.body.Jobs {
			key := w.name + " " + name
			expected, known := want[key]
			if !known || !maps.Equal(j.Permissions, expected) {
				t.Errorf("%s may %v, want %v", key, j.Permissions, expected)
			}
			delete(want, key)
		}
	}
	for key := range want {
		t.Errorf("there is no job %s", key)
	}
}

func TestEveryJobEnds(t *testing.T) {
	for _, w := range workflows(t) {
		for name, j := range w.body.Jobs {
			if j.TimeoutMinutes < 1 || j.TimeoutMinutes > 60 {
				t.Errorf("%s, job %s: may take %d minutes; the default of GitHub is six hours", w.name, name, j.TimeoutMinutes)
			}
		}
	}
}

// TestCredentialsThatWriteAreBehindTheEnvironment: a branch can change a workflow and read what its jobs may read, so the
// jobs that need no review must have nothing that can write.
func TestCredentialsThatWriteAreBehindTheEnvironment(t *testing.T) {
	seen := 0
	for _, w := range workflows(t) {
		for name, j := range w.body.Jobs {
			for _, s := range j.Steps {
				if s.Uses.Value != placeholder {
					continue
				}
				values := strings.Join(slices.Sorted(maps.Values(s.Env)), "\n")
				writes := strings.Contains(values, "_APPLY_") || strings.Contains(values, "secrets.HARBOR_PROD_PASSWORD")
				if name == "apply" {
					seen++
				}
				if writes != (name == "apply") || (j.Environment == "production") != writes {
					t.Errorf("%s, job %s: environment %q, credentials that write: %t", w.name, name, j.Environment, writes)
				}
			}
		}
	}
	if seen != 2 {
		t.Errorf("%d applies were seen, want 2", seen)
	}
}

// TestIdentityTokensAreRemoved: a file outlives its job on a machine that runs several.
func TestIdentityTokensAreRemoved(t *testing.T) {
	seen := 0
	for _, w := range workflows(t) {
		for name, j := range w.body.Jobs {
			for _, s := range j.Steps {
				if s.ID != "alibaba" {
					continue
				}
				seen++
				last := j.Steps[len(j.Steps)-1]
				if last.If != "always()" || last.Run != `rm -f "$RUNNER_TEMP/alibaba-token"` ||
					!strings.Contains(s.Run, "file=$RUNNER_TEMP/alibaba-token\n") || !strings.Contains(s.Run, "umask 077\n") {
					t.Errorf("%s, job %s: the token is readable by others or stays behind", w.name, name)
				}
			}
		}
	}
	if seen != 5 {
		t.Errorf("%d tokens were seen, want 5", seen)
	}
}
