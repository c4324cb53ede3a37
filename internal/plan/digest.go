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
	Action      Action           `json:"action"`
	Kind        model.Kind       `json:"kind"`
	Name        string           `json:"name"`
	Key         Key              `json:"key"`
	ID          string           `json:"id"`
	Fields      []canonicalField `json:"fields"`
	Secrets     []SecretUse      `json:"secrets"`
}

type canonicalField struct {
	Field   string `json:"field"`
	Before  any    `json:"before"`
	After   any    `json:"after"`
	Env     string `json:"env"`
	Blocked bool   `json:"blocked"`
}

// canonical gives the canonical form of a change: compact JSON, keys of maps sorted, no HTML escapes.
func (p *Plan) canonical(c *Change) []byte {
	out := canonicalChange{
		Account: c.Account, Action: c.Action, Kind: c.Kind, Name: c.Name, Key: c.Key, ID: c.ID,
		Fields: []canonicalField{}, Secrets: c.Secrets,
	}
	if a := p.Account(c.Account); a != nil {
		out.Place, out.Credentials = a.Place, a.Credentials
	}
	for _, f := range c.Fields {
		out.Fields = append(out.Fields, canonicalField{f.Field, f.Before, f.After, f.Env, f.Blocked != ""})
	}
	return encode(out)
}

// encode writes JSON. The types it is given cannot fail to encode.
func encode(v any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic("plan: a value that is not JSON: " + err.Error())
	}
	return b.Bytes()
}

// digest hashes the canonical changes in order.
func digest(p *Plan) string {
	h := sha256.New()
	h.Write(encode(FormatVersion))
	for i := range p.Changes {
		h.Write(p.canonical(&p.Changes[i]))
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil))
}
