package alibabasas

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
	env := map[string]string{"ALIBABA_CLOUD_ACCESS_KEY_ID": "id", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "key"}
	session := &provider.Session{
		Lookup: func(name string) (string, bool) { v, ok := env[name]; return v, ok },
		Masker: &secret.Masker{}, Network: network, Retries: cloud.Retries{Max: 1, Base: 1, Cap: 1},
	}
	opened, err := openLister(t.Context(), session, &config.Account{Provider: Name, Region: "cn-hangzhou"})
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
	for _, operation := range []string{
		opAdd, opModify, "DeletePrivateRegistry", "RefreshRegistryToken", "CreateJenkinsImageRegistry",
		"UpdateJenkinsImageRegistryName", "UpdateJenkinsImageRegistryPersistenceDay", "SetRegistryScanDayNum",
		"ListImageRegistryExtra", // a read that answers tokens in clear
		"", "listprivateregistrylist", opList + " ", opList + "\n",
	} {
		refused(rpc(l.endpoint, operation, nil, nil, false))
	}
	for _, method := range []string{http.MethodGet, http.MethodPut, http.MethodDelete, http.MethodPatch} {
		call := rpc(l.endpoint, opList, nil, nil, true)
		call.Method = method
		refused(call)
	}
	elsewhere := rpc(l.endpoint, opList, nil, nil, true)
	elsewhere.URL = l.endpoint + "/elsewhere"
	refused(elsewhere)
	twoActions := rpc(l.endpoint, opList, nil, nil, true)
	twoActions.URL += "?Action=" + opAdd // how the older signature names the operation
	refused(twoActions)
	for _, call := range []cloud.Call{rpc(l.endpoint, opList, nil, nil, true), rpc(l.endpoint, opRegions, nil, nil, true)} {
		if _, err := l.client.Do(t.Context(), call); errors.Is(err, cloud.ErrReadOnly) || len(sent) == 0 {
			t.Errorf("the read %s was refused: %v", call.Operation, err)
		}
		sent = nil
	}
}
