package e2e

import (
	"cmp"
	"strings"
	"testing"

	"regent/internal/emulator"
)

// TestInvariant02PullRequestReachingForCopies: the environment may hold one of the tool's own secrets under a second name, which the
// file can say. Every kind of secret and login is looked at before the first write.
func TestInvariant02PullRequestReachingForCopies(t *testing.T) {
	t.Parallel()
	config := together(1, sasQuay(), hssHarbor(), swrHarbor())
	for literal, ref := range map[string]string{"username: robot$hss": "username: {env: HSS_LOGIN}", "accessKey: robot$swr": "accessKey: {env: SWR_LOGIN}"} {
		config = edit(t, config, literal, ref)
	}
	for _, variable := range []string{
		"ALIBABA_CLOUD_ACCESS_KEY_SECRET", "HUAWEICLOUD_SDK_SK", "HW_SECRET_KEY", "HW_USER_PASSWORD", "GITHUB_TOKEN", "GH_TOKEN",
		"ACTIONS_RUNTIME_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "INPUT_GITHUB-TOKEN",
	} {
		t.Run(variable, func(t *testing.T) {
			t.Parallel()
			for _, copied := range []string{"SAS_PASSWORD", "QUAY_PLATFORM_TOKEN", "HSS_PASSWORD", "HSS_LOGIN", "SWR_SECRET", "SWR_LOGIN"} {
				w := newWorld(t, emulator.Options{})
				w.env["HSS_LOGIN"], w.env["SWR_LOGIN"] = "robot$hss", "robot$swr"
				w.env[variable] = cmp.Or(w.env[variable], "the-tools-own-value")
				w.env[copied] = w.env[variable]
				file := w.file("r.yaml", config)
				w.start(nil, "plan", "-f", file).ends(0)
				r := w.start(nil, "apply", "-f", file, "--auto-approve").ends(1).says(t, "nothing was written")
				oneLine(t, "stderr", r.err, file+":", "the environment variable "+copied, "holds the same as "+variable, "must not be sent to a registry")
				leakFree(t, []string{w.env[copied]}, map[string]string{"stdout": r.out, "stderr": r.err})
				w.wrote()
			}
		})
	}
}

// TestActionReachingForCopies: GH_TOKEN is what many jobs call the token that the Action gets as an input.
func TestActionReachingForCopies(t *testing.T) {
	t.Parallel()
	for _, input := range []string{"github-token", "plan-signing-key"} {
		t.Run(input, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, edit(t, dialects()[2].file(1), "SWR_SECRET", "MY_TOKEN"))
			s.env["MY_TOKEN"] = s.token
			with := map[string]string{}
			if input == "plan-signing-key" {
				s.env["MY_TOKEN"] = "the signing key of the plans of this test"
				with[input] = s.env["MY_TOKEN"]
			}
			s.secrets = append(s.secrets, s.env["MY_TOKEN"])
			with["allow-secrets-in-plan"] = "true"
			s.start("pull_request", opened(), with).exits(0, "").gives("add", "1")
			push := s.merge()
			got := s.start("push", push, with).exits(1, "secrets-missing").
				tells("error", "MY_TOKEN", "holds the same as INPUT_"+strings.ToUpper(input), "must not be sent to a registry")
			if at := got.at("error"); !strings.HasPrefix(at, "registries.yaml:") {
				t.Errorf("it is said at %q", at)
			}
			s.wrote()
			s.env["MY_TOKEN"] = "a secret of its own"
			s.start("push", push, with).exits(0, "").gives("add", "1")
		})
	}
}
