package apply_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"regent/internal/apply"
	"regent/internal/cloud"
	"regent/internal/model"
	"regent/internal/plan"
	"regent/internal/provider"
)

// TestInvariant12ApplySendsNoUnknownAction: a change whose action is in no table fails beside others that are applied.
func TestInvariant12ApplySendsNoUnknownAction(t *testing.T) {
	t.Parallel()
	sent := 0
	write := func(provider.Write) (provider.Receipt, error) { sent++; return provider.Receipt{}, nil }
	open := func(context.Context) (provider.Writer, error) { return scripted{add: write, modify: write}, nil }
	p := scriptedPlan(2)
	p.Changes[0].Action = "transmogrify"
	out := scriptedApply(t, p, open, listing)
	o := out.Outcomes[0]
	if o.Status != apply.Failed || o.Detail != `regent does not know the action "transmogrify"` || o.Written || o.Err != (plan.UnknownActionError{Action: "transmogrify"}) {
		t.Errorf("%+v", o)
	}
	if sent != 1 || out.Outcomes[1].Status != apply.Applied {
		t.Errorf("%d were sent: %+v", sent, out.Outcomes[1])
	}
	if diff := cmp.Diff([]string{"failed"}, out.trail("item-1")); diff != "" {
		t.Error(diff)
	}
}

// TestPostconditionsOfActionsToCome plays actions that the table does not have yet: each needs its row and its call, no more.
func TestPostconditionsOfActionsToCome(t *testing.T) {
	t.Parallel()
	lost := &cloud.Error{Reach: cloud.Unknown, Message: "no answer"}
	for _, c := range []struct {
		then   plan.Postcondition
		stays  bool
		status apply.Status
		detail string
	}{
		{plan.Gone, false, apply.Applied, "the answer was lost; the list no longer has the entry"},
		{plan.Gone, true, apply.Unknown, "the answer was lost, and the list still has the entry; plan again (" + lost.Error() + ")"},
		{plan.Accepted, true, apply.Unknown, "the answer was lost, and no list shows whether it was carried out (" + lost.Error() + ")"},
		{99, true, apply.Failed, `regent does not know the action "transmogrify"`},
	} {
		live := model.Item{ID: "7", Name: "item-1", Key: model.Key{Parts: []model.KeyPart{{Name: "name", Value: "item-1"}}}}
		there := []model.Item{live}
		w := scripted{modify: func(provider.Write) (provider.Receipt, error) {
			if !c.stays {
				there = nil
			}
			return provider.Receipt{}, lost
		}}
		p := &plan.Plan{Changes: []plan.Change{{Action: "transmogrify", Account: "account", Name: "item-1", Live: &live}}}
		out := &run{plan: p}
		o := out.options()
		o.WithAction(plan.Kind{Action: "transmogrify", Live: true, Call: plan.CallModify, Then: c.then})
		o.Accounts = map[string]apply.Account{"account": {
			Writer: func(context.Context) (provider.Writer, error) { return w, nil },
			List:   func(context.Context, []model.Item) ([]model.Item, error) { return there, nil },
		}}
		end := apply.Run(t.Context(), p, o).Outcomes[0]
		if end.Status != c.status || end.Detail != c.detail {
			t.Errorf("postcondition %d ends as %s: %s", c.then, end.Status, end.Detail)
		}
	}
}
