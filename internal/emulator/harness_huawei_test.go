package emulator_test

import (
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/auth/signer"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/request"
)

// huaweiRequest describes a request signed by the vendor's own signer.
type huaweiRequest struct {
	method, path string // path may hold a query
	body         string
	headers      map[string]string
	ak, sk       string    // default: the emulator's
	date         time.Time // default: the emulator's clock
	token        string    // X-Auth-Token instead of a signature
}

// build signs the request for an emulator.
func (h huaweiRequest) build(t *testing.T, s served) *http.Request {
	t.Helper()
	r := newRequest(t, h.method, s.url+h.path, h.body)
	if h.body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for name, value := range h.headers {
		r.Header.Set(name, value)
	}
	if h.token != "" {
		r.Header.Set("X-Auth-Token", h.token)
		return r
	}
	if h.ak == "" {
		h.ak, h.sk = s.env["HUAWEICLOUD_SDK_AK"], s.env["HUAWEICLOUD_SDK_SK"]
	}
	if h.date.IsZero() {
		h.date = s.clock()
	}
	r.Header.Set("X-Sdk-Date", h.date.UTC().Format("20060102T150405Z"))
	for name, value := range signHuawei(t, r, h.body, h.ak, h.sk) {
		r.Header.Set(name, value)
	}
	return r
}

// signHuawei signs what stands in r with the official signer.
func signHuawei(t *testing.T, r *http.Request, body, ak, sk string) map[string]string {
	t.Helper()
	builder := request.NewHttpRequestBuilder().
		WithEndpoint(r.URL.Scheme + "://" + r.URL.Host).WithPath(r.URL.Path).WithMethod(r.Method)
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		t.Fatal(err)
	}
	for name, values := range query {
		builder.AddQueryParam(name, reflect.ValueOf(values[0]))
	}
	for name, values := range r.Header {
		builder.AddHeaderParam(name, values[0])
	}
	if body != "" {
		builder.WithBody("", body)
	}
	toSign := builder.Build()
	headers, err := signer.Sign(toSign, ak, sk)
	if err != nil {
		t.Fatal(err)
	}
	if hash := toSign.GetHeaderParams()["X-Sdk-Content-Sha256"]; hash != "" {
		headers["X-Sdk-Content-Sha256"] = hash // set by the signer for other content types
	}
	return headers
}

// huawei sends a signed request.
func huawei(t *testing.T, s served, method, path, body string) answer {
	t.Helper()
	return send(t, huaweiRequest{method: method, path: path, body: body}.build(t, s))
}

// Paths of the default project.
const (
	hssPath = "/v5/" + testProject + "/image/registries"
	swrPath = "/v2/" + testProject + "/instances/" + testInstance + "/registries"
	allEPS  = "?enterprise_project_id=all_granted_eps"
)

// hssJSON is a valid body of AddRegistry with some fields replaced; an empty
// replacement removes the field. Replacements are name, JSON, name, JSON.
func hssJSON(changes ...string) string {
	return withFields([]string{
		"registry_name", `"harbor-prod"`, "registry_type", `"Harbor"`, "api_version", `"V2"`,
		"protocol", `"https"`, "registry_addr", `"harbor.example.com:8443"`, "registry_username", `"robot$scanner"`,
		"registry_password", `"p@ss w+rd"`, "connect_cluster_id", `"6d0c9d1e-0000-4000-8000-000000000002"`,
		"get_scan_image_channel", `"Swr"`,
	}, changes)
}

// swrJSON is a valid body of CreateInstanceRegistry, changed likewise.
func swrJSON(changes ...string) string {
	return withFields([]string{
		"name", `"dr-harbor"`, "type", `"swr-pro"`, "url", `"https://harbor.dr.example.com"`, "insecure", `true`,
		"credential", `{"type":"basic","access_key":"admin","access_secret":"s3cret"}`,
	}, changes)
}

func withFields(fields, changes []string) string {
	values := map[string]string{}
	var names []string
	for i := 0; i+1 < len(fields); i += 2 {
		values[fields[i]] = fields[i+1]
		names = append(names, fields[i])
	}
	for i := 0; i+1 < len(changes); i += 2 {
		if _, there := values[changes[i]]; !there {
			names = append(names, changes[i])
		}
		values[changes[i]] = changes[i+1]
	}
	var parts []string
	for _, name := range names {
		if values[name] != "" {
			parts = append(parts, `"`+name+`":`+values[name])
		}
	}
	return "{" + strings.Join(parts, ",") + "}"
}
