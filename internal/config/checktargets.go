package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
)

// checkTargets looks at each replication target, and for targets declared twice.
func (c *checker) checkTargets() {
	seen := map[string]targetItem{}
	for _, t := range c.draft.targets {
		c.checkURL(t.rawURL, t.path, t.Where)
		c.checkLogin(t.AccessKey, t.path, "accessKey", []string{t.Name}, t.Where)
		c.warnTarget(t)
		if i := t.Instance; i != nil {
			c.warnRegion(ProviderSWR, i.RegionID, t.path+".target.regionId", i.Key("regionId"))
			c.checkProjectID(i.ProjectID, t.path+".target.projectId", i.Key("projectId"))
		}
		c.checkHosts(t)
		at := t.Key("account")
		a := c.account(t.Account, at, t.path+".account")
		if a == nil || a.Provider == "" {
			continue
		}
		if a.Provider != ProviderSWR {
			c.found.addOnce(at, "account", fmt.Sprintf("%s.account: account %s is %s; a replication target needs an account of %s",
				t.path, label(a.Name), a.Provider, ProviderSWR))
			continue
		}
		place := c.place(a)
		if place == "" || t.Name == "" || c.twins[a.Name] {
			continue
		}
		id := place + "|" + t.Name
		if first, dup := seen[id]; dup {
			c.found.add(t.Key("name"), fmt.Sprintf("%s.name: this target is declared twice for one instance; the first is at %s",
				t.path, first.Key("name")))
			continue
		}
		seen[id] = t
		if t.URL.Host != "" && t.Type != TargetSWRBasic { // the address of a whole region of SWR serves many logins
			c.warnTwin(t.URL.String(), addressed{a, t.path, t.Position})
		}
	}
}

// warnTarget notes what Huawei's pages disagree about.
func (c *checker) warnTarget(t targetItem) {
	if t.Type == TargetHarbor && !t.Written("hosts") {
		const why = "Huawei's Chinese pages call host addresses (dns_conf) mandatory for swr-pro, its English pages optional; " +
			"write the addresses, or hosts: {} to say that the name resolves publicly (which removes live ones)"
		c.warn.addKind(t.Position, t.path+".hosts is missing: "+why, "hosts is missing in %d replication targets: "+why)
	}
	if strings.ContainsFunc(t.Name, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
		const why = "Huawei's Chinese pages allow Chinese characters here, its English pages only letters, digits, _ and -"
		c.warn.addKind(t.Key("name"), t.path+".name: "+why, "the names of %d replication targets: "+why)
	}
	if t.Type == TargetSWREnterprise && t.Written("insecure") && !t.Insecure {
		const why = "Huawei's Chinese pages accept only true for swr-pro-internal"
		c.warn.addKind(t.Key("insecure"), t.path+".insecure: "+why, "insecure of %d replication targets: "+why)
	}
}

// checkHosts refuses a host name in two spellings: one of the two addresses would be dropped.
func (c *checker) checkHosts(t targetItem) {
	spelled := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(t.Hosts)) {
		plain := strings.TrimSuffix(strings.ToLower(name), ".")
		if other, twice := spelled[plain]; twice {
			c.found.add(t.Key("hosts"), fmt.Sprintf("%s.hosts: %s and %s are one host name; keep one of them", t.path, other, name))
		}
		spelled[plain] = name
	}
}
