package huawei_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"regent/internal/cloud"
	"regent/internal/cloud/cloudtest"
	"regent/internal/cloud/huawei"
	"regent/internal/emulator"
	"regent/internal/secret"
)

const (
	loginOperation    = "KeystoneCreateUserTokenByPassword"
	exchangeOperation = "CreateTokenByIdToken"
	keyOperation      = "CreateTemporaryAccessKeyByToken"
)

// cloudServer is an emulator with the sources that log in at it.
type cloudServer struct {
	*emulator.Server
	url    string
	masker *secret.Masker
	iam    *huawei.IAMClient
}

func start(t *testing.T, o emulator.Options) *cloudServer {
	t.Helper()
	server, err := emulator.New(o)
	if err != nil {
		t.Fatal(err)
	}
	listener := httptest.NewServer(server)
	t.Cleanup(listener.Close)
	s := &cloudServer{Server: server, url: listener.URL, masker: &secret.Masker{}}
	retries := cloud.Retries{Max: 2, Base: time.Millisecond, Cap: 2 * time.Millisecond}
	s.iam = huawei.NewIAMClient(listener.URL, cloud.Network(4), retries, s.masker, nil)
	return s
}

func (s *cloudServer) source(t *testing.T, env map[string]string) huawei.Source {
	t.Helper()
	source, err := huawei.Chain(t.Context(), cloudtest.Lookup(env), s.masker, s.iam)
	if err != nil {
		t.Fatal(err)
	}
	return source
}

func (s *cloudServer) user() map[string]string {
	domain, name, password := s.DefaultUser()
	return map[string]string{"HW_USER_NAME": name, "HW_USER_PASSWORD": password, "HW_DOMAIN_NAME": domain}
}

// count gives how often an operation was asked for.
func (s *cloudServer) count(operation string) int {
	n := 0
	for _, r := range s.Requests() {
		if r.Operation == operation {
			n++
		}
	}
	return n
}

// list reads the registrations of HSS through the signer.
func (s *cloudServer) list(t *testing.T, source huawei.Source) (int, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/v5/"+emulator.DefaultProjectID+"/image/registries", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := huawei.Sign(cloud.Network(1), source, emulator.DefaultProjectID).RoundTrip(r)
	if err != nil {
		return 0, err
	}
	return resp.StatusCode, resp.Body.Close()
}

func TestPasswordIsExchangedOncePerProject(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	source := s.source(t, s.user())
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			if status, err := s.list(t, source); status != http.StatusOK || err != nil {
				t.Errorf("%d, %v", status, err)
			}
		})
	}
	group.Wait()
	if n := s.count(loginOperation); n != 1 {
		t.Errorf("logged in %d times", n)
	}
	cred, err := source.Credential(t.Context(), emulator.DefaultProjectID, nil)
	if err != nil || !cred.Renewable || s.masker.Mask(cred.AuthToken.Reveal()) != "***" {
		t.Errorf("%+v, %v", cred, err)
	}
	if _, err := source.Credential(t.Context(), "11111111111111111111111111111111", nil); err != nil {
		t.Error(err)
	}
	if n := s.count(loginOperation); n != 2 {
		t.Errorf("logged in %d times for two projects", n)
	}
}

// TestTokenIsReplacedBeforeItEnds has IAM's clock run behind, so that its tokens are about to end when they arrive.
func TestTokenIsReplacedBeforeItEnds(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{Clock: func() time.Time { return time.Now().Add(-24*time.Hour + 4*time.Minute) }})
	source := s.source(t, s.user())
	for want := 1; want <= 2; want++ {
		if _, err := source.Credential(t.Context(), "p", nil); err != nil {
			t.Fatal(err)
		}
		if n := s.count(loginOperation); n != want {
			t.Errorf("logged in %d times, want %d", n, want)
		}
	}
}

func TestStaleTokenIsReplacedOnce(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	source := s.source(t, s.user())
	stale, err := source.Credential(t.Context(), "p", nil)
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for range 8 { // all of them were told that the token is stale
		group.Go(func() {
			fresh, err := source.Credential(t.Context(), "p", stale)
			if err != nil || fresh == stale {
				t.Errorf("%v, %v", fresh, err)
			}
		})
	}
	group.Wait()
	if n := s.count(loginOperation); n != 2 {
		t.Errorf("logged in %d times", n)
	}
}

