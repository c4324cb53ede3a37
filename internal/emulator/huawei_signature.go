package emulator

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

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

// sdkAuthorization is a parsed Authorization header of SDK-HMAC-SHA256.
type sdkAuthorization struct {
	access    string
	signed    []string // lower-case header names, in the order given
	signature string
}

// parseSDKAuthorization reads
// "SDK-HMAC-SHA256 Access=..., SignedHeaders=a;b, Signature=...".
func parseSDKAuthorization(value string) (sdkAuthorization, error) {
	rest, found := strings.CutPrefix(value, sdkAlgorithm+" ")
	if !found {
		return sdkAuthorization{}, fmt.Errorf("authorization is not %s", sdkAlgorithm)
	}
	var out sdkAuthorization
	for part := range strings.SplitSeq(rest, ",") {
		name, text, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch name {
		case "Access":
			out.access = text
		case "SignedHeaders":
			out.signed = strings.Split(text, ";")
		case "Signature":
			out.signature = text
		}
	}
	switch {
	case out.access == "":
		return out, fmt.Errorf("authorization has no Access")
	case len(out.signed) == 0 || len(out.signed) > maxSignedHeaderLen:
		return out, fmt.Errorf("authorization has no usable SignedHeaders")
	case !slices.Contains(out.signed, strings.ToLower(headerSDKDate)):
		return out, fmt.Errorf("x-sdk-date is not signed")
	case out.signature == "":
		return out, fmt.Errorf("authorization has no Signature")
	}
	return out, nil
}

// verifySDK checks a signature over exactly the headers it names, in constant
// time. The second result is the reason, for the error message; it never holds
// anything secret.
func verifySDK(r *http.Request, body []byte, auth sdkAuthorization, secret string) error {
	hash, err := sdkPayloadHash(r, body, auth.signed)
	if err != nil {
		return err
	}
	canonical, err := sdkCanonicalRequest(r, auth.signed, hash)
	if err != nil {
		return err
	}
	want := sdkSignature(secret, r.Header.Get(headerSDKDate), canonical)
	if !hmac.Equal([]byte(want), []byte(auth.signature)) {
		return fmt.Errorf("the signature does not match")
	}
	return nil
}

// sdkPayloadHash returns the payload part of the canonical request. A client
// may leave the body unsigned only where the official SDK does: when a content
// type is set that is neither JSON nor BSON.
func sdkPayloadHash(r *http.Request, body []byte, signed []string) (string, error) {
	actual := hexSHA256(body)
	claimed := r.Header.Get(headerSDKSHA256)
	if claimed == "" {
		return actual, nil
	}
	if !slices.Contains(signed, strings.ToLower(headerSDKSHA256)) {
		return "", fmt.Errorf("x-sdk-content-sha256 is not signed")
	}
	if claimed == unsignedPayload {
		content := r.Header.Get("Content-Type")
		if content == "" || strings.Contains(content, "application/json") || strings.Contains(content, "application/bson") {
			return "", fmt.Errorf("an unsigned payload is not allowed for this content type")
		}
		return claimed, nil
	}
	if claimed != actual {
		return "", fmt.Errorf("x-sdk-content-sha256 is not the hash of the body")
	}
	return claimed, nil
}

// sdkCanonicalRequest rebuilds what the client signed.
func sdkCanonicalRequest(r *http.Request, signed []string, payloadHash string) (string, error) {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return "", fmt.Errorf("the query cannot be parsed")
	}
	var headers strings.Builder
	for _, name := range signed {
		headers.WriteString(name + ":" + strings.TrimSpace(signedHeader(r, name)) + "\n")
	}
	return strings.Join([]string{
		r.Method,
		sdkCanonicalPath(r.URL.Path),
		canonicalQuery(query),
		headers.String(),
		strings.Join(signed, ";"),
		payloadHash,
	}, "\n"), nil
}

// sdkCanonicalPath encodes each segment and always ends in a slash, even
// though the path on the wire does not.
func sdkCanonicalPath(path string) string {
	segments := strings.Split(path, "/")
	for i, segment := range segments {
		segments[i] = percentEncode(segment)
	}
	joined := strings.Join(segments, "/")
	if !strings.HasSuffix(joined, "/") {
		joined += "/"
	}
	return joined
}

// sdkSignature signs a canonical request: the key is the secret as it is, with
// no derivation by date or region.
func sdkSignature(secret, date, canonical string) string {
	return hexHMAC(secret, sdkAlgorithm+"\n"+date+"\n"+hexSHA256([]byte(canonical)))
}

// signedHeader reads a header as the client signed it. Go's server moves Host
// and Content-Length out of the header map.
func signedHeader(r *http.Request, name string) string {
	switch name {
	case "host":
		return r.Host
	case "content-length":
		if r.ContentLength >= 0 {
			return fmt.Sprint(r.ContentLength)
		}
	}
	return strings.Join(r.Header.Values(name), ",")
}

// canonicalQuery joins encoded parameters sorted by name, then by value. Both
// vendors use the same encoding.
func canonicalQuery(values url.Values) string {
	names := make([]string, 0, len(values))
	for name := range values {
		names = append(names, name)
	}
	slices.Sort(names)
	var parts []string
	for _, name := range names {
		for _, value := range slices.Sorted(slices.Values(values[name])) {
			parts = append(parts, percentEncode(name)+"="+percentEncode(value))
		}
	}
	return strings.Join(parts, "&")
}

// percentEncode encodes everything but the unreserved characters of RFC 3986.
func percentEncode(text string) string {
	const digits = "0123456789ABCDEF"
	var out strings.Builder
	for _, b := range []byte(text) {
		switch {
		case 'a' <= b && b <= 'z', 'A' <= b && b <= 'Z', '0' <= b && b <= '9',
			b == '-', b == '_', b == '.', b == '~':
			out.WriteByte(b)
		default:
			out.Write([]byte{'%', digits[b>>4], digits[b&15]})
		}
	}
	return out.String()
}

func hexSHA256(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

func hexHMAC(key, text string) string {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(text))
	return hex.EncodeToString(mac.Sum(nil))
}
