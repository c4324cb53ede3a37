package emulator

import (
	"cmp"
	"slices"
	"strings"

	"regent/internal/order"
)

// listHSS is ListRegistry. Names and orders of the filters are documented,
// their match mode is not.
func listHSS(c *call, st *store) (reply, error) {
	q := queryReader{values: c.r.URL.Query()}
	scope := hssScope(&q)
	offset := q.number("offset", 0, 0, 2_000_000)
	limit := hssLimit(c, &q)
	wanted := hssFilter{
		name:   q.text("registry_name", 1, 128),
		id:     q.text("registry_id", 1, 64),
		addr:   q.text("registry_addr", 1, 256),
		status: q.oneOf("status", "", hssSuccess, hssFail, hssAccessing),
		types:  hssTypeList(&q),
	}
	if q.problem != "" {
		return reply{}, hssInvalid(q.problem)
	}
	found := []HSSRegistry{}
	for _, reg := range hssVisible(c, st, scope) {
		if wanted.match(c, reg) {
			found = append(found, reg)
		}
	}
	sortHSS(c, found)
	body := struct {
		Total int              `json:"total_num"`
		List  []map[string]any `json:"data_list"`
	}{len(found), []map[string]any{}}
	for _, reg := range page(c, found, offset, limit) {
		body.List = append(body.List, hssBody(reg))
		st.settleHSS(c, reg.ID)
	}
	return ok(body), nil
}

// hssLimit reads the page size. Its documented range is 10 to 200, while the
// documented size of the answer ends at 100.
func hssLimit(c *call, q *queryReader) int64 {
	low, high := int64(10), int64(200)
	if c.is(switchHSSLimitRange, "clamp") {
		low, high = 0, 1<<31-1
	}
	limit := q.number("limit", 10, low, high)
	limit = min(max(limit, 10), 200)
	return min(limit, int64(atoi(c.switches.get(switchHSSPageCap))))
}

// hssTypeList reads one type or several, separated by commas.
func hssTypeList(q *queryReader) []string {
	if !q.values.Has("registry_type") {
		return nil
	}
	types := strings.Split(q.values.Get("registry_type"), ",")
	for _, kind := range types {
		if !slices.Contains(hssTypes(), kind) {
			q.fail("registry_type must be one or several of " + strings.Join(hssTypes(), ", "))
		}
	}
	return types
}

type hssFilter struct {
	name, id, addr, status string
	types                  []string
}

func (f hssFilter) match(c *call, reg HSSRegistry) bool {
	if f.id != "" && c.is(switchHSSIDFilter, "exact") && f.id != reg.ID {
		return false
	}
	return matchText(f.name, reg.RegistryName, c.switches.get(switchHSSNameFilter)) &&
		matchText(f.addr, reg.RegistryAddr, c.switches.get(switchHSSAddrFilter)) &&
		(f.status == "" || f.status == reg.Status) &&
		(f.types == nil || slices.Contains(f.types, reg.RegistryType))
}

func matchText(want, got, mode string) bool {
	if mode == "fuzzy" {
		return strings.Contains(got, want)
	}
	return want == "" || want == got
}

// hssVisible returns what a project holds in an enterprise project, built-in
// entries first.
func hssVisible(c *call, st *store, scope string) []HSSRegistry {
	out := hssBuiltIns(c.vars["project_id"])
	for _, reg := range st.state.HSS.Registries {
		if reg.ProjectID == c.vars["project_id"] && (scope == hssAllProjects || scope == reg.EnterpriseProjectID) {
			out = append(out, reg)
		}
	}
	return out
}

// sortHSS orders a list; built-in entries have no creation time and count as
// the oldest.
func sortHSS(c *call, list []HSSRegistry) {
	wanted := c.switches.get(switchHSSListOrder)
	order.By(list, func(a, b *HSSRegistry) int {
		byName := cmp.Or(cmp.Compare(a.RegistryName, b.RegistryName), cmp.Compare(a.ID, b.ID))
		switch wanted {
		case "name":
			return byName
		case "oldest":
			return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), byName)
		default:
			return cmp.Or(b.CreatedAt.Compare(a.CreatedAt), byName)
		}
	})
}

// hssBody is one entry of a list. namespace is returned only for entries whose
// scan component was uploaded by hand.
func hssBody(reg HSSRegistry) map[string]any {
	body := map[string]any{
		"id":                     reg.ID,
		"registry_name":          reg.RegistryName,
		"registry_type":          reg.RegistryType,
		"api_version":            reg.APIVersion,
		"protocol":               reg.Protocol,
		"registry_addr":          reg.RegistryAddr,
		"registry_username":      reg.RegistryUsername,
		"connect_cluster_id":     reg.ConnectClusterID,
		"get_scan_image_channel": reg.GetScanImageChannel,
		"status":                 reg.Status,
		"images_num":             reg.ImagesNum,
		"latest_sync_time":       reg.LatestSyncTime,
	}
	if reg.GetScanImageChannel == hssChannelOther {
		body["namespace"] = reg.Namespace
	}
	if reg.FailReason != "" {
		body["fail_reason"] = reg.FailReason
	}
	return body
}

// settleHSS ends the connection attempt of an entry that a list has just shown
// as accessing, so that the next list shows its outcome.
func (st *store) settleHSS(c *call, id string) {
	outcome := c.switches.get(switchHSSNewStatus)
	i := slices.IndexFunc(st.state.HSS.Registries, func(reg HSSRegistry) bool { return reg.ID == id })
	if i < 0 || st.state.HSS.Registries[i].Status != hssAccessing || outcome == hssAccessing {
		return
	}
	reg := &st.state.HSS.Registries[i]
	if outcome == hssFail {
		reg.Status, reg.FailReason = hssFail, "REQUEST_API_ERROR"
		return
	}
	reg.Status, reg.LatestSyncTime = hssSuccess, c.now.UnixMilli()
}

// hssStatistics is ListRegistryStatistics.
func hssStatistics(c *call, st *store) (reply, error) {
	q := queryReader{values: c.r.URL.Query()}
	scope, types := hssScope(&q), hssTypeList(&q)
	if q.problem != "" {
		return reply{}, hssInvalid(q.problem)
	}
	count := map[string]int{}
	for _, reg := range hssVisible(c, st, scope) {
		if types == nil || slices.Contains(types, reg.RegistryType) {
			count[reg.Status]++
		}
	}
	return ok(map[string]int{"success_num": count[hssSuccess], "fail_num": count[hssFail]}), nil
}
