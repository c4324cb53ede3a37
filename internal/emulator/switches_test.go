package emulator_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"regent/internal/emulator"
)

// probe shows what a switch does: observe talks to an emulator whose switch
// stands at one of the values, and must see what stands beside that value.
type probe struct {
	observe func(t *testing.T, s served) string
	want    map[string]string
}

// probes of every API, by switch name.
func probes() map[string]probe {
	all := map[string]probe{}
	for _, some := range []map[string]probe{sasProbes(), sasGatewayProbes(), hssProbes(), swrProbes(), swrRuleProbes(), huaweiProbes()} {
		maps.Copy(all, some)
	}
	return all
}

func TestEverySwitchDecidesWhatItSays(t *testing.T) {
	server, err := emulator.New(emulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	table := probes()
	for _, entry := range server.Switches() {
		p, found := table[entry.Name]
		if !found {
			t.Errorf("switch %s has no probe", entry.Name)
			continue
		}
		delete(table, entry.Name)
		for _, value := range entry.Values {
			t.Run(entry.Name+"="+value, func(t *testing.T) {
				want, known := p.want[value]
				if !known {
					t.Fatal("the probe does not know this value")
				}
				if got := p.observe(t, withSwitches(t, entry.Name, value)); got != want {
					t.Errorf("observed %q, want %q", got, want)
				}
			})
		}
		t.Run(entry.Name+" by default", func(t *testing.T) {
			if got := p.observe(t, serve(t, emulator.Options{})); got != p.want[entry.Default] {
				t.Errorf("observed %q, want that of %s", got, entry.Default)
			}
		})
	}
	if left := slices.Sorted(maps.Keys(table)); len(left) > 0 {
		t.Errorf("probes of no switch: %v", left)
	}
}

func TestSwitchesAreCompleteAndNamedOnce(t *testing.T) {
	server, err := emulator.New(emulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, entry := range server.Switches() {
		if seen[entry.Name] || len(entry.Values) < 2 || !slices.Contains(entry.Values, entry.Default) || entry.Doc == "" || entry.Source == "" {
			t.Errorf("the switch is not in order: %+v", entry)
		}
		seen[entry.Name] = true
	}
}

// summary writes an answer as status and one field.
func summary(t *testing.T, got answer, field string) string {
	t.Helper()
	if len(got.body) == 0 {
		return fmt.Sprint(got.status)
	}
	return fmt.Sprint(got.status, " ", got.object(t)[field])
}

// presence tells whether a field is in an object.
func presence(object map[string]any, field string) string {
	if _, there := object[field]; there {
		return "there"
	}
	return "missing"
}
