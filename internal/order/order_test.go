package order_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"regent/internal/order"
)

func TestNaturalOrderOfNames(t *testing.T) {
	t.Parallel()
	want := strings.Fields("- 2 007 10 Z a a0 a00 a01 a1 a1b a2 a10 a10b2 a10b10 team7 team10 team10-x teams é")
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, order.Natural)
	if !slices.Equal(got, want) {
		t.Errorf("sorted: %q", got)
	}
}

// TestNaturalOrderIsOne: what sorts plans has to give the same for the same names, whatever they are.
func TestNaturalOrderIsOne(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SliceOfN(rapid.StringMatching(`[0a19-]{0,6}`), 3, 3).Draw(t, "names")
		a, b, c := names[0], names[1], names[2]
		if order.Natural(a, b) != -order.Natural(b, a) || (order.Natural(a, b) == 0) != (a == b) {
			t.Errorf("%q and %q: %d, %d", a, b, order.Natural(a, b), order.Natural(b, a))
		}
		if order.Natural(a, b) <= 0 && order.Natural(b, c) <= 0 && order.Natural(a, c) > 0 {
			t.Errorf("%q, %q, %q are in a circle", a, b, c)
		}
	})
}
