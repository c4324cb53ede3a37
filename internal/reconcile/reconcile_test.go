package reconcile_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"regent/internal/apply"
	"regent/internal/config"
	"regent/internal/emulator"
	"regent/internal/model"
	"regent/internal/provider"
	"regent/internal/reconcile"
	"regent/internal/secret"
)

func TestPlanApplyPlan(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	r := w.reconciler(t, accounts+registries)
	p := r.Plan(t.Context())
	if p.Failed() || p.Summary.Changes["add"] != 3 || len(p.Accounts) != 3 || len(r.Missing(p)) != 0 {
		t.Fatalf("%+v: %v", p.Summary, r.Errors(p))
	}
	if again := w.reconciler(t, accounts+registries).Plan(t.Context()); !bytes.Equal(p.JSON(), again.JSON()) {
		t.Error("two plans of one state differ")
	}
	if result := r.Apply(t.Context(), p, options()); result.Count(apply.Applied) != 3 {
		t.Fatalf("%+v", result.Outcomes)
	}
	after := w.reconciler(t, accounts+registries).Plan(t.Context())
	if after.Pending() || after.Summary.Unchanged != 3 || strings.Contains(string(after.JSON()), "hunter2") {
		t.Errorf("%s", after.JSON())
	}
}

func TestChosenAccountsOnly(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	p := w.reconciler(t, accounts+registries, "swr", "sas").Plan(t.Context())
	if len(p.Accounts) != 2 || p.Account("hss") != nil || p.Summary.Changes["add"] != 2 {
		t.Errorf("%+v", p.Summary)
	}
	for _, r := range w.Requests() {
		if strings.HasPrefix(r.Path, "/v5/") {
			t.Errorf("%s %s was sent", r.Method, r.Path)
		}
	}
}

func TestUnknownNames(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		yaml, want string
		names      []string
		providers  []*provider.Definition
	}{
		{accounts, "--account nobody: the configuration has no such account; it has hss, sas, swr", []string{"sas", "nobody"}, nil},
		{"version: 1\n", "--account nobody: the configuration has no such account; it has none", []string{"nobody"}, nil},
		{accounts, "registries.yaml:4:", nil, nil},
	} {
		_, err := reconcile.New(parse(t, c.yaml), c.providers, start(t, emulator.Options{}).session(), c.names, 1)
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("refused with %v", err)
		}
	}
}

// TestOneAccountFails plans the others.
func TestOneAccountFails(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	if err := w.SetFaults([]emulator.Fault{{Operation: "ListRegistry", Kind: emulator.FaultStatus, Status: 403, Code: "HSS.0010", Message: "denied", Times: -1}}); err != nil {
		t.Fatal(err)
	}
	r := w.reconciler(t, accounts+registries)
	p := r.Plan(t.Context())
	if !p.Unread() || p.Summary.Changes["add"] != 2 || p.Account("hss").Error == "" || p.Account("sas").Error != "" {
		t.Fatalf("%+v", p.Summary)
	}
	message := r.Errors(p).Error()
	for _, part := range []string{"registries.yaml:4:", "huawei-hss ListRegistry (account hss): denied", "HTTP 403", "code HSS.0010", "request ID "} {
		if !strings.Contains(message, part) {
			t.Errorf("%q is not in %s", part, message)
		}
	}
}

func TestAccountThatCannotBeOpened(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	delete(w.env, "ALIBABA_CLOUD_ACCESS_KEY_SECRET")
	r := w.reconciler(t, accounts+registries)
	p := r.Plan(t.Context())
	if p.Account("sas").Error == "" || p.Summary.Changes["add"] != 2 || !strings.Contains(r.Errors(p).Error(), "ALIBABA_CLOUD_ACCESS_KEY_SECRET is not") {
		t.Errorf("%+v: %v", p.Summary, r.Errors(p))
	}
	if r.WithoutCredentials() {
		t.Error("some accounts could be read")
	}
}

// TestWithoutCredentials is told apart from credentials that are refused, and from a cloud that is away.
func TestWithoutCredentials(t *testing.T) {
	t.Parallel()
	const own = "credentials: {accessKey: {env: SWR_AK}, secretKey: {env: SWR_SK}}}"
	for _, c := range []struct {
		name string
		edit func(w *world)
		want bool
	}{
		{"none", func(w *world) {
			for name := range w.env {
				if !strings.HasPrefix(name, "REGENT_ENDPOINT_") {
					delete(w.env, name)
				}
			}
		}, true},
		{"wrong ones", func(w *world) {
			w.env["ALIBABA_CLOUD_ACCESS_KEY_SECRET"], w.env["HUAWEICLOUD_SDK_SK"] = "wrong-secret", "wrong-secret"
			w.env["SWR_AK"], w.env["SWR_SK"] = w.env["HUAWEICLOUD_SDK_AK"], "wrong-secret"
		}, false},
		{"all there", func(w *world) {
			w.env["SWR_AK"], w.env["SWR_SK"] = w.env["HUAWEICLOUD_SDK_AK"], w.env["HUAWEICLOUD_SDK_SK"]
		}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := start(t, emulator.Options{})
			c.edit(w)
			// One account has credentials of its own, which come from the environment too.
			r := w.reconciler(t, strings.Replace(accounts, instance+"}", instance+", "+own, 1))
			p := r.Plan(t.Context())
			if r.WithoutCredentials() != c.want {
				t.Errorf("%v", r.Errors(p))
			}
		})
	}
}

