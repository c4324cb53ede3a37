package emulator

import (
	"net/http"
	"strconv"
	"strings"
)

// Types of target registries, in the API's words.
const (
	swrTypeHarbor = "swr-pro"          // open-source Harbor
	swrTypePro    = "swr-pro-internal" // another SWR Enterprise instance
	swrTypeBasic  = "huawei-SWR"       // SWR Basic Edition
)

// addSWRRoutes registers SWR Enterprise v2. Replication policies are not
// emulated: their lists are empty and nothing can be added to them.
func addSWRRoutes(rt *router) {
	const instances = "/v2/{project_id}/instances"
	const registries = instances + "/{instance_id}/registries"
	const replication = instances + "/{instance_id}/replication"
	type handler = func(*call, *store) (reply, error)
	add := func(method, path, name string, write bool, handle handler) {
		rt.rest(method, path, operation{name: name, style: styleSWR, auth: authHuawei, write: write, handle: handle})
	}
	add("GET", instances, "ListInstance", false, listInstances)
	add("GET", registries, "ListInstanceRegistries", false, inInstance(listTargets))
	add("POST", registries, "CreateInstanceRegistry", true, inInstance(createTarget))
	add("GET", registries+"/{registry_id}", "ShowInstanceRegistry", false, inInstance(showTarget))
	add("PUT", registries+"/{registry_id}", "UpdateInstanceRegistry", true, inInstance(updateTarget))
	add("DELETE", registries+"/{registry_id}", "DeleteInstanceRegistry", true, inInstance(deleteTarget))

	policies, executions := replication+"/policies", replication+"/executions"
	add("GET", policies, "ListInstanceReplicationPolicies", false, inInstance(emptyList("policies")))
	add("POST", policies, "CreateInstanceReplicationPolicy", true, inInstance(policiesNotEmulated))
	add("GET", policies+"/{policy_id}", "ShowInstanceReplicationPolicy", false, inInstance(noSuchPolicy))
	add("PUT", policies+"/{policy_id}", "UpdateInstanceReplicationPolicy", true, inInstance(noSuchPolicy))
	add("DELETE", policies+"/{policy_id}", "DeleteInstanceReplicationPolicy", true, inInstance(noSuchPolicy))
	add("GET", executions, "ListInstanceReplicationPolicyExecutions", false, inInstance(emptyList("executions")))
	add("POST", executions, "ExecuteInstanceReplicationPolicy", true, inInstance(noSuchPolicy))
}

// inInstance runs a handler only for an instance that exists. By default any
// instance does, so that a first try needs no state.
func inInstance(handle func(*call, *store) (reply, error)) func(*call, *store) (reply, error) {
	return func(c *call, st *store) (reply, error) {
		if c.is(switchSWRUnknownInstance, "accept") {
			return handle(c, st)
		}
		for _, instance := range st.state.SWR.Instances {
			if instance.ProjectID == c.vars["project_id"] && instance.ID == c.vars["instance_id"] {
				return handle(c, st)
			}
		}
		return reply{}, swrError(http.StatusNotFound, "4040001", "the instance does not exist")
	}
}

func (c *call) swrOwner() swrOwner {
	return swrOwner{c.vars["project_id"], c.vars["instance_id"]}
}

// findTarget returns the position of the registry a path names.
func findTarget(c *call, st *store) (int, error) {
	id, err := strconv.ParseInt(c.vars["registry_id"], 10, 32)
	if err != nil || id < 1 {
		return 0, swrInvalid("registry_id must be a positive 32-bit integer")
	}
	for i, entry := range st.state.SWR.Registries {
		if entry.owner() == c.swrOwner() && int64(entry.Registry.ID) == id {
			return i, nil
		}
	}
	return 0, swrError(http.StatusNotFound, "4040002", "the registry does not exist")
}

// swrError builds a refusal; number is the part after SVCSTG.SWR. of the
// Basic Edition's code, whose first three digits are the HTTP status.
func swrError(status int, number, message string) *apiError {
	return &apiError{status: status, code: number, message: message, style: styleSWR}
}

func swrInvalid(message string) *apiError {
	return swrError(http.StatusBadRequest, "4000014", message)
}

// swrErrorBody writes the error in the form the switches ask for. Newer pages
// show both forms in one body, older ones a bare array.
func (c *call) swrErrorBody(e *apiError) any {
	code := e.code
	if !strings.Contains(code, ".") { // faults bring a complete code
		code = c.swrCode(code)
	}
	item := map[string]string{"errorCode": code, "errorMessage": e.message, "detail": ""}
	switch c.switches.get(switchSWRErrorForm) {
	case "array":
		return []any{item}
	case "flat":
		return map[string]any{"error_code": code, "error_msg": e.message}
	default:
		return map[string]any{"errors": []any{item}, "error_code": code, "error_msg": e.message}
	}
}

// swrCode words a number as the Basic Edition does (SVCSTG.SWR.4000014) or as
// the Enterprise Edition does (SWR.400014).
func (c *call) swrCode(number string) string {
	if c.is(switchSWRCodeStyle, "SWR") && len(number) == 7 {
		return "SWR." + number[:3] + number[4:]
	}
	return "SVCSTG.SWR." + number
}

func emptyList(key string) func(*call, *store) (reply, error) {
	return func(*call, *store) (reply, error) {
		return ok(map[string]any{key: []any{}, "total": 0}), nil
	}
}

func noSuchPolicy(*call, *store) (reply, error) {
	return reply{}, swrError(http.StatusNotFound, "4040003", "the replication policy does not exist")
}

func policiesNotEmulated(*call, *store) (reply, error) {
	return reply{}, swrInvalid("this emulator holds no replication policies")
}
