// Package huawei authenticates requests to Huawei Cloud and reads the answers of its API gateway, HSS, SWR and IAM.
package huawei

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"regent/internal/cloud"
)

// Dialect reads Huawei's answers. Services and gateway use several error shapes; gateway codes have the prefix
// APIGW or APIG depending on the page, so only their digits count.
type Dialect struct{}

// problem is every documented error shape at once.
type problem struct {
	ErrorCode   string `json:"error_code"`
	ErrorMsg    string `json:"error_msg"`
	Description string `json:"error_description"`
	RequestID   string `json:"request_id"`
	// The newer SWR pages repeat the error in a list.
	Errors []struct {
		Code    string `json:"errorCode"`
		Message string `json:"errorMessage"`
	} `json:"errors"`
	// IAM answers in Keystone's style; the code is a number there.
	Error *struct {
		Code    json.RawMessage `json:"code"`
		Message string          `json:"message"`
	} `json:"error"`
	Code    any    `json:"code"`
	Message string `json:"message"`
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
	f.Auth = status == http.StatusUnauthorized || number == "0301" || number == "0303" || number == "0307"
	return f
}

// read fills code and message from the first shape that has them.
func read(body []byte, f *cloud.Fault) {
	var p problem
	if err := json.Unmarshal(body, &p); err != nil {
		var list []struct {
			Code    string `json:"errorCode"`
			Message string `json:"errorMessage"`
		}
		if json.Unmarshal(body, &list) == nil && len(list) > 0 {
			f.Code, f.Message = list[0].Code, list[0].Message
		}
		return
	}
	if f.RequestID == "" {
		f.RequestID = p.RequestID
	}
	switch {
	case p.ErrorCode != "" || p.ErrorMsg != "":
		f.Code, f.Message = p.ErrorCode, p.ErrorMsg
		if p.Description != "" && p.Description != p.ErrorMsg {
			f.Message = strings.TrimSpace(f.Message + " (" + p.Description + ")")
		}
	case len(p.Errors) > 0:
		f.Code, f.Message = p.Errors[0].Code, p.Errors[0].Message
	case p.Error != nil:
		f.Code, f.Message = strings.Trim(string(p.Error.Code), `"`), p.Error.Message
	case p.Message != "":
		f.Message = p.Message
		switch code := p.Code.(type) {
		case string:
			f.Code = code
		case float64:
			f.Code = strconv.FormatFloat(code, 'f', -1, 64)
		}
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

// RequestID implements [cloud.Dialect].
func (Dialect) RequestID(header http.Header, _ []byte) string { return header.Get("X-Request-Id") }
