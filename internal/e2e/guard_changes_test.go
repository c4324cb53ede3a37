package e2e

import (
	"os"
	"strings"
	"testing"

	"regent/internal/emulator"
)

// fourAndTwo is a world with two live items of a dialect and a file that modifies both and adds two.
func fourAndTwo(t *testing.T) (w *world, file string) {
	t.Helper()
	w = newWorld(t, emulator.Options{})
	d := hssHarbor()
	w.applied(0, w.file("seed.yaml", d.file(2)))
	w.ClearRequests()
	return w, w.file("r.yaml", strings.ReplaceAll(d.file(4), "robot$hss", "robot$new"))
}

func TestGuardStopsAnApplyBeforeItsFirstWrite(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ flag, value, says string }{
		{"--max-changes", "3", "the plan makes 4 changes (2 to add, 2 to modify), and --max-changes allows 3"},
		{"--max-changes", "0", "--max-changes allows 0"},
		{"--max-change-percent", "99", "the plan makes 4 changes to the file's 4 items, which are 100% of them, and --max-change-percent allows 99%"},
	} {
		for _, format := range []string{"text", "markdown", "json"} {
			t.Run(c.flag+c.value+format, func(t *testing.T) {
				t.Parallel()
				w, file := fourAndTwo(t)
				audit := w.path("audit.jsonl")
				r := w.apply(file, c.flag, c.value, "--format", format, "--audit", audit).exits(t, 4)
				oneLine(t, "stderr", r.err, "regent: refused, nothing was written: ", c.says)
				r.says(t, "2 to add, 2 to modify", "hss-4") // the plan, so that somebody can judge it
				w.wrote()
				if _, err := os.Stat(audit); err == nil {
					t.Error("an apply that never began has an audit file")
				}
				if format != "json" {
					return
				}
				for item, status := range decode[applyDoc](t, r.out).statuses() {
					if status != "not attempted" {
						t.Errorf("%s ended as %s", item, status)
					}
				}
			})
		}
	}
}

func TestGuardLetsPassWhatItAllows(t *testing.T) {
	t.Parallel()
	for _, flags := range [][]string{
		nil, {"--max-changes", "4"}, {"--max-change-percent", "100"}, {"--max-changes=4", "--max-change-percent=100"},
	} {
		w, file := fourAndTwo(t)
		w.apply(file, flags...).exits(t, 0)
		// A second apply has nothing to write, which no guard stops.
		w.apply(file, "--max-changes", "0", "--max-change-percent", "0").exits(t, 0)
	}
}

// TestGuardCountsWhatTheChosenAccountsHold: the items of other accounts make no part smaller.
func TestGuardCountsWhatTheChosenAccountsHold(t *testing.T) {
	t.Parallel()
	w := newWorld(t, emulator.Options{})
	w.applied(0, w.file("seed.yaml", together(4, dialects()...)))
	file := w.file("r.yaml", strings.ReplaceAll(together(4, dialects()...), "robot$hss", "robot$new"))
	w.ClearRequests()
	w.apply(file, "--max-change-percent", "33").exits(t, 4).says(t, "4 changes to the file's 12 items, which are 33.4% of them")
	w.apply(file, "--max-change-percent", "34", "--account", "host-security").exits(t, 4).says(t, "the file's 4 items, which are 100% of them")
	w.wrote()
	w.apply(file, "--max-change-percent", "34").exits(t, 0)
}

// TestGuardCountsBlockedItemsAsItems, and what is blocked as no change.
func TestGuardCountsBlockedItemsAsItems(t *testing.T) {
	t.Parallel()
	w := newWorld(t, emulator.Options{})
	d := swrHarbor()
	w.seeded(d)
	w.ClearRequests()
	blocked := w.file("r.yaml", d.holding(d.blocked(t, d.immutable[0], 1)))
	w.apply(blocked, "--max-changes", "0", "--max-change-percent", "0").exits(t, 1).says(t, d.immutable[0].reason)
	w.wrote()
}

// TestGuardComesAfterTheReviewedPlan: an apply that is refused for both reasons is not the reviewed one in the first place.
func TestGuardComesAfterTheReviewedPlan(t *testing.T) {
	t.Parallel()
	w, file := fourAndTwo(t)
	saved := w.path("plan.json")
	w.plan(file, "--out", saved).exits(t, 0)
	other := w.file("other.yaml", strings.ReplaceAll(w.read(file), "robot$new", "robot$newer"))
	r := w.apply(other, "--plan", saved, "--max-changes", "1").exits(t, 4).says(t, "the plan is not the reviewed one")
	if strings.Contains(r.err, "max-changes") {
		t.Errorf("the guard was asked first\n%s", r)
	}
	w.apply(file, "--plan", saved, "--max-changes", "1").exits(t, 4).says(t, "--max-changes allows 1")
	w.wrote()
	w.apply(file, "--plan", saved, "--max-changes", "4").exits(t, 0)
}

// TestGuardAsksNobody: there is nothing to confirm, and no secret to look for.
func TestGuardAsksNobody(t *testing.T) {
	t.Parallel()
	w, file := fourAndTwo(t)
	w.unset("HSS_PASSWORD")
	r := w.run("apply", "-f", file, "--max-changes", "1").exits(t, 4)
	if strings.Contains(r.err, "HSS_PASSWORD is not set or empty") || strings.Contains(r.err, "no terminal") {
		t.Error(r)
	}
}

func TestGuardRefusesWhatIsNoLimit(t *testing.T) {
	t.Parallel()
	w, file := fourAndTwo(t)
	for _, args := range [][]string{
		{"--max-changes", "-1"}, {"--max-changes", "many"}, {"--max-changes", "1.5"}, {"--max-changes", ""}, {"--max-changes", "5%"},
		{"--max-change-percent", "101"}, {"--max-change-percent", "-1"}, {"--max-change-percent", "50%"}, {"--max-change-percent", " "},
	} {
		r := w.apply(file, args...).exits(t, 1).says(t, args[0], "write a whole number")
		if r.out != "" {
			t.Errorf("a mistake on the command line has a result\n%s", r)
		}
	}
	if n := len(w.Requests()); n > 0 {
		t.Errorf("%d requests", n)
	}
}

// TestGuardIsNoneOfThePlan: a plan is never stopped, and takes no such flag.
func TestGuardIsNoneOfThePlan(t *testing.T) {
	t.Parallel()
	w, file := fourAndTwo(t)
	w.plan(file, "--max-changes", "1").exits(t, 1).says(t, "unknown flag")
	w.plan(file).exits(t, 0)
}
