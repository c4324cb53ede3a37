package cloud

import (
	"net/url"
	"strings"

	"regent/internal/secret"
)

// proxyVariables are those that [http.ProxyFromEnvironment] reads.
var proxyVariables = []string{"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"}

// LearnProxies tells a masker of the passwords in the addresses of proxies: a proxy words its refusals itself, and may say
// in them what it was sent.
func LearnProxies(lookup secret.Lookup, masker *secret.Masker) {
	for _, name := range proxyVariables {
		if address, ok := (secret.Ref{Env: name}).Resolve(lookup); ok {
			for _, password := range proxyPasswords(address) {
				masker.Add(password)
			}
		}
	}
}

// proxyPasswords gives the password of a proxy's address, or a login without one, as it is written and as it is sent.
func proxyPasswords(address secret.Value) []secret.Value {
	_, rest, found := strings.Cut(address.Reveal(), "://")
	if !found {
		rest = address.Reveal()
	}
	end := strings.LastIndex(rest, "@")
	if end < 0 {
		return nil
	}
	login, password, found := strings.Cut(rest[:end], ":")
	if !found {
		password = login
	}
	passwords := []secret.Value{secret.New(password)}
	if sent, err := url.PathUnescape(password); err == nil {
		passwords = append(passwords, secret.New(sent))
	}
	return passwords
}
