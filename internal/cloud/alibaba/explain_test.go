package alibaba_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"regent/internal/cloud"
	"regent/internal/cloud/alibaba"
	"regent/internal/secret"
)

// TestInvariant02LibraryQuotesNoKeys: what the library cannot read it quotes in full. Keys in it are known to no masker.
func TestInvariant02LibraryQuotesNoKeys(t *testing.T) {
	const key, token, inURL = "hunter2-key-9", "hunter2-token-9", "hunter2-url-9"
	for name, c := range map[string]struct {
		// status and body are the answer of a credentials URI, file is what the CLI's file holds.
		status     int
		body, file string
		says       string
	}{
		"without an end":   {status: 200, body: `{"AccessKeySecret":"` + key + `","AccessKeyId":"LTAI5t","SecurityToken":"` + token + `"}`, says: "/x"},
		"an error":         {status: 500, body: `{"Code":"InternalError.Sts","AccessKeySecret":"` + key + `"}`, says: "code InternalError.Sts"},
		"an error in text": {status: 403, body: key + ", " + token, says: "/x"},
		"no JSON":          {status: 200, body: `"` + key + `"` + token, says: "/x"},
		"a key as a code":  {status: 500, body: `{"Code":"` + key + `"}`, says: "/x"},
		"the file of the CLI": {
			status: 200, file: `{"current":"default","profiles":[{"name":"default","mode":"AK","access_key_id":"LTAI5t","access_key_secret":"` + key + `",}]}`,
			says: "unmarshal aliyun cli config",
		},
		"the file of the CLI, and no JSON": {status: 200, file: "access_key_secret = " + key, says: "unmarshal aliyun cli config"},
	} {
		t.Run(name, func(t *testing.T) {
			officialEnvironment(t, "")
			t.Setenv("HOME", "/") // a short one: messages are cut from some length on
			if c.file != "" {
				file := filepath.Join(t.TempDir(), "config.json")
				if err := os.WriteFile(file, []byte(c.file), 0o600); err != nil {
					t.Fatal(err)
				}
				t.Setenv("ALIBABA_CLOUD_CLI_PROFILE_DISABLED", "")
				t.Setenv("ALIBABA_CLOUD_CONFIG_FILE", file)
			} else {
				server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
					w.WriteHeader(c.status)
					_, _ = io.WriteString(w, c.body) // a client that is gone needs no answer
				}))
				t.Cleanup(server.Close)
				t.Setenv("ALIBABA_CLOUD_CREDENTIALS_URI", strings.Replace(server.URL, "://", "://user:"+inURL+"@", 1)+"/x?token="+inURL)
			}
			source, err := alibaba.Chain(os.LookupEnv, &secret.Masker{})
			if err != nil {
				t.Fatal(err)
			}
			_, err = source.Keys(t.Context())
			if !errors.Is(err, cloud.ErrCredentials) || !strings.Contains(err.Error(), "no Alibaba Cloud credentials (ALIBABA_CLOUD_C") || !strings.Contains(err.Error(), c.says) {
				t.Errorf("refused with %v", err)
			}
			if err != nil && strings.Contains(err.Error(), "hunter2") {
				t.Errorf("keys are shown: %v", err)
			}
		})
	}
}
