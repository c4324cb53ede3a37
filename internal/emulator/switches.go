package emulator

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Switch is one behaviour no vendor page settles. Values[0] need not be the
// default; Default always is one of Values.
type Switch struct {
	Name    string   `json:"name"`
	Values  []string `json:"values"`
	Default string   `json:"default"`
	Doc     string   `json:"doc"`    // what it decides, one sentence
	Source  string   `json:"source"` // what is known, and from where
}

// switchSet maps every switch name to its present value. It is never changed
// in place, so a call may keep the one it started with.
type switchSet map[string]string

// get returns the value of a switch. The name is always one of the constants
// of this package; a test looks each of them up.
func (set switchSet) get(name string) string { return set[name] }

// with returns a copy of the set with some values changed.
func (set switchSet) with(changes map[string]string) (switchSet, error) {
	table := map[string]Switch{}
	for _, entry := range switchTable() {
		table[entry.Name] = entry
	}
	out := maps.Clone(set)
	for _, name := range slices.Sorted(maps.Keys(changes)) {
		entry, known := table[name]
		if !known {
			return nil, fmt.Errorf("emulator: unknown switch %q", name)
		}
		if !slices.Contains(entry.Values, changes[name]) {
			return nil, fmt.Errorf("emulator: switch %s cannot be %q; it is one of %s",
				name, changes[name], strings.Join(entry.Values, ", "))
		}
		out[name] = changes[name]
	}
	return out, nil
}

func defaultSwitches() switchSet {
	set := switchSet{}
	for _, entry := range switchTable() {
		set[entry.Name] = entry.Default
	}
	return set
}

// switchTable lists every switch, by API.
func switchTable() []Switch {
	return slices.Concat(sasSwitches(), hssSwitches(), swrSwitches(), gatewaySwitches(), iamSwitches())
}

// Switches returns every switch the emulator knows, with its default. The
// order is fixed: by API, then as documented.
func (s *Server) Switches() []Switch { return switchTable() }

// currentSwitches returns the set a new call works with.
func (s *Server) currentSwitches() switchSet {
	s.switchMu.RLock()
	defer s.switchMu.RUnlock()
	return s.switches
}

// setSwitches changes some switches for all later requests.
func (s *Server) setSwitches(changes map[string]string) error {
	s.switchMu.Lock()
	defer s.switchMu.Unlock()
	next, err := s.switches.with(changes)
	if err != nil {
		return err
	}
	s.switches = next
	return nil
}
