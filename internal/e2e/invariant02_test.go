package e2e

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"unicode/utf8"

	"regent/internal/config"
	"regent/internal/emulator"
	"regent/internal/secret"
)

// unusual are secret values that naive masking lets through, or that break an encoding on their way.
func unusual() map[string]string {
	return map[string]string{
		"quotes and backslashes": `p@ss"w\rd'x"\`,
		"URL characters":         `100%+a/b=c&d#e?f`,
		"escaped already":        `a%20b\u0041%2Fend`,
		"unicode":                `пароль-秘密-ключ`,
		"beyond the first plane": `🔑key🔒end`,
		"HTML":                   `<b>&amp;</b>-"tag"`,
		"two lines":              "first-line-secret\nsecond-line-secret",
		"base64 look-alike":      `U2VjcmV0VmFsdWU9PQ==`,
		"spaces around":          `  lead and trail  `,
		"two characters":         `Zq`,
		"three characters":       `Z%q`,
		"four characters":        `Z%qj`,
		"five characters":        "Z`*_!",
		"digits":                 `8041726539`,
		"YAML":                   `{env: NOT_A_REF}`,
		"markdown":               "`|*_$(id)`",
		"shell":                  `$HOME'; echo "$x`,
	}
}

// unfit are values that no apply sends: too short to be kept out of messages, no text, or with a line break of an editor.
func unfit(value string) bool {
	return utf8.RuneCountInString(value) < 4 || !utf8.ValidString(value) || strings.HasSuffix(value, "\n")
}

// secretsWorld gives every secret of every kind of item, the logins and the accounts' own secret keys one value. Logins and keys that
// no cloud takes are others.
func secretsWorld(t *testing.T, value string) (w *world, file string) {
	t.Helper()
	key := value
	if secret.New(value).Stray() != "" {
		key = "secret of the second key"
	}
	w = newWorld(t, emulator.Options{State: &emulator.State{Version: 1, Credentials: &emulator.Credentials{
		// The first ones are those of the environment, whose secrets may be no registry's.
		Alibaba: []emulator.AccessKey{{ID: "LTAI5tFirstKey", Secret: "secret of the first key"}, {ID: "LTAI5tOwnKey", Secret: key}},
		Huawei:  []emulator.AccessKey{{ID: "HUAWEIFIRSTKEY", Secret: "secret of the first key"}, {ID: "HUAWEIOWNKEY", Secret: key}},
	}}})
	for _, d := range variants() {
		for name := range d.env {
			w.env[name] = value
		}
	}
	if secret.UnfitLogin(value, config.LongestLogin("accessKey")) != "" {
		w.env["SAS_LOGIN"], w.env["HSS_LOGIN"], w.env["SWR_LOGIN"] = "robot-1", "robot-2", "robot-3"
	}
	w.env["ALIBABA_OWN_AK"], w.env["HUAWEI_OWN_AK"], w.env["OWN_SK"] = "LTAI5tOwnKey", "HUAWEIOWNKEY", key
	file = together(1, variants()...)
	for _, d := range dialects() {
		id := "HUAWEI_OWN_AK"
		if d.provider == "alibaba-sas" {
			id = "ALIBABA_OWN_AK"
		}
		file = edit(t, file, d.accounts, d.accounts+"    credentials: {accessKey: {env: "+id+"}, secretKey: {env: OWN_SK}}\n")
	}
	for literal, name := range map[string]string{
		"username: robot$scanner": "username: {env: SAS_LOGIN}", "username: robot$hss": "username: {env: HSS_LOGIN}",
		"accessKey: robot$swr": "accessKey: {env: SWR_LOGIN}",
	} {
		file = strings.ReplaceAll(file, literal, name)
	}
	return w, file
}

// watch collects what runs leave behind, to be searched for secrets.
type watch struct {
	*world
	texts map[string]string
}

