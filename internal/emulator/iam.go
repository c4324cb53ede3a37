package emulator

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
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
	return &api{
		name: "huawei-iam", body: (*call).iamErrorBody, usual: func(int) string { return "" },
		refuse: func(p problem) *apiError { return iamError(http.StatusBadRequest, p.String()) },
		denied: iamError(http.StatusForbidden, "You are not authorized to perform the requested action."),
		operations: []operation{
			{name: "KeystoneCreateUserTokenByPassword", method: "POST", path: "/v3/auth/tokens", open: true, handle: createUserToken},
			{name: "KeystoneListProjects", method: "GET", path: "/v3/projects", handle: listProjects},
			{name: "KeystoneListAuthDomains", method: "GET", path: "/v3/auth/domains", handle: listDomains},
			{name: "CreateTokenByIdToken", method: "POST", path: "/v3.0/OS-AUTH/id-token/tokens", open: true, handle: createIDToken},
			{name: "CreateTemporaryAccessKeyByToken", method: "POST", path: "/v3.0/OS-CREDENTIAL/securitytokens", open: true, handle: createTemporaryKey},
		},
	}
}

func iamError(status int, message string) *apiError { return refusal(status, "", message) }

// iamErrorBody is a Keystone error, whose code is a number, or the other form the pages show.
func (c *call) iamErrorBody(e *apiError) any {
	if c.is("iam-error-style", "iam") {
		code := e.code
		if code == "" {
			code = map[int]string{400: "IAM.0011", 401: "IAM.0001", 403: "IAM.0002", 404: "IAM.0004"}[e.status]
		}
		return map[string]string{"error_code": code, "error_msg": e.message}
	}
	return map[string]any{"error": map[string]any{"code": e.status, "message": e.message, "title": http.StatusText(e.status)}}
}

// resolveProject finds a project by identifier or name. A caller without a list may name any; a name alone then stands for
// DefaultProjectID.
func resolveProject(allowed []Project, id, name string) (Project, bool) {
	if len(allowed) == 0 {
		allowed = []Project{{ID: id, Name: name}}
		if id == "" {
			allowed[0].ID = DefaultProjectID
		}
		if name == "" {
			allowed[0].Name = defaultRegion
		}
		return allowed[0], true
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
				"enabled": true, "is_domain": false, "description": "", "links": c.links("/v3/projects/" + project.ID),
			})
		}
	}
	return ok(map[string]any{"projects": list, "links": c.links("/v3/projects")})
}

// listDomains is KeystoneListAuthDomains: the one account there is.
func listDomains(c *call, _ *store) (reply, error) {
	return ok(map[string]any{
		"domains": []map[string]any{{"id": domainID(""), "name": "emulator", "enabled": true, "description": ""}},
		"links":   c.links("/v3/auth/domains"),
	})
}

func (c *call) links(path string) map[string]any {
	return map[string]any{"self": "http://" + c.r.Host + path, "next": nil, "previous": nil}
}

// domainID is a stable 32-digit identifier of an account name.
func domainID(name string) string { return hexSHA256([]byte("domain " + name))[:32] }

// iamRef names a project or an account by identifier or by name.
type iamRef struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type iamScope struct {
	Project *iamRef `json:"project"`
	Domain  *iamRef `json:"domain"`
}

// iamAuth is the part of the three token requests that the emulator reads.
type iamAuth struct {
	Auth struct {
		Identity struct {
			Methods  []string `json:"methods"`
			Password struct {
				User struct {
					Name     string `json:"name"`
					Password string `json:"password"`
					Domain   iamRef `json:"domain"`
				} `json:"user"`
			} `json:"password"`
			Token struct {
				ID       string `json:"id"`
				Duration *int64 `json:"duration_seconds"`
			} `json:"token"`
		} `json:"identity"`
		IDToken struct {
			ID string `json:"id"`
		} `json:"id_token"`
		Scope *iamScope `json:"scope"`
	} `json:"auth"`
}

