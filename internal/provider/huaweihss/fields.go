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

// Values of scanComponent.
const (
	channelSWR    = "swr"
	channelUpload = "uploaded by hand"
)

const (
	allGranted     = "all_granted_eps"
	defaultProject = "0"

	pageEdit = "HSS, Editing Image Repository Access Information (2026-04-03)"
	pageAdd  = "the official SDK's model of AddRegistry"
)

// fields is the field table.
func fields() []model.Field {
	const registry, scan = "registries[].", "registries[].scan[]."
	return []model.Field{
		{Name: fieldName, YAML: registry + "name", Wire: "registry_name", Type: model.String, Key: true, Source: pageAdd,
			Immutable: "HSS does not rename a registry; a new name is a new registration, and the old one stays until it is deleted in the console"},
		{Name: fieldType, YAML: registry + "type", Wire: "registry_type", Type: model.String, Source: pageEdit,
			Immutable: "HSS does not change the type of a registry; delete it in the HSS console (Container Security, Images, " +
				"registry access) and apply again, or give the new one another name"},
		{Name: fieldScheme, YAML: registry + "url", Wire: "protocol", Type: model.String, Destination: true, Source: pageEdit},
		{Name: fieldAddress, YAML: registry + "url", Wire: "registry_addr", Type: model.String, Destination: true, Source: pageEdit},
		{Name: fieldAPIVersion, YAML: registry + "apiVersion", Wire: "api_version", Type: model.String, Default: "V2", Source: pageEdit},
		{Name: fieldUsername, YAML: registry + "username", Wire: "registry_username", Type: model.String, Source: pageEdit},
		{Name: fieldPassword, YAML: registry + "password", Wire: "registry_password", Type: model.String, Secret: true,
			Unobservable: "the API does not return it", Source: pageEdit},
		{Name: fieldCluster, YAML: scan + "clusterId", Wire: "connect_cluster_id", Type: model.String, Destination: true, Source: pageEdit},
		{Name: fieldChannel, YAML: scan + "scanComponent", Wire: "get_scan_image_channel", Type: model.String,
			Default: "swr", Source: pageEdit},
		{Name: fieldNamespace, YAML: scan + "scanComponent.namespace", Wire: "namespace", Type: model.String, Source: pageEdit},
	}
}

// Definition describes the provider.
func Definition() *provider.Definition {
	return &provider.Definition{
		Name:    Name,
		Title:   "Huawei Cloud Host Security Service",
		Items:   model.Registration,
		Fields:  fields(),
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
	for r, s := range c.Registrations(a.Name) {
		items = append(items, item(r, s, lookup))
	}
	return items
}

func item(r *config.Registry, s *config.Scan, lookup secret.Lookup) model.Item {
	it := model.Item{
		Kind:    model.Registration,
		Name:    r.Name,
		Key:     key(r.Name),
		Address: r.URL.Address(),
		Values: map[string]model.Value{
			fieldName:       r.Name,
			fieldType:       r.Type,
			fieldScheme:     r.URL.Scheme,
			fieldAddress:    r.URL.Address(),
			fieldAPIVersion: r.APIVersion,
			fieldUsername:   provider.Text(r.Username, lookup),
			fieldCluster:    s.ClusterID,
			fieldChannel:    channelSWR,
		},
		Secrets:  map[string]secret.Ref{fieldPassword: r.Password},
		Position: s.Position,
		At: map[string]model.Position{
			fieldName: r.Key("name"), fieldType: r.Key("type"), fieldScheme: r.Key("url"), fieldAddress: r.Key("url"),
			fieldAPIVersion: r.Key("apiVersion"), fieldUsername: r.Key("username"), fieldPassword: r.Key("password"),
			fieldCluster: s.Key("clusterId"), fieldChannel: s.Key("scanComponent"), fieldNamespace: s.Key("scanComponent"),
		},
	}
	if s.Namespace != "" {
		it.Values[fieldChannel] = channelUpload
		it.Values[fieldNamespace] = s.Namespace
	}
	return it
}

func key(name string) model.Key {
	return model.Key{Parts: []model.KeyPart{{Name: "name", Value: name}}}
}

// access says how accounts are opened.
func access(a *config.Account, write bool) provider.Access {
	return provider.Access{
		Variable: provider.EndpointHSS, Public: huawei.Endpoint(huawei.HSS, a.Region),
		Reads: isRead, AllowWrites: write, Rate: huawei.Gateway(),
	}
}

// typeWords translates between the file's and the API's words for registry types.
var typeWords = map[string]string{"harbor": "Harbor", "jfrog": "Jfrog"}

func typeFromAPI(word string) (string, bool) {
	for file, api := range typeWords {
		if strings.EqualFold(api, word) {
			return file, true
		}
	}
	return "", false
}
