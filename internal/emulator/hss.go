package emulator

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"time"
)

// Words of the HSS API.
const (
	hssAllProjects    = "all_granted_eps" // enterprise_project_id: look everywhere
	hssDefaultProject = "0"               // enterprise_project_id when none is given
	hssAccessing      = "accessing"
	hssSuccess        = "success"
	hssFail           = "fail"
	hssChannelOther   = "Other"
)

// hssListed is what a list tells of an entry. fail_reason comes with failures only, namespace with entries whose scan
// component was uploaded by hand.
const hssListed = "id registry_name registry_type api_version protocol registry_addr registry_username connect_cluster_id " +
	"get_scan_image_channel status images_num latest_sync_time namespace fail_reason"

// hssTypes are the registry types a list may filter by; only the first two may be added.
func hssTypes() []string {
	return []string{"Harbor", "Jfrog", "SwrPrivate", "SwrShared", "SwrEnterprise", "Other"}
}

// hssAPI describes HSS v5. Fixed segments come before {id}.
func hssAPI() *api {
	const base = "/v5/{project_id}/image/registries"
	scope := param{name: "enterprise_project_id", low: 1, high: 256}
	types := param{name: "registry_type", is: texts, words: hssTypes(), filter: oneOf}
	scoped := []param{scope}
	changeable := []param{
		{name: "api_version", must: true, words: []string{"V1", "V2"}}, {name: "protocol", must: true, words: []string{"http", "https"}},
		{name: "registry_addr", must: true, low: 1, high: 256}, {name: "connect_cluster_id", must: true, low: 1, high: 64},
		{name: "registry_username", must: true, low: 1, high: 128}, {name: "registry_password", must: true, low: 1, high: 128},
		{name: "get_scan_image_channel", must: true, words: []string{"Swr", hssChannelOther}}, {name: "namespace", low: 1, high: 128},
	}
	added := slices.Concat([]param{
		{name: "registry_name", must: true, low: 1, high: 128}, {name: "registry_type", must: true, words: hssTypes()[:2]},
	}, changeable)
	return &api{
		name: "huawei-hss", shelf: func(st *store) shelf { return &st.hss }, fields: &HSSRegistry{},
		denied: hssError("HSS.0013", "Insufficient permissions"),
		refuse: func(p problem) *apiError {
			if p.name == "" {
				return hssError("HSS.0002", "Failed to parse the request: "+p.why)
			}
			return hssError("HSS.0001", "Invalid parameter: "+p.String())
		},
		// The third key shows in answers quoted by Terraform's provider.
		body: func(_ *call, e *apiError) any {
			return map[string]string{"error_code": e.code, "error_msg": e.message, "error_description": e.message}
		},
		codes: codes{"HSS.0001", "HSS.0013", "HSS.0041"},
		operations: []operation{
			{name: "ListRegistry", method: "GET", path: base, does: lists, handle: listHSS, params: []param{
				scope, types, {name: "offset", is: number, high: 2_000_000}, {name: "limit", is: number, low: 10, high: 200},
				{name: "registry_name", low: 1, high: 128, filter: equal}, {name: "registry_id", field: "id", low: 1, high: 64, filter: equal},
				{name: "registry_addr", low: 1, high: 256, filter: equal},
				{name: "status", words: []string{hssSuccess, hssFail, hssAccessing}, filter: equal},
			}},
			{name: "AddRegistry", method: "POST", path: base, does: adds, handle: addHSS, params: scoped, body: added},
			{name: "BatchDeleteRegistry", method: "POST", path: base + "/batch-delete", does: deletes, params: scoped,
				body:   []param{{name: "ids", is: texts, must: true}},
				handle: func(c *call, st *store) (reply, error) { return removeHSS(c, st, c.in.texts("ids")...) }},
			{name: "ListRegistryStatistics", method: "GET", path: base + "/statistics", handle: hssStatistics, params: []param{scope, types}},
			{name: "UpdateRegistry", method: "PUT", path: base + "/{id}", does: modifies, handle: updateHSS, params: scoped, body: optional(changeable)},
			{name: "DeleteRegistry", method: "DELETE", path: base + "/{id}", does: deletes, params: scoped,
				handle: func(c *call, st *store) (reply, error) { return removeHSS(c, st, c.vars["id"]) }},
		},
	}
}

