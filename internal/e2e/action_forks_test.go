package e2e

import (
	"strings"
	"testing"

	"regent/internal/emulator"
	"regent/internal/github/githubtest"
)

// readOnly is what GitHub grants the token of a run for a fork or for Dependabot.
var readOnly = map[string]string{"contents": "read", "pull-requests": "read", "issues": "read", "metadata": "read"}

// permissionBlock is what a workflow needs for comments, as it stands in a notice.
const permissionBlock = "permissions:\n  contents: read\n  pull-requests: write"

// withoutSecrets takes from a run what GitHub gives no fork: the secrets of the repository.
func withoutSecrets(run *githubtest.Run) *githubtest.Run {
	for name := range run.Env {
		secretOnly := strings.HasPrefix(name, "ALIBABA_CLOUD_") || strings.HasPrefix(name, "HUAWEICLOUD_SDK_") ||
			strings.Contains(name, "PASSWORD") || strings.Contains(name, "SECRET") || strings.HasSuffix(name, "_LOGIN") || strings.HasSuffix(name, "_TOKEN")
		if secretOnly && !strings.HasPrefix(name, "ACTIONS_") && !strings.HasPrefix(name, "INPUT_") {
			delete(run.Env, name)
		}
	}
	run.Env["ALIBABA_CLOUD_ECS_METADATA_DISABLED"] = "true" // a hosted runner has none; do not look for it here
	return run
}

// emptySecrets gives a run what the example workflows make of secrets that are not there: empty variables, beside the
// settings that are no secrets.
func emptySecrets(run *githubtest.Run) *githubtest.Run {
	withoutSecrets(run)
	for _, name := range []string{"ALIBABA_CLOUD_OIDC_TOKEN_FILE", "HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK", "SWR_SECRET", "INPUT_PLAN-SIGNING-KEY"} {
		run.Env[name] = ""
	}
	run.Env["ALIBABA_CLOUD_ROLE_ARN"], run.Env["ALIBABA_CLOUD_OIDC_PROVIDER_ARN"] = "acs:ram::1:role/plan", "acs:ram::1:oidc-provider/github"
	return run
}

// restrictedEvents are runs to which GitHub gives neither secrets nor a token that writes.
func restrictedEvents() map[string][]byte {
	deleted := githubtest.OfPull(githubtest.Pull{Number: 7, HeadSHA: githubtest.EventHead, HeadRef: "patch-1", HeadRepo: githubtest.DeletedFork, User: "hubot"})
	return map[string][]byte{
		"fork":             githubtest.Event("pull_request_fork"),
		"a fork of a fork": githubtest.Event("pull_request_fork", githubtest.Set("action", "synchronize")),
		"deleted fork":     githubtest.Event("pull_request_opened", deleted),
		"Dependabot":       githubtest.Event("pull_request_dependabot"),
	}
}

// TestActionOfForksValidates only, since there is nothing to compare with, and says so.
func TestActionOfForksValidates(t *testing.T) {
	t.Parallel()
	for name, payload := range restrictedEvents() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, together(1, dialects()...))
			s.hub.UpdatePull(7, func(p *githubtest.Pull) { p.HeadSHA = githubtest.EventHead })
			s.token = s.hub.Token(bot, readOnly)
			run := withoutSecrets(s.prepare("pull_request", payload, nil))
			got := s.finish(run).exits(0, "no-credentials").gives("has-changes", "false", "digest", "", "plan-path", "").
				tells("notice", "The configuration is valid. It was not compared with the clouds").
				summarizes("Validated only", "never planned with credentials")
			if len(got.annotations("error"))+len(got.annotations("warning")) > 0 {
				t.Errorf("complaints about what cannot be otherwise\n%s", got)
			}
			if all := s.hub.Comments(7); len(all) > 0 {
				t.Errorf("%+v", all)
			}
			if n := len(s.Requests()); n > 0 {
				t.Errorf("%d requests to clouds without credentials", n)
			}
			run = emptySecrets(s.prepare("pull_request", payload, nil))
			s.finish(run).exits(0, "no-credentials").summarizes("Validated only")
			// Asked for a comment, it says what the token would need.
			run = withoutSecrets(s.prepare("pull_request", payload, map[string]string{"comment": "always"}))
			s.finish(run).exits(0, "no-credentials").tells("notice", permissionBlock, "GitHub gives this run a token that only reads")
			// What is wrong in the file is wrong here too.
			s.config = "version: 1\nregistrys: []\n"
			run = withoutSecrets(s.prepare("pull_request", payload, nil))
			s.finish(run).exits(1, "config-invalid").tells("error", "registrys").tells("notice", permissionBlock)
		})
	}
}

// TestActionWithTokenThatOnlyReads puts the plan where it can: into the summary. That is no failure.
func TestActionWithTokenThatOnlyReads(t *testing.T) {
	t.Parallel()
	payload := githubtest.Event("pull_request_opened")
	for permissions, granted := range map[string]map[string]string{"read": readOnly, "nothing": {"contents": "read"}} {
		t.Run(permissions, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, dialects()[2].file(1))
			s.hub.UpdatePull(7, func(p *githubtest.Pull) { p.HeadSHA = githubtest.EventHead })
			s.token = s.hub.Token(bot, granted)
			got := s.start("pull_request", payload, nil).exits(0, "").gives("has-changes", "true", "add", "1", "comment-url", "").
				summarizes("1 to add", "swr-1").tells("notice", permissionBlock, "It is in the summary of this run: https://github.com/octo-org/registries/actions/runs/")
			if len(got.annotations("error")) > 0 || len(s.hub.Comments(7)) > 0 {
				t.Errorf("%s", got)
			}
			// Mistakes still fail the run, and so does a cloud that cannot be read.
			s.faults(emulator.Fault{Operation: "ListInstanceRegistries", Kind: emulator.FaultStatus, Status: 403, Message: "denied", Times: -1})
			s.start("pull_request", payload, nil).exits(1, "unreadable").gives("has-changes", "false", "digest", "").summarizes("denied")
			s.config = "version: 1\naccounts: []\n"
			s.start("pull_request", payload, nil).exits(1, "config-invalid").tells("error", "accounts").tells("notice", permissionBlock)
		})
	}
}

