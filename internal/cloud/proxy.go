package cloud

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
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

// CheckProxies refuses addresses of proxies that cannot be read. Go passes over them without a word, and requests would go past
// the proxy. ALL_PROXY, which Go does not read at all, is held to the same. No error shows an address: it may hold a password.
func CheckProxies(lookup secret.Lookup) error {
	var errs []error
	for _, name := range append([]string{"ALL_PROXY", "all_proxy"}, proxyVariables...) {
		if address, _ := lookup(name); address != "" && !proxyAddress(address) {
			errs = append(errs, fmt.Errorf("%s: not the address of a proxy: write http://[LOGIN:PASSWORD@]HOST:PORT, with %%XX for special "+
				"characters of the login, or unset the variable; requests would go past the proxy", name))
		}
	}
	return errors.Join(errs...)
}

func proxyAddress(address string) bool {
	if !strings.Contains(address, "://") {
		address = "http://" + address
	}
	u, err := url.Parse(address)
	return err == nil && u.Hostname() != "" && slices.Contains([]string{"http", "https", "socks5", "socks5h"}, u.Scheme)
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
