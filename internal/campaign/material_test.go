package campaign

import (
	"fmt"
	"maps"
	"net"
	"slices"
	"strconv"
	"strings"

	"regent/internal/emulator"
)

// The providers' names.
const (
	sas = "alibaba-sas"
	hss = "huawei-hss"
	swr = "huawei-swr"
)

// account is an account of the file.
type account struct {
	name, provider string
	// project and instance own the entries of Huawei's accounts; eps is the enterprise project of HSS, "" for all.
	project, instance, eps string
	secretsInQuery         bool
}

// text is a value of the file: written there, or taken from a variable.
type text struct{ literal, env string }

// registry is an entry of registries.
type registry struct {
	name, kind, scheme, host string
	port                     int
	version                  string // "" leaves the default, V2
	login                    text
	password                 string // the variable
	scans                    []*scan
}

// scan is an entry of scan; what the account's provider does not take is empty.
type scan struct {
	account            *account
	region, ip, vpc    string
	perHour            int // 0 leaves it to the vendor
	namespaces         []namespace
	cluster, namespace string
}

type namespace struct{ name, token string }

// target is an entry of replicationTargets.
type target struct {
	account                   *account
	name, kind, url           string
	insecure                  *bool
	description               string
	key                       text
	secret                    string // the variable
	hosts                     map[string]string
	project, region, instance string
}

// material is everything that a run is made of.
type material struct {
	seed uint64
	file
	env      map[string]string
	switches map[string]string
	live     []entry
	steps    []step
	// tokens says that Huawei's accounts are opened with a user's password, for a token.
	tokens bool
}

// file is the configuration.
type file struct {
	accounts   []*account
	registries []*registry
	targets    []*target
}

// step is one apply of a run.
type step struct {
	// edited is the file from this step on; nil leaves it as it is.
	edited      *file
	faults      []emulator.Fault
	parallelism int
	// planned says that the apply is bound by a plan that is saved before it, without faults; again, that it is bound by
	// the plan of an earlier apply, as when a job runs once more.
	planned, again bool
	// shown is the format of one more plan, among the faults that are left; empty for none.
	shown string
	kill  *kill
}

// kill interrupts an apply at its nth request, or its nth write, before or after the server has handled it.
type kill struct {
	nth   int
	write bool
	after bool
}

func (k *kill) String() string {
	if k == nil {
		return "never"
	}
	return fmt.Sprintf("at %s %d, %s it is handled", map[bool]string{true: "write", false: "request"}[k.write], k.nth,
		map[bool]string{true: "after", false: "before"}[k.after])
}

// item is one thing that the file wants, in the words of the emulator's state.
type item struct {
	provider string
	account  *account
	name     string
	// mark is in every create of the item and in no other.
	mark string
	// want are the values that the stored entry has to have, by field; a dot leads into an object.
	want map[string]any
}

// String names an item as results do.
func (it *item) String() string { return it.account.name + "/" + it.name }

// items are the things that a file wants.
func (m *material) items(f *file) []*item {
	var out []*item
	for _, r := range f.registries {
		for _, s := range r.scans {
			it := &item{provider: s.account.provider, account: s.account, name: r.name, mark: r.host}
			if it.provider == sas {
				it.want = m.wantSAS(r, s)
			} else {
				it.want = m.wantHSS(r, s)
			}
			out = append(out, it)
		}
	}
	for _, t := range f.targets {
		out = append(out, &item{provider: swr, account: t.account, name: t.name, mark: t.name, want: m.wantSWR(t)})
	}
	return out
}

func (m *material) value(t text) string {
	if t.env != "" {
		return m.env[t.env]
	}
	return t.literal
}

func or(value, standard string) string {
	if value == "" {
		return standard
	}
	return value
}

func (m *material) wantSAS(r *registry, s *scan) map[string]any {
	want := map[string]any{
		"RegistryType": r.kind, "RegistryVersion": or(r.version, "V2"), "RegionId": s.region, "DomainName": r.host,
		"RegistryHostIp": s.ip, "Port": r.port, "ProtocolType": map[string]int{"http": 1, "https": 2}[r.scheme], "NetType": 1, "VpcId": "",
		"UserName": m.value(r.login), "Password": m.env[r.password],
	}
	if s.vpc != "" {
		want["NetType"], want["VpcId"] = 2, s.vpc
	}
	if s.perHour > 0 {
		want["TransPerHour"] = s.perHour
	}
	if len(s.namespaces) > 0 {
		tokens := map[string]any{}
		for _, n := range s.namespaces {
			tokens[n.name] = m.env[n.token]
		}
		want["ExtraParam"] = tokens
	}
	return want
}

