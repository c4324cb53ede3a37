package e2e

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"regent/internal/emulator"
)

// dialect is what the shared cases need to know of one provider, or of one kind of item of a provider. In texts, {n}
// stands for the number of an item.
type dialect struct {
	// name is that of the subtests, provider the provider's own.
	name, provider string
	// account is the account's name, accounts its YAML.
	account, accounts string
	// section is the list that holds the items, item the YAML of one.
	section, item string
	// label is the name of an item.
	label string
	// mark is in every write of an item, and in no write of another.
	mark string
	// create and update are the operations that write, list the one that reads.
	create, update, list string
	// env are the variables that the YAML names.
	env map[string]string
	// want is what the emulator holds once the item is applied, in the words of its state.
	want entry
	// mutable and immutable are edits of the item.
	mutable, immutable []change
	// secrets replace a reference to a secret by another.
	secrets []change
}

// change is an edit of an item's YAML and what follows from it.
type change struct {
	// field is the field that the plan shows as different, with one that goes along because the live entry has none.
	field    string
	with     string
	from, to string
	// want are the fields of the emulator's entry that differ afterwards.
	want entry
	// reason is part of the reason of a blocked change.
	reason string
}

// entry is one entry of the emulator's state, without what the server makes up itself.
type entry map[string]any

// dialects are the three providers, each with its most common kind of item.
func dialects() []dialect { return []dialect{sasHarbor(), hssHarbor(), swrHarbor()} }

// variants are all kinds of items.
func variants() []dialect {
	return append(dialects(), sasQuay(), hssJfrog(), swrInternal(), swrBasic())
}

func sasHarbor() dialect {
	return dialect{
		name: "sas-harbor", provider: "alibaba-sas", account: "security-center", section: "registries",
		label: "sas-{n}", mark: "h{n}.example.com", create: "AddPrivateRegistry", update: "ModifyImageRegistry", list: "ListPrivateRegistryList",
		accounts: `  security-center:
    provider: alibaba-sas
    region: cn-hangzhou
`,
		item: `  - name: sas-{n}
    type: harbor
    url: https://h{n}.example.com:8443
    apiVersion: V2
    username: robot$scanner
    password: {env: SAS_PASSWORD}
    scan:
      - account: security-center
        regionId: cn-hangzhou
        hostIp: 192.0.2.{n}
        network: internet
        imagesPerHour: 10
`,
		env: map[string]string{
			"SAS_PASSWORD": "sas-Passw0rd/+=%", "SAS_OTHER_PASSWORD": "another one", "SAS_LOGIN": "ci+robot@example.com",
		},
		want: entry{
			"RegistryType": "harbor", "RegistryVersion": "V2", "RegionId": "cn-hangzhou", "DomainName": "h{n}.example.com",
			"RegistryHostIp": "192.0.2.{n}", "Port": 8443, "ProtocolType": 2, "NetType": 1, "UserName": "robot$scanner",
			"Password": "sas-Passw0rd/+=%", "TransPerHour": 10,
		},
		mutable: []change{
			{field: "hostIp", from: "hostIp: 192.0.2.{n}", to: "hostIp: 198.51.100.7", want: entry{"RegistryHostIp": "198.51.100.7"}},
			{field: "username", from: "username: robot$scanner", to: "username: ci", want: entry{"UserName": "ci"}},
			{field: "username", from: "username: robot$scanner", to: "username: {env: SAS_LOGIN}", want: entry{"UserName": "ci+robot@example.com"}},
			{field: "imagesPerHour", from: "imagesPerHour: 10", to: "imagesPerHour: 25", want: entry{"TransPerHour": 25}},
		},
		immutable: []change{
			{field: "url.scheme", from: "url: https:", to: "url: http:", reason: "cannot change the protocol"},
			{field: "apiVersion", from: "apiVersion: V2", to: "apiVersion: V1", reason: "cannot change the API version"},
			{field: "network", from: "network: internet", to: "network: {vpc: vpc-1}", reason: "cannot change the network"},
		},
		secrets: []change{{field: "password", from: "SAS_PASSWORD", to: "SAS_OTHER_PASSWORD"}},
	}
}