// TestActionOfForksPlansWithNoCredentialsItFinds: a runner of one's own may have a role that answers whoever asks, and the
// file of a fork says where credentials are used.
func TestActionOfForksPlansWithNoCredentialsItFinds(t *testing.T) {
	t.Parallel()
	all := restrictedEvents()
	all["pull_request_target"] = githubtest.Event("pull_request_target")
	for name, payload := range all {
		event := "pull_request"
		if name == "pull_request_target" {
			event = name
		}
		s := newStage(t, dialects()[2].file(1))
		got := s.start(event, payload, map[string]string{"command": "plan"}).exits(0, "no-credentials").gives("has-changes", "false", "digest", "", "plan-path", "").summarizes("Validated only")
		if n := len(s.Requests()); n > 0 {
			t.Errorf("%s: %d requests to clouds\n%s", name, n, got)
		}
	}
}

// TestActionApplyWithTokenThatOnlyReads applies what was reviewed, if the token may look for it, and says what it lacks.
func TestActionApplyWithTokenThatOnlyReads(t *testing.T) {
	t.Parallel()
	s := newStage(t, dialects()[2].file(1))
	s.start("pull_request", opened(), nil).exits(0, "")
	before := s.comment()
	push := s.merge()
	s.token = s.hub.Token(bot, map[string]string{"contents": "read"})
	s.start("push", push, nil).exits(1, "no-permission").tells("notice", permissionBlock).tells("error", "pull-requests: read", "Resource not accessible by integration").
		summarizes("refused")
	s.wrote()
	s.token = s.hub.Token(bot, readOnly)
	got := s.start("push", push, nil).exits(0, "").gives("add", "1").tells("notice", permissionBlock, "pull-requests: write").summarizes("1 applied")
	s.wrote("CreateInstanceRegistry")
	if s.comment() != before || len(got.annotations("error")) > 0 {
		t.Errorf("%s", got)
	}
}

// TestActionOfMergedForks: what a fork proposed was only validated, so the merge is refused, and it says what helps.
func TestActionOfMergedForks(t *testing.T) {
	t.Parallel()
	for _, fork := range []string{"hubot/registries", githubtest.DeletedFork} {
		for _, comment := range []string{"auto", "always"} {
			s := newStage(t, dialects()[2].file(1))
			s.hub.UpdatePull(7, func(p *githubtest.Pull) { p.HeadRepo, p.HeadSHA = fork, githubtest.EventHead })
			// The token may write here, as when a maintainer has approved the run.
			run := withoutSecrets(s.prepare("pull_request", githubtest.Event("pull_request_fork"), map[string]string{"comment": comment}))
			s.finish(run).exits(0, "no-credentials")
			reason := "no-reviewed-plan"
			if comment == "always" {
				reason = "plan-incomplete"
				holds(t, "the comment", s.comment().Body, "Validated only", "never planned with credentials")
			}
			s.start("push", s.merge(), nil).exits(4, reason).tells("error", "open a pull request from this repository")
			s.wrote()
		}
	}
}

// TestActionWithoutCredentialsFails where GitHub gives secrets: somebody has forgotten them.
func TestActionWithoutCredentialsFails(t *testing.T) {
	t.Parallel()
	byPerson := githubtest.Event("pull_request_dependabot", githubtest.Set("sender.login", "octocat"))
	for name, c := range map[string]struct {
		event   string
		payload []byte
		command string
	}{
		"the repository itself":                     {"pull_request", githubtest.Event("pull_request_opened"), ""},
		"a push to Dependabot's branch by a person": {"pull_request", byPerson, ""},
		"a push":     {"push", githubtest.Event("push_merge"), "apply"},
		"a schedule": {"schedule", githubtest.Event("schedule"), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := reviewedStage(t)
			if c.event == "push" {
				s.hub.UpdatePull(7, func(p *githubtest.Pull) { p.Merged = true })
			}
			run := withoutSecrets(s.prepare(c.event, c.payload, map[string]string{"command": c.command}))
			s.finish(run).exits(1, "unreadable").tells("error", "HUAWEICLOUD_SDK_AK").gives("has-changes", "false", "digest", "")
			if all := s.hub.Issues(); len(all) > 0 {
				t.Errorf("%+v", all)
			}
		})
	}
}

// TestActionWithoutToken says so; it does not silently leave the comment out.
func TestActionWithoutToken(t *testing.T) {
	t.Parallel()
	s := newStage(t, dialects()[2].file(1))
	s.start("pull_request", opened(), map[string]string{"github-token": ""}).exits(1, "comment-failed").tells("error", "github-token is empty").
		summarizes("1 to add")
	s.start("pull_request", opened(), map[string]string{"github-token": "", "comment": "never"}).exits(0, "")
	s.secrets = append(s.secrets, "ghs_first-line", "second-line-of-it")
	s.start("pull_request", opened(), map[string]string{"github-token": "ghs_first-line\nsecond-line-of-it"}).exits(1, "comment-failed")
	s.start("pull_request", opened(), map[string]string{"github-token": "ghs_expired"}).exits(1, "comment-failed").tells("error", "GitHub refuses the token: Bad credentials")
	s.start("push", s.merge(), map[string]string{"github-token": ""}).exits(4, "no-reviewed-plan").tells("error", "github-token is empty")
	s.wrote()
}
