package emulator

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// sdkVector is a published or recomputed example of SDK-HMAC-SHA256.
type sdkVector struct {
	name, method, target, body, host, secret string
	headers                                  map[string]string
	signed                                   string
	canonicalHash, bodyHash, signature       string
}

func sdkVectors() []sdkVector {
	return []sdkVector{
		{
			name: "query, one signed header", method: "GET", target: "/path?limit=1", secret: "SecretKey",
			headers: map[string]string{"X-Sdk-Date": "20060102T150405Z"}, signed: "x-sdk-date",
			signature: "5a2ce64c865e0e6046321c6f3d5a77ba8413eeaf355c3166c03d58d02ac79624",
		},
		{
			name: "JSON body with newline, unsigned content type", method: "POST", target: "/path?key=value", secret: "SecretKey",
			headers: map[string]string{"X-Sdk-Date": "20060102T150405Z", "Content-Type": "application/json"}, signed: "x-sdk-date",
			body:      `{"Name":"test","Id":1}` + "\n",
			signature: "cecc2af119b18ab70b4d094c0750f3b42c02f254903179a0fc2cc72fc9db4f59",
		},
		{
			name: "request of the vendor's client on the wire", method: "PUT",
			target: "/v2/pid/instances/i/registries/1?enterprise_project_id=a%20b", secret: "SK",
			headers: map[string]string{
				"User-Agent": "huaweicloud-usdk-go/3.0", "X-Project-Id": "pid", "X-Sdk-Date": "20261121T202628Z", "X-Security-Token": "tok",
			},
			signed: "user-agent;x-project-id;x-sdk-date;x-security-token", body: `{"name":"x<y"}` + "\n",
			signature: "d1f5cc65d4f4fb91c22b1237e20280cc453e33134777b3dc6b87cca2869a1bbb",
		},
		{
			name: "HSS list with a signed host", method: "GET", secret: "SecretKey", host: "hss.cn-north-4.myhuaweicloud.com",
			target: "/v5/0123456789abcdef0123456789abcdef/image/registries?enterprise_project_id=all_granted_eps&limit=100&offset=0",
			headers: map[string]string{
				"X-Project-Id": "0123456789abcdef0123456789abcdef", "X-Sdk-Date": "20260102T030405Z",
			},
			signed:        "host;x-project-id;x-sdk-date",
			canonicalHash: "24b33f8e08c9aa5db4c36bf37655a3e42b8738242c47d55df717d2401ed73cba",
			signature:     "1992428cf61b77270e9333e9b980732aaff3124d5b0fa52e313f63d4b533a3ce",
		},
		{
			name: "SWR update with a signed host", method: "PUT", secret: "SecretKey", host: "swr-api.cn-north-4.myhuaweicloud.com",
			target:  "/v2/0123456789abcdef0123456789abcdef/instances/7c9f/registries/5",
			headers: map[string]string{"X-Sdk-Date": "20260102T030405Z"}, signed: "host;x-sdk-date",
			body:      `{"name":"r1","type":"swr-pro","url":"https://harbor.example.com","insecure":true,"credential":{"type":"basic","access_key":"u","access_secret":"p"}}`,
			bodyHash:  "c4fcf1d347332c804d0e930e62bf90e4c8ff1fb6f7a0ce4296979f5505248cc2",
			signature: "ab1aa855e432e6cacfb10d662de084cf7251b35eb18eb1a5846e2b6d0071bcd3",
		},
	}
}

func (v sdkVector) request() (*http.Request, []byte, authorization) {
	r := httptest.NewRequest(v.method, "http://placeholder"+v.target, strings.NewReader(v.body))
	r.Host = v.host
	for name, value := range v.headers {
		r.Header.Set(name, value)
	}
	return r, []byte(v.body), authorization{access: "AK", signed: strings.Split(v.signed, ";"), signature: v.signature}
}

func TestHuaweiSignatureVectorsVerify(t *testing.T) {
	for _, v := range sdkVectors() {
		t.Run(v.name, func(t *testing.T) {
			r, body, auth := v.request()
			if err := verifySDK(r, body, auth, v.secret); err != nil {
				t.Error(err)
			}
			if v.bodyHash != "" && v.bodyHash != hexSHA256(body) {
				t.Errorf("body hash is %s", hexSHA256(body))
			}
			canonical, err := sdkCanonicalRequest(r, auth.signed, hexSHA256(body))
			if err != nil {
				t.Fatal(err)
			}
			if v.canonicalHash != "" && v.canonicalHash != hexSHA256([]byte(canonical)) {
				t.Errorf("canonical hash is %s", hexSHA256([]byte(canonical)))
			}
		})
	}
}

