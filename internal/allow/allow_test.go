package allow_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"regent/internal/allow"
	"regent/internal/config"
	"regent/internal/finding"
)

const file = `version: 1
accounts:
  sas: {provider: alibaba-sas, region: cn-hangzhou}
  hss: {provider: huawei-hss, region: cn-north-4, projectId: p1}
  swr:
    provider: huawei-swr
    region: cn-north-4
    projectId: p1
    instanceId: i
    credentials: {accessKey: {env: SWR_AK}, secretKey: {env: SWR_SK}}
registries:
  - name: one
    type: harbor
    url: https://harbor.example.com:8443
    username: robot
    password: {env: HARBOR_PASSWORD}
    scan:
      - {account: sas, regionId: cn-hangzhou, hostIp: 192.0.2.10}
      - {account: hss, clusterId: c}
replicationTargets:
  - name: dr
    account: swr
    type: swr-pro
    url: https://dr.example.net
    accessKey: {env: DR_USER}
    accessSecret: {env: DR_SECRET}
    hosts:
      dr.example.net: 2001:db8::7
`

func findings(t *testing.T, hosts, variables string) []string {
	t.Helper()
	c, err := config.Parse("r.yaml", []byte(file))
	if err != nil {
		t.Fatal(err)
	}
	l, err := allow.Parse(hosts, variables)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range finding.Split(l.Check(c)) {
		text, _, _ := strings.Cut(e.Error(), ";")
		out = append(out, text)
	}
	return out
}

const everyHost = "*.example.com, *.example.net\n192.0.2.0/24, 2001:db8::/32"

func TestWhatIsOutsideOfTheListsIsAnErrorAtItsLine(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, hosts, variables string
		want                   []string
	}{
		{"no lists", "", "", nil},
		{"everything listed", everyHost, "HARBOR_*, DR_USER, DR_SECRET", nil},
		{"exact names and addresses", "harbor.example.com,DR.example.net.,192.0.2.10,[2001:db8::7]", "", nil},
		{"another host", "*.example.com, 192.0.2.10, 2001:db8::7", "", []string{
			"r.yaml:24:10: the host dr.example.net is not in allowed-hosts, so no login may go there",
			"r.yaml:28:23: the host dr.example.net is not in allowed-hosts, so no login may go there",
		}},
		{"a pattern is no match for its own end", "example.com,*.harbor.example.com,*.example.net,192.0.2.10,2001:db8::7", "", []string{
			"r.yaml:14:10: the host harbor.example.com is not in allowed-hosts, so no login may go there",
		}},
		{"names alone allow no address", "*.example.com, *.example.net", "", []string{
			"r.yaml:18:55: hostIp 192.0.2.10 is not in allowed-hosts, so no login may go there",
			"r.yaml:28:23: the address 2001:db8::7 is not in allowed-hosts, so no login may go there",
		}},
		{"another variable", "", "HARBOR_PASSWORD, DR_USER", []string{
			"r.yaml:26:19: the variable DR_SECRET is not in allowed-variables, so its value may go to no registry",
		}},
		{"a variable at another host", "", "HARBOR_*=*.example.com, DR_*=*.example.com|192.0.2.0/24", []string{
			"r.yaml:25:16: allowed-variables does not let the variable DR_USER go to dr.example.net",
			"r.yaml:26:19: allowed-variables does not let the variable DR_SECRET go to dr.example.net",
		}},
		{"the longest name decides", "", "D*, HARBOR_*, DR_SECRET=dr.example.com, DR_USER=*.example.com, DR_USER=dr.example.net", []string{
			"r.yaml:26:19: allowed-variables does not let the variable DR_SECRET go to dr.example.net",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, findings(t, c.hosts, c.variables)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestEntriesThatCannotBeMeantAreRefused(t *testing.T) {
	t.Parallel()
	for _, entry := range []string{"https://harbor.example.com", "harbor.example.com:8443", "*", "*.", "harbor.*", "har*.example.com", "192.0.2.0/33", "a b"} {
		if _, err := allow.Parse(entry, ""); err == nil || !strings.HasPrefix(err.Error(), "allowed-hosts: ") {
			t.Errorf("%s as a host: %v", entry, err)
		}
		if _, err := allow.Parse("", "NAME="+entry); err == nil || !strings.HasPrefix(err.Error(), "allowed-variables: ") {
			t.Errorf("%s as the host of a variable: %v", entry, err)
		}
	}
	for _, entry := range []string{"*", "A-B", "9A", "*_PASSWORD", "NAME=", "=harbor.example.com", "A*B"} {
		if _, err := allow.Parse("", entry); err == nil || !strings.HasPrefix(err.Error(), "allowed-variables: ") {
			t.Errorf("%s as a variable: %v", entry, err)
		}
	}
}
