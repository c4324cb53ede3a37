package e2e

import (
	"testing"
)

// TestActionPlanNeedsNoSecretOfTheFile: the job that plans has neither logins nor passwords, the job that applies has
// both, and what the one showed is what the other does.
func TestActionPlanNeedsNoSecretOfTheFile(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		// live is the login that is registered, login the variable's value when the merge is applied.
		live, login string
		// other says that something else is to be modified too.
		other  bool
		reason string
		writes []string
	}{
		{name: "added", login: "robot", writes: []string{"CreateInstanceRegistry"}},
		{name: "same login", live: "robot", login: "robot", other: true, writes: []string{"UpdateInstanceRegistry"}},
		{name: "same login and nothing else", live: "robot", login: "robot"},
		{name: "another login", live: "old-robot", login: "robot", other: true, reason: "plan-changed"},
		{name: "another login and nothing else", live: "old-robot", login: "robot", reason: "no-reviewed-plan"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := dialects()[2]
			s := newStage(t, edit(t, d.file(1), "accessKey: robot$swr", "accessKey: {env: SWR_LOGIN}"))
			if c.live != "" {
				s.env["SWR_LOGIN"] = c.live
				s.applied(0, s.world.file("r.yaml", s.config))
			}
			if c.other {
				s.file("description: disaster recovery", "description: another")
			}
			s.ClearRequests()
			run := s.prepare("pull_request", opened(), nil)
			delete(run.Env, "SWR_LOGIN")
			delete(run.Env, "SWR_SECRET")
			s.finish(run).exits(0, "")
			s.env["SWR_LOGIN"] = c.login
			push := s.merge()
			if c.reason == "" {
				s.start("push", push, nil).exits(0, "")
				s.wrote(c.writes...)
				return
			}
			// The plan could not tell that the login is another one, so nobody has approved that.
			got := s.start("push", push, nil).exits(4, c.reason)
			s.wrote()
			if c.other {
				got.tells("error", "accessKey is not in the reviewed plan", "give the step that plans the variable SWR_LOGIN").
					summarizes("give the step that plans the variable")
			}
			s.start("push", s.next(8, nil), nil).exits(0, "").gives("modify", "1")
			s.wrote("UpdateInstanceRegistry")
		})
	}
}
