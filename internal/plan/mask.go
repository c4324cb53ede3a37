package plan

import "regent/internal/model"

// Mask passes everything that a server told through mask, and makes the digest anew. The comparison has seen the true
// values; what is shown, saved and approved must not hold a secret that a server keeps in a description or a name.
func (p *Plan) Mask(mask func(string) string) {
	moved := false
	for i := range p.Accounts {
		a := &p.Accounts[i]
		a.Error = mask(a.Error)
		for j := range a.Unmanaged {
			u := &a.Unmanaged[j]
			u.ID, u.Name, u.Summary = mask(u.ID), mask(u.Name), mask(u.Summary)
		}
	}
	for i := range p.Changes {
		c := &p.Changes[i]
		id := mask(c.ID)
		moved, c.ID = moved || id != c.ID, id
		for j := range c.Fields {
			before := maskValue(c.Fields[j].Before, mask)
			moved, c.Fields[j].Before = moved || !model.Equal(before, c.Fields[j].Before), before
		}
	}
	for i := range p.Problems {
		p.Problems[i].Message = mask(p.Problems[i].Message)
	}
	for i := range p.Notes {
		n := &p.Notes[i]
		n.Message, n.Several.Name = mask(n.Message), mask(n.Several.Name)
	}
	if moved {
		p.Digest = digest(p)
	}
}

func maskValue(v any, mask func(string) string) any {
	switch v := v.(type) {
	case string:
		return mask(v)
	case map[string]string:
		out := make(map[string]string, len(v))
		for name, value := range v {
			out[mask(name)] = mask(value)
		}
		return out
	}
	return v
}
