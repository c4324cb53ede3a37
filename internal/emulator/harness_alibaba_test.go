package emulator_test

import (
	"cmp"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	openapiutil "github.com/alibabacloud-go/darabonba-openapi/v2/utils"
	"github.com/alibabacloud-go/tea/dara"
)

// sasRequest describes a request signed by the vendor's own V3 signer.
type sasRequest struct {
	action      string
	version     string // default: Security Center's
	query, form url.Values
	ak, sk      string    // default: the emulator's
	token       string    // security token
	date        time.Time // default: the emulator's clock
	nonce       string    // default: a new one
}

// build signs the request for an emulator.
func (a sasRequest) build(t *testing.T, s served) *http.Request {
	t.Helper()
	if a.ak == "" {
		a.ak, a.sk = s.env["ALIBABA_CLOUD_ACCESS_KEY_ID"], s.env["ALIBABA_CLOUD_ACCESS_KEY_SECRET"]
	}
	if a.date.IsZero() {
		a.date = s.clock()
	}
	if a.nonce == "" {
		a.nonce = rand.Text()
	}
	body := a.form.Encode()
	r := newRequest(t, http.MethodPost, s.url+"/?"+a.query.Encode(), body)
	hash := sha256.Sum256([]byte(body))
	headers := map[string]string{
		"host":                  strings.TrimPrefix(s.url, "http://"),
		"x-acs-action":          a.action,
		"x-acs-version":         cmp.Or(a.version, "2018-12-03"),
		"x-acs-date":            a.date.UTC().Format("2006-01-02T15:04:05Z"),
		"x-acs-signature-nonce": a.nonce,
		"x-acs-content-sha256":  hex.EncodeToString(hash[:]),
	}
	if body != "" {
		headers["content-type"] = "application/x-www-form-urlencoded"
	}
	if a.token != "" {
		headers["x-acs-security-token"] = a.token
	}
	for name, value := range headers {
		r.Header.Set(name, value)
	}
	r.Header.Del("Host")
	query := map[string]*string{}
	for name, values := range a.query {
		query[name] = dara.String(values[0])
	}
	r.Header.Set("Authorization", dara.StringValue(openapiutil.GetAuthorization(&dara.Request{
		Method: dara.String("POST"), Pathname: dara.String("/"), Query: query, Headers: pointers(headers),
	}, dara.String("ACS3-HMAC-SHA256"), dara.String(headers["x-acs-content-sha256"]), dara.String(a.ak), dara.String(a.sk))))
	return r
}

func pointers(texts map[string]string) map[string]*string {
	out := map[string]*string{}
	for name, text := range texts {
		out[name] = dara.String(text)
	}
	return out
}

// sas sends a signed request with query parameters only.
func sas(t *testing.T, s served, action string, pairs ...string) answer {
	t.Helper()
	return send(t, sasRequest{action: action, query: values(pairs...)}.build(t, s))
}

func values(pairs ...string) url.Values {
	out := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		out.Set(pairs[i], pairs[i+1])
	}
	return out
}

// sasAdd holds valid parameters of AddPrivateRegistry with some replaced; an
// empty replacement removes the parameter.
func sasAdd(changes ...string) []string {
	params := values("RegistryType", "harbor", "RegistryVersion", "V2", "ProtocolType", "2", "NetType", "1",
		"RegistryHostIp", "192.0.2.10", "DomainName", "harbor.example.com", "Port", "8443", "UserName", "robot$scanner",
		"Password", "Harbor12345", "RegistryRegionId", "cn-hangzhou", "TransPerHour", "20")
	for i := 0; i+1 < len(changes); i += 2 {
		params.Set(changes[i], changes[i+1])
	}
	var pairs []string
	for name := range params {
		if params.Get(name) != "" {
			pairs = append(pairs, name, params.Get(name))
		}
	}
	return pairs
}
