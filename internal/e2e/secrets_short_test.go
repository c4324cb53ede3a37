package e2e

import (
	"strings"
	"testing"

	"regent/internal/emulator"
)

// TestInvariant02ShortSecretsAreRefusedAtApply: a value that stands in any text by chance can be kept out of none. The refusal names
// every variable with its places, and tells neither value nor length.
func TestInvariant02ShortSecretsAreRefusedAtApply(t *testing.T) {
	t.Parallel()
	messages := map[string]string{}
	for _, value := range []string{"J", "Jq", "Jq%", "秘密鍵"} {
		w, config := secretsWorld(t, value)
		file := w.file("r.yaml", config)
		for _, format := range []string{"text", "markdown", "json"} {
			w.plan(file, "--format", format).exits(t, 0) // a plan needs no secret, and sends none
			r := w.apply(file, "--format", format).exits(t, 1).says(t, "nothing was written")
			for variable, places := range map[string][]string{
				"SAS_PASSWORD": {w.place(file, "password: {env: SAS_PASSWORD}")}, "HSS_PASSWORD": {w.place(file, "password: {env: HSS_PASSWORD}")},
				"SWR_SECRET": {w.place(file, "accessSecret: {env: SWR_SECRET}")}, "QUAY_PLATFORM_TOKEN": {"quay-1", "namespaces[platform]"},
				"OWN_SK": {"account security-center", "secretKey"},
			} {
				oneLine(t, "stderr", r.err, append(places, "the environment variable "+variable, "fewer than 4 characters")...)
			}
			for line := range strings.Lines(r.err) {
				if strings.Contains(line, "fewer than") && strings.Contains(strings.ReplaceAll(line, "QUAY", ""), value) {
					t.Errorf("%q is shown: %s", value, line)
				}
			}
			if format == "json" {
				decode[applyDoc](t, r.out)
			}
			messages[format+oneOf(r.err, "SWR_SECRET")] = value
		}
		w.wrote()
	}
	if len(messages) != 3 {
		t.Errorf("the refusals of secrets of one, two and three characters differ: %v", messages)
	}
}

// oneOf gives the first line that holds a text, without the name of its file.
func oneOf(text, part string) string {
	for line := range strings.Lines(text) {
		if strings.Contains(line, part) && strings.Contains(line, "fewer") {
			return line[strings.Index(line, "r.yaml"):]
		}
	}
	return ""
}

// TestFourCharactersAreEnough for a secret, and its loss of letters is none for the server.
func TestFourCharactersAreEnough(t *testing.T) {
	t.Parallel()
	w, config := secretsWorld(t, "Jq%7")
	w.applied(0, w.file("r.yaml", config))
	if got := w.State().SWR.Registries[0].Registry.Credential.AccessSecret; got != "Jq%7" {
		t.Errorf("%q arrived", got)
	}
}

// TestSecretsThatAreNoTextAreRefusedAtApply: JSON can carry UTF-8 only, and the registry would be given another password.
func TestSecretsThatAreNoTextAreRefusedAtApply(t *testing.T) {
	t.Parallel()
	w, config := secretsWorld(t, "kw3\xff\xfeq9z")
	w.env["OWN_SK"] = w.State().Credentials.Huawei[1].Secret
	file := w.file("r.yaml", config)
	r := w.apply(file).exits(t, 1)
	oneLine(t, "stderr", r.err, w.place(file, "password: {env: HSS_PASSWORD}"), "HSS_PASSWORD", "not UTF-8")
	leakFree(t, []string{"kw3\xff\xfeq9z"}, map[string]string{"stdout": r.out, "stderr": r.err})
	w.wrote()
}

// TestShortStandardCredentialsAreRefusedAtApply: the secrets that the tool finds by itself can be kept out of messages no
// better than others. The accounts that are not written to are not looked at.
func TestShortStandardCredentialsAreRefusedAtApply(t *testing.T) {
	t.Parallel()
	for _, value := range []string{"Jq%", "秘密鍵"} {
		keys := []emulator.AccessKey{{ID: "SHORTKEY", Secret: value}}
		w := newWorld(t, emulator.Options{State: &emulator.State{Version: 1, Credentials: &emulator.Credentials{Alibaba: keys, Huawei: keys}}})
		for _, d := range dialects() {
			file := w.file("r.yaml", d.file(1))
			w.plan(file).exits(t, 0)
			variable := "HUAWEICLOUD_SDK_SK"
			if d.provider == "alibaba-sas" {
				variable = "ALIBABA_CLOUD_ACCESS_KEY_SECRET"
			}
			r := w.apply(file).exits(t, 1).says(t, "nothing was written")
			oneLine(t, "stderr", r.err, file+":", "account "+d.account, "the environment variable "+variable, "fewer than 4 characters")
			if strings.Contains(r.out+r.err, value) {
				t.Errorf("%q is shown\n%s", value, r)
			}
		}
		w.wrote()
		w.run("apply", "-f", w.file("r.yaml", together(1, dialects()...)), "--sandbox", "--auto-approve").exits(t, 0) // it has keys of its own
	}
}

// TestLoginsThatAreNoTextAreRefusedAtApply: another login would arrive, and differ from then on. A short one is fine.
func TestLoginsThatAreNoTextAreRefusedAtApply(t *testing.T) {
	t.Parallel()
	w, config := secretsWorld(t, "a secret that can be sent")
	file := w.file("r.yaml", config)
	w.env["SAS_LOGIN"], w.env["HSS_LOGIN"], w.env["SWR_LOGIN"] = "ro\xffbot", "ro\xffbot", "ro\xffbot"
	for _, format := range []string{"text", "json"} {
		w.apply(file, "--format", format).exits(t, 1)
		r := w.plan(file, "--format", format).exits(t, 1)
		oneLine(t, "stderr", r.err, w.place(file, "username: {env: SAS_LOGIN}"), "comes from env SAS_LOGIN", "not UTF-8")
		oneLine(t, "stderr", r.err, w.place(file, "username: {env: HSS_LOGIN}"), "comes from env HSS_LOGIN", "not UTF-8")
		oneLine(t, "stderr", r.err, w.place(file, "accessKey: {env: SWR_LOGIN}"), "comes from env SWR_LOGIN", "not UTF-8")
	}
	w.wrote()
	w.env["SAS_LOGIN"], w.env["HSS_LOGIN"], w.env["SWR_LOGIN"] = "r", "ro", "rob"
	w.applied(0, file)
}
