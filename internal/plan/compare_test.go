package plan_test

import (
	"slices"
	"strings"
	"testing"

	"regent/internal/model"
	"regent/internal/plan"
	"regent/internal/secret"
)

// TestInvariant04Compare changes the world between the review and the apply.
func TestInvariant04Compare(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func(in *plan.Input)
		want   []string // parts of the differences, one each; none when the plans agree
	}{
		{"nothing", func(*plan.Input) {}, nil},
		{"a change was made", func(in *plan.Input) { in.Live[0] = have("b.example.com", 443, 2) }, nil},
		{"an item was added", func(in *plan.Input) { in.Live = append(in.Live, have("a.example.com", 8443, 1)) }, nil},
		{"lines moved", func(in *plan.Input) { in.Desired[0].Position = at(99) }, nil},
		{"reason in other words", func(in *plan.Input) { in.Fields[2].Immutable = "other words" }, nil},
		{"an unmanaged item came", func(in *plan.Input) { in.Live = append(in.Live, have("z.example.com", 443, 9)) }, nil},

		{"a new change", func(in *plan.Input) { in.Desired = append(in.Desired, want("z.example.com", 443, 50)) },
			[]string{"registries.yaml:50:5: add z.example.com in account scanner is not in the reviewed plan"}},
		{"a new block", func(in *plan.Input) {
			in.Desired = append(in.Desired, want("z.example.com", 443, 50))
			in.Live = append(in.Live, but(have("z.example.com", 443, 9), "scheme", "http"))
		}, []string{"blocked z.example.com in account scanner is not in the reviewed plan"}},
		{"another live value", func(in *plan.Input) { in.Live[0] = but(in.Live[0], "username", "older") },
			[]string{`registries.yaml:20:5: b.example.com in account scanner: username: reviewed "old & <worn>" -> "robot", now "older" -> "robot"`}},
		{"another desired value", func(in *plan.Input) { in.Desired[0] = but(in.Desired[0], "perHour", int64(11)) }, []string{"perHour: reviewed 10, now 11"}},
		{"a value of another type", func(in *plan.Input) { in.Desired[0] = but(in.Desired[0], "perHour", "10") }, []string{`perHour: reviewed 10, now "10"`}},
		{"a field more", func(in *plan.Input) { in.Live[0] = but(in.Live[0], "perHour", int64(5)) }, []string{"perHour is not in the reviewed plan: now 5 -> 10"}},
		{"a field less", func(in *plan.Input) { in.Live[0] = but(in.Live[0], "username", "robot") },
			[]string{`username: reviewed "old & <worn>" -> "robot", now there is no difference`}},
		{"another ID", func(in *plan.Input) { in.Live[0].ID = "22" }, []string{"reviewed for the live entry with ID 2, now it has ID 22"}},
		{"an add becomes a modify", func(in *plan.Input) { in.Live = append(in.Live, but(have("a.example.com", 8443, 1), "insecure", true)) },
			[]string{"reviewed as add, now modify", "ID (none), now it has ID 1", "insecure: reviewed false, now true -> false", "type: reviewed"}},
		{"a modify becomes an add", func(in *plan.Input) { in.Live = in.Live[1:] }, []string{"reviewed as modify, now add", "ID 2, now it has ID (none)"}},
		{"a modify becomes a block", func(in *plan.Input) { in.Live[0] = but(in.Live[0], "scheme", "http") }, []string{"reviewed as modify, now blocked", "scheme is not in the reviewed plan"}},
		{"a block becomes a modify", func(in *plan.Input) { in.Fields[2].Immutable = "" }, []string{"reviewed as blocked, now modify"}},
		{"another secret", func(in *plan.Input) { in.Desired[0].Secrets = map[string]secret.Ref{"password": {Env: "OTHER"}} },
			[]string{"other secrets would be sent: reviewed password from env PASSWORD, now password from env OTHER"}},
		{"from a variable", func(in *plan.Input) {
			in.Desired[0] = but(in.Desired[0], "username", model.FromEnv{Ref: secret.Ref{Env: "ROBOT"}, Value: secret.New("hunter2"), Set: true})
		}, []string{`username: reviewed "robot", now (from env ROBOT)`}},
		{"other credentials", func(in *plan.Input) { in.Credentials = []string{"AK", "OTHER"} }, []string{"the account's credentials come from other variables"}},
		{"swapped credentials", func(in *plan.Input) { in.Credentials = []string{"SK", "AK"} }, []string{"the account's credentials come from other variables"}},
		{"secrets in the query", func(in *plan.Input) { in.SecretsInQuery = true }, []string{"secretsInQuery: reviewed false, now true"}},
		{"no credentials of its own", func(in *plan.Input) { in.Credentials = nil }, []string{"the account's credentials come from other variables"}},
		{"another project", func(in *plan.Input) { in.Place.ProjectID = "p" }, []string{"is not in the reviewed plan"}},
		{"another region", func(in *plan.Input) { in.Place.Region = "cn-shanghai" }, []string{"is not in the reviewed plan"}},
		{"another account", func(in *plan.Input) { in.Name = "other" }, []string{"in account other is not in the reviewed plan"}},
		{"another name of one key", func(in *plan.Input) { in.Desired[0].Name = "other" }, []string{"other in account scanner: it is not the reviewed change"}},
		{"another kind", func(in *plan.Input) { in.Desired[0].Kind = model.ReplicationTarget }, []string{"it is not the reviewed change"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			reviewed, err := plan.Parse(plan.New(sample(), allSet).JSON())
			if err != nil {
				t.Fatal(err)
			}
			in := sample()
			c.change(&in[0])
			got := lines(plan.Compare(reviewed, plan.New(in, allSet)))
			if c.want == nil && got != "" {
				t.Errorf("refused: %s", got)
			}
			for _, part := range c.want {
				if !strings.Contains(got, part) {
					t.Errorf("%q is not among the differences:\n%s", part, got)
				}
			}
			if strings.Contains(got, "hunter2") {
				t.Errorf("a value from the environment is shown: %s", got)
			}
		})
	}
}

