package e2e

import (
	"strings"
	"testing"

	"regent/internal/emulator"
	"regent/internal/github/githubtest"
)

// turn is what happens between the review of a plan and its apply.
type turn struct {
	name string
	do   func(s *stage)
	// undo makes it good again; nil where the plan has to be reviewed anew.
	undo func(s *stage)
	// rows are in the table of differences; none when the plan passes.
	rows []string
	// at is the place of the annotation.
	line string
	// add and modify count what is applied in the end.
	add, modify string
}

// file edits the configuration, as another merge does.
func (s *stage) file(from, to string) { s.config = edit(s.t, s.config, from, to) }

// described edits the live description of item 1.
func described(text string) func(*stage) {
	return func(s *stage) {
		s.change(func(state *emulator.State) { state.SWR.Registries[0].Registry.Description = text })
	}
}

// turns start from a plan that adds swr-2 and modifies the description of swr-1, which is live as "disaster recovery".
func turns() []turn {
	unchanged := func(from, to string) (func(*stage), func(*stage)) {
		return func(s *stage) { s.file(from, to) }, func(s *stage) { s.file(to, from) }
	}
	another, noOther := unchanged("replicationTargets:\n", "replicationTargets:\n"+numbered(dialects()[2].item, 3))
	insecure, secure := unchanged("https://dr2.example.com\n    insecure: true", "https://dr2.example.com\n    insecure: false")
	secret, sameSecret := unchanged("{env: SWR_SECRET}\n    hosts: {dr2", "{env: SWR_OTHER_SECRET}\n    hosts: {dr2")
	place, samePlace := unchanged("instanceId: "+instance, "instanceId: 5b0c3f1e-0000-4000-8000-000000000077")
	own, standard := unchanged("instanceId: "+instance, "instanceId: "+instance+"\n    credentials: {accessKey: {env: OWN_AK}, secretKey: {env: OWN_SK}}")
	return []turn{
		{name: "nothing", add: "1", modify: "1"},
		{name: "a value changed by hand", do: described("by hand"), undo: described("disaster recovery"), line: "9", add: "1", modify: "1",
			rows: []string{"| `swr-1` in `swr-primary`<br>[`registries.yaml:9:5`](https://github.com/octo-org/registries/blob/" + merged + "/registries.yaml#L9) | `description` | `\"disaster recovery\" -> \"reviewed\"` | `\"by hand\" -> \"reviewed\"` |"}},
		{name: "what was to be added is there, and another one", undo: func(s *stage) {
			s.change(func(state *emulator.State) { state.SWR.Registries = state.SWR.Registries[:1] })
		}, do: func(s *stage) { s.madeByHand("other") }, line: "18", add: "1", modify: "1",
			rows: []string{"| `action` | `add` | `modify` |", "`description` |"}},
		{name: "an item from another merge", do: another, undo: noOther, line: "9", add: "1", modify: "1",
			rows: []string{"| `swr-3` in `swr-primary`<br>[`registries.yaml:9:5`]", "#L9) |  | not reviewed | `add` |"}},
		{name: "a field from another merge", do: insecure, undo: secure, line: "18", add: "1", modify: "1",
			rows: []string{"| `insecure` | `true` | `false` |"}},
		{name: "another secret", do: secret, undo: sameSecret, line: "18", add: "1", modify: "1",
			rows: []string{"| `secrets` | `accessSecret from env SWR_SECRET` | `accessSecret from env SWR_OTHER_SECRET` |"}},
		{name: "another instance", do: place, undo: samePlace, line: "9", add: "1", modify: "1", rows: []string{"| `swr-1` in `swr-primary`", "not reviewed | `add` |"}},
		{name: "other credentials", do: own, undo: standard, line: "10", add: "1", modify: "1", rows: []string{"| `credentials` | `[]` | `[OWN_AK OWN_SK]` |"}},
		{name: "one was made by hand", do: func(s *stage) { s.madeByHand("disaster recovery") }, add: "0", modify: "1"},
		{name: "one was changed by hand to what the file says", do: described("reviewed"), add: "1", modify: "0"},
		{name: "all was done by hand", do: func(s *stage) { described("reviewed")(s); s.madeByHand("disaster recovery") }, add: "0", modify: "0"},
		{name: "all was done by hand and the comment is gone", do: func(s *stage) {
			described("reviewed")(s)
			s.madeByHand("disaster recovery")
			s.hub.DeleteComment(s.comment().ID)
		}, add: "0", modify: "0"},
		{name: "an unmanaged entry came", do: func(s *stage) {
			s.change(func(state *emulator.State) {
				other := state.SWR.Registries[0]
				other.Registry.ID, other.Registry.Name = 4711, "somebody else's"
				state.SWR.Registries = append(state.SWR.Registries, other)
			})
		}, add: "1", modify: "1"},
		{name: "lines have moved", do: func(s *stage) { s.config = "# a comment\n\n" + s.config }, add: "1", modify: "1"},
	}
}

// madeByHand makes swr-2 live.
func (s *stage) madeByHand(description string) {
	s.change(func(state *emulator.State) {
		made := state.SWR.Registries[0]
		made.Registry.ID, made.Registry.Name, made.Registry.URL = 4242, "swr-2", "https://dr2.example.com"
		made.Registry.Description = description
		made.Registry.DNSConf = &emulator.SWRDNSConf{Hosts: map[string]string{"dr2.example.com": "192.0.2.20"}}
		state.SWR.Registries = append(state.SWR.Registries, made)
	})
}

