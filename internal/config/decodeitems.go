package config

import (
	"cmp"
	"maps"
)

// decodeDocument adds the items of one document to the configuration.
func decodeDocument(d *document, cfg *Config) {
	top := look(d, d.root.value, d.root.at)
	if top.node.shape != mapping {
		return
	}
	if e, ok := top.get("accounts"); ok && e.value.shape == mapping {
		for _, a := range e.value.entries {
			if !isFree(a.key) {
				cfg.Accounts = append(cfg.Accounts, decodeAccount(a.key, look(d, a.value, a.keyAt)))
			}
		}
	}
	for _, v := range top.list("registries") {
		cfg.Registries = append(cfg.Registries, decodeRegistry(v))
	}
	for _, v := range top.list("replicationTargets") {
		cfg.Targets = append(cfg.Targets, decodeTarget(v))
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
			AccessKey:     c.ref("accessKey"),
			SecretKey:     c.ref("secretKey"),
			SecurityToken: c.ref("securityToken"),
			AuthToken:     c.ref("authToken"),
			Where:         c.Where,
		}
	}
	return a
}

func decodeRegistry(v view) *Registry {
	r := &Registry{
		Name:       v.text("name"),
		Type:       v.text("type"),
		URL:        v.url("url"),
		APIVersion: v.textOr("apiVersion", "V2"),
		Username:   v.literalOrRef("username"),
		Password:   v.ref("password"),
		Where:      v.Where,
	}
	for _, s := range v.list("scan") {
		r.Scan = append(r.Scan, decodeScan(s))
	}
	return r
}

func decodeScan(v view) *Scan {
	s := &Scan{
		Account:       v.text("account"),
		RegionID:      v.text("regionId"),
		HostIP:        v.text("hostIp"),
		ImagesPerHour: v.number("imagesPerHour"),
		ClusterID:     v.text("clusterId"),
		Where:         v.Where,
	}
	if n, ok := v.sub("network"); ok {
		s.VPC = n.text("vpc")
	}
	if c, ok := v.sub("scanComponent"); ok {
		s.Namespace = c.text("namespace")
	}
	for _, n := range v.list("namespaces") {
		s.Namespaces = append(s.Namespaces, Namespace{Name: n.text("name"), AuthToken: n.ref("authToken"), Where: n.Where})
	}
	return s
}

func decodeTarget(v view) *Target {
	t := &Target{
		Name:         v.text("name"),
		Account:      v.text("account"),
		Type:         v.text("type"),
		URL:          v.url("url"),
		Description:  v.text("description"),
		AccessKey:    v.literalOrRef("accessKey"),
		AccessSecret: v.ref("accessSecret"),
		Hosts:        map[string]string{},
		Where:        v.Where,
	}
	t.Insecure = v.truth("insecure", t.Type == TargetSWREnterprise)
	if h, ok := v.sub("hosts"); ok {
		maps.Copy(t.Hosts, h.texts())
	}
	if i, ok := v.sub("target"); ok {
		t.Instance = &TargetInstance{
			ProjectID:  i.text("projectId"),
			RegionID:   i.text("regionId"),
			InstanceID: i.text("instanceId"),
			Where:      i.Where,
		}
	}
	return t
}

// texts gives all keys whose value is text.
func (v view) texts() map[string]string {
	out := make(map[string]string, len(v.node.entries))
	for _, e := range v.node.entries {
		if e.value.isText() {
			out[e.key] = e.value.text
		}
	}
	return out
}

func compareAccounts(a, b *Account) int    { return cmp.Compare(a.Name, b.Name) }
func compareRegistries(a, b *Registry) int { return cmp.Compare(a.Name, b.Name) }
func compareTargets(a, b *Target) int {
	return cmp.Or(cmp.Compare(a.Account, b.Account), cmp.Compare(a.Name, b.Name))
}
