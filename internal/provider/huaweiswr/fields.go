// Package huaweiswr manages the target registries for image replication of Huawei SWR Enterprise Edition.
package huaweiswr

import (
	"fmt"
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
	item = "replicationTargets[]."

	pageModify = "SWR Enterprise, Modifying a Target Registry for Image Replication (2025-09-26)"
	pageShow   = "observed by the Terraform provider huaweicloud in the answer of show; absent from the SDK's model"
)

// rows is the field table.
var rows = provider.Rows{
	{Field: model.Field{Name: fieldName, YAML: item + "name", Wire: "name", Type: model.String, Key: true, Source: pageModify}},
	{Field: model.Field{Name: fieldType, YAML: item + "type", Wire: "type", Type: model.String, Source: pageModify,
		Immutable: "SWR does not change the type of a target registry; delete it in the SWR console (Image Replication, " +
			"Target Registries) and apply again, or give the new one another name"},
		Live: provider.Or("type", "")},
	{Field: model.Field{Name: fieldURL, YAML: item + "url", Wire: "url", Type: model.String, Destination: true, Source: pageModify},
		File: func(e config.Entry) model.Value { return e.Target.URL.String() }, Live: liveURL},
	{Field: model.Field{Name: fieldInsecure, YAML: item + "insecure", Wire: "insecure", Type: model.Boolean, Destination: true,
		Default: "false; true for swr-pro-internal", Source: pageModify},
		File: func(e config.Entry) model.Value { return e.Target.Insecure }, Live: provider.Or("insecure", false)},
	{Field: model.Field{Name: fieldDescription, YAML: item + "description", Wire: "description", Type: model.String,
		Default: "empty", Source: pageModify},
		File: func(e config.Entry) model.Value { return strings.TrimSpace(e.Text(item + "description").Literal) }, // a folded text ends in a line break
		Live: liveDescription},
	{Field: model.Field{Name: fieldAccessKey, YAML: item + "accessKey", Wire: "credential.access_key", Type: model.String, Source: pageModify}},
	{Field: model.Field{Name: fieldAccessSecret, YAML: item + "accessSecret", Wire: "credential.access_secret", Type: model.String, Secret: true,
		Unobservable: "the API does not return it", Source: pageModify}},
	{Field: model.Field{Name: fieldHosts, YAML: item + "hosts", Wire: "dns_conf.hosts", Type: model.StringMap, Destination: true,
		Default: "the live ones stay; none in an add", Source: pageShow},
		File: hosts, Live: liveHosts},
	{Field: model.Field{Name: fieldTargetProject, YAML: item + "target.projectId", Wire: "project_id", Type: model.String, Destination: true, Source: pageShow},
		Live: liveProject},
	{Field: model.Field{Name: fieldTargetRegion, YAML: item + "target.regionId", Wire: "region_id", Type: model.String, Destination: true, Source: pageModify}},
	{Field: model.Field{Name: fieldTargetInstance, YAML: item + "target.instanceId", Wire: "instance_id", Type: model.String, Destination: true, Source: pageModify}},
}

// shownRows are what the list may leave out and the single entry tells.
var shownRows = rows.Only(fieldHosts, fieldTargetProject)

// table is the field table without accessors.
var table = rows.Fields()

// Definition describes the provider.
func Definition() *provider.Definition {
	return &provider.Definition{
		Name:     Name,
		Replaces: true,
		Title:    "Huawei Cloud SWR Enterprise",
		Items:    model.ReplicationTarget,
		Fields:   table,
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
	for e := range c.Entries(a.Name) {
		it := rows.Desired(e, model.ReplicationTarget, lookup)
		identify(&it)
		items = append(items, it)
	}
	return items
}

// identify gives an item its key, and the address that tells registries apart. That of a whole region of SWR serves many
// logins.
func identify(it *model.Item) {
	it.Key = model.Key{Parts: []model.KeyPart{{Name: "name", Value: it.Name}}}
	if it.Values[fieldType] != config.TargetSWRBasic {
		it.Address, _ = it.Values[fieldURL].(string)
	}
}

func hosts(e config.Entry) model.Value {
	if !e.Written(item + "hosts") {
		return nil
	}
	return hostTable(e.Texts(item + "hosts"))
}

// hostTable writes names and addresses in one way, so that two spellings never differ. It is never nil.
func hostTable(hosts map[string]string) map[string]string {
	out := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(hosts)) {
		out[provider.Host(name)] = provider.IP(hosts[name])
	}
	return out
}

func liveURL(w provider.Wire) (model.Value, error) {
	v, err := provider.GetOr(w, "url", "")
	if u, failed := config.ParseURL(v); failed == nil {
		v = u.String()
	}
	return v, err
}

func liveDescription(w provider.Wire) (model.Value, error) {
	v, err := provider.GetOr(w, "description", "")
	return strings.TrimSpace(v), err
}

// liveProject may be absent, null or empty: only the first is not told.
func liveProject(w provider.Wire) (model.Value, error) {
	if _, told := w["project_id"]; !told {
		return nil, nil
	}
	v, err := provider.GetOr(w, "project_id", "")
	if err != nil {
		return nil, fmt.Errorf("project_id of entry %s is not text", w["id"])
	}
	return v, nil
}

// liveHosts are none where dns_conf is null or empty, and not told where it is absent.
func liveHosts(w provider.Wire) (model.Value, error) {
	if _, told := w["dns_conf"]; !told {
		return nil, nil
	}
	v, err := provider.GetOr(w, "dns_conf.hosts", map[string]string{})
	if err != nil {
		return nil, fmt.Errorf("dns_conf of entry %s is not a host table", w["id"])
	}
	return hostTable(v), nil
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