func sasQuay() dialect {
	d := sasHarbor()
	d.name = "sas-quay"
	d.item = strings.NewReplacer("name: sas-{n}", "name: quay-{n}", "type: harbor", "type: quay", "https://h{n}", "https://quay{n}",
		"network: internet", "network: {vpc: vpc-1}").Replace(d.item) +
		`        namespaces:
          - {name: platform, authToken: {env: QUAY_PLATFORM_TOKEN}}
          - {name: payments, authToken: {env: QUAY_PAYMENTS_TOKEN}}
`
	d.env = maps.Clone(d.env)
	d.env["QUAY_PLATFORM_TOKEN"], d.env["QUAY_PAYMENTS_TOKEN"], d.env["QUAY_OTHER_TOKEN"] = `tok"en\1`, "tok/en+2", "third"
	d.want = overlay(d.want, entry{
		"RegistryType": "quay", "DomainName": "quay{n}.example.com", "NetType": 2, "VpcId": "vpc-1",
		"ExtraParam": `[{"namespace":"payments","authToken":"tok/en+2"},{"namespace":"platform","authToken":"tok\"en\\1"}]`,
	})
	d.immutable = []change{{field: "network", from: "vpc: vpc-1", to: "vpc: vpc-2", reason: "cannot change the network"}}
	d.secrets = append(d.secrets, change{field: "namespaces", from: "QUAY_PLATFORM_TOKEN", to: "QUAY_OTHER_TOKEN"})
	return d
}

func hssHarbor() dialect {
	return dialect{
		name: "hss-harbor", provider: "huawei-hss", account: "host-security", section: "registries",
		label: "hss-{n}", mark: "g{n}.example.com", create: "AddRegistry", update: "UpdateRegistry", list: "ListRegistry",
		accounts: `  host-security:
    provider: huawei-hss
    region: cn-north-4
    projectId: ` + project + "\n",
		item: `  - name: hss-{n}
    type: harbor
    url: https://g{n}.example.com:8443
    apiVersion: V2
    username: robot$hss
    password: {env: HSS_PASSWORD}
    scan:
      - account: host-security
        clusterId: 6d0c9d1e-0000-4000-8000-000000000002
        scanComponent: swr
`,
		env: map[string]string{
			"HSS_PASSWORD": `hss "Pass"\word`, "HSS_OTHER_PASSWORD": "another two", "HSS_LOGIN": "hss+robot@example.com",
		},
		want: entry{
			"project_id": project, "enterprise_project_id": "0", "registry_name": "hss-{n}", "registry_type": "Harbor",
			"api_version": "V2", "protocol": "https", "registry_addr": "g{n}.example.com:8443", "registry_username": "robot$hss",
			"registry_password": `hss "Pass"\word`, "connect_cluster_id": "6d0c9d1e-0000-4000-8000-000000000002",
			"get_scan_image_channel": "Swr",
		},
		mutable: []change{
			{field: "url.scheme", from: "url: https:", to: "url: http:", want: entry{"protocol": "http"}},
			{field: "url.address", from: "//g{n}.example.com:8443", to: "//elsewhere.example.com:9443", want: entry{"registry_addr": "elsewhere.example.com:9443"}},
			{field: "apiVersion", from: "apiVersion: V2", to: "apiVersion: V1", want: entry{"api_version": "V1"}},
			{field: "username", from: "username: robot$hss", to: "username: ci", want: entry{"registry_username": "ci"}},
			{field: "username", from: "username: robot$hss", to: "username: {env: HSS_LOGIN}", want: entry{"registry_username": "hss+robot@example.com"}},
			{field: "clusterId", from: "000000000002", to: "000000000009", want: entry{"connect_cluster_id": "6d0c9d1e-0000-4000-8000-000000000009"}},
			{field: "scanComponent", with: "scanComponent.namespace", from: "scanComponent: swr", to: "scanComponent: {namespace: library}",
				want: entry{"get_scan_image_channel": "Other", "namespace": "library"}},
		},
		immutable: []change{{field: "type", from: "type: harbor", to: "type: jfrog", reason: "HSS does not change the type"}},
		secrets:   []change{{field: "password", from: "HSS_PASSWORD", to: "HSS_OTHER_PASSWORD"}},
	}
}

func hssJfrog() dialect {
	d := hssHarbor()
	d.name = "hss-jfrog"
	d.item = strings.NewReplacer("name: hss-{n}", "name: jfrog-{n}", "type: harbor", "type: jfrog",
		"scanComponent: swr", "scanComponent: {namespace: library}").Replace(d.item)
	d.want = overlay(d.want, entry{
		"registry_name": "jfrog-{n}", "registry_type": "Jfrog", "get_scan_image_channel": "Other", "namespace": "library",
	})
	d.mutable = []change{
		{field: "scanComponent.namespace", from: "namespace: library", to: "namespace: team", want: entry{"namespace": "team"}},
		{field: "scanComponent", from: "scanComponent: {namespace: library}", to: "scanComponent: swr",
			want: entry{"get_scan_image_channel": "Swr", "namespace": nil}},
	}
	d.immutable = nil
	return d
}

