package provider

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"sync"
	"time"

	"regent/internal/cloud"
	"regent/internal/cloud/alibaba"
	"regent/internal/config"
)

const (
	publicSTS        = "https://sts.aliyuncs.com"
	opCallerIdentity = "GetCallerIdentity"
	// ownerTime bounds asking for the number of a cloud account: a plan can do without.
	ownerTime = 10 * time.Second
)

// accountNumber is the form of an account's number.
var accountNumber = regexp.MustCompile(`^[0-9]{1,32}$`)

// AlibabaOwner gives the number of the account at Alibaba Cloud that an account's credentials are of. It asks once for all
// accounts that share them, and is for credentials that have been proven: no gate keeps a refused key from being sent again.
func (s *Session) AlibabaOwner(ctx context.Context, account *config.Account) (string, error) {
	source, err := s.alibabaSource(account)
	if err != nil {
		return "", err
	}
	s.mu.Lock()
	if s.owners == nil {
		s.owners = map[string]func() (string, error){}
	}
	ask := s.owners[source.Identity()]
	if ask == nil {
		ask = sync.OnceValues(func() (string, error) { return s.askSTS(ctx, account, source) })
		s.owners[source.Identity()] = ask
	}
	s.mu.Unlock()
	return ask()
}

// askSTS asks who calls. Where requests of Security Center go elsewhere than to the vendor, the vendor is not asked: the keys
// may be those of a test.
func (s *Session) askSTS(ctx context.Context, account *config.Account, source alibaba.Source) (string, error) {
	endpoint, err := s.endpoint(EndpointSTS, publicSTS)
	if err != nil {
		return "", err
	}
	if sas, _ := s.Lookup(EndpointSAS); sas != "" && endpoint == publicSTS {
		return "", fmt.Errorf("%s is set and %s is not", EndpointSAS, EndpointSTS)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, ownerTime, fmt.Errorf("no answer within %s", ownerTime))
	defer cancel()
	retries := s.Retries
	retries.Max = cmp.Or(retries.Max, 2)
	client := cloud.NewClient(cloud.Options{
		Provider: account.Provider, Account: account.Name, Dialect: alibaba.Dialect{}, Retries: retries, Masker: s.Masker,
		Transport: s.chain(alibaba.Sign(s.Network, source), Access{Reads: asksWhoCalls}),
	})
	call := cloud.Call{
		Operation: opCallerIdentity, Method: http.MethodPost, URL: endpoint + "/", Read: true,
		Header: http.Header{"X-Acs-Action": {opCallerIdentity}, "X-Acs-Version": {"2015-04-01"}},
	}
	answer, err := client.Do(ctx, call)
	if err != nil {
		return "", err
	}
	var body struct {
		AccountID string `json:"AccountId"`
	}
	if err := client.Decode(call, answer, &body); err != nil {
		return "", err
	}
	if !accountNumber.MatchString(body.AccountID) || s.Masker.Mask(body.AccountID) != body.AccountID {
		return "", client.Odd(call, answer, errors.New("the answer has no number of an account"))
	}
	return body.AccountID, nil
}

// asksWhoCalls is the read list of STS.
func asksWhoCalls(r *http.Request) bool {
	return r.Method == http.MethodPost && r.URL.Path == "/" && r.URL.RawQuery == "" && r.Header.Get("x-acs-action") == opCallerIdentity
}
