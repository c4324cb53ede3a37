// Package alibaba authenticates requests to Alibaba Cloud's RPC gateway and reads its answers.
package alibaba

import (
	"bytes"
	"cmp"
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"regent/internal/cloud"
)

// Dialect reads Alibaba's answers. The code decides, not the status: throttling arrives as HTTP 400, and so can a
// failure of the server; a failed change arrives as HTTP 200 with Success false.
type Dialect struct{}

// reply is what every answer has in common; encoding/json matches the keys in any letter case, which varies between
// products.
type reply struct {
	RequestID string `json:"RequestId"`
	Code      word   `json:"Code"`
	Message   string `json:"Message"`
	Success   flag   `json:"Success"`
	// Status is the HTTP status as the service sees it. That of the answer may be another one.
	Status word `json:"HttpStatusCode"`
}

// word is a code; some answers have a number. What is neither text nor a number is no code, and nothing of it is kept.
type word string

// UnmarshalJSON implements [json.Unmarshaler].
func (w *word) UnmarshalJSON(text []byte) error {
	var s string
	var n float64
	switch {
	case text[0] == '"' && json.Unmarshal(text, &s) == nil:
		*w = word(s)
	case (text[0] == '-' || text[0] >= '0' && text[0] <= '9') && json.Unmarshal(text, &n) == nil:
		*w = word(strconv.FormatFloat(n, 'f', -1, 64))
	}
	return nil
}

// flag is what an answer says of its success: "true" or another word, or empty when it says nothing.
type flag string

// UnmarshalJSON implements [json.Unmarshaler].
func (f *flag) UnmarshalJSON(text []byte) error {
	var s string
	switch {
	case text[0] == 't' || text[0] == 'f':
		*f = flag(text)
	case text[0] == '"' && json.Unmarshal(text, &s) == nil:
		*f = flag(cmp.Or(s, "false"))
	}
	return nil
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
	f := &cloud.Fault{Code: string(r.Code), Message: r.Message, RequestID: r.RequestID}
	if f.RequestID == "" {
		f.RequestID = header.Get("X-Acs-Request-Id")
	}
	if f.Message == "" {
		f.Message = silence(status, body)
	}
	f.Throttled = f.Code == "Throttling" || strings.HasPrefix(f.Code, "Throttling.") || f.Code == "Rejected.Throttling" ||
		status == http.StatusTooManyRequests
	f.Auth = refusedKey(f.Code) || status == http.StatusUnauthorized
	f.Open = !f.Throttled && (arrivedBefore(f.Code) || serverFailed(f.Code) || failureStatus(string(r.Status)))
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
	if r.Success != "" {
		return strings.EqualFold(string(r.Success), "true")
	}
	switch strings.ToLower(string(r.Code)) {
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
	for _, m := range xmlElement.FindAllSubmatch(body, 10) { // there are three
		text := entities.Replace(string(m[2]))
		switch strings.ToLower(string(m[1])) {
		case "code":
			r.Code = word(text)
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

// arrivedBefore reports whether the code means that the gateway has seen the same request before. Every attempt has a
// nonce of its own, so something in between, a proxy or a balancer, sent a copy: what answers is the second, and the
// first may have been carried out.
func arrivedBefore(code string) bool { return strings.HasPrefix(code, "SignatureNonceUsed") }

// failures are how the codes begin, in lower case, with which the server says that it failed at a request. They come
// under other statuses than those of failures too.
var failures = []string{
	"servererror", "internalerror", "internalservererror", "internalfailure", "serviceunavailable", "serviceerror",
	"systemerror", "unknownerror",
}

// serverFailed reports whether the code says that the server failed at the request, or gave up waiting for a part of
// itself. Either may have been after it was carried out.
func serverFailed(code string) bool {
	first, _, _ := strings.Cut(strings.ToLower(code), ".")
	begins := func(failure string) bool { return strings.HasPrefix(first, failure) }
	return slices.ContainsFunc(failures, begins) || strings.HasSuffix(first, "timeout") || failureStatus(code)
}

// failureStatus reports whether a number is an HTTP status that leaves open what became of the request.
func failureStatus(number string) bool {
	n, err := strconv.Atoi(number)
	return err == nil && (n >= 500 && n < 600 || n == http.StatusRequestTimeout)
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