// readIAM reads the body of a token request; method is the one way to identify that it may name, or empty.
func readIAM(c *call, method string) (body iamAuth, err error) {
	decoder := json.NewDecoder(strings.NewReader(string(c.body)))
	if err := decoder.Decode(&body); err != nil {
		return body, iamError(http.StatusBadRequest, "The request body is invalid")
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return body, iamError(http.StatusBadRequest, "The request body is invalid")
	}
	if method != "" && !slices.Equal(body.Auth.Identity.Methods, []string{method}) {
		return body, iamError(http.StatusBadRequest, fmt.Sprintf("auth.identity.methods must be [%q]", method))
	}
	return body, nil
}

// createUserToken is KeystoneCreateUserTokenByPassword.
func createUserToken(c *call, _ *store) (reply, error) {
	body, err := readIAM(c, "password")
	if err != nil {
		return reply{}, err
	}
	login := body.Auth.Identity.Password.User
	if login.Name == "" || login.Password == "" || login.Domain.Name == "" {
		return reply{}, iamError(http.StatusBadRequest, "user name, password and domain name are mandatory")
	}
	user, known := c.identity.login(login.Domain.Name, login.Name, login.Password)
	switch {
	case !known:
		return reply{}, iamError(http.StatusUnauthorized, "The username or password is wrong.")
	case body.Auth.Scope == nil:
		return reply{}, iamError(http.StatusBadRequest, "auth.scope is mandatory")
	}
	return c.issueToken(user, body.Auth.Scope, "password")
}

// createIDToken is CreateTokenByIdToken: an OpenID Connect token for one of IAM's. Without a scope the token is not bound
// to a project.
func createIDToken(c *call, _ *store) (reply, error) {
	body, err := readIAM(c, "")
	if err != nil {
		return reply{}, err
	}
	idp, idToken := c.r.Header.Get("X-Idp-Id"), body.Auth.IDToken.ID
	if idp == "" || idToken == "" {
		return reply{}, iamError(http.StatusBadRequest, "the header X-Idp-Id and auth.id_token.id are mandatory")
	}
	user, known := c.identity.federated(idp, idToken)
	if !known {
		return reply{}, iamError(http.StatusUnauthorized, "The identity provider does not exist or refuses the ID token.")
	}
	scope := body.Auth.Scope
	if scope == nil {
		scope = &iamScope{Domain: &iamRef{Name: user.Domain}}
	}
	return c.issueToken(user, scope, "id_token")
}

// issueToken makes a token for a project or for the account.
func (c *call) issueToken(user User, scope *iamScope, method string) (reply, error) {
	if (scope.Project == nil) == (scope.Domain == nil) {
		return reply{}, iamError(http.StatusBadRequest, "auth.scope must have either project or domain")
	}
	issued := token{user: user, expires: c.now.Add(tokenLifetime)}
	domain := map[string]string{"id": domainID(user.Domain), "name": user.Domain}
	body := map[string]any{
		"methods": []string{method}, "issued_at": c.now.UTC().Format(iamTime), "expires_at": issued.expires.UTC().Format(iamTime),
		"user":  map[string]any{"id": domainID("user " + user.Name), "name": user.Name, "domain": domain, "password_expires_at": ""},
		"roles": []map[string]string{{"id": "0", "name": "te_admin"}},
	}
	if at := scope.Project; at != nil {
		project, found := resolveProject(user.Projects, at.ID, at.Name)
		if !found || at.ID == "" && at.Name == "" {
			return reply{}, iamError(http.StatusUnauthorized, "The user has no access to the project of the scope.")
		}
		issued.project = project
		body["project"] = map[string]any{"id": project.ID, "name": project.Name, "domain": domain}
	} else {
		body["domain"] = domain
	}
	if c.query.Get("nocatalog") == "" {
		body["catalog"] = []any{}
	}
	text := "MII" + randomHex(256)
	c.identity.mu.Lock()
	defer c.identity.mu.Unlock()
	c.identity.tokens[text] = issued
	return reply{status: http.StatusCreated, header: http.Header{"X-Subject-Token": {text}}, body: map[string]any{"token": body}}, nil
}

