package emulator

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// maxSkew is how far a signed date may be from the server's clock, either way. Both vendors document 15 minutes.
const maxSkew = 15 * time.Minute

// Names of Huawei's signing scheme and its headers.
const (
	sdkAlgorithm       = "SDK-HMAC-SHA256"
	headerSDKDate      = "X-Sdk-Date"
	headerSDKSHA256    = "X-Sdk-Content-Sha256"
	headerSecurity     = "X-Security-Token"
	headerProject      = "X-Project-Id"
	headerAuthToken    = "X-Auth-Token"
	unsignedPayload    = "UNSIGNED-PAYLOAD"
	sdkDateLayout      = "20060102T150405Z"
	maxSignedHeaderLen = 200 // more names than any client sends; bounds the work for a forged list
)

// authenticate proves the caller, or returns the vendor's refusal. A request to Huawei that carries a signature and a token
// is judged by its signature, as the gateway prefers Authorization.
func (s *Server) authenticate(c *call) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch header := c.r.Header.Get("Authorization"); {
	case c.op.open:
		return nil
	case c.op.method == "":
		return c.authenticateAlibaba()
	case header != "":
		return c.authenticateKey(header)
	case c.r.Header.Get(headerAuthToken) != "":
		return c.authenticateToken(c.r.Header.Get(headerAuthToken))
	}
	return c.incorrectIAM("no Authorization and no X-Auth-Token header")
}

// authenticateKey checks an SDK-HMAC-SHA256 signature and everything that has to hold around it: key, clock, session token,
// project.
func (c *call) authenticateKey(header string) error {
	auth, err := parseAuthorization(header, sdkAlgorithm, "Access")
	if err == nil && !slices.Contains(auth.signed, strings.ToLower(headerSDKDate)) {
		err = fmt.Errorf("x-sdk-date is not signed")
	}
	if err != nil {
		return c.incorrectIAM("verify aksk signature fail, " + err.Error())
	}
	key, known := c.identity.huawei[auth.access]
	if !known {
		key, known = c.identity.issued[auth.access]
	}
	if !known {
		return c.incorrectIAM("Get secretKey failed")
	}
	date := c.r.Header.Get(headerSDKDate)
	signedAt, err := time.Parse(sdkDateLayout, date)
	if err != nil {
		return c.incorrectIAM("verify aksk signature fail, X-Sdk-Date is missing or not yyyyMMddTHHmmssZ")
	}
	if c.now.Sub(signedAt).Abs() > maxSkew {
		message := "signature expired, signature time:" + date + ",server time:" + c.now.UTC().Format(sdkDateLayout)
		if c.is("gateway-skew-code", "0303") {
			return c.gatewayError(http.StatusUnauthorized, "0303", "Incorrect app authentication information: "+message)
		}
		return c.incorrectIAM(message)
	}
	if err := verifySDK(c.r, c.body, auth, key.Secret); err != nil {
		return c.incorrectIAM("verify aksk signature fail, " + err.Error())
	}
	if subtle.ConstantTimeCompare([]byte(c.r.Header.Get(headerSecurity)), []byte(key.SecurityToken)) != 1 {
		return c.incorrectIAM("the security token does not belong to the access key")
	}
	if key.expired(c.now) {
		return c.incorrectIAM("the security token has expired")
	}
	c.caller = key
	return c.checkProject(key.Projects)
}

// checkProject refuses a path, or an X-Project-Id header, that names a project the caller has no access to. Without a list
// every project is open.
func (c *call) checkProject(allowed []Project) error {
	path, header := c.vars["project_id"], c.r.Header.Get(headerProject)
	if header != "" && path != "" && header != path {
		return c.gatewayError(http.StatusForbidden, "0302", "the project of the request is not the project of the URL")
	}
	if path == "" || len(allowed) == 0 || slices.ContainsFunc(allowed, func(p Project) bool { return p.ID == path }) {
		return nil
	}
	return c.gatewayError(http.StatusForbidden, "0302", "the IAM user has no access to this project")
}

// authenticateToken checks an X-Auth-Token. Expired, unknown, and scoped to another project all answer that the token must
// be updated, which a client may do.
func (c *call) authenticateToken(text string) error {
	found, known := c.identity.tokens[text]
	reason := ""
	switch path := c.vars["project_id"]; {
	case !known:
		reason = "decrypt token fail"
	case !c.now.Before(found.expires):
		reason = "token expired"
	case path != "" && found.project.ID != path:
		reason = "token scope does not include the project"
	default:
		c.caller = AccessKey{Projects: found.user.Projects}
		return c.checkProject(nil)
	}
	if c.is("gateway-token-expired-code", "0301") {
		return c.incorrectIAM(reason)
	}
	return c.tokenMustBeUpdated(reason)
}

func (c *call) tokenMustBeUpdated(reason string) *apiError {
	return c.gatewayError(http.StatusUnauthorized, "0307", "The token must be updated: "+reason)
}

// incorrectIAM is the gateway's answer to every failed authentication.
func (c *call) incorrectIAM(reason string) *apiError {
	return c.gatewayError(http.StatusUnauthorized, "0301", "Incorrect IAM authentication information: "+reason)
}

// gatewayError builds a refusal of Huawei's API gateway; digits is the numeric part of the code.
func (c *call) gatewayError(status int, digits, message string) *apiError {
	return &apiError{status: status, code: c.switches["gateway-error-prefix"] + "." + digits, message: message, gateway: true}
}

