package plan_test

import (
	"strconv"
	"strings"
	"testing"

	"regent/internal/model"
	"regent/internal/plan"
	"regent/internal/secret"
)

// table has a field of every kind: keys, mutable and immutable ones, secrets sent with every
// write, and with an add only.
func table() []model.Field {
	return []model.Field{
		{Name: "type", Type: model.String, Key: true},
		{Name: "host", Type: model.String, Key: true},
		{Name: "scheme", Type: model.String, Immutable: "the API cannot change the protocol"},
		{Name: "username", Type: model.String},
		{Name: "perHour", Type: model.Integer},
		{Name: "insecure", Type: model.Boolean},
		{Name: "hosts", Type: model.StringMap},
		{Name: "password", Type: model.String, Secret: true, Unobservable: "masked"},
		{Name: "token", Type: model.String, Secret: true, Unobservable: "masked"},
		{Name: "namespaces", Type: model.String, Secret: true, Unobservable: "not returned", Immutable: "the API cannot change them"},
	}
}

func key(host string, port int64) model.Key {
	return model.Key{Parts: []model.KeyPart{{Name: "type", Value: "harbor"}, {Name: "host", Value: host}}, Port: port}
}

func at(line int) model.Position {
	return model.Position{File: "registries.yaml", Line: line, Column: 5}
}

// want is a desired item of the table's provider.
func want(name string, port int64, line int) model.Item {
	return model.Item{
		Kind: model.Registration, Name: name, Key: key(name, port), Position: at(line),
		Values: map[string]model.Value{
			"type": "harbor", "host": name, "scheme": "https", "username": "robot", "perHour": int64(10), "insecure": false,
			"hosts": map[string]string{"b.example.com": "192.0.2.2", "a.example.com": "192.0.2.1"},
		},
		Secrets: map[string]secret.Ref{"password": {Env: "PASSWORD"}},
		At:      map[string]model.Position{"username": at(line + 1)},
	}
}

// have is the live item that equals want.
func have(name string, port int64, id int) model.Item {
	it := want(name, port, 0)
	return model.Item{
		Kind: it.Kind, Name: it.Name, Key: it.Key, ID: strconv.Itoa(id), Values: it.Values, Summary: "harbor " + name,
	}
}

// but gives an item with one other value; nil takes the value away.
func but(it model.Item, field string, v model.Value) model.Item {
	values := map[string]model.Value{}
	for name, value := range it.Values {
		values[name] = value
	}
	values[field] = v
	if v == nil {
		delete(values, field)
	}
	it.Values = values
	return it
}

func input(desired, live []model.Item) plan.Input {
	return plan.Input{
		Name: "scanner", Place: model.Place{Provider: "alibaba-sas", Region: "cn-hangzhou", DataCenter: "tds.example.com"},
		Position: at(1), Fields: table(), Desired: desired, Live: live,
	}
}

func allSet(string) bool { return false }

func planOf(desired, live []model.Item) *plan.Plan {
	return plan.New([]plan.Input{input(desired, live)}, allSet)
}

func items(list ...model.Item) []model.Item { return list }

// outline gives a plan in a few words: action, name, ID and fields.
func outline(p *plan.Plan) string {
	var lines []string
	for _, c := range p.Changes {
		line := string(c.Action) + " " + c.Name
		if c.ID != "" {
			line += " #" + c.ID
		}
		for _, f := range c.Fields {
			line += " " + f.Field
			if f.Blocked != "" {
				line += "!"
			}
		}
		for _, s := range c.Secrets {
			line += " <" + s.Field
		}
		lines = append(lines, line)
	}
	for _, pr := range p.Problems {
		lines = append(lines, "problem "+pr.Name)
	}
	for _, a := range p.Accounts {
		for _, u := range a.Unmanaged {
			lines = append(lines, "unmanaged "+u.Name+" #"+u.ID)
		}
		if a.Unchanged > 0 {
			lines = append(lines, strconv.Itoa(a.Unchanged)+" unchanged")
		}
	}
	return strings.Join(lines, "; ")
}

func expect(t *testing.T, p *plan.Plan, want string) {
	t.Helper()
	if got := outline(p); got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
}
