package emulator_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"regent/internal/emulator"
)

// passwordLogin is the body of a password login for a project.
func passwordLogin(domain, name, password, scope string) string {
	return fmt.Sprintf(`{"auth":{"identity":{"methods":["password"],"password":{"user":{"name":%q,"password":%q,"domain":{"name":%q}}}},"scope":%s}}`,
		name, password, domain, scope)
}

func postIAM(t *testing.T, s served, path, body string, headers ...string) answer {
	t.Helper()
	r := newRequest(t, http.MethodPost, s.url+path, body)
	r.Header.Set("Content-Type", "application/json;charset=utf8")
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return send(t, r)
}

// userToken logs the default user in.
func userToken(t *testing.T, s served, scope string) string {
	t.Helper()
	domain, name, password := s.DefaultUser()
	got := postIAM(t, s, "/v3/auth/tokens?nocatalog=true", passwordLogin(domain, name, password, scope))
	got.expect(t, 201, "")
	return got.header.Get("X-Subject-Token")
}

func TestPasswordLoginOpensTheProjectOfItsScopeForADay(t *testing.T) {
	clock := newTestClock()
	s := serve(t, emulator.Options{Clock: clock.time})
	token := userToken(t, s, `{"project":{"name":"cn-north-4"}}`)
	with := func(path string) answer {
		return send(t, huaweiRequest{method: "GET", path: path, token: token}.build(t, s))
	}
	with(hssPath).expect(t, 200, "")
	with(swrPath).expect(t, 200, "")
	with("/v5/other/image/registries").expect(t, 401, "APIGW.0307")
	clock.advance(24*time.Hour - time.Second)
	with(hssPath).expect(t, 200, "")
	clock.advance(time.Second)
	with(hssPath).expect(t, 401, "APIGW.0307")
	token = "MIIunknown"
	with(hssPath).expect(t, 401, "APIGW.0307")
	token = userToken(t, s, `{"project":{"id":"other"}}`)
	with("/v5/other/image/registries").expect(t, 200, "")
	token = userToken(t, s, `{"domain":{"name":"d"}}`)
	with(hssPath).expect(t, 401, "APIGW.0307")
	with("/v3/projects").expect(t, 200, "")
}

func TestPasswordLoginRefusals(t *testing.T) {
	s := serve(t, emulator.Options{State: &emulator.State{Version: 1, Users: []emulator.User{
		{Domain: "acme", Name: "ci", Password: "pw", Projects: []emulator.Project{{ID: "p1", Name: "cn-north-4"}}},
	}}})
	project := `{"project":{"name":"cn-north-4"}}`
	for name, c := range map[string]struct {
		body   string
		status int
	}{
		"right":                     {passwordLogin("acme", "ci", "pw", project), 201},
		"wrong password":            {passwordLogin("acme", "ci", "no", project), 401},
		"unknown user":              {passwordLogin("acme", "xx", "pw", project), 401},
		"wrong account":             {passwordLogin("other", "ci", "pw", project), 401},
		"project the user has not":  {passwordLogin("acme", "ci", "pw", `{"project":{"name":"cn-north-9"}}`), 401},
		"project by identifier":     {passwordLogin("acme", "ci", "pw", `{"project":{"id":"p1"}}`), 201},
		"project without a name":    {passwordLogin("acme", "ci", "pw", `{"project":{}}`), 401},
		"no scope":                  {passwordLogin("acme", "ci", "pw", `null`), 400},
		"two scopes":                {passwordLogin("acme", "ci", "pw", `{"project":{"id":"p1"},"domain":{"name":"acme"}}`), 400},
		"no password":               {passwordLogin("acme", "ci", "", project), 400},
		"no JSON":                   {`{`, 400},
		"two documents":             {passwordLogin("acme", "ci", "pw", project) + "{}", 400},
		"another method":            {strings.Replace(passwordLogin("acme", "ci", "pw", project), `["password"]`, `["totp"]`, 1), 400},
		"password as a number":      {strings.Replace(passwordLogin("acme", "ci", "pw", project), `"pw"`, `1`, 1), 400},
		"a method besides password": {strings.Replace(passwordLogin("acme", "ci", "pw", project), `["password"]`, `["password","totp"]`, 1), 400},
	} {
		t.Run(name, func(t *testing.T) {
			got := postIAM(t, s, "/v3/auth/tokens", c.body)
			if got.status != c.status {
				t.Errorf("answer is %d %s", got.status, got.body)
			}
			if c.status >= 400 {
				if code := got.object(t)["error"].(map[string]any)["code"]; code != float64(c.status) {
					t.Errorf("the error code is %v", code)
				}
			}
		})
	}
}

