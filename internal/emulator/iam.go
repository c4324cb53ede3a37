package emulator

import (
	"cmp"
	"crypto/rand"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// DefaultProjectID is the Huawei project of the server's default credentials.
const DefaultProjectID = "0123456789abcdef0123456789abcdef"

const (
	tokenLifetime = 24 * time.Hour
	iamTime       = "2006-01-02T15:04:05.000000Z" // of IAM answers
	defaultRegion = "cn-north-4"                  // names DefaultProjectID where a caller names no region
)

// iamAPI describes the operations that hand out tokens, temporary keys and project identifiers.
func iamAPI() *api {
	scope := []param{
		{name: "auth.scope.project", is: anything}, {name: "auth.scope.project.id"}, {name: "auth.scope.project.name"}, {name: "auth.scope.domain", is: anything},
	}
	return &api{
		name: "huawei-iam", body: (*call).iamErrorBody, codes: codes{"IAM.0011", "IAM.0002", "IAM.0001"},
		refuse: func(p problem) *apiError { return iamError(http.StatusBadRequest, p.String()) },
		denied: iamError(http.StatusForbidden, "You are not authorized to perform the requested action."),
		operations: []operation{
			{name: "KeystoneCreateUserTokenByPassword", method: "POST", path: "/v3/auth/tokens", open: true, handle: createUserToken, body: slices.Concat([]param{
				{name: "auth.identity.methods", must: true, is: texts, words: []string{"password"}},
				{name: "auth.identity.password.user.name", must: true, low: 1},
				{name: "auth.identity.password.user.password", must: true, low: 1},
				{name: "auth.identity.password.user.domain.name", must: true, low: 1},
				{name: "auth.scope", must: true, is: anything},
			}, scope)},
			{name: "KeystoneListProjects", method: "GET", path: "/v3/projects", handle: listProjects},
			{name: "CreateTokenByIdToken", method: "POST", path: "/v3.0/OS-AUTH/id-token/tokens", open: true, handle: createIDToken,
				body: append([]param{{name: "auth.id_token.id", must: true, low: 1}}, scope...)},
			{name: "CreateTemporaryAccessKeyByToken", method: "POST", path: "/v3.0/OS-CREDENTIAL/securitytokens", open: true, handle: createTemporaryKey, body: []param{
				{name: "auth.identity.methods", must: true, is: texts, words: []string{"token"}},
				{name: "auth.identity.token.id"},
				{name: "auth.identity.token.duration_seconds", is: number, low: 900, high: 86400},
			}},
		},
	}
}

func iamError(status int, message string) *apiError { return refusal(status, "", message) }

// iamErrorBody is a Keystone error, whose code is a number, or the other form the pages show.
func (c *call) iamErrorBody(e *apiError) any {
	if c.is("iam-error-style", "iam") {
		return map[string]string{"error_code": cmp.Or(e.code, c.api.usual(e.status)), "error_msg": e.message}
	}
	return map[string]any{"error": map[string]any{"code": e.status, "message": e.message, "title": http.StatusText(e.status)}}
}

// resolveProject finds a project by identifier or name. A caller without a list may name any; a name alone then stands for
// DefaultProjectID.
func resolveProject(allowed []Project, id, name string) (Project, bool) {
	if len(allowed) == 0 {
		return Project{cmp.Or(id, DefaultProjectID), cmp.Or(name, defaultRegion)}, true
	}
	i := slices.IndexFunc(allowed, func(p Project) bool { return id != "" && p.ID == id || id == "" && p.Name == name })
	if i < 0 {
		return Project{}, false
	}
	return allowed[i], true
}

// listProjects is KeystoneListProjects. The name matches exactly, so that a region does not find its sub-projects.
func listProjects(c *call, _ *store) (reply, error) {
	name, projects := c.query.Get("name"), c.caller.Projects
	if len(projects) == 0 {
		project, _ := resolveProject(nil, "", name)
		projects = []Project{project}
	}
	list := []map[string]any{}
	for _, project := range projects {
		if name == "" || name == project.Name {
			list = append(list, map[string]any{
				"id": project.ID, "name": project.Name, "domain_id": domainID(""), "parent_id": domainID(""),
				"enabled": true, "is_domain": false, "description": "",
			})
		}
	}
	links := map[string]any{"self": "http://" + c.r.Host + "/v3/projects", "next": nil, "previous": nil}
	return ok(map[string]any{"projects": list, "links": links})
}

// domainID is a stable 32-digit identifier of an account name.
func domainID(name string) string { return hexSHA256([]byte("domain " + name))[:32] }

func createUserToken(c *call, _ *store) (reply, error) {
	const user = "auth.identity.password.user."
	found, known := c.identity.login(c.in.text(user+"domain.name"), c.in.text(user+"name"), c.in.text(user+"password"))
	if !known {
		return reply{}, iamError(http.StatusUnauthorized, "The username or password is wrong.")
	}
	return c.issueToken(found, "password")
}

// createIDToken is CreateTokenByIdToken: an OpenID Connect token for one of IAM's. Without a scope the token is not bound
// to a project.
func createIDToken(c *call, _ *store) (reply, error) {
	idp := c.r.Header.Get("X-Idp-Id")
	if idp == "" {
		return reply{}, iamError(http.StatusBadRequest, "the header X-Idp-Id is mandatory")
	}
	user, known := c.identity.federated(idp, c.in.text("auth.id_token.id"))
	if !known {
		return reply{}, iamError(http.StatusUnauthorized, "The identity provider does not exist or refuses the ID token.")
	}
	if c.in["auth.scope.project"] == nil {
		c.in["auth.scope.domain"] = user.Domain
	}
	return c.issueToken(user, "id_token")
}

// issueToken makes a token for a project or for the account.
func (c *call) issueToken(user User, method string) (reply, error) {
	inProject, id, name := c.in["auth.scope.project"] != nil, c.in.text("auth.scope.project.id"), c.in.text("auth.scope.project.name")
	if inProject == (c.in["auth.scope.domain"] != nil) {
		return reply{}, iamError(http.StatusBadRequest, "auth.scope must have either project or domain")
	}
	issued := token{user: user, expires: c.now.Add(tokenLifetime)}
	domain := map[string]string{"id": domainID(user.Domain), "name": user.Domain}
	body := map[string]any{
		"methods": []string{method}, "issued_at": c.now.UTC().Format(iamTime), "expires_at": issued.expires.UTC().Format(iamTime),
		"user": map[string]any{"id": domainID("user " + user.Name), "name": user.Name, "domain": domain, "password_expires_at": ""},
	}
	if inProject {
		project, found := resolveProject(user.Projects, id, name)
		if !found || id == "" && name == "" {
			return reply{}, iamError(http.StatusUnauthorized, "The user has no access to the project of the scope.")
		}
		issued.project = project
		body["project"] = map[string]any{"id": project.ID, "name": project.Name, "domain": domain}
	} else {
		body["domain"] = domain
	}
	text := "MII" + randomHex(256)
	c.identity.tokens[text] = issued
	return reply{status: http.StatusCreated, header: http.Header{"X-Subject-Token": {text}}, body: map[string]any{"token": body}}, nil
}

// createTemporaryKey is CreateTemporaryAccessKeyByToken. The token comes in the body or in X-Auth-Token; the key lives 900
// to 86400 seconds.
func createTemporaryKey(c *call, _ *store) (reply, error) {
	seconds := c.in.number("auth.identity.token.duration_seconds", 900)
	proof, known := c.identity.tokens[cmp.Or(c.in.text("auth.identity.token.id"), c.r.Header.Get(headerAuthToken))]
	if !known || !c.now.Before(proof.expires) {
		return reply{}, iamError(http.StatusUnauthorized, "The token is invalid or has expired.")
	}
	key := AccessKey{
		ID: strings.ToUpper(randomHex(10)), Secret: randomHex(20), SecurityToken: randomHex(200),
		ExpiresAt: c.now.Add(time.Duration(seconds) * time.Second), Projects: proof.user.Projects,
	}
	c.identity.issued[key.ID] = key
	return reply{status: http.StatusCreated, body: map[string]any{"credential": map[string]string{
		"access": key.ID, "secret": key.Secret, "securitytoken": key.SecurityToken, "expires_at": key.ExpiresAt.UTC().Format(iamTime),
	}}}, nil
}

// token is one issued X-Auth-Token. The project is empty for a domain token.
type token struct {
	expires time.Time
	user    User
	project Project
}

// identity knows who may call: access keys, tokens, users and identity providers. Server.mu guards it.
type identity struct {
	alibaba map[string]AccessKey
	huawei  map[string]AccessKey
	issued  map[string]AccessKey // temporary Huawei keys
	tokens  map[string]token
	users   []User
	idps    []IDP
	nonces  map[string]time.Time // Alibaba nonces and when they may be forgotten
	sweep   time.Time            // when those are forgotten that may be, the next time

	firstAlibaba, firstHuawei AccessKey // what Env prints
	user                      User
	idp                       IDP
}

// init makes the default credentials. The first key of each vendor in the state takes the place of a random one, so that a
// state file can fix them.
func (id *identity) init(state State) {
	id.firstAlibaba = AccessKey{ID: "LTAI5t" + randomHex(9), Secret: randomHex(15)}
	id.firstHuawei = AccessKey{ID: strings.ToUpper(randomHex(10)), Secret: randomHex(20)}
	id.user = User{Domain: "domain-" + randomHex(4), Name: "user-" + randomHex(4), Password: randomHex(16)}
	id.idp = IDP{ID: "idp-" + randomHex(8)}
	if keys := state.Credentials; keys != nil {
		id.firstAlibaba = append(slices.Clone(keys.Alibaba), id.firstAlibaba)[0]
		id.firstHuawei = append(slices.Clone(keys.Huawei), id.firstHuawei)[0]
	}
	id.tokens, id.issued, id.nonces = map[string]token{}, map[string]AccessKey{}, map[string]time.Time{}
	id.replace(state)
}

// replace takes keys, users and providers from a new state. Tokens and temporary keys already issued stay valid.
func (id *identity) replace(state State) {
	var keys Credentials
	if state.Credentials != nil {
		keys = *state.Credentials
	}
	id.alibaba, id.huawei = keysByID(keys.Alibaba, id.firstAlibaba), keysByID(keys.Huawei, id.firstHuawei)
	id.users = append([]User{id.user}, state.Users...)
	id.idps = append([]IDP{id.idp}, state.IDPs...)
}

func keysByID(keys []AccessKey, first AccessKey) map[string]AccessKey {
	out := map[string]AccessKey{first.ID: first}
	for _, key := range keys {
		out[key.ID] = key
	}
	return out
}

// expired tells whether a temporary key has ended.
func (key AccessKey) expired(now time.Time) bool {
	return !key.ExpiresAt.IsZero() && !now.Before(key.ExpiresAt)
}

// DefaultUser returns the IAM user every server has: account name, user name and password for POST /v3/auth/tokens. The
// user may scope tokens to any project; project names stand for DefaultProjectID.
func (s *Server) DefaultUser() (domain, name, password string) {
	user := s.identity.user
	return user.Domain, user.Name, user.Password
}

// DefaultIDP returns the identity provider every server has, and an ID token it accepts. It accepts any other non-empty ID
// token too.
func (s *Server) DefaultIDP() (idpID, idToken string) { return s.identity.idp.ID, "any-id-token" }

// login finds a user by account, name and password.
func (id *identity) login(domain, name, password string) (User, bool) {
	i := slices.IndexFunc(id.users, func(u User) bool { return u.Domain == domain && u.Name == name })
	if i < 0 {
		return User{}, false
	}
	return id.users[i], subtle.ConstantTimeCompare([]byte(id.users[i].Password), []byte(password)) == 1
}

// federated finds the identity provider and makes the user it stands for.
func (id *identity) federated(idpID, idToken string) (User, bool) {
	for _, idp := range id.idps {
		if idp.ID == idpID && (len(idp.Tokens) == 0 || slices.Contains(idp.Tokens, idToken)) {
			return User{Domain: "emulator", Name: "FederationUser", Projects: idp.Projects}, true
		}
	}
	return User{}, false
}

// randomHex returns n random bytes as 2n lower-case hexadecimal digits.
func randomHex(n int) string {
	raw := make([]byte, n)
	rand.Read(raw) // never fails: it ends the process where there is no randomness
	return hex.EncodeToString(raw)
}

// randomUUID returns a version 4 UUID.
func randomUUID() string {
	raw := randomHex(16)
	return fmt.Sprintf("%s-%s-4%s-a%s-%s", raw[:8], raw[8:12], raw[13:16], raw[17:20], raw[20:])
}
