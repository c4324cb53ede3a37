package provider_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"regent/internal/cloud"
	"regent/internal/cloud/cloudtest"
	"regent/internal/config"
	"regent/internal/model"
	"regent/internal/provider"
	"regent/internal/secret"
)

// gateway counts the requests it refuses or answers.
type gateway struct {
	*httptest.Server
	mu   sync.Mutex
	auth []string
}

func start(t *testing.T, status int) *gateway {
	t.Helper()
	g := &gateway{}
	g.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		g.mu.Lock()
		g.auth = append(g.auth, r.Header.Get("Authorization")+r.Header.Get("X-Auth-Token"))
		g.mu.Unlock()
		w.WriteHeader(status)
		_, _ = w.Write([]byte(`{"error_code":"APIGW.0301","error_msg":"Incorrect IAM authentication information"}`))
	}))
	t.Cleanup(g.Close)
	return g
}

func (g *gateway) requests() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.auth)
}

func session(env map[string]string) *provider.Session {
	return &provider.Session{
		Lookup: cloudtest.Lookup(env), Masker: &secret.Masker{},
		Network: cloud.Network(2), UserAgent: "regent/test", Retries: cloud.Retries{Max: -1, Base: time.Millisecond, Cap: time.Millisecond},
	}
}

// credentials are those of an account, in the file at line 9.
func credentials(names map[string]string) *config.Credentials {
	c := &config.Credentials{Where: config.Where{Position: model.Position{File: "r.yaml", Line: 9, Column: 1}}}
	for key, env := range names {
		ref := secret.Ref{Env: env}
		switch key {
		case "accessKey":
			c.AccessKey = ref
		case "secretKey":
			c.SecretKey = ref
		case "securityToken":
			c.SecurityToken = ref
		case "authToken":
			c.AuthToken = ref
		}
	}
	return c
}

func huaweiAccount(name string, c *config.Credentials) *config.Account {
	return &config.Account{
		Name: name, Provider: "huawei-swr", Region: "cn-north-4", ProjectID: "p", Credentials: c,
		Where: config.Where{Position: model.Position{File: "r.yaml", Line: 3, Column: 3}},
	}
}

func access(write bool) provider.Access {
	return provider.Access{
		Variable: provider.EndpointSWR, Public: "https://swr-api.cn-north-4.myhuaweicloud.com", AllowWrites: write,
		Reads: func(r *http.Request) bool { return r.Method == http.MethodGet }, Rate: cloud.Rate{Start: 1000, Most: 1000, Burst: 1000},
	}
}

// send opens an account and sends one request.
func send(ctx context.Context, s *provider.Session, a *config.Account, method string, write bool) error {
	client, endpoint, err := s.Huawei(ctx, a, access(write))
	if err != nil {
		return err
	}
	_, err = client.Do(ctx, cloud.Call{Operation: "Test", Method: method, URL: endpoint + "/v2", Read: !write})
	return err
}

func TestAccountsShareARefusedKey(t *testing.T) {
	t.Parallel()
	g := start(t, http.StatusUnauthorized)
	s := session(map[string]string{
		provider.EndpointSWR: g.URL, "HUAWEICLOUD_SDK_AK": "AK1", "HUAWEICLOUD_SDK_SK": "hunter2-1", "A": "AK1", "B": "hunter2-1", "C": "AK2",
	})
	same := credentials(map[string]string{"accessKey": "A", "secretKey": "B"})
	other := credentials(map[string]string{"accessKey": "C", "secretKey": "B"})
	var group sync.WaitGroup
	for _, a := range []*config.Account{
		huaweiAccount("chain", nil), huaweiAccount("chain-2", nil), huaweiAccount("file", same), huaweiAccount("file-2", same), huaweiAccount("other", other),
	} {
		for range 3 {
			group.Go(func() {
				if err := send(t.Context(), s, a, http.MethodGet, false); err == nil {
					t.Error("a refused key is accepted")
				}
			})
		}
	}
	group.Wait()
	if n := g.requests(); n != 2 {
		t.Errorf("%d requests left with two keys", n)
	}
}

