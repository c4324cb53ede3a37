package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"regent/internal/emulator"
)

// TestRequestsAreAsFewAsPagingAllows counts what a plan, an apply and the plan after it ask for. Pages have a hundred
// entries.
func TestRequestsAreAsFewAsPagingAllows(t *testing.T) {
	t.Parallel()
	const n = 250
	for _, c := range []struct {
		name              string
		scene             scene
		add, plan, modify map[string]int
	}{
		{
			"SWR", scene{account: swr, items: n},
			// The plan finds nothing with one request, the reading back everything with three.
			map[string]int{"ListInstanceRegistries 200": 4, "CreateInstanceRegistry 200": n},
			map[string]int{"ListInstanceRegistries 200": 3},
			// What differs is read one by one, since a modify replaces the whole entry.
			map[string]int{"ListInstanceRegistries 200": 6, "UpdateInstanceRegistry 200": n, "ShowInstanceRegistry 200": n},
		},
		{
			// The host tables are compared in every plan, and in reading back.
			"SWR with hosts", scene{account: swr, items: n, hosts: true},
			map[string]int{"ListInstanceRegistries 200": 4, "CreateInstanceRegistry 200": n, "ShowInstanceRegistry 200": n},
			map[string]int{"ListInstanceRegistries 200": 3, "ShowInstanceRegistry 200": n},
			map[string]int{"ListInstanceRegistries 200": 6, "UpdateInstanceRegistry 200": n, "ShowInstanceRegistry 200": 2 * n},
		},
		{
			// With one more for the number of built-in entries.
			"HSS", scene{account: hss, items: n},
			map[string]int{"ListRegistry 200": 2 + 4, "AddRegistry 200": n},
			map[string]int{"ListRegistry 200": 4},
			map[string]int{"ListRegistry 200": 8, "UpdateRegistry 200": n},
		},
		{
			// One list of everything; regions only where no entry has the wanted one yet.
			"Security Center", scene{account: sas, items: n},
			map[string]int{"ListPrivateRegistryList 200": 2, "ListImageRegistryRegion 200": 1, "GetCallerIdentity 200": 1, "AddPrivateRegistry 200": n},
			map[string]int{"ListPrivateRegistryList 200": 1, "GetCallerIdentity 200": 1},
			map[string]int{"ListPrivateRegistryList 200": 2, "GetCallerIdentity 200": 1, "ModifyImageRegistry 200": n},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := c.scene
			s.text = "before"
			w := newWorld(t, s, emulator.Options{})
			want := func(what string, counts map[string]int) {
				t.Helper()
				if diff := cmp.Diff(counts, w.count()); diff != "" {
					t.Errorf("%s: (-want +got)\n%s", what, diff)
				}
				w.ClearRequests()
			}
			w.apply(t, s, 64)
			want("add", c.add)
			w.plan(t, 0, s)
			want("plan", c.plan)
			s.text = "after"
			w.wants(t, s)
			w.apply(t, s, 64)
			want("modify", c.modify)
			w.plan(t, 0, s)
			want("plan again", c.plan)
		})
	}
}

// TestThousandTargetsAreTenPages when there is nothing to do.
func TestThousandTargetsAreTenPages(t *testing.T) {
	t.Parallel()
	s := scene{account: swr, items: 1000, text: "text"}
	w := newWorld(t, s, emulator.Options{})
	w.lives(t, s)
	w.plan(t, 0, s)
	if diff := cmp.Diff(map[string]int{"ListInstanceRegistries 200": 10}, w.count()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestScenesAreSettled: the state of a scene is what its configuration wants.
func TestScenesAreSettled(t *testing.T) {
	t.Parallel()
	for _, s := range []scene{
		{account: sas, items: 3, text: "robot"}, {account: hss, items: 3, text: "robot"}, {account: swr, items: 3, text: "text"},
		{account: swr, items: 3, text: "text", hosts: true},
	} {
		w := newWorld(t, s, emulator.Options{})
		w.plan(t, 2, s)
		w.lives(t, s)
		w.plan(t, 0, s)
	}
}
