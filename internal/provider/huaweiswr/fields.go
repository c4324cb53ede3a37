// Package huaweiswr manages the target registries for image replication of Huawei SWR Enterprise Edition.
package huaweiswr

import (
	"maps"
	"slices"
	"strings"

	"regent/internal/cloud/huawei"
	"regent/internal/config"
	"regent/internal/model"
	"regent/internal/provider"
	"regent/internal/secret"
)

// Name is the provider's name in the file.
const Name = "huawei-swr"

// Field names.
const (
	fieldName           = "name"
	fieldType           = "type"
	fieldURL            = "url"
	fieldInsecure       = "insecure"
	fieldDescription    = "description"
	fieldAccessKey      = "accessKey"
	fieldAccessSecret   = "accessSecret"
	fieldHosts          = "hosts"
	fieldTargetProject  = "target.projectId"
	fieldTargetRegion   = "target.regionId"
	fieldTargetInstance = "target.instanceId"
)

const (
	typeInternal = "swr-pro-internal"
	typeHarbor   = "swr-pro"

	pageModify = "SWR Enterprise, Modifying a Target Registry for Image Replication (2025-09-26)"
	pageShow   = "observed by the Terraform provider huaweicloud in the answer of show; absent from the SDK's model"
)

// fields is the field table.
func fields() []model.Field {
	const item = "replicationTargets[]."
	return []model.Field{
		{Name: fieldName, YAML: item + "name", Wire: "name", Type: model.String, Key: true, Source: pageModify},
		{Name: fieldType, YAML: item + "type", Wire: "type", Type: model.String, Source: pageModify,
			Immutable: "SWR does not change the type of a target registry; delete it in the SWR console (Image Replication, " +
				"Target Registries) and apply again, or give the new one another name"},
		{Name: fieldURL, YAML: item + "url", Wire: "url", Type: model.String, Destination: true, Source: pageModify},
		{Name: fieldInsecure, YAML: item + "insecure", Wire: "insecure", Type: model.Boolean, Destination: true,
			Default: "false; true for swr-pro-internal", Source: pageModify},
		{Name: fieldDescription, YAML: item + "description", Wire: "description", Type: model.String,
			Default: "empty", Source: pageModify},
		{Name: fieldAccessKey, YAML: item + "accessKey", Wire: "credential.access_key", Type: model.String, Source: pageModify},
		{Name: fieldAccessSecret, YAML: item + "accessSecret", Wire: "credential.access_secret", Type: model.String, Secret: true,
			Unobservable: "the API does not return it", Source: pageModify},
		{Name: fieldHosts, YAML: item + "hosts", Wire: "dns_conf.hosts", Type: model.StringMap, Destination: true,
			Default: "the live ones stay; none in an add", Source: pageShow},
		{Name: fieldTargetProject, YAML: item + "target.projectId", Wire: "project_id", Type: model.String, Destination: true, Source: pageShow},
		{Name: fieldTargetRegion, YAML: item + "target.regionId", Wire: "region_id", Type: model.String, Destination: true, Source: pageModify},
		{Name: fieldTargetInstance, YAML: item + "target.instanceId", Wire: "instance_id", Type: model.String, Destination: true, Source: pageModify},
	}
}

// Definition describes the provider.
func Definition() *provider.Definition {
	return &provider.Definition{
		Name:     Name,
		Replaces: true,
		Title:    "Huawei Cloud SWR Enterprise",
		Items:    model.ReplicationTarget,
		Fields:   fields(),
		Place:    place,
		Desired:  desired,
		Lister:   openLister,
		Writer:   openWriter,
	}
}

func place(a *config.Account) model.Place {
	return model.Place{Provider: Name, Region: a.Region, ProjectID: a.ProjectID, InstanceID: a.InstanceID}
}

// desired maps the file's targets of one account to items.
func desired(c *config.Config, a *config.Account, lookup secret.Lookup) []model.Item {
	var items []model.Item
	for _, t := range c.TargetsOf(a.Name) {
		items = append(items, item(t, lookup))
	}
	return items
}

func item(t *config.Target, lookup secret.Lookup) model.Item {
	it := model.Item{
		Kind:    model.ReplicationTarget,
		Name:    t.Name,
		Key:     key(t.Name),
		Address: address(t.Type, t.URL.String()),

		Registry: t.URL.String(),
		Values: map[string]model.Value{
			fieldName:        t.Name,
			fieldType:        t.Type,
			fieldURL:         t.URL.String(),
			fieldInsecure:    t.Insecure,
			fieldDescription: strings.TrimSpace(t.Description), // a folded text of YAML ends in a line break
			fieldAccessKey:   provider.Text(t.AccessKey, lookup),
		},
		Secrets:  map[string]secret.Ref{fieldAccessSecret: t.AccessSecret},
		Position: t.Position,
		At:       positions(t),
	}
	if t.Written("hosts") {
		it.Values[fieldHosts] = hostTable(t.Hosts)
	}
	if t.Instance != nil {
		it.Values[fieldTargetProject] = t.Instance.ProjectID
		it.Values[fieldTargetRegion] = t.Instance.RegionID
		it.Values[fieldTargetInstance] = t.Instance.InstanceID
	}
	return it
}

// hostTable writes names and addresses in one way, so that two spellings never differ. It is never nil.
func hostTable(hosts map[string]string) map[string]string {
	out := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(hosts)) {
		out[provider.Host(name)] = provider.IP(hosts[name])
	}
	return out
}

func positions(t *config.Target) map[string]model.Position {
	at := map[string]model.Position{}
	for _, name := range []string{fieldName, fieldType, fieldURL, fieldInsecure, fieldDescription, fieldAccessKey, fieldAccessSecret} {
		at[name] = t.Key(name)
	}
	if t.Written("hosts") {
		at[fieldHosts] = t.Key("hosts")
	}
	if t.Instance != nil {
		at[fieldTargetProject] = t.Instance.Key("projectId")
		at[fieldTargetRegion] = t.Instance.Key("regionId")
		at[fieldTargetInstance] = t.Instance.Key("instanceId")
	}
	return at
}

// address tells registries apart. That of a whole region of SWR serves many logins.
func address(kind, url string) string {
	if kind == config.TargetSWRBasic {
		return ""
	}
	return url
}

func key(name string) model.Key {
	return model.Key{Parts: []model.KeyPart{{Name: "name", Value: name}}}
}

// access says how accounts are opened.
func access(a *config.Account, write bool) provider.Access {
	return provider.Access{
		Variable: provider.EndpointSWR, Public: huawei.Endpoint(huawei.SWR, a.Region),
		Reads: isRead, AllowWrites: write, Rate: huawei.Gateway(),
		Permission: func(operation string) string { return permissions[operation] },
	}
}

// permissions are the actions of IAM that the operations need (SWR, Permissions and Supported Actions).
var permissions = map[string]string{
	"ListInstanceRegistries": "swr:instance:listRegistries", "ShowInstanceRegistry": "swr:instance:getRegistry",
	"CreateInstanceRegistry": "swr:instance:createRegistry", "UpdateInstanceRegistry": "swr:instance:updateRegistry",
}
