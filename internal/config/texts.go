package config

import (
	"iter"

	"regent/internal/config/yamltree"
	"regent/internal/model"
)

// Written is a text of the configuration at its place.
type Written struct {
	At   model.Position
	Text string
	// Path is that of its key as the field tables have it, such as registries[].scan[].hostIp.
	Path string
}

// Texts gives every text that reports may show: all that is written out, and the names of variables.
func (c *Config) Texts() iter.Seq[Written] {
	return func(yield func(Written) bool) {
		var all written
		for _, a := range c.Accounts {
			all.account(a)
		}
		for _, r := range c.Registries {
			all.registry(r)
		}
		for _, t := range c.Targets {
			all.target(t)
		}
		for _, w := range all {
			if w.Text != "" && !yield(w) {
				return
			}
		}
	}
}

type written []Written

// add adds what a key of a mapping says.
func (out *written) add(in *Where, under, key string, texts ...string) {
	for _, text := range texts {
		*out = append(*out, Written{in.Key(key), text, under + key})
	}
}

func (out *written) account(a *Account) {
	const under = "accounts[]."
	*out = append(*out, Written{a.Position, a.Name, "accounts"})
	out.add(&a.Where, under, "region", a.Region)
	out.add(&a.Where, under, "projectId", a.ProjectID)
	out.add(&a.Where, under, "instanceId", a.InstanceID)
	out.add(&a.Where, under, "enterpriseProjectId", a.EnterpriseProjectID)
	if k := a.Credentials; k != nil {
		const under = under + "credentials."
		out.add(&k.Where, under, "accessKey", k.AccessKey.Env)
		out.add(&k.Where, under, "secretKey", k.SecretKey.Env)
		out.add(&k.Where, under, "securityToken", k.SecurityToken.Env)
		out.add(&k.Where, under, "authToken", k.AuthToken.Env)
	}
}

func (out *written) registry(r *Registry) {
	const under = "registries[]."
	out.add(&r.Where, under, "name", r.Name)
	out.add(&r.Where, under, "url", r.URL.String(), r.URL.Host)
	out.add(&r.Where, under, "username", r.Username.Literal, r.Username.Ref.Env)
	out.add(&r.Where, under, "password", r.Password.Env)
	for _, s := range r.Scan {
		for _, k := range s.keys { // but the account's name, which the account has as well
			if k.key != "account" && !isFree(k.key) {
				*out = texts(*out, s.Key(k.key), k.value, under+"scan[]."+k.key)
			}
		}
	}
}

func (out *written) target(t *Target) {
	const under = "replicationTargets[]."
	out.add(&t.Where, under, "name", t.Name)
	out.add(&t.Where, under, "url", t.URL.String(), t.URL.Host)
	out.add(&t.Where, under, "description", t.Description)
	out.add(&t.Where, under, "accessKey", t.AccessKey.Literal, t.AccessKey.Ref.Env)
	out.add(&t.Where, under, "accessSecret", t.AccessSecret.Env)
	for _, h := range t.HostEntries() {
		*out = append(*out, Written{h.At, h.Name, under + "hosts"}, Written{h.At, h.Address, under + "hosts"})
	}
	if i := t.Instance; i != nil {
		const under = under + "target."
		out.add(&i.Where, under, "projectId", i.ProjectID)
		out.add(&i.Where, under, "regionId", i.RegionID)
		out.add(&i.Where, under, "instanceId", i.InstanceID)
	}
}

// texts appends the texts of a value. Those of a mapping stand where it does.
func texts(out []Written, at model.Position, n *yamltree.Node, path string) []Written {
	if n.IsText() {
		return append(out, Written{at, n.Text, path})
	}
	for _, e := range n.Entries() {
		out = texts(out, at, e.Value, path)
	}
	for _, it := range n.Items() {
		for _, e := range it.Value.Entries() {
			inner := model.Position{File: at.File, Line: int(e.ValueAt.Line), Column: int(e.ValueAt.Column)}
			out = texts(out, inner, e.Value, path)
		}
	}
	return out
}
