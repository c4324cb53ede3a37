package github_test

import (
	"strings"
	"testing"

	"regent/internal/github"
	"regent/internal/model"
	"regent/internal/plan"
)

// reviewed gives a review as a comment carries it: with the plan, with digests only, or with the plan's digest only.
func reviewed(t *testing.T, p *plan.Plan, kept string) github.Review {
	t.Helper()
	r := reviewOf(p)
	switch kept {
	case "digests":
		r.Plan = nil
	case "digest":
		r.Plan, r.Changes = nil, nil
	}
	got, err := github.Open(seal(t, r, visible, signing), signing)
	if err != nil {
		t.Fatal(err)
	}
	if (got.Plan != nil) != (kept == "plan") || (got.Changes != nil) == (kept == "digest") {
		t.Fatalf("%s: the comment carries plan %v, digests %v", kept, got.Plan != nil, got.Changes != nil)
	}
	return got
}

func TestEqualPlanAndSubsetAreTheReviewedOne(t *testing.T) {
	t.Parallel()
	p := planOf(hosts(5))
	for _, kept := range []string{"plan", "digests", "digest"} {
		r := reviewed(t, p, kept)
		if d := r.Compare(planOf(hosts(5))); d != nil {
			t.Errorf("%s: the equal plan differs: %v", kept, d)
		}
		if d := r.Compare(planOf(nil)); d != nil {
			t.Errorf("%s: the plan without changes differs: %v", kept, d)
		}
		d := r.Compare(planOf(hosts(5)[1:3]))
		if (len(d) > 0) != (kept == "digest") {
			t.Errorf("%s: the subset differs in %v", kept, d)
		}
	}
}

func TestNothingWasReviewedWhereNothingWasPlanned(t *testing.T) {
	t.Parallel()
	for _, kept := range []string{"plan", "digests", "digest"} {
		if d := reviewed(t, planOf(nil), kept).Compare(planOf(hosts(1))); len(d) != 1 || d[0].Position.Line == 0 {
			t.Errorf("%s: %v", kept, d)
		}
	}
}

func TestMovedLinesAreNoDifference(t *testing.T) {
	t.Parallel()
	moved := hosts(3)
	for i := range moved {
		moved[i].Position.Line += 100
	}
	for _, kept := range []string{"plan", "digests", "digest"} {
		if d := reviewed(t, planOf(hosts(3)), kept).Compare(planOf(moved)); d != nil {
			t.Errorf("%s: %v", kept, d)
		}
	}
}

func TestDifferencesNameFieldsWhereThePlanIsKept(t *testing.T) {
	t.Parallel()
	changed := hosts(3)
	changed[1].Values = map[string]model.Value{"username": "robot$intruder", "imagesPerHour": changed[1].Values["imagesPerHour"]}
	changed = append(changed, host(99))
	fresh := planOf(changed)

	d := reviewed(t, planOf(hosts(3)), "plan").Compare(fresh)
	if len(d) != 2 || d[0].Name != "harbor-00001" || d[0].Field != "username" || d[0].Now != `"robot$intruder"` ||
		!strings.HasPrefix(d[0].Reviewed, `"robot$`) || d[1].Name != "harbor-00099" {
		t.Errorf("with the plan: %+v", d)
	}

	d = reviewed(t, planOf(hosts(3)), "digests").Compare(fresh)
	if len(d) != 2 || d[0].Name != "harbor-00001" || d[1].Name != "harbor-00099" || d[0].Position.Line != 11 ||
		!strings.Contains(d[0].String(), "this add is not among the reviewed changes") {
		t.Errorf("with digests: %+v", d)
	}

	d = reviewed(t, planOf(hosts(3)), "digest").Compare(fresh)
	if len(d) != 1 || d[0].Field != "digest" || d[0].Now != fresh.Digest || !strings.Contains(d[0].String(), "only an equal plan passes") {
		t.Errorf("with the digest: %+v", d)
	}
}

// TestReviewIsUsedUp: what an apply has carried out is not carried out by the same review again, what failed may be.
func TestReviewIsUsedUp(t *testing.T) {
	t.Parallel()
	p := planOf(hosts(11))
	writes := p.Writes()
	for _, kept := range []string{"plan", "digests", "digest"} {
		r := reviewed(t, p, kept)
		if again := r.Again(p); len(again) > 0 {
			t.Errorf("%s: %d changes count as applied before an apply", kept, len(again))
		}
		part := r.After(p, writes[3:10], false)
		part = opened(t, part.After(p, writes[9:10], false))
		if want := map[string]int{"plan": 7, "digests": 7, "digest": 11}[kept]; len(part.Again(p)) != want {
			t.Errorf("%s: %d changes were applied, want %d", kept, len(part.Again(p)), want)
		}
		if rest := planOf(hosts(3)); len(part.Again(rest)) != map[string]int{"digest": 3}[kept] {
			t.Errorf("%s: what failed counts as applied: %d", kept, len(part.Again(rest)))
		}
		if all := opened(t, part.After(p, writes, true)); !all.Used || len(all.Again(p)) != 11 {
			t.Errorf("%s: %+v", kept, all)
		}
		if none := opened(t, r.After(p, nil, false)); none.Used || len(none.Again(p)) > 0 {
			t.Errorf("%s: an apply that failed whole uses the review up", kept)
		}
	}
}

// opened gives a review as it comes out of a comment.
func opened(t *testing.T, r github.Review) github.Review {
	t.Helper()
	got, err := github.Open(seal(t, r, visible, signing), signing)
	if err != nil {
		t.Fatal(err)
	}
	return got
}
