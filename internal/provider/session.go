package provider

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"regent/internal/cloud"
	"regent/internal/cloud/alibaba"
	"regent/internal/cloud/huawei"
	"regent/internal/config"
	"regent/internal/model"
	"regent/internal/secret"
)

// The variables that replace endpoints. They come from the environment only: a pull request that could name an
// endpoint could send credentials there.
const (
	EndpointSAS = "REGENT_ENDPOINT_ALIBABA_SAS"
	EndpointHSS = "REGENT_ENDPOINT_HUAWEI_HSS"
	EndpointSWR = "REGENT_ENDPOINT_HUAWEI_SWR"
	EndpointIAM = "REGENT_ENDPOINT_HUAWEI_IAM"
	EndpointSTS = "REGENT_ENDPOINT_ALIBABA_STS"
)

// Session is what all accounts of one run share: connections, credentials found once, and the gates that keep a
// refused key from being locked. It is safe for concurrent use.
type Session struct {
	// Lookup reads the environment; in the sandbox it is the emulator's.
	Lookup secret.Lookup
	// Names lists the variables that Lookup finds; nil when nobody knows.
	Names func() []string
	// Masker learns every secret that is resolved.
	Masker *secret.Masker
	// Network is the transport at the bottom of every chain.
	Network http.RoundTripper
	// UserAgent names the program.
	UserAgent string
	// Parallel bounds the concurrent reads of one account.
	Parallel int
	// Retries bounds trying again.
	Retries cloud.Retries
	// Tell says something to whoever waits for the run; nil when nobody does. It is called from several goroutines.
	Tell func(string)
	// IgnoreFileCredentials makes every account use the environment's credentials: the sandbox has its own.
	IgnoreFileCredentials bool

	mu        sync.Mutex
	told      map[string]time.Time
	endpoints map[*config.Account]string
	gates     map[string]*cloud.Gate
	limiters  map[string]*cloud.Limiter
	huawei    map[string]huawei.Source
	alibaba   alibaba.Source
	owners    map[string]func() (string, error) // by identity of the credentials
}

// Resolve reads a secret and registers it with the masker.
func (s *Session) Resolve(ref secret.Ref) (secret.Value, bool) {
	v, ok := ref.Resolve(s.Lookup)
	if ok {
		s.Masker.Add(v)
	}
	return v, ok
}

// Login looks a variable up like Lookup, for a value that goes with a secret, and registers it with the masker.
func (s *Session) Login(name string) (string, bool) {
	text, ok := s.Lookup(name)
	s.Masker.AddLogin(secret.New(text))
	return text, ok
}

// need resolves the reference of an account's credentials.
func (s *Session) need(ref secret.Ref, at model.Position) (secret.Value, error) {
	v, ok := s.Resolve(ref)
	if !ok {
		return v, &config.Error{Position: at, Cause: cloud.ErrCredentials, Message: fmt.Sprintf(
			"the environment variable %s is not set; the account's credentials come from it", ref.Env)}
	}
	if why := v.Stray(); why != "" {
		return v, &config.Error{Position: at, Message: fmt.Sprintf("the environment variable %s, from which the account's credentials come, %s", ref.Env, why)}
	}
	return v, nil
}

func (s *Session) gate(identity string) *cloud.Gate {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.gates == nil {
		s.gates = map[string]*cloud.Gate{}
	}
	if s.gates[identity] == nil {
		s.gates[identity] = &cloud.Gate{}
	}
	return s.gates[identity]
}

// tellAgain is how often it is said of one account that it is throttled.
const tellAgain = 30 * time.Second

// throttled gives what says that somebody is throttled: all requests of an account may be, so it is said once in a while.
func (s *Session) throttled(who string) func(cause string) {
	return func(cause string) {
		if s.Tell == nil {
			return
		}
		s.mu.Lock()
		last, told := s.told[who]
		silent := told && time.Since(last) < tellAgain
		if s.told == nil {
			s.told = map[string]time.Time{}
		}
		if !silent {
			s.told[who] = time.Now()
		}
		s.mu.Unlock()
		if !silent {
			s.Tell(fmt.Sprintf("%s: throttled (%s); trying again", who, cause))
		}
	}
}

// limiter gives the request budgets of a service's endpoint, shared by the accounts on it.
func (s *Session) limiter(service string, r cloud.Rate) *cloud.Limiter {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.limiters == nil {
		s.limiters = map[string]*cloud.Limiter{}
	}
	if s.limiters[service] == nil {
		s.limiters[service] = cloud.NewLimiter(r)
	}
	return s.limiters[service]
}

// endpoint gives the override of a variable, or the public endpoint.
func (s *Session) endpoint(variable, public string) (string, error) {
	if v, ok := s.Lookup(variable); ok && v != "" {
		return cloud.Endpoint(variable, v)
	}
	return public, nil
}

// opened remembers where the requests of an account go.
func (s *Session) opened(account *config.Account, endpoint string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.endpoints == nil {
		s.endpoints = map[*config.Account]string{}
	}
	s.endpoints[account] = endpoint
}

// Endpoint gives the address that the requests of an account go to, once it has been opened.
func (s *Session) Endpoint(account *config.Account) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.endpoints[account]
}

// Access says how an account is opened.
type Access struct {
	// Variable replaces the endpoint Public.
	Variable, Public string
	// Reads is the list of requests that only read. AllowWrites lets others pass too.
	Reads       func(*http.Request) bool
	AllowWrites bool
	// Rate bounds the requests to the endpoint, for each operation.
	Rate cloud.Rate
	// Permission names what a policy has to allow for an operation; nil where the vendor does not say.
	Permission func(operation string) string
}

