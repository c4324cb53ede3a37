package emulator

import (
	"crypto/subtle"
	"net/http"
	"strings"
	"time"
)

// maxSkew is how far a signed date may be from the server's clock, either way.
// Both vendors document 15 minutes.
const maxSkew = 15 * time.Minute

// authScheme is what a request must prove before its operation runs.
type authScheme int

const (
	authNone    authScheme = iota
	authHuawei             // AK/SK signature or X-Auth-Token
	authAlibaba            // ACS3-HMAC-SHA256 or the legacy HMAC-SHA1
)

// authenticate proves the caller, or returns the vendor's refusal.
func (s *Server) authenticate(c *call) error {
	switch c.op.auth {
	case authHuawei:
		return s.authenticateHuawei(c)
	case authAlibaba:
		return s.authenticateAlibaba(c)
	default:
		return nil
	}
}

// authenticateHuawei accepts a signature or a token. A request that carries
// both is judged by its signature, as the gateway prefers Authorization.
func (s *Server) authenticateHuawei(c *call) error {
	if header := c.r.Header.Get("Authorization"); header != "" {
		return s.authenticateKey(c, header)
	}
	if text := c.r.Header.Get(headerAuthToken); text != "" {
		return s.authenticateToken(c, text)
	}
	return c.incorrectIAM("no Authorization and no X-Auth-Token header")
}

// authenticateKey checks an SDK-HMAC-SHA256 signature and everything that has
// to hold around it: key known and not locked, clock, session token, project.
func (s *Server) authenticateKey(c *call, header string) error {
	auth, err := parseSDKAuthorization(header)
	if err != nil {
		return c.incorrectIAM("verify aksk signature fail, " + err.Error())
	}
	key, known := s.identity.huaweiKey(auth.access)
	if !known {
		return c.incorrectIAM("Get secretKey failed")
	}
	if s.identity.locked(key.ID, c.now) {
		return c.incorrectIAM("AK access failed to reach the limit")
	}
	if refusal := s.checkKey(c, auth, key); refusal != nil {
		s.identity.failed(key.ID, c.now)
		return refusal
	}
	s.identity.succeeded(key.ID)
	c.caller = key
	return c.checkProject(key.Projects)
}

func (s *Server) checkKey(c *call, auth sdkAuthorization, key accessKey) error {
	date := c.r.Header.Get(headerSDKDate)
	signedAt, err := time.Parse(sdkDateLayout, date)
	if err != nil {
		return c.incorrectIAM("verify aksk signature fail, X-Sdk-Date is missing or not yyyyMMddTHHmmssZ")
	}
	if skew := c.now.Sub(signedAt); skew > maxSkew || skew < -maxSkew {
		return c.signatureExpired(date)
	}
	if err := verifySDK(c.r, c.body, auth, key.Secret); err != nil {
		return c.incorrectIAM("verify aksk signature fail, " + err.Error())
	}
	session := c.r.Header.Get(headerSecurity)
	if subtle.ConstantTimeCompare([]byte(session), []byte(key.SecurityToken)) != 1 {
		return c.incorrectIAM("the security token does not belong to the access key")
	}
	if !key.ExpiresAt.IsZero() && !c.now.Before(key.ExpiresAt) {
		return c.incorrectIAM("the security token has expired")
	}
	return nil
}

// checkProject refuses a path, or an X-Project-Id header, that names a project
// the caller has no access to. Without a list every project is open.
func (c *call) checkProject(allowed []Project) error {
	path := c.vars["project_id"]
	if header := c.r.Header.Get(headerProject); header != "" && path != "" && header != path {
		return c.gatewayError(http.StatusForbidden, "0302", "the project of the request is not the project of the URL")
	}
	if path == "" || len(allowed) == 0 {
		return nil
	}
	for _, project := range allowed {
		if project.ID == path {
			return nil
		}
	}
	return c.gatewayError(http.StatusForbidden, "0302", "the IAM user has no access to this project")
}

// authenticateToken checks an X-Auth-Token. Expired, unknown, and scoped to
// another project all answer that the token must be updated.
func (s *Server) authenticateToken(c *call, text string) error {
	found, known := s.identity.token(text)
	path := c.vars["project_id"]
	switch {
	case !known:
		return c.tokenMustBeUpdated("decrypt token fail")
	case !c.now.Before(found.expires):
		return c.tokenMustBeUpdated("token expired")
	case path != "" && found.project.ID != path:
		return c.tokenMustBeUpdated("token scope does not include the project")
	}
	c.caller = accessKey{Projects: found.user.Projects}
	return c.checkProject(nil)
}

func (id *identity) token(text string) (token, bool) {
	id.mu.Lock()
	defer id.mu.Unlock()
	found, known := id.tokens[text]
	return found, known
}

// incorrectIAM is the gateway's answer to every failed authentication.
func (c *call) incorrectIAM(reason string) *apiError {
	return c.gatewayError(http.StatusUnauthorized, "0301", "Incorrect IAM authentication information: "+reason)
}

// signatureExpired words the clock refusal with both times, as the gateway
// does; which of two codes goes with it is a switch.
func (c *call) signatureExpired(date string) *apiError {
	code := c.switches.get(switchGatewaySkewCode)
	message := "signature expired, signature time:" + date + ",server time:" + c.now.UTC().Format(sdkDateLayout)
	if code == "0303" {
		return c.gatewayError(http.StatusUnauthorized, code, "Incorrect app authentication information: "+message)
	}
	return c.incorrectIAM(message)
}

// tokenMustBeUpdated is the refusal a client may answer with a fresh token.
func (c *call) tokenMustBeUpdated(reason string) *apiError {
	if code := c.switches.get(switchGatewayTokenCode); code == "0301" {
		return c.incorrectIAM(reason)
	}
	return c.gatewayError(http.StatusUnauthorized, "0307", "The token must be updated: "+reason)
}

// gatewayError builds a refusal of Huawei's API gateway; digits is the numeric
// part of the code.
func (c *call) gatewayError(status int, digits, message string) *apiError {
	return &apiError{
		status:  status,
		code:    c.switches.get(switchGatewayPrefix) + "." + digits,
		message: message,
		style:   styleGateway,
	}
}

// gatewayErrorBody is {"error_msg","error_code","request_id"}.
func (c *call) gatewayErrorBody(e *apiError) any {
	return struct {
		Message   string `json:"error_msg"`
		Code      string `json:"error_code"`
		RequestID string `json:"request_id"`
	}{e.message, strings.TrimSpace(e.code), c.id}
}
