package plan

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
)

// Difference is one way in which a fresh plan is not the reviewed one.
type Difference struct {
	// Position is the item's place in the file as it is now.
	Position Position
	Account  string
	Name     string
	// Field is the field that differs, or what else does: "action", "id", "accountId", "credentials", "secrets". Empty for a change
	// that was not reviewed at all.
	Field string
	// Reviewed and Now are the two sides; values are JSON, so that text and numbers cannot be confused. Reviewed is
	// empty where the reviewed plan had nothing.
	Reviewed, Now string
	// Message is the difference in words, without the item and its place; empty for a change that was not reviewed.
	Message string
}

// String gives the difference as one line with its place.
func (d Difference) String() string {
	if d.Message == "" {
		return fmt.Sprintf("%s: %s %s in account %s is not in the reviewed plan", d.Position, d.Now, d.Name, d.Account)
	}
	return fmt.Sprintf("%s: %s in account %s: %s", d.Position, d.Name, d.Account, d.Message)
}

// Compare checks a fresh plan against a reviewed one. The fresh plan may lack changes that were made since; every
// change it has must be in the reviewed plan, field by field. The answer lists the differences, empty when the fresh
// plan is the reviewed one or a subset of it.
//
// The comparison runs over canonical forms, so that reasons and positions may move while meaning may not. Blocked
// entries count: a plan that blocks more than the reviewed one is another plan.
func Compare(reviewed, fresh *Plan) []Difference {
	then, now := newCanon(reviewed), newCanon(fresh)
	byItem := make(map[string]*Change, len(reviewed.Changes))
	for i := range reviewed.Changes {
		c := &reviewed.Changes[i]
		byItem[then.item(c)] = c
	}
	var out []Difference
	for i := range fresh.Changes {
		c := &fresh.Changes[i]
		old, ok := byItem[now.item(c)]
		if !ok {
			out = append(out, NotReviewed(c))
			continue
		}
		form := then.form(old)
		if bytes.Equal(form, now.form(c)) {
			continue
		}
		if c = unmasked(c, old); !bytes.Equal(form, now.form(c)) {
			out = append(out, differences(reviewed, fresh, old, c)...)
		}
	}
	return out
}

// unmasked gives a change with the true live ID and values where the reviewed one has just these: it was planned when no
// variable held them, and now one does, so that [Plan.Mask] hides them. What is equal only behind the mask stays different.
func unmasked(c, reviewed *Change) *Change {
	if c.Live == nil {
		return c
	}
	out := *c
	if c.Live.ID == reviewed.ID {
		out.ID = reviewed.ID
	}
	out.Fields = slices.Clone(c.Fields)
	for i := range out.Fields {
		f := &out.Fields[i]
		live, told := c.Live.Values[f.Field]
		if !told || f.Before == nil {
			continue
		}
		if j := fieldAt(reviewed, f.Field); j >= 0 && bytes.Equal(encode(live), encode(reviewed.Fields[j].Before)) {
			f.Before = live
		}
	}
	return &out
}

// fieldAt gives the index of a field in a change; -1 when it is not there.
func fieldAt(c *Change, field string) int {
	return slices.IndexFunc(c.Fields, func(f FieldChange) bool { return f.Field == field })
}

// NotReviewed is the difference that a change makes which the reviewed plan does not have.
func NotReviewed(c *Change) Difference {
	return Difference{Position: c.Position, Account: c.Account, Name: c.Name, Now: string(c.Action)}
}

// ChangeDigest gives the hexadecimal SHA-256 of a change's canonical form, which holds its place too: two changes with
// one digest do the same thing in the same account.
func (p *Plan) ChangeDigest(c *Change) string {
	canon := newCanon(&Plan{})
	canon.accounts[c.Account] = p.Account(c.Account)
	sum := sha256.Sum256(canon.form(c))
	return hex.EncodeToString(sum[:])
}

