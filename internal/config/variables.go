package config

import "strings"

// reserved are the prefixes of variables that a configuration may not name, with the reason. The rule keeps a pull
// request from sending the tool's own keys to a registry.
var reserved = []struct {
	prefix, why string
	// cloud tells that the official SDK's standard chain reads such variables by itself.
	cloud bool
}{
	{prefix: "GITHUB_", why: "belongs to the GitHub workflow itself"},
	{prefix: "ACTIONS_", why: "belongs to the GitHub workflow itself"},
	{prefix: "RUNNER_", why: "belongs to the GitHub runner"},
	{prefix: "INPUT_", why: "is an input of the GitHub Action"},
	{prefix: "ALIBABA_CLOUD_", why: "holds the cloud account's own credentials", cloud: true},
	{prefix: "HUAWEICLOUD_", why: "holds the cloud account's own credentials", cloud: true},
	{prefix: "HW_", why: "holds the cloud account's own credentials", cloud: true},
	{prefix: "REGENT_", why: "is a setting of regent itself"},
}

// reservedPrefix gives the reserved prefix that a variable's name starts with, in any case, or "".
func reservedPrefix(name string) string {
	for _, r := range reserved {
		if strings.HasPrefix(strings.ToUpper(name), r.prefix) {
			return r.prefix
		}
	}
	return ""
}

// reservedReason says why a configuration may not name a variable, or "" when it may.
func reservedReason(name string, inCredentials bool) string {
	prefix := reservedPrefix(name)
	for _, r := range reserved {
		switch {
		case r.prefix != prefix:
		case r.cloud && inCredentials:
			return name + " is read without being named; leave the credentials block out to use the standard variables"
		default:
			return name + " is refused: a variable that starts with " + prefix + " " + r.why
		}
	}
	return ""
}

// isCloud reports whether the official SDKs read the variable by themselves.
func isCloud(name string) bool {
	prefix := reservedPrefix(name)
	for _, r := range reserved {
		if r.prefix == prefix {
			return r.cloud
		}
	}
	return false
}

// fold makes names of variables comparable: on Windows they differ in more than case only.
func fold(name string) string { return strings.ToUpper(name) }
