package config

import (
	"fmt"
	"slices"
)

// scanKeys are the keys of a scan entry that only one provider takes, with those it cannot do without.
var scanKeys = map[string]struct{ takes, needs []string }{
	ProviderSAS: {
		takes: []string{"regionId", "hostIp", "network", "imagesPerHour", "namespaces"},
		needs: []string{"regionId", "hostIp"},
	},
	ProviderHSS: {
		takes: []string{"clusterId", "scanComponent"},
		needs: []string{"clusterId"},
	},
}

// registryTypes are the types of registries that a provider's accounts take.
var registryTypes = map[string][]string{
	ProviderSAS: {TypeHarbor, TypeQuay},
	ProviderHSS: {TypeHarbor, TypeJFrog},
}

// checkScan looks at one scan entry. It gives the entry's account when that is one which scans.
func (c *checker) checkScan(r registryItem, s *Scan, v view) *Account {
	at := s.Key("account")
	a := c.account(s.Account, at, v.path+".account")
	if a == nil || a.Provider == "" {
		c.checkScanAlone(v)
		return nil
	}
	if a.Provider == ProviderSWR {
		c.found.addOnce(at, "account", fmt.Sprintf("%s.account: account %s is %s; scan needs an account of %s or %s",
			v.path, label(a.Name), a.Provider, ProviderSAS, ProviderHSS))
		return nil
	}
	if types := registryTypes[a.Provider]; r.Type != "" && !slices.Contains(types, r.Type) {
		c.found.addOnce(at, "account", fmt.Sprintf("%s.account: account %s is %s, which takes %s; this registry is of type %s",
			v.path, label(a.Name), a.Provider, allOf(types), r.Type))
		return nil
	}
	c.checkForeignKeys(v, a)
	c.checkNeeds(v, a.Provider)
	if a.Provider == ProviderSAS {
		c.checkNamespaces(r, v)
	}
	return a
}

// checkForeignKeys refuses keys that belong to the other provider.
func (c *checker) checkForeignKeys(v view, a *Account) {
	for provider, keys := range scanKeys {
		if provider == a.Provider {
			continue
		}
		for _, key := range keys.takes {
			if e, have := v.node.Find(key); have {
				c.found.addOnce(v.doc.Position(e.KeyAt), "key", belongs(v.path, key, provider, a.Name, a.Provider))
			}
		}
	}
}

// checkNeeds reports the keys that a provider's entries cannot do without.
func (c *checker) checkNeeds(v view, provider string) {
	for _, key := range scanKeys[provider].needs {
		if !v.has(key) {
			c.found.addOnce(v.Position, "missing "+key, fmt.Sprintf("%s.%s is missing; accounts of %s need it", v.path, key, provider))
		}
	}
}

// checkScanAlone looks at an entry whose account is not known, as far as its keys tell the provider.
func (c *checker) checkScanAlone(v view) {
	var meant []string
	for provider, keys := range scanKeys {
		for _, key := range keys.takes {
			if _, have := v.node.Find(key); have {
				meant = append(meant, provider)
				break
			}
		}
	}
	if len(meant) == 1 {
		c.checkNeeds(v, meant[0])
	}
}

// checkNamespaces holds namespaces to registries of type quay.
func (c *checker) checkNamespaces(r registryItem, v view) {
	e, written := v.node.Find("namespaces")
	switch {
	case r.Type == TypeQuay && !v.has("namespaces"):
		c.found.add(v.Position, fmt.Sprintf(
			"%s.namespaces is missing; a registry of type quay needs the namespaces to scan, each with its authToken", v.path))
	case r.Type != "" && r.Type != TypeQuay && written:
		c.found.add(v.doc.Position(e.KeyAt), fmt.Sprintf(
			"%s.namespaces goes with type quay only; this registry is of type %s", v.path, r.Type))
	}
}