func TestInvariant01ReadersCannotWrite(t *testing.T) {
	t.Parallel()
	g := start(t, http.StatusOK)
	s := session(map[string]string{provider.EndpointSWR: g.URL, "HW_AUTH_TOKEN": "MII"})
	if err := send(t.Context(), s, huaweiAccount("a", nil), http.MethodPost, false); !errors.Is(err, cloud.ErrReadOnly) || g.requests() != 0 {
		t.Errorf("%v after %d requests", err, g.requests())
	}
	if err := send(t.Context(), s, huaweiAccount("a", nil), http.MethodPost, true); err != nil || g.requests() != 1 {
		t.Errorf("%v after %d requests", err, g.requests())
	}
}

func TestSandboxIgnoresCredentialsOfTheFile(t *testing.T) {
	t.Parallel()
	g := start(t, http.StatusOK)
	s := session(map[string]string{provider.EndpointSWR: g.URL, "HW_AUTH_TOKEN": "MIIsandbox", "A": "MIIreal"})
	s.IgnoreFileCredentials = true
	if err := send(t.Context(), s, huaweiAccount("a", credentials(map[string]string{"authToken": "A"})), http.MethodGet, false); err != nil {
		t.Fatal(err)
	}
	if g.auth[0] != "MIIsandbox" {
		t.Errorf("authenticated with %s", g.auth[0])
	}
}

func TestAuthTokenOfTheFile(t *testing.T) {
	t.Parallel()
	g := start(t, http.StatusOK)
	s := session(map[string]string{provider.EndpointSWR: g.URL, "A": "MIIhunter2"})
	if err := send(t.Context(), s, huaweiAccount("a", credentials(map[string]string{"authToken": "A"})), http.MethodGet, false); err != nil {
		t.Fatal(err)
	}
	if g.auth[0] != "MIIhunter2" || s.Masker.Mask("MIIhunter2") != "***" {
		t.Errorf("authenticated with %s", g.auth[0])
	}
}

// TestInvariant09OpeningFailsWithAPlace says which line of the file it is about.
func TestInvariant09OpeningFailsWithAPlace(t *testing.T) {
	t.Parallel()
	keys := credentials(map[string]string{"accessKey": "A", "secretKey": "B", "securityToken": "C"})
	for _, c := range []struct {
		name string
		env  map[string]string
		cred *config.Credentials
		want []string
	}{
		{"variables not set", map[string]string{"A": "AK"}, keys, []string{"r.yaml:9:1: the environment variable B is not set", "r.yaml:9:1: the environment variable C is not set"}},
		{"token not set", nil, credentials(map[string]string{"authToken": "A"}), []string{"r.yaml:9:1: the environment variable A is not set"}},
		{"half a pair in the environment", map[string]string{"HUAWEICLOUD_SDK_AK": "AK"}, nil, []string{"r.yaml:3:3: account a: ", "HUAWEICLOUD_SDK_AK is set but HUAWEICLOUD_SDK_SK is not"}},
		{"bad endpoint", map[string]string{provider.EndpointSWR: "http://elsewhere.example"}, nil, []string{provider.EndpointSWR + ": clear-text http is accepted for loopback only"}},
		{"bad endpoint of IAM", map[string]string{provider.EndpointIAM: "https://u:hunter2@h"}, nil, []string{provider.EndpointIAM + ": only a scheme, a host and a port are allowed"}},
	} {
		err := send(t.Context(), session(c.env), huaweiAccount("a", c.cred), http.MethodGet, false)
		if err == nil {
			t.Errorf("%s: the account is opened", c.name)
			continue
		}
		for _, part := range c.want {
			if !strings.Contains(err.Error(), part) || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("%s: %q is not in %v", c.name, part, err)
			}
		}
	}
}

