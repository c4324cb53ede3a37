package config

import (
	"cmp"
	"strings"
	"unicode"

	"regent/internal/config/yamltree"
	"regent/internal/model"
	"regent/internal/order"
)

// draft is what the documents declare, decoded but not yet checked as a whole.
type draft struct {
	accounts   []*Account
	registries []registryItem
	targets    []targetItem
	uses       []use
	// oddNames are names of other characters than their files accept.
	oddNames []oddName
	// top is the place of the first document.
	top model.Position
	// partial are the accounts of which some value was refused, so that their place cannot be told.
	partial map[*Account]bool
}

// registryItem is a registry with what messages need.
type registryItem struct {
	*Registry
	path string
	// rawURL is the address as written, "" when it was refused.
	rawURL string
	// scans are the views of Scan, entry by entry.
	scans []view
}

// targetItem is a replication target with what messages need.
type targetItem struct {
	*Target
	path   string
	rawURL string
}

// add decodes one document.
func (dr *draft) add(d *yamltree.Document, f *faults) {
	if d.Root.Value.Shape != yamltree.Mapping {
		return
	}
	if dr.top.IsZero() {
		dr.top = d.Position(d.Root.At)
	}
	top := view{doc: d, uses: &dr.uses}
	top = top.into(d.Root.Value, d.Root.At, "", f)
	if accounts, ok := top.sub("accounts"); ok {
		for _, e := range accounts.node.Entries() {
			if isFree(e.Key) {
				continue
			}
			// An account that was refused still exists: references to it are no mistake of their own.
			v := accounts.into(e.Value, e.KeyAt, keyPath("accounts", e.Key), accounts.faults.at(e.Key))
			a := decodeAccount(e.Key, v.named(e.Key))
			dr.accounts = append(dr.accounts, a)
			if dr.partial[a] = v.faults != nil; !dr.partial[a] {
				dr.name(top, v.Position, v.path, e.Key)
			}
		}
	}
	for _, v := range top.list("registries") {
		dr.registries = append(dr.registries, decodeRegistry(v))
		dr.name(top, v.Key("name"), v.path+".name", v.text("name"))
	}
	for _, v := range top.list("replicationTargets") {
		dr.targets = append(dr.targets, decodeTarget(v))
	}
}

// name notes a name of other characters than the file accepts.
func (dr *draft) name(top view, at model.Position, path, name string) {
	// The schema has refused control characters.
	if top.text("names") != anyNames && !plainName(name) && !strings.ContainsFunc(name, unicode.IsControl) {
		dr.oddNames = append(dr.oddNames, oddName{at, path, name})
	}
}

func decodeAccount(name string, v view) *Account {
	a := &Account{
		Name:           name,
		Provider:       v.text("provider"),
		Region:         v.text("region"),
		ProjectID:      v.text("projectId"),
		InstanceID:     v.text("instanceId"),
		SecretsInQuery: v.truth("secretsInQuery", false),
		Where:          v.Where,
	}
	if a.Provider == ProviderHSS {
		a.EnterpriseProjectID = v.textOr("enterpriseProjectId", AllEnterpriseProjects)
	}
	if c, ok := v.sub("credentials"); ok {
		a.Credentials = &Credentials{
			AccessKey:     c.refOf("accessKey", name),
			SecretKey:     c.refOf("secretKey", name),
			SecurityToken: c.refOf("securityToken", name),
			AuthToken:     c.refOf("authToken", name),
			Where:         c.Where,
		}
	}
	return a
}

func decodeRegistry(v view) registryItem {
	name := v.text("name")
	v = v.named(name)
	r := &Registry{
		Name:       name,
		Type:       v.text("type"),
		URL:        v.url("url"),
		APIVersion: v.textOr("apiVersion", "V2"),
		Username:   v.literalOrRef("username"),
		Password:   v.ref("password"),
		Where:      v.Where,
	}
	item := registryItem{Registry: r, path: v.path, rawURL: v.text("url")}
	for _, s := range v.list("scan") {
		r.Scan = append(r.Scan, decodeScan(s))
		item.scans = append(item.scans, s)
	}
	return item
}

func decodeScan(v view) *Scan {
	s := &Scan{
		Account:  v.text("account"),
		RegionID: v.text("regionId"),
		HostIP:   v.text("hostIp"),
		Where:    v.Where,
	}
	for _, n := range v.list("namespaces") {
		name := n.text("name")
		n = n.named(name)
		s.Namespaces = append(s.Namespaces, Namespace{Name: name, AuthToken: n.ref("authToken"), Where: n.Where})
	}
	return s
}

func decodeTarget(v view) targetItem {
	name := v.text("name")
	v = v.named(name)
	t := &Target{
		Name:         name,
		Account:      v.text("account"),
		Type:         v.text("type"),
		URL:          v.url("url"),
		Description:  v.text("description"),
		AccessKey:    v.literalOrRef("accessKey"),
		AccessSecret: v.ref("accessSecret"),
		Hosts:        v.texts("hosts"),
		Where:        v.Where,
	}
	if h, ok := v.sub("hosts"); ok {
		t.HostsAt = h.Where
	}
	t.Insecure = v.truth("insecure", t.Type == TargetSWREnterprise)
	if i, ok := v.sub("target"); ok {
		t.Instance = &TargetInstance{
			ProjectID:  i.text("projectId"),
			RegionID:   i.text("regionId"),
			InstanceID: i.text("instanceId"),
			Where:      i.Where,
		}
	}
	return targetItem{Target: t, path: v.path, rawURL: v.text("url")}
}

// texts gives a mapping of texts; it is never nil.
func (v view) texts(key string) map[string]string {
	out := map[string]string{}
	if m, ok := v.sub(key); ok {
		for _, e := range m.node.Entries() {
			if s := m.text(e.Key); s != "" {
				out[e.Key] = s
			}
		}
	}
	return out
}

func compareAccounts(a, b *Account) int    { return order.Natural(a.Name, b.Name) }
func compareRegistries(a, b *Registry) int { return order.Natural(a.Name, b.Name) }
func compareTargets(a, b *Target) int {
	return cmp.Or(order.Natural(a.Account, b.Account), order.Natural(a.Name, b.Name))
}
