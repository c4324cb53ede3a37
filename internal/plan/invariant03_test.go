package plan_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"regent/internal/model"
	"regent/internal/plan"
	"regent/internal/secret"
)

// twoOfEverything has two accounts with two entries of each list that a plan has.
func twoOfEverything() []plan.Input {
	var inputs []plan.Input
	for _, name := range []string{"one", "two"} {
		a, b := want("a.example.com", 443, 10), want("b.example.com", 443, 20)
		a.Name, b.Name = "same name", "same name" // only the key tells them apart
		a.Secrets = map[string]secret.Ref{"password": {Env: "P"}, "token": {Env: "T"}, "namespaces[a]": {Env: "A"}, "namespaces[b]": {Env: "B"}, "namespaces[c]": {Env: "C"}}
		in := input(
			items(a, b, want("twice.example.com", 443, 30), want("again.example.com", 443, 40)),
			items(have("twice.example.com", 443, 1), have("twice.example.com", 443, 2), have("again.example.com", 443, 3), have("again.example.com", 443, 4),
				have("x.example.com", 443, 5), have("y.example.com", 443, 6)),
		)
		in.Name, in.Credentials = name, []string{"AK", "SK", "TOKEN"}
		in.Notes = []plan.Note{{Message: "a"}, {Message: "b"}}
		inputs = append(inputs, in)
	}
	return inputs
}

// TestInvariant03EveryListIsSorted turns each list round, alone.
func TestInvariant03EveryListIsSorted(t *testing.T) {
	t.Parallel()
	first := plan.New(twoOfEverything(), unsetB)
	if p := first; len(p.Accounts) != 2 || len(p.Changes) != 4 || len(p.Problems) != 4 || len(p.Notes) < 4 || len(p.Accounts[0].Unmanaged) != 2 {
		t.Fatalf("the plan is not the one this test wants to compare: %s", outline(p))
	}
	for name, turn := range map[string]func(in []plan.Input){
		"nothing":  func([]plan.Input) {}, // maps have another order each time
		"accounts": func(in []plan.Input) { slices.Reverse(in) },
		"desired":  func(in []plan.Input) { slices.Reverse(in[0].Desired) },
		"live":     func(in []plan.Input) { slices.Reverse(in[0].Live) },
		"notes":    func(in []plan.Input) { slices.Reverse(in[0].Notes) },
	} {
		for range 20 {
			in := twoOfEverything()
			turn(in)
			again := plan.New(in, unsetB)
			if diff := cmp.Diff(string(first.JSON()), string(again.JSON())); diff != "" || again.Digest != first.Digest {
				t.Fatalf("%s in another order:\n%s", name, diff)
			}
			if diff := plan.Compare(first, again); len(diff) > 0 {
				t.Fatalf("%s in another order: %s", name, lines(diff))
			}
		}
	}
}

// TestInvariant03KeysAreWrittenInOneOrder, and maps of values too: they are part of the digest.
func TestInvariant03KeysAreWrittenInOneOrder(t *testing.T) {
	t.Parallel()
	key := plan.Key{"type": "harbor", "host": "h", "port": "443", "regionId": "r"}
	hosts := map[string]string{}
	for _, name := range []string{"a", "b", "c", "d"} {
		hosts[name] = strings.Repeat(name, 3)
	}
	first, doc := key.String(), planOf(items(but(want("h", 443, 1), "hosts", model.Value(hosts))), nil).JSON()
	for range 20 {
		if got := key.String(); got != first {
			t.Fatalf("%s, then %s", first, got)
		}
		if got := planOf(items(but(want("h", 443, 1), "hosts", model.Value(hosts))), nil).JSON(); !bytes.Equal(got, doc) {
			t.Fatal("a map is written in another order")
		}
	}
}

// TestInvariant03DigestHoldsWhereValuesComeFrom: a value that comes from a variable is in no plan, but the variable is.
func TestInvariant03DigestHoldsWhereValuesComeFrom(t *testing.T) {
	t.Parallel()
	from := func(env string) *plan.Plan {
		return planOf(items(but(want("h", 443, 1), "username", model.FromEnv{Ref: secret.Ref{Env: env}})), nil)
	}
	if from("ONE").Digest == from("OTHER").Digest {
		t.Error("the digest does not tell two variables apart")
	}
	if diff := plan.Compare(from("ONE"), from("OTHER")); len(diff) == 0 {
		t.Error("another variable is no difference")
	}
}