func TestAlibabaOpeningFailsWithAPlace(t *testing.T) {
	t.Parallel()
	a := &config.Account{Name: "a", Provider: "alibaba-sas", Region: "cn-hangzhou", Where: config.Where{Position: model.Position{File: "r.yaml", Line: 3, Column: 3}}}
	in := provider.Access{Variable: provider.EndpointSAS, Public: "https://tds.cn-shanghai.aliyuncs.com", Rate: cloud.Rate{Start: 1, Most: 1, Burst: 1}}
	if _, _, err := session(map[string]string{"ALIBABA_CLOUD_ACCESS_KEY_ID": "id"}).Alibaba(a, in); err == nil || !strings.HasPrefix(err.Error(), "r.yaml:3:3: account a: ") {
		t.Errorf("half a pair: %v", err)
	}
	if _, _, err := session(map[string]string{provider.EndpointSAS: "https://h/path"}).Alibaba(a, in); err == nil || !strings.Contains(err.Error(), provider.EndpointSAS) {
		t.Errorf("bad endpoint: %v", err)
	}
	a.Credentials = credentials(map[string]string{"accessKey": "A", "secretKey": "B"})
	if _, _, err := session(map[string]string{"A": "id"}).Alibaba(a, in); err == nil || !strings.HasPrefix(err.Error(), "r.yaml:9:1: the environment variable B") {
		t.Errorf("variable not set: %v", err)
	}
	_, endpoint, err := session(map[string]string{"A": "id", "B": "hunter2-key"}).Alibaba(a, in)
	if err != nil || endpoint != in.Public {
		t.Errorf("%s, %v", endpoint, err)
	}
}

// TestInvariant02SecretsAreRegistered tells the masker of every value that is looked up.
func TestInvariant02SecretsAreRegistered(t *testing.T) {
	t.Parallel()
	s := session(map[string]string{"A": "hunter2-a", "B": "hunter2-b"})
	v, ok := s.Resolve(secret.Ref{Env: "A"})
	text, found := s.Login("B")
	if !ok || !v.Equal("hunter2-a") || !found || text != "hunter2-b" || s.Masker.Cut("hunter2-a hunter2-b") != "*** ***" {
		t.Error("the masker was not told")
	}
	if _, ok := s.Resolve(secret.Ref{Env: "C"}); ok {
		t.Error("an unset variable has a value")
	}
	if _, ok := s.Login("C"); ok {
		t.Error("an unset variable has a text")
	}
}

func TestInvariant06CanonicalAddresses(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"Harbor.Example.COM.": "harbor.example.com", "192.0.2.1": "192.0.2.1", "2001:DB8:0::10": "2001:db8::10", "[2001:db8::10]": "2001:db8::10", "": "", "[": "",
	} {
		if got := provider.Host(in); got != want {
			t.Errorf("%s is %s", in, got)
		}
	}
	if got := provider.IP("Harbor"); got != "Harbor" {
		t.Errorf("a name becomes %s", got)
	}
}

// TestThrottledAccountIsToldOnceInAWhile, by its name. The clock is that of a bubble.
func TestThrottledAccountIsToldOnceInAWhile(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := session(map[string]string{"HW_AUTH_TOKEN": "MIIhunter2"})
		s.Retries = cloud.Retries{}
		until := time.Now().Add(5 * time.Minute)
		s.Network = cloud.RoundTripperFunc(func(*http.Request) (*http.Response, error) {
			status := http.StatusOK
			if time.Now().Before(until) {
				status = http.StatusTooManyRequests
			}
			return &http.Response{StatusCode: status, Header: http.Header{}, Body: http.NoBody}, nil
		})
		var mu sync.Mutex
		said := map[string]int{}
		s.Tell = func(text string) {
			mu.Lock()
			defer mu.Unlock()
			said[text]++
		}
		var group sync.WaitGroup
		for range 4 {
			for _, name := range []string{"a", "b"} {
				group.Go(func() {
					if err := send(t.Context(), s, huaweiAccount(name, nil), http.MethodPost, true); err != nil {
						t.Error(err)
					}
				})
			}
		}
		group.Wait()
		for _, name := range []string{"a", "b"} {
			if n := said["account "+name+": throttled (HTTP 429); trying again"]; len(said) != 2 || n < 2 || n > 10 {
				t.Errorf("said %d times of %s in 5 minutes: %v", n, name, said)
			}
		}
	})
}