func TestHuaweiSignatureFailsWhenAnythingSignedChanges(t *testing.T) {
	mutations := map[string]func(r *http.Request, body *[]byte, auth *authorization, secret *string){
		"secret": func(_ *http.Request, _ *[]byte, _ *authorization, secret *string) { *secret += "x" },
		"method": func(r *http.Request, _ *[]byte, _ *authorization, _ *string) { r.Method = "PATCH" },
		"path":   func(r *http.Request, _ *[]byte, _ *authorization, _ *string) { r.URL.Path += "x" },
		"query":  func(r *http.Request, _ *[]byte, _ *authorization, _ *string) { r.URL.RawQuery += "&a=b" },
		"body":   func(_ *http.Request, body *[]byte, _ *authorization, _ *string) { *body = append(*body, ' ') },
		"date": func(r *http.Request, _ *[]byte, _ *authorization, _ *string) {
			r.Header.Set("X-Sdk-Date", "20260102T030406Z")
		},
		"signed headers": func(_ *http.Request, _ *[]byte, auth *authorization, _ *string) {
			auth.signed = append(auth.signed, "accept")
		},
		"signature": func(_ *http.Request, _ *[]byte, auth *authorization, _ *string) {
			auth.signature = strings.Repeat("0", 64)
		},
		"empty payload claim": func(r *http.Request, _ *[]byte, _ *authorization, _ *string) {
			r.Header.Set("X-Sdk-Content-Sha256", hexSHA256(nil))
		},
	}
	for name, mutate := range mutations {
		for _, v := range sdkVectors() {
			t.Run(name+" of "+v.name, func(t *testing.T) {
				r, body, auth := v.request()
				secret := v.secret
				mutate(r, &body, &auth, &secret)
				if err := verifySDK(r, body, auth, secret); err == nil {
					t.Error("the signature still verifies")
				}
			})
		}
	}
}

// acsVector is an example of ACS3-HMAC-SHA256.
type acsVector struct {
	name, host, query, body, secret string
	headers                         map[string]string
	bodyHash, canonicalHash         string
	signature                       string
}

func acsVectors() []acsVector {
	const form = "application/x-www-form-urlencoded"
	return []acsVector{
		{
			name: "documentation sample", host: "ecs.cn-shanghai.aliyuncs.com", secret: "YourAccessKeySecret",
			query: "ImageId=win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd&RegionId=cn-shanghai",
			headers: map[string]string{
				"x-acs-action": "RunInstances", "x-acs-version": "2014-05-26", "x-acs-date": "2023-10-26T10:22:32Z",
				"x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
			},
			signature: "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0",
		},
		{
			name: "SAS modification with a form", host: "tds.cn-shanghai.aliyuncs.com", secret: "testsecret",
			query: "DomainName=harbor.example.com&Port=8443",
			body:  "Id=66485&Password=p%40ss%20w%2Brd&TransPerHour=10&UserName=robot%24ci",
			headers: map[string]string{
				"x-acs-action": "ModifyImageRegistry", "x-acs-version": "2018-12-03", "x-acs-date": "2026-01-02T03:04:05Z",
				"x-acs-signature-nonce": "0123456789abcdef0123456789abcdef", "content-type": form,
			},
			bodyHash:      "0efee88efb4a1f7f316e1d72155c6cb2e2a43570c9da2d19a0f7ab81b6218578",
			canonicalHash: "df24935d0f0c97f2ed6bbc6c7ca2cc17470d34372e07862683795549c5f5186a",
			signature:     "c5b2241d80c48e324d0b679e4357f51d03959c08e84b2c46916259cc6e1999ba",
		},
		{
			name: "request of the vendor's client on the wire", host: "127.0.0.1:41627", secret: "testsecret",
			query: url.Values{"DomainName": {"a b~*.example.com"}, "Port": {"443"}}.Encode(),
			body:  "Id=66485&Password=p+w%2B%26%3D~%2A&RegistryTypeInList.1=harbor&RegistryTypeInList.2=quay",
			headers: map[string]string{
				"x-acs-action": "ModifyImageRegistry", "x-acs-version": "2018-12-03", "x-acs-date": "2026-11-21T20:26:28Z",
				"x-acs-signature-nonce": "19fa0231a4d8498c4acce236366cdeeb", "content-type": form,
				"x-acs-credentials-provider": "static_sts", "x-acs-accesskey-id": "testid", "x-acs-security-token": "sts tok+/=",
			},
			signature: "c2be11ba280fb7b8a2696c289a97864f3280b8c1e8bbe6d2d0ab51eb2a1e9022",
		},
	}
}

// sign returns the string to sign and the signature of what stands in r.
func (v acsVector) sign(r *http.Request, body []byte, secret string) (toSign, signature string) {
	signed := []string{"host"}
	for name := range v.headers {
		signed = append(signed, name)
	}
	signed = append(signed, "x-acs-content-sha256")
	slices.Sort(signed)
	toSign = acsStringToSign(r, signed, r.URL.Query(), hexSHA256(body))
	return toSign, hexHMAC(secret, toSign)
}

