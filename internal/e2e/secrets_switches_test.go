package e2e

import (
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"regent/internal/emulator"
)

// throughLibraries is a world as a cloud would be: TLS and HTTP/2 in front of the emulator, and credentials that the
// vendors' libraries find by themselves, one over HTTP, the other in a profile.
func throughLibraries(t *testing.T) (w *world, file string, secrets []string, requests *atomic.Int64) {
	t.Helper()
	requests = &atomic.Int64{}
	keys := []emulator.AccessKey{{ID: "LTAI5tTemporary", Secret: "temporary-secret-key/+", SecurityToken: "temporary-security-token/+"}}
	profile := []emulator.AccessKey{{ID: "PROFILEKEY", Secret: "profile-secret-key/+"}}
	w = newWorld(t, emulator.Options{State: &emulator.State{Version: 1, Credentials: &emulator.Credentials{Alibaba: keys, Huawei: profile}}})
	front := httptest.NewUnstartedServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.ProtoMajor != 2 {
			t.Errorf("a request came over %s", r.Proto)
		}
		requests.Add(1)
		w.ServeHTTP(rw, r)
	}))
	front.EnableHTTP2 = true
	front.StartTLS()
	t.Cleanup(front.Close)
	found := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(rw).Encode(map[string]string{
			"Code": "Success", "AccessKeyId": keys[0].ID, "AccessKeySecret": keys[0].Secret, "SecurityToken": keys[0].SecurityToken,
			"Expiration": "2099-01-01T00:00:00Z",
		})
	}))
	t.Cleanup(found.Close)
	w.unset(append(huaweiVariables, alibabaVariables...)...)
	for name := range w.env {
		if strings.HasPrefix(name, "REGENT_ENDPOINT_") {
			w.env[name] = front.URL
		}
	}
	w.set(map[string]string{
		"SSL_CERT_FILE":                    w.file("ca.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: front.Certificate().Raw}))),
		"ALIBABA_CLOUD_CREDENTIALS_URI":    found.URL,
		"HUAWEICLOUD_SDK_CREDENTIALS_FILE": w.file("credentials", fmt.Sprintf("[basic]\nak = %s\nsk = %s\n", profile[0].ID, profile[0].Secret)),
	})
	secrets = []string{keys[0].Secret, keys[0].SecurityToken, profile[0].Secret, w.env["SAS_PASSWORD"], w.env["HSS_PASSWORD"], w.env["SWR_SECRET"]}
	return w, w.file("r.yaml", together(1, dialects()...)), secrets, requests
}

// TestInvariant02SwitchesOfLibrariesPrintNoCredentials: with whatever libraries take for a wish to say more, a run of the program
// prints no secret, or refuses to begin.
func TestInvariant02SwitchesOfLibrariesPrintNoCredentials(t *testing.T) {
	t.Parallel()
	for setting, refused := range map[string]bool{
		"DEBUG=credential": true, "DEBUG=sdk": true, "DEBUG=tea": true, "DEBUG=dara": true, "DEBUG=x,sdk,tea,dara,credential": true,
		"GODEBUG=http2debug=1": true, "GODEBUG=http2debug=2": true, "GODEBUG=netdns=2,http2debug=2": true,
		"DEBUG=*": false, "DEBUG=1": false, "DEBUG=true": false, "DEBUG=SDK,TEA": false, "GODEBUG=netdns=2": false, "GOTRACEBACK=all": false,
		"HUAWEICLOUD_SDK_DEBUG=1": false, "HW_DEBUG=true": false, "TF_LOG=TRACE": false, "LOG_LEVEL=debug": false, "ACTIONS_STEP_DEBUG=true": false,
		"RUNNER_DEBUG=1": false,
	} {
		t.Run(setting, func(t *testing.T) {
			t.Parallel()
			w, file, secrets, requests := throughLibraries(t)
			name, value, _ := strings.Cut(setting, "=")
			w.env[name] = value
			audit, plan := w.path("audit.jsonl"), w.path("plan.json")
			if refused {
				for _, command := range []string{"plan", "apply"} {
					w.start(nil, command, "-f", file).ends(1).says(t, name+"=", "print credentials; unset it")
				}
				if n := requests.Load(); n > 0 {
					t.Errorf("%d requests", n)
				}
				return
			}
			texts := map[string]string{}
			for _, r := range []result{
				w.start(nil, "plan", "-f", file, "--out", plan).ends(0),
				w.start(nil, "apply", "-f", file, "--auto-approve", "--audit", audit).ends(0),
			} {
				texts["stdout of "+r.args[0]], texts["stderr of "+r.args[0]] = r.out, r.err
			}
			texts["the plan"], texts["the audit file"] = w.read(plan), w.read(audit)
			leakFree(t, secrets, texts)
			if requests.Load() == 0 {
				t.Error("nobody asked the clouds")
			}
		})
	}
}
