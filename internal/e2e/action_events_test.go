package e2e

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"testing"

	"regent/internal/github/githubtest"
)

// scene is an event with a command, and what has to come of it.
type scene struct {
	// event is the name of a payload; what comes before the first underscore but one is the event's own name.
	event, command string
	with           map[string]string
	// under is the event's own name where it is not the beginning of event; edit changes the payload.
	under  string
	edit   func(map[string]any)
	code   int
	reason string
	// writes is how many writes reach a cloud, reads tells whether a cloud is asked at all.
	writes int
	reads  bool
	// calls are the operations at GitHub, sorted, each as often as it was called.
	calls string
	// says is part of an annotation of the level.
	level, says string
}

// eventOf gives the event's own name.
func eventOf(payload string) string {
	for _, name := range []string{"pull_request_target", "pull_request", "push", "schedule", "workflow_dispatch", "merge_group"} {
		if strings.HasPrefix(payload, name) {
			return name
		}
	}
	return payload
}

const (
	asked      = githubtest.OpGraphQL
	compared   = githubtest.OpCompare
	updated    = githubtest.OpUpdateComment
	created    = githubtest.OpCreateComment
	pulls      = githubtest.OpCommitPulls
	listIssues = githubtest.OpListIssues
	newIssue   = githubtest.OpCreateIssue
	listed     = githubtest.OpGetTree
	read       = githubtest.OpGetBlob
)

// atGitHub writes operations as calls does.
func atGitHub(operations ...string) string {
	slices.Sort(operations)
	return strings.Join(operations, " ")
}

// scenes are all payloads with their default command and with others.
func scenes() []scene {
	const closed, other = "The pull request is closed", "has no default command"
	review, outside := atGitHub(listed, read, asked, updated), atGitHub(asked, updated) // what comes from outside is not compared
	bySHA, byNumber := atGitHub(pulls, asked, compared, updated), atGitHub(asked, compared, updated)
	unreviewed := map[string]string{"require-reviewed-plan": "false"}
	labelled := githubtest.Set("action", "labeled")
	return []scene{
		{event: "pull_request_opened", reads: true, calls: review},
		{event: "pull_request_opened", command: "validate"},
		{event: "pull_request_opened", command: "drift", reason: "drift", reads: true, calls: atGitHub(listIssues, newIssue)},
		{event: "pull_request_opened", command: "apply", code: 1, reason: "input-invalid", level: "error", says: "it proposes is not merged yet"},
		{event: "pull_request_opened", command: "apply", with: unreviewed, code: 1, reason: "input-invalid", level: "error", says: "it proposes is not merged yet"},
		{event: "pull_request_synchronize", reads: true, calls: review},
		{event: "pull_request_fork", reason: "no-credentials", calls: outside},
		{event: "pull_request_dependabot", reason: "no-credentials", calls: outside},
		{event: "pull_request_target", code: 1, reason: "input-invalid", level: "error", says: "the event pull_request_target " + other},
		{event: "pull_request_target", command: "plan", reason: "no-credentials", calls: outside},
		{event: "pull_request_target", command: "apply", code: 1, reason: "input-invalid", level: "error", says: "apply under pull_request_target"},
		{event: "pull_request_target", command: "apply", with: unreviewed, code: 1, reason: "input-invalid", level: "error", says: "apply under pull_request_target"},
		{event: "pull_request_closed_merged", command: "apply", under: "pull_request_target", reads: true, writes: 1, calls: byNumber},
		{event: "pull_request_closed_unmerged", command: "apply", under: "pull_request_target", reason: "closed", level: "notice", says: "closed without a merge"},

		{event: "pull_request_closed_merged", reason: "closed", level: "notice", says: closed},
		{event: "pull_request_closed_merged", edit: labelled, reason: "closed", level: "notice", says: closed},
		{event: "pull_request_closed_merged", command: "apply", edit: labelled, reads: true, writes: 1, calls: byNumber},
		{event: "pull_request_closed_merged", command: "plan", reason: "closed", level: "notice", says: closed},
		{event: "pull_request_closed_merged", command: "apply", reads: true, writes: 1, calls: byNumber},
		{event: "pull_request_closed_unmerged", reason: "closed", level: "notice", says: closed},
		{event: "pull_request_closed_unmerged", command: "apply", reason: "closed", level: "notice", says: "closed without a merge"},
		{event: "pull_request_closed_unmerged", command: "apply", with: unreviewed, reason: "closed", level: "notice", says: "closed without a merge"},
		{event: "pull_request_fork_deleted", reason: "closed", level: "notice", says: closed},
		{event: "pull_request_fork_deleted", command: "apply", reads: true, writes: 1, calls: byNumber},

		{event: "push_merge", reads: true, writes: 1, calls: bySHA},
		{event: "push_merge", command: "plan", reads: true},
		{event: "push_merge", command: "validate"},
		{event: "push_squash", reads: true, writes: 1, calls: bySHA},
		{event: "push_rebase", reads: true, writes: 1, calls: bySHA},
		{event: "push_plain", code: 4, reason: "not-merged", reads: true, calls: atGitHub(pulls, pulls, pulls, pulls, pulls), level: "error", says: "require-reviewed-plan"},
		{event: "push_plain", with: unreviewed, reads: true, writes: 1, calls: atGitHub(pulls, pulls, pulls, pulls, pulls)},
		{event: "push_plain", with: map[string]string{"require-reviewed-plan": "false", "comment": "never"}, reads: true, writes: 1},
		{event: "push_branch", code: 1, reason: "input-invalid", level: "error", says: "a push to refs/heads/new-region " + other},
		{event: "push_branch", command: "plan", reads: true},
		{event: "push_branch_deleted", code: 1, reason: "input-invalid", level: "error", says: "refs/heads/new-region"},
		{event: "push_branch_deleted", command: "apply", code: 1, reason: "input-invalid", level: "error", says: "refs/heads/new-region"},
		{event: "push_tag", code: 1, reason: "input-invalid", level: "error", says: "a push to refs/tags/v1.4.0 " + other},
		{event: "push_tag", command: "validate"},

		{event: "schedule", reason: "drift", reads: true, calls: atGitHub(listIssues, newIssue)},
		{event: "schedule", command: "plan", reads: true},
		{event: "schedule", command: "apply", with: unreviewed, reads: true, writes: 1, calls: atGitHub(pulls, pulls, pulls, pulls, pulls)},
		{event: "workflow_dispatch", code: 1, reason: "input-invalid", level: "error", says: "the event workflow_dispatch " + other},
		{event: "workflow_dispatch", command: "plan", reads: true},
		{event: "workflow_dispatch", command: "drift", reason: "drift", reads: true, calls: atGitHub(listIssues, newIssue)},
		{event: "merge_group", code: 1, reason: "input-invalid", level: "error", says: "the event merge_group " + other},
		{event: "merge_group", command: "plan", reads: true},
		{event: "merge_group", command: "validate"},
	}
}

