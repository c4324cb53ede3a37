package config

import (
	"fmt"
	"net"
	"strconv"
	"strings"

	"regent/internal/model"
)

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
