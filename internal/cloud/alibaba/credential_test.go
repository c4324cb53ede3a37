package alibaba_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"regent/internal/cloud"
	"regent/internal/cloud/alibaba"
	"regent/internal/cloud/cloudtest"
	"regent/internal/secret"
)

func TestInvariant02ChainReadsTheEnvironmentFirst(t *testing.T) {
	t.Parallel()
	const id, key, token = "ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "ALIBABA_CLOUD_SECURITY_TOKEN"
	for _, c := range []struct {
		name    string
		env     map[string]string
		want    string // id/key/token
		refusal string
	}{
		{"key", map[string]string{id: "LTAI1", key: "hunter2-key"}, "LTAI1/hunter2-key/", ""},
		{"temporary key", map[string]string{id: "STS1", key: "hunter2-key", token: "hunter2-token"}, "STS1/hunter2-key/hunter2-token", ""},
		{"empty token", map[string]string{id: "LTAI1", key: "hunter2-key", token: ""}, "LTAI1/hunter2-key/", ""},
		{"secret missing", map[string]string{id: "LTAI1"}, "", id + " is set but " + key + " is not"},
		{"secret empty", map[string]string{id: "LTAI1", key: ""}, "", id + " is set but " + key + " is not"},
		{"id missing", map[string]string{key: "hunter2-key"}, "", key + " is set but " + id + " is not"},
		{"id empty", map[string]string{id: "", key: "hunter2-key"}, "", key + " is set but " + id + " is not"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			masker := &secret.Masker{}
			source, err := alibaba.Chain(cloudtest.Lookup(c.env), masker)
			if c.refusal != "" {
				if !errors.Is(err, cloud.ErrCredentials) || !strings.Contains(err.Error(), c.refusal) || strings.Contains(err.Error(), "hunter2") {
					t.Errorf("refused with %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			k, err := source.Keys(t.Context())
			if got := k.AccessKeyID + "/" + k.AccessKeySecret.Reveal() + "/" + k.SecurityToken.Reveal(); err != nil || got != c.want {
				t.Errorf("keys are %s, %v", got, err)
			}
			if masked := masker.Mask("hunter2-key hunter2-token"); c.env[token] != "" && masked != "*** ***" || !strings.HasPrefix(masked, "***") {
				t.Errorf("the masker was not told: %s", masked)
			}
			if !strings.Contains(source.Identity(), c.env[id]) || strings.Contains(fmt.Sprint(source), "hunter2") {
				t.Errorf("identity is %s", source.Identity())
			}
		})
	}
}

// officialEnvironment leaves the library one profile file, and nothing that it would have to ask the network for.
func officialEnvironment(t *testing.T, profile string) {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "credentials")
	if profile != "" {
		if err := os.WriteFile(file, []byte(profile), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, value := range map[string]string{
		"HOME": dir, "ALIBABA_CLOUD_CREDENTIALS_FILE": file, "ALIBABA_CLOUD_CLI_PROFILE_DISABLED": "true",
		"ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true", "ALIBABA_CLOUD_ACCESS_KEY_ID": "", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "",
		"ALIBABA_CLOUD_PROFILE": "", "ALIBABA_CLOUD_CREDENTIALS_URI": "", "ALIBABA_CLOUD_ROLE_ARN": "",
		"ALIBABA_CLOUD_OIDC_PROVIDER_ARN": "", "ALIBABA_CLOUD_OIDC_TOKEN_FILE": "",
	} {
		t.Setenv(name, value)
	}
}

// TestInvariant02OfficialChain is asked by many at once, as accounts are; the library is not made for that.
func TestInvariant02OfficialChain(t *testing.T) {
	officialEnvironment(t, "[default]\nenable = true\ntype = access_key\naccess_key_id = LTAI2\naccess_key_secret = hunter2-key\n")
	masker := &secret.Masker{}
	source, err := alibaba.Chain(os.LookupEnv, masker)
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			k, err := source.Keys(t.Context())
			if err != nil || k.AccessKeyID != "LTAI2" || !k.AccessKeySecret.Equal("hunter2-key") {
				t.Errorf("keys are %s, %v", k.AccessKeyID, err)
			}
		})
	}
	group.Wait()
	if masker.Mask("hunter2-key") != "***" || strings.Contains(source.Identity(), "LTAI2") {
		t.Error("the masker was not told, or the identity tells")
	}
}

func TestOfficialChainFindsNothing(t *testing.T) {
	officialEnvironment(t, "")
	source, err := alibaba.Chain(cloudtest.Lookup(nil), &secret.Masker{})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // asking again says the same
		_, err = source.Keys(t.Context())
		if !errors.Is(err, cloud.ErrCredentials) || !strings.Contains(err.Error(), "no Alibaba Cloud credentials found: set ALIBABA_CLOUD_ACCESS_KEY_ID") {
			t.Errorf("refused with %v", err)
		}
	}
	source, err = alibaba.Chain(cloudtest.Lookup(map[string]string{"ALIBABA_CLOUD_PROFILE": "ci"}), &secret.Masker{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err = source.Keys(t.Context()); !errors.Is(err, cloud.ErrCredentials) || !strings.Contains(err.Error(), "(ALIBABA_CLOUD_PROFILE is set)") {
		t.Errorf("refused with %v", err)
	}
}

func TestOfficialChainIsLeftBehind(t *testing.T) {
	officialEnvironment(t, "")
	source, err := alibaba.Chain(cloudtest.Lookup(nil), &secret.Masker{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := source.Keys(ctx); !errors.Is(err, cloud.ErrCredentials) {
		t.Errorf("refused with %v", err)
	}
}
