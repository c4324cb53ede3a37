package plan_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"regent/internal/model"
	"regent/internal/plan"
	"regent/internal/secret"
)

// TestDecisions is the table of the package comment, and what a difference is.
func TestDecisions(t *testing.T) {
	t.Parallel()
	env := func(text string, set bool) model.Value {
		return model.FromEnv{Ref: secret.Ref{Env: "ROBOT"}, Value: secret.New(text), Set: set}
	}
	desired, live := want("h", 443, 3), have("h", 443, 1)
	for _, c := range []struct {
		name          string
		desired, live []model.Item
		want          string
	}{
		{"nothing", nil, nil, ""},
		{"no live item", items(desired), nil, "add h type host scheme username perHour insecure hosts <password"},
		{"one without differences", items(desired), items(live), "1 unchanged"},
		{"one mutable difference", items(desired), items(but(live, "perHour", int64(5))), "modify h #1 perHour <password"},
		{"another mutable difference", items(desired), items(but(live, "username", "other")), "modify h #1 username <password"},
		{"one immutable difference", items(desired), items(but(live, "scheme", "http")), "blocked h #1 scheme!"},
		{"an immutable and a mutable difference", items(desired), items(but(but(live, "scheme", "http"), "username", "other")), "blocked h #1 scheme! username"},
		{"two live items", items(desired), items(live, have("h", 443, 2)), "problem h"},
		{"only live", nil, items(live), "unmanaged h #1"},
		{"another live item", items(desired), items(have("other", 443, 1)), "add h type host scheme username perHour insecure hosts <password; unmanaged other #1"},

		{"boolean difference", items(desired), items(but(live, "insecure", true)), "modify h #1 insecure <password"},
		{"map difference", items(desired), items(but(live, "hosts", map[string]string{"a.example.com": "192.0.2.1"})), "modify h #1 hosts <password"},
		{"empty map", items(but(desired, "hosts", map[string]string{})), items(but(live, "hosts", map[string]string{})), "1 unchanged"},
		{"empty text is a value", items(but(desired, "username", "")), items(live), "modify h #1 username <password"},
		{"a value of another type differs", items(desired), items(but(live, "perHour", "10")), "modify h #1 perHour <password"},
		{"not returned", items(desired), items(but(live, "perHour", nil)), "1 unchanged"},
		{"not returned beside a difference", items(desired), items(but(but(live, "perHour", nil), "insecure", true)), "modify h #1 perHour insecure <password"},
		{"immutable and not returned", items(desired), items(but(live, "scheme", nil)), "1 unchanged"},
		{"left to the vendor", items(but(desired, "perHour", nil)), items(live), "1 unchanged"},
		{"keys do not differ", items(desired), items(but(live, "host", "H.")), "1 unchanged"},
		{"unobservable does not differ", items(but(desired, "password", "x")), items(but(live, "password", "******")), "1 unchanged"},

		{"equal to the environment", items(but(desired, "username", env("robot", true))), items(live), "1 unchanged"},
		{"different from the environment", items(but(desired, "username", env("ci", true))), items(live), "modify h #1 username <password"},
		{"environment not set", items(but(desired, "username", env("", false))), items(live), "1 unchanged"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			expect(t, planOf(c.desired, c.live), c.want)
		})
	}
}

func TestEveryWriteSendsTheSecrets(t *testing.T) {
	t.Parallel()
	desired, live := want("h", 443, 3), have("h", 443, 1)
	desired.Secrets = map[string]secret.Ref{
		"password": {Env: "PASSWORD"}, "token": {Env: "TOKEN"}, "namespaces[b]": {Env: "B"}, "namespaces[a]": {Env: "A"},
	}
	for _, c := range []struct {
		name string
		live []model.Item
		want string
	}{
		{"all with an add", nil, "add h type host scheme username perHour insecure hosts <namespaces[a] <namespaces[b] <password <token"},
		{"those that can be sent with a change of the login", items(but(live, "username", "other")), "modify h #1 username <password <token"},
		{"the same with any change", items(but(live, "perHour", int64(5))), "modify h #1 perHour <password <token"},
		{"none when blocked", items(but(live, "scheme", "http")), "blocked h #1 scheme!"},
	} {
		expect(t, planOf(items(desired), c.live), c.want)
	}
}

