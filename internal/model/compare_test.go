package model_test

import (
	"testing"

	"regent/internal/model"
	"regent/internal/secret"
)

func TestEqual(t *testing.T) {
	t.Parallel()
	env := model.FromEnv{Ref: secret.Ref{Env: "LOGIN"}, Value: secret.New("robot"), Set: true}
	hosts := map[string]string{"harbor.example.com": "192.0.2.1"}
	for _, c := range []struct {
		name       string
		want, have model.Value
		equal      bool
	}{
		{"texts", "a", "a", true},
		{"other texts", "a", "b", false},
		{"numbers", int64(443), int64(443), true},
		{"other numbers", int64(443), int64(80), false},
		{"a number and a text", int64(443), "443", false},
		{"truths", true, true, true},
		{"other truths", true, false, false},
		{"tables", hosts, map[string]string{"harbor.example.com": "192.0.2.1"}, true},
		{"a table with another address", hosts, map[string]string{"harbor.example.com": "192.0.2.2"}, false},
		{"a table with another name", hosts, map[string]string{"other.example.com": "192.0.2.1"}, false},
		{"a table with less", hosts, map[string]string{}, false},
		{"a table and a text", hosts, "harbor.example.com", false},
		{"no value", nil, nil, true},
		{"no value and a text", nil, "", false},
		{"a variable", env, "robot", true},
		{"a variable with another value", env, "other", false},
		{"a variable and a number", env, int64(7), false},
		{"a variable that is not set", model.FromEnv{Ref: env.Ref}, "", false},
	} {
		if got := model.Equal(c.want, c.have); got != c.equal {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestInvariant06Differing(t *testing.T) {
	t.Parallel()
	table := []model.Field{
		{Name: "name", Key: true}, {Name: "url"}, {Name: "type", Immutable: "no call changes it"}, {Name: "username"},
		{Name: "password", Unobservable: "masked"}, {Name: "port"}, {Name: "hosts"},
	}
	desired := &model.Item{Values: map[string]model.Value{
		"name": "a", "url": "https://a", "type": "harbor", "username": model.FromEnv{}, "password": "x", "port": int64(1),
	}}
	live := &model.Item{Values: map[string]model.Value{
		"name": "b", "url": "https://b", "type": "quay", "username": "robot", "password": "y", "hosts": map[string]string{},
	}}
	var names []string
	for _, f := range model.Differing(table, desired, live) {
		names = append(names, f.Name)
	}
	if len(names) != 2 || names[0] != "url" || names[1] != "type" {
		t.Errorf("%v differ", names)
	}
}
