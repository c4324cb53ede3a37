package cloud_test

import (
	"strings"
	"testing"

	"regent/internal/cloud"
)

func TestEndpoint(t *testing.T) {
	t.Parallel()
	const refused = ""
	for _, c := range []struct{ value, want string }{
		{"https://tds.cn-shanghai.aliyuncs.com", "https://tds.cn-shanghai.aliyuncs.com"},
		{"tds.cn-shanghai.aliyuncs.com", "https://tds.cn-shanghai.aliyuncs.com"},
		{"127.0.0.1:8080", "https://127.0.0.1:8080"},
		{"https://proxy.example.com:8443/", "https://proxy.example.com:8443"},
		{"HTTPS://proxy.example.com", "https://proxy.example.com"},
		{"https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443"},
		{"http://127.0.0.1:8080", "http://127.0.0.1:8080"},
		{"http://127.9.9.9", "http://127.9.9.9"},
		{"http://localhost:8080/", "http://localhost:8080"},
		{"http://LocalHost:8080", "http://LocalHost:8080"},
		{"http://[::1]:8080", "http://[::1]:8080"},

		{"http://192.0.2.1", refused},
		{"http://0.0.0.0:8080", refused},
		{"http://localhost.example.com", refused},
		{"http://127.0.0.1.example.com", refused},
		{"http://127.1", refused},
		{"http://2130706433", refused},
		{"http://[fe80::1%25lo]:80", refused},
		{"https://user:hunter2@proxy.example.com", refused},
		{"http://user:hunter2@127.0.0.1:8080", refused},
		{"http://127.0.0.1@proxy.example.com", refused},
		{"http://127.0.0.1:8080@proxy.example.com/", refused},
		{"https://proxy.example.com/v2", refused},
		{"https://proxy.example.com//v2/", refused},
		{"https://proxy.example.com?token=hunter2", refused},
		{"https://proxy.example.com#hunter2", refused},
		{"https://proxy.example.com\\@elsewhere.example", refused},
		{"https://proxy.example.com:port", refused},
		{"https://", refused},
		{"https://:8443", refused},
		{"://", refused},
		{"", refused},
		{" https://proxy.example.com", refused},
		{"https://proxy.example.com\n", refused},
		{"https://proxy example.com", refused},
		{"ftp://proxy.example.com", refused},
		{"file:///etc/hosts", refused},
		{"unix:///run/hunter2", refused},
	} {
		got, err := cloud.Endpoint("REGENT_ENDPOINT_HUAWEI_SWR", c.value)
		switch {
		case c.want != refused && (err != nil || got != c.want):
			t.Errorf("%q gives %q, %v; want %q", c.value, got, err, c.want)
		case c.want == refused && (err == nil || got != ""):
			t.Errorf("%q is accepted as %q", c.value, got)
		case err != nil && (!strings.HasPrefix(err.Error(), "REGENT_ENDPOINT_HUAWEI_SWR: ") || strings.Contains(err.Error(), "hunter2")):
			t.Errorf("%q is refused with %q", c.value, err)
		}
	}
}