func TestGatewaysWishForANewTokenIsHonouredOnce(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name                  string
		times, logins, status int
	}{
		{"once", 1, 2, http.StatusOK},
		{"for ever", -1, 2, http.StatusUnauthorized},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := start(t, emulator.Options{})
			if err := s.SetFaults([]emulator.Fault{{Operation: "ListRegistry", Kind: emulator.FaultExpiredToken, Times: c.times}}); err != nil {
				t.Fatal(err)
			}
			status, err := s.list(t, s.source(t, s.user()))
			if err != nil || status != c.status || s.count(loginOperation) != c.logins || s.count("ListRegistry") != 2 {
				t.Errorf("%d, %v after %d log-ins and %d lists", status, err, s.count(loginOperation), s.count("ListRegistry"))
			}
		})
	}
}

// TestRenewalSendsTheSameRequest looks at both attempts of a write.
func TestRenewalSendsTheSameRequest(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	var bodies, tokens []string
	network := cloud.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
		body, err := io.ReadAll(r.Body)
		bodies, tokens = append(bodies, string(body)), append(tokens, r.Header.Get("X-Auth-Token"))
		answer := `{"error_code":"APIG.0307","error_msg":"The token must be updated"}`
		return &http.Response{StatusCode: http.StatusUnauthorized, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(answer))}, err
	})
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPut, "https://swr-api.invalid/v2", strings.NewReader("body"))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := huawei.Sign(network, s.source(t, s.user()), "p").RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	rest, err := io.ReadAll(resp.Body)
	if err != nil || !strings.Contains(string(rest), "APIG.0307") || resp.Body.Close() != nil {
		t.Errorf("the second answer is %q, %v", rest, err)
	}
	if len(bodies) != 2 || bodies[0] != "body" || bodies[1] != "body" || tokens[0] == tokens[1] || tokens[1] == "" {
		t.Errorf("sent %q with %d tokens", bodies, len(tokens))
	}
}

func TestFixedTokenIsNotRenewed(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	status, err := s.list(t, s.source(t, map[string]string{"HW_AUTH_TOKEN": "MIIunknown"}))
	if err != nil || status != http.StatusUnauthorized || s.count("ListRegistry") != 1 {
		t.Errorf("%d, %v after %d lists", status, err, s.count("ListRegistry"))
	}
}

func TestRefusedPasswordIsNotTriedAgain(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	env := s.user()
	env["HW_USER_PASSWORD"] = "hunter2-wrong"
	source := s.source(t, env)
	for range 3 {
		_, err := source.Credential(t.Context(), "p", nil)
		e, isFault := errors.AsType[*cloud.Error](err)
		if !errors.Is(err, cloud.ErrCredentials) || !isFault || !e.Auth || strings.Contains(err.Error(), "hunter2") ||
			!strings.Contains(err.Error(), "logging in as "+env["HW_USER_NAME"]) {
			t.Errorf("refused with %v", err)
		}
	}
	if n := s.count(loginOperation); n != 1 {
		t.Errorf("logged in %d times", n)
	}
}

// TestOtherFailuresOfIAMPass succeeds when IAM is back.
func TestOtherFailuresOfIAMPass(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	if err := s.SetFaults([]emulator.Fault{{Operation: loginOperation, Kind: emulator.FaultStatus, Status: 503, Times: 3}}); err != nil {
		t.Fatal(err)
	}
	source := s.source(t, s.user())
	if _, err := source.Credential(t.Context(), "p", nil); !errors.Is(err, cloud.ErrCredentials) {
		t.Errorf("the first log-in ends with %v", err)
	}
	if _, err := source.Credential(t.Context(), "p", nil); err != nil {
		t.Errorf("the second log-in ends with %v", err)
	}
	if n := s.count(loginOperation); n != 4 {
		t.Errorf("IAM was asked %d times", n)
	}
}

