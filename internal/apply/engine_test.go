package apply_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"regent/internal/apply"
	"regent/internal/model"
	"regent/internal/plan"
	"regent/internal/provider"
	"regent/internal/provider/inmemory"
	"regent/internal/secret"
)

var engineFields = []model.Field{{Name: "login", Type: model.String}, {Name: "cluster", Type: model.String}}

// engine plans n items with a login against an account in memory and applies the plan, with faults in between.
func engine(t *testing.T, a *inmemory.Account, n int, login string, faults ...inmemory.Fault) *run {
	t.Helper()
	before, err := a.List(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	in := plan.Input{Name: "account", Fields: engineFields, Live: before.Items}
	for i := range n {
		name := fmt.Sprintf("item-%d", i+1)
		in.Desired = append(in.Desired, model.Item{
			Name: name, Key: model.Key{Parts: []model.KeyPart{{Name: "name", Value: name}}},
			Values: map[string]model.Value{"login": login, "cluster": "c"},
		})
	}
	a.Faults = faults
	out := &run{plan: plan.New([]plan.Input{in}, func(string) bool { return false })}
	o := out.options()
	o.LookUps = make([]time.Duration, 3)
	o.Resolve = func(secret.Ref) (secret.Value, bool) { return secret.Value{}, false }
	o.Accounts = map[string]apply.Account{"account": {
		Fields: engineFields,
		Writer: func(context.Context) (provider.Writer, error) { return a, nil },
		List: func(ctx context.Context, desired []model.Item) ([]model.Item, error) {
			listing, err := a.List(ctx, desired)
			return listing.Items, err
		},
	}}
	out.Result = apply.Run(t.Context(), out.plan, o)
	return out
}

// TestInvariant05LostAnswers plays each way through the table of the package comment without a vendor, in lists that
// lag and in lists that do not.
func TestInvariant05LostAnswers(t *testing.T) {
	t.Parallel()
	const before, after, refused, ignored = inmemory.LostBefore, inmemory.LostAfter, inmemory.Refused, inmemory.Ignored
	type faults = []inmemory.Fault
	for _, c := range []struct {
		name   string
		lag    int
		modify bool
		clears bool
		faults faults
		status apply.Status
		detail string
		sent   int
	}{
		{"add adopted", 0, false, false, faults{after}, apply.Applied, "adopted", 1},
		{"add adopted from a list that lags", 2, false, false, faults{after}, apply.Applied, "adopted", 1},
		{"add never shown", 99, false, false, faults{after}, apply.Unknown, "sending it once more was refused (", 2},
		{"add sent once more", 0, false, false, faults{before}, apply.Applied, "", 2},
		{"add lost twice", 0, false, false, faults{before, before}, apply.Unknown, "it was sent twice", 2},
		{"add lost twice, found", 0, false, false, faults{before, after}, apply.Applied, "adopted", 2},
		{"add in a list that lags", 1, false, false, nil, apply.Applied, "", 1},
		{"add refused", 0, false, false, faults{refused}, apply.Failed, "refused", 1},
		{"add ignored", 0, false, false, faults{ignored}, apply.Failed, "does not show the entry", 1},
		{"modify took", 0, true, false, faults{after}, apply.Applied, "the list shows the change", 1},
		{"modify in a list that lags", 2, true, false, faults{after}, apply.Applied, "the list shows the change", 1},
		{"modify never shown", 99, true, false, faults{after}, apply.Unknown, "does not show the change", 1},
		{"modify did not take", 0, true, false, faults{before}, apply.Unknown, "does not show the change", 1},
		{"modify ignored", 0, true, false, faults{ignored}, apply.Failed, "did not take: login", 1},
		{"cleared and brought back", 0, true, true, nil, apply.Applied, "sent whole", 2},
		{"cleared, answers lost", 0, true, true, faults{after, after}, apply.Applied, "sent whole", 2},
		{"cleared, repair refused", 0, true, true, faults{0, refused}, apply.Failed, "sending the whole entry failed", 2},
		{"cleared, repair lost", 0, true, true, faults{0, before}, apply.Unknown, "does not show them", 2},
		{"cleared, repair ignored", 0, true, true, faults{0, ignored}, apply.Failed, "did not bring them back", 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a, operation, login := &inmemory.Account{Clears: c.clears, Doubles: c.lag == 2}, "Add", "robot"
			if c.modify {
				engine(t, a, 1, login)
				operation, login = "Modify", "other"
			}
			a.Lag = c.lag
			out := engine(t, a, 1, login, c.faults...)
			if o := out.only(t); o.Status != c.status || !strings.Contains(o.Detail, c.detail) || a.Count(operation) != c.sent {
				t.Errorf("ends as %s after %d: %s", o.Status, a.Count(operation), o.Detail)
			}
			// Running again converges, and nothing is there twice.
			a.Lag = 0
			_, _ = a.List(t.Context(), nil)
			engine(t, a, 1, login)
			if out := engine(t, a, 1, login); out.plan.Pending() || len(a.Items()) != 1 {
				t.Errorf("there is something left: %+v of %d", out.plan.Changes, len(a.Items()))
			}
		})
	}
}
