package alibabasas

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
	opened, err := openLister(t.Context(), wire.Session(), &config.Account{Provider: Name, Region: "cn-hangzhou"})
	if err != nil {
		t.Fatal(err)
	}
	l := opened.(*lister)
	var refused []cloud.Call
	for _, operation := range []string{
		opAdd, opModify, "DeletePrivateRegistry", "RefreshRegistryToken", "CreateJenkinsImageRegistry",
		"UpdateJenkinsImageRegistryName", "UpdateJenkinsImageRegistryPersistenceDay", "SetRegistryScanDayNum",
		"ListImageRegistryExtra", // a read that answers tokens in clear
		"", "listprivateregistrylist", opList + " ", opList + "\n",
	} {
		refused = append(refused, rpc(l.endpoint, operation, nil, nil, false))
	}
	for _, method := range []string{http.MethodGet, http.MethodPut, http.MethodDelete, http.MethodPatch} {
		call := rpc(l.endpoint, opList, nil, nil, true)
		call.Method = method
		refused = append(refused, call)
	}
	for _, url := range []string{
		l.endpoint + "/elsewhere",
		l.endpoint + "/?Action=" + opAdd, // how the older signature names the operation
	} {
		call := rpc(l.endpoint, opList, nil, nil, true)
		call.URL = url
		refused = append(refused, call)
	}
	wire.OnlyReads(t, l.client, refused, []cloud.Call{rpc(l.endpoint, opList, nil, nil, true), rpc(l.endpoint, opRegions, nil, nil, true)})
}
