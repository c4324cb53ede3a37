package action

import (
	"context"
	"fmt"

	"regent/internal/config"
	"regent/internal/plan"
	"regent/internal/provider/catalog"
	"regent/internal/reconcile"
)

// countForeign keeps a pull request from having entries published by naming the place where they are: what an account
// lists that the base commit does not have is counted. Where the base commit cannot be read, that is every account.
func (r *run) countForeign(ctx context.Context, p *plan.Plan) {
	if !r.event.isPull() || !p.Lists() {
		return
	}
	base, err := r.base(ctx)
	if err != nil {
		r.annotate(levelWarning, plan.Position{}, "base", "The configuration of the base commit could not be read, so that unmanaged entries are counted and not listed: "+err.Error())
		p.CountOnly(func(plan.Account) bool { return true }, "the base commit could not be read")
		return
	}
	known := reconcile.Declares(base, catalog.Providers())
	p.CountOnly(func(a plan.Account) bool { return !known(a) },
		"the base commit has no account with this place and these credentials; they are listed once it is merged")
}

// base reads the configuration of the commit that the pull request started from, as far as it is known that there is one.
// It serves to refuse and to show, never to allow.
func (r *run) base(ctx context.Context) (*config.Config, error) {
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
		return nil, fmt.Errorf("it is not valid: %w", err)
	}
	return c, nil
}
