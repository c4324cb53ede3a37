package e2e

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"regent/internal/emulator"
)

// huaweiVariables and alibabaVariables are removed before a test sets its own.
var (
	huaweiVariables  = []string{"HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK"}
	alibabaVariables = []string{"ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET"}
)

// Keys that the emulator knows besides its own.
var (
	plainKey     = emulator.AccessKey{ID: "PLAINKEY", Secret: "plain-secret-key"}
	temporaryKey = emulator.AccessKey{ID: "TEMPORARYKEY", Secret: "temporary-secret-key", SecurityToken: "session-token/+="}
)

// keysWorld knows the two keys for both vendors.
func keysWorld(t *testing.T) *world {
	t.Helper()
	keys := []emulator.AccessKey{plainKey, temporaryKey}
	return newWorld(t, emulator.Options{State: &emulator.State{
		Version: 1, Credentials: &emulator.Credentials{Alibaba: keys, Huawei: keys},
	}})
}

// unset removes variables, set adds some.
func (w *world) unset(names ...string) {
	for _, name := range names {
		delete(w.env, name)
	}
}

func (w *world) set(env map[string]string) { maps.Copy(w.env, env) }

// login gives the variables of the emulator's own IAM user.
func (w *world) login() map[string]string {
	domain, user, password := w.DefaultUser()
	return map[string]string{"HW_DOMAIN_NAME": domain, "HW_USER_NAME": user, "HW_USER_PASSWORD": password}
}

func TestCredentialsEveryWayOfHuawei(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		env func(w *world) map[string]string
		// iam are the exchanges that a whole apply makes.
		iam map[string]int
	}{
		"SDK's names": {env: func(*world) map[string]string {
			return map[string]string{"HUAWEICLOUD_SDK_AK": plainKey.ID, "HUAWEICLOUD_SDK_SK": plainKey.Secret}
		}},
		"SDK's names with a token": {env: func(*world) map[string]string {
			return map[string]string{
				"HUAWEICLOUD_SDK_AK": temporaryKey.ID, "HUAWEICLOUD_SDK_SK": temporaryKey.Secret,
				"HUAWEICLOUD_SDK_SECURITY_TOKEN": temporaryKey.SecurityToken,
			}
		}},
		"Terraform's names": {env: func(*world) map[string]string {
			return map[string]string{"HW_ACCESS_KEY": plainKey.ID, "HW_SECRET_KEY": plainKey.Secret}
		}},
		"Terraform's names with a token": {env: func(*world) map[string]string {
			return map[string]string{
				"HW_ACCESS_KEY": temporaryKey.ID, "HW_SECRET_KEY": temporaryKey.Secret, "HW_SECURITY_TOKEN": temporaryKey.SecurityToken,
			}
		}},
		"auth token": {env: func(w *world) map[string]string { return map[string]string{"HW_AUTH_TOKEN": w.token(project)} }},
		"user and password": {
			env: func(w *world) map[string]string { return w.login() },
			iam: map[string]int{"KeystoneCreateUserTokenByPassword": 1},
		},
		"identity token": {
			env: func(w *world) map[string]string {
				idp, token := w.DefaultIDP()
				return map[string]string{"HUAWEICLOUD_SDK_IDP_ID": idp, "HUAWEICLOUD_SDK_ID_TOKEN_FILE": w.file("id-token", token+"\n")}
			},
			iam: map[string]int{"CreateTokenByIdToken": 1, "CreateTemporaryAccessKeyByToken": 1},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := keysWorld(t)
			w.unset(huaweiVariables...)
			w.set(c.env(w))
			file := w.file("r.yaml", together(2, hssHarbor(), swrHarbor()))
			w.applied(0, file)
			for _, operation := range []string{"KeystoneCreateUserTokenByPassword", "CreateTokenByIdToken", "CreateTemporaryAccessKeyByToken"} {
				if got := w.count(operation); got != c.iam[operation] {
					t.Errorf("%d calls of %s in one run, want %d", got, operation, c.iam[operation])
				}
			}
			w.settled(file)
		})
	}
}

func TestCredentialsEveryWayOfAlibaba(t *testing.T) {
	t.Parallel()
	d := sasHarbor()
	for name, c := range map[string]struct {
		env  map[string]string
		file string
	}{
		"key": {env: map[string]string{"ALIBABA_CLOUD_ACCESS_KEY_ID": plainKey.ID, "ALIBABA_CLOUD_ACCESS_KEY_SECRET": plainKey.Secret}},
		"temporary key": {env: map[string]string{
			"ALIBABA_CLOUD_ACCESS_KEY_ID": temporaryKey.ID, "ALIBABA_CLOUD_ACCESS_KEY_SECRET": temporaryKey.Secret,
			"ALIBABA_CLOUD_SECURITY_TOKEN": temporaryKey.SecurityToken,
		}},
		"key of the account": {
			env:  map[string]string{"OWN_AK": plainKey.ID, "OWN_SK": plainKey.Secret},
			file: "    credentials: {accessKey: {env: OWN_AK}, secretKey: {env: OWN_SK}}\n",
		},
		"temporary key of the account": {
			env:  map[string]string{"OWN_AK": temporaryKey.ID, "OWN_SK": temporaryKey.Secret, "OWN_TOKEN": temporaryKey.SecurityToken},
			file: "    credentials: {accessKey: {env: OWN_AK}, secretKey: {env: OWN_SK}, securityToken: {env: OWN_TOKEN}}\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := d
			w := keysWorld(t)
			w.unset(alibabaVariables...)
			w.set(c.env)
			d.accounts += c.file
			file := w.file("r.yaml", d.file(2))
			w.applied(0, file)
			w.settled(file)
		})
	}
}

