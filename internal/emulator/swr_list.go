package emulator

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	"regent/internal/order"
)

// listTargets is ListInstanceRegistries: fuzzy name, exact type, pages whose
// offset is a multiple of the limit, newest first unless told otherwise.
func listTargets(c *call, st *store) (reply, error) {
	q := queryReader{values: c.r.URL.Query()}
	columns := []string{"created_at", "updated_at"}
	if c.is(switchSWROrderByName, "accept") {
		columns = append(columns, "name")
	}
	column := q.oneOf("order_column", "created_at", columns...)
	order := q.oneOf("order_type", "desc", "desc", "asc")
	if q.values.Has("order_type") && !q.values.Has("order_column") {
		q.fail("order_type must be used together with order_column")
	}
	kind := q.oneOf("type", "", swrTypeHarbor, swrTypePro, swrTypeBasic)
	name := q.text("name", 0, 64)
	offset, limit := swrPage(c, &q, 10)
	if q.problem != "" {
		return reply{}, swrInvalid(q.problem)
	}
	var found []SWRRegistry
	for _, entry := range st.state.SWR.Registries {
		reg := entry.Registry
		if entry.owner() == c.swrOwner() && strings.Contains(reg.Name, name) && (kind == "" || reg.Type == kind) {
			found = append(found, reg)
		}
	}
	sortTargets(found, column, order)
	body := struct {
		Registries []map[string]any `json:"registries"`
		Total      int              `json:"total"`
	}{[]map[string]any{}, len(found)}
	for _, reg := range page(c, found, offset, limit) {
		body.Registries = append(body.Registries, targetBody(c, reg,
			c.is(switchSWRListDNSConf, "present"), c.is(switchSWRListProjectID, "present")))
	}
	return ok(body), nil
}

// swrPage reads offset and limit. The pages say that the two go together and
// that the offset is 0 or a multiple of the limit.
func swrPage(c *call, q *queryReader, standard int64) (offset, limit int64) {
	limit = q.number("limit", standard, 1, 100)
	offset = q.number("offset", 0, 0, 1<<31-1)
	if q.values.Has("offset") != q.values.Has("limit") && c.is(switchSWRPagingPair, "refuse") {
		q.fail("offset and limit must be used together")
	}
	if offset%limit != 0 {
		q.fail("offset must be 0 or a multiple of limit")
	}
	return offset, limit
}

// sortTargets orders by a column; the identifier breaks ties in the same
// direction, so that pages never overlap.
func sortTargets(list []SWRRegistry, column, direction string) {
	order.By(list, func(a, b *SWRRegistry) int {
		var by int
		switch column {
		case "name":
			by = cmp.Compare(a.Name, b.Name)
		case "updated_at":
			by = a.UpdatedAt.Compare(b.UpdatedAt)
		default:
			by = a.CreatedAt.Compare(b.CreatedAt)
		}
		by = cmp.Or(by, cmp.Compare(a.ID, b.ID))
		if direction == "desc" {
			return -by
		}
		return by
	})
}

// showTarget is ShowInstanceRegistry.
func showTarget(c *call, st *store) (reply, error) {
	i, err := findTarget(c, st)
	if err != nil {
		return reply{}, err
	}
	return ok(targetBody(c, st.state.SWR.Registries[i].Registry,
		c.is(switchSWRShowDNSConf, "present"), c.is(switchSWRShowProjectID, "present"))), nil
}

// targetBody is one registry as list and show return it. The secret is never
// in it.
func targetBody(c *call, reg SWRRegistry, withDNS, withProject bool) map[string]any {
	credential := map[string]any{"type": reg.Credential.Type, "access_key": reg.Credential.AccessKey}
	switch c.switches.get(switchSWRAccessSecret) {
	case "blank":
		credential["access_secret"] = ""
	case "masked":
		credential["access_secret"] = "******"
	}
	body := map[string]any{
		"id":          reg.ID,
		"name":        reg.Name,
		"description": reg.Description,
		"type":        reg.Type,
		"url":         reg.URL,
		"insecure":    reg.Insecure,
		"credential":  credential,
		"region_id":   reg.RegionID,
		"instance_id": reg.InstanceID,
		"status":      reg.Status,
		"created_at":  swrTime(c, reg.CreatedAt),
		"updated_at":  swrTime(c, reg.UpdatedAt),
	}
	if withProject {
		body["project_id"] = reg.ProjectID
	}
	if withDNS && reg.DNSConf != nil {
		body["dns_conf"] = reg.DNSConf
	}
	return body
}

// swrTime formats a time; no page gives the format.
func swrTime(c *call, t time.Time) string {
	switch c.switches.get(switchSWRTimeFormat) {
	case "seconds":
		return t.UTC().Format("2006-01-02T15:04:05Z")
	case "epoch-millis":
		return strconv.FormatInt(t.UnixMilli(), 10)
	default:
		return t.UTC().Format("2006-01-02T15:04:05.000Z")
	}
}

// listInstances is ListInstance: the instances the state names.
func listInstances(c *call, st *store) (reply, error) {
	q := queryReader{values: c.r.URL.Query()}
	status := q.oneOf("status", "", "Initial", "Creating", "Running", "Unavailable")
	eps := q.text("enterprise_project_id", 1, 256)
	offset, limit := swrPage(c, &q, 100)
	if q.problem != "" {
		return reply{}, swrInvalid(q.problem)
	}
	found := []map[string]any{}
	for _, instance := range st.state.SWR.Instances {
		if instance.ProjectID != c.vars["project_id"] ||
			status != "" && cmp.Or(instance.Status, "Running") != status ||
			eps != "" && eps != "all_granted_eps" && cmp.Or(instance.EnterpriseProjectID, "0") != eps {
			continue
		}
		found = append(found, map[string]any{
			"id":                    instance.ID,
			"name":                  instance.Name,
			"project_id":            instance.ProjectID,
			"status":                cmp.Or(instance.Status, "Running"),
			"spec":                  instance.Spec,
			"version":               instance.Version,
			"access_address":        instance.AccessAddress,
			"enterprise_project_id": cmp.Or(instance.EnterpriseProjectID, "0"),
			"created_at":            swrTime(c, instance.CreatedAt),
		})
	}
	return ok(map[string]any{"instances": page(c, found, offset, limit), "total": len(found)}), nil
}
