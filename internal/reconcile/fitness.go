package reconcile

import (
	"fmt"
	"maps"
	"slices"

	"regent/internal/config"
	"regent/internal/model"
	"regent/internal/plan"
	"regent/internal/secret"
)

// login is a login that comes from a variable which is set.
type login struct {
	item  *model.Item
	field string
	model.FromEnv
}

// logins gives those of an account's desired items.
func (a account) logins() (out []login) {
	for i := range a.desired {
		for _, f := range a.provider.Fields {
			if env, ok := a.desired[i].Values[f.Name].(model.FromEnv); ok && env.Set {
				out = append(out, login{&a.desired[i], f.Name, env})
			}
		}
	}
	return out
}

// unfit says why the login cannot be one; the same is refused where it stands in the file.
func (l login) unfit() string { return l.Value.UnfitLogin(config.LongestLogin(l.field)) }

// refusedLogins makes problems of the items whose login cannot be one: comparing it with the live one would be no use.
func (a account) refusedLogins() (out []plan.Refusal) {
	for _, l := range a.logins() {
		if why := l.unfit(); why != "" {
			out = append(out, plan.Refusal{Key: l.item.Key, At: l.item.FieldPosition(l.field), Message: fmt.Sprintf(
				"%s comes from env %s, which %s", l.field, l.Ref.Env, why)})
		}
	}
	return out
}

// unfitLogins names the variables of the accounts whose login cannot be one, once each.
func (r *Reconciler) unfitLogins() (errs []error) {
	told := map[string]bool{}
	for _, a := range r.accounts {
		for _, l := range a.logins() {
			if why := l.unfit(); why != "" && !told[l.Ref.Env] {
				told[l.Ref.Env] = true
				errs = append(errs, unfit(l.item, a.Name, l.field, l.Ref.Env, why))
			}
		}
	}
	return errs
}

// oddities notes what an apply would refuse of an account's secrets, and what is unusual about them and its logins: once
// for each variable.
func (r *Reconciler) oddities(a account) (notes []plan.Note) {
	told := map[string]bool{}
	note := func(it *model.Item, field, env, what string) {
		if what != "" && !told[env] {
			told[env] = true
			notes = append(notes, plan.Note{Position: plan.Position(it.FieldPosition(field)), Message: fmt.Sprintf(
				"%s: %s comes from env %s, which %s", it.Name, field, env, what)})
		}
	}
	for _, l := range a.logins() {
		if l.unfit() == "" {
			note(l.item, l.field, l.Ref.Env, l.Value.Doubtful())
		}
	}
	for i := range a.desired {
		it := &a.desired[i]
		for _, field := range slices.Sorted(maps.Keys(it.Secrets)) {
			note(it, field, it.Secrets[field].Env, r.oddity(it.Secrets[field]))
		}
	}
	return notes
}

// oddity says what is unfit or unusual about a secret that is set.
func (r *Reconciler) oddity(ref secret.Ref) string {
	v, ok := r.session.Resolve(ref)
	if !ok {
		return ""
	}
	if why := v.Unfit(); why != "" {
		return why + " (an apply does not send it)"
	}
	return v.Doubtful()
}
