package huawei_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"regent/internal/cloud"
	"regent/internal/emulator"
)

// TestExchangesWithHostileServers: an exchange carries a password or a token. Whatever answers it, the exchange ends with an
// error that holds neither, and what answers sends it nowhere.
func TestExchangesWithHostileServers(t *testing.T) {
	t.Parallel()
	var elsewhere atomic.Int64
	trap := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere.Add(1) }))
	t.Cleanup(trap.Close)
	t.Cleanup(func() {
		if n := elsewhere.Load(); n > 0 {
			t.Errorf("%d requests went elsewhere", n)
		}
	})
	for _, operation := range []string{loginOperation, exchangeOperation, keyOperation} {
		for _, f := range []emulator.Fault{
			{Kind: emulator.FaultRedirect}, {Kind: emulator.FaultRedirect, Status: 301}, {Kind: emulator.FaultRedirect, Status: 302},
			{Kind: emulator.FaultRedirect, Status: 303}, {Kind: emulator.FaultRedirect, Status: 308}, {Kind: emulator.FaultHuge}, {Kind: emulator.FaultHTML},
			{Kind: emulator.FaultEmpty}, {Kind: emulator.FaultGarbage}, {Kind: emulator.FaultCut}, {Kind: emulator.FaultWrongTypes}, {Kind: emulator.FaultEcho},
			{Kind: emulator.FaultEcho, Status: 401}, {Kind: emulator.FaultEcho, Status: 500}, {Kind: emulator.FaultDenied}, {Kind: emulator.FaultDropAfter},
			{Kind: emulator.FaultThrottle, Times: 1, RetryAfter: 0}, {Kind: emulator.FaultResetBefore},
		} {
			t.Run(fmt.Sprint(operation, " ", f.Kind, " ", f.Status), func(t *testing.T) {
				t.Parallel()
				s := start(t, emulator.Options{})
				env := s.user()
				known := env["HW_USER_PASSWORD"]
				if operation != loginOperation {
					idp, _ := s.DefaultIDP()
					known = "hunter2-identity-token"
					file := filepath.Join(t.TempDir(), "token")
					if err := os.WriteFile(file, []byte(known), 0o600); err != nil {
						t.Fatal(err)
					}
					env = map[string]string{"HUAWEICLOUD_SDK_IDP_ID": idp, "HUAWEICLOUD_SDK_ID_TOKEN_FILE": file}
				}
				throttled := f.Times > 0
				if f.Operation, f.Location = operation, trap.URL+"/?"+known; !throttled {
					f.Times = -1
				}
				if err := s.SetFaults([]emulator.Fault{f}); err != nil {
					t.Fatal(err)
				}
				_, err := s.source(t, env).Credential(t.Context(), emulator.DefaultProjectID, nil)
				if throttled {
					if err != nil {
						t.Errorf("one throttled request is not tried again: %v", err)
					}
					return
				}
				if !errors.Is(err, cloud.ErrCredentials) || !strings.Contains(err.Error(), operation) {
					t.Errorf("it ends with %v", err)
				}
				if strings.Contains(fmt.Sprint(err), known) {
					t.Errorf("the error holds what was sent: %v", err)
				}
				if n := s.count(operation); n > 3 {
					t.Errorf("%d requests", n)
				}
			})
		}
	}
}