func TestLogInEndsWithItsContext(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{Latency: time.Hour})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.source(t, s.user()).Credential(ctx, "p", nil); !errors.Is(err, cloud.ErrCredentials) || !errors.Is(err, context.Canceled) {
		t.Errorf("ends with %v", err)
	}
}

func tokenFile(t *testing.T, content string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "id-token")
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func identity(idp, file string) map[string]string {
	return map[string]string{"HUAWEICLOUD_SDK_IDP_ID": idp, "HUAWEICLOUD_SDK_ID_TOKEN_FILE": file}
}

func TestIdentityTokenIsExchangedForTemporaryKeys(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	idp, _ := s.DefaultIDP()
	source := s.source(t, identity(idp, tokenFile(t, "  hunter2.jwt.token\n")))
	for range 3 {
		if status, err := s.list(t, source); status != http.StatusOK || err != nil {
			t.Fatalf("%d, %v", status, err)
		}
	}
	cred, err := source.Credential(t.Context(), emulator.DefaultProjectID, nil)
	if err != nil || cred.AccessKey == "" || cred.SecretKey.Empty() || cred.SecurityToken.Empty() || !cred.AuthToken.Empty() {
		t.Errorf("%+v, %v", cred, err)
	}
	if s.count(exchangeOperation) != 1 || s.count(keyOperation) != 1 {
		t.Errorf("exchanged %d and %d times", s.count(exchangeOperation), s.count(keyOperation))
	}
	for _, text := range []string{"hunter2.jwt.token", cred.SecretKey.Reveal(), cred.SecurityToken.Reveal()} {
		if s.masker.Mask(text) != "***" {
			t.Errorf("the masker was not told of %s", text)
		}
	}
}

// TestTemporaryKeysAreReplacedBeforeTheyEnd reads the file anew: a CI job's token is rotated there.
func TestTemporaryKeysAreReplacedBeforeTheyEnd(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{
		Clock: func() time.Time { return time.Now().Add(-time.Hour + 4*time.Minute) },
		State: &emulator.State{Version: 1, IDPs: []emulator.IDP{{ID: "ci", Tokens: []string{"first", "second"}}}},
	})
	file := tokenFile(t, "first")
	source := s.source(t, identity("ci", file))
	for _, token := range []string{"first", "second"} {
		if err := os.WriteFile(file, []byte(token), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := source.Credential(t.Context(), "p", nil); err != nil {
			t.Fatal(err)
		}
	}
	if n := s.count(keyOperation); n != 2 {
		t.Errorf("keys were made %d times", n)
	}
}

func TestRefusedIdentityTokenIsNotTriedAgain(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{State: &emulator.State{Version: 1, IDPs: []emulator.IDP{{ID: "ci", Tokens: []string{"right"}}}}})
	source := s.source(t, identity("ci", tokenFile(t, "hunter2-wrong")))
	for range 3 {
		if _, err := source.Credential(t.Context(), "p", nil); !errors.Is(err, cloud.ErrCredentials) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("refused with %v", err)
		}
	}
	if n := s.count(exchangeOperation); n != 1 {
		t.Errorf("exchanged %d times", n)
	}
}

