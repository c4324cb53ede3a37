package config

import "testing"

func TestParseURLIsCanonical(t *testing.T) {
	for _, tt := range []struct{ raw, want, address string }{
		{"https://harbor.example.com", "https://harbor.example.com", "harbor.example.com"},
		{"HTTPS://Harbor.Example.COM:443/", "https://harbor.example.com", "harbor.example.com"},
		{"https://harbor.example.com.", "https://harbor.example.com", "harbor.example.com"},
		{"http://harbor.example.com:80", "http://harbor.example.com", "harbor.example.com"},
		{"http://harbor.example.com:443", "http://harbor.example.com:443", "harbor.example.com:443"},
		{"https://192.0.2.1:8443//", "https://192.0.2.1:8443", "192.0.2.1:8443"},
		{"https://[2001:DB8::1]", "https://[2001:db8::1]", "[2001:db8::1]"},
		{"https://[2001:DB8:0:0::0001]", "https://[2001:db8::1]", "[2001:db8::1]"},
		{"https://[2001:db8::1]:8443/v2/", "https://[2001:db8::1]:8443/v2", "[2001:db8::1]:8443"},
		{"https://my_harbor:5000", "https://my_harbor:5000", "my_harbor:5000"},
	} {
		u, err := ParseURL(tt.raw)
		if err != nil || u.String() != tt.want || u.Address() != tt.address {
			t.Errorf("%s: %q, address %q, %v", tt.raw, u, u.Address(), err)
		}
		again, err := ParseURL(u.String())
		if err != nil || again != u {
			t.Errorf("%s is not stable: %+v, %v", u, again, err)
		}
	}
}

func TestParseURLRefuses(t *testing.T) {
	for raw, want := range map[string]string{
		"":                          "the address must start with https:// or http://",
		"harbor.example.com":        "the address must start with https:// or http://",
		"ftp://harbor.example.com":  "the address must start with https:// or http://",
		"https://":                  "the address has no host; write it like https://harbor.example.com",
		"https:///path":             "the address has no host; write it like https://harbor.example.com",
		"https://u@h":               "the address must not hold a user or password; they have keys of their own",
		"https://u:p%zz@h":          "the address must not hold a user or password; they have keys of their own",
		"https://h?":                "the address must not have a query (?) or fragment (#)",
		"https://h#":                "the address must not have a query (?) or fragment (#)",
		"https://h:0":               "the port is not between 1 and 65535",
		"https://h:65536":           "the port is not between 1 and 65535",
		"https://h:pw":              "the address cannot be read; write it like https://harbor.example.com:8443",
		"https://h h":               "the address cannot be read; write it like https://harbor.example.com:8443",
		"https://-h":                "the host is neither a DNS name nor an IP address",
		"https://h..h":              "the host is neither a DNS name nor an IP address",
		"https://[fe80::1%25eth0]":  "the address must not have an IPv6 zone (%)",
		"https://häfen.example.com": "the host name has letters outside ASCII; write it in its xn-- form",
	} {
		if u, err := ParseURL(raw); err == nil || err.Error() != want {
			t.Errorf("%q: %v, %v; want %s", raw, u, err, want)
		}
	}
}