// TestActionAppliesWhatWasReviewedOrLess and refuses anything else field by field, until it is as reviewed again.
func TestActionAppliesWhatWasReviewedOrLess(t *testing.T) {
	t.Parallel()
	for _, c := range turns() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.play(t)
		})
	}
}

func (c turn) play(t *testing.T) {
	s := newStage(t, dialects()[2].file(1))
	s.env["OWN_AK"], s.env["OWN_SK"] = s.env["HUAWEICLOUD_SDK_AK"], s.env["HUAWEICLOUD_SDK_SK"]
	s.applied(0, s.world.file("r.yaml", s.config))
	s.config = dialects()[2].file(2)
	s.file("https://dr1.example.com\n    insecure: true\n    description: disaster recovery", "https://dr1.example.com\n    insecure: true\n    description: reviewed")
	s.start("pull_request", opened(), nil).exits(0, "").gives("add", "1", "modify", "1")
	s.ClearRequests()
	if c.do != nil {
		c.do(s)
	}
	push := s.merge()
	if len(c.rows) > 0 {
		c.refused(s, push)
		c.undo(s)
	}
	s.start("push", push, nil).exits(0, "").gives("add", c.add, "modify", c.modify)
	var writes []string
	for range strings.Count(c.add, "1") {
		writes = append(writes, "CreateInstanceRegistry")
	}
	for range strings.Count(c.modify, "1") {
		writes = append(writes, "UpdateInstanceRegistry")
	}
	s.wrote(writes...)
}

// refused insists that the run writes nothing and tells what differs: on the line, in the comment and in the summary.
func (c turn) refused(s *stage, push []byte) {
	s.t.Helper()
	got := s.start("push", push, nil).exits(4, "plan-changed").summarizes(c.rows...).tells("error", "the plan is no longer the reviewed one")
	s.wrote()
	holds(s.t, "the comment", s.comment().Body, append(c.rows, "regent apply: refused", "The plan as it is now")...)
	placed := false
	for _, a := range got.annotations("error") {
		placed = placed || a.Properties["file"] == "registries.yaml" && a.Properties["line"] == c.line
	}
	if !placed {
		s.t.Errorf("no error is on line %s: %+v", c.line, got.annotations("error"))
	}
}

// TestActionFindsTheMergedPullRequest while GitHub's index lags, and by the number in the message, which is checked.
func TestActionFindsTheMergedPullRequest(t *testing.T) {
	t.Parallel()
	const never = 1000
	tip := func(message string) func(map[string]any) { return githubtest.Tip(merged, message) }
	direct := githubtest.SHA("a push past any pull request")
	other := githubtest.Pull{Number: 9, HeadSHA: githubtest.SHA("head of 9"), Merged: true}
	for _, c := range []struct {
		name   string
		lag    int
		pull   func(*githubtest.Pull)
		other  *githubtest.Pull
		edit   func(map[string]any)
		reason string
		says   string
	}{
		{name: "at once", edit: tip("anything")},
		{name: "after a moment", lag: 3, edit: tip("anything")},
		{name: "by the number of a squash", lag: never, edit: tip("Change the registries (#7)\n\n* detail (#9)")},
		{name: "by the number of a merge", lag: never, edit: tip("Merge pull request #7 from octo-org/registries\n\nChange")},
		{name: "never", lag: never, edit: tip("Change the registries"), reason: "not-merged", says: "GitHub knows none with it"},
		{name: "number further down", lag: never, edit: tip("Change\n\n(#7)"), reason: "not-merged", says: "GitHub knows none with it"},
		{name: "forged number", other: &other, edit: githubtest.Tip(direct, "Quick fix (#9)"), reason: "not-merged", says: "#9 was merged as commit"},
		{name: "number of what is not merged", other: &githubtest.Pull{Number: 9}, edit: githubtest.Tip(direct, "Quick fix (#9)"), reason: "not-merged", says: "#9 is not merged"},
		{name: "number of nothing", edit: githubtest.Tip(direct, "Quick fix (#99)"), reason: "not-merged", says: "#99, which the commit's message names, is no pull request"},
		{name: "merged into another branch", pull: func(p *githubtest.Pull) { p.BaseRef = "release" }, edit: tip("anything"), reason: "not-merged", says: "#7 was merged into branch release, not main"},
		{name: "forged number and a plan there", other: &githubtest.Pull{Number: 9, HeadSHA: head(1), Merged: true}, edit: githubtest.Tip(direct, "Merge pull request #9 from x/y"), reason: "not-merged", says: "#9 was merged as commit"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, dialects()[2].file(1))
			s.start("pull_request", opened(), nil).exits(0, "")
			if c.other != nil {
				s.hub.AddPull(*c.other)
				s.hub.AddComment(9, bot, s.comment().Body)
			}
			if s.merge(); c.pull != nil {
				s.hub.UpdatePull(7, c.pull)
			}
			s.hub.Lag(c.lag)
			push := githubtest.Event("push_merge", c.edit)
			if c.reason != "" {
				s.start("push", push, nil).exits(4, c.reason).tells("error", c.says, "require-reviewed-plan to false").summarizes("refused")
				s.wrote()
				return
			}
			s.start("push", push, nil).exits(0, "").gives("add", "1")
			s.wrote("CreateInstanceRegistry")
		})
	}
}
