package catalog_test

import (
	"fmt"
	"net/http"
	"testing"

	"regent/internal/emulator"
)

// TestInvariant06SpellingsDoNotDiffer has one address written in many ways, in the file and by the vendors.
func TestInvariant06SpellingsDoNotDiffer(t *testing.T) {
	t.Parallel()
	const registry = "registries:\n  - {name: h, type: harbor, url: '%s', username: robot, password: {env: P}, scan: [{account: %s}]}\n"
	sasYAML := func(url string) string {
		return fmt.Sprintf(registry, url, "alibaba-sas, regionId: cn-hangzhou, hostIp: '2001:DB8:0::10'")
	}
	hssYAML := func(url string) string { return fmt.Sprintf(registry, url, "huawei-hss, clusterId: c") }
	swrYAML := func(url string) string {
		return fmt.Sprintf("replicationTargets:\n  - {name: h, account: huawei-swr, type: swr-pro, url: '%s', accessKey: robot, "+
			"accessSecret: {env: P}, hosts: {Harbor.Example.com: '2001:DB8:0::10'}}\n", url)
	}
	sasLive := func(domain string, port int32, protocol int64, ip string) emulator.State {
		return emulator.State{Version: 1, SAS: emulator.SASState{Registries: []emulator.SASRegistry{{
			ID: 7, RegistryType: "harbor", RegistryVersion: "V2", RegionID: "cn-hangzhou", DomainName: domain, Port: port,
			ProtocolType: protocol, NetType: 1, RegistryHostIP: ip, UserName: "robot", Password: "p", TransPerHour: 10,
		}}}}
	}
	hssLive := func(protocol, address string) emulator.State {
		return emulator.State{Version: 1, HSS: emulator.HSSState{Registries: []emulator.HSSRegistry{{
			ProjectID: project, EnterpriseProjectID: "0", ID: "7", RegistryName: "h", RegistryType: "Harbor", APIVersion: "V2",
			Protocol: protocol, RegistryAddr: address, RegistryUsername: "robot", ConnectClusterID: "c", GetScanImageChannel: "Swr",
		}}}}
	}
	swrLive := func(url, host, ip string) emulator.State {
		return emulator.State{Version: 1, SWR: emulator.SWRState{Registries: []emulator.SWREntry{{
			ProjectID: project, InstanceID: instance, Registry: emulator.SWRRegistry{
				ID: 7, Name: "h", Type: "swr-pro", URL: url, Credential: emulator.SWRCredential{Type: "basic", AccessKey: "robot"},
				DNSConf: &emulator.SWRDNSConf{Hosts: map[string]string{host: ip}},
			},
		}}}}
	}
	const ip, long, host = "2001:db8::10", "2001:0db8:0000:0000:0000:0000:0000:0010", "harbor.example.com"
	for _, c := range []struct {
		name, provider, yaml string
		live                 emulator.State
	}{
		{"SAS, plain", sas, sasYAML("https://harbor.example.com"), sasLive(host, 443, 2, ip)},
		{"SAS, file in capitals with everything", sas, sasYAML("HTTPS://Harbor.Example.COM.:443/"), sasLive(host, 443, 2, ip)},
		{"SAS, live in capitals with a dot", sas, sasYAML("https://harbor.example.com"), sasLive("HARBOR.example.com.", 443, 2, long)},
		{"SAS, port not told", sas, sasYAML("https://harbor.example.com:8443"), sasLive(host, 0, 2, ip)},
		{"SAS, live with scheme and slash", sas, sasYAML("https://harbor.example.com"), sasLive("https://harbor.example.com/", 443, 2, ip)},
		{"SAS, live with port in the name", sas, sasYAML("https://harbor.example.com:8443"), sasLive("harbor.example.com:8443", 0, 2, ip)},
		{"SAS, live with scheme and port in the name", sas, sasYAML("http://harbor.example.com:8080"), sasLive("http://harbor.example.com:8080", 0, 1, ip)},
		{"SAS, IPv6", sas, sasYAML("https://[2001:DB8:0::20]:8443"), sasLive("2001:db8::20", 8443, 2, ip)},
		{"SAS, live IPv6 in brackets", sas, sasYAML("https://[2001:db8::20]"), sasLive("[2001:db8::20]", 443, 2, ip)},

		{"HSS, plain", hss, hssYAML("https://harbor.example.com"), hssLive("https", host)},
		{"HSS, file in capitals with everything", hss, hssYAML("HTTPS://Harbor.Example.COM.:443/"), hssLive("https", host)},
		{"HSS, live with default port", hss, hssYAML("https://harbor.example.com"), hssLive("https", "harbor.example.com:443")},
		{"HSS, live in capitals", hss, hssYAML("https://harbor.example.com"), hssLive("HTTPS", "HARBOR.example.com.")},
		{"HSS, live with slash", hss, hssYAML("https://harbor.example.com"), hssLive("https", "harbor.example.com/")},
		{"HSS, live with scheme", hss, hssYAML("https://harbor.example.com"), hssLive("https", "https://harbor.example.com")},
		{"HSS, port", hss, hssYAML("http://harbor.example.com:8080"), hssLive("http", "harbor.example.com:8080")},
		{"HSS, plain http", hss, hssYAML("http://harbor.example.com:80"), hssLive("http", host)},
		{"HSS, IPv6", hss, hssYAML("https://[2001:db8::20]:8443"), hssLive("https", "[2001:DB8::20]:8443")},
		{"HSS, IPv6 without port", hss, hssYAML("https://[2001:db8::20]"), hssLive("https", "[2001:db8::20]")},

		{"SWR, plain", swr, swrYAML("https://harbor.example.com"), swrLive("https://harbor.example.com", host, ip)},
		{"SWR, file in capitals with everything", swr, swrYAML("HTTPS://Harbor.Example.COM.:443/"), swrLive("https://harbor.example.com", host, ip)},
		{"SWR, live with default port", swr, swrYAML("https://harbor.example.com"), swrLive("https://harbor.example.com:443", host, ip)},
		{"SWR, live in capitals with slash", swr, swrYAML("https://harbor.example.com"), swrLive("HTTPS://HARBOR.example.com/", host, ip)},
		{"SWR, host table in capitals", swr, swrYAML("https://harbor.example.com"), swrLive("https://harbor.example.com", "HARBOR.example.com", long)},
		{"SWR, path", swr, swrYAML("https://harbor.example.com/v2/"), swrLive("https://harbor.example.com/v2", host, ip)},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := start(t, emulator.Options{State: &c.live})
			p := w.planned(t, c.yaml, c.provider)
			if p.Pending() || p.Failed() || p.Summary.Unchanged != 1 || p.Summary.Unmanaged != 0 {
				t.Errorf("%+v %+v %+v", p.Summary, p.Changes, p.Problems)
			}
		})
	}
}

