package config

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
)

// ParseURL reads a registry address and makes it canonical, so that two spellings of one address never differ.
func ParseURL(raw string) (URL, error) {
	u, err := url.Parse(raw)
	if err != nil {
		// url.Error repeats the text, which may hold a password the user should not have written there.
		if ue, ok := errors.AsType[*url.Error](err); ok {
			err = ue.Err
		}
		return URL{}, fmt.Errorf("not a URL: %w", err)
	}
	out := URL{Scheme: strings.ToLower(u.Scheme), Host: strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")}
	switch out.Scheme {
	case "https":
		out.Port = 443
	case "http":
		out.Port = 80
	default:
		return URL{}, errors.New("the URL must start with https:// or http://")
	}
	switch {
	case out.Host == "":
		return URL{}, errors.New("the URL has no host")
	case u.User != nil:
		return URL{}, errors.New("the URL must not contain a user or password; use username and password")
	case u.RawQuery != "" || u.Fragment != "" || u.ForceQuery:
		return URL{}, errors.New("the URL must not have a query or fragment")
	}
	if p := u.Port(); p != "" {
		n, err := strconv.Atoi(p)
		if err != nil || n < 1 || n > 65535 {
			return URL{}, fmt.Errorf("port %s is not between 1 and 65535", p)
		}
		out.Port = n
	}
	out.Path = strings.TrimRight(u.EscapedPath(), "/")
	return out, nil
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
