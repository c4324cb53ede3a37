package action

import (
	"context"
	"errors"
	"fmt"

	"regent/internal/config"
	"regent/internal/plan"
	"regent/internal/provider/catalog"
	"regent/internal/reconcile"
)

// since compares with the base commit. It tells by the plan's origins what only a file shows, and by an error what the base
// commit forbids. What is not known of the base commit, unless it is that its configuration is not valid, keeps the plan from
// being approved.
func (r *run) since(rec *reconcile.Reconciler, base *config.Config, unread error) ([]plan.Origin, error) {
	if !r.event.isPull() {
		return nil, nil
	}
	if unread == nil {
		return rec.Since(base, catalog.Providers())
	}
	text := "The configuration of the base commit could not be read, so that unmanaged entries are counted and not listed, and a login or secret that comes from another variable is not told"
	if r.unsure = !errors.Is(unread, errNotValid); r.unsure {
		text += "; this plan cannot be applied by its review"
	}
	r.hold(levelWarning, plan.Position{}, "base", text+": "+unread.Error()) // the clouds may still have something to mask
	return nil, nil
}

// countForeign keeps a pull request from having entries published by naming the place where they are: what an account
// lists that the base commit does not have is counted. Where the base commit cannot be read, that is every account.
func (r *run) countForeign(p *plan.Plan, base *config.Config, unread error) {
	if !r.event.isPull() {
		return
	}
	if unread != nil {
		p.CountOnly(func(plan.Account) bool { return true }, "the base commit could not be read")
		return
	}
	known := reconcile.Declares(base, catalog.Providers())
	p.CountOnly(func(a plan.Account) bool { return !known(a) },
		"the base commit has no account with this place and these credentials; they are listed once it is merged")
}

var errNotValid = errors.New("it is not valid")

// base reads the configuration of the commit that a pull request started from, as far as it is known that there is one.
// It serves to refuse and to show, never to allow. Other events have none.
func (r *run) base(ctx context.Context) (*config.Config, error) {
	if !r.event.isPull() {
		return nil, nil
	}
	client, err := r.client()
	if err != nil {
		return nil, err
	}
	files, err := client.Files(ctx, r.site, r.event.pull.Base.SHA, r.in.config)
	if err != nil {
		return nil, err
	}
	var sources []config.Source
	for _, f := range files {
		sources = append(sources, config.Source{Name: f.Path, Data: f.Data})
	}
	if len(sources) == 0 {
		return &config.Config{}, nil
	}
	c, err := config.LoadSources(sources)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errNotValid, err)
	}
	return c, nil
}
