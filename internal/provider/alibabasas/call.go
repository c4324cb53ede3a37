package alibabasas

import (
	"net/http"
	"net/url"

	"regent/internal/cloud"
)

const (
	apiVersion = "2018-12-03"

	opList    = "ListPrivateRegistryList"
	opRegions = "ListImageRegistryRegion"
	opAdd     = "AddPrivateRegistry"
	opModify  = "ModifyImageRegistry"
)

// isRead is the read list of the API. Every operation is a POST; the header that is signed tells which it is. A
// request that names an operation in the older signature's way as well is none.
func isRead(r *http.Request) bool {
	if r.URL.Query().Has("Action") {
		return false
	}
	switch r.Header.Get("x-acs-action") {
	case opList, opRegions:
		return r.Method == http.MethodPost && r.URL.Path == "/"
	}
	return false
}

// rpc makes a call: query parameters in the URL, form parameters in the body.
func rpc(endpoint, operation string, query, form url.Values, read bool) cloud.Call {
	call := cloud.Call{
		Operation: operation, Method: http.MethodPost, URL: endpoint + "/", Read: read,
		Header: http.Header{"X-Acs-Action": {operation}, "X-Acs-Version": {apiVersion}},
	}
	if len(query) > 0 {
		call.URL += "?" + query.Encode()
	}
	if len(form) > 0 {
		call.ContentType = "application/x-www-form-urlencoded"
		call.Body = []byte(form.Encode())
	}
	return call
}
