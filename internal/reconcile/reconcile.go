// Package reconcile brings the parts together: configuration and providers to a plan, a plan to an apply run.
package reconcile

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"regent/internal/apply"
	"regent/internal/cloud"
	"regent/internal/config"
	"regent/internal/crash"
	"regent/internal/finding"
	"regent/internal/model"
	"regent/internal/plan"
	"regent/internal/provider"
	"regent/internal/secret"
)

// Reconciler works on the accounts of one configuration.
type Reconciler struct {
	config   *config.Config
	session  *provider.Session
	accounts []account
	parallel int
	// ReadTime is how long a Plan may take, and ReadTimeFrom what people set it by; New sets the defaults.
	ReadTime     time.Duration
	ReadTimeFrom string
	// unread are the errors of the accounts that the last Plan could not read, in the order of accounts.
	unread []error
}

// ReadTime is how long reading the live state may take unless somebody says otherwise: a server that drips, or that
// throttles and asks for long waits, holds no run for ever.
const ReadTime = 15 * time.Minute

// errSlow is the cause when the time for reading was up.
var errSlow = errors.New("the time for reading was up")

type account struct {
	*config.Account
	provider *provider.Definition
	desired  []model.Item
}

// New prepares the named accounts of a configuration, or all when names is empty. Parallel bounds the accounts read
// at once. An unknown name is an error.
func New(c *config.Config, providers []*provider.Definition, s *provider.Session, names []string, parallel int) (*Reconciler, error) {
	r := &Reconciler{config: c, session: s, parallel: max(parallel, 1), ReadTime: ReadTime, ReadTimeFrom: "--timeout"}
	for _, name := range names {
		if !slices.ContainsFunc(c.Accounts, func(a *config.Account) bool { return a.Name == name }) {
			return nil, fmt.Errorf("--account %s: the configuration has no such account; it has %s", name, known(c))
		}
	}
	if none := c.NoAccounts(); none != nil {
		return nil, none
	}
	for _, a := range c.Accounts {
		if len(names) > 0 && !slices.Contains(names, a.Name) {
			continue
		}
		d := definition(providers, a)
		if d == nil {
			return nil, &config.Error{Position: a.Key("provider"), Message: fmt.Sprintf("no provider is called %s", a.Provider)}
		}
		r.accounts = append(r.accounts, account{Account: a, provider: d, desired: d.Desired(c, a, s.Login)})
	}
	r.learnSecrets()
	err := r.masked(providers)
	return r, err
}

// definition gives the provider of an account, or nil.
func definition(providers []*provider.Definition, a *config.Account) *provider.Definition {
	i := slices.IndexFunc(providers, func(d *provider.Definition) bool { return d.Name == a.Provider })
	if i < 0 {
		return nil
	}
	return providers[i]
}

// masked gives an error for each text of the file that a mask would change. The file chooses the masks, since it names the
// variables: a review in which one of them hides a host is none. Logins are masked in what servers say alone, which matters
// where it is compared with a destination. The error does not repeat the value.
func (r *Reconciler) masked(providers []*provider.Definition) error {
	logins := map[string]secret.Value{} // by variable
	for _, a := range r.accounts {
		for _, l := range a.logins() {
			logins[l.Ref.Env] = l.Value
		}
	}
	isLogin := func(text string) bool {
		for _, v := range logins {
			if v.Equal(text) {
				return true
			}
		}
		return false
	}
	destinations := map[string]bool{} // by path
	for _, d := range providers {
		for _, f := range d.Fields {
			if f.Destination {
				destinations[f.YAML] = true
			}
		}
	}
	var errs []error
	said := map[model.Position]bool{}
	for w := range r.config.Texts() {
		if !said[w.At] && (r.session.Masker.Mask(w.Text) != w.Text || destinations[w.Path] && isLogin(w.Text)) {
			said[w.At] = true
			errs = append(errs, &config.Error{Position: w.At, Message: "the text here holds the value of a variable that the file or this run " +
				"refers to; such values are masked where they are shown, and this would be too. Write another text, or have the variable hold another value"})
		}
	}
	return finding.Join(errs...)
}

// learnSecrets tells the masker of every secret the file refers to, before the first answer of a server is read: an
// answer may hold one.
func (r *Reconciler) learnSecrets() {
	for _, a := range r.accounts {
		for _, d := range a.desired {
			for _, ref := range d.Secrets {
				_, _ = r.session.Resolve(ref) // what is not set is no secret yet; apply asks for it
			}
		}
	}
}