// TestPlanShowsWhatItIs looks at the rest of a plan: values, places, notes, totals.
func TestPlanShowsWhatItIs(t *testing.T) {
	t.Parallel()
	named := but(want("b", 443, 20), "username", model.FromEnv{Ref: secret.Ref{Env: "ROBOT"}})
	in := input(items(want("a", 443, 10), named), items(but(have("a", 443, 1), "username", "hunter2-old"), have("b", 443, 2), have("c", 443, 3)))
	in.BuiltIn = 4
	in.Credentials = []string{"SK", "AK"}
	in.Notes = []plan.Note{{Message: "two entries of a type that is not managed"}}
	unread := plan.Input{Name: "other", Position: at(2), Err: errors.New("no\nanswer"), Desired: items(want("d", 443, 30))}
	p := plan.New([]plan.Input{unread, in}, func(env string) bool { return env == "PASSWORD" })

	if diff := cmp.Diff(plan.Summary{Changes: counts{"modify": 1}, Unchanged: 1, Unmanaged: 1, BuiltIn: new(4)}, p.Summary); diff != "" {
		t.Error(diff)
	}
	change := p.Changes[0]
	wantFields := []plan.FieldChange{{Field: "username", Before: "hunter2-old", After: "robot", Position: plan.Position(at(11))}}
	if diff := cmp.Diff(wantFields, change.Fields); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(plan.Key{"type": "harbor", "host": "a", "port": "443"}, change.Key); diff != "" {
		t.Error(diff)
	}
	if change.Position != plan.Position(at(10)) || change.Desired == nil || change.Live == nil || change.Key.String() != "host=a port=443 type=harbor" {
		t.Errorf("the change is %+v", change)
	}
	wantNotes := []plan.Note{
		{Account: "scanner", Message: "a: env PASSWORD is not set here; apply will need it", Position: plan.Position(at(10)),
			Several: model.Several{Many: "%d variables that an apply needs are not set here", Name: "PASSWORD"}},
		{Account: "scanner", Message: "b: username comes from env ROBOT, which is not set here; it is not compared", Position: plan.Position(at(21)),
			Several: model.Several{Many: "%d usernames come from variables that are not set here, and are not compared", Name: "ROBOT"}},
		{Account: "scanner", Message: "two entries of a type that is not managed"},
	}
	if diff := cmp.Diff(wantNotes, p.Notes); diff != "" {
		t.Error(diff)
	}
	account, missing := p.Account("scanner"), p.Account("nobody")
	if account == nil || missing != nil || !cmp.Equal(account.Credentials, []string{"SK", "AK"}) || account.Position != plan.Position(at(1)) {
		t.Errorf("accounts are %+v", p.Accounts)
	}
	if p.Account("other").Error != "no; answer" || !p.Unread() || !p.Failed() || !p.Pending() || len(p.Writes()) != 1 {
		t.Errorf("the unread account is %+v", p.Account("other"))
	}
	if strings.Contains(string(p.JSON()), "Desired") {
		t.Error("the JSON form holds what is behind a change")
	}
}

func TestErrorWithoutATextIsAnError(t *testing.T) {
	t.Parallel()
	p := plan.New([]plan.Input{{Name: "a", Err: errors.New("")}}, allSet)
	if !p.Unread() || p.Account("a").Error == "" {
		t.Errorf("%+v", p.Accounts)
	}
}

func TestRefusedItemsAreProblems(t *testing.T) {
	t.Parallel()
	in := input(items(want("a", 443, 10), want("b", 443, 20)), items(but(have("a", 443, 1), "username", "other")))
	in.Refused = []plan.Refusal{{Key: key("a", 443), At: at(12), Message: "no such region"}}
	p := plan.New([]plan.Input{in}, allSet)
	expect(t, p, "add b type host scheme username perHour insecure hosts <password; problem a")
	if p.Problems[0].Position != plan.Position(at(12)) || p.Summary.Problems != 1 || !p.Failed() || p.Unread() {
		t.Errorf("%+v", p.Problems)
	}
}

func TestBlockedChangesAreNoWrites(t *testing.T) {
	t.Parallel()
	p := planOf(items(want("a", 443, 10), want("b", 443, 20)), items(but(have("a", 443, 1), "scheme", "http")))
	if len(p.Changes) != 2 || len(p.Writes()) != 1 || p.Writes()[0].Name != "b" || p.Summary.Changes["blocked"] != 1 || p.Summary.Changes["add"] != 1 {
		t.Errorf("%s", outline(p))
	}
	if p.Changes[0].Fields[0].Blocked != "the API cannot change the protocol" {
		t.Errorf("the reason is %q", p.Changes[0].Fields[0].Blocked)
	}
}
