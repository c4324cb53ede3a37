package plan_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"regent/internal/model"
	"regent/internal/plan"
	"regent/internal/secret"
)

// sample is one plan with every kind of change and value. Its digest stands in reviewed plans outside: what changes it
// needs another FormatVersion.
func sample() []plan.Input {
	changed := but(but(have("b.example.com", 443, 2), "username", "old & <worn>"), "hosts", map[string]string{})
	in := input(
		items(want("a.example.com", 8443, 10), want("b.example.com", 443, 20), want("c.example.com", 443, 30),
			but(want("d.example.com", 443, 40), "username", model.FromEnv{Ref: secret.Ref{Env: "ROBOT"}, Value: secret.New("hunter2"), Set: true})),
		items(changed, but(have("c.example.com", 443, 3), "scheme", "http"), have("d.example.com", 443, 4), have("e.example.com", 443, 5)),
	)
	in.Credentials = []string{"AK", "SK"}
	return []plan.Input{in}
}

const sampleDigest = "sha256:33466b6614cb3bf3909438620d2e9ff8d099b38a85293ba1f0914254e4e179bc"

func TestDigestOfOnePlan(t *testing.T) {
	t.Parallel()
	if got := plan.New(sample(), allSet).Digest; got != sampleDigest {
		t.Errorf("the digest is %s, want %s: the canonical form has changed", got, sampleDigest)
	}
}

// TestInvariant03DigestIsBoundToMeaning changes one thing after the other.
func TestInvariant03DigestIsBoundToMeaning(t *testing.T) {
	t.Parallel()
	base := plan.New(sample(), allSet).Digest
	for _, c := range []struct {
		name   string
		change func(in *plan.Input)
		moves  bool
	}{
		{"provider", func(in *plan.Input) { in.Place.Provider = "huawei-hss" }, true},
		{"region", func(in *plan.Input) { in.Place.Region = "cn-shanghai" }, true},
		{"data center", func(in *plan.Input) { in.Place.DataCenter = "other" }, true},
		{"project", func(in *plan.Input) { in.Place.ProjectID = "p" }, true},
		{"enterprise project", func(in *plan.Input) { in.Place.EnterpriseProjectID = "0" }, true},
		{"instance", func(in *plan.Input) { in.Place.InstanceID = "i" }, true},
		{"account", func(in *plan.Input) { in.Name = "other" }, true},
		{"credentials", func(in *plan.Input) { in.Credentials = []string{"AK", "OTHER_SK"} }, true},
		{"swapped access key and secret key", func(in *plan.Input) { in.Credentials = []string{"SK", "AK"} }, true},
		{"secrets in the query", func(in *plan.Input) { in.SecretsInQuery = true }, true},
		{"registry that the login goes to", func(in *plan.Input) { in.Desired[1].Registry = "https://elsewhere.example.com" }, true},
		{"key", func(in *plan.Input) { in.Desired[0].Key.Port = 8444 }, true},
		{"name", func(in *plan.Input) { in.Desired[0].Name = "other" }, true},
		{"kind", func(in *plan.Input) { in.Desired[0].Kind = model.ReplicationTarget }, true},
		{"desired value", func(in *plan.Input) { in.Desired[0] = but(in.Desired[0], "perHour", int64(11)) }, true},
		{"type of a value", func(in *plan.Input) { in.Desired[0] = but(in.Desired[0], "perHour", "10") }, true},
		{"live value", func(in *plan.Input) { in.Live[0] = but(in.Live[0], "username", "older") }, true},
		{"live ID", func(in *plan.Input) { in.Live[0].ID = "22" }, true},
		{"secret", func(in *plan.Input) { in.Desired[0].Secrets = map[string]secret.Ref{"password": {Env: "OTHER"}} }, true},
		{"value from a variable", func(in *plan.Input) {
			in.Desired[0] = but(in.Desired[0], "username", model.FromEnv{Ref: secret.Ref{Env: "OTHER"}})
		}, true},
		{"one change less", func(in *plan.Input) { in.Desired = in.Desired[1:] }, true},
		{"what is blocked", func(in *plan.Input) { in.Fields[3].Immutable = "no" }, true},

		{"place in the file", func(in *plan.Input) { in.Desired[0].Position = at(99) }, false},
		{"reason of a block", func(in *plan.Input) { in.Fields[2].Immutable = "other words" }, false},
		{"what is unmanaged", func(in *plan.Input) { in.Live = in.Live[:3] }, false},
		{"notes", func(in *plan.Input) { in.Notes = []plan.Note{{Message: "n"}} }, false},
		{"built-in entries", func(in *plan.Input) { in.BuiltIn = 7 }, false},
		{"login variable of an entry that differs otherwise", func(in *plan.Input) {
			in.Desired[1] = but(in.Desired[1], "username", model.FromEnv{Ref: secret.Ref{Env: "OTHER"}})
		}, true},
		{"value of a variable", func(in *plan.Input) {
			in.Desired[3] = but(in.Desired[3], "username", model.FromEnv{Ref: secret.Ref{Env: "ROBOT"}, Value: secret.New("hunter3"), Set: true})
		}, false},
	} {
		in := sample()
		c.change(&in[0])
		if got := plan.New(in, allSet).Digest; (got != base) != c.moves {
			t.Errorf("%s: the digest moves: %v", c.name, got != base)
		}
	}
}

// TestPlanJSONShape keeps the shape of the form that others read.
func TestPlanJSONShape(t *testing.T) {
	t.Parallel()
	text := plan.New(sample(), allSet).JSON()
	if !json.Valid(text) || !bytes.HasSuffix(text, []byte("}\n")) || bytes.Contains(text, []byte("hunter2")) {
		t.Errorf("not one document, or not a clean one: %s", text)
	}
	if !bytes.Contains(text, []byte(`"old & <worn>"`)) {
		t.Error("the text is escaped for a web page")
	}
	empty := plan.New(nil, allSet)
	for _, part := range []string{`"formatVersion": 1`, `"accounts": []`, `"changes": []`, `"problems": []`, `"notes": []`} {
		if !bytes.Contains(empty.JSON(), []byte(part)) {
			t.Errorf("an empty plan lacks %s", part)
		}
	}
	if empty.Pending() || empty.Failed() {
		t.Error("an empty plan has something to do")
	}
}