func TestProjectsAreListedByExactName(t *testing.T) {
	s := serve(t, emulator.Options{State: &emulator.State{Version: 1, Credentials: &emulator.Credentials{Huawei: []emulator.AccessKey{
		{ID: "AK", Secret: "SK", Projects: []emulator.Project{{ID: "p1", Name: "cn-north-4"}, {ID: "p2", Name: "cn-north-4_sub"}}},
	}}}})
	if got := huawei(t, s, "GET", "/v3/projects?name=cn-north-4", "").list(t, "projects"); len(got) != 1 || got[0]["id"] != "p1" {
		t.Errorf("projects are %v", got)
	}
	if got := huawei(t, s, "GET", "/v3/projects?name=none", "").list(t, "projects"); len(got) != 0 {
		t.Errorf("projects are %v", got)
	}
	if got := huawei(t, s, "GET", "/v3/projects", "").list(t, "projects"); len(got) != 2 {
		t.Errorf("projects are %v", got)
	}
	plain := serve(t, emulator.Options{})
	if got := huawei(t, plain, "GET", "/v3/projects?name=eu-west-0", "").list(t, "projects"); len(got) != 1 || got[0]["id"] != testProject {
		t.Errorf("projects of the default key are %v", got)
	}
	send(t, newRequest(t, http.MethodGet, plain.url+"/v3/projects", "")).expect(t, 401, "APIGW.0301")
}

func TestIDTokenBecomesATemporaryKey(t *testing.T) {
	clock := newTestClock()
	s := serve(t, emulator.Options{Clock: clock.time})
	idp, idToken := s.DefaultIDP()
	got := postIAM(t, s, "/v3.0/OS-AUTH/id-token/tokens",
		fmt.Sprintf(`{"auth":{"id_token":{"id":%q},"scope":{"project":{"id":%q}}}}`, idToken, testProject), "X-Idp-Id", idp)
	got.expect(t, 201, "")
	if got.header.Get("X-Request-Id") == "" || got.object(t)["token"].(map[string]any)["expires_at"] == "" {
		t.Errorf("the answer is %v %s", got.header, got.body)
	}
	key := postIAM(t, s, "/v3.0/OS-CREDENTIAL/securitytokens", fmt.Sprintf(
		`{"auth":{"identity":{"methods":["token"],"token":{"id":%q,"duration_seconds":21600}}}}`, got.header.Get("X-Subject-Token")))
	key.expect(t, 201, "")
	credential := key.object(t)["credential"].(map[string]any)
	if credential["expires_at"] != "2026-01-02T09:04:05.000000Z" {
		t.Errorf("the credential is %v", credential)
	}
	with := func(token string) answer {
		return send(t, huaweiRequest{
			method: "GET", path: hssPath, ak: credential["access"].(string), sk: credential["secret"].(string),
			headers: map[string]string{"X-Security-Token": token},
		}.build(t, s))
	}
	with(credential["securitytoken"].(string)).expect(t, 200, "")
	with("").expect(t, 401, "APIGW.0301")
	clock.advance(6 * time.Hour)
	with(credential["securitytoken"].(string)).expect(t, 401, "APIGW.0301")
}

func TestIDTokenAndTemporaryKeyRefusals(t *testing.T) {
	clock := newTestClock()
	s := serve(t, emulator.Options{Clock: clock.time, State: &emulator.State{Version: 1, IDPs: []emulator.IDP{
		{ID: "github", Tokens: []string{"jwt"}, Projects: []emulator.Project{{ID: "p1", Name: "cn-north-4"}}},
	}}})
	idp := func(id, body string) answer {
		return postIAM(t, s, "/v3.0/OS-AUTH/id-token/tokens", body, "X-Idp-Id", id)
	}
	idp("github", `{"auth":{"id_token":{"id":"jwt"}}}`).expect(t, 201, "")
	idp("github", `{"auth":{"id_token":{"id":"other"}}}`).expect(t, 401, "Unauthorized")
	idp("gitlab", `{"auth":{"id_token":{"id":"jwt"}}}`).expect(t, 401, "Unauthorized")
	idp("", `{"auth":{"id_token":{"id":"jwt"}}}`).expect(t, 400, "Bad Request")
	idp("github", `{"auth":{}}`).expect(t, 400, "Bad Request")
	idp("github", `x`).expect(t, 400, "Bad Request")

	token := userToken(t, s, `{"domain":{"name":"d"}}`)
	key := func(identity, header string) answer {
		return postIAM(t, s, "/v3.0/OS-CREDENTIAL/securitytokens", `{"auth":{"identity":`+identity+`}}`, "X-Auth-Token", header)
	}
	key(`{"methods":["token"]}`, token).expect(t, 201, "")
	key(`{"methods":["token"],"token":{"duration_seconds":899}}`, token).expect(t, 400, "Bad Request")
	key(`{"methods":["token"],"token":{"duration_seconds":86401}}`, token).expect(t, 400, "Bad Request")
	key(`{"methods":["password"]}`, token).expect(t, 400, "Bad Request")
	key(`{"methods":["token"],"token":{"id":"unknown"}}`, "").expect(t, 401, "Unauthorized")
	key(`1`, token).expect(t, 400, "Bad Request")
	clock.advance(24 * time.Hour)
	key(`{"methods":["token"]}`, token).expect(t, 401, "Unauthorized")
}
