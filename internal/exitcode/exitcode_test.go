package exitcode_test

import (
	"testing"

	"regent/internal/apply"
	"regent/internal/exitcode"
	"regent/internal/plan"
)

// ended gives a result whose changes ended in these ways.
func ended(ends ...apply.Status) *apply.Result {
	r := &apply.Result{}
	for _, s := range ends {
		r.Outcomes = append(r.Outcomes, apply.Outcome{Status: s})
	}
	return r
}

func TestInvariant08ExitCodeTellsWhatWasDone(t *testing.T) {
	t.Parallel()
	accepted := ended(apply.Failed) // by the vendor, and then it did not take
	accepted.Outcomes[0].Written = true
	for _, c := range []struct {
		name     string
		problems int
		result   *apply.Result
		want     int
	}{
		{"nothing to do", 0, ended(), exitcode.OK},
		{"all applied", 0, ended(apply.Applied, apply.Applied), exitcode.OK},
		{"one failed", 0, ended(apply.Applied, apply.Failed), exitcode.Partial},
		{"all failed", 0, ended(apply.Failed, apply.Failed), exitcode.Error},
		{"all unknown", 0, ended(apply.Unknown), exitcode.Partial},
		{"one not attempted", 0, ended(apply.Applied, apply.NotAttempted), exitcode.Partial},
		{"none attempted", 0, ended(apply.NotAttempted), exitcode.Error},
		{"accepted, and did not take", 0, accepted, exitcode.Partial},
		{"applied beside a problem", 1, ended(apply.Applied), exitcode.Partial},
		{"a problem alone", 1, ended(), exitcode.Error},
	} {
		if got := exitcode.Of(&plan.Plan{Problems: make([]plan.Problem, c.problems)}, c.result); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}

// TestInvariant10InterruptedRunsEndBadly: what was applied was not read back.
func TestInvariant10InterruptedRunsEndBadly(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		result *apply.Result
		want   int
	}{
		{"after the last write", ended(apply.Applied), exitcode.Partial},
		{"before the first", ended(apply.NotAttempted), exitcode.Error},
		{"with nothing to do", ended(), exitcode.Error},
	} {
		c.result.Interrupted = true
		if got := exitcode.Of(&plan.Plan{}, c.result); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}