// SecretsAtHand gives an error for each secret that the file refers to and that the environment has, at its entry.
func (r *Reconciler) SecretsAtHand() []error {
	var errs []error
	told := map[string]bool{}
	for _, a := range r.accounts {
		for _, d := range a.desired {
			for _, field := range slices.Sorted(maps.Keys(d.Secrets)) {
				env := d.Secrets[field].Env
				if _, ok := r.session.Resolve(d.Secrets[field]); ok && !told[env] {
					told[env] = true
					errs = append(errs, &config.Error{Position: d.Position, Message: fmt.Sprintf("the environment variable %s, from which %s comes, is set", env, field)})
				}
			}
		}
	}
	return errs
}

// Declares tells which accounts of a plan a configuration has: the same place, opened with the same credentials, under
// whatever name.
func Declares(c *config.Config, providers []*provider.Definition) func(plan.Account) bool {
	return func(p plan.Account) bool {
		return slices.ContainsFunc(c.Accounts, func(a *config.Account) bool {
			d, place := definition(providers, a), p.Place
			place.AccountID = "" // which no file has
			return d != nil && d.Place(a) == place && slices.Equal(credentialNames(a.Credentials), p.Credentials)
		})
	}
}

func known(c *config.Config) string {
	var names []string
	for _, a := range c.Accounts {
		names = append(names, a.Name)
	}
	return cmp.Or(strings.Join(names, ", "), "none")
}

// Plan reads every account and compares it with the file. Accounts that cannot be read are in the plan with their
// errors; the others are planned.
func (r *Reconciler) Plan(ctx context.Context) *plan.Plan {
	ctx, cancel := context.WithTimeoutCause(ctx, r.ReadTime, errSlow)
	defer cancel()
	inputs := make([]plan.Input, len(r.accounts))
	group := errgroup.Group{}
	group.SetLimit(r.parallel)
	for i, a := range r.accounts {
		group.Go(func() error {
			inputs[i] = r.read(ctx, a)
			return nil
		})
	}
	_ = group.Wait() // the functions return no errors; inputs hold them
	r.unread = nil
	for _, in := range inputs {
		r.unread = append(r.unread, in.Err)
	}
	p := plan.New(inputs, func(env string) bool {
		_, ok := r.session.Resolve(secret.Ref{Env: env})
		return !ok
	})
	p.Mask(r.session.Masker.Cut)
	return p
}

// wanted gives the desired side of an account.
func (a account) wanted() plan.Input {
	return plan.Input{
		Name: a.Name, Place: a.provider.Place(a.Account), Position: a.Position, Fields: a.provider.Fields, Replaces: a.provider.Replaces, Desired: a.desired,
		Credentials: credentialNames(a.Credentials), SecretsInQuery: a.SecretsInQuery,
	}
}

// read gives both sides of an account. A panic ends the account, and not the whole run without a word about the others.
func (r *Reconciler) read(ctx context.Context, a account) plan.Input {
	in := a.wanted()
	in.Err = crash.Guard(func() error { return r.list(ctx, a, &in) })
	if fallen, ok := errors.AsType[*crash.Error](in.Err); ok {
		in.Err = &config.Error{Position: a.Position, Cause: fallen, Message: fmt.Sprintf("account %s: %s", a.Name, r.session.Masker.Withhold("the cause of an internal error", fallen.Error()))}
	} else if in.Err != nil && errors.Is(context.Cause(ctx), errSlow) {
		in.Err = &config.Error{Position: a.Position, Cause: in.Err, Message: fmt.Sprintf(
			"account %s: could not be read within %s (%s); what it waited for: %s", a.Name, r.ReadTime, r.ReadTimeFrom, in.Err)}
	}
	return in
}

// list reads the live side.
func (r *Reconciler) list(ctx context.Context, a account, in *plan.Input) error {
	lister, err := a.provider.Lister(ctx, r.session, a.Account)
	if err != nil {
		return err
	}
	listing, err := lister.List(ctx, a.desired)
	if err != nil {
		return cloud.At(err, a.Position)
	}
	if a.provider.Owner != nil { // the list has proven the credentials
		in.Place.AccountID, err = a.provider.Owner(ctx, r.session, a.Account)
		switch {
		case ctx.Err() != nil: // a run that was interrupted has not learned that the account is another one
			return cloud.At(cmp.Or(err, context.Cause(ctx)), a.Position)
		case err != nil:
			in.Notes = append(in.Notes, unknownOwner(a, err))
		}
	}
	in.Live, in.BuiltIn, in.NotCounted = listing.Items, listing.BuiltIn, listing.NotCounted
	for _, n := range listing.Notes {
		if n.Position.IsZero() {
			n.Position = a.Position // about the account as a whole
		}
		in.Notes = append(in.Notes, plan.Note{Message: n.Text, Position: plan.Position(n.Position), Several: n.Several})
	}
	in.Notes = append(in.Notes, r.oddities(a)...)
	in.Refused = a.refusedLogins()
	for _, p := range listing.Problems {
		in.Refused = append(in.Refused, plan.Refusal{Key: p.Key, At: p.Position, Message: p.Text})
	}
	return nil
}

