package huaweiswr

import (
	"errors"
	"net/http"
	"testing"

	"regent/internal/cloud"
	"regent/internal/config"
	"regent/internal/provider"
	"regent/internal/secret"
)

// TestInvariant01ListerCannotWrite sends requests through the very client that plans are made with: whatever is not a
// known read is refused before it leaves.
func TestInvariant01ListerCannotWrite(t *testing.T) {
	var sent []string
	network := cloud.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
		sent = append(sent, r.Method+" "+r.URL.Path)
		return nil, errors.New("no network in this test")
	})
	env := map[string]string{"HUAWEICLOUD_SDK_AK": "id", "HUAWEICLOUD_SDK_SK": "key"}
	session := &provider.Session{
		Lookup: func(name string) (string, bool) { v, ok := env[name]; return v, ok },
		Masker: &secret.Masker{}, Network: network, Retries: cloud.Retries{Max: 1, Base: 1, Cap: 1},
	}
	opened, err := openLister(t.Context(), session, &config.Account{Provider: Name, Region: "cn-north-4", ProjectID: "p", InstanceID: "i"})
	if err != nil {
		t.Fatal(err)
	}
	l := opened.(*lister)
	refused := func(call cloud.Call) {
		t.Helper()
		for _, call.Read = range []bool{false, true} { // what the caller says of its request does not count
			if _, err := l.client.Do(t.Context(), call); !errors.Is(err, cloud.ErrReadOnly) {
				t.Errorf("%s %s was not refused: %v", call.Method, call.Operation, err)
			}
		}
		if len(sent) > 0 {
			t.Fatalf("%s left: %v", call.Operation, sent)
		}
	}
	for _, request := range []struct{ method, path string }{
		{http.MethodPost, ""},
		{http.MethodPut, "/1"},
		{http.MethodDelete, "/1"},
		{http.MethodPatch, "/1"},
		{http.MethodPost, "/../replication/policies"},
		{http.MethodPost, "/../replication/executions"},
		{http.MethodGet, "/../replication/policies"}, // only what is needed is on the list of reads
		{http.MethodGet, "/1/2"},
		{http.MethodGet, "/"},
		{http.MethodHead, ""},
	} {
		refused(cloud.Call{Operation: request.path, Method: request.method, URL: l.base + request.path})
	}
	for _, call := range []cloud.Call{listCall(l.base + "?limit=100&offset=0"), listCall(l.base + "/1")} {
		if _, err := l.client.Do(t.Context(), call); errors.Is(err, cloud.ErrReadOnly) || len(sent) == 0 {
			t.Errorf("the read %s was refused: %v", call.Operation, err)
		}
		sent = nil
	}
}
