package cloud

import (
	"fmt"
	"net"
	"net/url"
	"strings"
)

// Endpoint checks the value of an endpoint variable and gives it without a trailing slash. Clear-text http is
// accepted for loopback only; a value without a scheme is https.
func Endpoint(variable, value string) (string, error) {
	if !strings.Contains(value, "://") {
		value = "https://" + value
	}
	u, err := url.Parse(value)
	if err != nil {
		return "", fmt.Errorf("%s: not a URL: write https://host[:port]", variable)
	}
	switch {
	case u.Host == "" || u.Hostname() == "":
		return "", fmt.Errorf("%s: no host: write https://host[:port]", variable)
	case u.User != nil || u.RawQuery != "" || u.Fragment != "" || strings.Trim(u.Path, "/") != "":
		return "", fmt.Errorf("%s: only a scheme, a host and a port are allowed: write https://host[:port]", variable)
	case u.Scheme == "https", u.Scheme == "http" && Loopback(u.Hostname()):
		return u.Scheme + "://" + u.Host, nil
	case u.Scheme == "http":
		return "", fmt.Errorf("%s: clear-text http is accepted for loopback only; use https", variable)
	default:
		return "", fmt.Errorf("%s: the scheme %q is neither https nor http", variable, u.Scheme)
	}
}

// Loopback reports whether a host name or address is this machine's own.
func Loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
