package huawei_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"regent/internal/cloud"
	"regent/internal/cloud/cloudtest"
	"regent/internal/cloud/huawei"
	"regent/internal/secret"
)

// unreachable is an IAM that must not be asked.
func unreachable(t *testing.T, masker *secret.Masker) *huawei.IAMClient {
	t.Helper()
	return huawei.NewIAMClient("https://iam.invalid", cloud.RoundTripperFunc(func(*http.Request) (*http.Response, error) {
		t.Error("IAM was asked")
		return nil, errors.New("not to be asked")
	}), cloud.Retries{Max: -1}, masker, nil)
}

// every has all variables of all steps.
func every() map[string]string {
	return map[string]string{
		"HUAWEICLOUD_SDK_IDP_ID": "idp", "HUAWEICLOUD_SDK_ID_TOKEN_FILE": "/nowhere/token",
		"HW_AUTH_TOKEN":      "hunter2-token",
		"HUAWEICLOUD_SDK_AK": "AK1", "HUAWEICLOUD_SDK_SK": "hunter2-sk1", "HUAWEICLOUD_SDK_SECURITY_TOKEN": "hunter2-st1",
		"HW_ACCESS_KEY": "AK2", "HW_SECRET_KEY": "hunter2-sk2", "HW_SECURITY_TOKEN": "hunter2-st2",
		"HW_USER_NAME": "ci", "HW_USER_PASSWORD": "hunter2-password", "HW_DOMAIN_NAME": "acme",
	}
}

func without(env map[string]string, names ...string) map[string]string {
	for _, name := range names {
		delete(env, name)
	}
	return env
}

// TestInvariant02ChainOrder takes one step away after the other.
func TestInvariant02ChainOrder(t *testing.T) {
	t.Parallel()
	env := every()
	for _, c := range []struct {
		identity string
		gone     []string // before the next
		cred     string
	}{
		{"huawei identity provider idp", []string{"HUAWEICLOUD_SDK_IDP_ID", "HUAWEICLOUD_SDK_ID_TOKEN_FILE"}, ""},
		{"huawei token ", []string{"HW_AUTH_TOKEN"}, "//hunter2-token"},
		{"huawei key AK1", []string{"HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK"}, "AK1/hunter2-sk1/hunter2-st1"},
		{"huawei key AK2", []string{"HW_ACCESS_KEY", "HW_SECRET_KEY"}, "AK2/hunter2-sk2/hunter2-st2"},
		{"huawei user acme/ci", nil, ""},
	} {
		masker := &secret.Masker{}
		source, err := huawei.Chain(t.Context(), cloudtest.Lookup(env), masker, unreachable(t, masker))
		if err != nil || !strings.HasPrefix(source.Identity(), c.identity) || strings.Contains(source.Identity(), "hunter2") {
			t.Fatalf("want %s: %v, %v", c.identity, source, err)
		}
		if c.cred != "" {
			got, err := source.Credential(t.Context(), "project", nil)
			if err != nil {
				t.Fatal(err)
			}
			text := got.AccessKey + "/" + got.SecretKey.Reveal() + "/" + got.SecurityToken.Reveal() + got.AuthToken.Reveal()
			if text != c.cred || got.Renewable || strings.Contains(masker.Mask(text), "hunter2") {
				t.Errorf("credential is %s", text)
			}
			if printed := fmt.Sprintf("%v %+v", source, got); strings.Contains(printed, "hunter2") {
				t.Errorf("the credential prints: %s", printed)
			}
		}
		env = without(env, c.gone...)
	}
}

