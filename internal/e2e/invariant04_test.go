package e2e

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"regent/internal/emulator"
)

// reviewed saves the plan of a configuration with items 1 and 2, of which item 1 exists with another value.
func reviewed(t *testing.T, w *world, d dialect) (file, plan string) {
	t.Helper()
	w.applied(0, w.file("seed.yaml", d.file(1)))
	file, plan = w.file("r.yaml", w.secondEdition(d)), w.path("plan.json")
	w.plan(file, "--out", plan).exits(t, 0)
	w.ClearRequests()
	return file, plan
}

// secondEdition has item 1 changed and item 2 added.
func (w *world) secondEdition(d dialect) string {
	w.t.Helper()
	return d.edited(w.t, d.mutable[0]) + numbered(d.item, 2)
}

func TestInvariant04ReviewedPlanIsAppliedAndNothingElse(t *testing.T) {
	t.Parallel()
	each(t, dialects(), func(t *testing.T, w *world, d dialect) {
		file, plan := reviewed(t, w, d)
		w.applied(0, file, "--plan", plan)
		w.wrote(d.create, d.update)
		w.holds(d, d.wants(1, d.mutable[0].want), d.wants(2, nil))
		// The same plan file again: what is left of it is nothing.
		w.applied(0, file, "--plan", plan)
		w.wrote()
	})
}

func TestInvariant04RestOfAReviewedPlanIsApplied(t *testing.T) {
	t.Parallel()
	each(t, dialects(), func(t *testing.T, w *world, d dialect) {
		file, plan := reviewed(t, w, d)
		// Item 2 is made by somebody else, and item 1's change by an apply whose second write is refused.
		w.faults(emulator.Fault{Operation: d.create, Kind: emulator.FaultStatus, Status: 400, Code: "HSS.0001"})
		w.applied(3, file, "--plan", plan)
		w.wrote(d.create, d.update)
		w.applied(0, file, "--plan", plan)
		w.wrote(d.create)
		w.holds(d, d.wants(1, d.mutable[0].want), d.wants(2, nil))
	})
}

// TestInvariant04AnotherPlanIsRefused: whatever differs from the reviewed plan ends in exit code 4, names the field and
// writes nothing.
func TestInvariant04AnotherPlanIsRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		// file changes the configuration, live the live state, between plan and apply.
		file func(t *testing.T, w *world, d dialect) string
		live func(t *testing.T, w *world, d dialect)
		says func(d dialect) []string
	}{
		{
			name: "another live value",
			live: func(t *testing.T, w *world, d dialect) {
				w.applied(0, w.file("other.yaml", d.edited(t, d.mutable[1])))
			},
			says: func(d dialect) []string { return []string{d.mutable[1].field, "not in the reviewed plan"} },
		},
		{
			name: "another wish",
			file: func(t *testing.T, w *world, d dialect) string {
				c := d.mutable[0]
				c.to = strings.NewReplacer("198.51.100.7", "198.51.100.8", "url: http:", "url: https:", "elsewhere", "somewhere").Replace(c.to)
				if d.provider == "huawei-hss" {
					c = d.mutable[1]
				}
				return d.edited(t, c) + numbered(d.item, 2)
			},
			says: func(d dialect) []string { return []string{"reviewed", "now"} },
		},
		{
			name: "one item more",
			file: func(_ *testing.T, w *world, d dialect) string { return w.secondEdition(d) + numbered(d.item, 3) },
			says: func(d dialect) []string { return []string{"-3 in account " + d.account, "is not in the reviewed plan"} },
		},
		{
			name: "another secret",
			file: func(t *testing.T, w *world, d dialect) string {
				return strings.ReplaceAll(w.secondEdition(d), d.secrets[0].from, d.secrets[0].to)
			},
			says: func(d dialect) []string { return []string{"other secrets would be sent", d.secrets[0].to} },
		},
		{
			name: "blocked instead of modified",
			file: func(t *testing.T, _ *world, d dialect) string {
				return d.holding(d.blocked(t, d.immutable[0], 1) + numbered(d.item, 2))
			},
			says: func(d dialect) []string { return []string{"reviewed as modify, now blocked"} },
		},
		{
			name: "deleted meanwhile",
			live: func(t *testing.T, w *world, _ dialect) {
				if err := w.SetState(emulator.State{Version: 1}); err != nil {
					t.Fatal(err)
				}
			},
			says: func(d dialect) []string { return []string{"reviewed as modify, now add"} },
		},
		{
			name: "made anew under another ID",
			live: func(t *testing.T, w *world, d dialect) {
				state := w.State()
				for i := range state.SAS.Registries {
					state.SAS.Registries[i].ID++
				}
				for i := range state.HSS.Registries {
					state.HSS.Registries[i].ID = "another-id"
				}
				for i := range state.SWR.Registries {
					state.SWR.Registries[i].Registry.ID++
				}
				if err := w.SetState(state); err != nil {
					t.Fatal(err)
				}
			},
			says: func(d dialect) []string { return []string{"reviewed for the live entry with ID", "now it has ID"} },
		},
		{
			name: "another place",
			file: func(t *testing.T, w *world, d dialect) string {
				return strings.Replace(strings.Replace(w.secondEdition(d), "region: cn-hangzhou\n", "region: cn-shanghai\n", 1),
					"region: cn-north-4", "region: cn-east-3", 1)
			},
			says: func(d dialect) []string { return []string{"is not in the reviewed plan"} },
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			each(t, dialects(), func(t *testing.T, w *world, d dialect) {
				file, plan := reviewed(t, w, d)
				if c.live != nil {
					c.live(t, w, d)
				}
				if c.file != nil {
					file = w.file("r.yaml", c.file(t, w, d))
				}
				w.refuses(4, file, plan, append(c.says(d), "nothing was written", "r.yaml:")...)
			})
		})
	}
}

