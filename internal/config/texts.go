package config

import (
	"iter"
	"slices"

	"regent/internal/config/yamltree"
	"regent/internal/model"
)

// Written is a text of the configuration at its place.
type Written struct {
	At   model.Position
	Text string
	// Destination says that it is part of where a login goes.
	Destination bool
}

// Texts gives every text that reports may show: all that is written out, and the names of variables.
func (c *Config) Texts() iter.Seq[Written] {
	return func(yield func(Written) bool) {
		for _, w := range slices.Concat(c.ofAccounts(), c.ofRegistries(), c.ofTargets()) {
			if w.Text != "" && !yield(w) {
				return
			}
		}
	}
}

func (c *Config) ofAccounts() (out []Written) {
	for _, a := range c.Accounts {
		out = append(out, Written{a.Position, a.Name, false}, Written{a.Key("region"), a.Region, false}, Written{a.Key("projectId"), a.ProjectID, false},
			Written{a.Key("instanceId"), a.InstanceID, false}, Written{a.Key("enterpriseProjectId"), a.EnterpriseProjectID, false})
		if k := a.Credentials; k != nil {
			out = append(out, Written{k.Key("accessKey"), k.AccessKey.Env, false}, Written{k.Key("secretKey"), k.SecretKey.Env, false},
				Written{k.Key("securityToken"), k.SecurityToken.Env, false}, Written{k.Key("authToken"), k.AuthToken.Env, false})
		}
	}
	return out
}

func (c *Config) ofRegistries() (out []Written) {
	for _, r := range c.Registries {
		out = append(out, Written{r.Key("name"), r.Name, false}, Written{r.Key("url"), r.URL.String(), true}, Written{r.Key("url"), r.URL.Host, true}, Written{r.Key("username"), r.Username.Literal, false},
			Written{r.Key("username"), r.Username.Ref.Env, false}, Written{r.Key("password"), r.Password.Env, false})
		for _, s := range r.Scan {
			out = append(out, s.texts()...)
		}
	}
	return out
}

func (c *Config) ofTargets() (out []Written) {
	for _, t := range c.Targets {
		out = append(out, Written{t.Key("name"), t.Name, false}, Written{t.Key("url"), t.URL.String(), true}, Written{t.Key("url"), t.URL.Host, true}, Written{t.Key("description"), t.Description, false},
			Written{t.Key("accessKey"), t.AccessKey.Literal, false}, Written{t.Key("accessKey"), t.AccessKey.Ref.Env, false}, Written{t.Key("accessSecret"), t.AccessSecret.Env, false})
		for _, h := range t.HostEntries() {
			out = append(out, Written{h.At, h.Name, true}, Written{h.At, h.Address, true})
		}
		if i := t.Instance; i != nil {
			out = append(out, Written{i.Key("projectId"), i.ProjectID, true}, Written{i.Key("regionId"), i.RegionID, true}, Written{i.Key("instanceId"), i.InstanceID, true})
		}
	}
	return out
}

// scanDestinations are the keys of a scan entry that are part of where a login goes.
var scanDestinations = []string{"hostIp", "network", "clusterId"}

// texts gives the texts of a scan entry beside the account's name, which the account has as well.
func (s *Scan) texts() (out []Written) {
	for _, k := range s.keys {
		if k.key != "account" && !isFree(k.key) {
			out = texts(out, s.Key(k.key), k.value, slices.Contains(scanDestinations, k.key))
		}
	}
	return out
}

// texts appends the texts of a value. Those of a mapping stand where it does.
func texts(out []Written, at model.Position, n *yamltree.Node, destination bool) []Written {
	if n.IsText() {
		return append(out, Written{at, n.Text, destination})
	}
	for _, e := range n.Entries() {
		out = texts(out, at, e.Value, destination)
	}
	for _, it := range n.Items() {
		for _, e := range it.Value.Entries() {
			inner := model.Position{File: at.File, Line: int(e.ValueAt.Line), Column: int(e.ValueAt.Column)}
			out = texts(out, inner, e.Value, destination)
		}
	}
	return out
}
