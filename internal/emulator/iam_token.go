package emulator

import (
	"crypto/subtle"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
)

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

func readIAMAuth(c *call) (iamAuth, error) {
	var body iamAuth
	decoder := json.NewDecoder(strings.NewReader(string(c.body)))
	if err := decoder.Decode(&body); err != nil {
		return body, iamError(http.StatusBadRequest, "The request body is invalid")
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return body, iamError(http.StatusBadRequest, "The request body is invalid")
	}
	return body, nil
}

// createUserToken is KeystoneCreateUserTokenByPassword.
func createUserToken(c *call, _ *store) (reply, error) {
	body, err := readIAMAuth(c)
	if err != nil {
		return reply{}, err
	}
	if !slices.Equal(body.Auth.Identity.Methods, []string{"password"}) {
		return reply{}, iamError(http.StatusBadRequest, "auth.identity.methods must be [\"password\"]")
	}
	login := body.Auth.Identity.Password.User
	if login.Name == "" || login.Password == "" || login.Domain.Name == "" {
		return reply{}, iamError(http.StatusBadRequest, "user name, password and domain name are mandatory")
	}
	user, known := c.issuer.login(login.Domain.Name, login.Name, login.Password)
	if !known {
		return reply{}, iamError(http.StatusUnauthorized, "The username or password is wrong.")
	}
	if body.Auth.Scope == nil {
		return reply{}, iamError(http.StatusBadRequest, "auth.scope is mandatory")
	}
	return c.issueToken(user, body.Auth.Scope, "password")
}

// createIDToken is CreateTokenByIdToken: an OpenID Connect token for one of
// IAM's. Without a scope the token is not bound to a project.
func createIDToken(c *call, _ *store) (reply, error) {
	body, err := readIAMAuth(c)
	if err != nil {
		return reply{}, err
	}
	idp, idToken := c.r.Header.Get("X-Idp-Id"), body.Auth.IDToken.ID
	if idp == "" || idToken == "" {
		return reply{}, iamError(http.StatusBadRequest, "the header X-Idp-Id and auth.id_token.id are mandatory")
	}
	user, known := c.issuer.federated(idp, idToken)
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
	if scope.Project != nil {
		project, found := resolveProject(user.Projects, scope.Project.ID, scope.Project.Name)
		if !found || scope.Project.ID == "" && scope.Project.Name == "" {
			return reply{}, iamError(http.StatusUnauthorized, "The user has no access to the project of the scope.")
		}
		issued.project = project
	}
	text := "MII" + randomHex(256)
	c.issuer.addToken(text, issued, c.now)
	return reply{
		status: http.StatusCreated,
		header: http.Header{"X-Subject-Token": {text}},
		body:   map[string]any{"token": c.tokenBody(issued, method)},
	}, nil
}

func (c *call) tokenBody(issued token, method string) map[string]any {
	domain := map[string]string{"id": domainID(issued.user.Domain), "name": issued.user.Domain}
	body := map[string]any{
		"methods":    []string{method},
		"issued_at":  c.now.UTC().Format(iamTime),
		"expires_at": issued.expires.UTC().Format(iamTime),
		"user": map[string]any{
			"id": domainID("user " + issued.user.Name), "name": issued.user.Name,
			"domain": domain, "password_expires_at": "",
		},
		"roles": []map[string]string{{"id": "0", "name": "te_admin"}},
	}
	if issued.project.ID == "" {
		body["domain"] = domain
	} else {
		body["project"] = map[string]any{"id": issued.project.ID, "name": issued.project.Name, "domain": domain}
	}
	if c.r.URL.Query().Get("nocatalog") == "" {
		body["catalog"] = []any{}
	}
	return body
}

// createTemporaryKey is CreateTemporaryAccessKeyByToken. The token comes in
// the body or in X-Auth-Token; the key lives 900 to 86400 seconds.
func createTemporaryKey(c *call, _ *store) (reply, error) {
	body, err := readIAMAuth(c)
	if err != nil {
		return reply{}, err
	}
	if !slices.Equal(body.Auth.Identity.Methods, []string{"token"}) {
		return reply{}, iamError(http.StatusBadRequest, "auth.identity.methods must be [\"token\"]")
	}
	seconds := int64(900)
	if asked := body.Auth.Identity.Token.Duration; asked != nil {
		seconds = *asked
	}
	if seconds < 900 || seconds > 86400 {
		return reply{}, iamError(http.StatusBadRequest, "duration_seconds must be 900 to 86400")
	}
	text := body.Auth.Identity.Token.ID
	if text == "" {
		text = c.r.Header.Get(headerAuthToken)
	}
	proof, known := c.issuer.token(text)
	if !known || !c.now.Before(proof.expires) {
		return reply{}, iamError(http.StatusUnauthorized, "The token is invalid or has expired.")
	}
	key := accessKey{
		ID: strings.ToUpper(randomHex(10)), Secret: randomHex(20), SecurityToken: randomHex(200),
		ExpiresAt: c.now.Add(time.Duration(seconds) * time.Second), Projects: proof.user.Projects,
	}
	c.issuer.addKey(key, c.now)
	return reply{status: http.StatusCreated, body: map[string]any{"credential": map[string]string{
		"access":        key.ID,
		"secret":        key.Secret,
		"securitytoken": key.SecurityToken,
		"expires_at":    key.ExpiresAt.UTC().Format(iamTime),
	}}}, nil
}

// login finds a user by account, name and password.
func (id *identity) login(domain, name, password string) (User, bool) {
	id.mu.Lock()
	defer id.mu.Unlock()
	for _, user := range id.users {
		if user.Domain == domain && user.Name == name {
			return user, subtle.ConstantTimeCompare([]byte(user.Password), []byte(password)) == 1
		}
	}
	return User{}, false
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

// addToken remembers a token and forgets those that have expired.
func (id *identity) addToken(text string, issued token, now time.Time) {
	id.mu.Lock()
	defer id.mu.Unlock()
	for old, entry := range id.tokens {
		if !now.Before(entry.expires) {
			delete(id.tokens, old)
		}
	}
	id.tokens[text] = issued
}

// addKey remembers a temporary key and forgets those that have expired.
func (id *identity) addKey(key accessKey, now time.Time) {
	id.mu.Lock()
	defer id.mu.Unlock()
	for old, entry := range id.issued {
		if !now.Before(entry.ExpiresAt) {
			delete(id.issued, old)
		}
	}
	id.issued[key.ID] = key
}
