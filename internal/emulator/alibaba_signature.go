package emulator

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // the vendor's legacy scheme is HMAC-SHA1
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
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

// acsAuthorization is a parsed Authorization header of ACS3-HMAC-SHA256.
type acsAuthorization struct {
	access    string
	signed    []string // lower-case header names, in the order given
	signature string
}

// parseACSAuthorization reads
// "ACS3-HMAC-SHA256 Credential=...,SignedHeaders=a;b,Signature=...".
func parseACSAuthorization(value string) (acsAuthorization, error) {
	rest, found := strings.CutPrefix(value, acsAlgorithm+" ")
	if !found {
		return acsAuthorization{}, fmt.Errorf("the authorization scheme is not %s", acsAlgorithm)
	}
	var out acsAuthorization
	for part := range strings.SplitSeq(rest, ",") {
		name, text, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch name {
		case "Credential":
			out.access = text
		case "SignedHeaders":
			out.signed = strings.Split(text, ";")
		case "Signature":
			out.signature = text
		}
	}
	if out.access == "" || len(out.signed) == 0 || len(out.signed) > maxSignedHeaderLen || out.signature == "" {
		return out, fmt.Errorf("the authorization header is incomplete")
	}
	return out, nil
}

// unsignedHeader returns a header that the documentation wants signed and that
// the list leaves out: host, content-type, and everything that begins with
// x-acs-.
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

// acsStringToSign rebuilds what the client signed: the algorithm and the hash
// of the canonical request. Several values of one header are sorted.
func acsStringToSign(r *http.Request, signed []string, query url.Values, payloadHash string) string {
	var headers strings.Builder
	for _, name := range signed {
		value := strings.TrimSpace(r.Host)
		if name != "host" {
			var values []string
			for _, v := range r.Header.Values(name) {
				values = append(values, strings.TrimSpace(v))
			}
			slices.Sort(values)
			value = strings.Join(values, ",")
		}
		headers.WriteString(name + ":" + value + "\n")
	}
	canonical := strings.Join([]string{
		r.Method,
		acsCanonicalPath(r.URL.Path),
		canonicalQuery(query),
		headers.String(),
		strings.Join(signed, ";"),
		payloadHash,
	}, "\n")
	return acsAlgorithm + "\n" + hexSHA256([]byte(canonical))
}

func acsCanonicalPath(path string) string {
	segments := strings.Split(path, "/")
	for i, segment := range segments {
		segments[i] = percentEncode(segment)
	}
	return strings.Join(segments, "/")
}

// rpcStringToSign is what the legacy scheme signs: every query and form
// parameter but the signature itself.
func rpcStringToSign(method string, params url.Values) string {
	signed := url.Values{}
	for name, values := range params {
		if name != "Signature" {
			signed[name] = values
		}
	}
	return method + "&%2F&" + percentEncode(canonicalQuery(signed))
}

// rpcSignature signs with the secret followed by an ampersand.
func rpcSignature(secret, stringToSign string) string {
	mac := hmac.New(sha1.New, []byte(secret+"&"))
	mac.Write([]byte(stringToSign))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}