// TestActionEvents plays every scene: exit code and reason, what was asked of GitHub, what was written to a cloud.
func TestActionEvents(t *testing.T) {
	t.Parallel()
	played := map[string]bool{}
	for _, c := range scenes() {
		played[c.event] = true
		name := strings.TrimSpace(c.event + " " + c.command + " " + c.under)
		if c.edit != nil {
			name += " edited"
		}
		for _, value := range slices.Sorted(maps.Keys(c.with)) {
			name += " " + value + "=" + c.with[value]
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.play(t)
		})
	}
	for _, event := range githubtest.Events() {
		if !played[event] {
			t.Errorf("the event %s is not played", event)
		}
	}
}

// play reviews a plan, then lets the event happen.
func (c scene) play(t *testing.T) {
	s := reviewedStage(t)
	body := s.comment().Body
	if strings.Contains(c.event, "merged") && !strings.Contains(c.event, "unmerged") || strings.HasPrefix(c.event, "push") || strings.Contains(c.event, "deleted") {
		s.hub.UpdatePull(7, func(p *githubtest.Pull) { p.Merged = true })
	}
	s.ClearRequests()
	with := maps.Clone(c.with)
	if c.command != "" {
		if with == nil {
			with = map[string]string{}
		}
		with["command"] = c.command
	}
	event, payload := cmp.Or(c.under, eventOf(c.event)), githubtest.Event(c.event)
	if c.edit != nil {
		payload = githubtest.Event(c.event, c.edit)
	}
	got := s.start(event, payload, with).exits(c.code, c.reason)
	if c.level != "" {
		got.tells(c.level, c.says)
	}
	if reads := len(s.Requests()) > 0; reads != c.reads {
		t.Errorf("clouds were asked: %v, want %v", reads, c.reads)
	}
	if n := len(s.writes()); n != c.writes {
		t.Errorf("%d writes, want %d\n%s", n, c.writes, got)
	}
	if calls := s.called(); calls != c.calls {
		t.Errorf("GitHub was asked for %s, want %s", calls, c.calls)
	}
	if now := s.comment().Body; now != body && !strings.Contains(c.calls, updated) {
		t.Errorf("the comment was touched: %s", now)
	}
}

// reviewedStage sets a scene in which the plan of one addition stands in the comment of pull request 7, as the payloads
// have it.
func reviewedStage(t *testing.T) *stage {
	t.Helper()
	s := newStage(t, dialects()[2].file(1))
	s.hub.UpdatePull(7, func(p *githubtest.Pull) { p.HeadSHA = githubtest.EventHead })
	s.start("pull_request", githubtest.Event("pull_request_opened"), nil).exits(0, "").gives("add", "1")
	s.comment()
	s.called()
	return s
}

// TestActionDispatchedApply carries out the plan that was reviewed for the commit at the tip, as a push does.
func TestActionDispatchedApply(t *testing.T) {
	t.Parallel()
	s := reviewedStage(t)
	s.hub.UpdatePull(7, func(p *githubtest.Pull) { p.Merged = true })
	run := s.prepare("workflow_dispatch", githubtest.Event("workflow_dispatch"), map[string]string{"command": "apply"})
	run.Env["GITHUB_SHA"] = githubtest.EventMerge
	s.finish(run).exits(0, "").gives("add", "1")
	s.wrote("CreateInstanceRegistry")
}

// called lists the operations at GitHub since the last look, sorted.
func (s *stage) called() string {
	var all []string
	for _, r := range s.hub.Requests() {
		all = append(all, r.Operation)
	}
	s.hub.Forget()
	return atGitHub(all...)
}
