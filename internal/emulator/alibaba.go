package emulator

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // the vendor's legacy scheme is HMAC-SHA1
	"crypto/subtle"
	"encoding/base64"
	"html"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Names of Alibaba Cloud's V3 scheme and its headers.
const (
	acsAlgorithm     = "ACS3-HMAC-SHA256"
	headerACSAction  = "X-Acs-Action"
	headerACSVersion = "X-Acs-Version"
	headerACSDate    = "X-Acs-Date"
	headerACSNonce   = "X-Acs-Signature-Nonce"
	headerACSSHA256  = "X-Acs-Content-Sha256"
	headerACSToken   = "X-Acs-Security-Token"
	acsDateLayout    = "2006-01-02T15:04:05Z"
)

// nonceMemory is how long a nonce is remembered: a request signed at the latest accepted moment is refused for its date
// once this has passed.
const nonceMemory = 2 * maxSkew

// routeAlibaba finds the RPC operation a request names, by header in the V3 scheme and by parameter in the legacy one.
// Parameters are taken from the query and from the form alike: the gateway does not insist on the place the API's metadata
// names. The version tells the API.
func (c *call) routeAlibaba(apis []*api) error {
	c.params = maps.Clone(c.query)
	if media, _, err := mime.ParseMediaType(c.r.Header.Get("Content-Type")); err == nil && media == "application/x-www-form-urlencoded" {
		if c.form, err = url.ParseQuery(string(c.body)); err != nil {
			return c.api.refuse(problem{name: "body"})
		}
	}
	for name, values := range c.form {
		c.params[name] = append(c.params[name], values...)
	}
	action, version := c.r.Header.Get(headerACSAction), c.r.Header.Get(headerACSVersion)
	if action == "" {
		action, version = c.params.Get("Action"), c.params.Get("Version")
	}
	if i := slices.IndexFunc(apis, func(a *api) bool { return version != "" && a.version == version }); i >= 0 {
		c.api = apis[i]
	}
	i := slices.IndexFunc(c.api.operations, func(op operation) bool { return op.name == action && c.api.version == version })
	switch {
	case c.r.Method != http.MethodPost && c.r.Method != http.MethodGet:
		return unsupportedMethod()
	case action == "":
		return c.api.refuse(problem{name: "Action", missing: true})
	case version == "":
		return c.api.refuse(problem{name: "Version", missing: true})
	case i < 0:
		return refusal(http.StatusNotFound, "InvalidAction.NotFound", "Specified api is not found, please check your url and method.")
	}
	c.op = &c.api.operations[i]
	return nil
}

// rpcParameter gives a parameter; an empty value counts as missing, as it does for the gateway. A list comes as Name.1,
// Name.2 and so on. A gateway may insist on secrets in the query, which is where the API's metadata has them.
func (c *call) rpcParameter(name string) (any, bool) {
	from := c.params
	if c.op.does == adds && (name == "Password" || name == "ExtraParam") && c.is("sas-secrets-in-body", "refuse") {
		from = c.query
	}
	var several []string
	for i := 1; from.Has(name + "." + strconv.Itoa(i)); i++ {
		several = append(several, from.Get(name+"."+strconv.Itoa(i)))
	}
	if several != nil {
		return strings.Join(several, ","), true
	}
	return from.Get(name), from.Get(name) != ""
}

func unsupportedMethod() *apiError {
	return refusal(http.StatusBadRequest, "UnsupportedHTTPMethod", "This http method is not supported.")
}

func incompleteSignature(reason string) *apiError {
	return refusal(http.StatusBadRequest, "IncompleteSignature", "The request signature does not conform to Aliyun standards: "+reason+".")
}

