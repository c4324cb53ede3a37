package plan

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"regent/internal/model"
)

// canonicalChange is what a change means, without what only helps the reader: no positions, no reasons. It carries
// the place, so that equal changes in two places differ.
type canonicalChange struct {
	Account     string           `json:"account"`
	Place       model.Place      `json:"place"`
	Credentials []string         `json:"credentials"`
	InQuery     bool             `json:"secretsInQuery"`
	Action      Action           `json:"action"`
	Kind        model.Kind       `json:"kind"`
	Name        string           `json:"name"`
	Key         Key              `json:"key"`
	ID          string           `json:"id"`
	Fields      []canonicalField `json:"fields"`
	Secrets     []SecretUse      `json:"secrets"`
	Registry    string           `json:"registry"`
	Variables   []string         `json:"variables"`
}

type canonicalField struct {
	Field   string `json:"field"`
	Before  any    `json:"before"`
	After   any    `json:"after"`
	Env     string `json:"env"`
	Blocked bool   `json:"blocked"`
	Kept    bool   `json:"kept,omitempty"`
}

// canon writes canonical forms of the changes of one plan: compact JSON, keys of maps sorted, no HTML escapes.
type canon struct {
	accounts map[string]*Account
	out      bytes.Buffer
	enc      *json.Encoder
	fields   []canonicalField
}

func newCanon(p *Plan) *canon {
	c := &canon{accounts: make(map[string]*Account, len(p.Accounts)), fields: []canonicalField{}}
	for i := range p.Accounts {
		c.accounts[p.Accounts[i].Name] = &p.Accounts[i]
	}
	c.enc = json.NewEncoder(&c.out)
	c.enc.SetEscapeHTML(false)
	return c
}

// form gives the canonical form of a change; it is good until the next call.
func (c *canon) form(change *Change) []byte {
	out := canonicalChange{
		Account: change.Account, Action: change.Action, Kind: change.Kind, Name: change.Name, Key: change.Key, ID: change.ID,
		Fields: c.fields[:0], Secrets: change.Secrets, Registry: change.Registry, Variables: change.Variables,
	}
	if a := c.accounts[change.Account]; a != nil {
		out.Place, out.Credentials, out.InQuery = a.Place, a.Credentials, a.SecretsInQuery
	}
	for i := range change.Fields {
		f := &change.Fields[i]
		out.Fields = append(out.Fields, canonicalField{f.Field, f.Before, f.After, f.Env, f.Blocked != "", f.Kept})
	}
	c.fields = out.Fields
	return c.encode(&out)
}

// item identifies an item across plans: place and key. Another cloud account in the same place is a difference, and not another
// item.
func (c *canon) item(change *Change) string {
	a := c.accounts[change.Account]
	if a == nil {
		return change.Account + "\x00" + change.Key.String()
	}
	place := a.Place
	place.AccountID = ""
	return string(c.encode(&place)) + change.Account + "\x00" + change.Key.String()
}

// encode writes JSON. The types it is given cannot fail to encode.
func (c *canon) encode(v any) []byte {
	c.out.Reset()
	if err := c.enc.Encode(v); err != nil {
		panic("plan: a value that is not JSON: " + err.Error())
	}
	return c.out.Bytes()
}

// encode writes a single value as canon does.
func encode(v any) []byte { return newCanon(&Plan{}).encode(v) }

// digest hashes the canonical changes in order.
func digest(p *Plan) string {
	h, c := sha256.New(), newCanon(p)
	h.Write(c.encode(FormatVersion))
	for i := range p.Changes {
		h.Write(c.form(&p.Changes[i]))
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil))
}
