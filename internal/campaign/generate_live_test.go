package campaign

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// makeLive makes what is there before the first apply: for each item nothing, the same, something else, or two; and
// entries that are not in the file.
func (g *generator) makeLive() {
	absent := pick(g, 100, 50, 20, 5)
	for _, it := range g.m.items(&g.m.file) {
		switch g.weighted(absent, 12, 45, 6, 3) {
		case 0:
			continue
		case 1:
			g.live(it, g.copyOf(it))
		case 2:
			g.live(it, g.drifted(it, false))
		case 3:
			g.live(it, g.drifted(it, true))
		case 4:
			g.live(it, g.copyOf(it))
			g.live(it, g.drifted(it, false))
		}
	}
	for _, a := range g.m.accounts {
		g.unmanaged(a)
	}
}

// live puts an entry of an item's account into the state.
func (g *generator) live(it *item, fields map[string]any) {
	g.place(it.account, fields)
}

func (g *generator) place(a *account, fields map[string]any) {
	g.ids++
	e := entry{provider: a.provider, project: a.project, instance: a.instance, eps: or(a.eps, "0"), fields: fields}
	switch a.provider {
	case sas:
		fields["Id"] = 70000 + g.ids
		fields["GmtCreate"], fields["GmtModified"], fields["Token"] = "2025-01-01 00:00:00", "2025-01-01 00:00:00", "token-"+marker
		if fields["TransPerHour"] == nil {
			fields["TransPerHour"] = 10
		}
	case hss:
		fields["id"], fields["project_id"], fields["enterprise_project_id"] = fmt.Sprintf("live-%05d", g.ids), a.project, e.eps
		fields["status"], fields["created_at"] = "success", fmt.Sprintf("2025-01-01T00:%02d:%02dZ", g.ids/60%60, g.ids%60)
	default:
		fields["id"], fields["status"] = 7000+g.ids, "healthy"
		fields["created_at"] = fmt.Sprintf("2025-01-01T00:%02d:%02dZ", g.ids/60%60, g.ids%60)
		fields["updated_at"], fields["credential.type"] = fields["created_at"], "basic"
	}
	g.m.live = append(g.m.live, e)
}

// copyOf gives the fields of an entry that is as the item wants it, but for secrets and spelling.
func (g *generator) copyOf(it *item) map[string]any {
	fields := maps.Clone(it.want)
	for _, name := range hiddenFields[it.provider] {
		if tokens, ok := fields[name].(map[string]any); ok {
			tokens = maps.Clone(tokens)
			for key := range tokens {
				tokens[key] = "live-" + marker
			}
			fields[name] = tokens
		} else if fields[name] != nil && g.chance(0.8) {
			fields[name] = "live-" + marker
		}
	}
	if it.provider == swr && it.want["type"] == "swr-pro" && fields["dns_conf.hosts"] == nil {
		fields["dns_conf.hosts"] = map[string]any{}
	}
	if g.chance(0.3) { // another spelling of the same
		for _, name := range []string{"DomainName", "registry_addr"} {
			if s, ok := fields[name].(string); ok {
				fields[name] = strings.ToUpper(s)
			}
		}
		if s, ok := fields["url"].(string); ok && strings.Count(s, "/") == 2 {
			fields["url"] = s + "/"
		}
	}
	return fields
}

