package plan_test

import (
	"fmt"
	"testing"

	"regent/internal/model"
	"regent/internal/plan"
)

// tenThousand gives two sides of ten thousand items; every hundredth differs, is absent or is not in the file.
func tenThousand() []plan.Input {
	var desired, live []model.Item
	for i := range 10_000 {
		name := fmt.Sprintf("harbor-%d.example.com", i)
		d, l := want(name, 443, i+1), have(name, 443, i+1)
		switch i % 100 {
		case 0:
			l = but(l, "username", "other")
		case 1:
			l = have("only-"+name, 443, i+1)
		}
		desired, live = append(desired, d), append(live, l)
	}
	return []plan.Input{input(desired, live)}
}

// BenchmarkDiff10000 compares ten thousand desired items with ten thousand live ones.
func BenchmarkDiff10000(b *testing.B) {
	inputs := tenThousand()
	b.ReportAllocs()
	for b.Loop() {
		if p := plan.New(inputs, allSet); p.Summary.Changes["add"] != 100 || p.Summary.Changes["modify"] != 100 {
			b.Fatalf("%+v", p.Summary)
		}
	}
}

// BenchmarkAdd10000 plans ten thousand adds, each of which goes into the digest.
func BenchmarkAdd10000(b *testing.B) {
	inputs := tenThousand()
	inputs[0].Live = nil
	b.ReportAllocs()
	for b.Loop() {
		plan.New(inputs, allSet)
	}
}

// BenchmarkCompare10000 holds ten thousand changes against the reviewed ones.
func BenchmarkCompare10000(b *testing.B) {
	inputs := tenThousand()
	inputs[0].Live = nil
	p := plan.New(inputs, allSet)
	reviewed, err := plan.Parse(p.JSON())
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if diff := plan.Compare(reviewed, p); len(diff) > 0 {
			b.Fatal(diff)
		}
	}
}
