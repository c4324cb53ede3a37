package alibaba

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"

	"github.com/aliyun/credentials-go/credentials/providers"

	"regent/internal/crash"
	"regent/internal/secret"
)

// Keys are what signs a request.
type Keys struct {
	AccessKeyID     string
	AccessKeySecret secret.Value
	// SecurityToken goes with temporary keys; else empty.
	SecurityToken secret.Value
}

// Source gives keys. It is safe for concurrent use. Errors wrap [cloud.ErrCredentials].
type Source interface {
	Keys(ctx context.Context) (Keys, error)
	// Identity is equal for sources that share a lock-out; it is not secret and not shown.
	Identity() string
}

type static struct{ keys Keys }

func (s static) Keys(context.Context) (Keys, error) { return s.keys, nil }
func (s static) Identity() string                   { return "alibaba key " + s.keys.AccessKeyID }

// Static gives a source for fixed keys.
func Static(k Keys) Source { return static{k} }

// Environment variables of the first step of the official chain.
const (
	envAccess = "ALIBABA_CLOUD_ACCESS_KEY_ID"
	envSecret = "ALIBABA_CLOUD_ACCESS_KEY_SECRET"
	envToken  = "ALIBABA_CLOUD_SECURITY_TOKEN"

	noCredentialHelp = "no Alibaba Cloud credentials found: set " + envAccess + " and " + envSecret +
		", or any other source of the official chain (OIDC role, profile, instance role), or give the account " +
		"credentials in the file"
)

// SecretVariables are the standard variables that hold secrets.
func SecretVariables() []string { return []string{envSecret, envToken} }

// Chain gives the official default chain: environment, OIDC role, CLI profile, profile file, instance metadata,
// credentials URI. The environment is read here, so that lookup decides what it is.
func Chain(lookup secret.Lookup, masker *secret.Masker) (Source, error) {
	id, _ := lookup(envAccess)
	key, ok := secret.Ref{Env: envSecret}.Resolve(lookup)
	switch {
	case id != "" && ok:
		token, _ := secret.Ref{Env: envToken}.Resolve(lookup)
		masker.Add(key)
		masker.Add(token)
		for name, v := range map[string]secret.Value{envAccess: secret.New(id), envSecret: key, envToken: token} {
			if why := v.Stray(); why != "" {
				return nil, refuse(fmt.Errorf("the environment variable %s %s", name, why))
			}
		}
		return Static(Keys{AccessKeyID: id, AccessKeySecret: key, SecurityToken: token}), nil
	case id != "":
		return nil, refuse(fmt.Errorf("%s is set but %s is not", envAccess, envSecret))
	case ok:
		return nil, refuse(fmt.Errorf("%s is set but %s is not", envSecret, envAccess))
	}
	return &official{lookup: lookup, masker: masker}, nil
}

// official asks the credentials library, which caches and refreshes by itself. It takes no context, so it runs
// aside and is left behind when ctx ends.
type official struct {
	lookup secret.Lookup
	masker *secret.Masker

	mu   sync.Mutex
	cred *providers.DefaultCredentialsProvider
}

// ask serializes the library, whose chain and sources are not safe for concurrent use. A chain that found nothing is
// dropped: it would go on asking its last source only.
func (o *official) ask() (*providers.Credentials, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.cred == nil {
		o.cred = providers.NewDefaultCredentialsProvider()
	}
	model, err := o.cred.GetCredentials()
	if err != nil {
		o.cred = nil
	}
	return model, err
}

// explain words the library's failure. Its message lists every source it tried, which says nothing to somebody who
// configured none, and everything to somebody who configured one.
func (o *official) explain(err error) error {
	for _, name := range []string{
		"ALIBABA_CLOUD_ROLE_ARN", "ALIBABA_CLOUD_OIDC_TOKEN_FILE", "ALIBABA_CLOUD_PROFILE", "ALIBABA_CLOUD_CONFIG_FILE",
		"ALIBABA_CLOUD_CREDENTIALS_FILE", "ALIBABA_CLOUD_ECS_METADATA", "ALIBABA_CLOUD_CREDENTIALS_URI",
	} {
		if v, _ := o.lookup(name); v != "" {
			return fmt.Errorf("no Alibaba Cloud credentials (%s is set): %s", name, o.masker.Withhold("what the vendor's library says", withoutContents(err.Error())))
		}
	}
	return errors.New(noCredentialHelp)
}

var (
	// contents begin after these words of the library, or with a brace: an answer, or the CLI's file, in full.
	contents = regexp.MustCompile(`failed: |fail: |err: |message = |[{<]`)
	// refusal is the code in an answer, of letters alone; a key has digits.
	refusal = regexp.MustCompile(`"Code"\s*:\s*"([A-Za-z]{1,40}(?:\.[A-Za-z]{1,40})*)"`)
	// location is an address, with what in it may be secret.
	location = regexp.MustCompile(`(https?://)(?:[^\s"'/@]*@)?([^\s"'?]*)(?:\?[^\s"']*)?`)
)

// withoutContents leaves out what the library quotes. It quotes answers and files in full where it cannot read them, with
// keys in them that nobody has learnt yet.
func withoutContents(message string) string {
	at := contents.FindStringIndex(message)
	if at == nil {
		return location.ReplaceAllString(message, "$1$2")
	}
	short := strings.TrimRight(message[:at[0]], " ,:") + " (the rest is not shown: it may hold keys)"
	if code := refusal.FindStringSubmatch(message[at[0]:]); code != nil {
		short += ", code " + code[1]
	}
	return location.ReplaceAllString(short, "$1$2")
}

// Identity implements [Source].
func (o *official) Identity() string { return "alibaba default chain" }

// Keys implements [Source].
func (o *official) Keys(ctx context.Context) (Keys, error) {
	type result struct {
		model *providers.Credentials
		err   error
	}
	done := make(chan result, 1)
	go func() {
		var r result
		defer func() { done <- r }()
		defer crash.Caught(&r.err)
		r.model, r.err = o.ask()
	}()
	select {
	case <-ctx.Done():
		return Keys{}, refuse(ctx.Err())
	case r := <-done:
		if r.err != nil {
			return Keys{}, refuse(o.explain(r.err))
		}
		if r.model == nil || r.model.AccessKeyId == "" || r.model.AccessKeySecret == "" {
			return Keys{}, refuse(errors.New(noCredentialHelp))
		}
		k := Keys{AccessKeyID: r.model.AccessKeyId, AccessKeySecret: secret.New(r.model.AccessKeySecret)}
		if r.model.SecurityToken != "" {
			k.SecurityToken = secret.New(r.model.SecurityToken)
		}
		o.masker.Add(k.AccessKeySecret)
		o.masker.Add(k.SecurityToken)
		for _, v := range []secret.Value{secret.New(k.AccessKeyID), k.AccessKeySecret, k.SecurityToken} {
			if why := v.Stray(); why != "" {
				return Keys{}, refuse(fmt.Errorf("a part of what the default chain gave %s", why))
			}
		}
		return k, nil
	}
}