// drifted gives the fields of an entry of the item's key that differs, perhaps in one that no call can change.
func (g *generator) drifted(it *item, fixed bool) map[string]any {
	fields := g.copyOf(it)
	edits := map[string]map[string]any{
		sas: {"RegistryHostIp": "198.51.100.7", "UserName": "drifted", "TransPerHour": 77},
		hss: {
			"registry_addr": "drifted.example.com:8443", "registry_username": "drifted", "connect_cluster_id": "drifted",
			"protocol": map[string]string{"http": "https", "https": "http"}[fmt.Sprint(it.want["protocol"])],
		},
		swr: {"url": "https://drifted.example.com", "description": "drifted", "credential.access_key": "drifted"},
	}[it.provider]
	for _, field := range slices.Sorted(maps.Keys(edits)) {
		if g.chance(0.5) {
			fields[field] = edits[field]
		}
	}
	if _, has := fields["dns_conf.hosts"]; has && g.chance(0.3) {
		fields["dns_conf.hosts"] = map[string]any{"drifted.example.com": "198.51.100.7"}
	}
	if it.provider == hss && g.chance(0.3) {
		g.otherChannel(fields)
	}
	if fields["project_id"] != nil && it.provider == swr && g.chance(0.3) {
		fields["region_id"], fields["project_id"] = "cn-north-1", projectA
	}
	if !fixed {
		return fields
	}
	switch it.provider {
	case sas:
		if g.chance(0.5) {
			fields["RegistryVersion"] = map[string]string{"V1": "V2", "V2": "V1"}[fmt.Sprint(it.want["RegistryVersion"])]
		} else {
			fields["ProtocolType"] = 3 - it.want["ProtocolType"].(int)
		}
	case hss:
		fields["registry_type"] = map[string]string{"Harbor": "Jfrog", "Jfrog": "Harbor"}[fmt.Sprint(it.want["registry_type"])]
	default:
		fields["type"] = map[string]string{"swr-pro": "huawei-SWR", "huawei-SWR": "swr-pro", "swr-pro-internal": "swr-pro"}[fmt.Sprint(it.want["type"])]
	}
	return fields
}

func (g *generator) otherChannel(fields map[string]any) {
	if fields["get_scan_image_channel"] == "Other" && g.chance(0.5) {
		fields["get_scan_image_channel"] = "Swr"
		delete(fields, "namespace")
		return
	}
	fields["get_scan_image_channel"], fields["namespace"] = "Other", "drifted"
}

// unmanaged adds entries that are not in the file: strangers, near misses of the file's keys, the vendor's own, and
// victims that somebody else may delete.
func (g *generator) unmanaged(a *account) {
	strangers := g.weighted(40, 20, 20, 15, 5) * g.between(0, 3)
	if g.chance(0.05) {
		strangers = g.between(95, 230) // several pages
	}
	for range strangers {
		g.place(a, g.stranger(a, g.name("stranger")))
	}
	if g.chance(0.3) {
		g.place(a, g.stranger(a, g.name("victim")))
	}
	for _, it := range g.m.items(&g.m.file) {
		if it.account == a && g.chance(0.15) {
			g.nearMiss(it)
		}
	}
}

func (g *generator) stranger(a *account, name string) map[string]any {
	switch a.provider {
	case sas:
		return map[string]any{
			"RegistryType": pick(g, "harbor", "quay", "acr", "CI/CD", "gitlab"), "RegistryVersion": "V1", "RegionId": "cn-hangzhou",
			"DomainName": name + ".example.com", "RegistryHostIp": "203.0.113.1", "Port": 8443, "ProtocolType": 1, "NetType": 1,
			"UserName": "stranger", "Password": "live-" + marker, "TransPerHour": 5,
		}
	case hss:
		return map[string]any{
			"registry_name": name, "registry_type": pick(g, "Harbor", "Jfrog", "Harbor", "SwrPrivate", "Other"), "api_version": "V1",
			"protocol": "http", "registry_addr": name + ".example.com", "registry_username": "stranger", "registry_password": "live-" + marker,
			"connect_cluster_id": "stranger", "get_scan_image_channel": "Swr",
		}
	}
	return map[string]any{
		"name": name, "type": pick(g, "swr-pro", "huawei-SWR"), "url": "https://" + name + ".example.com", "insecure": true, "description": "stranger",
		"credential.access_key": "stranger", "credential.access_secret": "live-" + marker,
	}
}

// nearMiss adds an entry whose key is nearly that of an item.
func (g *generator) nearMiss(it *item) {
	fields := g.copyOf(it)
	switch it.provider {
	case sas:
		switch g.IntN(3) {
		case 0:
			fields["RegionId"] = "cn-chengdu"
		case 1:
			fields["DomainName"] = "x" + fmt.Sprint(it.want["DomainName"])
		default:
			fields["DomainName"] = fmt.Sprint(it.want["DomainName"]) + ".cn"
		}
	case hss:
		fields["registry_name"] = pick(g, strings.ToUpper(it.name), it.name+"0", " "+it.name)
	default:
		fields["name"] = pick(g, strings.ToUpper(it.name), it.name+"0", "x"+it.name)
	}
	g.place(it.account, fields)
}
