package finding_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/go-multierror"

	"regent/internal/cloud"
	"regent/internal/config"
	"regent/internal/finding"
	"regent/internal/model"
	"regent/internal/plan"
)

// TestSplitKeepsWhatIsJoined: beside the errors of a configuration, and in the words around several.
func TestSplitKeepsWhatIsJoined(t *testing.T) {
	t.Parallel()
	a, b, c := errors.New("a"), errors.New("b"), errors.New("c")
	around := fmt.Errorf("both: %w, %w", a, b)
	many := &multierror.Error{Errors: []error{a, errors.Join(b, around)}}
	for want, err := range map[string]error{
		"[a b both: a, b c]": errors.Join(many, c), "[c a b both: a, b]": errors.Join(c, errors.Join(many)), "[]": nil,
	} {
		if got := fmt.Sprint(finding.Split(err)); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// TestJoinMakesOneListOfFindings, each with a line and found by errors.Is, and no error of none.
func TestJoinMakesOneListOfFindings(t *testing.T) {
	t.Parallel()
	a, b, c := errors.New("a"), errors.New("b"), errors.New("c")
	err := finding.Join(finding.Join(a, nil), nil, fmt.Errorf("around %w", b), errors.Join(c))
	many, ok := err.(*multierror.Error)
	if !ok || len(many.Errors) != 3 || err.Error() != "a\naround b\nc" || !errors.Is(err, b) || !errors.Is(err, c) {
		t.Errorf("%T %q", err, err)
	}
	if err := finding.Join(nil, finding.Join()); err != nil {
		t.Errorf("of none: %#v", err)
	}
}

// TestOfTellsEachPlaceOnce: it stands beside the message, and so not in it.
func TestOfTellsEachPlaceOnce(t *testing.T) {
	t.Parallel()
	at := model.Position{File: "r.yaml", Line: 5, Column: 3}
	refused := &cloud.Error{Provider: "huawei-hss", Operation: "ListRegistry", Account: "hss", Status: 403, Message: "no", Position: at}
	err := errors.Join(&config.Error{Position: at, Message: "name is missing"}, refused, errors.Join(fmt.Errorf("later: %w", refused), errors.New("plain")))
	want := []plan.Problem{
		{Position: plan.Position(at), Message: "name is missing"},
		{Position: plan.Position(at), Account: "hss", Message: "huawei-hss ListRegistry (account hss): no [HTTP 403 Forbidden]"},
		{Position: plan.Position(at), Account: "hss", Message: "later: r.yaml:5:3: huawei-hss ListRegistry (account hss): no [HTTP 403 Forbidden]"},
		{Message: "plain"},
	}
	if diff := cmp.Diff(want, finding.Of(err)); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
	if refused.Position != at {
		t.Error("the error itself has lost its place")
	}
}