// TestCredentialsOfEachAccountAreItsOwn: accounts with credentials of their own, of which one is refused.
func TestCredentialsOfEachAccountAreItsOwn(t *testing.T) {
	t.Parallel()
	w := keysWorld(t)
	w.unset(append(huaweiVariables, alibabaVariables...)...)
	w.set(map[string]string{
		"PLAIN_AK": plainKey.ID, "PLAIN_SK": plainKey.Secret, "BAD_SK": "not the secret key",
		"TEMP_AK": temporaryKey.ID, "TEMP_SK": temporaryKey.Secret, "TEMP_TOKEN": temporaryKey.SecurityToken, "OWN_AUTH_TOKEN": w.token(project),
	})
	sas, hss, swr := sasHarbor(), hssHarbor(), swrHarbor()
	sas.accounts += "    credentials: {accessKey: {env: PLAIN_AK}, secretKey: {env: PLAIN_SK}}\n"
	hss.accounts += "    credentials: {authToken: {env: OWN_AUTH_TOKEN}}\n"
	swr.accounts += "    credentials: {accessKey: {env: TEMP_AK}, secretKey: {env: TEMP_SK}, securityToken: {env: TEMP_TOKEN}}\n"
	file := w.file("r.yaml", together(1, sas, hss, swr))
	w.applied(0, file)
	w.settled(file)

	bad := w.file("bad.yaml", edit(t, w.read(file), "PLAIN_SK", "BAD_SK"))
	w.ClearRequests()
	r := w.plan(bad, "--format", "json").exits(t, 1).says(t, "security-center", "SignatureDoesNotMatch")
	for _, a := range decode[planDoc](t, r.out).Accounts {
		if (a.Error != "") != (a.Name == "security-center") {
			t.Errorf("account %s: error %q", a.Name, a.Error)
		}
	}
	if n := w.count("ListPrivateRegistryList"); n != 1 {
		t.Errorf("the refused key was sent %d times, want once", n)
	}
	w.run("apply", "-f", bad, "--auto-approve", "--account", "host-security", "--account", "swr-primary").exits(t, 0)

	w.unset("TEMP_TOKEN")
	oneLine(t, "stderr", w.plan(file).exits(t, 1).err, file+":", "TEMP_TOKEN is not set")
}

// fiveAccounts are five instances that one key opens.
func fiveAccounts() string {
	var accounts, targets string
	for i := range 5 {
		accounts += fmt.Sprintf("  swr-%d:\n    provider: huawei-swr\n    region: cn-north-4\n    projectId: %s\n    instanceId: instance-%d\n", i, project, i)
		targets += strings.ReplaceAll(numbered(swrHarbor().item, 1), "swr-primary", fmt.Sprintf("swr-%d", i))
	}
	return "version: 1\naccounts:\n" + accounts + "replicationTargets:\n" + targets
}

// TestCredentialsRefusedKeyIsSentOnce: five failures lock a key for everybody who uses it.
func TestCredentialsRefusedKeyIsSentOnce(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		env   map[string]string
		login bool
		// sent is the operation that carries the refused credentials.
		sent string
	}{
		"wrong secret key": {env: map[string]string{"HUAWEICLOUD_SDK_AK": plainKey.ID, "HUAWEICLOUD_SDK_SK": "wrong"}, sent: "ListInstanceRegistries"},
		"unknown key":      {env: map[string]string{"HUAWEICLOUD_SDK_AK": "unknown", "HUAWEICLOUD_SDK_SK": "wrong"}, sent: "ListInstanceRegistries"},
		"missing token":    {env: map[string]string{"HUAWEICLOUD_SDK_AK": temporaryKey.ID, "HUAWEICLOUD_SDK_SK": temporaryKey.Secret}, sent: "ListInstanceRegistries"},
		"unknown token":    {env: map[string]string{"HW_AUTH_TOKEN": "unknown"}, sent: "ListInstanceRegistries"},
		"wrong password":   {env: map[string]string{"HW_USER_PASSWORD": "wrong"}, login: true, sent: "KeystoneCreateUserTokenByPassword"},
		"wrong identity token": {
			env: map[string]string{"HUAWEICLOUD_SDK_IDP_ID": "unknown", "HUAWEICLOUD_SDK_ID_TOKEN_FILE": "id-token"}, sent: "CreateTokenByIdToken",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := keysWorld(t)
			w.unset(huaweiVariables...)
			if c.login {
				w.set(w.login())
			}
			w.set(c.env)
			if file, ok := w.env["HUAWEICLOUD_SDK_ID_TOKEN_FILE"]; ok {
				w.env["HUAWEICLOUD_SDK_ID_TOKEN_FILE"] = w.file(file, "some token")
			}
			file := w.file("r.yaml", fiveAccounts())
			r := w.plan(file, "--format", "json").exits(t, 1)
			if n := len(w.Requests()); n != 1 || w.count(c.sent) != 1 {
				t.Errorf("%d requests, %d of them %s; want one in all\n%s", n, w.count(c.sent), c.sent, r.err)
			}
			for _, a := range decode[planDoc](t, r.out).Accounts {
				if a.Error == "" {
					t.Errorf("account %s has no error", a.Name)
				}
			}
		})
	}
}

