package cloud_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"regent/internal/cloud"
	"regent/internal/cloud/cloudtest"
	"regent/internal/secret"
)

// TestProxyPasswordsAreLearnt from addresses as people write them, also from those that are no address.
func TestProxyPasswordsAreLearnt(t *testing.T) {
	t.Parallel()
	for address, passwords := range map[string][]string{
		"http://user:hunter2-proxy@proxy.example.com:3128":   {"hunter2-proxy"},
		"user:hunter2-proxy@proxy.example.com:3128":          {"hunter2-proxy"},
		"https://user:hunter2%2Fproxy@proxy.example.com":     {"hunter2%2Fproxy", "hunter2/proxy"},
		"http://user:hunter2@proxy@proxy.example.com":        {"hunter2@proxy"},
		"http://user:hunter2%zzproxy@proxy.example.com:port": {"hunter2%zzproxy"},
		"http://hunter2-token@proxy.example.com":             {"hunter2-token"},
		"http://proxy.example.com:3128":                      nil,
		"":                                                   nil,
	} {
		for _, name := range []string{"HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"} {
			masker := &secret.Masker{}
			cloud.LearnProxies(cloudtest.Lookup(map[string]string{name: address}), masker)
			for _, password := range passwords {
				for _, text := range []string{password, base64.StdEncoding.EncodeToString([]byte("user:" + password))} {
					if got := masker.Mask("407 " + text); strings.Contains(got, text[len(text)/2:]) {
						t.Errorf("%s=%s: %s is shown as %s", name, address, text, got)
					}
				}
			}
			if got := masker.Mask("connection to proxy.example.com:3128 refused for user"); strings.Contains(got, "***") {
				t.Errorf("%s=%s hides %s", name, address, got)
			}
		}
	}
}