// alibabaErrorBody is the RPC gateway's error object, in JSON or in XML; a legacy request that asks for JSON gets it in any
// case. The SDK reads keys in either case.
func (c *call) alibabaErrorBody(e *apiError) any {
	fields := map[string]string{
		"RequestId": c.id, "HostId": c.r.Host, "Code": e.code, "Message": e.message,
		"Recommend": "https://api.aliyun.com/troubleshoot?q=" + url.QueryEscape(e.code) + "&product=" + c.api.product + "&requestId=" + c.id,
	}
	for name, value := range maps.Clone(fields) {
		if c.is("sas-error-keys", "lower") {
			delete(fields, name)
			fields[strings.ToLower(name[:1])+name[1:]] = value
		}
	}
	if !c.is("sas-error-format", "xml") || strings.EqualFold(c.params.Get("Format"), "json") {
		return fields
	}
	var out strings.Builder
	out.WriteString(`<?xml version='1.0' encoding='UTF-8'?><Error>`)
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		out.WriteString("<" + name + ">" + html.EscapeString(fields[name]) + "</" + name + ">")
	}
	out.WriteString("</Error>")
	return rawBody{contentType: "text/xml;charset=utf-8", bytes: []byte(out.String())}
}

// authenticateAlibaba accepts the V3 scheme and the legacy one.
func (c *call) authenticateAlibaba() error {
	if header := c.r.Header.Get("Authorization"); header != "" {
		return c.authenticateV3(header)
	}
	if c.params.Has("Signature") || c.params.Has("SignatureMethod") {
		return c.authenticateRPC()
	}
	return incompleteSignature("no Authorization header and no Signature parameter")
}

// authenticateV3 checks an ACS3-HMAC-SHA256 request.
func (c *call) authenticateV3(header string) error {
	auth, err := parseAuthorization(header, acsAlgorithm, "Credential")
	if err != nil {
		return incompleteSignature(err.Error())
	}
	if c.r.Method != http.MethodPost {
		return unsupportedMethod()
	}
	for _, name := range []string{headerACSAction, headerACSVersion, headerACSDate, headerACSNonce, headerACSSHA256} {
		if c.r.Header.Get(name) == "" {
			return incompleteSignature("the header " + name + " is missing")
		}
	}
	if name := unsignedHeader(c.r, auth.signed); name != "" {
		return incompleteSignature("the header " + name + " is not signed")
	}
	return c.admitAlibaba(auth.access, c.r.Header.Get(headerACSDate), c.r.Header.Get(headerACSToken), c.r.Header.Get(headerACSNonce),
		func(secret string) (toSign string, matches bool) {
			hash := hexSHA256(c.body)
			toSign = acsStringToSign(c.r, auth.signed, c.query, hash)
			return toSign, c.r.Header.Get(headerACSSHA256) == hash && hmac.Equal([]byte(hexHMAC(secret, toSign)), []byte(auth.signature))
		})
}

// authenticateRPC checks a request of the legacy scheme.
func (c *call) authenticateRPC() error {
	get := c.params.Get
	for _, name := range []string{"AccessKeyId", "SignatureMethod", "SignatureVersion", "SignatureNonce", "Timestamp", "Signature"} {
		if get(name) == "" {
			return c.api.refuse(problem{name: name, missing: true})
		}
	}
	if get("SignatureMethod") != "HMAC-SHA1" || get("SignatureVersion") != "1.0" {
		return incompleteSignature("SignatureMethod must be HMAC-SHA1 and SignatureVersion 1.0")
	}
	return c.admitAlibaba(get("AccessKeyId"), get("Timestamp"), get("SecurityToken"), get("SignatureNonce"),
		func(secret string) (toSign string, matches bool) {
			toSign = rpcStringToSign(c.r.Method, c.params)
			return toSign, hmac.Equal([]byte(rpcSignature(secret, toSign)), []byte(get("Signature")))
		})
}

