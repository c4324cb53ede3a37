package huaweihss

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
	opened, err := openLister(t.Context(), wire.Session(), &config.Account{Provider: Name, Region: "cn-north-4", ProjectID: "p"})
	if err != nil {
		t.Fatal(err)
	}
	l := opened.(*lister)
	var refused []cloud.Call
	for _, request := range []struct{ method, path string }{
		{http.MethodPost, ""},
		{http.MethodPut, "/id"},
		{http.MethodDelete, "/id"},
		{http.MethodPost, "/batch-delete"},
		{http.MethodGet, "/image-upload-command?username=u&password=p"}, // a GET with a password in its URL
		{http.MethodGet, "/images"},
		{http.MethodGet, "/"},
		{http.MethodPatch, ""},
		{http.MethodHead, ""},
		{http.MethodPost, "/../image-sync/tasks"},
	} {
		refused = append(refused, cloud.Call{Operation: request.path, Method: request.method, URL: l.base + request.path})
	}
	wire.OnlyReads(t, l.client, refused, []cloud.Call{listCall(l.base), listCall(l.base + "?limit=10&offset=0")})
}
