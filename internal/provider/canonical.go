package provider

import (
	"net/netip"
	"strings"
)

// Host writes a host name or address in one way: lower case, without brackets and final dot, addresses in their
// shortest form. Vendors return what somebody typed into a console.
func Host(s string) string {
	s = strings.TrimSuffix(strings.ToLower(s), ".")
	if bare, ok := strings.CutPrefix(s, "["); ok {
		s = strings.TrimSuffix(bare, "]")
	}
	return IP(s)
}

// IP writes an address in its shortest form. What is no address stays as it is.
func IP(s string) string {
	if addr, err := netip.ParseAddr(s); err == nil {
		return addr.String()
	}
	return s
}
