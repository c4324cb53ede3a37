package huawei

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"regent/internal/cloud/cloudtest"
	"regent/internal/emulator"
	"regent/internal/secret"
)

// TestSignatureVectors holds the signer against the examples whose signed headers are the ones regent signs.
func TestSignatureVectors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, method, url, body, project, signed, want string }{
		{
			name: "list of HSS", method: http.MethodGet, project: "0123456789abcdef0123456789abcdef",
			url: "https://hss.cn-north-4.myhuaweicloud.com/v5/0123456789abcdef0123456789abcdef/image/registries" +
				"?enterprise_project_id=all_granted_eps&limit=100&offset=0",
			signed: "host;x-project-id;x-sdk-date",
			want:   "1992428cf61b77270e9333e9b980732aaff3124d5b0fa52e313f63d4b533a3ce",
		},
		{
			name: "update of SWR", method: http.MethodPut,
			url: "https://swr-api.cn-north-4.myhuaweicloud.com/v2/0123456789abcdef0123456789abcdef/instances/7c9f/registries/5",
			body: `{"name":"r1","type":"swr-pro","url":"https://harbor.example.com","insecure":true,` +
				`"credential":{"type":"basic","access_key":"u","access_secret":"p"}}`,
			signed: "host;x-sdk-date",
			want:   "ab1aa855e432e6cacfb10d662de084cf7251b35eb18eb1a5846e2b6d0071bcd3",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest(c.method, c.url, strings.NewReader(c.body))
			r.Header.Set("Content-Type", "application/json") // not signed
			cred := &Credential{AccessKey: "AK", SecretKey: secret.New("SecretKey")}
			if err := authenticate(r, []byte(c.body), cred, c.project, "20260102T030405Z"); err != nil {
				t.Fatal(err)
			}
			want := fmt.Sprintf("SDK-HMAC-SHA256 Access=AK, SignedHeaders=%s, Signature=%s", c.signed, c.want)
			if got := r.Header.Get("Authorization"); got != want || r.Header.Get("X-Sdk-Date") != "20260102T030405Z" {
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
	source := Static(Credential{AccessKey: env[envSDKAccess], SecretKey: secret.New(env[envSDKSecret])})
	words := rapid.StringOfN(rapid.RuneFrom([]rune("aZ09-_.~ *+/%&=?#\"'\\漢😀\t\n\x00")), 1, 12, -1)
	rapid.Check(t, func(t *rapid.T) {
		path := fmt.Sprintf("/v5/%s/image/registries/%s", emulator.DefaultProjectID, cloudtest.Escape(words.Draw(t, "id")))
		query := "?enterprise_project_id=" + cloudtest.Escape(words.Draw(t, "query")) + "&empty="
		r, err := http.NewRequest(http.MethodPut, listener.URL+path+query, strings.NewReader(words.Draw(t, "body")))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := Sign(http.DefaultTransport, source, emulator.DefaultProjectID).RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode == http.StatusUnauthorized {
			t.Fatalf("%s%s is not verified", path, query)
		}
	})
}