func (m *material) wantHSS(r *registry, s *scan) map[string]any {
	want := map[string]any{
		"registry_name": r.name, "registry_type": map[string]string{"harbor": "Harbor", "jfrog": "Jfrog"}[r.kind],
		"api_version": or(r.version, "V2"), "protocol": r.scheme, "registry_addr": r.address(),
		"registry_username": m.value(r.login), "registry_password": m.env[r.password],
		"connect_cluster_id": s.cluster, "get_scan_image_channel": "Swr",
	}
	if s.namespace != "" {
		want["get_scan_image_channel"], want["namespace"] = "Other", s.namespace
	}
	return want
}

// address is the host, with its port unless that is the protocol's own.
func (r *registry) address() string {
	if r.scheme == "http" && r.port == 80 || r.scheme == "https" && r.port == 443 {
		return r.host
	}
	return net.JoinHostPort(r.host, strconv.Itoa(r.port))
}

func (m *material) wantSWR(t *target) map[string]any {
	insecure := t.kind == "swr-pro-internal"
	if t.insecure != nil {
		insecure = *t.insecure
	}
	want := map[string]any{
		"name": t.name, "type": t.kind, "url": t.url, "insecure": insecure, "description": t.description,
		"credential.access_key": m.value(t.key), "credential.access_secret": m.env[t.secret],
	}
	switch t.kind {
	case "swr-pro":
		hosts := map[string]any{}
		for name, address := range t.hosts {
			hosts[name] = address
		}
		want["dns_conf.hosts"] = hosts
	case "swr-pro-internal":
		want["project_id"], want["region_id"], want["instance_id"] = t.project, t.region, t.instance
	}
	return want
}

// odd reports whether the file has names that are more than letters, digits and spaces; all of those have a comma.
func (f *file) odd() bool {
	return slices.ContainsFunc(f.accounts, func(a *account) bool { return strings.Contains(a.name, ",") }) ||
		slices.ContainsFunc(f.registries, func(r *registry) bool { return strings.Contains(r.name, ",") })
}

// yaml writes the configuration.
func (f *file) yaml() string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("version: 1")
	if f.odd() {
		line("names: any")
	}
	line("accounts:")
	for _, a := range f.accounts {
		region := map[string]string{sas: "cn-hangzhou", hss: "cn-north-4", swr: "cn-north-4"}[a.provider]
		line("  %q:\n    provider: %s\n    region: %s", a.name, a.provider, region)
		for _, pair := range [][2]string{{"projectId", a.project}, {"instanceId", a.instance}, {"enterpriseProjectId", a.eps}} {
			if pair[1] != "" {
				line("    %s: %q", pair[0], pair[1])
			}
		}
		if a.secretsInQuery {
			line("    secretsInQuery: true")
		}
	}
	if len(f.registries) > 0 {
		line("registries:")
	}
	for _, r := range f.registries {
		r.yaml(line)
	}
	if len(f.targets) > 0 {
		line("replicationTargets:")
	}
	for _, t := range f.targets {
		t.yaml(line)
	}
	return b.String()
}

func (t text) String() string {
	if t.env != "" {
		return "{env: " + t.env + "}"
	}
	return strconv.Quote(t.literal)
}

func (r *registry) yaml(line func(string, ...any)) {
	line("  - name: %q\n    type: %s\n    url: %q\n    username: %s\n    password: {env: %s}", r.name, r.kind, r.scheme+"://"+r.address(), r.login, r.password)
	if r.version != "" {
		line("    apiVersion: %s", r.version)
	}
	line("    scan:")
	for _, s := range r.scans {
		line("      - account: %q", s.account.name)
		if s.account.provider == hss {
			line("        clusterId: %q", s.cluster)
			if s.namespace != "" {
				line("        scanComponent: {namespace: %q}", s.namespace)
			}
			continue
		}
		line("        regionId: %s\n        hostIp: %s", s.region, s.ip)
		if s.vpc != "" {
			line("        network: {vpc: %q}", s.vpc)
		}
		if s.perHour > 0 {
			line("        imagesPerHour: %d", s.perHour)
		}
		if len(s.namespaces) > 0 {
			line("        namespaces:")
		}
		for _, n := range s.namespaces {
			line("          - {name: %q, authToken: {env: %s}}", n.name, n.token)
		}
	}
}

func (t *target) yaml(line func(string, ...any)) {
	line("  - name: %q\n    account: %q\n    type: %s\n    url: %q\n    accessKey: %s\n    accessSecret: {env: %s}", t.name, t.account.name, t.kind, t.url, t.key, t.secret)
	if t.description != "" {
		line("    description: %q", t.description)
	}
	if t.insecure != nil {
		line("    insecure: %v", *t.insecure)
	}
	if t.kind == "swr-pro" {
		line("    hosts: {")
		for _, name := range slices.Sorted(maps.Keys(t.hosts)) {
			line("      %q: %q,", name, t.hosts[name])
		}
		line("      }")
	}
	if t.kind == "swr-pro-internal" {
		line("    target: {projectId: %q, regionId: %s, instanceId: %q}", t.project, t.region, t.instance)
	}
}