// chain composes what lies below the limit.
func (s *Session) chain(signed http.RoundTripper, a Access) http.RoundTripper {
	if !a.AllowWrites {
		signed = cloud.ReadOnly(signed, a.Reads)
	}
	return cloud.Agent(signed, s.UserAgent)
}

// Huawei opens an account of Huawei Cloud and gives its client and endpoint.
func (s *Session) Huawei(ctx context.Context, account *config.Account, a Access) (*cloud.Client, string, error) {
	endpoint, err := s.endpoint(a.Variable, a.Public)
	if err != nil {
		return nil, "", err
	}
	source, err := s.huaweiSource(ctx, account)
	if err != nil {
		return nil, "", located(err, account)
	}
	s.opened(account, endpoint)
	signed := huawei.Sign(s.Network, source, account.ProjectID)
	return cloud.NewClient(cloud.Options{
		Provider: account.Provider, Account: account.Name, Transport: s.chain(signed, a),
		Gate: s.gate(source.Identity()), Limiter: s.limiter(a.Variable+" "+endpoint, a.Rate), Dialect: huawei.Dialect{}, Retries: s.Retries, Masker: s.Masker,
		Throttled: s.throttled("account " + account.Name), Permission: a.Permission,
	}), endpoint, nil
}

func (s *Session) huaweiSource(ctx context.Context, account *config.Account) (huawei.Source, error) {
	if c := account.Credentials; c != nil && !s.IgnoreFileCredentials {
		return s.huaweiFile(c)
	}
	iamEndpoint, err := s.endpoint(EndpointIAM, huawei.Endpoint(huawei.IAM, account.Region))
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if source := s.huawei[iamEndpoint]; source != nil {
		return source, nil
	}
	iam := huawei.NewIAMClient(iamEndpoint, cloud.Agent(s.Network, s.UserAgent), s.Retries, s.Masker, s.throttled("IAM"))
	source, err := huawei.Chain(ctx, s.Lookup, s.Masker, iam)
	if err != nil {
		return nil, err
	}
	if s.huawei == nil {
		s.huawei = map[string]huawei.Source{}
	}
	s.huawei[iamEndpoint] = source
	return source, nil
}

func (s *Session) huaweiFile(c *config.Credentials) (huawei.Source, error) {
	if !c.AuthToken.IsZero() {
		token, err := s.need(c.AuthToken, c.Key("authToken"))
		return huawei.Static(huawei.Credential{AuthToken: token}), err
	}
	access, err1 := s.need(c.AccessKey, c.Key("accessKey"))
	key, err2 := s.need(c.SecretKey, c.Key("secretKey"))
	token, err3 := s.optional(c.SecurityToken, c.Key("securityToken"))
	return huawei.Static(huawei.Credential{AccessKey: access.Reveal(), SecretKey: key, SecurityToken: token}),
		errors.Join(err1, err2, err3)
}

func (s *Session) optional(ref secret.Ref, at model.Position) (secret.Value, error) {
	if ref.IsZero() {
		return secret.Value{}, nil
	}
	return s.need(ref, at)
}

// Alibaba opens an account of Alibaba Cloud and gives its client and endpoint.
func (s *Session) Alibaba(account *config.Account, a Access) (*cloud.Client, string, error) {
	endpoint, err := s.endpoint(a.Variable, a.Public)
	if err != nil {
		return nil, "", err
	}
	source, err := s.alibabaSource(account)
	if err != nil {
		return nil, "", located(err, account)
	}
	s.opened(account, endpoint)
	signed := alibaba.Sign(s.Network, source)
	return cloud.NewClient(cloud.Options{
		Provider: account.Provider, Account: account.Name, Transport: s.chain(signed, a),
		Gate: s.gate(source.Identity()), Limiter: s.limiter(a.Variable+" "+endpoint, a.Rate), Dialect: alibaba.Dialect{}, Retries: s.Retries, Masker: s.Masker,
		Throttled: s.throttled("account " + account.Name), Permission: a.Permission,
	}), endpoint, nil
}

func (s *Session) alibabaSource(account *config.Account) (alibaba.Source, error) {
	if c := account.Credentials; c != nil && !s.IgnoreFileCredentials {
		access, err1 := s.need(c.AccessKey, c.Key("accessKey"))
		key, err2 := s.need(c.SecretKey, c.Key("secretKey"))
		token, err3 := s.optional(c.SecurityToken, c.Key("securityToken"))
		return alibaba.Static(alibaba.Keys{AccessKeyID: access.Reveal(), AccessKeySecret: key, SecurityToken: token}),
			errors.Join(err1, err2, err3)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.alibaba == nil {
		source, err := alibaba.Chain(s.Lookup, s.Masker)
		if err != nil {
			return nil, err
		}
		s.alibaba = source
	}
	return s.alibaba, nil
}

// SecretVariables are the variables with secrets that an account without credentials in the file is opened with.
func SecretVariables(account *config.Account) []string {
	if account.Provider == config.ProviderSAS {
		return alibaba.SecretVariables()
	}
	return huawei.SecretVariables()
}

// located names the account in an error that does not name a place yet.
func located(err error, account *config.Account) error {
	if _, ok := errors.AsType[*config.Error](err); ok {
		return err
	}
	return &config.Error{Position: account.Position, Message: fmt.Sprintf("account %s: %s", account.Name, err), Cause: err}
}