// TestCredentialsWithStrayCharactersAreNotSent names the variable of each, and no request leaves.
func TestCredentialsWithStrayCharactersAreNotSent(t *testing.T) {
	t.Parallel()
	g := start(t, http.StatusOK)
	file := credentials(map[string]string{"accessKey": "A", "secretKey": "B", "securityToken": "C"})
	for _, c := range []struct {
		provider string
		file     *config.Credentials
		env      map[string]string
		want     string
	}{
		{"huawei", file, map[string]string{"A": "AK\n", "B": "hunter2-key", "C": "hunter2-token"}, "r.yaml:9:1: the environment variable A, from which the account's credentials come, ends in a line break"},
		{"huawei", file, map[string]string{"A": "AK", "B": " hunter2-key", "C": "hunter2-token"}, "variable B, from which the account's credentials come, begins with a blank"},
		{"huawei", file, map[string]string{"A": "AK", "B": "hunter2-key", "C": "hunter2\x00token"}, "variable C, from which the account's credentials come, holds the character U+0000"},
		{"huawei", credentials(map[string]string{"authToken": "A"}), map[string]string{"A": "hunter2\r\n"}, "variable A, from which the account's credentials come, ends in a line break"},
		{"huawei", nil, map[string]string{"HUAWEICLOUD_SDK_AK": "AK\n", "HUAWEICLOUD_SDK_SK": "hunter2"}, "HUAWEICLOUD_SDK_AK ends in a line break"},
		{"huawei", nil, map[string]string{"HUAWEICLOUD_SDK_AK": "AK", "HUAWEICLOUD_SDK_SK": "hunter2\n"}, "HUAWEICLOUD_SDK_SK ends in a line break"},
		{"huawei", nil, map[string]string{"HUAWEICLOUD_SDK_AK": "AK", "HUAWEICLOUD_SDK_SK": "hunter2", "HUAWEICLOUD_SDK_SECURITY_TOKEN": "\ufeffhunter2"}, "HUAWEICLOUD_SDK_SECURITY_TOKEN begins with the character U+FEFF"},
		{"huawei", nil, map[string]string{"HW_ACCESS_KEY": "AK", "HW_SECRET_KEY": "hunter2 "}, "HW_SECRET_KEY ends in a blank"},
		{"huawei", nil, map[string]string{"HW_AUTH_TOKEN": "hunter2\n"}, "HW_AUTH_TOKEN ends in a line break"},
		{"huawei", nil, map[string]string{"HW_USER_NAME": "user", "HW_USER_PASSWORD": "hunter2\n", "HW_DOMAIN_NAME": "domain"}, "HW_USER_PASSWORD ends in a line break"},
		{"alibaba", file, map[string]string{"A": "AK", "B": "hunter2-key\n", "C": "hunter2-token"}, "variable B, from which the account's credentials come, ends in a line break"},
		{"alibaba", nil, map[string]string{"ALIBABA_CLOUD_ACCESS_KEY_ID": "id\n", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "hunter2"}, "ALIBABA_CLOUD_ACCESS_KEY_ID ends in a line break"},
		{"alibaba", nil, map[string]string{"ALIBABA_CLOUD_ACCESS_KEY_ID": "id", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "hunter2\n"}, "ALIBABA_CLOUD_ACCESS_KEY_SECRET ends in a line break"},
		{"alibaba", nil, map[string]string{"ALIBABA_CLOUD_ACCESS_KEY_ID": "id", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "hunter2", "ALIBABA_CLOUD_SECURITY_TOKEN": "\thunter2"}, "ALIBABA_CLOUD_SECURITY_TOKEN begins with a blank"},
	} {
		c.env[provider.EndpointSWR], c.env[provider.EndpointSAS], c.env[provider.EndpointIAM] = g.URL, g.URL, g.URL
		account, err := huaweiAccount("a", c.file), error(nil)
		if c.provider == "huawei" {
			err = send(t.Context(), session(c.env), account, http.MethodGet, false)
		} else {
			_, _, err = session(c.env).Alibaba(account, provider.Access{Variable: provider.EndpointSAS})
		}
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "hunter2") || g.requests() != 0 {
			t.Errorf("%q after %d requests: %v", c.want, g.requests(), err)
		}
	}
}