// Reviewable gives the part of a plan that a review approves: the changes and their accounts, with the same digest.
// What only informs (unmanaged items, notes, problems, counts) is left out.
func (p *Plan) Reviewable() *Plan {
	out := &Plan{
		FormatVersion: p.FormatVersion, Digest: p.Digest, Changes: slices.Clone(p.Changes),
		Accounts: []Account{}, Problems: []Problem{}, Notes: []Note{},
	}
	changed := map[string]bool{}
	for i := range p.Changes {
		changed[p.Changes[i].Account] = true
	}
	for _, a := range p.Accounts {
		if changed[a.Name] {
			out.Accounts = append(out.Accounts, Account{
				Name: a.Name, Place: a.Place, Credentials: a.Credentials, SecretsInQuery: a.SecretsInQuery, Unmanaged: []Unmanaged{}, Position: a.Position,
			})
		}
	}
	return out
}

// differences words what changed about one item since the review.
func differences(reviewed, fresh *Plan, old, now *Change) []Difference {
	var out []Difference
	say := func(field, before, after, format string, args ...any) {
		out = append(out, Difference{now.Position, now.Account, now.Name, field, before, after, fmt.Sprintf(format, args...)})
	}
	if old.Action != now.Action {
		say("action", string(old.Action), string(now.Action), "reviewed as %s, now %s", old.Action, now.Action)
	}
	if old.ID != now.ID {
		say("id", old.ID, now.ID, "reviewed for the live entry with ID %s, now it has ID %s", orNone(old.ID), orNone(now.ID))
	}
	if a, b := reviewed.Account(old.Account), fresh.Account(now.Account); a != nil && b != nil {
		if a.AccountID != b.AccountID {
			say("accountId", a.AccountID, b.AccountID, "reviewed for the cloud account %s, now it is %s",
				cmp.Or(a.AccountID, unknownAccount), cmp.Or(b.AccountID, unknownAccount))
		}
		if !slices.Equal(a.Credentials, b.Credentials) {
			say("credentials", fmt.Sprint(a.Credentials), fmt.Sprint(b.Credentials),
				"the account's credentials come from other variables than in the reviewed plan")
		}
		if a.SecretsInQuery != b.SecretsInQuery {
			say("secretsInQuery", fmt.Sprint(a.SecretsInQuery), fmt.Sprint(b.SecretsInQuery),
				"secretsInQuery: reviewed %t, now %t", a.SecretsInQuery, b.SecretsInQuery)
		}
	}
	if old.Registry != now.Registry {
		say("registry", old.Registry, now.Registry, "the login would go to another registry: reviewed %s, now %s", orNone(old.Registry), orNone(now.Registry))
	}
	for _, f := range now.Fields {
		i := fieldAt(old, f.Field)
		if i < 0 {
			say(f.Field, "", arrow(f), "%s is not in the reviewed plan: now %s", f.Field, arrow(f))
		} else if o := old.Fields[i]; arrow(o) != arrow(f) {
			say(f.Field, arrow(o), arrow(f), "%s: reviewed %s, now %s", f.Field, arrow(o), arrow(f))
		}
	}
	for _, f := range old.Fields {
		if fieldAt(now, f.Field) < 0 {
			say(f.Field, arrow(f), "", "%s: reviewed %s, now there is no difference", f.Field, arrow(f))
		}
	}
	if !slices.Equal(old.Secrets, now.Secrets) {
		say("secrets", listUses(old.Secrets), listUses(now.Secrets),
			"other secrets would be sent: reviewed %s, now %s", listUses(old.Secrets), listUses(now.Secrets))
	}
	if len(out) == 0 && !slices.Equal(old.Variables, now.Variables) {
		say("variables", fmt.Sprint(old.Variables), fmt.Sprint(now.Variables), "the login comes from other variables than in the reviewed plan")
	}
	if len(out) == 0 {
		say("", "", string(now.Action), "it is not the reviewed change")
	}
	return out
}

// unknownAccount stands for the number of a cloud account that could not be learned.
const unknownAccount = "(not known)"

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
