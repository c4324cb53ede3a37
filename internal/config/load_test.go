package config

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"regent/internal/model"
	"regent/internal/secret"
)

const example = "../../examples/registries.yaml"

// at gives a place in the example file.
func at(line, column int) model.Position {
	return model.Position{File: example, Line: line, Column: column}
}

func TestLoadGivesTheExampleTyped(t *testing.T) {
	got, err := Load([]string{example})
	if err != nil {
		t.Fatal(err)
	}
	want := &Config{
		Accounts: []*Account{
			{
				Name: "host-security", Provider: ProviderHSS, Region: "cn-north-4",
				ProjectID: "0123456789abcdef0123456789abcdef", EnterpriseProjectID: AllEnterpriseProjects,
			},
			{Name: "security-center", Provider: ProviderSAS, Region: "cn-hangzhou"},
			{
				Name: "swr-primary", Provider: ProviderSWR, Region: "cn-north-4",
				ProjectID: "0123456789abcdef0123456789abcdef", InstanceID: "5b0c3f1e-0000-4000-8000-000000000001",
				Credentials: &Credentials{
					AccessKey: secret.Ref{Env: "SWR_PRIMARY_AK"},
					SecretKey: secret.Ref{Env: "SWR_PRIMARY_SK"},
				},
			},
		},
		Registries: []*Registry{{
			Name: "harbor-prod", Type: TypeHarbor, APIVersion: "V2",
			URL:      URL{Scheme: "https", Host: "harbor.example.com", Port: 8443},
			Username: Text{Literal: "robot$scanner"},
			Password: secret.Ref{Env: "HARBOR_PROD_PASSWORD"},
			Scan: []*Scan{
				{Account: "security-center", RegionID: "cn-hangzhou", HostIP: "192.0.2.10"},
				{Account: "host-security"},
			},
		}},
		Targets: []*Target{{
			Name: "dr-harbor", Account: "swr-primary", Type: TargetHarbor,
			URL:      URL{Scheme: "https", Host: "harbor.dr.example.com", Port: 443},
			Insecure: true, Description: "disaster recovery",
			AccessKey:    Text{Literal: "admin"},
			AccessSecret: secret.Ref{Env: "DR_HARBOR_SECRET"},
			Hosts:        map[string]string{"harbor.dr.example.com": "192.0.2.20"},
		}},
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreTypes(Where{}), cmpopts.IgnoreUnexported(Config{})); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestLoadKeepsThePlaceOfEveryValue(t *testing.T) {
	got, err := Load([]string{example})
	if err != nil {
		t.Fatal(err)
	}
	r, target := got.Registries[0], got.Targets[0]
	for _, tt := range []struct {
		name      string
		got, want model.Position
	}{
		{"account", got.Accounts[1].Position, at(5, 3)},
		{"account region", got.Accounts[1].Key("region"), at(7, 13)},
		{"credentials", got.Accounts[2].Credentials.Key("secretKey"), at(20, 18)},
		{"registry", r.Position, at(23, 5)},
		{"registry url", r.Key("url"), at(25, 10)},
		{"absent key", r.Key("description"), at(23, 5)},
		{"scan", r.Scan[1].Position, at(35, 9)},
		{"scan component", r.Scan[1].Key("scanComponent"), at(37, 24)},
		{"target", target.Position, at(40, 5)},
		{"target hosts", target.Key("hosts"), at(48, 12)},
	} {
		if tt.got != tt.want {
			t.Errorf("%s is at %v, want %v", tt.name, tt.got, tt.want)
		}
	}
}

// TestItemsByAccount are those of all files, in the order of the whole.
func TestItemsByAccount(t *testing.T) {
	t.Parallel()
	const file = `version: 1
accounts:
  one: {provider: huawei-hss, region: cn-north-4, projectId: p1}
  two: {provider: huawei-hss, region: cn-north-4, projectId: p2}
  swr: {provider: huawei-swr, region: cn-north-4, projectId: p1, instanceId: i}
registries:
  - {name: b, type: harbor, url: 'https://b', username: u, password: {env: P}, scan: [{account: two, clusterId: c}, {account: one, clusterId: c}]}
  - {name: a, type: harbor, url: 'https://a', username: u, password: {env: P}, scan: [{account: two, clusterId: c}]}
replicationTargets:
  - {name: t, account: swr, type: huawei-SWR, url: 'https://t', accessKey: k, accessSecret: {env: S}}
`
	c, err := Parse("r.yaml", []byte(file))
	if err != nil {
		t.Fatal(err)
	}
	for account, want := range map[string]string{"one": "b", "two": "ab", "swr": "", "none": ""} {
		got := ""
		for r, s := range c.Registrations(account) {
			if got += r.Name; s.Account != account {
				t.Errorf("%s has a registration of %s", account, s.Account)
			}
		}
		if got != want {
			t.Errorf("%s has %q, want %q", account, got, want)
		}
	}
	for range c.Registrations("two") {
		break // a reader may stop
	}
	if targets := c.TargetsOf("swr"); len(targets) != 1 || targets[0].Name != "t" || len(c.TargetsOf("one")) != 0 {
		t.Errorf("%v", targets)
	}
}
