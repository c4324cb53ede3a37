package reconcile_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"regent/internal/apply"
	"regent/internal/config"
	"regent/internal/emulator"
	"regent/internal/model"
	"regent/internal/provider"
	"regent/internal/reconcile"
	"regent/internal/secret"
)

// TestInvariant02WhatAnApplyTellsIsMasked: events, progress and outcomes each, whoever reads them. The secret is too short
// for the mask of what is printed.
func TestInvariant02WhatAnApplyTellsIsMasked(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	if out := w.apply(t, accounts+registries); out.Count(apply.Applied) != 3 {
		t.Fatalf("%+v", out.Outcomes)
	}
	w.env["PASSWORD"] = "Jq!7"
	state := w.State()
	state.HSS.Registries[0].ID = "id-Jq!7-7"
	if err := w.SetState(state); err != nil {
		t.Fatal(err)
	}
	r := w.reconciler(t, strings.ReplaceAll(accounts+registries, "clusterId: c", "clusterId: d"), "hss")
	p := r.Plan(t.Context())
	var mu sync.Mutex
	told := map[string]string{}
	tell := func(what string, v ...any) {
		mu.Lock()
		defer mu.Unlock()
		told[what] += fmt.Sprintln(v...)
	}
	o := options()
	o.Audit = func(e apply.Event) error { tell("the audit", e.ID, e.RequestID, e.Detail); return nil }
	o.Progress = func(_, _ int, out apply.Outcome) { tell("the progress", out.ID, out.RequestID, out.Detail) }
	result := r.Apply(t.Context(), p, o)
	for _, out := range result.Outcomes {
		tell("the result", out.ID, out.RequestID, out.Detail)
	}
	tell("the plan", string(p.JSON()))
	if len(told) != 4 || result.Count(apply.Applied) != 1 {
		t.Fatalf("%v %+v", told, result.Outcomes)
	}
	for what, text := range told {
		if strings.Contains(text, "Jq!7") || !strings.Contains(text, "id-***-7") {
			t.Errorf("%s tells %s", what, text)
		}
	}
}

// apply plans and applies a configuration.
func (w *world) apply(t *testing.T, yaml string) *apply.Result {
	t.Helper()
	r := w.reconciler(t, yaml)
	return r.Apply(t.Context(), r.Plan(t.Context()), options())
}

// TestInvariant02PanicsAreWithheld: a panic may quote anything.
func TestInvariant02PanicsAreWithheld(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	broken := &provider.Definition{
		Name: "huawei-swr", Place: func(*config.Account) model.Place { return model.Place{} },
		Desired: func(*config.Config, *config.Account, secret.Lookup) []model.Item {
			return []model.Item{{Name: "dr", Secrets: map[string]secret.Ref{"accessSecret": {Env: "SECRET"}}}}
		},
		Lister: func(context.Context, *provider.Session, *config.Account) (provider.Lister, error) {
			panic("index out of range in " + w.env["SECRET"])
		},
	}
	r, err := reconcile.New(parse(t, accounts), []*provider.Definition{broken, {Name: "huawei-hss", Desired: broken.Desired}, {Name: "alibaba-sas", Desired: broken.Desired}},
		w.session(), []string{"swr"}, 1)
	if err != nil {
		t.Fatal(err)
	}
	p := r.Plan(t.Context())
	if got := r.Errors(p).Error(); strings.Contains(got, w.env["SECRET"]) || !strings.Contains(got, "the cause of an internal error is not shown: it holds a secret") {
		t.Errorf("the error is %s", got)
	}
}

// TestInvariant02SecretsAreKnownBeforeTheFirstAnswer: a list that is refused with a secret of the file in its message is
// the first that a run hears of a server, and no change has asked for the secret yet.
func TestInvariant02SecretsAreKnownBeforeTheFirstAnswer(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	var faults []emulator.Fault
	for _, operation := range []string{"ListPrivateRegistryList", "ListRegistry", "ListInstanceRegistries"} {
		faults = append(faults, emulator.Fault{
			Operation: operation, Kind: emulator.FaultStatus, Status: 400, Times: -1, Message: "not with " + w.env["PASSWORD"] + " or " + w.env["SECRET"],
		})
	}
	if err := w.SetFaults(faults); err != nil {
		t.Fatal(err)
	}
	r := w.reconciler(t, accounts+registries)
	p := r.Plan(t.Context())
	got := r.Errors(p).Error() + string(p.JSON())
	if strings.Contains(got, "hunter2") || strings.Count(got, ": the server's message is not shown: it holds a secret [") != 6 {
		t.Errorf("%s", got)
	}
}