// credentialNames gives the names of an account's own credential variables in the order of their roles.
func credentialNames(c *config.Credentials) []string {
	var names []string
	if c == nil {
		return nil
	}
	for _, ref := range []secret.Ref{c.AccessKey, c.SecretKey, c.SecurityToken, c.AuthToken} {
		if !ref.IsZero() {
			names = append(names, ref.Env)
		}
	}
	return names
}

// Missing names every variable that the plan's writes need and that has no value, or a secret that must not be sent: one
// that is unfit, or the tool's own under another name. It gives one error for each use. A login that cannot be one stops
// the writes of others too.
func (r *Reconciler) Missing(p *plan.Plan) []error {
	writes, own := p.Writes(), r.ownSecrets()
	errs := append(r.unfitCredentials(writes), r.unfitLogins()...)
	fields := map[string][]model.Field{}
	for _, a := range r.accounts {
		fields[a.Name] = a.provider.Fields
	}
	for _, c := range writes {
		for _, use := range c.Secrets {
			v, ok := r.session.Resolve(secret.Ref{Env: use.Env})
			if !ok {
				errs = append(errs, missing(c, use.Field, use.Env))
			} else if why := v.Unfit(); why != "" {
				errs = append(errs, unfit(c.Desired, c.Account, use.Field, use.Env, why))
			} else if name := own.with(v, use.Env); name != "" {
				errs = append(errs, copied(c, use.Field, use.Env, name))
			}
		}
		for _, f := range fields[c.Account] {
			env, ok := c.Desired.Values[f.Name].(model.FromEnv)
			if !ok {
				continue
			}
			if name := own.with(env.Value, env.Ref.Env); !env.Set {
				errs = append(errs, missing(c, f.Name, env.Ref.Env))
			} else if name != "" {
				errs = append(errs, copied(c, f.Name, env.Ref.Env, name))
			}
		}
	}
	return errs
}

// unfitCredentials names the variables of the credentials of accounts to be written to that hold what cannot be one. A
// value that is not set has kept the account from being read.
func (r *Reconciler) unfitCredentials(writes []*plan.Change) []error {
	if r.session.IgnoreFileCredentials {
		return nil
	}
	written := map[string]bool{}
	for _, c := range writes {
		written[c.Account] = true
	}
	var errs []error
	for _, a := range r.accounts {
		if !written[a.Name] {
			continue
		}
		if a.Credentials == nil {
			errs = append(errs, r.unfitStandard(a)...)
			continue
		}
		for _, c := range []struct {
			key string
			ref secret.Ref
		}{{"secretKey", a.Credentials.SecretKey}, {"securityToken", a.Credentials.SecurityToken}, {"authToken", a.Credentials.AuthToken}} {
			v, ok := r.session.Resolve(c.ref)
			if why := v.Unfit(); ok && why != "" {
				errs = append(errs, &config.Error{Position: a.Credentials.Key(c.key), Message: fmt.Sprintf(
					"account %s: the environment variable %s, from which its %s comes, %s", a.Name, c.ref.Env, c.key, why)})
			}
		}
	}
	return errs
}

// unfitStandard does the same for an account that is opened with the standard variables.
func (r *Reconciler) unfitStandard(a account) (errs []error) {
	for _, name := range provider.SecretVariables(a.Account) {
		v, ok := r.session.Resolve(secret.Ref{Env: name})
		if why := v.Unfit(); ok && why != "" {
			errs = append(errs, &config.Error{Position: a.Position, Message: fmt.Sprintf("account %s: the environment variable %s %s", a.Name, name, why)})
		}
	}
	return errs
}

// ownSecret is one of the tool's own secrets, and the name of its variable.
type ownSecret struct {
	name  string
	value secret.Value
}

type ownSecrets []ownSecret

