package plan

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Action is what a change does. It is the word of plan files, and the name of the change's count in the summary and among
// the outputs of the Action.
type Action string

// The actions.
const (
	Add     Action = "add"
	Modify  Action = "modify"
	Blocked Action = "blocked"
)

// Kind is all that the program knows of an action. Whoever meets an action asks [Lookup], and refuses one that is not there.
type Kind struct {
	Action Action
	// Word follows a number of changes in reports, Mark stands before a change.
	Word, Mark string
	// Desired and Live say which sides a change of the kind has.
	Desired, Live bool
	Call          Call
	Then          Postcondition
}

// Call is what an apply asks of the provider.
type Call int

// The calls.
const (
	NoCall Call = iota
	CallAdd
	CallModify
)

// Postcondition is what a list shows after a call that was carried out.
type Postcondition int

// The postconditions.
const (
	// FoundAndEqual: the item is there, and as desired.
	FoundAndEqual Postcondition = iota + 1
	// Took: the fields of the change are as desired.
	Took
	// Gone: the item is not there.
	Gone
	// Accepted: no list can show it.
	Accepted
)

// kinds are in the order of reports.
var kinds = []Kind{
	{Action: Add, Word: "to add", Mark: "+", Desired: true, Call: CallAdd, Then: FoundAndEqual},
	{Action: Modify, Word: "to modify", Mark: "~", Desired: true, Live: true, Call: CallModify, Then: Took},
	{Action: Blocked, Word: "blocked", Mark: "!", Desired: true, Live: true},
}

// Kinds gives the actions in the order of reports.
func Kinds() []Kind { return slices.Clone(kinds) }

// Lookup gives what is known of an action; false for one that is not known.
func Lookup(a Action) (Kind, bool) {
	for _, k := range kinds {
		if k.Action == a {
			return k, true
		}
	}
	return Kind{}, false
}

// Writes reports whether an apply makes a change of the kind.
func (k Kind) Writes() bool { return k.Call != NoCall }

// UnknownActionError is the refusal of an action that the program does not know.
type UnknownActionError struct{ Action Action }

// Error says so.
func (e UnknownActionError) Error() string {
	return fmt.Sprintf("regent does not know the action %q", string(e.Action))
}

// known refuses a plan that holds an action which is not in the table.
func (p *Plan) known() error {
	for i := range p.Changes {
		c := &p.Changes[i]
		if _, ok := Lookup(c.Action); !ok {
			return fmt.Errorf("%w of %s in account %s; plan again with this version", UnknownActionError{c.Action}, c.Name, c.Account)
		}
	}
	return nil
}

// Summary counts items.
type Summary struct {
	// Changes are counted by their action; an action that no change has may be missing.
	Changes   map[Action]int `json:"-"`
	Unchanged int            `json:"unchanged"`
	Unmanaged int            `json:"unmanaged"`
	// BuiltIn is nil when the entries of some account could not be counted.
	BuiltIn  *int `json:"builtIn,omitempty"`
	Problems int  `json:"problems"`
}

// Words gives the counts of some kinds in the order of reports: 2 to add, 1 to modify.
func (s Summary) Words(of func(Kind) bool) string {
	var out []string
	for _, k := range kinds {
		if of(k) {
			out = append(out, fmt.Sprintf("%d %s", s.Changes[k.Action], k.Word))
		}
	}
	return strings.Join(out, ", ")
}

// Writes counts the changes that an apply makes.
func (s Summary) Writes() int { return s.count(Kind.Writes) }

func (s Summary) count(of func(Kind) bool) int {
	n := 0
	for _, k := range kinds {
		if of(k) {
			n += s.Changes[k.Action]
		}
	}
	return n
}

// plainSummary is a summary without the counts of changes.
type plainSummary Summary

// MarshalJSON writes the count of each action under its name, before the others.
func (s Summary) MarshalJSON() ([]byte, error) {
	out := []byte("{")
	for _, k := range kinds {
		out = fmt.Appendf(out, "%q:%d,", k.Action, s.Changes[k.Action])
	}
	rest, err := json.Marshal(plainSummary(s))
	return append(out, rest[1:]...), err
}

// UnmarshalJSON refuses keys that MarshalJSON does not write.
func (s *Summary) UnmarshalJSON(content []byte) error {
	var all map[Action]json.RawMessage
	if err := json.Unmarshal(content, &all); err != nil {
		return err
	}
	*s = Summary{Changes: map[Action]int{}}
	for _, k := range kinds {
		if n, ok := all[k.Action]; ok {
			var count int
			if err := json.Unmarshal(n, &count); err != nil {
				return err
			}
			s.Changes[k.Action] = count
			delete(all, k.Action)
		}
	}
	rest, err := json.Marshal(all)
	if err != nil {
		return err
	}
	dec := json.NewDecoder(bytes.NewReader(rest))
	dec.DisallowUnknownFields()
	return dec.Decode((*plainSummary)(s))
}