func (v acsVector) request() *http.Request {
	r := httptest.NewRequest(http.MethodPost, "http://placeholder/?"+v.query, strings.NewReader(v.body))
	r.Host = v.host
	for name, value := range v.headers {
		r.Header.Set(name, value)
	}
	r.Header.Set("x-acs-content-sha256", hexSHA256([]byte(v.body)))
	return r
}

func TestAlibabaV3SignatureVectorsVerify(t *testing.T) {
	for _, v := range acsVectors() {
		t.Run(v.name, func(t *testing.T) {
			toSign, signature := v.sign(v.request(), []byte(v.body), v.secret)
			if signature != v.signature {
				t.Errorf("signature is %s", signature)
			}
			if v.bodyHash != "" && v.bodyHash != hexSHA256([]byte(v.body)) {
				t.Errorf("body hash is %s", hexSHA256([]byte(v.body)))
			}
			if v.canonicalHash != "" && toSign != acsAlgorithm+"\n"+v.canonicalHash {
				t.Errorf("string to sign is %q", toSign)
			}
		})
	}
}

func TestAlibabaV3SignatureChangesWithEverythingSigned(t *testing.T) {
	mutations := map[string]func(r *http.Request, body *[]byte, secret *string){
		"secret": func(_ *http.Request, _ *[]byte, secret *string) { *secret += "x" },
		"method": func(r *http.Request, _ *[]byte, _ *string) { r.Method = "GET" },
		"path":   func(r *http.Request, _ *[]byte, _ *string) { r.URL.Path = "/x" },
		"query":  func(r *http.Request, _ *[]byte, _ *string) { r.URL.RawQuery += "&X=1" },
		"body":   func(_ *http.Request, body *[]byte, _ *string) { *body = append(*body, 'x') },
		"host":   func(r *http.Request, _ *[]byte, _ *string) { r.Host = "other.example.com" },
		"nonce":  func(r *http.Request, _ *[]byte, _ *string) { r.Header.Set("x-acs-signature-nonce", "0") },
		"action": func(r *http.Request, _ *[]byte, _ *string) { r.Header.Set("x-acs-action", "Other") },
	}
	for name, mutate := range mutations {
		for _, v := range acsVectors() {
			t.Run(name+" of "+v.name, func(t *testing.T) {
				r, body, secret := v.request(), []byte(v.body), v.secret
				mutate(r, &body, &secret)
				if _, signature := v.sign(r, body, secret); signature == v.signature {
					t.Error("the signature is still the same")
				}
			})
		}
	}
}

func TestAlibabaLegacySignatureVectors(t *testing.T) {
	sas := url.Values{
		"DomainName": {"a b~*.example.com"}, "Port": {"443"}, "Id": {"66485"}, "Password": {"p w+&=~*"},
		"RegistryTypeInList.1": {"harbor"}, "RegistryTypeInList.2": {"quay"},
		"Action": {"ModifyImageRegistry"}, "Format": {"json"}, "Version": {"2018-12-03"},
		"Timestamp": {"2026-11-21T20:26:28Z"}, "SignatureNonce": {"9f36f505d5d108a676e31fc290f2c3f2"},
		"SignatureMethod": {"HMAC-SHA1"}, "SignatureVersion": {"1.0"}, "AccessKeyId": {"testid"}, "SecurityToken": {"sts tok+/="},
	}
	documented := url.Values{
		"AccessKeyId": {"testid"}, "Action": {"DescribeRegions"}, "Format": {"XML"}, "SignatureMethod": {"HMAC-SHA1"},
		"SignatureNonce": {"3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf"}, "SignatureVersion": {"1.0"},
		"Timestamp": {"2016-02-23T12:46:24Z"}, "Version": {"2014-05-26"},
	}
	for _, v := range []struct {
		name, method string
		params       url.Values
		signature    string
	}{
		{"documentation sample", "GET", documented, "OLeaidS1JvxuMvnyHOwuJ+uX5qY="},
		{"request of the vendor's client on the wire", "POST", sas, "PHds61+SREcNleG1WVAO240/eMc="},
	} {
		t.Run(v.name, func(t *testing.T) {
			v.params.Set("Signature", v.signature)
			if got := rpcSignature("testsecret", rpcStringToSign(v.method, v.params)); got != v.signature {
				t.Errorf("signature is %s", got)
			}
			if got := rpcSignature("testsecret2", rpcStringToSign(v.method, v.params)); got == v.signature {
				t.Error("another secret gives the same signature")
			}
			v.params.Set("Action", "Other")
			if got := rpcSignature("testsecret", rpcStringToSign(v.method, v.params)); got == v.signature {
				t.Error("another action gives the same signature")
			}
		})
	}
}
