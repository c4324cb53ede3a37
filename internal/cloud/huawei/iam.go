package huawei

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"regent/internal/cloud"
	"regent/internal/secret"
)

const (
	pathToken     = "/v3/auth/tokens"
	pathIDToken   = "/v3.0/OS-AUTH/id-token/tokens"
	pathTemporary = "/v3.0/OS-CREDENTIAL/securitytokens"

	// renewBefore is how long before its end a token or temporary key is replaced.
	renewBefore = 5 * time.Minute
	// temporaryKeyLife is asked for temporary keys, in seconds. IAM allows 900 to 86,400; a run takes minutes.
	temporaryKeyLife = 3600
	// maxIDToken is the largest identity token file read, in bytes: IAM's own limit for tokens is 32,768.
	maxIDToken = 64 << 10
)

// IAMClient exchanges passwords and identity tokens for tokens and temporary keys.
type IAMClient struct {
	endpoint string
	client   *cloud.Client
	masker   *secret.Masker
}

// NewIAMClient gives a client of one IAM endpoint. network is the transport below; only the exchanges pass it. throttled is
// that of [cloud.Options].
func NewIAMClient(endpoint string, network http.RoundTripper, retries cloud.Retries, masker *secret.Masker, throttled func(string)) *IAMClient {
	transport := cloud.ReadOnly(network, func(r *http.Request) bool {
		return r.Method == http.MethodPost &&
			(r.URL.Path == pathToken || r.URL.Path == pathIDToken || r.URL.Path == pathTemporary)
	})
	return &IAMClient{endpoint: endpoint, masker: masker, client: cloud.NewClient(cloud.Options{
		Provider: "huawei-iam", Transport: transport, Dialect: Dialect{}, Retries: retries, Masker: masker, Throttled: throttled,
	})}
}

// post sends an exchange. It creates nothing that lasts, so it may be repeated like a read.
func (c *IAMClient) post(ctx context.Context, operation, path string, header http.Header, body any, out any) (http.Header, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	call := cloud.Call{
		Operation: operation, Method: http.MethodPost, URL: c.endpoint + path, Header: header,
		ContentType: "application/json;charset=utf8", Body: text, Read: true,
	}
	answer, err := c.client.Do(ctx, call)
	if err != nil {
		return nil, err
	}
	if err := c.client.Decode(call, answer, out); err != nil {
		return nil, err
	}
	return answer.Header, nil
}

// object is a JSON object under construction.
type object = map[string]any

type issued struct {
	Token struct {
		ExpiresAt time.Time `json:"expires_at"`
	} `json:"token"`
}

// subjectToken checks and registers the token of a header.
func (c *IAMClient) subjectToken(header http.Header) (secret.Value, error) {
	token := secret.New(header.Get("X-Subject-Token"))
	if token.Empty() {
		return token, errors.New("IAM answered without the header X-Subject-Token")
	}
	c.masker.Add(token)
	return token, nil
}

// passwordSource logs an IAM user in, once for each project of the run.
type passwordSource struct {
	iam          *IAMClient
	domain, user string
	password     secret.Value

	mu     sync.Mutex
	tokens map[string]*timed
	failed error
}

type timed struct {
	cred    *Credential
	expires time.Time
}

func (t *timed) usable(stale *Credential) bool {
	return t != nil && t.cred != stale && time.Until(t.expires) > renewBefore
}

// orSoon gives an end to what came without one; both kinds live at least 15 minutes.
func orSoon(t time.Time) time.Time {
	if t.IsZero() {
		return time.Now().Add(3 * renewBefore)
	}
	return t
}

func newPasswordSource(iam *IAMClient, domain, user string, password secret.Value) *passwordSource {
	return &passwordSource{iam: iam, domain: domain, user: user, password: password, tokens: map[string]*timed{}}
}

// Identity implements [Source].
func (s *passwordSource) Identity() string { return "huawei user " + s.domain + "/" + s.user }

// Credential implements [Source]. A refused password is remembered: IAM locks a user after a few failures.
func (s *passwordSource) Credential(ctx context.Context, projectID string, stale *Credential) (*Credential, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failed != nil {
		return nil, s.failed
	}
	if t := s.tokens[projectID]; t.usable(stale) {
		return t.cred, nil
	}
	t, err := s.login(ctx, projectID)
	if err != nil {
		err = fmt.Errorf("%w: logging in as %s of %s (from %s, %s): %w", cloud.ErrCredentials, s.user, s.domain, envUser, envDomain, err)
		if ce, ok := errors.AsType[*cloud.Error](err); ok && ce.Auth {
			s.failed = err
		}
		return nil, err
	}
	s.tokens[projectID] = t
	return t.cred, nil
}