func (w watch) note(r result) result {
	n := len(w.texts)
	w.texts[fmt.Sprintf("stdout of run %d (%s)", n, strings.Join(r.args, " "))] = r.out
	w.texts[fmt.Sprintf("stderr of run %d (%s)", n, strings.Join(r.args, " "))] = r.err
	return r
}

// finish adds files and the URLs of all requests, and searches everything.
func (w watch) finish(t *testing.T, secret string, files ...string) {
	t.Helper()
	for _, file := range files {
		w.texts[file] = w.read(file)
	}
	for i, r := range w.Requests() {
		w.texts[fmt.Sprintf("URL of request %d (%s)", i, r.Operation)] = r.Path + "?" + r.Query
	}
	leakFree(t, []string{secret}, w.texts)
}

// eachSecret runs a case for every unusual value, each in a world of its own.
func eachSecret(t *testing.T, run func(t *testing.T, w watch, name, value, config string)) {
	t.Helper()
	for name, value := range unusual() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, config := secretsWorld(t, value)
			run(t, watch{w, map[string]string{}}, name, value, config)
		})
	}
}

// on gives a fault for an operation of each provider.
func on(f emulator.Fault, operation func(dialect) string) []emulator.Fault {
	var out []emulator.Fault
	for _, d := range dialects() {
		f.Operation = operation(d)
		out = append(out, f)
	}
	return out
}

func TestInvariant02SecretsArriveAndAreNeverShown(t *testing.T) {
	t.Parallel()
	eachSecret(t, func(t *testing.T, w watch, name, value, config string) {
		file, plan, audit := w.file("r.yaml", config), w.path("plan.json"), w.path("audit.jsonl")
		for _, format := range []string{"text", "markdown", "json"} {
			w.note(w.plan(file, "--format", format, "--out", plan).exits(t, 0))
		}
		if unfit(value) {
			w.note(w.apply(file, "--plan", plan, "--audit", audit).exits(t, 1))
			w.wrote()
			w.finish(t, value, plan)
			return
		}
		w.note(w.apply(file, "--plan", plan, "--audit", audit).exits(t, 0))
		for _, d := range variants() {
			var got entry
			for _, e := range stored(t, w.Server, d.provider) {
				if e[nameOf(d)] == d.wants(1, nil)[nameOf(d)] {
					got = e
				}
			}
			login := w.env[map[string]string{"alibaba-sas": "SAS", "huawei-hss": "HSS", "huawei-swr": "SWR"}[d.provider]+"_LOGIN"]
			if storedSecret(got) != value || storedLogin(got) != login {
				t.Errorf("%s arrived as login %q, secret %q; want %q", d.name, storedLogin(got), storedSecret(got), value)
			}
			if d.name == "sas-quay" && !tokensAre(t, fmt.Sprint(got["ExtraParam"]), value) {
				t.Errorf("the tokens arrived as %v", got["ExtraParam"])
			}
		}
		if p := w.planned(file); len(p.Changes) > 0 {
			t.Errorf("the plan after the apply is not empty: %v", p.pending())
		}
		// A saved plan that no longer fits is refused with a difference in words.
		if err := w.SetState(emulator.State{Version: 1, Credentials: w.State().Credentials}); err != nil {
			t.Fatal(err)
		}
		other := w.file("other.yaml", strings.ReplaceAll(config, "192.0.2.1\n", "192.0.2.9\n"))
		w.note(w.apply(other, "--plan", plan).exits(t, 4))
		w.finish(t, value, plan, audit)
	})
}

// nameOf is the field of an entry that tells the items of a provider apart.
func nameOf(d dialect) string {
	return map[string]string{"alibaba-sas": "DomainName", "huawei-hss": "registry_name", "huawei-swr": "name"}[d.provider]
}

// storedLogin is the login of an entry.
func storedLogin(e entry) string {
	if login, ok := e["credential"].(map[string]any); ok {
		return fmt.Sprint(login["access_key"])
	}
	for _, name := range []string{"UserName", "registry_username"} {
		if v, ok := e[name]; ok {
			return fmt.Sprint(v)
		}
	}
	return ""
}

