// Package alibaba authenticates requests to Alibaba Cloud's RPC gateway and reads its answers.
package alibaba

import (
	"bytes"
	"encoding/json"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"regent/internal/cloud"
)

// Dialect reads Alibaba's answers. The code decides, not the status: throttling arrives as HTTP 400, and a failed
// change as HTTP 200 with Success false.
type Dialect struct{}

// reply is what every answer has in common; encoding/json matches the keys in any letter case, which varies between
// products.
type reply struct {
	RequestID string `json:"RequestId"`
	Code      any    `json:"Code"`
	Message   string `json:"Message"`
	Success   any    `json:"Success"`
}

// code gives the code as text; some answers have a number.
func (r reply) code() string {
	switch c := r.Code.(type) {
	case string:
		return c
	case float64:
		return strconv.FormatFloat(c, 'f', -1, 64)
	}
	return ""
}

// Fault implements [cloud.Dialect].
func (Dialect) Fault(status int, header http.Header, body []byte) *cloud.Fault {
	if status < 300 && !mayFail(body) {
		return nil
	}
	r, ok := parse(body)
	if status < 300 && (!ok || succeeded(r)) {
		return nil
	}
	f := &cloud.Fault{Code: r.code(), Message: r.Message, RequestID: r.RequestID}
	if f.RequestID == "" {
		f.RequestID = header.Get("X-Acs-Request-Id")
	}
	if f.Message == "" {
		f.Message = silence(status, body)
	}
	f.Throttled = f.Code == "Throttling" || strings.HasPrefix(f.Code, "Throttling.") || f.Code == "Rejected.Throttling" ||
		status == http.StatusTooManyRequests
	f.Auth = refusedKey(f.Code) || status == http.StatusUnauthorized
	f.Temporary = f.Code == "ServiceUnavailable" || f.Code == "SignatureNonceUsed"
	f.Wait = timeLeft(header)
	return f
}

func silence(status int, body []byte) string {
	if bytes.HasPrefix(bytes.TrimSpace(body), []byte("<")) {
		return "the answer is a web page, not an answer of the API; is a proxy in between?"
	}
	if status < 300 {
		return "the API reports that it did not succeed, and gives no reason"
	}
	return "the server gave no reason that the API documents"
}

// smallAnswer is the size up to which an answer is looked at whole; reports of failures are smaller.
const smallAnswer = 64 << 10

// mayFail spares large lists the parsing: one without these keys reports no failure.
func mayFail(body []byte) bool {
	return len(body) <= smallAnswer || bytes.Contains(body, []byte(`"Success"`)) || bytes.Contains(body, []byte(`"Code"`))
}

// succeeded reads the flags of an HTTP 200 answer.
func succeeded(r reply) bool {
	switch flag := r.Success.(type) {
	case bool:
		return flag
	case string:
		return strings.EqualFold(flag, "true")
	}
	switch strings.ToLower(r.code()) {
	case "", "200", "success", "ok", "0":
		return true
	}
	return false
}

func parse(body []byte) (reply, bool) {
	var r reply
	trimmed := bytes.TrimSpace(body)
	if bytes.HasPrefix(trimmed, []byte("<")) {
		return parseXML(trimmed)
	}
	return r, json.Unmarshal(trimmed, &r) == nil
}

var (
	xmlError   = regexp.MustCompile(`(?i)<Error[\s>]`)
	xmlElement = regexp.MustCompile(`(?i)<(Code|Message|RequestId)>([^<]*)</`)
)

// entities are the five of XML, and how its writers put quotes in numbers.
var entities = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&quot;", `"`, "&apos;", "'", "&#34;", `"`, "&#39;", "'", "&amp;", "&")

// parseXML reads the three elements of an XML error, which the gateway sends to callers whose wish for JSON it did
// not get to see. The document is flat; a whole XML reader would be a large part of the program for it.
func parseXML(body []byte) (reply, bool) {
	var r reply
	if !xmlError.Match(body) {
		return r, false
	}
	for _, m := range xmlElement.FindAllSubmatch(body, -1) {
		text := entities.Replace(string(m[2]))
		switch strings.ToLower(string(m[1])) {
		case "code":
			r.Code = text
		case "message":
			r.Message = text
		case "requestid":
			r.RequestID = text
		}
	}
	return r, true
}

// refusedKey reports whether the code means that the same credentials will be refused again.
func refusedKey(code string) bool {
	return strings.HasPrefix(code, "InvalidAccessKeyId") || strings.HasPrefix(code, "InvalidSecurityToken") ||
		strings.HasPrefix(code, "InvalidTimeStamp") || code == "SignatureDoesNotMatch" || code == "IncompleteSignature"
}

var timeLeftPattern = regexp.MustCompile(`\bTimeLeft:(\d{1,9})`)

// timeLeft reads the throttling headers, as in "Limit:1,Remain:0,TimeLeft:2000,Reset:1234". The unit is documented
// nowhere; the official runtime treats it as milliseconds.
func timeLeft(header http.Header) time.Duration {
	for _, name := range []string{"X-Ratelimit-User-Api", "X-Ratelimit-User"} {
		if m := timeLeftPattern.FindStringSubmatch(header.Get(name)); m != nil {
			n, err := strconv.Atoi(m[1])
			if err == nil {
				return time.Duration(n) * time.Millisecond
			}
		}
	}
	return 0
}

// RequestID implements [cloud.Dialect].
func (Dialect) RequestID(header http.Header, body []byte) string {
	if id := header.Get("X-Acs-Request-Id"); id != "" {
		return id
	}
	if r, ok := parse(body); ok {
		return r.RequestID
	}
	return ""
}
