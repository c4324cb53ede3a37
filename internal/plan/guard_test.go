package plan_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"regent/internal/plan"
)

// counts are the changes of a summary by their action.
type counts = map[plan.Action]int

func TestOver(t *testing.T) {
	t.Parallel()
	none := plan.Limit{}
	for _, c := range []struct {
		name    string
		summary plan.Summary
		guard   plan.Guard
		want    []string
	}{
		{"no guard", plan.Summary{Changes: counts{"add": 1000}}, plan.Guard{}, nil},
		{"at the limit", plan.Summary{Changes: counts{"add": 3, "modify": 2}}, plan.Guard{Changes: plan.LimitOf(5)}, nil},
		{"one more", plan.Summary{Changes: counts{"add": 3, "modify": 3}}, plan.Guard{Changes: plan.LimitOf(5)}, []string{"the plan makes 6 changes (3 to add, 3 to modify), and --max-changes allows 5"}},
		{"none allowed", plan.Summary{Changes: counts{"modify": 1}, Unchanged: 9}, plan.Guard{Changes: plan.LimitOf(0)}, []string{"the plan makes 1 change (0 to add, 1 to modify), and --max-changes allows 0"}},
		{"nothing to write", plan.Summary{Changes: counts{"blocked": 7}, Unmanaged: 9}, plan.Guard{plan.LimitOf(0), plan.LimitOf(0)}, nil},
		{"an empty file", plan.Summary{Unmanaged: 9}, plan.Guard{plan.LimitOf(0), plan.LimitOf(0)}, nil},
		{"half", plan.Summary{Changes: counts{"add": 5}, Unchanged: 5}, plan.Guard{none, plan.LimitOf(50)}, nil},
		{"a little more than half", plan.Summary{Changes: counts{"add": 501}, Unchanged: 499}, plan.Guard{none, plan.LimitOf(50)}, []string{"the plan makes 501 changes to the file's 1000 items, which are 50.1% of them, and --max-change-percent allows 50%"}},
		{"so little more that it rounds to half", plan.Summary{Changes: counts{"add": 50_001}, Unchanged: 49_999}, plan.Guard{none, plan.LimitOf(50)}, []string{"the plan makes 50001 changes to the file's 100000 items, which are 50.1% of them, and --max-change-percent allows 50%"}},
		{"blocked items are items", plan.Summary{Changes: counts{"modify": 1, "blocked": 1}}, plan.Guard{none, plan.LimitOf(50)}, nil},
		{"unmanaged and built-in ones are not", plan.Summary{Changes: counts{"modify": 1}, Unchanged: 1, Unmanaged: 98, BuiltIn: new(10)}, plan.Guard{none, plan.LimitOf(49)}, []string{"the plan makes 1 change to the file's 2 items, which are 50% of them, and --max-change-percent allows 49%"}},
		{"all of them", plan.Summary{Changes: counts{"add": 4}}, plan.Guard{none, plan.LimitOf(100)}, nil},
		{"both", plan.Summary{Changes: counts{"add": 4}}, plan.Guard{plan.LimitOf(3), plan.LimitOf(99)}, []string{
			"the plan makes 4 changes (4 to add, 0 to modify), and --max-changes allows 3",
			"the plan makes 4 changes to the file's 4 items, which are 100% of them, and --max-change-percent allows 99%",
		}},
	} {
		var got []string
		for _, e := range (&plan.Plan{Summary: c.summary}).Over(c.guard) {
			got = append(got, e.Sentence("--"))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q", c.name, got)
		}
	}
}

// TestOverIsMonotonous: a plan with more writes never keeps a limit that one with fewer exceeds, nor a stricter guard one
// that a laxer does not.
func TestOverIsMonotonous(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := func(name string) int { return rapid.IntRange(0, 120).Draw(t, name) }
		s := plan.Summary{Changes: counts{"add": n("add"), "modify": n("modify"), "blocked": n("blocked")}, Unchanged: n("unchanged")}
		limit := n("limit")
		over := func(s plan.Summary, limit int) int {
			return len((&plan.Plan{Summary: s}).Over(plan.Guard{plan.LimitOf(limit), plan.LimitOf(limit)}))
		}
		more := s
		more.Changes = maps.Clone(s.Changes)
		if more.Changes["add"]++; more.Unchanged > 0 {
			more.Unchanged--
		}
		if over(more, limit) < over(s, limit) || over(s, limit+1) > over(s, limit) {
			t.Fatalf("%+v at %d", s, limit)
		}
	})
}

func TestLimitsAreWholeNumbers(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"0": "0", "100": "100", " 7\n": "7", "": "", "  ": ""} {
		if l, err := plan.ParseLimit(text, 100); err != nil || l.String() != want {
			t.Errorf("%q: %v %v", text, l, err)
		}
	}
	for _, text := range []string{"-1", "101", "1.5", "ten", "50%", "0x10", "9999999999999999999999"} {
		if _, err := plan.ParseLimit(text, 100); err == nil || err.Error() != "write a whole number from 0 to 100" {
			t.Errorf("%q: %v", text, err)
		}
	}
	if l, err := plan.ParseLimit("100000", -1); err != nil || l != plan.LimitOf(100_000) {
		t.Error(l, err)
	}
	if _, err := plan.ParseLimit("-1", -1); err == nil || !strings.Contains(fmt.Sprint(err), "from 0") {
		t.Error(err)
	}
}
