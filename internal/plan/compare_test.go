package plan_test

import (
	"strings"
	"testing"

	"regent/internal/model"
	"regent/internal/plan"
	"regent/internal/secret"
)

// TestCompare changes the world between the review and the apply.
func TestCompare(t *testing.T) {
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
			[]string{`username: reviewed "old & <worn>" -> "robot", now there is no difference`, "other secrets would be sent: reviewed password from env PASSWORD, now none"}},
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
			got := strings.Join(plan.Compare(reviewed, plan.New(in, allSet)), "\n")
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

// TestNothingReviewedAllowsNothing compares with an empty plan, and an empty one with the reviewed.
func TestNothingReviewedAllowsNothing(t *testing.T) {
	t.Parallel()
	full, empty := plan.New(sample(), allSet), plan.New(nil, allSet)
	if got := plan.Compare(empty, full); len(got) != len(full.Changes) {
		t.Errorf("%d differences of %d changes", len(got), len(full.Changes))
	}
	if got := plan.Compare(full, empty); len(got) != 0 {
		t.Errorf("refused: %v", got)
	}
}
