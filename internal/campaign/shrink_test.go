package campaign

import (
	"maps"
	"slices"
	"testing"

	"regent/internal/emulator"
)

// clone gives material that can be cut down without changing m.
func (m *material) clone() *material {
	out := *m
	out.registries, out.targets, out.live = slices.Clone(m.registries), slices.Clone(m.targets), slices.Clone(m.live)
	out.switches = maps.Clone(m.switches)
	out.steps = slices.Clone(m.steps)
	for i := range out.steps {
		out.steps[i].faults = slices.Clone(m.steps[i].faults)
	}
	return &out
}

// cuts gives everything that can be left out of a run, each a function that does so. Large parts come first.
func (m *material) cuts() []func(*material) {
	var out []func(*material)
	for i := range m.steps {
		if len(m.steps) > 1 {
			out = append(out, func(m *material) { m.steps = slices.Delete(m.steps, i, i+1) })
		}
	}
	for _, half := range []int{2, 4, 8} { // of many items
		for part := range half {
			if n := len(m.registries) / half; n > 1 {
				out = append(out, func(m *material) { m.registries = slices.Delete(m.registries, part*n, part*n+n) })
			}
			if n := len(m.targets) / half; n > 1 {
				out = append(out, func(m *material) { m.targets = slices.Delete(m.targets, part*n, part*n+n) })
			}
			if n := len(m.live) / half; n > 1 {
				out = append(out, func(m *material) { m.live = slices.Delete(m.live, part*n, part*n+n) })
			}
		}
	}
	for i := range m.steps {
		for j := range m.steps[i].faults {
			out = append(out, func(m *material) { m.steps[i].faults = slices.Delete(m.steps[i].faults, j, j+1) })
		}
		s := m.steps[i]
		if s.kill != nil {
			out = append(out, func(m *material) { m.steps[i].kill = nil })
		}
		if s.edited != nil {
			out = append(out, func(m *material) { m.steps[i].edited = nil })
		}
		if s.planned || s.again || s.shown != "" {
			out = append(out, func(m *material) {
				m.steps[i].planned, m.steps[i].again, m.steps[i].shown = false, false, ""
			})
		}
		if s.parallelism > 1 {
			out = append(out, func(m *material) { m.steps[i].parallelism = 1 })
		}
	}
	for i := range m.registries {
		out = append(out, func(m *material) { m.registries = slices.Delete(m.registries, i, i+1) })
	}
	for i := range m.targets {
		out = append(out, func(m *material) { m.targets = slices.Delete(m.targets, i, i+1) })
	}
	for i := range m.live {
		out = append(out, func(m *material) { m.live = slices.Delete(m.live, i, i+1) })
	}
	for _, name := range slices.Sorted(maps.Keys(m.switches)) {
		out = append(out, func(m *material) { delete(m.switches, name) })
	}
	return out
}

// shrink leaves out of a run what it fails without, in at most so many attempts. A run that only fails at times may end up
// larger than it need be.
func shrink(m *material, attempts int, fails func(*material) bool) *material {
	for smaller := true; smaller; {
		smaller = false
		for i := 0; i < len(m.cuts()) && attempts > 0; attempts-- {
			next := m.clone()
			m.cuts()[i](next)
			if len(next.items(&next.file)) > 0 && fails(next) {
				m, smaller = next, true // the same place now holds the next part
			} else {
				i++
			}
		}
	}
	return m
}

// TestShrinkLeavesWhatFails cuts a run of many parts down to the two that matter.
func TestShrinkLeavesWhatFails(t *testing.T) {
	t.Parallel()
	for seed := range uint64(300) {
		m := generate(seed)
		if len(m.registries) < 5 || len(m.steps) < 2 || len(m.steps[1].faults) == 0 {
			continue
		}
		name, fault := m.registries[2].name, m.steps[1].faults[0]
		before := len(m.items(&m.file))
		got := shrink(m, 2000, func(m *material) bool {
			return slices.ContainsFunc(m.registries, func(r *registry) bool { return r.name == name }) &&
				slices.ContainsFunc(m.steps, func(s step) bool { return slices.Contains(s.faults, fault) })
		})
		if len(got.registries) != 1 || len(got.targets)+len(got.live)+len(got.switches) != 0 || len(got.steps) != 1 ||
			!slices.Equal(got.steps[0].faults, []emulator.Fault{fault}) || got.steps[0].kill != nil || got.steps[0].parallelism != 1 {
			t.Errorf("seed %d: left are %+v", seed, got)
		}
		if len(m.items(&m.file)) != before {
			t.Errorf("seed %d: the material itself was cut", seed)
		}
	}
}
