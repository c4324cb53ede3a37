// Package huawei authenticates requests to Huawei Cloud and reads the answers of its API gateway, HSS, SWR and IAM.
package huawei

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"regent/internal/cloud"
)

// Dialect reads Huawei's answers. Services and gateway use several error shapes; gateway codes have the prefix
// APIGW or APIG depending on the page, so only their digits count.
type Dialect struct{}

// word is a code, which some answers write as a number. What is neither text nor a number is no code.
type word string

// UnmarshalJSON implements [json.Unmarshaler].
func (w *word) UnmarshalJSON(text []byte) error {
	var s string
	switch err := json.Unmarshal(text, &s); {
	case err == nil:
		*w = word(s)
	case text[0] == '-' || text[0] >= '0' && text[0] <= '9':
		*w = word(text)
	}
	return nil
}

// named is the shape of HSS, SWR and the gateway.
type named struct {
	Code    word   `json:"error_code"`
	Message string `json:"error_msg"`
}

// camel is the shape of the newer and of the oldest pages of SWR.
type camel struct {
	Code    word   `json:"errorCode"`
	Message string `json:"errorMessage"`
}

// plain is the shape of Keystone, where the code is a number, and of some gateways.
type plain struct {
	Code    word   `json:"code"`
	Message string `json:"message"`
}

// problem is every documented error shape at once.
type problem struct {
	named
	plain
	Description string  `json:"error_description"`
	RequestID   string  `json:"request_id"`
	Errors      []camel `json:"errors"`
	Details     []named `json:"details"`
	Error       struct {
		named
		plain
	} `json:"error"`
}

// Fault implements [cloud.Dialect].
func (Dialect) Fault(status int, header http.Header, body []byte) *cloud.Fault {
	if status < 300 {
		return nil
	}
	f := &cloud.Fault{RequestID: header.Get("X-Request-Id")}
	read(body, f)
	switch {
	case f.Message != "":
	case strings.HasPrefix(strings.TrimSpace(string(body)), "<"):
		f.Message = "the answer is a web page, not an answer of the API; is a proxy in between?"
	case status >= 400:
		f.Message = "the server gave no reason that the API documents"
	}
	number := gatewayNumber(f.Code)
	f.Throttled = status == http.StatusTooManyRequests || number == "0308"
	f.Open = !f.Throttled && serverFailed(f.Code, status)
	f.Auth = status == http.StatusUnauthorized || number == "0301" || number == "0303" || number == "0307"
	return f
}

// read fills code and message from the first shape that has them. A part of another type than documented hides no
// other part.
func read(body []byte, f *cloud.Fault) {
	var p problem
	if bytes.HasPrefix(bytes.TrimSpace(body), []byte("[")) {
		_ = json.Unmarshal(body, &p.Errors)
	} else {
		_ = json.Unmarshal(body, &p)
	}
	if f.RequestID == "" {
		f.RequestID = p.RequestID
	}
	shapes := []named{p.named}
	for _, e := range p.Errors {
		shapes = append(shapes, named(e))
	}
	shapes = append(shapes, p.Details...)
	shapes = append(shapes, p.Error.named, named(p.Error.plain), named(p.plain))
	for _, s := range shapes {
		if s.Code != "" || s.Message != "" {
			f.Code, f.Message = string(s.Code), s.Message
			break
		}
	}
	if p.Description != "" && p.Description != f.Message {
		f.Message = strings.TrimSpace(f.Message + " (" + p.Description + ")")
	}
}

// gatewayNumber gives the digits of a gateway code, or an empty string for a service's own code.
func gatewayNumber(code string) string {
	prefix, number, ok := strings.Cut(code, ".")
	if ok && (prefix == "APIGW" || prefix == "APIG") {
		return number
	}
	return ""
}

// serverFailed reports whether the code says that the server failed at the request, whatever the status. There is no
// code for a request that came twice: signatures have no nonce, and a second copy is carried out.
func serverFailed(code string, status int) bool {
	switch number := gatewayNumber(code); {
	case number == "0201": // the service took too long, or the body was too large
		return status != http.StatusRequestEntityTooLarge
	case number != "":
		return strings.HasPrefix(number, "06")
	case code == "HSS.0041":
		return true
	}
	// SWR begins its numbers with a status; Keystone's are one.
	for _, prefix := range []string{"SVCSTG.SWR.", "SWR.", ""} {
		if number, ok := strings.CutPrefix(code, prefix); ok && len(number) >= 3 {
			_, err := strconv.Atoi(number)
			return err == nil && number[0] == '5' && (prefix != "" || len(number) == 3)
		}
	}
	return false
}

// RequestID implements [cloud.Dialect].
func (Dialect) RequestID(header http.Header, _ []byte) string { return header.Get("X-Request-Id") }