// refuses insists that an apply with a saved plan writes nothing.
func (w *world) refuses(code int, file, plan string, says ...string) {
	w.t.Helper()
	w.ClearRequests()
	before := w.State()
	w.apply(file, "--plan", plan).exits(w.t, code).says(w.t, says...)
	w.wrote()
	if !reflect.DeepEqual(before, w.State()) {
		w.t.Error("the refused apply changed the state")
	}
}

// TestInvariant04UnusablePlanFileIsAnError: a file that is not a plan as written by plan --out is never applied.
func TestInvariant04UnusablePlanFileIsAnError(t *testing.T) {
	t.Parallel()
	d := hssHarbor()
	for name, c := range map[string]struct {
		edit func(plan string) string
		code int
		says string
	}{
		"edited value":   {func(p string) string { return strings.Replace(p, `"http"`, `"https"`, 1) }, 1, "changed after it was written"},
		"edited action":  {func(p string) string { return strings.Replace(p, `"action": "modify"`, `"action": "add"`, 1) }, 1, "changed after"},
		"edited place":   {func(p string) string { return strings.Replace(p, "cn-north-4", "cn-east-3", 1) }, 1, "changed after"},
		"removed change": {withoutFirstChange, 1, "changed after it was written"},
		"newer format":   {func(p string) string { return strings.Replace(p, `"formatVersion": 1`, `"formatVersion": 2`, 1) }, 1, "format version 2"},
		"no format":      {func(string) string { return "{}" }, 1, "format version 0"},
		"unknown key":    {func(p string) string { return strings.Replace(p, `"digest"`, `"force": true, "digest"`, 1) }, 1, "unknown field"},
		"two documents":  {func(p string) string { return p + p }, 1, "not a plan"},
		"cut":            {func(p string) string { return p[:len(p)/2] }, 1, "not a plan"},
		"empty":          {func(string) string { return "" }, 1, "not a plan"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, emulator.Options{})
			file, plan := reviewed(t, w, d)
			before := w.read(plan)
			after := c.edit(before)
			if after == before {
				t.Fatal("this case edits nothing")
			}
			w.refuses(c.code, file, w.file("plan.json", after), c.says, "plan.json")
		})
	}
	t.Run("missing", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, emulator.Options{})
		file, _ := reviewed(t, w, d)
		w.refuses(1, file, w.path("nowhere.json"), "nowhere.json")
	})
}

func withoutFirstChange(plan string) string {
	var doc map[string]any
	if err := json.Unmarshal([]byte(plan), &doc); err != nil {
		return ""
	}
	doc["changes"] = doc["changes"].([]any)[1:]
	out, err := json.Marshal(doc)
	if err != nil {
		return ""
	}
	return string(out)
}

// TestInvariant04PlanOfAllAccountsServesForOne: a part by account is a subset too.
func TestInvariant04PlanOfAllAccountsServesForOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t, emulator.Options{})
	file, plan := w.file("r.yaml", together(1, dialects()...)), w.path("plan.json")
	w.plan(file, "--out", plan).exits(t, 0)
	for _, d := range dialects() {
		w.ClearRequests()
		w.applied(0, file, "--plan", plan, "--account", d.account)
		w.wrote(d.create)
	}
	w.settled(file)
	// A plan of one account does not stand for all.
	w.plan(file, "--out", plan, "--account", "swr-primary").exits(t, 0)
	if err := w.SetState(emulator.State{Version: 1}); err != nil {
		t.Fatal(err)
	}
	w.refuses(4, file, plan, "is not in the reviewed plan")
}
