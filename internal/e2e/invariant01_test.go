package e2e

import (
	"reflect"
	"testing"

	"regent/internal/emulator"
	"regent/internal/provider"
	"regent/internal/provider/catalog"
)

// pendingWorld has something of every kind to do for every provider: item 1 differs in a mutable field, item 2 in an
// immutable one, item 3 is missing, and an unmanaged entry is there.
func pendingWorld(t *testing.T) (w *world, file string) {
	t.Helper()
	w = newWorld(t, emulator.Options{})
	w.applied(0, w.file("seed.yaml", together(2, dialects()...)))
	yaml := together(3, dialects()...)
	for _, d := range dialects() {
		yaml = edit(t, yaml, numbered(d.item, 1), edit(t, numbered(d.item, 1), numbered(d.mutable[0].from, 1), d.mutable[0].to))
		yaml = edit(t, yaml, numbered(d.item, 2), d.blocked(t, d.immutable[0], 2))
	}
	w.ClearRequests()
	return w, w.file("pending.yaml", yaml)
}

func TestInvariant01PlanAndValidateCannotWrite(t *testing.T) {
	t.Parallel()
	w, file := pendingWorld(t)
	before := w.State()
	w.run("validate", "-f", file).exits(t, 0)
	if n := len(w.Requests()); n > 0 {
		t.Errorf("validate sent %d requests, want none", n)
	}
	for _, more := range [][]string{
		{}, {"--format", "markdown"}, {"--format", "json"}, {"--out", w.path("plan.json")}, {"--account", "swr-primary"},
	} {
		w.plan(file, more...).exits(t, 0)
	}
	w.plan(file, "--detailed-exitcode").exits(t, 2)
	for _, d := range dialects() {
		if w.count(d.list) == 0 {
			t.Errorf("no plan read %s", d.provider)
		}
	}
	w.wrote()
	if !reflect.DeepEqual(before, w.State()) {
		t.Error("a plan changed the state")
	}
}

// TestInvariant01ApplyWithoutConsentCannotWrite: an apply that ends before its writes has only read.
func TestInvariant01ApplyWithoutConsentCannotWrite(t *testing.T) {
	t.Parallel()
	w, file := pendingWorld(t)
	w.run("apply", "-f", file).exits(t, 1).says(t, "no terminal", "--auto-approve")
	delete(w.env, "SWR_SECRET")
	w.apply(file).exits(t, 1).says(t, "SWR_SECRET is not set")
	w.wrote()
}

// TestInvariant01PlannerHoldsNoWriteMethod: what the planner gets has one method, and it lists.
func TestInvariant01PlannerHoldsNoWriteMethod(t *testing.T) {
	t.Parallel()
	lister := reflect.TypeFor[provider.Lister]()
	if lister.NumMethod() != 1 || lister.Method(0).Name != "List" {
		t.Errorf("provider.Lister has %d methods, want List alone", lister.NumMethod())
	}
	for _, def := range catalog.Providers() {
		if got := reflect.TypeOf(def.Lister).Out(0); got != lister {
			t.Errorf("%s opens accounts for reading as %s, want %s", def.Name, got, lister)
		}
	}
}
