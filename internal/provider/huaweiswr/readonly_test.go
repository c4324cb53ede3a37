package huaweiswr

import (
	"net/http"
	"testing"

	"regent/internal/cloud"
	"regent/internal/config"
	"regent/internal/provider/providertest"
)

// TestInvariant01ListerCannotWrite sends requests through the very client that plans are made with: whatever is not a
// known read is refused before it leaves.
func TestInvariant01ListerCannotWrite(t *testing.T) {
	t.Parallel()
	wire := &providertest.Wire{}
	opened, err := openLister(t.Context(), wire.Session(), &config.Account{Provider: Name, Region: "cn-north-4", ProjectID: "p", InstanceID: "i"})
	if err != nil {
		t.Fatal(err)
	}
	l := opened.(*lister)
	var refused []cloud.Call
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
		refused = append(refused, cloud.Call{Operation: request.path, Method: request.method, URL: l.base + request.path})
	}
	wire.OnlyReads(t, l.client, refused, []cloud.Call{listCall(l.base + "?limit=100&offset=0"), listCall(l.base + "/1")})
}
