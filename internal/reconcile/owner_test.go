package reconcile_test

import (
	"context"
	"errors"
	"testing"

	"regent/internal/config"
	"regent/internal/emulator"
	"regent/internal/model"
	"regent/internal/provider"
	"regent/internal/reconcile"
	"regent/internal/secret"
)

// TestInvariant10InterruptedWhileItAsksWhoCallsIsUnread: an account whose number an interrupt kept from being told is not
// another account than the reviewed one.
func TestInvariant10InterruptedWhileItAsksWhoCallsIsUnread(t *testing.T) {
	t.Parallel()
	ctx, interrupt := context.WithCancel(t.Context())
	asks := &provider.Definition{
		Name: "huawei-swr", Place: func(*config.Account) model.Place { return model.Place{} },
		Desired: func(*config.Config, *config.Account, secret.Lookup) []model.Item { return nil },
		Lister: func(context.Context, *provider.Session, *config.Account) (provider.Lister, error) {
			return emptyAccount{}, nil
		},
		Owner: func(context.Context, *provider.Session, *config.Account) (string, error) {
			interrupt()
			return "", errors.New("no answer")
		},
	}
	r, err := reconcile.New(parse(t, accounts), []*provider.Definition{asks, {Name: "huawei-hss", Desired: asks.Desired}, {Name: "alibaba-sas", Desired: asks.Desired}},
		start(t, emulator.Options{}).session(), []string{"swr"}, 1)
	if err != nil {
		t.Fatal(err)
	}
	if p := r.Plan(ctx); !p.Unread() {
		t.Errorf("the account is planned: %+v", p.Accounts)
	}
}

type emptyAccount struct{}

func (emptyAccount) List(context.Context, []model.Item) (provider.Listing, error) {
	return provider.Listing{}, nil
}