// admitAlibaba checks what both schemes have: the date, the key, the signature, the session token of a temporary key, and
// that the nonce is new. Nonces of requests that failed earlier are not used up. A wrong signature is answered with the
// string to sign, as the vendor does: in the V3 scheme that is a hash, in the legacy one every parameter, secrets included,
// which is why a client must not log the message.
func (c *call) admitAlibaba(ak, date, sessionToken, nonce string, sign func(secret string) (toSign string, matches bool)) error {
	signedAt, err := time.Parse(acsDateLayout, date)
	if err != nil {
		return refusal(http.StatusBadRequest, "InvalidTimeStamp.Format", "Specified time stamp or date value is not well formatted.")
	}
	if c.now.Sub(signedAt).Abs() > maxSkew {
		return refusal(http.StatusBadRequest, "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired.")
	}
	key, known := c.identity.alibaba[ak]
	if !known {
		return refusal(c.status("sas-unknown-key-status"), "InvalidAccessKeyId.NotFound", "Specified access key is not found.")
	}
	if toSign, matches := sign(key.Secret); !matches {
		return refusal(c.status("sas-signature-status"), "SignatureDoesNotMatch",
			"Specified signature is not matched with our calculation. server string to sign is:"+toSign)
	}
	switch {
	case subtle.ConstantTimeCompare([]byte(sessionToken), []byte(key.SecurityToken)) != 1:
		return refusal(http.StatusBadRequest, c.switches["sas-security-token-code"], "Specified SecurityToken is not valid.")
	case key.expired(c.now):
		return refusal(http.StatusBadRequest, "InvalidSecurityToken.Expired", "Specified SecurityToken is expired.")
	case !c.identity.useNonce(key.ID+" "+nonce, c.now):
		return refusal(http.StatusBadRequest, "SignatureNonceUsed", "Specified signature nonce was used already.")
	}
	c.caller = key
	return nil
}

// useNonce remembers a nonce, and tells whether it is new.
func (id *identity) useNonce(nonce string, now time.Time) bool {
	if until, used := id.nonces[nonce]; used && now.Before(until) {
		return false
	}
	if now.After(id.sweep) {
		maps.DeleteFunc(id.nonces, func(_ string, until time.Time) bool { return !now.Before(until) })
		id.sweep = now.Add(nonceMemory)
	}
	id.nonces[nonce] = now.Add(nonceMemory)
	return true
}

// unsignedHeader returns a header that the documentation wants signed and that the list leaves out: host, content-type, and
// everything that begins with x-acs-.
func unsignedHeader(r *http.Request, signed []string) string {
	if !slices.Contains(signed, "host") {
		return "host"
	}
	for name := range r.Header {
		lower := strings.ToLower(name)
		if (lower == "content-type" || strings.HasPrefix(lower, "x-acs-")) && !slices.Contains(signed, lower) {
			return lower
		}
	}
	return ""
}

// acsStringToSign rebuilds what the client signed: the algorithm and the hash of the canonical request. Several values of
// one header are sorted.
func acsStringToSign(r *http.Request, signed []string, query url.Values, payloadHash string) string {
	canonical := canonicalRequest(r, canonicalPath(r.URL.Path), query, signed, payloadHash, func(name string) string {
		if name == "host" {
			return r.Host
		}
		var values []string
		for _, v := range r.Header.Values(name) {
			values = append(values, strings.TrimSpace(v))
		}
		slices.Sort(values)
		return strings.Join(values, ",")
	})
	return acsAlgorithm + "\n" + hexSHA256([]byte(canonical))
}

// rpcStringToSign is what the legacy scheme signs: every query and form parameter but the signature itself.
func rpcStringToSign(method string, params url.Values) string {
	signed := maps.Clone(params)
	delete(signed, "Signature")
	return method + "&%2F&" + percentEncode(canonicalQuery(signed))
}

// rpcSignature signs with the secret followed by an ampersand.
func rpcSignature(secret, stringToSign string) string {
	mac := hmac.New(sha1.New, []byte(secret+"&"))
	mac.Write([]byte(stringToSign))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}