// hssKind describes the registrations of a project.
func hssKind() *kind[HSSRegistry] {
	return &kind[HSSRegistry]{
		system: "hss", needs: "project_id registry_name",
		id:     func(r *HSSRegistry) string { return r.ID },
		owner:  func(r *HSSRegistry) owner { return owner{r.ProjectID} },
		scope:  func(c *call) owner { return owner{c.vars["project_id"]} },
		label:  func(r *HSSRegistry) string { return r.RegistryName },
		fields: func(r *HSSRegistry) any { return r },
		sees: func(c *call, r *HSSRegistry) bool {
			eps := cmp.Or(c.in.text("enterprise_project_id"), hssDefaultProject)
			return eps == hssAllProjects || eps == r.EnterpriseProjectID
		},
		compare: func(a, b *HSSRegistry) int {
			return cmp.Or(cmp.Compare(a.ProjectID, b.ProjectID), cmp.Compare(a.RegistryName, b.RegistryName), cmp.Compare(a.ID, b.ID))
		},
		complete: func(r *HSSRegistry, _ func() int64, now time.Time) {
			r.ID = cmp.Or(r.ID, randomUUID())
			r.EnterpriseProjectID = cmp.Or(r.EnterpriseProjectID, hssDefaultProject)
			r.Status = cmp.Or(r.Status, hssSuccess)
			if r.CreatedAt.IsZero() {
				r.CreatedAt = now.UTC()
			}
		},
		builtIn: hssBuiltIns,
		stranger: func(c *call, name string) HSSRegistry {
			return HSSRegistry{
				ProjectID: c.vars["project_id"], RegistryName: name, RegistryType: "Harbor", APIVersion: "V2", Protocol: "https",
				RegistryAddr: name + ".example.com", RegistryUsername: "somebody", RegistryPassword: randomHex(8), ConnectClusterID: "cluster", GetScanImageChannel: "Swr",
			}
		},
	}
}

// hssBuiltIns are the entries every project has without adding them.
func hssBuiltIns(of owner) (out []HSSRegistry) {
	for i, name := range hssTypes()[2:] {
		out = append(out, HSSRegistry{
			ProjectID: of[0], EnterpriseProjectID: hssDefaultProject, ID: fmt.Sprintf("00000000-0000-4000-8000-00000000000%d", i+1),
			RegistryName: name, RegistryType: name, APIVersion: "V2", Protocol: "https", RegistryAddr: "swr.myhuaweicloud.com",
			RegistryUsername: "-", GetScanImageChannel: "Swr", Status: hssSuccess,
		})
	}
	return out
}

// hssError builds a refusal. HSS answers 400 to all of them, "not found" and "access denied" included; only the code tells
// them apart.
func hssError(code, message string) *apiError {
	return refusal(http.StatusBadRequest, code, message)
}

// findHSS returns an entry the caller may change. Built-in entries are there but may not be touched.
func findHSS(c *call, st *store, id string) (*HSSRegistry, error) {
	r, builtIn := st.hss.find(c, id)
	switch {
	case builtIn:
		return nil, hssError("HSS.0010", "Access denied: built-in registries cannot be changed")
	case r == nil:
		return nil, hssError("HSS.0011", "The requested resource is not found")
	}
	return r, nil
}

// listHSS is ListRegistry. limit is documented up to 200, the list in the answer up to 100. Built-in entries have no
// creation time and count as the oldest.
func listHSS(c *call, st *store) (reply, error) {
	direction := map[string]int{"newest": -1, "oldest": 1, "name": 0}[c.switches["hss-list-order"]]
	found := st.hss.list(c, func(a, b *HSSRegistry) int {
		if by := direction * a.CreatedAt.Compare(b.CreatedAt); by != 0 {
			return by
		}
		return cmp.Or(cmp.Compare(a.RegistryName, b.RegistryName), cmp.Compare(a.ID, b.ID))
	})
	items := []map[string]any{}
	for _, r := range st.hss.page(c, found, c.in.number("offset", 0), min(c.in.number("limit", 10), int64(c.status("hss-page-cap")))) {
		item := show(r, hssListed)
		if r.GetScanImageChannel != hssChannelOther {
			delete(item, "namespace")
		}
		if r.FailReason == "" {
			delete(item, "fail_reason")
		}
		items = append(items, item)
		if r.Status == hssAccessing {
			settleHSS(c, st, r.ID)
		}
	}
	return ok(map[string]any{"total_num": len(found), "data_list": items})
}

