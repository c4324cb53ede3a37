package emulator

import (
	"cmp"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Types of target registries, in the API's words.
const (
	swrTypeHarbor = "swr-pro"          // open-source Harbor
	swrTypePro    = "swr-pro-internal" // another SWR Enterprise instance
	swrTypeBasic  = "huawei-SWR"       // SWR Basic Edition
)

// swrShown is what list and show tell of a registry, besides its credential, its times, and what switches decide about.
const swrShown = "id name description type url insecure region_id instance_id status"

// swrAPI describes SWR Enterprise v2. Replication policies are not emulated: their list is empty.
func swrAPI() *api {
	const instances = "/v2/{project_id}/instances"
	const registries = instances + "/{instance_id}/registries"
	types := []string{swrTypeHarbor, swrTypePro, swrTypeBasic}
	target := []param{
		{name: "name", must: true, low: 1, high: 64},
		{name: "type", must: true, words: types},
		{name: "url", must: true, check: isTargetURL, want: "must be an http or https address"},
		{name: "description"}, {name: "project_id"}, {name: "region_id"}, {name: "instance_id"},
		{name: "insecure", is: truth, must: true},
		{name: "credential.type", must: true, words: []string{"basic"}},
		{name: "credential.access_key", must: true, low: 1, high: 1 << 16},
		{name: "credential.access_secret", must: true, low: 1, high: 1 << 16},
		{name: "dns_conf", is: hostMap},
	}
	return &api{
		name: "huawei-swr", shelf: func(st *store) shelf { return &st.swr }, fields: &SWRRegistry{},
		refuse: func(p problem) *apiError { return swrInvalid(p.String()) }, body: (*call).swrErrorBody,
		denied: refusal(http.StatusForbidden, "4030170", "insufficient permission"),
		operations: []operation{
			{name: "ListInstanceRegistries", method: "GET", path: registries, does: lists, handle: inInstance(listTargets), params: []param{
				{name: "order_column", words: []string{"created_at", "updated_at", "name"}}, {name: "order_type", words: []string{"desc", "asc"}},
				{name: "type", words: types, filter: equal}, {name: "name", high: 64, filter: contains},
				{name: "offset", is: number, high: math.MaxInt32}, {name: "limit", is: number, low: 1, high: 100},
			}},
			{name: "CreateInstanceRegistry", method: "POST", path: registries, does: adds, handle: inInstance(createTarget), body: target},
			{name: "ShowInstanceRegistry", method: "GET", path: registries + "/{registry_id}", handle: inInstance(showTarget)},
			{name: "UpdateInstanceRegistry", method: "PUT", path: registries + "/{registry_id}", does: modifies, handle: inInstance(updateTarget), body: target},
			{name: "DeleteInstanceRegistry", method: "DELETE", path: registries + "/{registry_id}", does: deletes, handle: inInstance(deleteTarget)},
			{name: "ListInstanceReplicationPolicies", method: "GET", path: instances + "/{instance_id}/replication/policies",
				handle: inInstance(func(*call, *store) (reply, error) { return ok(map[string]any{"policies": []any{}, "total": 0}) })},
		},
	}
}

// swrKind describes the target registries of an instance.
func swrKind() *kind[SWREntry] {
	return &kind[SWREntry]{
		system: "swr", needs: "project_id instance_id",
		id:      func(e *SWREntry) string { return numberOrNone(int64(e.Registry.ID)) },
		owner:   func(e *SWREntry) owner { return owner{e.ProjectID, e.InstanceID} },
		scope:   func(c *call) owner { return owner{c.vars["project_id"], c.vars["instance_id"]} },
		label:   func(e *SWREntry) string { return e.Registry.Name },
		fields:  func(e *SWREntry) any { return &e.Registry },
		builtIn: func(owner) []SWREntry { return nil },
		compare: func(a, b *SWREntry) int {
			return cmp.Or(cmp.Compare(a.ProjectID, b.ProjectID), cmp.Compare(a.InstanceID, b.InstanceID), cmp.Compare(a.Registry.ID, b.Registry.ID))
		},
		complete: func(e *SWREntry, next func() int64, now time.Time) {
			r := &e.Registry
			if r.ID == 0 {
				r.ID = int32(next())
			}
			r.Credential.Type = cmp.Or(r.Credential.Type, "basic")
			r.Status = cmp.Or(r.Status, "healthy")
			if r.CreatedAt.IsZero() {
				r.CreatedAt = now.UTC()
			}
			if r.UpdatedAt.IsZero() {
				r.UpdatedAt = r.CreatedAt
			}
		},
		stranger: func(c *call, name string) SWREntry {
			return SWREntry{c.vars["project_id"], c.vars["instance_id"], SWRRegistry{
				Name: name, Type: swrTypeHarbor, URL: "https://" + name + ".example.com",
				Credential: SWRCredential{Type: "basic", AccessKey: "somebody", AccessSecret: randomHex(8)},
			}}
		},
	}
}

// inInstance runs a handler only for an instance that exists. By default any instance does, so that a first try needs no
// state.
func inInstance(handle func(*call, *store) (reply, error)) func(*call, *store) (reply, error) {
	return func(c *call, st *store) (reply, error) {
		here := func(i SWRInstance) bool { return i.ProjectID == c.vars["project_id"] && i.ID == c.vars["instance_id"] }
		if c.is("swr-unknown-instance", "accept") || slices.ContainsFunc(st.rest.SWR.Instances, here) {
			return handle(c, st)
		}
		return reply{}, refusal(http.StatusNotFound, "4040001", "the instance does not exist")
	}
}

func swrInvalid(message string) *apiError {
	return refusal(http.StatusBadRequest, "4000014", message)
}

// swrErrorBody writes the error in the form the switches ask for. Codes are the part after SVCSTG.SWR. of the Basic
// Edition's, whose first three digits are the HTTP status; faults bring complete ones.
func (c *call) swrErrorBody(e *apiError) any {
	code := e.code
	switch {
	case strings.Contains(code, "."):
	case c.is("swr-code-style", "SWR") && len(code) == 7:
		code = "SWR." + code[:3] + code[4:]
	default:
		code = "SVCSTG.SWR." + code
	}
	item := map[string]string{"errorCode": code, "errorMessage": e.message, "detail": ""}
	body := map[string]any{"error_code": code, "error_msg": e.message}
	switch c.switches["swr-error-form"] {
	case "array":
		return []any{item}
	case "both":
		body["errors"] = []any{item}
	}
	return body
}

// findTarget returns the registry a path names.
func findTarget(c *call, st *store) (*SWREntry, error) {
	id, err := strconv.ParseInt(c.vars["registry_id"], 10, 32)
	if err != nil || id < 1 {
		return nil, swrInvalid("registry_id must be a positive 32-bit integer")
	}
	e, _ := st.swr.find(c, numberOrNone(id))
	if e == nil {
		return nil, refusal(http.StatusNotFound, "4040002", "the registry does not exist")
	}
	return e, nil
}

// listTargets is ListInstanceRegistries: newest first unless told otherwise. The identifier breaks ties in the same
// direction, so that pages never overlap.
func listTargets(c *call, st *store) (reply, error) {
	offset, limit, column := c.in.number("offset", 0), c.in.number("limit", 10), c.in.text("order_column")
	switch {
	case (c.in["offset"] == nil) != (c.in["limit"] == nil):
		return reply{}, swrInvalid("offset and limit must be used together")
	case offset%limit != 0:
		return reply{}, swrInvalid("offset must be 0 or a multiple of limit")
	case c.in["order_type"] != nil && column == "":
		return reply{}, swrInvalid("order_type must be used together with order_column")
	}
	direction := -1
	if c.in.text("order_type") == "asc" {
		direction = 1
	}
	found := st.swr.list(c, func(a, b *SWREntry) int {
		by := 0
		switch column {
		case "name":
			by = cmp.Compare(a.Registry.Name, b.Registry.Name)
		case "updated_at":
			by = a.Registry.UpdatedAt.Compare(b.Registry.UpdatedAt)
		default:
			by = a.Registry.CreatedAt.Compare(b.Registry.CreatedAt)
		}
		return direction * cmp.Or(by, cmp.Compare(a.Registry.ID, b.Registry.ID))
	})
	items := []map[string]any{}
	for _, e := range st.swr.page(c, found, offset, limit) {
		items = append(items, targetItem(c, &e.Registry, "swr-list-"))
	}
	return ok(map[string]any{"registries": items, "total": len(found)})
}

func showTarget(c *call, st *store) (reply, error) {
	e, err := findTarget(c, st)
	if err != nil {
		return reply{}, err
	}
	return ok(targetItem(c, &e.Registry, "swr-show-"))
}

// targetItem is one registry as list and show return it, each with switches of its own. The secret is never in it.
func targetItem(c *call, r *SWRRegistry, switches string) map[string]any {
	item := show(r, swrShown)
	credential := map[string]any{"type": r.Credential.Type, "access_key": r.Credential.AccessKey}
	switch c.switches["swr-access-secret"] {
	case "blank":
		credential["access_secret"] = ""
	case "masked":
		credential["access_secret"] = "******"
	}
	item["credential"], item["created_at"], item["updated_at"] = credential, swrTime(c, r.CreatedAt), swrTime(c, r.UpdatedAt)
	if c.is(switches+"project-id", "present") {
		item["project_id"] = r.ProjectID
	}
	if c.is(switches+"dns-conf", "present") && r.DNSConf != nil {
		item["dns_conf"] = r.DNSConf
	}
	return item
}

// swrTime formats a time; no page gives the format.
func swrTime(c *call, t time.Time) string {
	switch c.switches["swr-time-format"] {
	case "seconds":
		return t.UTC().Format("2006-01-02T15:04:05Z")
	case "epoch-millis":
		return strconv.FormatInt(t.UnixMilli(), 10)
	default:
		return t.UTC().Format("2006-01-02T15:04:05.000Z")
	}
}

func createTarget(c *call, st *store) (reply, error) {
	e := SWREntry{ProjectID: c.vars["project_id"], InstanceID: c.vars["instance_id"]}
	assign(&e.Registry, c.op.body, c.in, false)
	if err := checkTarget(c, st, &e.Registry); err != nil {
		return reply{}, err
	}
	if !c.is("swr-quota", "none") && len(st.swr.mine(c)) >= c.status("swr-quota") {
		return reply{}, refusal(http.StatusBadRequest, "4000020", "the number of registries has reached its quota")
	}
	e.Registry.Status = c.switches["swr-new-status"]
	return reply{status: c.status("swr-create-status"), body: map[string]any{"id": st.swr.add(c, e).Registry.ID}}, nil
}

// updateTarget is UpdateInstanceRegistry, a full replace.
func updateTarget(c *call, st *store) (reply, error) {
	e, err := findTarget(c, st)
	if err != nil {
		return reply{}, err
	}
	next := e.Registry
	assign(&next, c.op.body, c.in, c.is("swr-put-omitted", "clear"))
	if next.Type != e.Registry.Type {
		return reply{}, swrInvalid("type cannot be changed")
	}
	if err := checkTarget(c, st, &next); err != nil {
		return reply{}, err
	}
	next.UpdatedAt = c.now.UTC()
	e.Registry = next
	return reply{status: http.StatusOK}, nil
}

func deleteTarget(c *call, st *store) (reply, error) {
	e, err := findTarget(c, st)
	if err != nil {
		return reply{}, err
	}
	st.swr.remove(c, numberOrNone(int64(e.Registry.ID)))
	return reply{status: c.status("swr-delete-status")}, nil
}

func isTargetURL(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Hostname() != ""
}

// isTargetName is the name pattern of the English pages; the SDK and the Chinese pages add Chinese characters.
func isTargetName(name string, han bool) bool {
	return !strings.ContainsFunc(name, func(r rune) bool {
		plain := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '_' || r == '-'
		return !plain && !(han && unicode.Is(unicode.Han, r))
	})
}

// checkTarget holds a registry against the rules that a switch decides about, and those that span fields or entries. A new
// registry has no number yet.
func checkTarget(c *call, st *store, r *SWRRegistry) error {
	twin := func(o *SWREntry) bool { return o.Registry.Name == r.Name && o.Registry.ID != r.ID }
	u, _ := url.Parse(r.URL) // isTargetURL has read it
	switch internal := r.Type == swrTypePro; {
	case !isTargetName(r.Name, c.is("swr-name-charset", "han")):
		return swrInvalid("name may only contain letters, digits, underscores and hyphens")
	case internal && (r.ProjectID == "" || r.RegionID == "" || r.InstanceID == ""):
		return swrInvalid("project_id, region_id and instance_id are mandatory for swr-pro-internal")
	case internal && !r.Insecure && c.is("swr-internal-insecure", "refuse"):
		return swrInvalid("insecure must be true for swr-pro-internal")
	case c.is("swr-duplicate-name", "refuse") && slices.ContainsFunc(st.swr.mine(c), twin):
		status := c.status("swr-conflict-status")
		return refusal(status, strconv.Itoa(status)+"0001", "the registry name already exists")
	// The top-level domain that is reserved for names that never resolve cannot be reached.
	case c.is("swr-connectivity", "check") && strings.HasSuffix(u.Hostname(), ".invalid"):
		return swrInvalid("the target registry cannot be reached")
	}
	return nil
}
