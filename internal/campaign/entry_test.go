package campaign

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"regent/internal/emulator"
)

// entry is one entry of the emulator's state.
type entry struct {
	provider string
	// project, instance and eps are the scope that owns it; empty for SAS.
	project, instance, eps string
	id                     string
	// fields are its values by field, with a dot for what stands in an object. ExtraParam is unpacked.
	fields map[string]any
}

// plain gives a value in one spelling, so that numbers of different types compare.
func plain(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err) // values are made of plain JSON
	}
	return string(data)
}

// stored gives every entry of a state.
func stored(s emulator.State) []entry {
	var out []entry
	for _, r := range s.SAS.Registries {
		f := object(r)
		if extra, _ := f["ExtraParam"].(string); extra != "" {
			f["ExtraParam"] = unpack(extra)
		}
		out = append(out, entry{provider: sas, id: fmt.Sprint(r.ID), fields: f})
	}
	for _, r := range s.HSS.Registries {
		out = append(out, entry{provider: hss, project: r.ProjectID, eps: r.EnterpriseProjectID, id: r.ID, fields: object(r)})
	}
	for _, e := range s.SWR.Registries {
		f := object(e.Registry)
		for _, name := range []string{"credential", "dns_conf"} {
			inner, _ := f[name].(map[string]any)
			for key, value := range inner {
				f[name+"."+key] = value
			}
			delete(f, name)
		}
		out = append(out, entry{provider: swr, project: e.ProjectID, instance: e.InstanceID, id: fmt.Sprint(e.Registry.ID), fields: f})
	}
	return out
}

// unpack reads the namespaces of a registration.
func unpack(extra string) map[string]any {
	var list []struct{ Namespace, AuthToken string }
	out := map[string]any{}
	if err := json.Unmarshal([]byte(extra), &list); err != nil {
		out["unreadable"] = extra
	}
	for _, n := range list {
		out[n.Namespace] = n.AuthToken
	}
	return out
}

func object(v any) map[string]any {
	decoder := json.NewDecoder(bytes.NewReader([]byte(plain(v))))
	decoder.UseNumber()
	var out map[string]any
	if err := decoder.Decode(&out); err != nil {
		panic(err) // it was just written
	}
	return out
}

// state puts entries back together.
func state(entries []entry) emulator.State {
	root := map[string]map[string][]any{"sas": {"registries": {}}, "hss": {"registries": {}}, "swr": {"registries": {}, "instances": {}}}
	for _, e := range entries {
		f := maps.Clone(e.fields)
		switch e.provider {
		case sas:
			if extra, ok := f["ExtraParam"].(map[string]any); ok {
				f["ExtraParam"] = pack(extra)
			}
			root["sas"]["registries"] = append(root["sas"]["registries"], f)
		case hss:
			root["hss"]["registries"] = append(root["hss"]["registries"], f)
		default:
			for _, name := range []string{"credential", "dns_conf"} {
				inner := map[string]any{}
				for key, value := range e.fields {
					if rest, found := strings.CutPrefix(key, name+"."); found {
						inner[rest] = value
						delete(f, key)
					}
				}
				if len(inner) > 0 {
					f[name] = inner
				}
			}
			root["swr"]["registries"] = append(root["swr"]["registries"], map[string]any{"project_id": e.project, "instance_id": e.instance, "registry": f})
		}
	}
	data := plain(map[string]any{"version": 1, "sas": root["sas"], "hss": root["hss"], "swr": map[string]any{"registries": root["swr"]["registries"]}})
	s, err := emulator.ReadState(strings.NewReader(data))
	if err != nil {
		panic(err) // the generator makes what the emulator takes
	}
	return s
}

func pack(tokens map[string]any) string {
	list := []map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(tokens)) {
		list = append(list, map[string]any{"namespace": name, "authToken": tokens[name]})
	}
	return plain(list)
}

// keyFields decide which entry an item is.
var keyFields = map[string][]string{
	sas: {"RegistryType", "RegionId", "DomainName", "Port"}, hss: {"registry_name"}, swr: {"name"},
}

// fixedFields cannot be changed by any call.
var fixedFields = map[string][]string{
	sas: {"RegistryVersion", "ProtocolType", "NetType", "VpcId", "ExtraParam"}, hss: {"registry_type"}, swr: {"type"},
}

// hiddenFields are never returned.
var hiddenFields = map[string][]string{
	sas: {"Password", "ExtraParam"}, hss: {"registry_password"}, swr: {"credential.access_secret"},
}

// value gives a field in the one spelling that all ways to write it have in common.
func (e entry) value(field string) string {
	v := e.fields[field]
	s, _ := v.(string)
	switch field {
	case "DomainName":
		v = strings.TrimSuffix(strings.ToLower(s), ".")
	case "registry_addr":
		protocol, _ := e.fields["protocol"].(string)
		v = address(protocol, s)
	case "url":
		scheme, rest, _ := strings.Cut(strings.TrimSuffix(s, "/"), "://")
		host, path, found := strings.Cut(rest, "/")
		if found {
			path = "/" + path
		}
		v = strings.ToLower(scheme) + "://" + address(strings.ToLower(scheme), host) + path
	case "description":
		v = strings.TrimSpace(s)
	case "VpcId", "namespace":
		v = s // left out when empty
	case "dns_conf.hosts":
		if v == nil {
			v = map[string]any{}
		}
	}
	return plain(v)
}

