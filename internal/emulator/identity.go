package emulator

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"strings"
	"sync"
	"time"
)

// DefaultProjectID is the Huawei project of the server's default credentials.
const DefaultProjectID = "0123456789abcdef0123456789abcdef"

// accessKey is the internal name of a key that may sign.
type accessKey = AccessKey

// identity knows who may call: access keys, tokens, users, identity providers,
// and who has failed too often.
type identity struct {
	mu       sync.Mutex
	alibaba  map[string]accessKey
	huawei   map[string]accessKey
	users    []User
	idps     []IDP
	tokens   map[string]token
	issued   map[string]accessKey // temporary Huawei keys by access key
	failures map[string]lockout
	nonces   map[string]time.Time // Alibaba nonces and when they may be forgotten
	// nextSweep is when nonces that may be forgotten are, the next time.
	nextSweep time.Time

	firstAlibaba, firstHuawei accessKey // what Env prints
	user                      User
	idp                       IDP
}

// init makes the default credentials. The first key of each vendor in the
// state takes the place of a random one, so that a state file can fix them.
func (id *identity) init(state State) {
	id.firstAlibaba = accessKey{ID: "LTAI5t" + randomHex(9), Secret: randomHex(15)}
	id.firstHuawei = accessKey{ID: strings.ToUpper(randomHex(10)), Secret: randomHex(20)}
	id.user = User{Domain: "domain-" + randomHex(4), Name: "user-" + randomHex(4), Password: randomHex(16)}
	id.idp = IDP{ID: "idp-" + randomHex(8)}
	if keys := state.Credentials; keys != nil {
		if len(keys.Alibaba) > 0 {
			id.firstAlibaba = keys.Alibaba[0]
		}
		if len(keys.Huawei) > 0 {
			id.firstHuawei = keys.Huawei[0]
		}
	}
	id.tokens = map[string]token{}
	id.issued = map[string]accessKey{}
	id.nonces = map[string]time.Time{}
	id.replace(state)
}

// replace takes keys, users and providers from a new state. Tokens and
// temporary keys already issued stay valid; lock-outs are forgotten.
func (id *identity) replace(state State) {
	id.mu.Lock()
	defer id.mu.Unlock()
	id.alibaba = map[string]accessKey{id.firstAlibaba.ID: id.firstAlibaba}
	id.huawei = map[string]accessKey{id.firstHuawei.ID: id.firstHuawei}
	id.failures = map[string]lockout{}
	if keys := state.Credentials; keys != nil {
		for _, key := range keys.Alibaba {
			id.alibaba[key.ID] = key
		}
		for _, key := range keys.Huawei {
			id.huawei[key.ID] = key
		}
	}
	id.users = append([]User{id.user}, state.Users...)
	id.idps = append([]IDP{id.idp}, state.IDPs...)
}

// defaultKeys returns the keys Env prints.
func (id *identity) defaultKeys() (alibaba, huawei accessKey) {
	return id.firstAlibaba, id.firstHuawei
}

// alibabaKey finds an Alibaba access key.
func (id *identity) alibabaKey(ak string) (accessKey, bool) {
	id.mu.Lock()
	defer id.mu.Unlock()
	key, found := id.alibaba[ak]
	return key, found
}

// huaweiKey finds a Huawei access key, permanent or temporary.
func (id *identity) huaweiKey(ak string) (accessKey, bool) {
	id.mu.Lock()
	defer id.mu.Unlock()
	if key, found := id.huawei[ak]; found {
		return key, true
	}
	key, found := id.issued[ak]
	return key, found
}

// DefaultUser returns the IAM user every server has: account name, user name
// and password for POST /v3/auth/tokens. The user may scope tokens to any
// project; project names stand for DefaultProjectID.
func (s *Server) DefaultUser() (domain, name, password string) {
	user := s.identity.user
	return user.Domain, user.Name, user.Password
}

// DefaultIDP returns the identity provider every server has, and an ID token
// it accepts. It accepts any other non-empty ID token too.
func (s *Server) DefaultIDP() (idpID, idToken string) {
	return s.identity.idp.ID, "any-id-token"
}

// token is one issued X-Auth-Token.
type token struct {
	expires time.Time
	user    User
	// project the token is scoped to; empty for a domain token.
	project Project
}

// Lock-out of an access key, as Huawei's IAM documents it: five or more
// failures in a row lock the key for five minutes.
const (
	lockoutFailures = 5
	lockoutTime     = 5 * time.Minute
)

type lockout struct {
	failures int
	until    time.Time
}

// locked tells whether an access key is locked at the given time.
func (id *identity) locked(ak string, now time.Time) bool {
	id.mu.Lock()
	defer id.mu.Unlock()
	entry := id.failures[ak]
	return entry.failures >= lockoutFailures && now.Before(entry.until)
}

// failed counts an authentication failure of a known access key. Failures
// after a lock has run out start a new count.
func (id *identity) failed(ak string, now time.Time) {
	id.mu.Lock()
	defer id.mu.Unlock()
	entry := id.failures[ak]
	if entry.failures >= lockoutFailures && !now.Before(entry.until) {
		entry = lockout{}
	}
	entry.failures++
	if entry.failures == lockoutFailures {
		entry.until = now.Add(lockoutTime)
	}
	id.failures[ak] = entry
}

// succeeded ends a row of failures.
func (id *identity) succeeded(ak string) {
	id.mu.Lock()
	defer id.mu.Unlock()
	delete(id.failures, ak)
}

// randomHex returns n random bytes as 2n lower-case hexadecimal digits.
func randomHex(n int) string {
	raw := make([]byte, n)
	rand.Read(raw) // never fails: it ends the process where there is no randomness
	return hex.EncodeToString(raw)
}

// randomUUID returns a version 4 UUID.
func randomUUID() string {
	raw := randomHex(16)
	return fmt.Sprintf("%s-%s-4%s-a%s-%s", raw[:8], raw[8:12], raw[13:16], raw[17:20], raw[20:])
}
