// Package alibabasas manages the image registries that Alibaba Cloud Security Center scans.
package alibabasas

import (
	"context"
	"net"
	"strconv"

	"regent/internal/cloud"
	"regent/internal/config"
	"regent/internal/model"
	"regent/internal/provider"
	"regent/internal/secret"
)

// Name is the provider's name in the file.
const Name = "alibaba-sas"

// Field names.
const (
	fieldType       = "type"
	fieldHost       = "url.host"
	fieldPort       = "url.port"
	fieldRegion     = "regionId"
	fieldScheme     = "url.scheme"
	fieldAPIVersion = "apiVersion"
	fieldNetwork    = "network"
	fieldHostIP     = "hostIp"
	fieldUsername   = "username"
	fieldPassword   = "password"
	fieldPerHour    = "imagesPerHour"
	fieldNamespaces = "namespaces"
)

const (
	internet = "internet"

	pageAdd    = "Security Center, AddPrivateRegistry (2023-09-07)"
	pageModify = "Security Center, ModifyImageRegistry (2026-03-25)"
	pageList   = "Security Center, ListPrivateRegistryList (2024-11-25)"

	recreate = "; delete the registration in the Security Center console (Container Image Scan, image repositories) and apply " +
		"again, or put the live value into the file"
)

func immutable(what string) string {
	return "ModifyImageRegistry cannot change the " + what + recreate
}

const (
	registry, scan = "registries[].", "registries[].scan[]."

	// wireNetwork names two parameters, which the writer sets.
	wireNetwork = "NetType, VpcId"
)

// rows is the field table.
var rows = provider.Rows{
	{Field: model.Field{Name: fieldType, YAML: registry + "type", Wire: "RegistryType", Type: model.String, Key: true, Source: pageAdd,
		Immutable: immutable("type")},
		Live: provider.Or("RegistryType", "")},
	{Field: model.Field{Name: fieldHost, YAML: registry + "url", Wire: "DomainName", Type: model.String, Destination: true, Key: true, Source: pageModify},
		File: func(e config.Entry) model.Value { return provider.Host(e.Registry.URL.Host) }, Live: liveHost},
	{Field: model.Field{Name: fieldPort, YAML: registry + "url", Wire: "Port", Type: model.Integer, Destination: true, Key: true, Source: pageModify},
		File: func(e config.Entry) model.Value { return int64(e.Registry.URL.Port) }, Live: livePort},
	{Field: model.Field{Name: fieldRegion, YAML: scan + "regionId", Wire: "RegistryRegionId", Type: model.String, Key: true,
		Source: pageAdd, Immutable: immutable("region")},
		Live: provider.Or("RegionId", "")},
	{Field: model.Field{Name: fieldScheme, YAML: registry + "url", Wire: "ProtocolType", Type: model.String, Destination: true, Source: pageAdd,
		Immutable: immutable("protocol")},
		Words: map[string]string{"http": "1", "https": "2"},
		File:  func(e config.Entry) model.Value { return e.Registry.URL.Scheme }, Live: liveScheme},
	{Field: model.Field{Name: fieldAPIVersion, YAML: registry + "apiVersion", Wire: "RegistryVersion", Type: model.String, Default: "V2",
		Source: pageAdd, Immutable: immutable("API version")},
		File: func(e config.Entry) model.Value { return e.Registry.APIVersion }, Live: liveVersion},
	{Field: model.Field{Name: fieldNetwork, YAML: scan + "network", Wire: wireNetwork, Type: model.String, Destination: true, Default: internet,
		Source: pageAdd, Immutable: immutable("network")},
		File: func(e config.Entry) model.Value { return network(e.Text(scan + "network.vpc").Literal) }, Live: liveNetwork},
	{Field: model.Field{Name: fieldHostIP, YAML: scan + "hostIp", Wire: "RegistryHostIp", Type: model.String, Destination: true, Source: pageModify},
		File: func(e config.Entry) model.Value { return provider.IP(e.Scan.HostIP) }, Live: liveHostIP},
	{Field: model.Field{Name: fieldUsername, YAML: registry + "username", Wire: "UserName", Type: model.String, Source: pageModify}, Always: true},
	{Field: model.Field{Name: fieldPassword, YAML: registry + "password", Wire: "Password", Type: model.String, Secret: true,
		Unobservable: "the API returns it masked", Source: pageList}},
	{Field: model.Field{Name: fieldPerHour, YAML: scan + "imagesPerHour", Wire: "TransPerHour", Type: model.Integer, Source: pageModify}},
	{Field: model.Field{Name: fieldNamespaces, YAML: scan + "namespaces", Wire: "ExtraParam", Type: model.String, Secret: true,
		Unobservable: "the list does not return it", Immutable: immutable("namespaces"), Source: pageAdd}},
}

// Definition describes the provider.
func Definition() *provider.Definition {
	return &provider.Definition{
		Name:   Name,
		Title:  "Alibaba Cloud Security Center",
		Items:  model.Registration,
		Fields: rows.Fields(),
		Place:  place,
		Owner: func(ctx context.Context, s *provider.Session, a *config.Account) (string, error) {
			return s.AlibabaOwner(ctx, a)
		},
		Desired: desired,
		Lister:  openLister,
		Writer:  openWriter,
	}
}

func place(a *config.Account) model.Place {
	host, _ := config.SASDataCenter(a.Region) // the configuration check refuses unknown regions
	return model.Place{Provider: Name, Region: a.Region, DataCenter: host}
}

// desired maps the file's registrations of one account to items.
func desired(c *config.Config, a *config.Account, lookup secret.Lookup) []model.Item {
	var items []model.Item
	for e := range c.Entries(a.Name) {
		it := rows.Desired(e, model.Registration, lookup)
		identify(&it)
		for _, n := range e.Scan.Namespaces {
			name := fieldNamespaces + "[" + n.Name + "]"
			it.Secrets[name], it.At[name] = n.AuthToken, n.Key("authToken")
		}
		items = append(items, it)
	}
	return items
}

// identify gives an item its key and address.
func identify(it *model.Item) {
	text := func(field string) string { s, _ := it.Values[field].(string); return s }
	port, _ := it.Values[fieldPort].(int64)
	it.Key = model.Key{
		Parts: []model.KeyPart{{Name: "type", Value: text(fieldType)}, {Name: "host", Value: text(fieldHost)}, {Name: "regionId", Value: text(fieldRegion)}},
		Port:  port,
	}
	it.Address = hostPort(text(fieldHost), port)
}

// hostPort gives an address that is known whole.
func hostPort(host string, port int64) string {
	if port == 0 {
		return ""
	}
	return net.JoinHostPort(host, strconv.FormatInt(port, 10))
}

func network(vpc string) string {
	if vpc == "" {
		return internet
	}
	return "vpc " + vpc
}

// access says how accounts are opened. Alibaba documents no limit for these operations: regent begins modestly, and lets
// the answers tell.
func access(a *config.Account, write bool) provider.Access {
	host, _ := config.SASDataCenter(a.Region)
	return provider.Access{
		Variable: provider.EndpointSAS, Public: "https://" + host,
		Reads: isRead, AllowWrites: write, Rate: cloud.Rate{Start: 50, Most: 200, Burst: 10},
		Permission: func(operation string) string { return "yundun-sas:" + operation },
	}
}
