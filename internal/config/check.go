package config

import (
	"fmt"
	"maps"
	"net"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"regent/internal/model"
)

// checker looks for what a schema cannot say: how the items of all files go together.
type checker struct {
	draft *draft
	found *findings
	warn  *findings
	// accounts are the first declaration of each name.
	accounts map[string]*Account
	// accountsUnknown is set when some accounts could not be read: a missing one is then no mistake.
	accountsUnknown bool
	// twins holds the names of accounts that were reported as the same place as an earlier one.
	twins map[string]bool
	// addresses holds the first entries with an address, by place and address.
	addresses map[string][]addressed
	// suggested caches what an unknown account was meant to be.
	suggested map[string]string
}

// newChecker makes a checker of a draft.
func newChecker(dr *draft, found, warn *findings, accountsUnknown bool) *checker {
	return &checker{
		draft: dr, found: found, warn: warn, accountsUnknown: accountsUnknown,
		accounts: map[string]*Account{}, twins: map[string]bool{}, suggested: map[string]string{},
		addresses: map[string][]addressed{},
	}
}

// all runs every check.
func (c *checker) all() {
	c.checkAccounts()
	c.checkReferences()
	c.checkRegistries()
	c.checkTargets()
	c.checkNames()
}

// account gives the account that an item names, or nil after reporting why there is none.
func (c *checker) account(name string, at model.Position, path string) *Account {
	if name == "" {
		return nil
	}
	if a, ok := c.accounts[name]; ok {
		return a
	}
	if c.accountsUnknown {
		return nil
	}
	text := path + ": there is no such account"
	if harmless(name) {
		text = fmt.Sprintf("%s: there is no account %s", path, name)
	}
	switch meant := c.suggestAccount(name); {
	case isFree(name):
		text += "; keys of accounts that start with x- are not read"
	case meant != "":
		text += fmt.Sprintf("; did you mean %s?", label(meant))
	default:
		text += "; " + c.accountNames()
	}
	c.found.addOnce(at, "account", text)
	return nil
}

// accountNames lists the accounts there are, the first ten of many.
func (c *checker) accountNames() string {
	const most = 10
	var names []string
	for _, a := range c.draft.accounts {
		if names = append(names, label(a.Name)); len(names) > most {
			return "the first accounts of many are " + strings.Join(names[:most], ", ")
		}
	}
	if len(names) == 0 {
		return "none is declared"
	}
	return "the accounts are " + strings.Join(names, ", ")
}

// mostSuggestions is how many accounts are looked through for a near name, and how many unknown names get that help;
// more are not worth the time.
const mostSuggestions = 500

func (c *checker) suggestAccount(name string) string {
	meant, done := c.suggested[name]
	if !done && len(c.accounts) <= mostSuggestions && len(c.suggested) <= mostSuggestions {
		var names []string
		for _, a := range c.draft.accounts {
			names = append(names, a.Name)
		}
		meant = Suggest(name, names)
		c.suggested[name] = meant
	}
	return meant
}

// checkRegistries looks at each registry and its scan entries, and for registrations declared twice.
func (c *checker) checkRegistries() {
	names := map[string]registryItem{}
	keys := registrationKeys{}
	for _, r := range c.draft.registries {
		repeated := false
		if r.Name != "" {
			first, dup := names[r.Name]
			if repeated = dup; dup {
				c.found.add(r.Key("name"), fmt.Sprintf("%s.name: this registry is declared twice; the first is at %s",
					r.path, first.Key("name")))
			} else {
				names[r.Name] = r
			}
		}
		c.checkURL(r.rawURL, r.path, r.Where)
		c.checkLogin(r.Username, r.path, "username", []string{r.Name}, r.Where)
		for i, s := range r.Scan {
			a := c.checkScan(r, s, r.scans[i])
			if a == nil || c.twins[a.Name] || c.draft.partial[a] {
				continue
			}
			if first, dup := keys.add(r, s, a, r.scans[i].path); dup && !(repeated && first.registry.Name == r.Name) {
				c.found.add(s.Position, fmt.Sprintf("%s: this registration is declared twice (%s); the first is %s at %s",
					r.scans[i].path, first.words(), first.path, first.scan.Position))
			} else if !dup && r.URL.Host != "" {
				address := net.JoinHostPort(r.URL.Host, strconv.Itoa(r.URL.Port))
				if a.Provider == ProviderHSS {
					address += r.URL.Path
				}
				c.warnTwin(address, addressed{a, r.scans[i].path, s.Position})
			}
		}
	}
}

// addressed is an entry with an address.
type addressed struct {
	account *Account
	path    string
	at      model.Position
}

// warnTwin notes an entry whose address another entry of the same place has, under another key: it would be known twice.
func (c *checker) warnTwin(address string, e addressed) {
	place := accountPlace(e.account)
	if place == "" {
		return
	}
	id := place + "|" + address
	for _, first := range c.addresses[id] {
		if overlap(first.account, e.account) {
			c.warn.addKind(e.at, fmt.Sprintf("%s: %s at %s has the same address in this account; the registry would be known there twice",
				e.path, first.path, first.at), "%d entries have an address that another entry of their account has; a registry would be known twice")
			return
		}
	}
	c.addresses[id] = append(c.addresses[id], e)
}

// checkURL reports what the schema's pattern lets through and is no address all the same.
func (c *checker) checkURL(raw, path string, where Where) {
	if raw == "" {
		return
	}
	if _, err := ParseURL(raw); err != nil {
		c.found.addOnce(where.Key("url"), "value", path+".url: "+err.Error())
	}
}

// registration is a scan entry under its key.
type registration struct {
	registry registryItem
	scan     *Scan
	account  *Account
	path     string
}

// words spells the key out for a message.
func (r registration) words() string {
	if r.account.Provider == ProviderHSS {
		return fmt.Sprintf("name %s in one HSS project", label(r.registry.Name))
	}
	return fmt.Sprintf("type %s, host %s, port %d, region %s", r.registry.Type, r.registry.URL.Host, r.registry.URL.Port, r.scan.RegionID)
}

// registrationKeys holds the registrations of each place by key.
type registrationKeys map[string][]registration

// add notes a registration, or gives an earlier one that has the same key in the same place.
func (k registrationKeys) add(r registryItem, s *Scan, a *Account, path string) (first registration, dup bool) {
	id := registrationKey(r.Registry, s, a)
	if id == "" {
		return registration{}, false
	}
	for _, have := range k[id] {
		if overlap(have.account, a) {
			return have, true
		}
	}
	k[id] = append(k[id], registration{registry: r, scan: s, account: a, path: path})
	return registration{}, false
}

// registrationKey gives the key by which a registration is found again in its place: type, host, scan region and port
// in Security Center, the name in HSS. It is empty while the entry is incomplete.
func registrationKey(r *Registry, s *Scan, a *Account) string {
	place := accountPlace(a)
	switch {
	case place == "":
	case a.Provider == ProviderSAS && r.Type != "" && r.URL.Host != "" && s.RegionID != "":
		return strings.Join([]string{place, r.Type, r.URL.Host, s.RegionID, strconv.Itoa(r.URL.Port)}, "|")
	case a.Provider == ProviderHSS && r.Name != "":
		return place + "|" + r.Name
	}
	return ""
}

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