func (c *call) gatewayErrorBody(e *apiError) any {
	return struct {
		Message   string `json:"error_msg"`
		Code      string `json:"error_code"`
		RequestID string `json:"request_id"`
	}{e.message, e.code, c.id}
}

// authorization is a parsed Authorization header of either vendor.
type authorization struct {
	access    string
	signed    []string // lower-case header names, in the order given
	signature string
}

// parseAuthorization reads "ALGORITHM Access=..., SignedHeaders=a;b, Signature=...", where key is the word for Access.
func parseAuthorization(value, algorithm, key string) (out authorization, err error) {
	rest, found := strings.CutPrefix(value, algorithm+" ")
	if !found {
		return out, fmt.Errorf("authorization is not %s", algorithm)
	}
	for part := range strings.SplitSeq(rest, ",") {
		name, text, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch name {
		case key:
			out.access = text
		case "SignedHeaders":
			out.signed = strings.Split(text, ";")
		case "Signature":
			out.signature = text
		}
	}
	switch {
	case out.access == "":
		return out, fmt.Errorf("authorization has no %s", key)
	case len(out.signed) == 0 || len(out.signed) > maxSignedHeaderLen:
		return out, fmt.Errorf("authorization has no usable SignedHeaders")
	case out.signature == "":
		return out, fmt.Errorf("authorization has no Signature")
	}
	return out, nil
}

// verifySDK checks a signature over exactly the headers it names, in constant time. The error is the reason, for a message;
// it never holds anything secret.
func verifySDK(r *http.Request, body []byte, auth authorization, secret string) error {
	hash, err := sdkPayloadHash(r, body, auth.signed)
	if err != nil {
		return err
	}
	canonical, err := sdkCanonicalRequest(r, auth.signed, hash)
	if err != nil {
		return err
	}
	// The key is the secret as it is, with no derivation by date or region.
	want := hexHMAC(secret, sdkAlgorithm+"\n"+r.Header.Get(headerSDKDate)+"\n"+hexSHA256([]byte(canonical)))
	if !hmac.Equal([]byte(want), []byte(auth.signature)) {
		return fmt.Errorf("the signature does not match")
	}
	return nil
}

// sdkPayloadHash returns the payload part of the canonical request. A client may leave the body unsigned only where the
// official SDK does: when a content type is set that is neither JSON nor BSON.
func sdkPayloadHash(r *http.Request, body []byte, signed []string) (string, error) {
	claimed := r.Header.Get(headerSDKSHA256)
	switch content := r.Header.Get("Content-Type"); {
	case claimed == "":
		return hexSHA256(body), nil
	case !slices.Contains(signed, strings.ToLower(headerSDKSHA256)):
		return "", fmt.Errorf("x-sdk-content-sha256 is not signed")
	case claimed == unsignedPayload && (content == "" || strings.Contains(content, "application/json") || strings.Contains(content, "application/bson")):
		return "", fmt.Errorf("an unsigned payload is not allowed for this content type")
	case claimed != unsignedPayload && claimed != hexSHA256(body):
		return "", fmt.Errorf("x-sdk-content-sha256 is not the hash of the body")
	}
	return claimed, nil
}

// sdkCanonicalRequest rebuilds what the client signed. Its path always ends in a slash, even though the path on the wire
// does not. Go's server moves Host and Content-Length out of the header map.
func sdkCanonicalRequest(r *http.Request, signed []string, payloadHash string) (string, error) {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return "", fmt.Errorf("the query cannot be parsed")
	}
	path := strings.TrimSuffix(canonicalPath(r.URL.Path), "/") + "/"
	return canonicalRequest(r, path, query, signed, payloadHash, func(name string) string {
		switch {
		case name == "host":
			return r.Host
		case name == "content-length" && r.ContentLength >= 0:
			return fmt.Sprint(r.ContentLength)
		}
		return strings.Join(r.Header.Values(name), ",")
	}), nil
}

// canonicalRequest is what both vendors' newer schemes sign.
func canonicalRequest(r *http.Request, path string, query url.Values, signed []string, payloadHash string, header func(name string) string) string {
	var headers strings.Builder
	for _, name := range signed {
		headers.WriteString(name + ":" + strings.TrimSpace(header(name)) + "\n")
	}
	return strings.Join([]string{r.Method, path, canonicalQuery(query), headers.String(), strings.Join(signed, ";"), payloadHash}, "\n")
}

func canonicalPath(path string) string {
	segments := strings.Split(path, "/")
	for i, segment := range segments {
		segments[i] = percentEncode(segment)
	}
	return strings.Join(segments, "/")
}

// canonicalQuery joins encoded parameters sorted by name, then by value. Both vendors use the same encoding.
func canonicalQuery(values url.Values) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(values)) {
		for _, value := range slices.Sorted(slices.Values(values[name])) {
			parts = append(parts, percentEncode(name)+"="+percentEncode(value))
		}
	}
	return strings.Join(parts, "&")
}

// percentEncode encodes everything but the unreserved characters of RFC 3986, which url.QueryEscape does but for a space.
func percentEncode(text string) string { return strings.ReplaceAll(url.QueryEscape(text), "+", "%20") }

func hexSHA256(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

func hexHMAC(key, text string) string {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(text))
	return hex.EncodeToString(mac.Sum(nil))
}
