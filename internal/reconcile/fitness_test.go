package reconcile_test

import (
	"strings"
	"testing"

	"regent/internal/emulator"
)

// TestLoginFromAVariableObeysTheRulesOfTheFile: a line break, blanks, too many characters and what cannot be seen are an
// error in the plan, and stop an apply before its first write.
func TestLoginFromAVariableObeysTheRulesOfTheFile(t *testing.T) {
	t.Parallel()
	for value, why := range map[string]string{
		"robot\n": "ends in a line break; store it without", "   ": "holds nothing but blanks",
		strings.Repeat("x", 300): "has 300 characters; at most 128", "robot\u200b": "holds U+200B (zero-width space)",
		"pass\xffword": "holds text that is not UTF-8",
	} {
		w := start(t, emulator.Options{})
		w.env["ROBOT"] = value
		r := w.reconciler(t, accounts+registries)
		p := r.Plan(t.Context())
		if p.Summary.Problems != 2 || p.Summary.Changes["add"] != 1 || !strings.Contains(r.Errors(p).Error(), "registries.yaml:10:15: account hss: harbor: username comes from env ROBOT, which "+why) {
			t.Errorf("%q: %+v: %v", value, p.Summary, r.Errors(p))
		}
		missing := lines(r.Missing(p))
		if strings.Count(missing, why) != 1 || !strings.Contains(missing, "the environment variable ROBOT, from which username comes, ") {
			t.Errorf("%q: an apply says %q", value, missing)
		}
		if strings.Contains(missing+string(p.JSON()), value) && value != "   " {
			t.Errorf("%q is shown", value)
		}
	}
}

// TestSecretThatEndsInALineBreakIsNotSent: no plan could tell later that the wrong one was stored.
func TestSecretThatEndsInALineBreakIsNotSent(t *testing.T) {
	t.Parallel()
	for value, why := range map[string]string{
		"right-one\n": "ends in a line break; store it without", "right-one\r\n": "ends in a line break; store it without",
		"\ufeffright-one": "begins with a byte-order mark (U+FEFF); store it without", "     ": "holds nothing but blanks",
	} {
		w := start(t, emulator.Options{})
		w.env["SECRET"] = value
		r := w.reconciler(t, accounts+registries)
		p := r.Plan(t.Context())
		if notes := string(p.JSON()); p.Failed() || !strings.Contains(notes, "dr: accessSecret comes from env SECRET, which "+why) {
			t.Errorf("%q: the plan notes %s", value, notes)
		}
		if missing := lines(r.Missing(p)); !strings.Contains(missing, "the environment variable SECRET, from which accessSecret comes, "+why) {
			t.Errorf("%q: an apply says %q", value, missing)
		}
	}
}

// TestDoubtfulSecretIsNotedAndSent once for all its uses.
func TestDoubtfulSecretIsNotedAndSent(t *testing.T) {
	t.Parallel()
	for value, what := range map[string]string{"right-one ": "has blanks at an end", "right\none": "holds a line break"} {
		w := start(t, emulator.Options{})
		w.env["PASSWORD"], w.env["ROBOT"] = value, "robot"
		r := w.reconciler(t, strings.Replace(accounts+registries, "{env: SECRET}", "{env: PASSWORD}", 1))
		p := r.Plan(t.Context())
		if said := strings.Count(string(p.JSON()), "comes from env PASSWORD, which "+what); said != 3 {
			t.Errorf("%q: noted %d times, want once for each account", value, said)
		}
		if missing := r.Missing(p); len(missing) > 0 {
			t.Errorf("%q is refused: %s", value, lines(missing))
		}
	}
}
