package reconcile_test

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"regent/internal/apply"
	"regent/internal/cloud"
	"regent/internal/cloud/cloudtest"
	"regent/internal/config"
	"regent/internal/emulator"
	"regent/internal/provider"
	"regent/internal/provider/catalog"
	"regent/internal/reconcile"
	"regent/internal/secret"
)

const instance = "5b0c3f1e-0000-4000-8000-000000000001"

// accounts declares one account of each provider.
var accounts = fmt.Sprintf(`version: 1
accounts:
  sas: {provider: alibaba-sas, region: cn-hangzhou}
  hss: {provider: huawei-hss, region: cn-north-4, projectId: %[1]s}
  swr: {provider: huawei-swr, region: cn-north-4, projectId: %[1]s, instanceId: %[2]s}
`, emulator.DefaultProjectID, instance)

const registries = `registries:
  - name: harbor
    type: harbor
    url: https://harbor.example.com
    username: {env: ROBOT}
    password: {env: PASSWORD}
    scan:
      - {account: sas, regionId: cn-hangzhou, hostIp: 192.0.2.1}
      - {account: hss, clusterId: c}
replicationTargets:
  - {name: dr, account: swr, type: huawei-SWR, url: 'https://dr.example.com', accessKey: admin, accessSecret: {env: SECRET}}
`

// world is an emulator and the environment that leads to it.
type world struct {
	*emulator.Server
	env map[string]string
}

func start(t testing.TB, o emulator.Options) *world {
	t.Helper()
	server, err := emulator.New(o)
	if err != nil {
		t.Fatal(err)
	}
	listener := httptest.NewServer(server)
	t.Cleanup(listener.Close)
	w := &world{Server: server, env: map[string]string{"ROBOT": "robot", "PASSWORD": "hunter2-password", "SECRET": "hunter2-secret"}}
	for _, v := range server.Env(listener.URL) {
		w.env[v.Name] = v.Value
	}
	return w
}

func (w *world) session() *provider.Session {
	return &provider.Session{
		Lookup: cloudtest.Lookup(w.env), Masker: &secret.Masker{},
		Network: cloud.Network(16), UserAgent: "regent/test", Parallel: 16,
		Retries: cloud.Retries{Max: 1, Base: time.Millisecond, Cap: 2 * time.Millisecond},
	}
}

func parse(t testing.TB, yaml string) *config.Config {
	t.Helper()
	c, err := config.Parse("registries.yaml", []byte(yaml))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (w *world) reconciler(t testing.TB, yaml string, names ...string) *reconcile.Reconciler {
	t.Helper()
	r, err := reconcile.New(parse(t, yaml), catalog.Providers(), w.session(), names, 16)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func options() apply.Options {
	return apply.Options{
		Parallelism: 4, LookUps: []time.Duration{0},
		Audit: func(apply.Event) error { return nil }, Progress: func(int, int, apply.Outcome) {},
	}
}

// lines gives the messages of several errors.
func lines(errs []error) string {
	var all []string
	for _, err := range errs {
		all = append(all, err.Error())
	}
	return strings.Join(all, "\n")
}