func swrHarbor() dialect {
	return dialect{
		name: "swr-pro", provider: "huawei-swr", account: "swr-primary", section: "replicationTargets",
		label: "swr-{n}", mark: "dr{n}.example.com", create: "CreateInstanceRegistry", update: "UpdateInstanceRegistry", list: "ListInstanceRegistries",
		accounts: `  swr-primary:
    provider: huawei-swr
    region: cn-north-4
    projectId: ` + project + `
    instanceId: ` + instance + "\n",
		item: `  - name: swr-{n}
    account: swr-primary
    type: swr-pro
    url: https://dr{n}.example.com
    insecure: true
    description: disaster recovery
    accessKey: robot$swr
    accessSecret: {env: SWR_SECRET}
    hosts: {dr{n}.example.com: 192.0.2.20}
`,
		env: map[string]string{"SWR_SECRET": "swr <Secret>&co", "SWR_OTHER_SECRET": "another three", "SWR_LOGIN": "swr+robot@example.com"},
		want: entry{
			"owner": project + "/" + instance, "name": "swr-{n}", "type": "swr-pro", "url": "https://dr{n}.example.com", "insecure": true,
			"description": "disaster recovery", "dns_conf": map[string]any{"hosts": map[string]any{"dr{n}.example.com": "192.0.2.20"}},
			"credential": map[string]any{"type": "basic", "access_key": "robot$swr", "access_secret": "swr <Secret>&co"},
		},
		mutable: []change{
			{field: "url", from: "//dr{n}.example.com", to: "//elsewhere.example.com:8443/base", want: entry{"url": "https://elsewhere.example.com:8443/base"}},
			{field: "insecure", from: "insecure: true", to: "insecure: false", want: entry{"insecure": false}},
			{field: "description", from: "description: disaster recovery", to: `description: ""`, want: entry{"description": ""}},
			{field: "accessKey", from: "accessKey: robot$swr", to: "accessKey: admin", want: swrLogin("admin")},
			{field: "accessKey", from: "accessKey: robot$swr", to: "accessKey: {env: SWR_LOGIN}", want: swrLogin("swr+robot@example.com")},
			{field: "hosts", from: "192.0.2.20}", to: "192.0.2.21, b.example.com: 192.0.2.22}", want: entry{"dns_conf": map[string]any{
				"hosts": map[string]any{"dr{n}.example.com": "192.0.2.21", "b.example.com": "192.0.2.22"}}}},
			{field: "hosts", from: "{dr{n}.example.com: 192.0.2.20}", to: "{}", want: entry{"dns_conf": map[string]any{"hosts": map[string]any{}}}},
		},
		immutable: []change{{field: "type", from: "type: swr-pro", to: "type: huawei-SWR", reason: "SWR does not change the type"}},
		secrets:   []change{{field: "accessSecret", from: "SWR_SECRET", to: "SWR_OTHER_SECRET"}},
	}
}

func swrLogin(name string) entry {
	return entry{"credential": map[string]any{"type": "basic", "access_key": name, "access_secret": "swr <Secret>&co"}}
}

func swrInternal() dialect {
	d := swrHarbor()
	d.name = "swr-pro-internal"
	d.item = `  - name: east-{n}
    account: swr-primary
    type: swr-pro-internal
    url: https://east{n}.swr-pro.myhuaweicloud.com
    accessKey: robot$swr
    accessSecret: {env: SWR_SECRET}
    target:
      projectId: fedcba9876543210fedcba9876543210
      regionId: cn-east-3
      instanceId: 5b0c3f1e-0000-4000-8000-000000000004
`
	d.want = overlay(d.want, entry{
		"name": "east-{n}", "type": "swr-pro-internal", "url": "https://east{n}.swr-pro.myhuaweicloud.com", "description": "",
		"dns_conf": nil, "project_id": "fedcba9876543210fedcba9876543210", "region_id": "cn-east-3",
		"instance_id": "5b0c3f1e-0000-4000-8000-000000000004",
	})
	d.mutable = []change{
		{field: "target.projectId", from: "projectId: fedcba9876543210", to: "projectId: 0000ba9876543210",
			want: entry{"project_id": "0000ba9876543210fedcba9876543210"}},
		{field: "target.regionId", from: "regionId: cn-east-3", to: "regionId: cn-east-4", want: entry{"region_id": "cn-east-4"}},
		{field: "target.instanceId", from: "instanceId: 5b0c3f1e-0000", to: "instanceId: 5b0c3f1e-0001",
			want: entry{"instance_id": "5b0c3f1e-0001-4000-8000-000000000004"}},
	}
	d.immutable = nil
	return d
}