func TestIdentityTokenFileErrors(t *testing.T) {
	t.Parallel()
	masker := &secret.Masker{}
	for _, c := range []struct{ name, file, want string }{
		{"missing", filepath.Join(t.TempDir(), "absent"), "no such file"},
		{"empty", tokenFile(t, " \n"), "is empty"},
		{"too large", tokenFile(t, strings.Repeat("a", 64<<10+1)), "is not a file of at most 64 KiB"},
		{"folder", t.TempDir(), "is not a file of at most 64 KiB"},
		{"device", os.DevNull, "is not a file of at most 64 KiB"},
	} {
		source, err := huawei.Chain(t.Context(), cloudtest.Lookup(identity("ci", c.file)), masker, unreachable(t, masker))
		if err != nil {
			t.Fatal(err)
		}
		_, err = source.Credential(t.Context(), "p", nil)
		if !errors.Is(err, cloud.ErrCredentials) || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "HUAWEICLOUD_SDK_ID_TOKEN_FILE") {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// TestIncompleteAnswersOfIAM scripts what the emulator never says.
func TestIncompleteAnswersOfIAM(t *testing.T) {
	t.Parallel()
	key := func(access, secretKey, token string) string {
		text, err := json.Marshal(map[string]any{"credential": map[string]string{"access": access, "secret": secretKey, "securitytoken": token}})
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	for _, c := range []struct {
		name, token, body, key, want string
	}{
		{"no header", "", `{"token":{}}`, "", "X-Subject-Token"},
		{"web page", "MII", "<html>", "", "HTML"},
		{"bad time", "MII", `{"token":{"expires_at":"soon"}}`, "", "not valid JSON"},
		{"no end", "MII", `{"token":{}}`, key("AK", "hunter2-sk", "hunter2-st"), ""},
		{"no access key", "MII", `{"token":{}}`, key("", "hunter2-sk", "hunter2-st"), "complete temporary key"},
		{"no secret key", "MII", `{"token":{}}`, key("AK", "", "hunter2-st"), "complete temporary key"},
		{"no security token", "MII", `{"token":{}}`, key("AK", "hunter2-sk", ""), "complete temporary key"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			network := cloud.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
				body, header := c.body, http.Header{}
				if strings.HasSuffix(r.URL.Path, "securitytokens") {
					body = c.key
				} else if c.token != "" {
					header.Set("X-Subject-Token", c.token)
				}
				return &http.Response{StatusCode: 201, Header: header, Body: io.NopCloser(strings.NewReader(body))}, nil
			})
			masker := &secret.Masker{}
			iam := huawei.NewIAMClient("https://iam.invalid", network, cloud.Retries{Max: -1}, masker, nil)
			source, err := huawei.Chain(t.Context(), cloudtest.Lookup(identity("ci", tokenFile(t, "jwt"))), masker, iam)
			if err != nil {
				t.Fatal(err)
			}
			_, err = source.Credential(t.Context(), "p", nil)
			switch {
			case c.want == "" && err != nil:
				t.Error(err)
			case c.want != "" && (!errors.Is(err, cloud.ErrCredentials) || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "hunter2")):
				t.Errorf("refused with %v", err)
			}
		})
	}
}

// TestIAMClientSendsExchangesOnly points it at another path.
func TestIAMClientSendsExchangesOnly(t *testing.T) {
	t.Parallel()
	network := cloud.RoundTripperFunc(func(*http.Request) (*http.Response, error) {
		t.Error("a request left")
		return nil, io.EOF
	})
	masker := &secret.Masker{}
	iam := huawei.NewIAMClient("https://iam.invalid/other", network, cloud.Retries{Max: -1}, masker, nil)
	env := map[string]string{"HW_USER_NAME": "ci", "HW_USER_PASSWORD": "hunter2-password", "HW_DOMAIN_NAME": "acme"}
	source, err := huawei.Chain(t.Context(), cloudtest.Lookup(env), masker, iam)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := source.Credential(t.Context(), "p", nil); !errors.Is(err, cloud.ErrReadOnly) {
		t.Errorf("refused with %v", err)
	}
}

// TestConnectionForATokenDoesNotCountForTheWrite: IAM answers, and the endpoint of the write cannot be reached.
func TestConnectionForATokenDoesNotCountForTheWrite(t *testing.T) {
	t.Parallel()
	s := start(t, emulator.Options{})
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	client := cloud.NewClient(cloud.Options{
		Transport: huawei.Sign(cloud.Network(1), s.source(t, s.user()), emulator.DefaultProjectID), Dialect: huawei.Dialect{},
		Retries: cloud.Retries{Max: -1}, Masker: s.masker,
	})
	_, err := client.Do(t.Context(), cloud.Call{Operation: "UpdateRegistry", Method: http.MethodPut, URL: gone.URL})
	if e, ok := errors.AsType[*cloud.Error](err); !ok || e.Reach != cloud.NotSent || s.count(loginOperation) != 1 {
		t.Errorf("%d logins: %v", s.count(loginOperation), err)
	}
}
