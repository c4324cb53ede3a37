package emulator

import (
	"net/http"
	"slices"
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

// hssTypes are the registry types a list may filter by; only the first two may
// be added.
func hssTypes() []string {
	return []string{"Harbor", "Jfrog", "SwrPrivate", "SwrShared", "SwrEnterprise", "Other"}
}

// addHSSRoutes registers HSS v5. Fixed segments come before {id}.
func addHSSRoutes(rt *router) {
	const base = "/v5/{project_id}/image/registries"
	add := func(method, path, name string, write bool, handle func(*call, *store) (reply, error)) {
		rt.rest(method, path, operation{name: name, style: styleHSS, auth: authHuawei, write: write, handle: handle})
	}
	add("GET", base, "ListRegistry", false, listHSS)
	add("POST", base, "AddRegistry", true, addHSS)
	add("POST", base+"/batch-delete", "BatchDeleteRegistry", true, batchDeleteHSS)
	add("GET", base+"/statistics", "ListRegistryStatistics", false, hssStatistics)
	add("PUT", base+"/{id}", "UpdateRegistry", true, updateHSS)
	add("DELETE", base+"/{id}", "DeleteRegistry", true, deleteHSS)
}

// hssError builds a refusal. HSS answers 400 to all of them, "not found" and
// "access denied" included; only the code tells them apart.
func hssError(code, message string) *apiError {
	return &apiError{status: http.StatusBadRequest, code: code, message: message, style: styleHSS}
}

func hssInvalid(message string) *apiError { return hssError("HSS.0001", "Invalid parameter: "+message) }

// hssErrorBody is HSS's error object; the third key shows in answers quoted by
// Terraform's provider.
func (c *call) hssErrorBody(e *apiError) any {
	body := map[string]string{"error_code": e.code, "error_msg": e.message}
	if c.is(switchHSSErrorDescription, "present") {
		body["error_description"] = e.message
	}
	return body
}

// hssScope reads the enterprise project every operation takes.
func hssScope(q *queryReader) string {
	scope := q.text("enterprise_project_id", 1, 256)
	if scope == "" {
		return hssDefaultProject
	}
	return scope
}

// hssBuiltIns are the entries every project has without adding them.
func hssBuiltIns(project string) []HSSRegistry {
	var out []HSSRegistry
	for i, kind := range []string{"SwrPrivate", "SwrShared", "SwrEnterprise", "Other"} {
		out = append(out, HSSRegistry{
			ProjectID:           project,
			EnterpriseProjectID: hssDefaultProject,
			ID:                  "00000000-0000-4000-8000-00000000000" + string(rune('1'+i)),
			RegistryName:        kind,
			RegistryType:        kind,
			APIVersion:          "V2",
			Protocol:            "https",
			RegistryAddr:        "swr.myhuaweicloud.com",
			RegistryUsername:    "-",
			GetScanImageChannel: "Swr",
			Status:              hssSuccess,
		})
	}
	return out
}

// isHSSBuiltIn tells whether an identifier is one of a built-in entry.
func isHSSBuiltIn(id string) bool {
	return slices.ContainsFunc(hssBuiltIns(""), func(reg HSSRegistry) bool { return reg.ID == id })
}

// findHSS returns the position of an entry the caller may see. Built-in
// entries are there but may not be touched.
func findHSS(c *call, st *store, id, scope string) (int, error) {
	if isHSSBuiltIn(id) {
		return 0, hssError("HSS.0010", "Access denied: built-in registries cannot be changed")
	}
	for i, reg := range st.state.HSS.Registries {
		if reg.ID == id && reg.ProjectID == c.vars["project_id"] &&
			(scope == hssAllProjects || scope == reg.EnterpriseProjectID) {
			return i, nil
		}
	}
	return 0, hssError("HSS.0011", "The requested resource is not found")
}
