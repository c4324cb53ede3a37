package config

import (
	"errors"
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"regent/internal/config/yamltree"
	"regent/internal/printable"
)

// hostName is a DNS name; underscores are accepted, since registries inside a company are found under such names.
var hostName = regexp.MustCompile(`^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$`)

// numeric is a name that every resolver reads as an IPv4 address: its last label is a number.
var numeric = regexp.MustCompile(`(^|\.)([0-9]+|0x[0-9a-f]*)$`)

// maxHost is how many characters a DNS name may have.
const maxHost = 253

// ParseURL reads a registry address and makes it canonical, so that two spellings of one address never differ.
// Its errors never repeat any part of the address, which may hold a password the user should not have written there.
func ParseURL(raw string) (URL, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return URL{}, unreadable(raw)
	}
	out := URL{Scheme: strings.ToLower(u.Scheme), Host: strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")}
	switch out.Scheme {
	case "https":
		out.Port = 443
	case "http":
		out.Port = 80
	default:
		return URL{}, errors.New("the address must start with https:// or http://")
	}
	switch {
	case u.User != nil:
		return URL{}, errUserInfo
	case out.Host == "":
		return URL{}, errors.New("the address has no host; write it like https://harbor.example.com")
	case u.RawQuery != "" || u.Fragment != "" || u.ForceQuery || strings.Contains(raw, "#"):
		return URL{}, errors.New("the address must not have a query (?) or fragment (#)")
	}
	if err := checkHost(out.Host); err != nil {
		return URL{}, err
	}
	if addr, err := netip.ParseAddr(out.Host); err == nil {
		out.Host = addr.String() // IPv6 has many spellings
	}
	if p := u.Port(); p != "" {
		n, err := strconv.Atoi(p)
		if err != nil || n < 1 || n > 65535 {
			return URL{}, errors.New("the port is not between 1 and 65535")
		}
		out.Port = n
	}
	out.Path = strings.TrimRight(u.EscapedPath(), "/")
	return out, nil
}

var errUserInfo = errors.New("the address must not hold a user or password; they have keys of their own")

// unreadable explains an address that net/url refuses, whose own message would repeat parts of it.
func unreadable(raw string) error {
	if strings.Contains(raw, "@") {
		return errUserInfo
	}
	return errors.New("the address cannot be read; write it like https://harbor.example.com:8443")
}

var errNoHost = errors.New("the host is neither a DNS name nor an IP address")

// checkHost refuses what is neither a DNS name nor an IP address.
func checkHost(host string) error {
	if addr, err := netip.ParseAddr(host); err == nil {
		if addr.Zone() != "" {
			return errors.New("the address must not have an IPv6 zone (%)")
		}
		return nil
	}
	_, unseen := printable.Unseen(host)
	switch {
	case unseen != "":
		return errors.New("the host name holds " + unseen + "; " + yamltree.Retype)
	case len(host) > maxHost:
		return errors.New("the host name has more than 253 characters")
	case strings.ContainsFunc(host, func(r rune) bool { return r > 127 }):
		return errors.New("the host name has letters outside ASCII; write it in its xn-- form")
	case !hostName.MatchString(host):
		return errNoHost
	case numeric.MatchString(host):
		return errors.New("the host is not an IPv4 address, and no DNS name ends in a number")
	}
	return nil
}

// IsHostName reports whether text is a DNS name in lower case.
func IsHostName(text string) bool {
	_, err := netip.ParseAddr(text)
	return err != nil && checkHost(text) == nil
}

// checkHostName refuses a key of hosts as [checkHost] refuses the host of an address.
func checkHostName(name string) error {
	err := checkHost(strings.TrimSuffix(strings.ToLower(name), "."))
	switch {
	case strings.ContainsAny(name, ":/@"):
		return errors.New("a host name stands here without protocol, port and path, as in harbor.example.com")
	case errors.Is(err, errNoHost):
		return errors.New("this is not a host name, as in harbor.example.com")
	}
	return err
}

// DefaultPort reports whether the port is the scheme's own.
func (u URL) DefaultPort() bool {
	return u.Scheme == "https" && u.Port == 443 || u.Scheme == "http" && u.Port == 80
}

// Address gives host, or host:port when the port is not the scheme's default.
func (u URL) Address() string {
	if u.DefaultPort() {
		if strings.Contains(u.Host, ":") {
			return "[" + u.Host + "]"
		}
		return u.Host
	}
	return net.JoinHostPort(u.Host, strconv.Itoa(u.Port))
}

// String gives the canonical URL.
func (u URL) String() string {
	if u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Address() + u.Path
}
