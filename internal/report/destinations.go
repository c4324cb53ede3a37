package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"regent/internal/order"
	"regent/internal/plan"
)

// Moves says of every modify that sends a login elsewhere from where to where, one sentence for each field that decides it.
// Reports begin with them.
func Moves(p *plan.Plan) []string {
	var out []string
	for i := range p.Changes {
		c := &p.Changes[i]
		if k, _ := kindOf(c); !k.Writes() {
			continue
		}
		for _, r := range rowsOf(c) {
			if r.moves {
				out = append(out, fmt.Sprintf("login of %s goes from %s to %s (%s in account %s)", Clean(c.Name), r.before, r.after, r.field, Clean(c.Account)))
			}
		}
	}
	return out
}

// Origins says of every login, secret and key of an account that comes from elsewhere than before where from. Reports begin
// with them.
func Origins(p *plan.Plan) []string {
	var out []string
	for _, o := range p.Origins {
		what, verb := "account "+Clean(o.Account), "is now"
		if o.Name != "" {
			what, verb = Clean(o.Name)+" in "+what, "comes from"
		}
		out = append(out, fmt.Sprintf("%s: %s %s %s, was %s", what, Clean(o.Field), verb, Clean(o.After), Clean(o.Before)))
	}
	return out
}

// Variable is an environment variable and an address that its value goes to.
type Variable struct{ Variable, Registry string }

// Sent gives the variables that a plan's writes send and where to, each pair once, sorted. Reports begin with them.
func Sent(p *plan.Plan) []Variable {
	var out []Variable
	for _, c := range p.Writes() {
		for _, env := range c.Variables {
			out = append(out, Variable{env, c.Registry})
		}
	}
	slices.SortFunc(out, func(a, b Variable) int {
		return cmp.Or(order.Natural(a.Variable, b.Variable), order.Natural(a.Registry, b.Registry))
	})
	return slices.Compact(out)
}

// entriesOf gives the rows of a field that maps names to addresses, one for each entry: however many there are, none is cut.
// Of two maps it gives the entries that differ. Nil for other fields, and for maps without entries.
func entriesOf(f plan.FieldChange) []row {
	before, after := entries(f.Before), entries(f.After)
	if f.Kept {
		before = nil
	}
	names := maps.Clone(before)
	if names == nil {
		names = map[string]string{}
	}
	maps.Copy(names, after)
	var rows []row
	for _, name := range slices.Sorted(maps.Keys(names)) {
		have, was := before[name]
		want, is := after[name]
		if was && is && have == want {
			continue
		}
		r := row{field: Clean(f.Field + "[" + name + "]"), before: "(none)", after: "(none)", blocked: f.Blocked != ""}
		switch {
		case was:
			r.before = display(have)
		case f.Before == nil:
			r.before = display(nil)
		}
		if is {
			r.after = display(want)
		}
		r.moves, r.kept = f.Destination && f.Before != nil && !f.Kept, f.Kept
		rows = append(rows, r)
	}
	return rows
}

// entries gives a value that maps names to texts; nil for any other.
func entries(v any) map[string]string {
	switch v := v.(type) {
	case map[string]string:
		return v
	case map[string]any:
		out := make(map[string]string, len(v))
		for name, value := range v {
			out[name] = fmt.Sprint(value)
		}
		return out
	}
	return nil
}
