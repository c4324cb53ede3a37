package huawei

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/auth"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/auth/provider"

	"regent/internal/cloud"
	"regent/internal/crash"
	"regent/internal/secret"
)

// Credential authenticates requests: an AuthToken, or keys with an optional SecurityToken.
type Credential struct {
	AccessKey                string
	SecretKey, SecurityToken secret.Value
	AuthToken                secret.Value
	// Renewable marks a token that its source can replace.
	Renewable bool
}

// Source gives credentials. It is safe for concurrent use.
type Source interface {
	// Credential gives what authenticates requests to a project. stale is nil, or a credential that the gateway
	// wants replaced. Errors wrap [cloud.ErrCredentials].
	Credential(ctx context.Context, projectID string, stale *Credential) (*Credential, error)
	// Identity is equal for sources that share a lock-out; it is not secret and not shown.
	Identity() string
}

// static is a credential that never changes.
type static struct{ cred Credential }

func (s static) Credential(context.Context, string, *Credential) (*Credential, error) {
	return &s.cred, nil
}

func (s static) Identity() string {
	if s.cred.AccessKey != "" {
		return "huawei key " + s.cred.AccessKey
	}
	sum := sha256.Sum256([]byte(s.cred.AuthToken.Reveal()))
	return "huawei token " + hex.EncodeToString(sum[:])
}

// Static gives a source for fixed keys or a fixed token.
func Static(c Credential) Source { return static{c} }

// Environment variables, as the official SDK and the Terraform provider name them.
const (
	envIDP           = "HUAWEICLOUD_SDK_IDP_ID"
	envIDTokenFile   = "HUAWEICLOUD_SDK_ID_TOKEN_FILE"
	envAuthToken     = "HW_AUTH_TOKEN"
	envUser          = "HW_USER_NAME"
	envPassword      = "HW_USER_PASSWORD"
	envDomain        = "HW_DOMAIN_NAME"
	envSDKAccess     = "HUAWEICLOUD_SDK_AK"
	envSDKSecret     = "HUAWEICLOUD_SDK_SK"
	envSDKToken      = "HUAWEICLOUD_SDK_SECURITY_TOKEN"
	envHWAccess      = "HW_ACCESS_KEY"
	envHWSecret      = "HW_SECRET_KEY"
	envHWToken       = "HW_SECURITY_TOKEN"
	noCredentialHelp = "no Huawei credentials found: set HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK " +
		"(or HW_AUTH_TOKEN, HW_ACCESS_KEY and HW_SECRET_KEY, HW_USER_NAME with HW_USER_PASSWORD and HW_DOMAIN_NAME, " +
		"HUAWEICLOUD_SDK_IDP_ID with HUAWEICLOUD_SDK_ID_TOKEN_FILE), or give the account credentials in the file"
)

// SecretVariables are the standard variables that hold secrets.
func SecretVariables() []string {
	return []string{envAuthToken, envSDKSecret, envSDKToken, envHWSecret, envHWToken, envPassword}
}

// Chain looks for credentials in the standard places, in this order: OIDC identity (HUAWEICLOUD_SDK_IDP_ID and
// HUAWEICLOUD_SDK_ID_TOKEN_FILE), token (HW_AUTH_TOKEN), keys of the SDK's names, keys of the Terraform provider's
// names, user and password (HW_USER_NAME, HW_USER_PASSWORD, HW_DOMAIN_NAME), then the SDK's own profile file, ECS
// metadata and pod identity. A half-set pair is an error, never skipped.
func Chain(ctx context.Context, lookup secret.Lookup, masker *secret.Masker, iam *IAMClient) (Source, error) {
	env := reader{lookup: lookup, masker: masker}
	steps := []func() (Source, error){
		func() (Source, error) { return env.oidc(iam) },
		env.token,
		func() (Source, error) { return env.keys(envSDKAccess, envSDKSecret, envSDKToken) },
		func() (Source, error) { return env.keys(envHWAccess, envHWSecret, envHWToken) },
		func() (Source, error) { return env.password(iam) },
	}
	for _, step := range steps {
		source, err := step()
		if err != nil {
			return nil, fmt.Errorf("%w: %w", cloud.ErrCredentials, err)
		}
		if source != nil {
			return source, nil
		}
	}
	return official(ctx, iam, masker)
}

// reader reads credential variables and registers their values with the masker.
type reader struct {
	lookup secret.Lookup
	masker *secret.Masker
}

