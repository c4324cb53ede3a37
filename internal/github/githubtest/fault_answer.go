package githubtest

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"time"
)

// page is what load balancers and proxies answer in GitHub's stead.
const page = "<!DOCTYPE html>\n<html><head><title>Unicorn! &middot; GitHub</title></head>" +
	"<body><p>We had issues producing the response to your request.</p></body></html>\n"

// faultReply is the answer of the faults that are a plain answer.
func (s *Server) faultReply(c *call, f Fault) reply {
	switch f.Kind {
	case FaultRateLimit:
		return s.primary(c, f).reply(c)
	case FaultSecondaryLimit:
		return secondary(c, f).reply(c)
	case FaultGarbage:
		return verbatim(http.StatusOK, or(f.Body, page))
	case FaultRedirect:
		status := f.Status
		if status == 0 {
			status = http.StatusMovedPermanently
		}
		to := or(f.Location, s.otherURL()+c.r.URL.RequestURI())
		return reply{status: status, header: http.Header{"Location": {to}}, value: map[string]string{
			"message": http.StatusText(status), "url": to, "documentation_url": c.docs(),
		}}
	}
	var out reply
	switch {
	case f.Body != "":
		out = verbatim(f.Status, f.Body)
	case f.Status == http.StatusBadGateway || f.Status == http.StatusGatewayTimeout:
		out = verbatim(f.Status, page)
	default:
		out = (&problem{status: f.Status, message: statusMessage(f.Status)}).reply(c)
	}
	if f.RetryAfter > 0 {
		out.header = http.Header{"Retry-After": {seconds(f.RetryAfter)}}
	}
	return out
}

// statusMessage is what GitHub says with a status.
func statusMessage(status int) string {
	switch status {
	case http.StatusUnauthorized:
		return "Bad credentials"
	case http.StatusInternalServerError:
		return "Server Error"
	case http.StatusServiceUnavailable:
		return "No server is currently available to service your request. Sorry about that. Please try resubmitting your " +
			"request and contact us if the problem persists."
	}
	return http.StatusText(status)
}

// primary is the refusal once the primary rate limit is reached. It goes by the headers: none remaining, and when more.
func (s *Server) primary(c *call, f Fault) *problem {
	out := c.exhausted(limitStatus(f))
	reset := f.Reset
	if reset == 0 {
		reset = time.Minute
	}
	budget := s.rate(c)
	budget.used, budget.reset = budget.limit, s.now().Add(reset)
	out.header = http.Header{}
	budget.write(out.header)
	return out
}

// secondary is the refusal once a secondary rate limit is reached.
func secondary(c *call, f Fault) *problem {
	out := &problem{
		status: limitStatus(f),
		docs:   "https://docs.github.com/free-pro-team@latest/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits",
		message: fmt.Sprintf("You have exceeded a secondary rate limit. Please wait a few minutes before you try again. "+
			"If you reach out to GitHub Support for help, please include the request ID %s.", c.id),
	}
	switch {
	case f.RetryAfter == 0:
		out.header = http.Header{"Retry-After": {"60"}}
	case f.RetryAfter > 0:
		out.header = http.Header{"Retry-After": {seconds(f.RetryAfter)}}
	}
	return out
}

func limitStatus(f Fault) int {
	if f.Status == http.StatusTooManyRequests {
		return f.Status
	}
	return http.StatusForbidden
}

// seconds writes a time as Retry-After does.
func seconds(d time.Duration) string { return strconv.Itoa(int((d + time.Second - 1) / time.Second)) }

// verbatim is an answer that is sent as it stands.
func verbatim(status int, body string) reply {
	kind := "text/html; charset=utf-8"
	if strings.HasPrefix(strings.TrimSpace(body), "{") || strings.HasPrefix(strings.TrimSpace(body), "[") {
		kind = "application/json; charset=utf-8"
	}
	return reply{status: status, raw: []byte(body), ctype: kind}
}

func or(value, otherwise string) string {
	if value != "" {
		return value
	}
	return otherwise
}

// half carries a request out and sends the first half of the answer under the length of all of it.
func (s *Server) half(w http.ResponseWriter, c *call) {
	whole := httptest.NewRecorder()
	s.write(whole, c, s.execute(c))
	for name, values := range whole.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(whole.Code)
	_, _ = w.Write(whole.Body.Bytes()[:whole.Body.Len()/2]) // a client that is gone needs no answer
	if flusher, can := w.(http.Flusher); can {
		flusher.Flush()
	}
	cut()
}