// address writes a host without the port that goes without saying.
func address(protocol, host string) string {
	host = strings.ToLower(strings.TrimSuffix(host, "/"))
	if protocol == "https" {
		return strings.TrimSuffix(host, ":443")
	}
	return strings.TrimSuffix(host, ":80")
}

// has reports whether an entry has the value that an item wants of a field.
func (e entry) has(it *item, field string) bool {
	return e.value(field) == entry{provider: it.provider, fields: it.want}.value(field)
}

// builtIn reports whether an entry is the vendor's own.
func (e entry) builtIn() bool {
	switch e.provider {
	case sas:
		return e.fields["RegistryType"] != "harbor" && e.fields["RegistryType"] != "quay"
	case hss:
		return e.fields["registry_type"] != "Harbor" && e.fields["registry_type"] != "Jfrog"
	}
	return false
}

// inSight reports whether the account's lists show an entry.
func (e entry) inSight(a *account) bool {
	return e.provider == a.provider && e.project == a.project && e.instance == a.instance &&
		(a.provider != hss || a.eps == "" || a.eps == e.eps)
}

// world is what the undocumented points were chosen to be.
type world map[string]string

// matches gives the entries that are an item's by its key.
func (w world) matches(it *item, entries []entry) []entry {
	var out []entry
	for _, e := range entries {
		if !e.inSight(it.account) || e.builtIn() {
			continue
		}
		same := true
		for _, field := range keyFields[it.provider] {
			if field == "Port" && w["sas-list-port"] == "absent" {
				continue
			}
			same = same && e.has(it, field)
		}
		if same {
			out = append(out, e)
		}
	}
	return out
}

// visible reports whether the API returns a field of an entry.
func (w world) visible(e entry, field string) bool {
	if slices.Contains(hiddenFields[e.provider], field) {
		return false
	}
	switch field {
	case "dns_conf.hosts":
		_, there := e.fields[field]
		return there && (w["swr-list-dns-conf"] == "present" || w["swr-show-dns-conf"] != "absent")
	case "project_id":
		return e.provider != swr || w["swr-list-project-id"] == "present" || w["swr-show-project-id"] != "absent"
	case "VpcId":
		return w["sas-list-vpc-id"] != "absent"
	case "namespace":
		return e.fields["get_scan_image_channel"] == "Other"
	}
	return true
}

// differing gives the visible fields in which an entry is not what the item wants, without those of the key.
func (w world) differing(it *item, e entry) []string {
	var out []string
	for field := range it.want {
		if !slices.Contains(keyFields[it.provider], field) && w.visible(e, field) && !e.has(it, field) {
			out = append(out, field)
		}
	}
	slices.Sort(out)
	return out
}

// decision is what a plan has to say about an item.
type decision struct {
	// action is add, modify, blocked, problem, or empty for an item that is as it should be.
	action string
	entry  *entry
	fields []string
}

// decide says what has to be done about an item.
func (w world) decide(it *item, entries []entry) decision {
	found := w.matches(it, entries)
	switch len(found) {
	case 0:
		return decision{action: "add"}
	case 1:
	default:
		return decision{action: "problem"}
	}
	d := decision{entry: &found[0], fields: w.differing(it, found[0])}
	if it.provider == swr && slices.Contains(d.fields, "type") {
		d.action = "blocked"
		return d
	}
	for _, field := range d.fields {
		d.action = "modify"
		if slices.Contains(fixedFields[it.provider], field) {
			d.action = "blocked"
			return d
		}
	}
	return d
}

// expendable reports whether an entry is one that somebody else may delete in the course of a run.
func (e entry) expendable() bool {
	for _, field := range []string{"DomainName", "registry_name", "name"} {
		if s, ok := e.fields[field].(string); ok && strings.HasPrefix(s, "victim") {
			return true
		}
	}
	return false
}

// grown reports whether an entry is one that somebody else has added in the course of a run.
func (e entry) grown() bool {
	for _, field := range []string{"DomainName", "registry_name", "name"} {
		if s, ok := e.fields[field].(string); ok && strings.HasPrefix(s, "somebody-else-") {
			return true
		}
	}
	return false
}

// identity is what an entry is found by from one state to the next.
func (e entry) identity() string {
	return strings.Join([]string{e.provider, e.project, e.instance, e.id}, "/")
}

// content is everything about an entry that only a write changes.
func (e entry) content() string {
	fields := maps.Clone(e.fields)
	if e.provider == hss {
		for _, name := range []string{"status", "fail_reason", "latest_sync_time"} {
			delete(fields, name) // the service's own, which a list may settle
		}
	}
	return e.identity() + plain(fields)
}

// clears reports whether a vendor takes a partial modify for a replacement.
func (w world) clears(provider string) bool {
	return provider == sas && w["sas-modify-omitted"] == "clear" || provider == hss && w["hss-put-omitted"] == "clear"
}
