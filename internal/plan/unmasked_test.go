package plan_test

import (
	"strings"
	"testing"

	"regent/internal/model"
	"regent/internal/plan"
	"regent/internal/secret"
)

// TestInvariant04CompareSeesThroughTheMask: a variable that is set for the apply alone hides a live value that the reviewed
// plan shows. The plan is the same as long as the true value is.
func TestInvariant04CompareSeesThroughTheMask(t *testing.T) {
	t.Parallel()
	hide := func(words ...string) func(string) string {
		return func(s string) string {
			for _, w := range words {
				s = strings.ReplaceAll(s, w, "***")
			}
			return s
		}
	}
	live := func(username string, hosts string) model.Item {
		it := but(have("b.example.com", 443, 2), "username", username)
		it.ID = "id-" + username
		return but(it, "hosts", map[string]string{"a.example.com": hosts})
	}
	for name, c := range map[string]struct {
		then, now        func(string) string
		reviewed, before model.Item
		differs          string
	}{
		"shown then, hidden now":       {hide(), hide("admin", "192.0.2.9"), live("admin", "192.0.2.9"), live("admin", "192.0.2.9"), ""},
		"hidden then and now":          {hide("admin"), hide("admin"), live("admin", "192.0.2.9"), live("admin", "192.0.2.9"), ""},
		"another value, hidden now":    {hide(), hide("admin", "owner"), live("admin", "192.0.2.9"), live("owner", "192.0.2.9"), `username: reviewed "admin" -> "robot", now "***" -> "robot"`},
		"another value in a map":       {hide(), hide("192.0.2.9", "192.0.2.8"), live("admin", "192.0.2.9"), live("admin", "192.0.2.8"), "hosts: reviewed"},
		"another value, hidden at all": {hide(), hide("id-admin", "id-owner"), live("admin", "192.0.2.9"), live("owner", "192.0.2.9"), "reviewed for the live entry with ID id-admin, now it has ID ***"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			desired := items(want("b.example.com", 443, 20))
			saved := planOf(desired, items(c.reviewed))
			saved.Mask(c.then)
			reviewed, err := plan.Parse(saved.JSON())
			if err != nil {
				t.Fatal(err)
			}
			fresh := planOf(desired, items(c.before))
			fresh.Mask(c.now)
			before := string(fresh.JSON())
			got := lines(plan.Compare(reviewed, fresh))
			if (got == "") != (c.differs == "") || !strings.Contains(got, c.differs) {
				t.Errorf("the differences are %q, want %q", got, c.differs)
			}
			if string(fresh.JSON()) != before {
				t.Error("the comparison took the mask off the plan")
			}
		})
	}
}

// TestLiveLoginIsNotShownWhereTheFileHasAReference: neither value is in the plan, and where something else differs the digest is
// the same whether the variable is set or not.
func TestLiveLoginIsNotShownWhereTheFileHasAReference(t *testing.T) {
	t.Parallel()
	desired := func(value string) []model.Item {
		env := model.FromEnv{Ref: secret.Ref{Env: "ROBOT"}, Value: secret.New(value), Set: value != ""}
		return items(but(want("a", 443, 10), "username", env))
	}
	live := func(login string) []model.Item {
		return items(but(but(have("a", 443, 1), "username", login), "perHour", int64(5)))
	}
	unset, equal := planOf(desired(""), live("live-login")), planOf(desired("live-login"), live("live-login"))
	if unset.Digest != equal.Digest {
		t.Errorf("the digest tells whether the variable is set: %s and %s", unset.Digest, equal.Digest)
	}
	for name, p := range map[string]*plan.Plan{"unset": unset, "equal": equal, "other": planOf(desired("other-login"), live("live-login"))} {
		text := string(p.JSON())
		if strings.Contains(text, "live-login") || strings.Contains(text, "other-login") || !strings.Contains(text, `"ROBOT"`) {
			t.Errorf("%s: a login is shown, or not where it comes from:\n%s", name, text)
		}
	}
}
