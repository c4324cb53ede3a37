package e2e

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"regent/internal/emulator"
)

// plenty gives a configuration with n targets, and the state in which every tenth of them is live: half of those differ
// in a description, the others in their type, which nobody can change.
func plenty(n int) (string, *emulator.State) {
	d := dialects()[2]
	state := &emulator.State{Version: 1}
	for i := 10; i <= n; i += 10 {
		name := numbered("swr-{n}", i)
		live := emulator.SWRRegistry{
			ID: int32(i), Name: name, Type: "swr-pro", URL: numbered("https://dr{n}.example.com", i), Insecure: true,
			Description: "before", Credential: emulator.SWRCredential{Type: "basic", AccessKey: "robot$swr", AccessSecret: "x"},
			DNSConf: &emulator.SWRDNSConf{Hosts: map[string]string{numbered("dr{n}.example.com", i): "192.0.2.20"}},
		}
		if i%20 == 0 {
			live.Type = "huawei-SWR"
		}
		state.SWR.Registries = append(state.SWR.Registries, emulator.SWREntry{ProjectID: project, InstanceID: instance, Registry: live})
	}
	return d.file(n), state
}

// TestACutReviewIsRefused: what the comment did not show was not reviewed. With the input it may be applied all the same.
func TestACutReviewIsRefused(t *testing.T) {
	t.Parallel()
	for n, cut := range map[int]bool{40: false, 150: true} {
		s := newStage(t, dialects()[2].file(n))
		plan := s.start("pull_request", opened(), with(signingKey)).exits(0, "")
		if shown := strings.Count(s.comment().Body, "| `hosts["); cut != (shown < n) {
			t.Errorf("%d of %d hosts are shown", shown, n)
		}
		push := s.merge()
		if cut {
			plan.tells("warning", "does not show all of it", "allow-cut-review")
			s.start("push", push, with(signingKey)).exits(4, "review-cut").tells("error", "what was not shown was not reviewed", "allow-cut-review")
			s.wrote()
			s.start("push", push, with(signingKey, "allow-cut-review", "true")).exits(0, "")
			continue
		}
		if warnings := plan.annotations("warning"); len(warnings) > 0 {
			t.Errorf("%+v", warnings)
		}
		s.start("push", push, with(signingKey)).exits(0, "")
	}
}

// TestActionLargePlans fit where they have to go: totals and blocked changes whole. The comment cannot show all of them, so
// that their reviews count where the workflow says so.
func TestActionLargePlans(t *testing.T) {
	t.Parallel()
	for _, n := range []int{200, 2000, 10_000} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			config, state := plenty(n)
			s := newStage(t, config)
			if err := s.SetState(*state); err != nil {
				t.Fatal(err)
			}
			blocked := n / 20
			totals := fmt.Sprintf("%d to add, %d to modify, %d blocked", n-n/10, n/10-blocked, blocked)
			got := s.start("pull_request", opened(), nil).exits(0, "").gives("add", fmt.Sprint(n-n/10), "blocked", fmt.Sprint(blocked)).summarizes(totals)
			if got := got.annotations("warning"); len(got) != 2 { // all are blocked for one reason, and the comment is cut
				t.Errorf("%d warnings", len(got))
			}
			holds(t, "the log", got.log, totals, fmt.Sprintf("%d entries: type cannot be changed", blocked))
			body := s.comment().Body
			holds(t, "the comment", body, totals, "actions/runs/")
			if len(body) > 65_000 || len(body) < 40_000 || len(got.summary) > 1<<20 || !utf8.ValidString(body) {
				t.Errorf("the comment has %d bytes, the summary %d", len(body), len(got.summary))
			}
			if n <= 2000 {
				for i := 20; i <= n; i += 20 {
					if !strings.Contains(body, numbered("| `swr-{n}` | `swr-primary` |", i)) || !strings.Contains(got.summary, numbered("`swr-{n}`", i)) {
						t.Errorf("blocked swr-%d is left out", i)
					}
				}
			}
			if n == 2000 {
				s.watch(nil).exits(0, "drift")
				holds(t, "the issue", s.issue().Body, totals)
			}
			s.reviewLarge(n)
		})
	}
}

// reviewLarge insists that a large plan is still the reviewed one at the merge, and noticed when it is not. Beyond some
// thousand changes there is room for the digest of the whole alone, so that not even a subset passes.
func (s *stage) reviewLarge(n int) {
	s.t.Helper()
	described := func(text string) {
		s.change(func(state *emulator.State) { state.SWR.Registries[0].Registry.Description = text })
	}
	push := s.merge()
	s.start("push", push, nil).exits(4, "review-cut")
	cut := map[string]string{"allow-cut-review": "true"}
	delete(s.env, "SWR_SECRET") // the last thing that is asked for before a write
	s.start("push", push, cut).exits(1, "secrets-missing").tells("error", "SWR_SECRET is not set")
	described("disaster recovery") // one change less
	if n > 2000 {
		s.start("push", push, cut).exits(4, "plan-changed").tells("error", "only an equal plan passes")
		return
	}
	s.start("push", push, cut).exits(1, "secrets-missing")
	described("changed by hand")
	s.start("push", push, cut).exits(4, "plan-changed").tells("error", "the plan is no longer the reviewed one").
		summarizes("The plan as it is now")
	holds(s.t, "the comment", s.comment().Body, "regent apply: refused", "| Entry | Field | Reviewed | Now |")
	s.wrote()
}

// TestActionManyFindings of a file: ten on their lines, the rest counted and in the summary.
func TestActionManyFindings(t *testing.T) {
	t.Parallel()
	var lines []string
	for i := range 40 {
		lines = append(lines, fmt.Sprintf("unknown%d: 1", i))
	}
	s := newStage(t, "version: 1\n"+strings.Join(lines, "\n")+"\n")
	got := s.start("pull_request", opened(), nil).exits(1, "config-invalid").summarizes("**40 errors.**", "[`registries.yaml:41:1`](http")
	errors := got.annotations("error")
	if len(errors) != 10 {
		t.Errorf("%d errors", len(errors))
	}
	holds(t, "the log", got.log, "registries.yaml:41:1: ", "30 more of level error are not annotations")
	holds(t, "the comment", s.comment().Body, "**40 errors.**", "[`registries.yaml:41:1`](http")
}