func tokensAre(t *testing.T, extra, value string) bool {
	t.Helper()
	list := decode[[]struct{ Namespace, AuthToken string }](t, extra)
	return len(list) == 2 && list[0].AuthToken == value && list[1].AuthToken == value
}

// TestInvariant02SecretsAreNotShownWhateverServersAnswer: a server that echoes what it was sent, in every encoding it
// can think of, or breaks down, makes no message that holds a secret.
func TestInvariant02SecretsAreNotShownWhateverServersAnswer(t *testing.T) {
	t.Parallel()
	eachSecret(t, func(t *testing.T, w watch, name, value, config string) {
		file, audit := w.file("r.yaml", config), w.path("audit.jsonl")
		formats := []string{"text", "markdown", "json"}
		answers := []emulator.Fault{
			{Kind: emulator.FaultEcho}, {Kind: emulator.FaultEcho, Status: 403}, {Kind: emulator.FaultEcho, Status: 401},
			{Kind: emulator.FaultStatus, Status: 400, Message: "the password " + value + " is too weak", Code: "Invalid." + value},
			{Kind: emulator.FaultRedirect, Location: "https://elsewhere.example.com/?password=" + value},
			{Kind: emulator.FaultRedirect, Location: "https://" + value + "@elsewhere.example.com/"},
			{Kind: emulator.FaultSuccessFalse},
		}
		if name == "quotes and backslashes" { // these answers hold nothing of the secret, and looking takes seconds
			answers = append(answers, emulator.Fault{Kind: emulator.FaultEcho, Status: 500}, emulator.Fault{Kind: emulator.FaultCut},
				emulator.Fault{Kind: emulator.FaultWrongTypes}, emulator.Fault{Kind: emulator.FaultDropBefore})
		}
		for i, f := range answers {
			format := formats[i%len(formats)]
			f.Operation = "*"
			w.faults(f)
			w.note(w.plan(file, "--format", format))
			f.Times = -1
			w.faults(on(f, func(d dialect) string { return d.create })...)
			w.note(w.apply(file, "--format", format, "--audit", audit))
		}
		w.faults()
		if unfit(value) {
			w.finish(t, value)
			return
		}
		w.applied(0, file)
		w.faults(on(emulator.Fault{Kind: emulator.FaultEcho, Times: -1}, func(d dialect) string { return d.update })...)
		w.env["NEW_LOGIN"] = "another login"
		changed := w.file("changed.yaml", strings.NewReplacer("SAS_LOGIN", "NEW_LOGIN", "HSS_LOGIN", "NEW_LOGIN", "SWR_LOGIN", "NEW_LOGIN").Replace(config))
		for _, format := range formats {
			w.note(w.apply(changed, "--format", format, "--audit", audit).exits(t, 1))
		}
		w.finish(t, value, audit)
	})
}

// TestInvariant02CredentialsOfAccountsAreNotShown: tokens, temporary keys and passwords of the accounts themselves, met by
// servers that echo them.
func TestInvariant02CredentialsOfAccountsAreNotShown(t *testing.T) {
	t.Parallel()
	const key, token, password = "own-Secret+Key/1%", "own-security-token-1", `own "pass"\word`
	for name, env := range map[string]map[string]string{
		"temporary keys": {
			"ALIBABA_CLOUD_ACCESS_KEY_ID": "id", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": key, "ALIBABA_CLOUD_SECURITY_TOKEN": token,
			"HUAWEICLOUD_SDK_AK": "id", "HUAWEICLOUD_SDK_SK": key, "HUAWEICLOUD_SDK_SECURITY_TOKEN": token,
		},
		"token":             {"HW_AUTH_TOKEN": token, "HUAWEICLOUD_SDK_AK": "", "HUAWEICLOUD_SDK_SK": ""},
		"user and password": {"HW_USER_NAME": "user", "HW_USER_PASSWORD": password, "HW_DOMAIN_NAME": "d", "HUAWEICLOUD_SDK_AK": "", "HUAWEICLOUD_SDK_SK": ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, emulator.Options{})
			maps.Copy(w.env, env)
			seen := watch{w, map[string]string{}}
			file := w.file("r.yaml", together(1, dialects()...))
			for _, f := range []emulator.Fault{{Kind: emulator.FaultEcho}, {Kind: emulator.FaultEcho, Status: 401}, {Kind: emulator.FaultHTML}} {
				f.Operation, f.Times = "*", -1
				w.faults(f)
				for _, format := range []string{"text", "markdown", "json"} {
					seen.note(w.plan(file, "--format", format).exits(t, 1))
				}
			}
			for i, r := range w.Requests() {
				seen.texts[fmt.Sprintf("URL of request %d", i)] = r.Path + "?" + r.Query
			}
			leakFree(t, []string{key, token, password}, seen.texts)
		})
	}
}