// createTemporaryKey is CreateTemporaryAccessKeyByToken. The token comes in the body or in X-Auth-Token; the key lives 900
// to 86400 seconds.
func createTemporaryKey(c *call, _ *store) (reply, error) {
	body, err := readIAM(c, "token")
	if err != nil {
		return reply{}, err
	}
	seconds, text := int64(900), body.Auth.Identity.Token.ID
	if asked := body.Auth.Identity.Token.Duration; asked != nil {
		seconds = *asked
	}
	if seconds < 900 || seconds > 86400 {
		return reply{}, iamError(http.StatusBadRequest, "duration_seconds must be 900 to 86400")
	}
	if text == "" {
		text = c.r.Header.Get(headerAuthToken)
	}
	proof, known := c.identity.token(text)
	if !known || !c.now.Before(proof.expires) {
		return reply{}, iamError(http.StatusUnauthorized, "The token is invalid or has expired.")
	}
	key := AccessKey{
		ID: strings.ToUpper(randomHex(10)), Secret: randomHex(20), SecurityToken: randomHex(200),
		ExpiresAt: c.now.Add(time.Duration(seconds) * time.Second), Projects: proof.user.Projects,
	}
	c.identity.mu.Lock()
	defer c.identity.mu.Unlock()
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

// identity knows who may call: access keys, tokens, users, identity providers, and who has failed too often.
type identity struct {
	mu       sync.Mutex
	alibaba  map[string]AccessKey
	huawei   map[string]AccessKey
	issued   map[string]AccessKey // temporary Huawei keys
	tokens   map[string]token
	users    []User
	idps     []IDP
	failures map[string]lockout
	nonces   map[string]time.Time // Alibaba nonces and when they may be forgotten
	sweep    time.Time            // when those are forgotten that may be, the next time

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

// replace takes keys, users and providers from a new state. Tokens and temporary keys already issued stay valid; lock-outs
// are forgotten.
func (id *identity) replace(state State) {
	id.mu.Lock()
	defer id.mu.Unlock()
	id.alibaba = map[string]AccessKey{id.firstAlibaba.ID: id.firstAlibaba}
	id.huawei = map[string]AccessKey{id.firstHuawei.ID: id.firstHuawei}
	id.failures = map[string]lockout{}
	state = state.clone()
	if keys := state.Credentials; keys != nil {
		for _, key := range keys.Alibaba {
			id.alibaba[key.ID] = key
		}
		for _, key := range keys.Huawei {
			id.huawei[key.ID] = key
		}
	}
	id.users = append([]User{id.user}, state.Users...)
	id.idps = append([]IDP{id.idp}, state.IDPs...)
}

// expired tells whether a temporary key has ended.
func (key AccessKey) expired(now time.Time) bool {
	return !key.ExpiresAt.IsZero() && !now.Before(key.ExpiresAt)
}

// key finds an access key of a vendor, or a temporary one.
func (id *identity) key(of *map[string]AccessKey, ak string) (AccessKey, bool) {
	id.mu.Lock()
	defer id.mu.Unlock()
	key, found := (*of)[ak]
	if !found && of == &id.huawei {
		key, found = id.issued[ak]
	}
	return key, found
}

func (id *identity) token(text string) (token, bool) {
	id.mu.Lock()
	defer id.mu.Unlock()
	found, known := id.tokens[text]
	return found, known
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
	id.mu.Lock()
	defer id.mu.Unlock()
	i := slices.IndexFunc(id.users, func(u User) bool { return u.Domain == domain && u.Name == name })
	if i < 0 {
		return User{}, false
	}
	return id.users[i], subtle.ConstantTimeCompare([]byte(id.users[i].Password), []byte(password)) == 1
}

// federated finds the identity provider and makes the user it stands for.
func (id *identity) federated(idpID, idToken string) (User, bool) {
	id.mu.Lock()
	defer id.mu.Unlock()
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
