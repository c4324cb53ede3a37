package emulator

import (
	"cmp"
	"crypto/hmac"
	"crypto/subtle"
	"net/http"
	"time"
)

// nonceMemory is how long a nonce is remembered: a request signed at the
// latest accepted moment is refused for its date once this has passed.
const nonceMemory = 2 * maxSkew

// authenticateAlibaba accepts the V3 scheme and the legacy one.
func (s *Server) authenticateAlibaba(c *call) error {
	if header := c.r.Header.Get("Authorization"); header != "" {
		return s.authenticateV3(c, header)
	}
	if c.params.Has("Signature") || c.params.Has("SignatureMethod") {
		return s.authenticateRPC(c)
	}
	return alibabaError(http.StatusBadRequest, "IncompleteSignature",
		"The request signature does not conform to Aliyun standards: no Authorization header and no Signature parameter.")
}

// authenticateV3 checks an ACS3-HMAC-SHA256 request.
func (s *Server) authenticateV3(c *call, header string) error {
	auth, err := parseACSAuthorization(header)
	if err != nil {
		return incompleteSignature(err.Error())
	}
	if c.r.Method != http.MethodPost {
		return alibabaError(http.StatusBadRequest, "UnsupportedHTTPMethod", "This http method is not supported.")
	}
	for _, name := range []string{headerACSAction, headerACSVersion, headerACSDate, headerACSNonce, headerACSSHA256} {
		if c.r.Header.Get(name) == "" {
			return incompleteSignature("the header " + name + " is missing")
		}
	}
	if name := unsignedHeader(c.r, auth.signed); name != "" {
		return incompleteSignature("the header " + name + " is not signed")
	}
	if err := c.checkAlibabaDate(c.r.Header.Get(headerACSDate)); err != nil {
		return err
	}
	key, err := s.alibabaKey(c, auth.access)
	if err != nil {
		return err
	}
	hash := hexSHA256(c.body)
	toSign := acsStringToSign(c.r, auth.signed, c.r.URL.Query(), hash)
	if c.r.Header.Get(headerACSSHA256) != hash ||
		!hmac.Equal([]byte(hexHMAC(key.Secret, toSign)), []byte(auth.signature)) {
		return c.signatureDoesNotMatch(toSign)
	}
	return s.admitAlibaba(c, key, c.r.Header.Get(headerACSToken), c.r.Header.Get(headerACSNonce))
}

// authenticateRPC checks a request of the legacy scheme.
func (s *Server) authenticateRPC(c *call) error {
	for _, name := range []string{"AccessKeyId", "SignatureMethod", "SignatureVersion", "SignatureNonce", "Timestamp", "Signature"} {
		if c.params.Get(name) == "" {
			return missingParameter(name)
		}
	}
	if c.params.Get("SignatureMethod") != "HMAC-SHA1" || c.params.Get("SignatureVersion") != "1.0" {
		return incompleteSignature("SignatureMethod must be HMAC-SHA1 and SignatureVersion 1.0")
	}
	if err := c.checkAlibabaDate(c.params.Get("Timestamp")); err != nil {
		return err
	}
	key, err := s.alibabaKey(c, c.params.Get("AccessKeyId"))
	if err != nil {
		return err
	}
	toSign := rpcStringToSign(c.r.Method, c.params)
	if !hmac.Equal([]byte(rpcSignature(key.Secret, toSign)), []byte(c.params.Get("Signature"))) {
		return c.signatureDoesNotMatch(toSign)
	}
	return s.admitAlibaba(c, key, c.params.Get("SecurityToken"), c.params.Get("SignatureNonce"))
}

// admitAlibaba checks what is left once the signature holds: the session token
// of a temporary key, and that the nonce is new. Nonces of requests that
// failed earlier are not used up.
func (s *Server) admitAlibaba(c *call, key accessKey, sessionToken, nonce string) error {
	if subtle.ConstantTimeCompare([]byte(sessionToken), []byte(key.SecurityToken)) != 1 {
		return alibabaError(http.StatusBadRequest, c.switches.get(switchSASTokenCode), "Specified SecurityToken is not valid.")
	}
	if !key.ExpiresAt.IsZero() && !c.now.Before(key.ExpiresAt) {
		return alibabaError(http.StatusBadRequest, "InvalidSecurityToken.Expired", "Specified SecurityToken is expired.")
	}
	if !s.identity.useNonce(key.ID+" "+nonce, c.now) {
		return alibabaError(http.StatusBadRequest, "SignatureNonceUsed", "Specified signature nonce was used already.")
	}
	c.caller = key
	return nil
}

// useNonce remembers a nonce, and tells whether it is new.
func (id *identity) useNonce(nonce string, now time.Time) bool {
	id.mu.Lock()
	defer id.mu.Unlock()
	if until, used := id.nonces[nonce]; used && now.Before(until) {
		return false
	}
	if now.After(id.nextSweep) {
		for old, until := range id.nonces {
			if !now.Before(until) {
				delete(id.nonces, old)
			}
		}
		id.nextSweep = now.Add(nonceMemory)
	}
	id.nonces[nonce] = now.Add(nonceMemory)
	return true
}

func (s *Server) alibabaKey(c *call, ak string) (accessKey, error) {
	key, known := s.identity.alibabaKey(ak)
	if !known {
		return key, alibabaError(atoi(c.switches.get(switchSASUnknownKeyStatus)),
			"InvalidAccessKeyId.NotFound", "Specified access key is not found.")
	}
	return key, nil
}

// checkAlibabaDate refuses a date that is no ISO 8601 in UTC, or too far off.
func (c *call) checkAlibabaDate(text string) error {
	signedAt, err := time.Parse(acsDateLayout, text)
	if err != nil {
		return alibabaError(http.StatusBadRequest, "InvalidTimeStamp.Format", "Specified time stamp or date value is not well formatted.")
	}
	if skew := c.now.Sub(signedAt); skew > maxSkew || skew < -maxSkew {
		return alibabaError(http.StatusBadRequest, "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired.")
	}
	return nil
}

func incompleteSignature(reason string) *apiError {
	return alibabaError(http.StatusBadRequest, "IncompleteSignature",
		"The request signature does not conform to Aliyun standards: "+reason+".")
}

// signatureDoesNotMatch echoes the string to sign as the vendor does. In the
// V3 scheme that is a hash; in the legacy one it is every parameter, secrets
// included, which is why a client must not log the message.
func (c *call) signatureDoesNotMatch(toSign string) *apiError {
	return alibabaError(atoi(c.switches.get(switchSASSignatureStatus)), "SignatureDoesNotMatch",
		"Specified signature is not matched with our calculation. server string to sign is:"+toSign)
}

func missingParameter(name string) *apiError {
	return alibabaError(http.StatusBadRequest, "Missing"+name, name+" is mandatory for this action.")
}

func invalidParameter(name string) *apiError {
	return alibabaError(http.StatusBadRequest, "InvalidParameter", "Specified parameter "+cmp.Or(name, "value")+" is not valid.")
}
