package config

import (
	"fmt"
	"strings"
)

// checkAccounts looks for accounts declared twice, places declared twice and regions that do not exist.
func (c *checker) checkAccounts() {
	places := map[string]*Account{}
	for _, a := range c.draft.accounts {
		if first, dup := c.accounts[a.Name]; dup {
			c.found.add(a.Position, fmt.Sprintf("%s: this account is declared twice; the first is at %s",
				keyPath("accounts", a.Name), first.Position))
			continue
		}
		c.accounts[a.Name] = a
		c.checkRegion(a)
		id := c.place(a)
		if id == "" {
			continue
		}
		id += "|" + credentialsID(a) + "|" + a.EnterpriseProjectID
		if first, dup := places[id]; dup {
			c.twins[a.Name] = true
			c.found.add(a.Position, fmt.Sprintf("%s: the same place as account %s (%s)%s; keep one of the two",
				keyPath("accounts", a.Name), label(first.Name), first.Position, whySame(first, a)))
			continue
		}
		places[id] = a
	}
}

// checkRegion refuses regions that Security Center has no endpoint for, and a region's name as the ID of a Huawei project.
// Huawei's regions make a host name by rule, so that one which is not known is only warned of.
func (c *checker) checkRegion(a *Account) {
	if path := keyPath("accounts", a.Name); a.Provider == ProviderHSS || a.Provider == ProviderSWR {
		c.warnRegion(a.Provider, a.Region, path+".region", a.Key("region"))
		c.checkProjectID(a.ProjectID, path+".projectId", a.Key("projectId"))
	}
	if a.Provider != ProviderSAS || a.Region == "" {
		return
	}
	if _, ok := SASDataCenter(a.Region); ok {
		return
	}
	c.found.add(a.Key("region"), fmt.Sprintf("%s.region: Security Center has no region %s%s",
		keyPath("accounts", a.Name), a.Region, regionHint(a.Region, sasRegionNames())))
}

// place is accountPlace for accounts of which nothing was refused, else "".
func (c *checker) place(a *Account) string {
	if c.draft.partial[a] {
		return ""
	}
	return accountPlace(a)
}

// accountPlace identifies where an account's registrations live, or "" when the account is incomplete. Alibaba's
// accounts are told apart by their credentials, since nothing else in the file names the account that owns them.
func accountPlace(a *Account) string {
	switch a.Provider {
	case ProviderSAS:
		if host, ok := SASDataCenter(a.Region); ok {
			return strings.Join([]string{a.Provider, host, credentialsID(a)}, "|")
		}
	case ProviderHSS:
		if a.Region != "" && a.ProjectID != "" {
			return strings.Join([]string{a.Provider, a.Region, a.ProjectID}, "|")
		}
	case ProviderSWR:
		if a.Region != "" && a.ProjectID != "" && a.InstanceID != "" {
			return strings.Join([]string{a.Provider, a.Region, a.ProjectID, a.InstanceID}, "|")
		}
	}
	return ""
}

// credentialsID tells credentials blocks apart by the variables they name.
func credentialsID(a *Account) string {
	k := a.Credentials
	if k == nil {
		return ""
	}
	return strings.Join([]string{k.AccessKey.Env, k.SecretKey.Env, k.SecurityToken.Env, k.AuthToken.Env}, ",")
}

// whySame explains why two accounts are one place where their fields differ.
func whySame(a, b *Account) string {
	if a.Provider == ProviderSAS && a.Region != b.Region {
		return fmt.Sprintf(": %s and %s are one data center with one list of registries, and the region to scan from is regionId of the scan entry",
			a.Region, b.Region)
	}
	return ""
}

// overlap reports whether two accounts of one place can see the same registrations. Two named enterprise projects
// of HSS cannot.
func overlap(a, b *Account) bool {
	if a.Provider != ProviderHSS || a.EnterpriseProjectID == b.EnterpriseProjectID {
		return true
	}
	return a.EnterpriseProjectID == AllEnterpriseProjects || b.EnterpriseProjectID == AllEnterpriseProjects
}
