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
	perHour := int64(10)
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
				{Account: "security-center", RegionID: "cn-hangzhou", HostIP: "192.0.2.10", ImagesPerHour: &perHour},
				{Account: "host-security", ClusterID: "6d0c9d1e-0000-4000-8000-000000000002"},
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
	if diff := cmp.Diff(want, got, cmpopts.IgnoreTypes(Where{})); diff != "" {
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