// TestInvariant04NothingReviewedAllowsNothing compares with an empty plan, and an empty one with the reviewed.
func TestInvariant04NothingReviewedAllowsNothing(t *testing.T) {
	t.Parallel()
	full, empty := plan.New(sample(), allSet), plan.New(nil, allSet)
	if got := plan.Compare(empty, full); len(got) != len(full.Changes) {
		t.Errorf("%d differences of %d changes", len(got), len(full.Changes))
	}
	if got := plan.Compare(full, empty); len(got) != 0 {
		t.Errorf("refused: %v", got)
	}
}

func lines(diff []plan.Difference) string {
	var all []string
	for _, d := range diff {
		all = append(all, d.String())
	}
	return strings.Join(all, "\n")
}

// TestDifferenceTellsBothSides for a table, beside the sentence.
func TestDifferenceTellsBothSides(t *testing.T) {
	t.Parallel()
	in := sample()
	in[0].Desired = append(in[0].Desired, want("z.example.com", 443, 50))
	in[0].Live[0] = but(in[0].Live[0], "username", "older")
	got := plan.Compare(plan.New(sample(), allSet), plan.New(in, allSet))
	if len(got) != 2 {
		t.Fatalf("%d differences: %s", len(got), lines(got))
	}
	if d := got[0]; d.Field != "username" || d.Reviewed != `"old & <worn>" -> "robot"` || d.Now != `"older" -> "robot"` || d.Position.Line != 20 {
		t.Errorf("%+v", d)
	}
	if d := got[1]; d.Field != "" || d.Reviewed != "" || d.Now != "add" || d.Name != "z.example.com" {
		t.Errorf("%+v", d)
	}
}

// TestReviewable keeps what a review approves and nothing that only informs.
func TestReviewable(t *testing.T) {
	t.Parallel()
	in := sample()
	in[0].Live = append(in[0].Live, have("unmanaged.example.com", 443, 99))
	p := plan.New(in, allSet)
	kept, err := plan.Parse(p.Reviewable().JSON())
	if err != nil {
		t.Fatal(err)
	}
	if diff := plan.Compare(kept, p); len(diff) > 0 || kept.Digest != p.Digest || len(kept.Changes) != len(p.Changes) {
		t.Errorf("%d changes, %s", len(kept.Changes), lines(diff))
	}
	if text := string(kept.JSON()); strings.Contains(text, "unmanaged.example.com") {
		t.Errorf("it holds what nobody approves: %s", text)
	}
	if plan.New(nil, allSet).Reviewable().Pending() {
		t.Error("something came from nothing")
	}
}

// TestChangeDigest is another one for another place, and the same one for the same change elsewhere in the file.
func TestChangeDigest(t *testing.T) {
	t.Parallel()
	digests := func(change func(in *plan.Input)) []string {
		in := sample()
		change(&in[0])
		p := plan.New(in, allSet)
		var out []string
		for i := range p.Changes {
			out = append(out, p.ChangeDigest(&p.Changes[i]))
		}
		return out
	}
	first := digests(func(*plan.Input) {})
	for i, d := range first {
		if len(d) != 64 || slices.Index(first, d) != i {
			t.Errorf("%d: %s", i, d)
		}
	}
	if moved := digests(func(in *plan.Input) { in.Desired[0].Position = at(99) }); !slices.Equal(moved, first) {
		t.Error("a line that moved makes another change")
	}
	for i, d := range digests(func(in *plan.Input) { in.Place.Region = "cn-shanghai" }) {
		if d == first[i] {
			t.Errorf("change %d is the same in two regions", i)
		}
	}
}
