package e2e

import (
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"regent/internal/emulator"
	"regent/schema"
)

// planSchema compiles the schema of plans that the program ships.
func planSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(schema.Plan()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("plan.json", doc); err != nil {
		t.Fatal(err)
	}
	compiled, err := c.Compile("plan.json")
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

// fitsPlanSchema insists that a text is one JSON document that fits the schema of plans.
func fitsPlanSchema(t *testing.T, s *jsonschema.Schema, text string) planDoc {
	t.Helper()
	if err := s.Validate(decode[any](t, text)); err != nil {
		t.Errorf("the plan does not fit its schema: %v\n%s", err, text)
	}
	return decode[planDoc](t, text)
}

// TestJSONPlansFitTheirSchema: plans of every kind, those of runs that failed among them.
func TestJSONPlansFitTheirSchema(t *testing.T) {
	t.Parallel()
	s := planSchema(t)
	w, file := pendingWorld(t)
	check := func(code int, args ...string) planDoc {
		t.Helper()
		return fitsPlanSchema(t, s, w.run(append([]string{"plan", "--format", "json"}, args...)...).exits(t, code).out)
	}
	check(0, "-f", file)
	check(2, "-f", file, "--detailed-exitcode")
	check(0, "-f", file, "--out", w.path("plan.json"))
	fitsPlanSchema(t, s, w.read(w.path("plan.json")))
	check(1, "-f", w.file("empty.yaml", "version: 1\n"))
	check(0, "-f", w.file("nothing.yaml", accountsOnly))
	check(0, "-f", w.file("variants.yaml", together(1, variants()...)))

	w.faults(on(emulator.Fault{Kind: emulator.FaultStatus, Status: 403, Times: -1}, func(d dialect) string { return d.list })...)
	if p := check(1, "-f", file, "--detailed-exitcode"); len(p.Accounts) != 3 || p.Accounts[0].Error == "" {
		t.Errorf("the plan does not hold the errors of its accounts: %+v", p.Accounts)
	}
	w.faults()
	for _, d := range dialects() {
		w.twice(d)
	}
	if p := check(1, "-f", file); p.Summary.Problems != 3 || len(p.Problems) != 3 {
		t.Errorf("summary %+v, problems %+v", p.Summary, p.Problems)
	}
	// A run that ends before it has a plan still answers one document.
	broken := w.file("broken.yaml", "version: 1\nacounts: {}\nregistries:\n  - name: x\n")
	if p := check(1, "-f", broken); p.Summary.Problems == 0 || !strings.Contains(p.Problems[0].Message, "accounts") {
		t.Errorf("the document does not hold the findings: %+v", p.Problems)
	}
	for _, args := range [][]string{
		{"-f", w.path("missing.yaml")}, {"-f", file, "--account", "nobody"}, {"-f", file, "--out", w.path("no/folder/plan.json")},
	} {
		check(1, args...)
	}
	delete(w.env, "ALIBABA_CLOUD_ACCESS_KEY_SECRET")
	check(1, "-f", file)
}

// TestJSONResultsAreOneDocument: an apply answers one document however it ends, and its changes are all accounted for.
func TestJSONResultsAreOneDocument(t *testing.T) {
	t.Parallel()
	w, file := pendingWorld(t)
	plan := w.path("plan.json")
	w.plan(file, "--out", plan).exits(t, 0)
	check := func(name string, code, notAttempted int, says string, args ...string) {
		t.Helper()
		r := w.run(append([]string{"apply", "--format", "json"}, args...)...).exits(t, code).says(t, says)
		done := decode[applyDoc](t, r.out)
		if done.Summary.NotAttempted != notAttempted || len(done.Outcomes) != notAttempted {
			t.Errorf("%s: summary %+v of %d outcomes, want %d not attempted", name, done.Summary, len(done.Outcomes), notAttempted)
		}
		for _, o := range done.Outcomes {
			if !strings.Contains(o.Detail, "nothing was written") {
				t.Errorf("%s: an outcome without a reason: %+v", name, o)
			}
		}
		if notAttempted == 0 && len(done.Problems) == 0 {
			t.Errorf("%s: the document does not say what is wrong: %s", name, r.out)
		}
	}
	all := 9 // three changes for each provider
	check("no terminal", 1, all, "no terminal", "-f", file)
	check("another plan", 4, all, "not the reviewed one", "-f", w.file("more.yaml", together(5, dialects()...)), "--plan", plan, "--auto-approve")
	check("audit", 1, all, "audit file cannot be opened", "-f", file, "--auto-approve", "--audit", w.path("no/folder/audit"))
	check("no plan file", 1, 0, "nowhere.json", "-f", file, "--auto-approve", "--plan", w.path("nowhere.json"))
	check("missing file", 1, 0, "missing.yaml", "-f", w.path("missing.yaml"), "--auto-approve")
	check("unknown account", 1, 0, "no such account", "-f", file, "--auto-approve", "--account", "nobody")
	delete(w.env, "SWR_SECRET")
	check("missing secret", 1, all, "SWR_SECRET is not set", "-f", file, "--auto-approve")
	w.faults(on(emulator.Fault{Kind: emulator.FaultStatus, Status: 403, Times: -1}, func(d dialect) string { return d.list })...)
	check("unreadable accounts", 1, 0, "nothing was written", "-f", file, "--auto-approve")
	w.wrote()
}

// TestJSONResultOfEveryEnd: applied, failed, unknown and blocked changes in one document on stdout, nothing else.
func TestJSONResultOfEveryEnd(t *testing.T) {
	t.Parallel()
	w, file := pendingWorld(t)
	w.faults(append(
		on(emulator.Fault{Kind: emulator.FaultStatus, Status: 400}, func(d dialect) string { return d.update }),
		emulator.Fault{Operation: "AddRegistry", Kind: emulator.FaultDropBefore, Times: -1})...)
	done := w.applied(3, file)
	var got []string
	for _, o := range done.Outcomes {
		got = append(got, o.Name+" "+o.Status)
	}
	want := []string{
		"hss-1 failed", "hss-2 not attempted", "hss-3 unknown", "sas-1 failed", "sas-2 not attempted", "sas-3 applied",
		"swr-1 failed", "swr-2 not attempted", "swr-3 applied",
	}
	if !slices.Equal(got, want) {
		t.Errorf("outcomes %v, want %v", got, want)
	}
}

// TestJSONSurvivesSecretsThatAreNumbersOrKeys: what happens to be a secret as well must not tear a document apart.
func TestJSONSurvivesSecretsThatAreNumbersOrKeys(t *testing.T) {
	t.Parallel()
	s := planSchema(t)
	for _, secret := range []string{"100000", "summary", "changes", `": null`, `": 100000,`, `"digest"`, "false,", `null,\n`, `h1.exa\`} {
		t.Run(secret, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, emulator.Options{})
			w.env["SAS_PASSWORD"], w.env["HSS_PASSWORD"], w.env["SWR_SECRET"] = secret, secret, secret
			file := w.file("r.yaml", edit(t, together(1, dialects()...), "imagesPerHour: 10", "imagesPerHour: 100000"))
			fitsPlanSchema(t, s, w.plan(file, "--format", "json").exits(t, 0).out)
			if done := w.applied(0, file); done.Summary.Applied != 3 {
				t.Errorf("summary %+v", done.Summary)
			}
		})
	}
}