// ownSecrets reads the variables that hold secrets and that no configuration may name: one of them may be in the
// environment under a second name. The sandbox's requests go nowhere.
func (r *Reconciler) ownSecrets() (own ownSecrets) {
	if r.session.Names == nil || r.session.IgnoreFileCredentials {
		return nil
	}
	for _, name := range slices.Sorted(slices.Values(r.session.Names())) {
		if !config.IsOwnSecret(name) {
			continue
		}
		if value, ok := (secret.Ref{Env: name}).Resolve(r.session.Lookup); ok {
			own = append(own, ownSecret{name, value})
		}
	}
	return own
}

// with names a variable that holds the same as another one.
func (own ownSecrets) with(v secret.Value, except string) string {
	for _, o := range own {
		if !v.Empty() && o.name != except && o.value.Same(v) {
			return o.name
		}
	}
	return ""
}

func unfit(it *model.Item, account, field, env, why string) error {
	return &config.Error{Position: it.FieldPosition(field), Message: fmt.Sprintf(
		"%s in account %s: the environment variable %s, from which %s comes, %s", it.Name, account, env, field, why)}
}

func copied(c *plan.Change, field, env, own string) error {
	return &config.Error{Position: c.Desired.FieldPosition(field), Message: fmt.Sprintf(
		"%s in account %s: the environment variable %s, from which %s comes, holds the same as %s, which must not be sent to a registry",
		c.Name, c.Account, env, field, own)}
}

func missing(c *plan.Change, field, env string) error {
	return &config.Error{Position: c.Desired.FieldPosition(field), Message: fmt.Sprintf(
		"%s in account %s: the environment variable %s is not set or empty; %s comes from it", c.Name, c.Account, env, field)}
}

// Apply carries out a plan that Plan made. Options.Accounts and Options.Resolve are filled in here. What servers told is
// masked in everything that leaves: events, progress and outcomes.
func (r *Reconciler) Apply(ctx context.Context, p *plan.Plan, o apply.Options) *apply.Result {
	audit, progress := o.Audit, o.Progress
	o.Audit = func(e apply.Event) error {
		r.mask(&e.ID, &e.RequestID, &e.Detail)
		return audit(e)
	}
	o.Progress = func(done, total int, out apply.Outcome) {
		r.mask(&out.ID, &out.RequestID, &out.Detail)
		progress(done, total, out)
	}
	o.Accounts = map[string]apply.Account{}
	o.Resolve = r.session.Resolve
	for _, a := range r.accounts {
		o.Accounts[a.Name] = apply.Account{
			Fields: a.provider.Fields, Endpoint: r.session.Endpoint(a.Account),
			Writer: func(ctx context.Context) (provider.Writer, error) {
				return a.provider.Writer(ctx, r.session, a.Account)
			},
			List: r.lister(a),
		}
	}
	result := apply.Run(ctx, p, o)
	for i := range result.Outcomes {
		out := &result.Outcomes[i]
		r.mask(&out.ID, &out.RequestID, &out.Detail)
	}
	return result
}

// mask removes secrets from texts.
func (r *Reconciler) mask(texts ...*string) {
	for _, t := range texts {
		*t = r.session.Masker.Cut(*t)
	}
}

// lister opens an account for reading back, once.
func (r *Reconciler) lister(a account) func(context.Context, []model.Item) ([]model.Item, error) {
	var mu sync.Mutex
	var lister provider.Lister
	open := func(ctx context.Context) (provider.Lister, error) {
		mu.Lock()
		defer mu.Unlock()
		if lister == nil {
			l, err := a.provider.Lister(ctx, r.session, a.Account)
			if err != nil {
				return nil, err
			}
			lister = l
		}
		return lister, nil
	}
	return func(ctx context.Context, desired []model.Item) ([]model.Item, error) {
		l, err := open(ctx)
		if err != nil {
			return nil, err
		}
		listing, err := l.List(ctx, desired)
		return listing.Items, err
	}
}

// WithoutCredentials reports whether the last Plan could read no account for want of credentials, and nothing else was
// in its way.
func (r *Reconciler) WithoutCredentials() bool {
	for _, err := range r.unread {
		if !errors.Is(err, cloud.ErrCredentials) {
			return false
		}
	}
	return len(r.unread) > 0
}

// Errors gives the errors of the accounts that the last Plan could not read, and the plan's problems.
func (r *Reconciler) Errors(p *plan.Plan) error {
	errs := slices.Clone(r.unread)
	for _, pr := range p.Problems {
		errs = append(errs, &config.Error{Position: model.Position(pr.Position),
			Message: fmt.Sprintf("account %s: %s: %s", pr.Account, pr.Name, pr.Message)})
	}
	return finding.Join(errs...)
}
