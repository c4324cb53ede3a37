package apply_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"regent/internal/apply"
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