// TestCredentialsRevokedDuringApply: once a write is refused for its key, no other write leaves with it.
func TestCredentialsRevokedDuringApply(t *testing.T) {
	t.Parallel()
	each(t, dialects(), func(t *testing.T, w *world, d dialect) {
		code := "APIGW.0301"
		if d.provider == "alibaba-sas" {
			code = "InvalidAccessKeyId.Inactive"
		}
		w.faults(emulator.Fault{Operation: d.create, Skip: 1, Times: -1, Kind: emulator.FaultStatus, Status: 401, Code: code})
		done := w.applied(3, w.file("r.yaml", d.file(5)), "--parallelism", "1")
		if n := w.count(d.create); n != 2 {
			t.Errorf("%d creates were sent, want the one that was taken and the one that was refused", n)
		}
		// Reading back is refused as well: what the first write did is then unknown.
		if got := done.Summary; got.Failed != 4 || got.Applied+got.Unknown != 1 {
			t.Errorf("summary %+v", got)
		}
	})
}

func TestCredentialsExpiredTokenIsRenewedOnce(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		operation    string
		times        int
		exit, tokens int
	}{
		"at a read":       {"ListRegistry", 1, 0, 2},
		"at a write":      {"AddRegistry", 1, 0, 2},
		"at a read twice": {"ListRegistry", -1, 1, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, emulator.Options{})
			w.unset(huaweiVariables...)
			w.set(w.login())
			w.faults(emulator.Fault{Operation: c.operation, Kind: emulator.FaultExpiredToken, Times: c.times})
			d := hssHarbor()
			w.apply(w.file("r.yaml", d.file(1))).exits(t, c.exit)
			if n := w.count("KeystoneCreateUserTokenByPassword"); n != c.tokens {
				t.Errorf("%d tokens were issued, want %d", n, c.tokens)
			}
			if c.exit == 0 {
				w.holds(d, d.wants(1, nil))
			} else if n := w.count(c.operation); n != 2 {
				t.Errorf("%s was sent %d times, want twice", c.operation, n)
			}
		})
	}
}

// TestCredentialsHalfSet: a variable that lacks its companion is a mistake, never passed over for other credentials.
func TestCredentialsHalfSet(t *testing.T) {
	t.Parallel()
	w := newWorld(t, emulator.Options{})
	file := w.file("r.yaml", together(1, dialects()...))
	for missing, says := range map[string]string{
		"HUAWEICLOUD_SDK_SK":              "HUAWEICLOUD_SDK_AK is set but HUAWEICLOUD_SDK_SK is not",
		"ALIBABA_CLOUD_ACCESS_KEY_SECRET": "ALIBABA_CLOUD_ACCESS_KEY_ID is set but ALIBABA_CLOUD_ACCESS_KEY_SECRET is not",
		"ALIBABA_CLOUD_ACCESS_KEY_ID":     "ALIBABA_CLOUD_ACCESS_KEY_SECRET is set but ALIBABA_CLOUD_ACCESS_KEY_ID is not",
	} {
		value := w.env[missing]
		w.unset(missing)
		w.plan(file).exits(t, 1).says(t, says)
		w.env[missing] = value
	}
	w.unset(huaweiVariables...)
	w.set(map[string]string{"HW_USER_NAME": "someone", "HW_USER_PASSWORD": "secret password"})
	w.plan(file).exits(t, 1).says(t, "HW_DOMAIN_NAME is not")
	w.set(map[string]string{"HW_USER_NAME": "", "HW_USER_PASSWORD": "", "HUAWEICLOUD_SDK_IDP_ID": "idp"})
	w.plan(file).exits(t, 1).says(t, "HUAWEICLOUD_SDK_ID_TOKEN_FILE is not")
}

// TestCredentialsClockThatIsWrong: a signature made at the wrong time is refused like a wrong key, once, and the message
// says what is wrong.
func TestCredentialsClockThatIsWrong(t *testing.T) {
	t.Parallel()
	for _, skew := range []time.Duration{-20 * time.Minute, 20 * time.Minute} {
		w := newWorld(t, emulator.Options{Clock: func() time.Time { return time.Now().Add(skew) }})
		w.plan(w.file("r.yaml", together(1, dialects()...))).exits(t, 1).says(t, "InvalidTimeStamp.Expired", "signature expired")
		if n := len(w.Requests()); n != 2 {
			t.Errorf("%d requests, want one for each vendor's key", n)
		}
	}
}