func TestInterruptedPlan(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r := w.reconciler(t, accounts+registries)
	p := r.Plan(ctx)
	if !p.Unread() || p.Pending() || len(w.Requests()) != 0 || !strings.Contains(r.Errors(p).Error(), "interrupted") {
		t.Errorf("%+v: %v", p.Summary, r.Errors(p))
	}
}

func TestProblemsAreErrorsWithAPlace(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	yaml := accounts + strings.Replace(registries, "regionId: cn-hangzhou", "regionId: cn-nowhere-1", 1)
	r := w.reconciler(t, yaml)
	p := r.Plan(t.Context())
	if p.Summary.Problems != 1 || p.Summary.Changes["add"] != 2 || !strings.HasPrefix(r.Errors(p).Error(), "registries.yaml:13:34: account sas: harbor: ") {
		t.Errorf("%+v: %v", p.Summary, r.Errors(p))
	}
}

func TestMissingVariablesAreNamedOnceForEachUse(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	delete(w.env, "ROBOT")
	w.env["PASSWORD"] = ""
	r := w.reconciler(t, accounts+registries)
	p := r.Plan(t.Context())
	missing := r.Missing(p)
	for _, part := range []string{
		"registries.yaml:11:15: harbor in account hss: the environment variable PASSWORD is not set or empty; password comes from it",
		"registries.yaml:10:15: harbor in account sas: the environment variable ROBOT is not set or empty; username comes from it",
	} {
		if !strings.Contains(lines(missing), part) {
			t.Errorf("%q is not in\n%s", part, lines(missing))
		}
	}
	if len(missing) != 4 {
		t.Errorf("%d uses:\n%s", len(missing), lines(missing))
	}
}

// TestAccountsOwnCredentialsAreInThePlan by name.
func TestAccountsOwnCredentialsAreInThePlan(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	w.env["SWR_AK"], w.env["SWR_SK"] = w.env["HUAWEICLOUD_SDK_AK"], w.env["HUAWEICLOUD_SDK_SK"]
	yaml := strings.Replace(accounts, instance+"}", instance+", credentials: {secretKey: {env: SWR_SK}, accessKey: {env: SWR_AK}}}", 1)
	p := w.reconciler(t, yaml, "swr").Plan(t.Context())
	if got := p.Account("swr").Credentials; p.Failed() || len(got) != 2 || got[0] != "SWR_AK" {
		t.Errorf("%v, %+v", got, p.Accounts)
	}
	if strings.Contains(string(p.JSON()), w.env["SWR_SK"]) {
		t.Error("the key is in the plan")
	}
}

// TestInvariant08PanicOfAProviderFailsItsAccountOnly uses a provider that no vendor has.
func TestInvariant08PanicOfAProviderFailsItsAccountOnly(t *testing.T) {
	t.Parallel()
	broken := &provider.Definition{
		Name: "huawei-hss", Place: func(*config.Account) model.Place { return model.Place{} },
		Desired: func(*config.Config, *config.Account, secret.Lookup) []model.Item { return nil },
		Lister: func(context.Context, *provider.Session, *config.Account) (provider.Lister, error) {
			panic("index out of range")
		},
	}
	sound := *broken
	sound.Name = "alibaba-sas"
	sound.Lister = func(context.Context, *provider.Session, *config.Account) (provider.Lister, error) {
		return nothing{}, nil
	}
	w := start(t, emulator.Options{})
	r, err := reconcile.New(parse(t, accounts), []*provider.Definition{broken, &sound, {Name: "huawei-swr", Desired: broken.Desired}}, w.session(), []string{"hss", "sas"}, 1)
	if err != nil {
		t.Fatal(err)
	}
	p := r.Plan(t.Context())
	if p.Account("sas").Error != "" || !strings.Contains(p.Account("hss").Error, "registries.yaml:4:") ||
		!strings.Contains(p.Account("hss").Error, "internal error: index out of range") || r.Errors(p) == nil {
		t.Errorf("%+v", p.Accounts)
	}
}

type nothing struct{}

func (nothing) List(context.Context, []model.Item) (provider.Listing, error) {
	return provider.Listing{}, nil
}

// TestNoPermissionNamesTheAction that a policy has to allow, and the page that has the policy.
func TestNoPermissionNamesTheAction(t *testing.T) {
	t.Parallel()
	w := start(t, emulator.Options{})
	if err := w.SetFaults([]emulator.Fault{
		{Operation: "ListPrivateRegistryList", Kind: emulator.FaultStatus, Status: 403, Code: "NoPermission", Times: -1},
		{Operation: "ListInstanceRegistries", Kind: emulator.FaultStatus, Status: 403, Code: "SVCSTG.SWR.4030170", Times: -1},
	}); err != nil {
		t.Fatal(err)
	}
	r := w.reconciler(t, accounts+registries)
	said := r.Errors(r.Plan(t.Context())).Error()
	for _, action := range []string{"yundun-sas:ListPrivateRegistryList", "swr:instance:listRegistries"} {
		if !strings.Contains(said, "does the policy allow "+action+"? See docs/credentials.md#least-privilege") {
			t.Errorf("%s is not in %s", action, said)
		}
	}
}