// TestAddressesThatDiffer are not made equal.
func TestAddressesThatDiffer(t *testing.T) {
	t.Parallel()
	live := func(protocol, address string) *emulator.State {
		return &emulator.State{Version: 1, HSS: emulator.HSSState{Registries: []emulator.HSSRegistry{{
			ProjectID: project, EnterpriseProjectID: "0", ID: "7", RegistryName: "h", RegistryType: "Harbor", APIVersion: "V2",
			Protocol: protocol, RegistryAddr: address, RegistryUsername: "robot", ConnectClusterID: "c", GetScanImageChannel: "Swr",
		}}}}
	}
	const yaml = "registries:\n  - {name: h, type: harbor, url: 'https://harbor.example.com', username: robot, password: {env: P}, " +
		"scan: [{account: huawei-hss, clusterId: c}]}\n"
	for _, c := range []struct {
		protocol, address string
		want              []string
	}{
		{"http", "harbor.example.com", []string{"url.scheme"}},
		{"https", "harbor.example.com:8443", []string{"url.address"}},
		{"https", "harbor.example.com/harbor", []string{"url.address"}},
		{"https", "harbor.example.org", []string{"url.address"}},
		{"http", "harbor.example.com:443", []string{"url.scheme", "url.address"}},
		{"https", "not an address", []string{"url.address"}},
		{"", "", []string{"url.scheme", "url.address"}},
	} {
		w := start(t, emulator.Options{State: live(c.protocol, c.address)})
		p := w.planned(t, yaml, hss)
		if len(p.Changes) != 1 || fmt.Sprint(p.Changes[0].Changed()) != fmt.Sprint(c.want) {
			t.Errorf("%s %s: %+v", c.protocol, c.address, p.Changes)
		}
	}
}

// TestVPCWhoseIDTheListLeavesOut cannot differ from one of the file, and is not the Internet.
func TestVPCWhoseIDTheListLeavesOut(t *testing.T) {
	t.Parallel()
	for network, blocked := range map[string]int{"{vpc: vpc-1}": 0, "internet": 1} {
		w := scripted(t, func(*http.Request) string {
			return `{"RequestId":"r","ImageRegistryInfos":[{"Id":7,"RegistryType":"harbor","RegionId":"cn-hangzhou","DomainName":"h.example.com","Port":443,` +
				`"ProtocolType":2,"NetType":2,"RegistryHostIp":"192.0.2.1","UserName":"robot"}]}`
		})
		p := w.planned(t, "registries:\n  - {name: h, type: harbor, url: 'https://h.example.com', username: robot, password: {env: P}, "+
			"scan: [{account: alibaba-sas, regionId: cn-hangzhou, hostIp: 192.0.2.1, network: "+network+"}]}\n", sas)
		if p.Summary.Changes["blocked"] != blocked || p.Summary.Unchanged != 1-blocked {
			t.Errorf("%s: %+v", network, p.Summary)
		}
	}
}
