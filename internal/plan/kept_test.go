package plan_test

import (
	"testing"

	"regent/internal/model"
	"regent/internal/plan"
)

// TestWhatAFullReplaceKeepsIsBound: where a modify replaces the whole entry, the live values that the file is silent about
// are part of the change and of its digest.
func TestWhatAFullReplaceKeepsIsBound(t *testing.T) {
	t.Parallel()
	key := model.Key{Parts: []model.KeyPart{{Name: "name", Value: "dr"}}}
	input := func(replaces bool, live map[string]string) *plan.Plan {
		return plan.New([]plan.Input{{
			Name: "swr", Replaces: replaces, Fields: []model.Field{{Name: "url"}, {Name: "hosts"}},
			Desired: []model.Item{{Name: "dr", Key: key, Values: map[string]model.Value{"url": "https://b"}}},
			Live:    []model.Item{{Name: "dr", ID: "1", Key: key, Values: map[string]model.Value{"url": "https://a", "hosts": live}}},
		}}, func(string) bool { return false })
	}
	one, other := map[string]string{"a": "192.0.2.1"}, map[string]string{"a": "192.0.2.2"}
	p := input(true, one)
	f := p.Changes[0].Fields
	if len(f) != 2 || !f[1].Kept || !model.Equal(f[1].Before, one) || !model.Equal(f[1].After, one) {
		t.Fatalf("the change is %+v", f)
	}
	if changed := p.Changes[0].Changed(); len(changed) != 1 || changed[0] != "url" {
		t.Errorf("it changes %v", changed)
	}
	if input(true, other).Digest == p.Digest || len(plan.Compare(p, input(true, other))) == 0 {
		t.Error("other hosts are kept by the same plan")
	}
	if f := input(false, one).Changes[0].Fields; len(f) != 1 {
		t.Errorf("a partial modify sends %+v", f)
	}
	if f := input(true, map[string]string{}).Changes[0].Fields; len(f) != 1 {
		t.Errorf("nothing is kept as %+v", f)
	}
}
