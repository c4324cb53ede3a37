package config

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/go-multierror"
)

// base is a valid configuration that tests change in one place.
const base = `version: 1
accounts:
  sas:
    provider: alibaba-sas
    region: cn-hangzhou
  hss:
    provider: huawei-hss
    region: cn-north-4
    projectId: p1
  swr:
    provider: huawei-swr
    region: cn-north-4
    projectId: p1
    instanceId: i1
    credentials:
      accessKey: {env: SWR_AK}
      secretKey: {env: SWR_SK}
registries:
  - name: harbor
    type: harbor
    url: https://harbor.example.com
    username: robot
    password: {env: HARBOR_PASSWORD}
    scan:
      - account: sas
        regionId: cn-hangzhou
        hostIp: 192.0.2.10
        imagesPerHour: 10
      - account: hss
        clusterId: c1
  - name: quay
    type: quay
    url: https://quay.example.com
    username: robot
    password: {env: QUAY_PASSWORD}
    scan:
      - account: sas
        regionId: cn-hangzhou
        hostIp: 192.0.2.11
        namespaces:
          - name: team
            authToken: {env: QUAY_TEAM_TOKEN}
replicationTargets:
  - name: dr
    account: swr
    type: swr-pro
    url: https://dr.example.com
    insecure: true
    accessKey: admin
    accessSecret: {env: DR_SECRET}
    hosts: {dr.example.com: 192.0.2.20}
  - name: east
    account: swr
    type: swr-pro-internal
    url: https://east.example.com
    accessKey: user
    accessSecret: {env: EAST_SECRET}
    target: {projectId: p2, regionId: cn-east-3, instanceId: i2}
`

// problems parses src and gives its findings as "LINE:COL: message".
func problems(t *testing.T, src string) []string {
	t.Helper()
	cfg, err := Parse("f", []byte(src))
	if err == nil {
		return nil
	}
	if cfg != nil {
		t.Error("a configuration came with an error")
	}
	all, ok := errors.AsType[*multierror.Error](err)
	if !ok {
		t.Fatalf("the error is a %T", err)
	}
	var out []string
	for _, e := range all.Errors {
		out = append(out, strings.TrimPrefix(e.Error(), "f:"))
	}
	return out
}

// change replaces one part of base.
func change(t *testing.T, old, with string) string {
	t.Helper()
	if strings.Count(base, old) != 1 {
		t.Fatalf("%q stands %d times in base", old, strings.Count(base, old))
	}
	return strings.Replace(base, old, with, 1)
}

// mistake is a change of base and what is said about it.
type mistake struct {
	name, old, with string
	want            []string
}

func runMistakes(t *testing.T, tests []mistake) {
	t.Helper()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, problems(t, change(t, tt.old, tt.with))); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestBaseIsValid(t *testing.T) {
	if got := problems(t, base); got != nil {
		t.Error(strings.Join(got, "\n"))
	}
}

func TestFindingsPrintOnePerLineSortedAndOnce(t *testing.T) {
	_, err := LoadSources([]Source{
		{Name: "b.yaml", Data: []byte("version: 1\nfoo: 1\n")},
		{Name: "a.yaml", Data: []byte("version: 1\nx-t: &t {nname: t}\nreplicationTargets: [*t, *t]\nbar: 1\n")},
	})
	want := []string{
		"a.yaml:2:6: replicationTargets[0].accessKey is missing",
		"a.yaml:2:6: replicationTargets[0].accessSecret is missing; write accessSecret: {env: REGISTRY_SECRET} and set that variable",
		"a.yaml:2:6: replicationTargets[0].account is missing",
		"a.yaml:2:6: replicationTargets[0].type is missing; it is one of swr-pro, swr-pro-internal, huawei-SWR",
		"a.yaml:2:6: replicationTargets[0].url is missing",
		"a.yaml:2:10: replicationTargets[0].nname: unknown key; did you mean name?",
		"a.yaml:4:1: bar: unknown key; the keys here are accounts, names, registries, replicationTargets, version",
		"b.yaml:2:1: foo: unknown key; the keys here are accounts, names, registries, replicationTargets, version",
	}
	if diff := cmp.Diff(want, strings.Split(err.Error(), "\n")); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
