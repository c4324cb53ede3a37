package e2e

import (
	"strings"
	"testing"

	"regent/internal/github/githubtest"
)

// TestGuardOfTheAction: a plan over the limits is made, commented, and says that its apply would be stopped; the apply is
// stopped before its first write, for that reason. Within the limits both go through.
func TestGuardOfTheAction(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		with  map[string]string
		over  bool
		texts []string
	}{
		"more changes":     {map[string]string{"max-changes": "2"}, true, []string{"the plan makes 3 changes (3 to add, 0 to modify), and the input max-changes allows 2"}},
		"a larger part":    {map[string]string{"max-change-percent": "99"}, true, []string{"3 changes to the file's 3 items, which are 100% of them, and the input max-change-percent allows 99%"}},
		"both":             {map[string]string{"max-changes": "0", "max-change-percent": "0"}, true, []string{"max-changes allows 0", "max-change-percent allows 0%"}},
		"none":             {map[string]string{}, false, nil},
		"empty":            {map[string]string{"max-changes": "", "max-change-percent": " "}, false, nil},
		"exactly as large": {map[string]string{"max-changes": "3", "max-change-percent": "100"}, false, nil},
	} {
		for _, reviewed := range []string{"true", "false"} {
			t.Run(name+" reviewed="+reviewed, func(t *testing.T) {
				t.Parallel()
				s := newStage(t, dialects()[2].file(3))
				with := map[string]string{"require-reviewed-plan": reviewed}
				for key, value := range c.with {
					with[key] = value
				}
				got := s.start("pull_request", opened(), with).exits(0, "").gives("add", "3", "has-changes", "true")
				if warned := strings.Contains(got.log, "An apply of this plan would be stopped before its first write") || len(got.annotations("warning")) > 0; warned != c.over {
					t.Errorf("a warning: %v, want %v\n%s", warned, c.over, got)
				}
				got.tells("warning", c.texts...)
				push := s.merge()
				s.ClearRequests()
				if !c.over {
					s.start("push", push, with).exits(0, "").gives("add", "3", "failed", "0")
					return
				}
				got = s.start("push", push, with).exits(4, "too-many-changes").gives("add", "3", "failed", "0", "unknown", "0")
				s.wrote()
				got.tells("error", c.texts...).summarizes(c.texts...)
				got.summarizes("Nothing was applied", "raise the input")
				holds(t, "the comment", s.comment().Body, c.texts...)
				// Somebody raises the limit and runs the step again.
				delete(with, "max-changes")
				delete(with, "max-change-percent")
				s.start("push", push, with).exits(0, "").gives("add", "3")
			})
		}
	}
}

// TestGuardOfTheActionComesAfterTheReview: what was not reviewed is refused for that.
func TestGuardOfTheActionComesAfterTheReview(t *testing.T) {
	t.Parallel()
	s := newStage(t, dialects()[2].file(3))
	s.start("push", s.merge(), map[string]string{"max-changes": "1"}).exits(4, "no-reviewed-plan")
	s.start("schedule", githubtest.Event("schedule"), map[string]string{"max-changes": "1"}).exits(0, "drift")
}

// TestGuardOfTheActionMustBeANumber: a limit that cannot be read is none to rely on.
func TestGuardOfTheActionMustBeANumber(t *testing.T) {
	t.Parallel()
	for _, value := range []string{"-1", "many", "1.5", "50%", "1e3"} {
		s := newStage(t, dialects()[2].file(1))
		got := s.start("pull_request", opened(), map[string]string{"max-changes": value, "max-change-percent": value}).exits(1, "input-invalid")
		got.tells("error", "input max-changes: ", "input max-change-percent: ", "write a whole number from 0")
		if n := len(s.Requests()); n > 0 {
			t.Errorf("%d requests", n)
		}
	}
	s := newStage(t, dialects()[2].file(1))
	s.start("pull_request", opened(), map[string]string{"max-change-percent": "101"}).exits(1, "input-invalid").tells("error", "from 0 to 100")
}
