package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestResultsAreTheBestOfEach(t *testing.T) {
	t.Parallel()
	names, best := results(`goos: linux
cpu: AMD EPYC
BenchmarkPlan/swr/1k-2         	       7	 199446866 ns/op	         1.994 x-bound	24560040 B/op	  216186 allocs/op
BenchmarkPlan/swr/1k-2         	       8	 120000000 ns/op	         1.200 x-bound	24560040 B/op	  216186 allocs/op
BenchmarkPlan/swr/1k-2         	       8	 130000000 ns/op	         1.300 x-bound	24560040 B/op	  216186 allocs/op
BenchmarkApply/swr/add/1k/parallelism=10-2	       1	 5500000000 ns/op	1.100 x-bound
BenchmarkRate
--- SKIP: BenchmarkRate
PASS
`)
	if diff := cmp.Diff([]string{"Plan/swr/1k", "Apply/swr/add/1k/parallelism=10"}, names); diff != "" {
		t.Error(diff)
	}
	want := figures{"ns/op": 120_000_000, "x-bound": 1.2, "B/op": 24560040, "allocs/op": 216186}
	if diff := cmp.Diff(want, best["Plan/swr/1k"]); diff != "" {
		t.Error(diff)
	}
	for ns, shown := range map[float64]string{52_631_000_000: "52.6s", 5_537_000_000: "5.54s", 120_400_000: "120ms", 3_223_367: "3.22ms"} {
		if got := elapsed(ns); got != shown {
			t.Errorf("%v is shown as %s, want %s", ns, got, shown)
		}
	}
}