func swrBasic() dialect {
	d := swrHarbor()
	d.name = "swr-basic"
	d.item = `  - name: basic-{n}
    account: swr-primary
    type: huawei-SWR
    url: https://swr{n}.cn-south-1.myhuaweicloud.com
    description: basic
    accessKey: robot$swr
    accessSecret: {env: SWR_SECRET}
`
	d.want = overlay(d.want, entry{
		"name": "basic-{n}", "type": "huawei-SWR", "url": "https://swr{n}.cn-south-1.myhuaweicloud.com", "insecure": false,
		"description": "basic", "dns_conf": nil,
	})
	d.mutable = []change{{field: "description", from: "description: basic", to: "description: simple", want: entry{"description": "simple"}}}
	d.immutable = nil
	return d
}

// overlay gives an entry with some fields replaced; nil removes one.
func overlay(base, over entry) entry {
	out := maps.Clone(base)
	for name, value := range over {
		if value == nil {
			delete(out, name)
		} else {
			out[name] = value
		}
	}
	return out
}

// numbered fills in {n}.
func numbered(text string, n int) string { return strings.ReplaceAll(text, "{n}", strconv.Itoa(n)) }

// items gives the YAML of items 1 to n.
func (d dialect) items(n int) string {
	var out string
	for i := range n {
		out += numbered(d.item, i+1)
	}
	return out
}

// file gives a configuration with items 1 to n.
func (d dialect) file(n int) string { return d.holding(d.items(n)) }

// holding gives a configuration with the given items.
func (d dialect) holding(items string) string {
	return "version: 1\naccounts:\n" + d.accounts + d.section + ":\n" + items
}

// accountsOnly is a file that wants nothing.
var accountsOnly = "version: 1\naccounts:\n" + dialects()[2].accounts

// together gives one configuration with item 1 to n of each dialect.
func together(n int, all ...dialect) string {
	accounts, sections := map[string]string{}, map[string]string{}
	for _, d := range all {
		accounts[d.account] = d.accounts
		sections[d.section] += d.items(n)
	}
	out := "version: 1\naccounts:\n"
	for _, name := range slices.Sorted(maps.Keys(accounts)) {
		out += accounts[name]
	}
	for _, section := range slices.Sorted(maps.Keys(sections)) {
		out += section + ":\n" + sections[section]
	}
	return out
}

// edited gives a configuration with item 1 changed.
func (d dialect) edited(t *testing.T, c change) string {
	t.Helper()
	return d.holding(edit(t, d.items(1), numbered(c.from, 1), numbered(c.to, 1)))
}

// blocked gives the YAML of item n with an immutable field changed.
func (d dialect) blocked(t *testing.T, c change, n int) string {
	t.Helper()
	item := edit(t, numbered(d.item, n), numbered(c.from, n), c.to)
	if c.to == "type: huawei-SWR" { // which takes no host table
		item = edit(t, item, numbered("    hosts: {dr{n}.example.com: 192.0.2.20}\n", n), "")
	}
	return item
}

// wants gives what the emulator must hold for item n, with some fields replaced.
func (d dialect) wants(n int, over entry) entry {
	text, err := json.Marshal(overlay(d.want, over))
	if err != nil {
		panic(err) // entries are made of plain JSON values
	}
	var out entry
	if err := json.Unmarshal([]byte(numbered(string(text), n)), &out); err != nil {
		panic(err)
	}
	return out
}

// volatile are the fields that a server makes up.
var volatile = []string{
	"Id", "AliUid", "Token", "GmtCreate", "GmtModified", // SAS
	"id", "status", "fail_reason", "latest_sync_time", "created_at", "updated_at", // HSS and SWR
}

// stored are the emulator's entries of a provider.
func stored(t *testing.T, s *emulator.Server, provider string) []entry {
	t.Helper()
	state := s.State()
	var all []entry
	switch provider {
	case "alibaba-sas":
		all = entries(t, state.SAS.Registries)
	case "huawei-hss":
		all = entries(t, state.HSS.Registries)
	default:
		for _, e := range state.SWR.Registries {
			one := entries(t, []emulator.SWRRegistry{e.Registry})[0]
			one["owner"] = e.ProjectID + "/" + e.InstanceID
			all = append(all, one)
		}
	}
	for _, e := range all {
		for _, name := range volatile {
			delete(e, name)
		}
	}
	return all
}

// entries gives typed entries in the words of the state.
func entries[T any](t *testing.T, list []T) []entry {
	t.Helper()
	text, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	return decode[[]entry](t, string(text))
}
