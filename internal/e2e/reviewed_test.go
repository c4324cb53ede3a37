package e2e

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"regent/internal/emulator"
)

// TestInvariant04HoldsWhatTheListDoesNotTell: a replacing modify sends fields that the API never returned; the reviewed
// plan holds them, so another value is another plan.
func TestInvariant04HoldsWhatTheListDoesNotTell(t *testing.T) {
	t.Parallel()
	w := newWorld(t, emulator.Options{Switches: map[string]string{"swr-show-dns-conf": "absent", "swr-list-dns-conf": "absent"}})
	d := swrHarbor()
	w.seeded(d)
	changed := edit(t, d.file(1), "description: disaster recovery", "description: reviewed")
	saved := w.path("plan.json")
	w.plan(w.file("r.yaml", changed), "--out", saved).exits(t, 0).shows(t, "hosts", "192.0.2.20")
	elsewhere := w.file("elsewhere.yaml", edit(t, changed, "192.0.2.20", "203.0.113.66"))
	before := w.count(d.update)
	w.apply(elsewhere, "--plan", saved).exits(t, 4).says(t, "203.0.113.66")
	if w.count(d.update) != before {
		t.Error("the refused apply has written")
	}
	w.apply(w.file("r.yaml", changed), "--plan", saved).exits(t, 0)
}

// TestInvariant07SomebodyElsesChangeIsNotUndone: what differs on reading back, and was neither changed by this run nor cleared
// by the vendor, was changed by somebody else.
func TestInvariant07SomebodyElsesChangeIsNotUndone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, emulator.Options{})
	d := hssHarbor()
	w.seeded(d)
	const theirs = "moved.example.com"
	var once sync.Once
	before := w.count(d.update)
	meddle := func(r *http.Request) {
		if r.Method == http.MethodGet && w.count(d.update) > before {
			once.Do(func() {
				state := w.State()
				state.HSS.Registries[0].RegistryAddr = theirs
				if err := w.SetState(state); err != nil {
					t.Error(err)
				}
			})
		}
	}
	w.before.Store(&meddle)
	file := w.file("r.yaml", edit(t, d.file(1), "6d0c9d1e-0000-4000-8000-000000000002", "another-cluster"))
	if o := w.applied(3, file).only(t); o.Status != "failed" || !strings.Contains(o.Detail, "somebody else") {
		t.Errorf("ended as %s: %s", o.Status, o.Detail)
	}
	if n := w.count(d.update) - before; n != 1 {
		t.Errorf("%d writes, want 1", n)
	}
	if got := w.State().HSS.Registries[0].RegistryAddr; got != theirs {
		t.Errorf("the address is %s again", got)
	}
}

// TestInvariant02LiveTextsThatHoldASecret: somebody wrote a password into a description or a name in a console.
func TestInvariant02LiveTextsThatHoldASecret(t *testing.T) {
	t.Parallel()
	w := newWorld(t, emulator.Options{})
	d := swrHarbor()
	w.seeded(d)
	w.env["SWR_SECRET"] = "console-pass-word"
	state := w.State()
	state.SWR.Registries[0].Registry.Description = "login with console-pass-word"
	state.SWR.Registries[0].Registry.DNSConf = &emulator.SWRDNSConf{Hosts: map[string]string{"console-pass-word": "192.0.2.20"}}
	other := state.SWR.Registries[0]
	other.Registry.ID, other.Registry.Name, other.Registry.URL = 99, "not-in-the-file", "https://console-pass-word.example.com"
	state.SWR.Registries = append(state.SWR.Registries, other)
	if err := w.SetState(state); err != nil {
		t.Fatal(err)
	}
	file, saved, audit := w.file("r.yaml", d.file(1)), w.path("plan.json"), w.path("audit.jsonl")
	for _, format := range []string{"text", "markdown", "json"} {
		if r := w.plan(file, "--format", format, "--out", saved).exits(t, 0); strings.Contains(r.out+r.err+w.read(saved), "console-pass-word") {
			t.Errorf("the secret is in the plan as %s", format)
		} else if format == "json" && r.out != w.read(saved) {
			t.Error("the saved plan is not the printed one")
		}
	}
	r := w.apply(file, "--plan", saved, "--audit", audit).exits(t, 0)
	if strings.Contains(r.out+r.err+w.read(audit), "console-pass-word") {
		t.Error("the secret is in what apply says")
	}
}

// TestBlockedOnlyApplySaysWhy: without a write there is no question, and the reasons are shown all the same.
func TestBlockedOnlyApplySaysWhy(t *testing.T) {
	t.Parallel()
	w := newWorld(t, emulator.Options{})
	d := swrHarbor()
	w.seeded(d)
	blocked := d.holding(d.blocked(t, d.immutable[0], 1))
	w.apply(w.file("b.yaml", blocked)).exits(t, 1).says(t, d.immutable[0].reason)
}

// TestSpacesAroundADescriptionAreNoDifference: a folded text of YAML ends in a line break, which a vendor may drop.
func TestSpacesAroundADescriptionAreNoDifference(t *testing.T) {
	t.Parallel()
	w := newWorld(t, emulator.Options{})
	d := swrHarbor()
	w.seeded(d)
	folded := edit(t, d.file(1), "description: disaster recovery", "description: >\n      disaster\n      recovery")
	w.plan(w.file("r.yaml", folded), "--detailed-exitcode").exits(t, 0)
}

// TestInvariant04VariableThatHoldsALiveValueIsNoOtherPlan: the step that plans need not have the secrets that the apply
// has. One that a live value holds hides that value, and changes nothing.
func TestInvariant04VariableThatHoldsALiveValueIsNoOtherPlan(t *testing.T) {
	t.Parallel()
	w := newWorld(t, emulator.Options{})
	d := swrHarbor()
	w.seeded(d)
	state := w.State()
	state.SWR.Registries[0].Registry.Credential.AccessKey = "older-login"
	if err := w.SetState(state); err != nil {
		t.Fatal(err)
	}
	file, saved := w.file("r.yaml", d.file(1)), w.path("plan.json")
	w.plan(file, "--out", saved).exits(t, 0)
	if !strings.Contains(w.read(saved), "older-login") {
		t.Fatalf("the plan does not show the live value: %s", w.read(saved))
	}
	w.env["SWR_SECRET"] = "older-login"
	if done := w.applied(0, file, "--plan", saved); done.Summary.Applied != 1 {
		t.Errorf("summary %+v", done.Summary)
	}
}
