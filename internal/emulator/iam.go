package emulator

import (
	"net/http"
	"slices"
	"time"
)

// tokenLifetime is how long a token can be used.
const tokenLifetime = 24 * time.Hour

// iamTime is the time format of IAM answers.
const iamTime = "2006-01-02T15:04:05.000000Z"

// defaultRegion names DefaultProjectID where a caller names no region.
const defaultRegion = "cn-north-4"

// addIAMRoutes registers the operations that hand out tokens, temporary keys
// and project identifiers. The first and the last two are unsigned: their body
// is the proof.
func addIAMRoutes(rt *router) {
	add := func(method, path, name string, auth authScheme, handle func(*call, *store) (reply, error)) {
		rt.rest(method, path, operation{name: name, style: styleKeystone, auth: auth, handle: handle})
	}
	add("POST", "/v3/auth/tokens", "KeystoneCreateUserTokenByPassword", authNone, createUserToken)
	add("GET", "/v3/projects", "KeystoneListProjects", authHuawei, listProjects)
	add("GET", "/v3/auth/domains", "KeystoneListAuthDomains", authHuawei, listDomains)
	add("POST", "/v3.0/OS-AUTH/id-token/tokens", "CreateTokenByIdToken", authNone, createIDToken)
	add("POST", "/v3.0/OS-CREDENTIAL/securitytokens", "CreateTemporaryAccessKeyByToken", authNone, createTemporaryKey)
}

func iamError(status int, message string) *apiError {
	return &apiError{status: status, message: message, style: styleKeystone}
}

// iamErrorBody is a Keystone error, whose code is a number, or the other form
// the pages show.
func (c *call) iamErrorBody(e *apiError) any {
	if c.is(switchIAMErrorStyle, "iam") {
		code := e.code
		if code == "" {
			code = map[int]string{400: "IAM.0011", 401: "IAM.0001", 403: "IAM.0002", 404: "IAM.0004"}[e.status]
		}
		return map[string]string{"error_code": code, "error_msg": e.message}
	}
	return map[string]any{"error": map[string]any{
		"code": e.status, "message": e.message, "title": http.StatusText(e.status),
	}}
}

// resolveProject finds a project by identifier or name. A caller without a
// list may name any; a name alone then stands for DefaultProjectID.
func resolveProject(allowed []Project, id, name string) (Project, bool) {
	if len(allowed) == 0 {
		project := Project{ID: id, Name: name}
		if project.ID == "" {
			project.ID = DefaultProjectID
		}
		if project.Name == "" {
			project.Name = defaultRegion
		}
		return project, true
	}
	i := slices.IndexFunc(allowed, func(p Project) bool {
		return id != "" && p.ID == id || id == "" && p.Name == name
	})
	if i < 0 {
		return Project{}, false
	}
	return allowed[i], true
}

// listProjects is KeystoneListProjects. The name matches exactly, so that a
// region does not find its sub-projects.
func listProjects(c *call, _ *store) (reply, error) {
	name := c.r.URL.Query().Get("name")
	projects := c.caller.Projects
	if len(projects) == 0 {
		project, _ := resolveProject(nil, "", name)
		projects = []Project{project}
	}
	list := []map[string]any{}
	for _, project := range projects {
		if name != "" && name != project.Name {
			continue
		}
		list = append(list, map[string]any{
			"id": project.ID, "name": project.Name, "domain_id": domainID(""), "parent_id": domainID(""),
			"enabled": true, "is_domain": false, "description": "",
			"links": map[string]string{"self": "http://" + c.r.Host + "/v3/projects/" + project.ID},
		})
	}
	return ok(map[string]any{
		"projects": list,
		"links":    map[string]any{"self": "http://" + c.r.Host + "/v3/projects", "next": nil, "previous": nil},
	}), nil
}

// listDomains is KeystoneListAuthDomains: the one account there is.
func listDomains(c *call, _ *store) (reply, error) {
	return ok(map[string]any{
		"domains": []map[string]any{{"id": domainID(""), "name": "emulator", "enabled": true, "description": ""}},
		"links":   map[string]any{"self": "http://" + c.r.Host + "/v3/auth/domains", "next": nil, "previous": nil},
	}), nil
}

// domainID is a stable 32-digit identifier of an account name.
func domainID(name string) string { return hexSHA256([]byte("domain " + name))[:32] }
