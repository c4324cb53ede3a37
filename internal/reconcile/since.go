package reconcile

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"regent/internal/config"
	"regent/internal/finding"
	"regent/internal/model"
	"regent/internal/plan"
	"regent/internal/provider"
)

// Since tells which logins, secrets and keys of accounts came from elsewhere in an earlier configuration: no API tells a
// secret, so that the live state does not show such a change. It is an error when a login or a secret comes from a variable
// that held credentials of an account there.
func (r *Reconciler) Since(base *config.Config, providers []*provider.Definition) ([]plan.Origin, error) {
	var out []plan.Origin
	var errs []error
	accounts, owners, items := map[string]*config.Account{}, map[string]string{}, map[string]map[string]string{}
	for _, a := range base.Accounts {
		accounts[a.Name] = a
		for _, env := range credentialNames(a.Credentials) {
			owners[strings.ToUpper(env)] = a.Name
		}
		p := definition(providers, a)
		if p == nil {
			continue
		}
		for _, d := range p.Desired(base, a, unset) {
			items[identity(p.Place(a), &d)] = variables(&d)
		}
	}
	for _, a := range r.accounts {
		if was := accounts[a.Name]; was != nil {
			out = append(out, accountOrigins(was, a.Account)...)
		}
		for i := range a.desired {
			d := &a.desired[i]
			was, known := items[identity(a.provider.Place(a.Account), d)]
			now := variables(d)
			fields := maps.Clone(now)
			maps.Copy(fields, was)
			for _, field := range slices.Sorted(maps.Keys(fields)) {
				at := d.FieldPosition(field)
				if owner, taken := owners[strings.ToUpper(now[field])]; taken {
					errs = append(errs, &config.Error{Position: at, Message: fmt.Sprintf(
						"%s: %s holds credentials of account %s in the base commit, which must not be sent to a registry; use another variable", field, now[field], owner)})
				}
				if known && was[field] != now[field] {
					out = append(out, plan.Origin{Account: a.Name, Name: d.Name, Field: field, Before: source(was[field]), After: source(now[field]), Position: plan.Position(at)})
				}
			}
		}
	}
	return out, finding.Join(errs...)
}

// accountOrigins tells how the same account is opened and written otherwise.
func accountOrigins(was, now *config.Account) []plan.Origin {
	var out []plan.Origin
	add := func(field, before, after string) {
		if before != after {
			out = append(out, plan.Origin{Account: now.Name, Field: field, Before: before, After: after, Position: plan.Position(now.Key(field))})
		}
	}
	keys := func(a *config.Account) string {
		return cmp.Or(strings.Join(credentialNames(a.Credentials), " and "), "the standard chain")
	}
	add("credentials", keys(was), keys(now))
	add("secretsInQuery", fmt.Sprint(was.SecretsInQuery), fmt.Sprint(now.SecretsInQuery))
	return out
}

// identity tells items apart by where they are.
func identity(place model.Place, d *model.Item) string {
	return fmt.Sprintf("%q %q", place, d.Key.String())
}

// variables gives the variables that an item's login and secrets come from, by field.
func variables(d *model.Item) map[string]string {
	out := map[string]string{}
	for field, ref := range d.Secrets {
		out[field] = ref.Env
	}
	for field, v := range d.Values {
		if env, ok := v.(model.FromEnv); ok {
			out[field] = env.Ref.Env
		}
	}
	return out
}

func source(env string) string {
	if env == "" {
		return "the text of the file"
	}
	return "env " + env
}

// unset is a look-up that finds no variable.
func unset(string) (string, bool) { return "", false }
