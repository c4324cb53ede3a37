// Package allow holds what a workflow or a command line allows a configuration to name: the hosts that logins may go to,
// and the variables that may go there. The lists never come from the configuration itself, which a pull request can change.
package allow

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"regent/internal/config"
	"regent/internal/finding"
	"regent/internal/model"
	"regent/internal/secret"
)

// The names of the two lists: flags of the command line, inputs of the Action.
const (
	Hosts     = "allowed-hosts"
	Variables = "allowed-variables"
)

// List is what is allowed. The zero List allows everything.
type List struct {
	hosts     hosts
	variables []variable
}

// hosts allows every host when it is nil.
type hosts []host

// host is one entry: an exact name, the end of a name with its dot, or a range of addresses.
type host struct {
	name, end string
	addresses netip.Prefix
}

// variable is one entry: a name, or what a name starts with, and where it may go.
type variable struct {
	name  string
	start bool
	hosts hosts
}

// Parse reads the two lists, whose entries stand between commas or on lines of their own; an empty list allows everything.
// A host is a name, a name under *. or an address or range of addresses. A variable is a name, or the start of one before
// a *, and may be followed by = and the only hosts it may go to, between bars. Each error names the list and the entry.
func Parse(hosts, variables string) (List, error) {
	var l List
	var errs []error
	for _, entry := range entries(hosts) {
		h, err := parseHost(entry)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", Hosts, err))
		}
		l.hosts = append(l.hosts, h)
	}
	for _, entry := range entries(variables) {
		v, err := parseVariable(entry)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", Variables, err))
		}
		l.variables = append(l.variables, v)
	}
	return l, finding.Join(errs...)
}

func entries(list string) []string {
	out := strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == '\n' })
	for i := range out {
		out[i] = strings.TrimSpace(out[i])
	}
	return slices.DeleteFunc(out, func(s string) bool { return s == "" })
}

func parseHost(entry string) (host, error) {
	if p, err := netip.ParsePrefix(entry); err == nil {
		return host{addresses: p.Masked()}, nil
	}
	if a, err := netip.ParseAddr(strings.Trim(entry, "[]")); err == nil {
		a = a.Unmap()
		return host{addresses: netip.PrefixFrom(a, a.BitLen())}, nil
	}
	name, under := strings.CutPrefix(plainHost(entry), "*.")
	if !config.IsHostName(name) {
		return host{}, fmt.Errorf("%q is neither a host such as harbor.example.com or *.example.com, nor an address such as 192.0.2.10 or 192.0.2.0/24; "+
			"a host has no protocol, port or path here", entry)
	}
	if under {
		return host{end: "." + name}, nil
	}
	return host{name: name}, nil
}

var variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

func parseVariable(entry string) (v variable, err error) {
	name, places, limited := strings.Cut(entry, "=")
	v.name, v.start = strings.CutSuffix(strings.TrimSpace(name), "*")
	if !variableName.MatchString(v.name) {
		return v, fmt.Errorf("%q is neither the name of a variable such as HARBOR_PROD_PASSWORD, nor the start of one such as HARBOR_*", entry)
	}
	if !limited {
		return v, nil
	}
	for place := range strings.SplitSeq(places, "|") {
		h, wrong := parseHost(strings.TrimSpace(place))
		if wrong != nil {
			return v, fmt.Errorf("%q: %w", entry, wrong)
		}
		v.hosts = append(v.hosts, h)
	}
	return v, nil
}

// plainHost writes a host in one way.
func plainHost(s string) string { return strings.TrimSuffix(strings.ToLower(s), ".") }

// allows reports whether a name or address is in the list.
func (list hosts) allows(s string) bool {
	s = plainHost(s)
	a, err := netip.ParseAddr(s)
	isAddress := err == nil
	return list == nil || slices.ContainsFunc(list, func(h host) bool {
		switch {
		case isAddress:
			return h.addresses.IsValid() && h.addresses.Contains(a.Unmap())
		case h.end != "":
			return strings.HasSuffix(s, h.end)
		default:
			return h.name != "" && s == h.name
		}
	})
}

// Check gives an error at its line for everything in the configuration that is outside of the lists.
func (l List) Check(c *config.Config) error {
	k := &check{list: l, said: map[config.Error]bool{}}
	for _, r := range c.Registries {
		k.host(r.Key("url"), "the host", r.URL.Host)
		k.variable(r.Key("username"), r.Username.Ref, r.URL.Host)
		k.variable(r.Key("password"), r.Password, r.URL.Host)
		for _, s := range r.Scan {
			k.host(s.Key("hostIp"), "hostIp", s.HostIP)
			for _, n := range s.Namespaces {
				k.variable(n.Key("authToken"), n.AuthToken, r.URL.Host)
			}
		}
	}
	for _, t := range c.Targets {
		k.host(t.Key("url"), "the host", t.URL.Host)
		k.variable(t.Key("accessKey"), t.AccessKey.Ref, t.URL.Host)
		k.variable(t.Key("accessSecret"), t.AccessSecret, t.URL.Host)
		for _, h := range t.HostEntries() {
			k.host(h.At, "the host", h.Name)
			k.host(h.At, "the address", h.Address)
		}
	}
	return finding.Join(k.errs...)
}

type check struct {
	list List
	errs []error
	// said keeps what an anchor repeats from being said twice.
	said map[config.Error]bool
}

func (k *check) add(at model.Position, message string) {
	e := config.Error{Position: at, Message: message}
	if !k.said[e] {
		k.said[e] = true
		k.errs = append(k.errs, &e)
	}
}

// host checks a place that a login goes to; empty is none.
func (k *check) host(at model.Position, what, name string) {
	if name != "" && !k.list.hosts.allows(name) {
		k.add(at, fmt.Sprintf("%s %s is not in %s, so no login may go there; take a host that is, or have it added to the list", what, name, Hosts))
	}
}

// variable checks a variable and the host that its value goes to. Of several entries that fit, those with the longest name
// decide.
func (k *check) variable(at model.Position, ref secret.Ref, to string) {
	if ref.IsZero() || len(k.list.variables) == 0 {
		return
	}
	longest, allowed := -1, false
	for _, v := range k.list.variables {
		if ref.Env != v.name && !(v.start && strings.HasPrefix(ref.Env, v.name)) {
			continue
		}
		weight := 2 * len(v.name)
		if !v.start {
			weight++
		}
		switch {
		case weight > longest:
			longest, allowed = weight, v.hosts.allows(to)
		case weight == longest:
			allowed = allowed || v.hosts.allows(to)
		}
	}
	switch {
	case longest < 0:
		k.add(at, fmt.Sprintf("the variable %s is not in %s, so its value may go to no registry; take a variable that is, or have it added to the list",
			ref.Env, Variables))
	case !allowed:
		k.add(at, fmt.Sprintf("%s does not let the variable %s go to %s; take another variable, or have the host added to its entry",
			Variables, ref.Env, to))
	}
}
