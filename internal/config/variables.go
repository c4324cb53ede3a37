package config

import (
	"regexp"
	"slices"
	"strings"
)

// reservation keeps variables from being named.
type reservation struct {
	// name is that of a variable, or with _ at its end what the names of several start with; why continues a sentence
	// about them.
	name, why string
	// cloud tells that the official SDK's standard chain reads such variables by itself.
	cloud bool
}

// reserved are the variables that a configuration may not name, with the reason. The rule keeps a pull request from
// sending the tool's own keys to a registry.
var reserved = []reservation{
	{name: "GITHUB_", why: "belongs to the GitHub workflow itself"},
	{name: "ACTIONS_", why: "belongs to the GitHub workflow itself"},
	{name: "RUNNER_", why: "belongs to the GitHub runner"},
	{name: "INPUT_", why: "is an input of the GitHub Action"},
	{name: "ALIBABA_CLOUD_", why: "holds the cloud account's own credentials", cloud: true},
	{name: "HUAWEICLOUD_", why: "holds the cloud account's own credentials", cloud: true},
	{name: "HW_", why: "holds the cloud account's own credentials", cloud: true},
	{name: "HC_CONTAINER_", why: "leads to the cloud account's own credentials", cloud: true},
	{name: "REGENT_", why: "is a setting of regent itself"},
	{name: "GH_TOKEN", why: "holds a token of GitHub"},
	{name: "GH_ENTERPRISE_TOKEN", why: "holds a token of GitHub"},
	{name: "HTTP_PROXY", why: "may hold the login of a proxy"},
	{name: "HTTPS_PROXY", why: "may hold the login of a proxy"},
	{name: "ALL_PROXY", why: "may hold the login of a proxy"},
}

// many reports whether the reservation is for all names that start with its own.
func (r reservation) many() bool { return strings.HasSuffix(r.name, "_") }

// reservedBy gives the reservation of a variable, in whatever case it is written, or none.
func reservedBy(variable string) (r reservation, found bool) {
	upper := fold(variable)
	i := slices.IndexFunc(reserved, func(r reservation) bool {
		return upper == r.name || r.many() && strings.HasPrefix(upper, r.name)
	})
	if i < 0 {
		return reservation{}, false
	}
	return reserved[i], true
}

// reservedReason says why a configuration may not name a variable, or "" when it may.
func reservedReason(name string, inCredentials bool) string {
	r, found := reservedBy(name)
	switch {
	case !found:
		return ""
	case r.cloud && inCredentials:
		return name + " is read without being named; leave the credentials block out to use the standard variables"
	case r.many():
		return name + " is refused: a variable that starts with " + r.name + " " + r.why
	}
	return name + " is refused: it " + r.why
}

// ownSecrets ends the names of those reserved variables that hold a secret, and not a setting or the path of a file.
var ownSecrets = regexp.MustCompile(`(TOKEN|SECRET|SECRET_KEY|SIGNING-KEY|PASSWORD|_SK)$`)

// IsOwnSecret reports whether a variable is one of those that a configuration may not name and that hold a secret: the
// tool's own, the workflow's, the clouds'.
func IsOwnSecret(name string) bool {
	_, found := reservedBy(name)
	return found && ownSecrets.MatchString(fold(name))
}

// isCloud reports whether the official SDKs read the variable by themselves.
func isCloud(name string) bool {
	r, _ := reservedBy(name)
	return r.cloud
}

// fold makes names of variables comparable: on Windows they differ in more than case only.
func fold(name string) string { return strings.ToUpper(name) }
