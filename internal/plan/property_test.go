package plan_test

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"regent/internal/model"
	"regent/internal/plan"
	"regent/internal/secret"
)

// The generators are made anew for each use: rapid fills one in when it is first drawn from, and tests run in parallel.

func someText() *rapid.Generator[string] {
	return rapid.OneOf(rapid.SampledFrom([]string{"", "a", "b", "<a>&\u2028\"\\漢😀"}), rapid.StringN(0, 4, -1))
}

// someNames are names of variables.
func someNames() *rapid.Generator[string] { return rapid.SampledFrom([]string{"A", "B", "C"}) }

// drawValue gives a value of a field's type.
func drawValue(t *rapid.T, f model.Field) model.Value {
	switch f.Type {
	case model.Integer:
		return rapid.SampledFrom([]int64{0, 1, -1, 1<<63 - 1, -1 << 63}).Draw(t, f.Name)
	case model.Boolean:
		return rapid.Bool().Draw(t, f.Name)
	case model.StringMap:
		return rapid.MapOfN(someText(), someText(), 0, 2).Draw(t, f.Name)
	default:
		return someText().Draw(t, f.Name)
	}
}

// drawItems gives items that have some of their fields.
func drawItems(ports ...int64) *rapid.Generator[model.Item] {
	return rapid.Custom(func(t *rapid.T) model.Item { return drawItem(t, ports) })
}

func drawItem(t *rapid.T, ports []int64) model.Item {
	host := rapid.SampledFrom([]string{"h1", "h2", "h3"}).Draw(t, "host")
	it := model.Item{
		Kind: model.Registration, Name: rapid.SampledFrom([]string{"n1", "n2", "漢"}).Draw(t, "name"),
		Key:    key(host, rapid.SampledFrom(ports).Draw(t, "port")),
		Values: map[string]model.Value{}, Summary: someText().Draw(t, "summary"),
	}
	for _, f := range table() {
		if f.Observable() && rapid.IntRange(0, 3).Draw(t, "has "+f.Name) > 0 {
			it.Values[f.Name] = drawValue(t, f)
		}
	}
	return it
}

// drawDesired gives items of the file: of each key only one, with its place, some values and all secrets from variables.
func drawDesired(t *rapid.T, ports ...int64) []model.Item {
	list := rapid.SliceOfNDistinct(drawItems(ports...), 0, 6, func(it model.Item) string { return it.Key.String() }).Draw(t, "desired")
	for i := range list {
		it := &list[i]
		it.Position = at(rapid.IntRange(1, 3).Draw(t, "line"))
		it.Secrets = map[string]secret.Ref{}
		for _, f := range table() {
			if f.Secret && rapid.Bool().Draw(t, f.Name) {
				it.Secrets[f.Name] = secret.Ref{Env: someNames().Draw(t, "env")}
			}
		}
		if rapid.IntRange(0, 3).Draw(t, "from env") == 0 {
			set := rapid.Bool().Draw(t, "set")
			env := model.FromEnv{Ref: secret.Ref{Env: someNames().Draw(t, "env")}, Set: set}
			if set {
				env.Value = secret.New("robot")
			}
			it.Values["username"] = env
		}
	}
	return list
}

func drawInputs(t *rapid.T) []plan.Input {
	var inputs []plan.Input
	for i := range rapid.IntRange(0, 3).Draw(t, "accounts") {
		in := input(drawDesired(t, 80, 443), rapid.SliceOfN(drawItems(0, 80, 443), 0, 6).Draw(t, "live"))
		if rapid.Bool().Draw(t, "without ports") {
			in = input(drawDesired(t, 0), rapid.SliceOfN(drawItems(0), 0, 6).Draw(t, "live"))
		}
		in.Name = fmt.Sprintf("account-%d", i)
		in.Credentials = rapid.SliceOfNDistinct(someNames(), 0, 3, rapid.ID[string]).Draw(t, "credentials")
		in.BuiltIn = rapid.IntRange(0, 2).Draw(t, "built-in")
		for j := range in.Live {
			in.Live[j].ID = strconv.Itoa(j + 1)
		}
		if len(in.Desired) > 0 && rapid.IntRange(0, 4).Draw(t, "refused") == 0 {
			in.Refused = []plan.Refusal{{Key: in.Desired[0].Key, At: at(1), Message: "no"}}
		}
		if rapid.IntRange(0, 9).Draw(t, "unread") == 0 {
			in.Err = fmt.Errorf("no answer")
		}
		in.Notes = []plan.Note{{Message: "b"}, {Message: "a"}}
		inputs = append(inputs, in)
	}
	return inputs
}

func unsetB(env string) bool { return env == "B" }

// shuffled gives the same inputs in another order.
func shuffled(t *rapid.T, inputs []plan.Input) []plan.Input {
	out := rapid.Permutation(inputs).Draw(t, "accounts")
	for i := range out {
		out[i].Desired = rapid.Permutation(out[i].Desired).Draw(t, "desired")
		out[i].Live = rapid.Permutation(out[i].Live).Draw(t, "live")
		out[i].Notes = rapid.Permutation(out[i].Notes).Draw(t, "notes")
	}
	return out
}

func TestInvariant03PlanDoesNotDependOnOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		inputs := drawInputs(t)
		first := plan.New(inputs, unsetB)
		second := plan.New(shuffled(t, inputs), unsetB)
		if a, b := first.JSON(), second.JSON(); !bytes.Equal(a, b) || first.Digest != second.Digest {
			t.Fatalf("two orders give two plans:\n%s\n%s", a, b)
		}
	})
}

func TestPlanSurvivesItsFile(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := plan.New(drawInputs(t), unsetB)
		read, err := plan.Parse(p.JSON())
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(read.JSON(), p.JSON()) {
			t.Fatalf("the plan changes in its file:\n%s\n%s", p.JSON(), read.JSON())
		}
		for _, pair := range [][2]*plan.Plan{{p, p}, {read, p}, {p, read}, {read, read}} {
			if diff := plan.Compare(pair[0], pair[1]); len(diff) > 0 {
				t.Fatalf("a plan differs from itself: %v", diff)
			}
		}
	})
}

func TestPartOfAPlanIsAllowed(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := plan.New(drawInputs(t), unsetB)
		part := *p
		part.Changes = slices.DeleteFunc(slices.Clone(p.Changes), func(plan.Change) bool { return rapid.Bool().Draw(t, "made since") })
		if diff := plan.Compare(p, &part); len(diff) > 0 {
			t.Fatalf("refused: %v", diff)
		}
		if diff := plan.Compare(&part, p); len(diff) == 0 && len(part.Changes) < len(p.Changes) {
			t.Fatal("more than what was reviewed is allowed")
		}
	})
}

// TestPlanOfAppliedStateIsEmpty makes live what the plan wants, as the vendors do it.
func TestPlanOfAppliedStateIsEmpty(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		inputs := drawInputs(t)
		p := plan.New(inputs, unsetB)
		next := map[string]int{}
		for _, c := range p.Writes() {
			i := slices.IndexFunc(inputs, func(in plan.Input) bool { return in.Name == c.Account })
			next[c.Account]++
			applyTo(&inputs[i], c, "new-"+strconv.Itoa(next[c.Account]))
		}
		again := plan.New(inputs, unsetB)
		if len(again.Writes()) > 0 || again.Summary.Changes["blocked"] != p.Summary.Changes["blocked"] || again.Summary.Problems != p.Summary.Problems ||
			again.Summary.Unmanaged != p.Summary.Unmanaged || again.Summary.Unchanged != p.Summary.Unchanged+len(p.Writes()) {
			t.Fatalf("after %s\nthere is %s", outline(p), outline(again))
		}
		if diff := plan.Compare(p, again); len(diff) > 0 {
			t.Fatalf("what is left was not reviewed: %v", diff)
		}
	})
}

func applyTo(in *plan.Input, c *plan.Change, id string) {
	i := slices.IndexFunc(in.Live, func(it model.Item) bool { return it.ID == c.ID })
	if c.Action == plan.Add {
		in.Live = append(in.Live, model.Item{Kind: c.Kind, Name: c.Name, Key: c.Desired.Key, ID: id, Values: map[string]model.Value{}})
		i = len(in.Live) - 1
	}
	for _, f := range in.Fields {
		v, governed := c.Desired.Values[f.Name]
		if !governed || c.Action == plan.Modify && !slices.Contains(c.Changed(), f.Name) {
			continue
		}
		if env, ok := v.(model.FromEnv); ok {
			v = env.Value.Reveal()
		}
		in.Live[i] = but(in.Live[i], f.Name, v)
	}
}

// TestPlanNeverPanics is fed with what no configuration and no vendor gives.
func TestPlanNeverPanics(t *testing.T) {
	t.Parallel()
	odd := rapid.OneOf(
		rapid.Just[model.Value](nil), rapid.Just[model.Value](map[string]string(nil)), rapid.Just[model.Value]([]string{"x"}),
		rapid.Just[model.Value](struct{ A, B any }{1, "x"}), rapid.Just[model.Value](model.FromEnv{}), rapid.Just[model.Value]("\xff\x00"),
		rapid.Map(rapid.Int64(), func(n int64) model.Value { return n }), rapid.Map(rapid.String(), func(s string) model.Value { return s }),
	)
	rapid.Check(t, func(t *rapid.T) {
		inputs := drawInputs(t)
		for i := range inputs {
			for _, list := range [][]model.Item{inputs[i].Desired, inputs[i].Live} {
				for j := range list {
					field := rapid.SampledFrom(table()).Draw(t, "field").Name
					list[j].Values[field] = odd.Draw(t, "value")
					list[j].Key.Parts = list[j].Key.Parts[:rapid.IntRange(0, 2).Draw(t, "parts")]
				}
			}
		}
		p := plan.New(inputs, unsetB)
		p.JSON()
		plan.Compare(p, p)
	})
}
