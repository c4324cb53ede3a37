package plan

import (
	"bytes"
	"fmt"
	"slices"
)

// Compare checks a fresh plan against a reviewed one. The fresh plan may lack changes that were made since; every
// change it has must be in the reviewed plan, field by field. The answer lists the differences, empty when the fresh
// plan is the reviewed one or a subset of it.
//
// The comparison runs over canonical forms, so that reasons and positions may move while meaning may not. Blocked
// entries count: a plan that blocks more than the reviewed one is another plan.
func Compare(reviewed, fresh *Plan) []string {
	byItem := map[string]*Change{}
	for i := range reviewed.Changes {
		c := &reviewed.Changes[i]
		byItem[reviewed.itemID(c)] = c
	}
	var out []string
	for i := range fresh.Changes {
		c := &fresh.Changes[i]
		old, ok := byItem[fresh.itemID(c)]
		switch {
		case !ok:
			out = append(out, fmt.Sprintf("%s: %s %s in account %s is not in the reviewed plan", c.Position, c.Action, c.Name, c.Account))
		case !bytes.Equal(reviewed.canonical(old), fresh.canonical(c)):
			out = append(out, differences(reviewed, fresh, old, c)...)
		}
	}
	return out
}

// itemID identifies an item across plans: place and key.
func (p *Plan) itemID(c *Change) string {
	a := p.Account(c.Account)
	if a == nil {
		return c.Account + "\x00" + c.Key.String()
	}
	return string(encode(a.Place)) + c.Account + "\x00" + c.Key.String()
}

// differences words what changed about one item since the review.
func differences(reviewed, fresh *Plan, old, now *Change) []string {
	var out []string
	say := func(format string, args ...any) {
		out = append(out, fmt.Sprintf("%s: %s in account %s: ", now.Position, now.Name, now.Account)+fmt.Sprintf(format, args...))
	}
	if old.Action != now.Action {
		say("reviewed as %s, now %s", old.Action, now.Action)
	}
	if old.ID != now.ID {
		say("reviewed for the live entry with ID %s, now it has ID %s", orNone(old.ID), orNone(now.ID))
	}
	if a, b := reviewed.Account(old.Account), fresh.Account(now.Account); a != nil && b != nil && !slices.Equal(a.Credentials, b.Credentials) {
		say("the account's credentials come from other variables than in the reviewed plan")
	}
	for _, f := range now.Fields {
		i := slices.IndexFunc(old.Fields, func(o FieldChange) bool { return o.Field == f.Field })
		if i < 0 {
			say("%s is not in the reviewed plan: now %s", f.Field, arrow(f))
		} else if o := old.Fields[i]; arrow(o) != arrow(f) {
			say("%s: reviewed %s, now %s", f.Field, arrow(o), arrow(f))
		}
	}
	for _, f := range old.Fields {
		if !slices.ContainsFunc(now.Fields, func(o FieldChange) bool { return o.Field == f.Field }) {
			say("%s: reviewed %s, now there is no difference", f.Field, arrow(f))
		}
	}
	if !slices.Equal(old.Secrets, now.Secrets) {
		say("other secrets would be sent: reviewed %s, now %s", listUses(old.Secrets), listUses(now.Secrets))
	}
	if len(out) == 0 {
		say("it is not the reviewed change")
	}
	return out
}

func orNone(id string) string {
	if id == "" {
		return "(none)"
	}
	return id
}

// arrow words a field change; values are JSON, so that text and numbers cannot be confused.
func arrow(f FieldChange) string {
	if f.Env != "" {
		return "(from env " + f.Env + ")"
	}
	text := func(v any) string { return string(bytes.TrimSpace(encode(v))) }
	if f.Before == nil {
		return text(f.After)
	}
	return text(f.Before) + " -> " + text(f.After)
}

func listUses(uses []SecretUse) string {
	if len(uses) == 0 {
		return "none"
	}
	var s string
	for i, u := range uses {
		if i > 0 {
			s += ", "
		}
		s += u.Field + " from env " + u.Env
	}
	return s
}
