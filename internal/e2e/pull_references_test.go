package e2e

import (
	"fmt"
	"strings"
	"testing"

	"regent/internal/emulator"
	"regent/internal/github/githubtest"
)

// references are all places of a file where a variable may be named, with the text before it and after it.
func references() map[string]struct{ from, to string } {
	return map[string]struct{ from, to string }{
		"password":       {"password: {env: HSS_PASSWORD}", "password: {env: %s}"},
		"username":       {"username: robot$hss", "username: {env: %s}"},
		"authToken":      {"authToken: {env: QUAY_PLATFORM_TOKEN}", "authToken: {env: %s}"},
		"accessKey":      {"accessKey: robot$swr", "accessKey: {env: %s}"},
		"accessSecret":   {"accessSecret: {env: SWR_SECRET}", "accessSecret: {env: %s}"},
		"by merge key":   {"password: {env: HSS_PASSWORD}", "password: {<<: {env: %s}}"},
		"by alias":       {"password: {env: HSS_PASSWORD}", "x-name: &name %s\n    password: {env: *name}"},
		"quoted":         {"password: {env: HSS_PASSWORD}", `password: {env: "%s"}`},
		"in credentials": {"region: cn-hangzhou\n", "region: cn-hangzhou\n    credentials: {accessKey: {env: OWN_AK}, secretKey: {env: %s}}\n"},
	}
}

// TestInvariant02PullRequestReachingForTheToolsOwnCredentials: no field may name a variable that the tool, the workflow or a cloud's
// library reads, in any letter case; nothing is asked, and no value is shown.
func TestInvariant02PullRequestReachingForTheToolsOwnCredentials(t *testing.T) {
	t.Parallel()
	good := together(1, sasQuay(), hssHarbor(), swrHarbor())
	for _, variable := range []string{
		"ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "ALIBABA_CLOUD_SECURITY_TOKEN", "HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK",
		"HUAWEICLOUD_SDK_SECURITY_TOKEN", "HW_ACCESS_KEY", "HW_SECRET_KEY", "HW_AUTH_TOKEN", "HW_USER_PASSWORD", "GITHUB_TOKEN", "GITHUB_REPOSITORY",
		"ACTIONS_ID_TOKEN_REQUEST_TOKEN", "ACTIONS_RUNTIME_TOKEN", "RUNNER_TEMP", "INPUT_GITHUB_TOKEN", "INPUT_PLAN_SIGNING_KEY", "REGENT_ENDPOINT_HUAWEI_SWR",
		"HC_CONTAINER_AUTHORIZATION_TOKEN_FILE", "GH_TOKEN", "GH_ENTERPRISE_TOKEN", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY",
	} {
		t.Run(variable, func(t *testing.T) {
			t.Parallel()
			mixed := strings.ToUpper(variable[:2]) + strings.ToLower(variable[2:])
			for _, spelling := range []string{variable, strings.ToLower(variable), mixed} {
				w := newWorld(t, emulator.Options{})
				w.env[variable], w.env[spelling] = "the-tools-own-value", "the-tools-own-value"
				for name, at := range references() {
					file := w.file("r.yaml", strings.Replace(good, at.from, fmt.Sprintf(at.to, spelling), 1))
					for _, command := range []string{"validate", "accounts", "plan", "apply"} {
						r := w.run(command, "-f", file).exits(t, 1).says(t, file+":", spelling)
						if !strings.Contains(r.err, "is refused") && !strings.Contains(r.err, "is read without being named") || r.out != "" {
							t.Errorf("%s in %s\n%s", spelling, name, r)
						}
						leakFree(t, []string{"the-tools-own-value"}, map[string]string{"stdout": r.out, "stderr": r.err})
					}
				}
				if n := len(w.Requests()); n > 0 {
					t.Errorf("%d requests", n)
				}
			}
		})
	}
}

