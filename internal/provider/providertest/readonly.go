// Package providertest holds what the tests of all providers share.
package providertest

import (
	"errors"
	"net/http"
	"testing"

	"regent/internal/cloud"
	"regent/internal/provider"
	"regent/internal/secret"
)

// Wire is a network on which nothing answers. It remembers what was sent.
type Wire struct{ Sent []string }

// RoundTrip implements [http.RoundTripper].
func (w *Wire) RoundTrip(r *http.Request) (*http.Response, error) {
	w.Sent = append(w.Sent, r.Method+" "+r.URL.Path)
	return nil, errors.New("no network in this test")
}

// Session gives a session on the wire, with credentials of both vendors.
func (w *Wire) Session() *provider.Session {
	env := map[string]string{
		"ALIBABA_CLOUD_ACCESS_KEY_ID": "id", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "key",
		"HUAWEICLOUD_SDK_AK": "id", "HUAWEICLOUD_SDK_SK": "key",
	}
	return &provider.Session{
		Lookup: func(name string) (string, bool) { v, ok := env[name]; return v, ok },
		Masker: &secret.Masker{}, Network: w, Retries: cloud.Retries{Max: 1, Base: 1, Cap: 1},
	}
}

// OnlyReads sends calls through a client: the refused ones must not leave, whatever they say of themselves, the reads
// must.
func (w *Wire) OnlyReads(t *testing.T, client *cloud.Client, refused, reads []cloud.Call) {
	t.Helper()
	for _, call := range refused {
		for _, call.Read = range []bool{false, true} {
			if _, err := client.Do(t.Context(), call); !errors.Is(err, cloud.ErrReadOnly) || len(w.Sent) > 0 {
				t.Errorf("%s %s %q was not refused: %v, sent %v", call.Method, call.URL, call.Operation, err, w.Sent)
				w.Sent = nil
			}
		}
	}
	for _, call := range reads {
		if _, err := client.Do(t.Context(), call); errors.Is(err, cloud.ErrReadOnly) || len(w.Sent) == 0 {
			t.Errorf("the read %s was refused: %v", call.Operation, err)
		}
		w.Sent = nil
	}
}
