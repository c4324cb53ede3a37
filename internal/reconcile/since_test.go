package reconcile_test

import (
	"fmt"
	"strings"
	"testing"

	"regent/internal/emulator"
	"regent/internal/provider/catalog"
)

// TestVariablesThatChangedSinceAreTold: what no live state shows, and nothing else.
func TestVariablesThatChangedSinceAreTold(t *testing.T) {
	t.Parallel()
	now := accounts + registries
	w := start(t, emulator.Options{})
	for name, c := range map[string]struct{ base, want string }{
		"the same":               {now, ""},
		"no entries":             {accounts, ""},
		"another order":          {"version: 1\n" + registries + strings.TrimPrefix(accounts, "version: 1\n"), ""},
		"secret":                 {strings.ReplaceAll(now, "env: PASSWORD", "env: OLD"), "hss harbor password: env OLD > env PASSWORD, sas harbor password: env OLD > env PASSWORD"},
		"secret of a target":     {strings.ReplaceAll(now, "env: SECRET", "env: OLD"), "swr dr accessSecret: env OLD > env SECRET"},
		"login":                  {strings.ReplaceAll(now, "env: ROBOT", "env: OLD"), "hss harbor username: env OLD > env ROBOT, sas harbor username: env OLD > env ROBOT"},
		"login that was text":    {strings.ReplaceAll(now, "{env: ROBOT}", "admin"), "hss harbor username: the text of the file > env ROBOT, sas harbor username: the text of the file > env ROBOT"},
		"login that is text now": {strings.ReplaceAll(now, "accessKey: admin", "accessKey: {env: OLD}"), "swr dr accessKey: env OLD > the text of the file"},
		"account under another name": {strings.ReplaceAll(strings.ReplaceAll(strings.ReplaceAll(now, "account: swr", "account: old"), "  swr:", "  old:"), "env: SECRET", "env: OLD"),
			"swr dr accessSecret: env OLD > env SECRET"},
		"credentials": {strings.ReplaceAll(now, "region: cn-hangzhou", "region: cn-hangzhou, credentials: {accessKey: {env: AK}, secretKey: {env: SK}}"),
			"sas  credentials: AK and SK > the standard chain"},
		"way of secrets": {strings.ReplaceAll(now, "region: cn-hangzhou", "region: cn-hangzhou, secretsInQuery: true"), "sas  secretsInQuery: true > false"},
	} {
		origins, err := w.reconciler(t, now).Since(parse(t, c.base), catalog.Providers())
		var got []string
		for _, o := range origins {
			got = append(got, fmt.Sprintf("%s %s %s: %s > %s", o.Account, o.Name, o.Field, o.Before, o.After))
			if o.Position.Line == 0 {
				t.Errorf("%s: no place: %+v", name, o)
			}
		}
		if err != nil || strings.Join(got, ", ") != c.want {
			t.Errorf("%s: %q, %v; want %q", name, got, err, c.want)
		}
	}
}

// TestCredentialsOfTheBaseCommitAreNoLogin: whoever drops the credentials of an account cannot have its keys registered.
func TestCredentialsOfTheBaseCommitAreNoLogin(t *testing.T) {
	t.Parallel()
	base := parse(t, strings.ReplaceAll(accounts+registries, "region: cn-hangzhou", "region: cn-hangzhou, credentials: {accessKey: {env: OWN_AK}, secretKey: {env: OWN_SK}}"))
	w := start(t, emulator.Options{})
	for _, swap := range []string{"env: ROBOT|env: OWN_AK", "env: PASSWORD|env: OWN_SK", "env: SECRET|env: own_sk"} {
		from, to, _ := strings.Cut(swap, "|")
		_, err := w.reconciler(t, strings.ReplaceAll(accounts+registries, from, to)).Since(base, catalog.Providers())
		if err == nil || !strings.Contains(err.Error(), "holds credentials of account sas in the base commit") || !strings.HasPrefix(err.Error(), "registries.yaml:") {
			t.Errorf("%s: %v", swap, err)
		}
	}
}