// TestPullRequestSendingOneSecretToAnother: a variable has one role. The credentials of an account go to no registry, a
// registry's secret signs no request, and a secret is no login, which APIs return in clear.
func TestPullRequestSendingOneSecretToAnother(t *testing.T) {
	t.Parallel()
	good := strings.Replace(together(1, sasQuay(), hssHarbor(), swrHarbor()), "region: cn-hangzhou\n",
		"region: cn-hangzhou\n    credentials: {accessKey: {env: OWN_AK}, secretKey: {env: OWN_SK}, securityToken: {env: OWN_TOKEN}}\n", 1)
	for name, c := range map[string]struct{ from, to, says string }{
		"secret key as a password":      {"password: {env: HSS_PASSWORD}", "password: {env: OWN_SK}", "OWN_SK holds credentials of account security-center"},
		"secret key in another case":    {"password: {env: HSS_PASSWORD}", "password: {env: own_sk}", "own_sk holds credentials of account security-center"},
		"security token as a token":     {"authToken: {env: QUAY_PLATFORM_TOKEN}", "authToken: {env: OWN_TOKEN}", "OWN_TOKEN holds credentials"},
		"access key as a login":         {"username: robot$hss", "username: {env: OWN_AK}", "OWN_AK holds credentials"},
		"secret key as a secret":        {"accessSecret: {env: SWR_SECRET}", "accessSecret: {env: OWN_SK}", "OWN_SK holds credentials"},
		"password as a secret key":      {"secretKey: {env: OWN_SK}", "secretKey: {env: HSS_PASSWORD}", "HSS_PASSWORD holds credentials of account security-center"},
		"password as an access key":     {"accessKey: {env: OWN_AK}", "accessKey: {env: SWR_SECRET}", "SWR_SECRET holds credentials"},
		"password as a login":           {"username: robot$hss", "username: {env: SWR_SECRET}", "SWR_SECRET is named like a secret"},
		"secret key as an access key":   {"accessKey: {env: OWN_AK}", "accessKey: {env: OWN_SK}", "a variable has one role"},
		"security token as secret key":  {"secretKey: {env: OWN_SK}", "secretKey: {env: OWN_TOKEN}", "a variable has one role"},
		"secret in another letter case": {"username: robot$hss\n    password: {env: HSS_PASSWORD}", "username: {env: hss_pw}\n    password: {env: HSS_PW}", "a variable has one role"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, emulator.Options{})
			for _, variable := range []string{"OWN_AK", "OWN_SK", "OWN_TOKEN", "own_sk"} {
				w.env[variable] = "the-accounts-own-value"
			}
			file := w.file("r.yaml", strings.Replace(good, c.from, c.to, 1))
			for _, command := range []string{"validate", "accounts", "plan", "apply"} {
				w.run(command, "-f", file).exits(t, 1).says(t, c.says)
			}
			if n := len(w.Requests()); n > 0 {
				t.Errorf("%d requests", n)
			}
		})
	}
}

// TestActionReachingForTheToolsOwnCredentials does the same where a pull request meets them: beside the job's token and the
// Action's inputs. Whatever the event, the run ends with a finding on the line, and asks no cloud.
func TestActionReachingForTheToolsOwnCredentials(t *testing.T) {
	t.Parallel()
	good := together(1, sasQuay(), hssHarbor(), swrHarbor())
	for _, variable := range []string{
		"GITHUB_TOKEN", "Actions_Runtime_Token", "input_plan_signing_key", "RUNNER_TOKEN", "HuaweiCloud_SDK_SK", "alibaba_cloud_access_key_secret",
		"hw_secret_key", "REGENT_TOKEN", "gh_token", "https_proxy",
	} {
		t.Run(variable, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, good)
			s.env[variable] = "the-tools-own-value"
			if strings.HasSuffix(variable, "proxy") {
				s.env[variable] = "http://somebody:the-tools-own-value@127.0.0.1:1" // loopback goes past it
			}
			s.secrets = append(s.secrets, "the-tools-own-value")
			push := s.merge()
			for name, at := range references() {
				s.config = strings.Replace(good, at.from, fmt.Sprintf(at.to, variable), 1)
				for event, payload := range map[string][]byte{"pull_request": opened(), "push": push, "schedule": githubtest.Event("schedule")} {
					got := s.start(event, payload, nil)
					if got.code != 1 || got.outputs["reason"] != "config-invalid" || !strings.Contains(got.at("error"), "registries.yaml:") {
						t.Errorf("%s in %s, %s: %s", variable, name, event, got)
					}
					got.tells("error", variable)
				}
			}
			if n := len(s.Requests()); n > 0 {
				t.Errorf("%d requests", n)
			}
		})
	}
}