// settleHSS ends the connection attempt of an entry that a list has just shown as accessing, so that the next list shows
// its outcome.
func settleHSS(c *call, st *store, id string) {
	i := st.hss.index(entryKey{st.hss.scope(c), id})
	if i < 0 {
		return
	}
	switch r := &st.hss.entries[i]; c.switches["hss-new-status"] {
	case hssFail:
		r.Status, r.FailReason = hssFail, "REQUEST_API_ERROR"
	case hssSuccess:
		r.Status, r.LatestSyncTime = hssSuccess, c.now.UnixMilli()
	}
}

// connect starts a connection attempt.
func (r *HSSRegistry) connect(c *call) {
	r.Status, r.FailReason = hssAccessing, ""
	if c.is("hss-new-status", "success-at-once") {
		r.Status = hssSuccess
	}
}

func hssStatistics(c *call, st *store) (reply, error) {
	count := map[string]int{}
	for _, r := range st.hss.list(c, nil) {
		count[r.Status]++
	}
	return ok(map[string]int{"success_num": count[hssSuccess], "fail_num": count[hssFail]})
}

// addHSS is AddRegistry. It returns nothing, not even the new identifier.
func addHSS(c *call, st *store) (reply, error) {
	r := HSSRegistry{ProjectID: c.vars["project_id"], EnterpriseProjectID: c.in.text("enterprise_project_id")}
	if r.EnterpriseProjectID == hssAllProjects {
		r.EnterpriseProjectID = hssDefaultProject
	}
	if err := changeHSS(c, &r, false); err != nil {
		return reply{}, err
	}
	mine := st.hss.mine(c)
	twin := func(o *HSSRegistry) bool { return o.RegistryName == r.RegistryName }
	if c.is("hss-duplicate-name", "refuse") && slices.ContainsFunc(mine, twin) {
		return reply{}, hssError("HSS.0001", "Invalid parameter: the registry name already exists")
	}
	if !c.is("hss-quota", "none") && len(mine) >= c.status("hss-quota") {
		return reply{}, hssError("HSS.1002", "The quota is insufficient")
	}
	r.connect(c)
	st.hss.add(c, r)
	return reply{status: c.status("hss-add-status")}, nil
}

// changeHSS writes what was sent into an entry. namespace names where the hand-uploaded component lies.
func changeHSS(c *call, r *HSSRegistry, clearing bool) error {
	if c.in.text("get_scan_image_channel") == hssChannelOther && c.in["namespace"] == nil {
		return c.api.refuse(problem{name: "namespace", why: "is mandatory when get_scan_image_channel is Other"})
	}
	assign(r, c.op.body, c.in, clearing)
	if r.GetScanImageChannel != hssChannelOther {
		r.Namespace = ""
	}
	return nil
}

func updateHSS(c *call, st *store) (reply, error) {
	r, err := findHSS(c, st, c.vars["id"])
	if err != nil {
		return reply{}, err
	}
	if err := changeHSS(c, r, c.is("hss-put-omitted", "clear")); err != nil {
		return reply{}, err
	}
	if c.is("hss-update-status", "reconnect") {
		r.connect(c)
	}
	return reply{status: http.StatusOK}, nil
}

// removeHSS is DeleteRegistry and BatchDeleteRegistry: it removes all of the entries or, if one of them is missing or
// built-in, none.
func removeHSS(c *call, st *store, ids ...string) (reply, error) {
	for _, id := range ids {
		if _, err := findHSS(c, st, id); err != nil {
			return reply{}, err
		}
	}
	st.hss.remove(c, ids...)
	return reply{status: c.status("hss-delete-status")}, nil
}
