package provider_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"regent/internal/cloud/cloudtest"
	"regent/internal/provider"
)

// TestEnvironmentThatWouldMisleadRequestsIsRefused by the names of its variables, and without what they hold of logins.
func TestEnvironmentThatWouldMisleadRequestsIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "empty.pem")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, value, want string // no want stands for no error
	}{
		{"HTTPS_PROXY", "http://robot:hunter2@proxy.example.com:3128", ""},
		{"HTTPS_PROXY", "proxy.example.com:3128", ""},
		{"https_proxy", "socks5://[2001:db8::1]:1080", ""},
		{"HTTPS_PROXY", "", ""},
		{"HTTPS_PROXY", "http://robot:hunter2%zz@proxy.example.com:3128", "HTTPS_PROXY: not the address of a proxy"},
		{"https_proxy", "http://robot:hunter2@proxy.example.com:3128\n", "https_proxy: not the address of a proxy"},
		{"HTTP_PROXY", " http://robot:hunter2@proxy.example.com:3128", "HTTP_PROXY: not the address of a proxy"},
		{"http_proxy", "http://robot:hunter2@proxy.example.com:3128 ", "http_proxy: not the address of a proxy"},
		{"ALL_PROXY", "  ", "ALL_PROXY: not the address of a proxy"},
		{"all_proxy", "http://robot:hunter2@", "all_proxy: not the address of a proxy"},
		{"HTTPS_PROXY", "gopher://robot:hunter2@proxy.example.com", "HTTPS_PROXY: not the address of a proxy"},
		{"SSL_CERT_FILE", filepath.Join(dir, "none.pem"), "SSL_CERT_FILE: " + filepath.Join(dir, "none.pem") + " is no file"},
		{"SSL_CERT_FILE", dir, "SSL_CERT_FILE: " + dir + " is no file"},
		{"SSL_CERT_FILE", file, "SSL_CERT_FILE: " + file + " holds no certificate"},
		{"SSL_CERT_DIR", dir, ""},
		{"SSL_CERT_DIR", dir + string(filepath.ListSeparator) + filepath.Join(dir, "none"), "SSL_CERT_DIR: " + filepath.Join(dir, "none") + " is no folder"},
		{"REGENT_ENDPOINT_HUAWEI_HSS", "http://127.0.0.1:1", ""},
		{"REGENT_ENDPOINT_HUAWEI_HHS", "http://127.0.0.1:1", "REGENT_ENDPOINT_HUAWEI_HHS is not read by anything; did you mean REGENT_ENDPOINT_HUAWEI_HSS?"},
		{"REGENT_ENPOINT_HUAWEI_SWR", "http://127.0.0.1:1", "did you mean REGENT_ENDPOINT_HUAWEI_SWR?"},
		{"regent_endpoint_alibaba_sas", "http://127.0.0.1:1", "did you mean REGENT_ENDPOINT_ALIBABA_SAS?"},
		{"REGENT_HSS_ENDPOINT", "http://127.0.0.1:1", "those of endpoints are REGENT_ENDPOINT_ALIBABA_SAS, "},
		{"REGENT_ENDPOINT_ALIBABA_STS", "http://127.0.0.1:1", ""},
		{"REGENT_ENDPOINT_HUAWEI_HHS", "", ""},
		{"REGENT_TEST_IMAGE", "1", ""},
		{"REGENT_PORT_8080_TCP", "tcp://10.0.0.1:8080", ""},
		{"REGENT_VERSION", "0.1.0", ""},
	} {
		env := map[string]string{c.name: c.value}
		err := provider.CheckEnvironment(cloudtest.Lookup(env), slices.Collect(maps.Keys(env)))
		switch {
		case c.want == "" && err == nil:
		case c.want == "" || err == nil || !strings.Contains(err.Error(), c.want):
			t.Errorf("%s=%q: %v", c.name, c.value, err)
		case strings.Contains(err.Error(), "hunter2"):
			t.Errorf("%s=%q: the error shows the password: %v", c.name, c.value, err)
		}
	}
}