func TestHalfSetPairsAreErrors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ gone, want string }{
		{"HUAWEICLOUD_SDK_IDP_ID", "HUAWEICLOUD_SDK_ID_TOKEN_FILE is set but HUAWEICLOUD_SDK_IDP_ID is not"},
		{"HUAWEICLOUD_SDK_ID_TOKEN_FILE", "HUAWEICLOUD_SDK_IDP_ID is set but HUAWEICLOUD_SDK_ID_TOKEN_FILE is not"},
		{"HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK is set but HUAWEICLOUD_SDK_AK is not"},
		{"HUAWEICLOUD_SDK_SK", "HUAWEICLOUD_SDK_AK is set but HUAWEICLOUD_SDK_SK is not"},
		{"HW_ACCESS_KEY", "HW_SECRET_KEY is set but HW_ACCESS_KEY is not"},
		{"HW_SECRET_KEY", "HW_ACCESS_KEY is set but HW_SECRET_KEY is not"},
		{"HW_USER_NAME", "HW_USER_PASSWORD is set but HW_USER_NAME is not"},
		{"HW_USER_PASSWORD", "HW_USER_NAME is set but HW_USER_PASSWORD is not"},
		{"HW_DOMAIN_NAME", "HW_USER_NAME is set but HW_DOMAIN_NAME is not"},
	} {
		for _, empty := range []bool{true, false} {
			// Only the pair itself is there: an earlier step would answer first.
			env := every()
			for name := range env {
				if family(name) != family(c.gone) {
					delete(env, name)
				}
			}
			delete(env, c.gone)
			if empty {
				env[c.gone] = ""
			}
			masker := &secret.Masker{}
			_, err := huawei.Chain(t.Context(), cloudtest.Lookup(env), masker, unreachable(t, masker))
			if !errors.Is(err, cloud.ErrCredentials) || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("without %s (empty: %v): %v", c.gone, empty, err)
			}
		}
	}
}

// family tells which variables belong together.
func family(name string) string {
	switch {
	case strings.Contains(name, "_ID"):
		return "identity"
	case strings.HasPrefix(name, "HW_USER"), strings.HasPrefix(name, "HW_DOMAIN"):
		return "user"
	case strings.HasPrefix(name, "HW_AUTH"):
		return "token"
	case strings.HasPrefix(name, "HW_"):
		return "hw"
	}
	return "sdk"
}

// profile makes the library's own profile file the only one; nothing is asked over the network then.
func profile(t *testing.T, content string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "credentials")
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("HOME", filepath.Dir(file))
	t.Setenv("HUAWEICLOUD_SDK_CREDENTIALS_FILE", file)
}

func TestInvariant02OfficialProfile(t *testing.T) {
	profile(t, "[basic]\nak = AK3\nsk = hunter2-sk3\nsecurity_token = hunter2-st3\nproject_id = p\n")
	masker := &secret.Masker{}
	source, err := huawei.Chain(t.Context(), cloudtest.Lookup(nil), masker, unreachable(t, masker))
	if err != nil {
		t.Fatal(err)
	}
	cred, err := source.Credential(t.Context(), "project", nil)
	if err != nil || cred.AccessKey != "AK3" || !cred.SecretKey.Equal("hunter2-sk3") || !cred.SecurityToken.Equal("hunter2-st3") {
		t.Errorf("%+v, %v", cred, err)
	}
	if masker.Mask("hunter2-sk3 hunter2-st3") != "*** ***" {
		t.Error("the masker was not told")
	}
}

func TestOfficialProfileOfAnIdentityProvider(t *testing.T) {
	profile(t, "[basic]\nidp_id = idp3\nid_token_file = /nowhere/token\nproject_id = p\n")
	masker := &secret.Masker{}
	source, err := huawei.Chain(t.Context(), cloudtest.Lookup(nil), masker, unreachable(t, masker))
	if err != nil || source.Identity() != "huawei identity provider idp3" {
		t.Errorf("%v, %v", source, err)
	}
}

func TestOfficialChainIsLeftBehind(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	masker := &secret.Masker{}
	if _, err := huawei.Chain(ctx, cloudtest.Lookup(nil), masker, unreachable(t, masker)); !errors.Is(err, cloud.ErrCredentials) {
		t.Errorf("refused with %v", err)
	}
}
