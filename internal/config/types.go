// Package config turns YAML files into one checked configuration whose every part still knows its file, line and
// column.
package config

import (
	"iter"
	"maps"
	"slices"

	"regent/internal/config/yamltree"
	"regent/internal/model"
	"regent/internal/secret"
)

// Config is the checked configuration of one run: all files merged.
type Config struct {
	// Accounts, sorted by name.
	Accounts []*Account
	// Registries, sorted by name.
	Registries []*Registry
	// Targets are the replication targets, sorted by account, then name.
	Targets []*Target
	// Warnings are findings that do not stop a run, sorted by position.
	Warnings []*Error

	// top is the place of the first document.
	top model.Position
	// registrations and targets hold the same by account, for configurations of many accounts.
	registrations map[string][]pair
	targets       map[string][]*Target
}

// pair is a registration with its registry.
type pair struct {
	registry *Registry
	scan     *Scan
}

// Account is one place registrations live.
type Account struct {
	Name string
	// Provider is alibaba-sas, huawei-hss or huawei-swr.
	Provider string
	Region   string
	// ProjectID is the Huawei project; empty for Alibaba.
	ProjectID string
	// InstanceID is the SWR Enterprise instance; empty elsewhere.
	InstanceID string
	// EnterpriseProjectID is set for HSS only; "all_granted_eps" unless the file names one.
	EnterpriseProjectID string
	// SecretsInQuery is the explicit way out when Alibaba's gateway refuses secrets in form bodies. Default false.
	SecretsInQuery bool
	// Credentials is nil when the file leaves the account to the official SDK's standard chain.
	Credentials *Credentials
	Where
}

// Credentials are an account's own keys, always by reference.
type Credentials struct {
	AccessKey, SecretKey secret.Ref
	// SecurityToken goes with temporary keys; zero when absent.
	SecurityToken secret.Ref
	// AuthToken is a Huawei X-Auth-Token used instead of keys; zero when absent.
	AuthToken secret.Ref
	Where
}

// Registry is an image registry that exists somewhere, with the scanners that must know it.
type Registry struct {
	Name string
	// Type is harbor, quay or jfrog.
	Type string
	// URL is the address, canonical: lower-case scheme and host, no default port, no trailing slash.
	URL URL
	// APIVersion is V1 or V2 (the default).
	APIVersion string
	Username   Text
	Password   secret.Ref
	Scan       []*Scan
	Where
}

// Scan is one registration: a registry made known to one scanner account.
type Scan struct {
	Account string

	// The fields of Alibaba SAS.

	RegionID   string
	HostIP     string
	Namespaces []Namespace
	Where
}

// Namespace is a Quay namespace with its token.
type Namespace struct {
	Name      string
	AuthToken secret.Ref
	Where
}

// Target is a replication target: a registry made known to one SWR Enterprise instance.
type Target struct {
	Name    string
	Account string
	// Type is swr-pro, swr-pro-internal or huawei-SWR.
	Type string
	URL  URL
	// Insecure is passed through as the API defines it. Default false, true for swr-pro-internal.
	Insecure    bool
	Description string
	AccessKey   Text
	// AccessSecret is the login's secret.
	AccessSecret secret.Ref
	// Hosts maps domain names to IP addresses; empty, never nil.
	Hosts map[string]string
	// HostsAt is where Hosts and its entries stand.
	HostsAt Where
	// Instance is the target instance of type swr-pro-internal, else nil.
	Instance *TargetInstance
	Where
}

// HostEntry is an entry of [Target.Hosts].
type HostEntry struct {
	Name, Address string
	At            model.Position
}

// HostEntries gives the entries of Hosts with their places, sorted by name.
func (t *Target) HostEntries() []HostEntry {
	out := make([]HostEntry, 0, len(t.Hosts))
	for _, name := range slices.Sorted(maps.Keys(t.Hosts)) {
		out = append(out, HostEntry{name, t.Hosts[name], t.HostsAt.Key(name)})
	}
	return out
}

// TargetInstance names an SWR Enterprise instance that receives images.
type TargetInstance struct {
	ProjectID, RegionID, InstanceID string
	Where
}

// Text is a literal or a reference to an environment variable.
type Text struct {
	Literal string
	Ref     secret.Ref
}

// URL is a registry address in its parts, canonical.
type URL struct {
	// Scheme is http or https.
	Scheme string
	// Host is the host name or IP address in lower case; an IPv6 address has no brackets.
	Host string
	// Port is never 0: the scheme's default when the file names none.
	Port int
	// Path is empty or starts with "/"; it has no trailing slash.
	Path string
}

// Registrations gives every registration of an account, with its registry.
func (c *Config) Registrations(account string) iter.Seq2[*Registry, *Scan] {
	return func(yield func(*Registry, *Scan) bool) {
		for _, p := range c.registrations[account] {
			if !yield(p.registry, p.scan) {
				return
			}
		}
	}
}

// NoAccounts gives the finding that no account is declared, so that nothing can be planned; nil when one is.
func (c *Config) NoAccounts() *Error {
	if len(c.Accounts) > 0 {
		return nil
	}
	return &Error{Position: c.top, Message: "no account is declared, so that there is nothing to plan; see accounts in `regent schema`"}
}

// TargetsOf gives every replication target of an account.
func (c *Config) TargetsOf(account string) []*Target { return c.targets[account] }

// index sorts the items by account.
func (c *Config) index() {
	c.registrations, c.targets = map[string][]pair{}, map[string][]*Target{}
	for _, r := range c.Registries {
		for _, s := range r.Scan {
			c.registrations[s.Account] = append(c.registrations[s.Account], pair{r, s})
		}
	}
	for _, t := range c.Targets {
		c.targets[t.Account] = append(c.targets[t.Account], t)
	}
}

// Where is the place of a mapping and of its keys.
type Where struct {
	// Position is where the mapping, or the name that introduces it, starts.
	Position model.Position

	keys []keyPlace
}

// keyPlace is where the value of a key stands, in the file of the mapping.
type keyPlace struct {
	key string
	at  yamltree.Mark
	// value is nil when it was refused.
	value *yamltree.Node
}

// Key gives the position of a key's value, or of the mapping when the key was not written.
func (w Where) Key(name string) model.Position {
	if i := w.find(name); i >= 0 {
		return model.Position{File: w.Position.File, Line: int(w.keys[i].at.Line), Column: int(w.keys[i].at.Column)}
	}
	return w.Position
}

// Written reports whether the mapping has a key.
func (w Where) Written(name string) bool { return w.find(name) >= 0 }

func (w Where) find(name string) int {
	for i := range w.keys {
		if w.keys[i].key == name {
			return i
		}
	}
	return -1
}

// Error is one finding in a configuration file.
type Error struct {
	Position model.Position
	Message  string
	// Cause is what the message words, for callers that have to tell causes apart; may be nil.
	Cause error
	// Several is how warnings of this kind are said as one.
	Several model.Several
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Cause }

// Error gives FILE:LINE:COL: message.
func (e *Error) Error() string {
	if p := e.Position.String(); p != "" {
		return p + ": " + e.Message
	}
	return e.Message
}