func (r reader) secret(name string) secret.Value {
	v, _ := secret.Ref{Env: name}.Resolve(r.lookup)
	r.masker.Add(v)
	return v
}

func (r reader) text(name string) string {
	v, _ := r.lookup(name)
	return v
}

// all reports whether every variable is set; some but not all is an error.
func (r reader) all(names ...string) (bool, error) {
	var missing, present []string
	for _, name := range names {
		if r.text(name) == "" {
			missing = append(missing, name)
		} else {
			present = append(present, name)
		}
	}
	if len(present) > 0 && len(missing) > 0 {
		return false, fmt.Errorf("%s is set but %s is not", present[0], missing[0])
	}
	return len(missing) == 0, r.fit(names...)
}

// fit refuses variables whose text no request can carry.
func (r reader) fit(names ...string) error {
	var errs []error
	for _, name := range names {
		if why := secret.New(r.text(name)).Stray(); why != "" {
			errs = append(errs, fmt.Errorf("the environment variable %s %s", name, why))
		}
	}
	return errors.Join(errs...)
}

func (r reader) keys(access, secretKey, token string) (Source, error) {
	ok, err := r.all(access, secretKey)
	if ok && err == nil {
		err = r.fit(token)
	}
	if !ok || err != nil {
		return nil, err
	}
	return Static(Credential{AccessKey: r.text(access), SecretKey: r.secret(secretKey), SecurityToken: r.secret(token)}), nil
}

func (r reader) token() (Source, error) {
	if r.text(envAuthToken) == "" {
		return nil, nil
	}
	if err := r.fit(envAuthToken); err != nil {
		return nil, err
	}
	return Static(Credential{AuthToken: r.secret(envAuthToken)}), nil
}

func (r reader) password(iam *IAMClient) (Source, error) {
	ok, err := r.all(envUser, envPassword, envDomain)
	if !ok || err != nil {
		return nil, err
	}
	return newPasswordSource(iam, r.text(envDomain), r.text(envUser), r.secret(envPassword)), nil
}

func (r reader) oidc(iam *IAMClient) (Source, error) {
	ok, err := r.all(envIDP, envIDTokenFile)
	if !ok || err != nil {
		return nil, err
	}
	return newOIDCSource(iam, r.text(envIDP), r.text(envIDTokenFile)), nil
}

// official asks the SDK's own providers. They take no context, so they run aside and are left behind when ctx ends.
func official(ctx context.Context, iam *IAMClient, masker *secret.Masker) (Source, error) {
	type result struct {
		cred auth.ICredential
		err  error
	}
	done := make(chan result, 1)
	go func() {
		var r result
		defer func() { done <- r }()
		defer crash.Caught(&r.err)
		chain := provider.NewCredentialProviderChain([]provider.ICredentialProvider{
			provider.BasicCredentialProfileProvider(),
			provider.BasicCredentialMetadataProvider(),
			provider.BasicCredentialPodIdentityProvider(),
		})
		r.cred, r.err = chain.GetCredentials()
	}()
	select {
	case <-ctx.Done():
		return nil, fmt.Errorf("%w: %w", cloud.ErrCredentials, ctx.Err())
	case r := <-done:
		if r.err != nil {
			return nil, fmt.Errorf("%w: %s", cloud.ErrCredentials, noCredentialHelp)
		}
		return fromSDK(r.cred, iam, masker)
	}
}

func fromSDK(cred auth.ICredential, iam *IAMClient, masker *secret.Masker) (Source, error) {
	basic, ok := cred.(*auth.BasicCredentials)
	if !ok {
		return nil, fmt.Errorf("%w: %w", cloud.ErrCredentials, errors.New("the SDK gave credentials of an unknown kind"))
	}
	if basic.IdpId != "" && basic.IdTokenFile != "" {
		return newOIDCSource(iam, basic.IdpId, basic.IdTokenFile), nil
	}
	c := Credential{AccessKey: basic.AK, SecretKey: secret.New(basic.SK), SecurityToken: secret.New(basic.SecurityToken)}
	masker.Add(c.SecretKey)
	masker.Add(c.SecurityToken)
	for _, v := range []secret.Value{secret.New(c.AccessKey), c.SecretKey, c.SecurityToken} {
		if why := v.Stray(); why != "" {
			return nil, fmt.Errorf("%w: a part of what the SDK's own sources gave (profile, metadata, pod identity) %s", cloud.ErrCredentials, why)
		}
	}
	return Static(c), nil
}
