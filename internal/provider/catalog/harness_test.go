package catalog_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"regent/internal/cloud"
	"regent/internal/cloud/cloudtest"
	"regent/internal/config"
	"regent/internal/emulator"
	"regent/internal/model"
	"regent/internal/plan"
	"regent/internal/provider"
	"regent/internal/provider/catalog"
	"regent/internal/secret"
)

const (
	project  = emulator.DefaultProjectID
	instance = "5b0c3f1e-0000-4000-8000-000000000001"

	sas = "alibaba-sas"
	hss = "huawei-hss"
	swr = "huawei-swr"
)

func definition(t testing.TB, name string) *provider.Definition {
	t.Helper()
	i := slices.IndexFunc(catalog.Providers(), func(d *provider.Definition) bool { return d.Name == name })
	if i < 0 {
		t.Fatalf("no provider is called %s", name)
	}
	return catalog.Providers()[i]
}

// account gives the account of a provider that the emulator serves.
func account(name string) *config.Account {
	a := &config.Account{Name: "account", Provider: name, Region: "cn-north-4", ProjectID: project}
	switch name {
	case sas:
		a.Region, a.ProjectID = "cn-hangzhou", ""
	case hss:
		a.EnterpriseProjectID = config.AllEnterpriseProjects
	case swr:
		a.InstanceID = instance
	}
	return a
}

// world is an emulator, or a server that stands in its place, with the session that leads there.
type world struct {
	*emulator.Server
	session *provider.Session
	env     map[string]string
}

func start(t *testing.T, o emulator.Options) *world {
	t.Helper()
	server, err := emulator.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return serve(t, server, server)
}

// serve lets a handler answer for an emulator, whose keys are used.
func serve(t *testing.T, server *emulator.Server, handler http.Handler) *world {
	t.Helper()
	listener := httptest.NewServer(handler)
	t.Cleanup(listener.Close)
	w := &world{Server: server, env: map[string]string{}}
	for _, v := range server.Env(listener.URL) {
		w.env[v.Name] = v.Value
	}
	w.session = &provider.Session{
		Lookup: cloudtest.Lookup(w.env), Masker: &secret.Masker{},
		Network: cloud.Network(8), UserAgent: "regent/test", Parallel: 8,
		Retries: cloud.Retries{Max: 1, Base: time.Millisecond, Cap: 2 * time.Millisecond},
	}
	return w
}

// scripted is a server that answers each request with what a function gives for it.
func scripted(t *testing.T, answer func(r *http.Request) string) *world {
	t.Helper()
	server, err := emulator.New(emulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return serve(t, server, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(answer(r)))
	}))
}

func (w *world) list(t *testing.T, name string, desired ...model.Item) (provider.Listing, error) {
	t.Helper()
	lister, err := definition(t, name).Lister(t.Context(), w.session, account(name))
	if err != nil {
		t.Fatal(err)
	}
	return lister.List(t.Context(), desired)
}

func (w *world) writer(t *testing.T, a *config.Account) provider.Writer {
	t.Helper()
	writer, err := definition(t, a.Provider).Writer(t.Context(), w.session, a)
	if err != nil {
		t.Fatal(err)
	}
	return writer
}

// count gives how often an operation was asked for.
func (w *world) count(operation string) int {
	n := 0
	for _, r := range w.Requests() {
		if r.Operation == operation {
			n++
		}
	}
	return n
}

// parse reads a configuration without its head.
func parse(t testing.TB, yaml string) *config.Config {
	t.Helper()
	c, err := config.Parse("registries.yaml", []byte("version: 1\n"+yaml))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// accounts is the part of a configuration that declares one account of each provider.
var accounts = fmt.Sprintf(`accounts:
  alibaba-sas: {provider: alibaba-sas, region: cn-hangzhou}
  huawei-hss: {provider: huawei-hss, region: cn-north-4, projectId: %[1]s}
  huawei-swr: {provider: huawei-swr, region: cn-north-4, projectId: %[1]s, instanceId: %[2]s}
`, project, instance)

// desired gives the items of a provider's account.
func desired(t testing.TB, c *config.Config, name string, lookup secret.Lookup) []model.Item {
	t.Helper()
	i := slices.IndexFunc(c.Accounts, func(a *config.Account) bool { return a.Provider == name })
	if i < 0 {
		return nil
	}
	return definition(t, name).Desired(c, c.Accounts[i], lookup)
}

// planned compares a configuration with the live entries of one provider.
func (w *world) planned(t *testing.T, yaml, name string) *plan.Plan {
	t.Helper()
	items := desired(t, parse(t, accounts+yaml), name, w.session.Lookup)
	listing, err := w.list(t, name, items...)
	if err != nil {
		t.Fatal(err)
	}
	in := plan.Input{Name: name, Fields: definition(t, name).Fields, Desired: items, Live: listing.Items}
	return plan.New([]plan.Input{in}, func(string) bool { return false })
}

// examples gives the configurations of the folder examples.
func examples(t *testing.T) map[string]*config.Config {
	t.Helper()
	files, err := filepath.Glob("../../../examples/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	out := map[string]*config.Config{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		c, err := config.Parse(file, text)
		if err != nil {
			t.Fatal(err)
		}
		out[filepath.Base(file)] = c
	}
	return out
}

func empty(string) (string, bool) { return "", false }
