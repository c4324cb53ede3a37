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

// fields is the field table.
func fields() []model.Field {
	const registry, scan = "registries[].", "registries[].scan[]."
	return []model.Field{
		{Name: fieldType, YAML: registry + "type", Wire: "RegistryType", Type: model.String, Key: true, Source: pageAdd,
			Immutable: immutable("type")},
		{Name: fieldHost, YAML: registry + "url", Wire: "DomainName", Type: model.String, Destination: true, Key: true, Source: pageModify},
		{Name: fieldPort, YAML: registry + "url", Wire: "Port", Type: model.Integer, Destination: true, Key: true, Source: pageModify},
		{Name: fieldRegion, YAML: scan + "regionId", Wire: "RegistryRegionId", Type: model.String, Key: true,
			Source: pageAdd, Immutable: immutable("region")},
		{Name: fieldScheme, YAML: registry + "url", Wire: "ProtocolType", Type: model.String, Destination: true, Source: pageAdd,
			Immutable: immutable("protocol")},
		{Name: fieldAPIVersion, YAML: registry + "apiVersion", Wire: "RegistryVersion", Type: model.String, Default: "V2",
			Source: pageAdd, Immutable: immutable("API version")},
		{Name: fieldNetwork, YAML: scan + "network", Wire: "NetType, VpcId", Type: model.String, Destination: true, Default: internet,
			Source: pageAdd, Immutable: immutable("network")},
		{Name: fieldHostIP, YAML: scan + "hostIp", Wire: "RegistryHostIp", Type: model.String, Destination: true, Source: pageModify},
		{Name: fieldUsername, YAML: registry + "username", Wire: "UserName", Type: model.String, Source: pageModify},
		{Name: fieldPassword, YAML: registry + "password", Wire: "Password", Type: model.String, Secret: true,
			Unobservable: "the API returns it masked", Source: pageList},
		{Name: fieldPerHour, YAML: scan + "imagesPerHour", Wire: "TransPerHour", Type: model.Integer, Source: pageModify},
		{Name: fieldNamespaces, YAML: scan + "namespaces", Wire: "ExtraParam", Type: model.String, Secret: true,
			Unobservable: "the list does not return it", Immutable: immutable("namespaces"), Source: pageAdd},
	}
}

// Definition describes the provider.
func Definition() *provider.Definition {
	return &provider.Definition{
		Name:   Name,
		Title:  "Alibaba Cloud Security Center",
		Items:  model.Registration,
		Fields: fields(),
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
	for r, s := range c.Registrations(a.Name) {
		items = append(items, item(r, s, lookup))
	}
	return items
}

func item(r *config.Registry, s *config.Scan, lookup secret.Lookup) model.Item {
	it := model.Item{
		Kind:    model.Registration,
		Name:    r.Name,
		Key:     key(r.Type, r.URL.Host, s.RegionID, int64(r.URL.Port)),
		Address: hostPort(provider.Host(r.URL.Host), int64(r.URL.Port)),

		Registry: r.URL.String(),
		Values: map[string]model.Value{
			fieldType:       r.Type,
			fieldHost:       provider.Host(r.URL.Host),
			fieldPort:       int64(r.URL.Port),
			fieldRegion:     s.RegionID,
			fieldScheme:     r.URL.Scheme,
			fieldAPIVersion: r.APIVersion,
			fieldNetwork:    network(s.VPC),
			fieldHostIP:     provider.IP(s.HostIP),
			fieldUsername:   provider.Text(r.Username, lookup),
		},
		Secrets:  map[string]secret.Ref{fieldPassword: r.Password},
		Position: s.Position,
		At: map[string]model.Position{
			fieldType: r.Key("type"), fieldHost: r.Key("url"), fieldPort: r.Key("url"), fieldScheme: r.Key("url"),
			fieldAPIVersion: r.Key("apiVersion"), fieldUsername: r.Key("username"), fieldPassword: r.Key("password"),
			fieldRegion: s.Key("regionId"), fieldNetwork: s.Key("network"), fieldHostIP: s.Key("hostIp"),
			fieldPerHour: s.Key("imagesPerHour"), fieldNamespaces: s.Key("namespaces"),
		},
	}
	if s.ImagesPerHour != nil {
		it.Values[fieldPerHour] = *s.ImagesPerHour
	}
	for _, n := range s.Namespaces {
		name := fieldNamespaces + "[" + n.Name + "]"
		it.Secrets[name] = n.AuthToken
		it.At[name] = n.Key("authToken")
	}
	return it
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

func key(typ, host, region string, port int64) model.Key {
	return model.Key{
		Parts: []model.KeyPart{{Name: "type", Value: typ}, {Name: "host", Value: provider.Host(host)}, {Name: "regionId", Value: region}},
		Port:  port,
	}
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