func (s *passwordSource) login(ctx context.Context, projectID string) (*timed, error) {
	body := object{"auth": object{
		"identity": object{"methods": []string{"password"}, "password": object{"user": object{
			"name": s.user, "password": s.password.Reveal(), "domain": object{"name": s.domain},
		}}},
		"scope": object{"project": object{"id": projectID}},
	}}
	var out issued
	header, err := s.iam.post(ctx, "KeystoneCreateUserTokenByPassword", pathToken+"?nocatalog=true", nil, body, &out)
	if err != nil {
		return nil, err
	}
	token, err := s.iam.subjectToken(header)
	if err != nil {
		return nil, err
	}
	return &timed{cred: &Credential{AuthToken: token, Renewable: true}, expires: orSoon(out.Token.ExpiresAt)}, nil
}

// oidcSource exchanges an identity token, such as the one of a CI job, for temporary keys.
type oidcSource struct {
	iam        *IAMClient
	idp, file  string
	mu         sync.Mutex
	byProject  map[string]*timed
	lastFailed error
}

func newOIDCSource(iam *IAMClient, idp, file string) *oidcSource {
	return &oidcSource{iam: iam, idp: idp, file: file, byProject: map[string]*timed{}}
}

// Identity implements [Source].
func (s *oidcSource) Identity() string { return "huawei identity provider " + s.idp }

// Credential implements [Source].
func (s *oidcSource) Credential(ctx context.Context, projectID string, stale *Credential) (*Credential, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.lastFailed != nil {
		return nil, s.lastFailed
	}
	if t := s.byProject[projectID]; t.usable(stale) {
		return t.cred, nil
	}
	t, err := s.exchange(ctx, projectID)
	if err != nil {
		err = fmt.Errorf("%w: exchanging the identity token of %s: %w", cloud.ErrCredentials, envIDTokenFile, err)
		if ce, ok := errors.AsType[*cloud.Error](err); ok && ce.Auth {
			s.lastFailed = err
		}
		return nil, err
	}
	s.byProject[projectID] = t
	return t.cred, nil
}

func (s *oidcSource) exchange(ctx context.Context, projectID string) (*timed, error) {
	idToken, err := s.readToken()
	if err != nil {
		return nil, err
	}
	var out issued
	header, err := s.iam.post(ctx, "CreateTokenByIdToken", pathIDToken, http.Header{"X-Idp-Id": {s.idp}},
		object{"auth": object{
			"id_token": object{"id": idToken.Reveal()},
			"scope":    object{"project": object{"id": projectID}},
		}}, &out)
	if err != nil {
		return nil, err
	}
	token, err := s.iam.subjectToken(header)
	if err != nil {
		return nil, err
	}
	return s.temporaryKeys(ctx, token)
}

func (s *oidcSource) readToken() (secret.Value, error) {
	info, err := os.Stat(s.file)
	if err != nil {
		return secret.Value{}, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxIDToken {
		return secret.Value{}, fmt.Errorf("%s is not a file of at most %d KiB", s.file, maxIDToken>>10)
	}
	text, err := os.ReadFile(s.file)
	if err != nil {
		return secret.Value{}, err
	}
	v := secret.New(strings.TrimSpace(string(text)))
	if v.Empty() {
		return v, fmt.Errorf("%s is empty", s.file)
	}
	s.iam.masker.Add(v)
	return v, nil
}

func (s *oidcSource) temporaryKeys(ctx context.Context, token secret.Value) (*timed, error) {
	var out struct {
		Credential struct {
			Access    string    `json:"access"`
			Secret    string    `json:"secret"`
			Token     string    `json:"securitytoken"`
			ExpiresAt time.Time `json:"expires_at"`
		} `json:"credential"`
	}
	_, err := s.iam.post(ctx, "CreateTemporaryAccessKeyByToken", pathTemporary, nil,
		object{"auth": object{"identity": object{
			"methods": []string{"token"},
			"token":   object{"id": token.Reveal(), "duration_seconds": temporaryKeyLife},
		}}}, &out)
	if err != nil {
		return nil, err
	}
	c := out.Credential
	if c.Access == "" || c.Secret == "" || c.Token == "" {
		return nil, errors.New("IAM answered without a complete temporary key")
	}
	cred := &Credential{AccessKey: c.Access, SecretKey: secret.New(c.Secret), SecurityToken: secret.New(c.Token)}
	s.iam.masker.Add(cred.SecretKey)
	s.iam.masker.Add(cred.SecurityToken)
	return &timed{cred: cred, expires: orSoon(c.ExpiresAt)}, nil
}
