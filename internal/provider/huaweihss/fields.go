// Package huaweihss manages the image registries that Huawei Host Security Service scans.
package huaweihss

import (
	"strings"

	"regent/internal/cloud/huawei"
	"regent/internal/config"
	"regent/internal/model"
	"regent/internal/provider"
	"regent/internal/secret"
)

// Name is the provider's name in the file.
const Name = "huawei-hss"

// Field names.
const (
	fieldName       = "name"
	fieldType       = "type"
	fieldScheme     = "url.scheme"
	fieldAddress    = "url.address"
	fieldAPIVersion = "apiVersion"
	fieldUsername   = "username"
	fieldPassword   = "password"
	fieldCluster    = "clusterId"
	fieldChannel    = "scanComponent"
	fieldNamespace  = "scanComponent.namespace"
)

// Values of scanComponent, and the API's word for a component that is uploaded by hand.
const (
	channelSWR    = "swr"
	channelUpload = "uploaded by hand"
	byHand        = "Other"
)

const (
	registry, scan = "registries[].", "registries[].scan[]."
	namespacePath  = scan + "scanComponent.namespace"

	allGranted     = "all_granted_eps"
	defaultProject = "0"

	pageEdit = "HSS, Editing Image Repository Access Information (2026-04-03)"
	pageAdd  = "the official SDK's model of AddRegistry"
)

// rows is the field table.
var rows = provider.Rows{
	{Field: model.Field{Name: fieldName, YAML: registry + "name", Wire: "registry_name", Type: model.String, Key: true, Source: pageAdd,
		Immutable: "HSS does not rename a registry; a new name is a new registration, and the old one stays until it is deleted in the console"}},
	{Field: model.Field{Name: fieldType, YAML: registry + "type", Wire: "registry_type", Type: model.String, Source: pageEdit,
		Immutable: "HSS does not change the type of a registry; delete it in the HSS console (Container Security, Images, " +
			"registry access) and apply again, or give the new one another name"},
		Words: types},
	{Field: model.Field{Name: fieldScheme, YAML: registry + "url", Wire: "protocol", Type: model.String, Destination: true, Source: pageEdit},
		File: func(e config.Entry) model.Value { return e.Registry.URL.Scheme }, Live: liveScheme},
	{Field: model.Field{Name: fieldAddress, YAML: registry + "url", Wire: "registry_addr", Type: model.String, Destination: true, Source: pageEdit},
		File: func(e config.Entry) model.Value { return e.Registry.URL.Address() }, Live: liveAddress},
	{Field: model.Field{Name: fieldAPIVersion, YAML: registry + "apiVersion", Wire: "api_version", Type: model.String, Default: "V2", Source: pageEdit},
		File: func(e config.Entry) model.Value { return e.Registry.APIVersion }},
	{Field: model.Field{Name: fieldUsername, YAML: registry + "username", Wire: "registry_username", Type: model.String, Source: pageEdit}, Always: true},
	{Field: model.Field{Name: fieldPassword, YAML: registry + "password", Wire: "registry_password", Type: model.String, Secret: true,
		Unobservable: "the API does not return it", Source: pageEdit}},
	{Field: model.Field{Name: fieldCluster, YAML: scan + "clusterId", Wire: "connect_cluster_id", Type: model.String, Destination: true, Source: pageEdit}},
	{Field: model.Field{Name: fieldChannel, YAML: scan + "scanComponent", Wire: "get_scan_image_channel", Type: model.String,
		Default: channelSWR, Source: pageEdit},
		Words: map[string]string{channelSWR: "Swr", channelUpload: byHand}, File: channel},
	{Field: model.Field{Name: fieldNamespace, YAML: namespacePath, Wire: "namespace", Type: model.String, Source: pageEdit},
		Live: liveNamespace},
}

// Definition describes the provider.
func Definition() *provider.Definition {
	return &provider.Definition{
		Name:    Name,
		Title:   "Huawei Cloud Host Security Service",
		Items:   model.Registration,
		Fields:  rows.Fields(),
		Place:   place,
		Desired: desired,
		Lister:  openLister,
		Writer:  openWriter,
	}
}

func place(a *config.Account) model.Place {
	return model.Place{Provider: Name, Region: a.Region, ProjectID: a.ProjectID, EnterpriseProjectID: a.EnterpriseProjectID}
}

// desired maps the file's registrations of one account to items.
func desired(c *config.Config, a *config.Account, lookup secret.Lookup) []model.Item {
	var items []model.Item
	for e := range c.Entries(a.Name) {
		it := rows.Desired(e, model.Registration, lookup)
		identify(&it)
		it.At[fieldNamespace] = it.At[fieldChannel]
		items = append(items, it)
	}
	return items
}

// identify gives an item its key and address.
func identify(it *model.Item) {
	it.Key = model.Key{Parts: []model.KeyPart{{Name: "name", Value: it.Name}}}
	it.Address, _ = it.Values[fieldAddress].(string)
}

// channel tells a scan component that is uploaded by hand: it has a namespace.
func channel(e config.Entry) model.Value {
	if e.Written(namespacePath) {
		return channelUpload
	}
	return channelSWR
}

// liveNamespace gives the namespace where it is in use.
func liveNamespace(w provider.Wire) (model.Value, error) {
	channel, err := provider.Get[string](w, "get_scan_image_channel")
	if channel != byHand {
		return nil, err
	}
	namespace, err := provider.Get[string](w, "namespace")
	if namespace == nil {
		namespace = ""
	}
	return namespace, err
}

func liveScheme(w provider.Wire) (model.Value, error) {
	scheme, _, err := canonical(w)
	return scheme, err
}

func liveAddress(w provider.Wire) (model.Value, error) {
	_, address, err := canonical(w)
	return address, err
}

// canonical writes protocol and address as the file's side does: lower case, no default port, no trailing slash.
func canonical(w provider.Wire) (scheme, address model.Value, err error) {
	if scheme, err = provider.Get[string](w, "protocol"); err != nil {
		return nil, nil, err
	}
	address, err = provider.Get[string](w, "registry_addr")
	protocol, told := scheme.(string)
	whole, toldToo := address.(string)
	if err != nil || !told || !toldToo {
		return scheme, address, err
	}
	_, bare, found := strings.Cut(whole, "://")
	if !found {
		bare = whole
	}
	u, failed := config.ParseURL(protocol + "://" + bare)
	if failed != nil {
		return scheme, address, nil //nolint:nilerr // what is no address is compared as it is
	}
	return u.Scheme, u.Address() + u.Path, nil
}

// access says how accounts are opened.
func access(a *config.Account, write bool) provider.Access {
	return provider.Access{
		Variable: provider.EndpointHSS, Public: huawei.Endpoint(huawei.HSS, a.Region),
		Reads: isRead, AllowWrites: write, Rate: huawei.Gateway(),
	}
}

// types are the API's words for the types of registries.
var types = map[string]string{config.TypeHarbor: "Harbor", config.TypeJFrog: "Jfrog"}
