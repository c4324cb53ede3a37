package alibaba

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"regent/internal/cloud/cloudtest"
	"regent/internal/emulator"
	"regent/internal/secret"
)

// TestSignatureVectors holds the signer against published and recorded examples.
func TestSignatureVectors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, url, body string
		headers         map[string]string
		keys            Keys
		date, nonce     string
		signed, want    string
	}{
		{
			name:    "sample of the documentation",
			url:     "https://ecs.cn-shanghai.aliyuncs.com/?ImageId=win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd&RegionId=cn-shanghai",
			headers: map[string]string{"x-acs-action": "RunInstances", "x-acs-version": "2014-05-26"},
			keys:    Keys{AccessKeyID: "YourAccessKeyId", AccessKeySecret: secret.New("YourAccessKeySecret")},
			date:    "2023-10-26T10:22:32Z", nonce: "3156853299f313e23d1673dc12e1703d",
			signed: "host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version",
			want:   "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0",
		},
		{
			name: "change of a registry with a form",
			url:  "https://tds.cn-shanghai.aliyuncs.com/?DomainName=harbor.example.com&Port=8443",
			body: "Id=66485&Password=p%40ss%20w%2Brd&TransPerHour=10&UserName=robot%24ci",
			headers: map[string]string{
				"x-acs-action": "ModifyImageRegistry", "x-acs-version": "2018-12-03", "Content-Type": "application/x-www-form-urlencoded",
			},
			keys: Keys{AccessKeyID: "testid", AccessKeySecret: secret.New("testsecret")},
			date: "2026-01-02T03:04:05Z", nonce: "0123456789abcdef0123456789abcdef",
			signed: "content-type;host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version",
			want:   "c5b2241d80c48e324d0b679e4357f51d03959c08e84b2c46916259cc6e1999ba",
		},
		{
			name: "temporary key, recorded from the vendor's client",
			url:  "http://127.0.0.1:41627/?DomainName=a+b~%2A.example.com&Port=443",
			body: "Id=66485&Password=p+w%2B%26%3D~%2A&RegistryTypeInList.1=harbor&RegistryTypeInList.2=quay",
			headers: map[string]string{
				"x-acs-action": "ModifyImageRegistry", "x-acs-version": "2018-12-03", "Content-Type": "application/x-www-form-urlencoded",
				"x-acs-credentials-provider": "static_sts",
			},
			keys: Keys{AccessKeyID: "testid", AccessKeySecret: secret.New("testsecret"), SecurityToken: secret.New("sts tok+/=")},
			date: "2026-11-21T20:26:28Z", nonce: "19fa0231a4d8498c4acce236366cdeeb",
			signed: "content-type;host;x-acs-accesskey-id;x-acs-action;x-acs-content-sha256;x-acs-credentials-provider;x-acs-date;" +
				"x-acs-security-token;x-acs-signature-nonce;x-acs-version",
			want: "c2be11ba280fb7b8a2696c289a97864f3280b8c1e8bbe6d2d0ab51eb2a1e9022",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest(http.MethodPost, c.url, strings.NewReader(c.body))
			for name, value := range c.headers {
				r.Header.Set(name, value)
			}
			now, err := time.Parse(time.RFC3339, c.date)
			if err != nil {
				t.Fatal(err)
			}
			sign(r, []byte(c.body), c.keys, now.In(time.FixedZone("east", 8*3600)), c.nonce)
			want := fmt.Sprintf("ACS3-HMAC-SHA256 Credential=%s,SignedHeaders=%s,Signature=%s", c.keys.AccessKeyID, c.signed, c.want)
			if got := r.Header.Get("Authorization"); got != want {
				t.Errorf("\n got %s\nwant %s", got, want)
			}
		})
	}
}

// TestSignaturesVerify sends what no vector has to a verifier that knows nothing of the signer.
func TestSignaturesVerify(t *testing.T) {
	t.Parallel()
	server, err := emulator.New(emulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	listener := httptest.NewServer(server)
	t.Cleanup(listener.Close)
	env := map[string]string{}
	for _, v := range server.Env(listener.URL) {
		env[v.Name] = v.Value
	}
	keys := Keys{AccessKeyID: env[envAccess], AccessKeySecret: secret.New(env[envSecret])}
	transport := Sign(http.DefaultTransport, Static(keys))
	words := rapid.StringOfN(rapid.RuneFrom([]rune("aZ09-_.~ *+/%&=?#\"'\\漢😀\t\n\x00")), 0, 12, -1)
	rapid.Check(t, func(t *rapid.T) {
		query := "?RegistryType=" + cloudtest.Escape(words.Draw(t, "type")) + "&Lang=" + strings.ReplaceAll(cloudtest.Escape(words.Draw(t, "lang")), "%20", "+")
		body := "UserName=" + cloudtest.Escape(words.Draw(t, "user")) + "&Password=" + cloudtest.Escape(words.Draw(t, "password"))
		r, err := http.NewRequest(http.MethodPost, listener.URL+"/"+query, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("X-Acs-Action", "ListPrivateRegistryList")
		r.Header.Set("X-Acs-Version", "2018-12-03")
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		resp, err := transport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if err != nil || strings.Contains(string(text), "Signature") {
			t.Fatalf("%s %s: %s", query, body, text)
		}
	})
}