// TestInvariant02SecretsInQueryIsTheOnlyException: the option of the account puts an add's secrets into the URL, for a
// gateway that insists on it, and keeps that URL out of every message.
func TestInvariant02SecretsInQueryIsTheOnlyException(t *testing.T) {
	t.Parallel()
	d := sasQuay()
	inQuery := d
	inQuery.accounts += "    secretsInQuery: true\n"
	insists := emulator.Options{Switches: map[string]string{"sas-secrets-in-body": "refuse"}}

	w := newWorld(t, insists)
	r := w.apply(w.file("r.yaml", d.file(1))).exits(t, 1).says(t, "MissingPassword", "secretsInQuery: true")
	leakFree(t, []string{d.env["SAS_PASSWORD"], d.env["QUAY_PLATFORM_TOKEN"]}, map[string]string{"stdout": r.out, "stderr": r.err})
	w.holds(d)

	w.ClearRequests()
	w.applied(0, w.file("r.yaml", inQuery.file(1)))
	w.holds(d, d.wants(1, nil))
	for _, request := range w.Requests() {
		if request.Operation != d.create && (strings.Contains(request.Query, "Password") || strings.Contains(request.Query, "ExtraParam")) {
			t.Errorf("%s has secrets in its URL, only the add may", request.Operation)
		}
	}
	// A modify keeps the password in its body.
	w.ClearRequests()
	w.applied(0, w.file("r.yaml", inQuery.edited(t, d.mutable[1])))
	for _, request := range w.writes() {
		if strings.Contains(request.Query, "Password") {
			t.Errorf("the modify has a password in its URL")
		}
	}

}

func TestInvariant02SecretsInQueryAreInNoMessage(t *testing.T) {
	t.Parallel()
	d := sasQuay()
	d.accounts += "    secretsInQuery: true\n"
	for _, f := range []emulator.Fault{
		{Kind: emulator.FaultEcho}, {Kind: emulator.FaultDropBefore}, {Kind: emulator.FaultCut}, {Kind: emulator.FaultStatus, Status: 500},
		{Kind: emulator.FaultRedirect, Location: "/?Password=again"}, {Kind: emulator.FaultHTML},
	} {
		t.Run(fmt.Sprint(f.Kind, f.Status), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, emulator.Options{Switches: map[string]string{"sas-secrets-in-body": "refuse"}})
			audit := w.path("audit.jsonl")
			f.Operation, f.Times = d.create, -1
			w.faults(f)
			r := w.apply(w.file("r.yaml", d.file(1)), "--audit", audit)
			texts := map[string]string{"stdout": r.out, "stderr": r.err, "the audit file": w.read(audit)}
			leakFree(t, []string{d.env["SAS_PASSWORD"], d.env["QUAY_PLATFORM_TOKEN"]}, texts)
			for name, text := range texts {
				if strings.Contains(text, "Password=") || strings.Contains(text, "DomainName=") {
					t.Errorf("%s shows the URL:\n%s", name, text)
				}
			}
		})
	}
}
