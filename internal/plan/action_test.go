package plan_test

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"regent/internal/plan"
)

// TestInvariant12PlanRefusesUnknownActions: a change whose action is in no table is not written, not counted as another and
// not read from a file.
func TestInvariant12PlanRefusesUnknownActions(t *testing.T) {
	t.Parallel()
	p := planOf(items(want("a", 443, 10), want("b", 443, 20)), nil)
	saved := p.JSON()
	p.Changes[1].Action = "transmogrify"
	const refusal = `regent does not know the action "transmogrify"`
	if err := p.WriteJSON(io.Discard); err == nil || !strings.Contains(err.Error(), refusal+" of b in account scanner") {
		t.Errorf("written: %v", err)
	}
	second := bytes.LastIndex(saved, []byte(`"add"`))
	foreign := append(append(bytes.Clone(saved[:second]), `"transmogrify"`...), saved[second+5:]...)
	if _, err := plan.Parse(foreign); err == nil || !strings.Contains(err.Error(), refusal) {
		t.Errorf("read: %v", err)
	}
	counted := bytes.Replace(saved, []byte(`"blocked": 0`), []byte(`"transmogrify": 0`), 1)
	if _, err := plan.Parse(counted); err == nil || !strings.Contains(err.Error(), `"transmogrify"`) {
		t.Errorf("read with a count of it: %v", err)
	}
	if writes := p.Writes(); len(writes) != 1 || writes[0].Name != "a" {
		t.Errorf("%d writes", len(writes))
	}
	p.Summary = plan.Summary{Changes: counts{"transmogrify": 1}}
	if over := p.Over(plan.Guard{Changes: plan.LimitOf(0), Percent: plan.LimitOf(0)}); len(over) > 0 {
		t.Errorf("counts as a write: %v", over)
	}
}

// TestSummaryIsReadAsWritten with the key of every action, and as the schema of plan files says.
func TestSummaryIsReadAsWritten(t *testing.T) {
	t.Parallel()
	in := plan.Summary{Changes: counts{}, Unchanged: 7, BuiltIn: new(4)}
	var actions []string
	for i, k := range plan.Kinds() {
		in.Changes[k.Action] = i
		actions = append(actions, string(k.Action))
	}
	text, err := json.Marshal(in)
	if err != nil || string(text) != `{"add":0,"modify":1,"blocked":2,"unchanged":7,"unmanaged":0,"builtIn":4,"problems":0}` {
		t.Errorf("%s %v", text, err)
	}
	var out plan.Summary
	if err := json.Unmarshal(text, &out); err != nil || !cmp.Equal(in, out) {
		t.Errorf("%+v %v", out, err)
	}
	var schema struct {
		Defs struct {
			Change struct {
				Properties struct {
					Action struct{ Enum []string }
				}
			}
		} `json:"$defs"`
	}
	file, err := os.ReadFile("../../schema/plan.schema.json")
	if err == nil {
		err = json.Unmarshal(file, &schema)
	}
	if diff := cmp.Diff(actions, schema.Defs.Change.Properties.Action.Enum); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
}
