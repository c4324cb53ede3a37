package githubtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// reply is the answer of a handler.
type reply struct {
	status int
	header http.Header
	value  any    // sent as JSON
	raw    []byte // sent as it is when not nil, with contentType
	ctype  string
}

// problem is a refusal in GitHub's form.
type problem struct {
	status  int
	message string
	errors  []fieldError
	docs    string // replaces the page of the operation
	header  http.Header
}

// fieldError is one entry of the errors of "Validation Failed". GitHub writes them in this order.
type fieldError struct {
	Value    any    `json:"value,omitempty"`
	Resource string `json:"resource"`
	Code     string `json:"code"`
	Field    string `json:"field"`
	Message  string `json:"message,omitempty"`
}

// invalid is the answer to values that break a rule.
func invalid(errors ...fieldError) *problem {
	return &problem{status: http.StatusUnprocessableEntity, message: "Validation Failed", errors: errors}
}

// malformed is the answer to a body whose shape is wrong.
func malformed(format string, args ...any) *problem {
	return &problem{
		status:  http.StatusUnprocessableEntity,
		message: "Invalid request.\n\n" + fmt.Sprintf(format, args...),
	}
}

// notFound is the answer for what does not exist or may not be seen.
func notFound() *problem { return &problem{status: http.StatusNotFound, message: "Not Found"} }

// unserved is the answer to what GitHub does and this server does not, so that no test takes silence for agreement.
func unserved(what string) *problem {
	return &problem{status: http.StatusNotImplemented, message: "githubtest does not serve " + what}
}

// reply turns a problem into an answer. The status stands in the body as text.
func (p *problem) reply(c *call) reply {
	body := struct {
		Message string       `json:"message"`
		Errors  []fieldError `json:"errors,omitempty"`
		Docs    string       `json:"documentation_url"`
		Status  string       `json:"status"`
	}{p.message, p.errors, p.docs, strconv.Itoa(p.status)}
	if body.Docs == "" {
		body.Docs = c.docs()
	}
	return reply{status: p.status, header: p.header, value: body}
}

// write sends an answer with the headers that GitHub puts on all of them.
func (s *Server) write(w http.ResponseWriter, c *call, out reply) {
	body := out.raw
	if body == nil {
		var b bytes.Buffer
		encoder := json.NewEncoder(&b)
		encoder.SetEscapeHTML(false) // GitHub sends < and & as they are
		if err := encoder.Encode(out.value); err != nil {
			panic(err) // only shapes of this package are encoded
		}
		body = bytes.TrimSuffix(b.Bytes(), []byte("\n"))
		out.ctype = "application/json; charset=utf-8"
	}
	header := w.Header()
	header.Set("Content-Type", out.ctype)
	header.Set("Server", "github.com")
	header.Set("Date", s.now().Format(http.TimeFormat))
	header.Set("X-GitHub-Request-Id", c.id)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("X-GitHub-Media-Type", "github.v3; format=json")
	header.Set("X-GitHub-Api-Version-Selected", c.version())
	if c.op != nil && c.token != nil {
		header.Set("X-Accepted-GitHub-Permissions", c.op.accepted())
	}
	s.rate(c).write(header)
	for name, values := range out.header {
		header[name] = values
	}
	header.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(out.status)
	_, _ = w.Write(body) // a client that is gone needs no answer
}

// rate is a token's budget.
type rate struct {
	limit, used int
	reset       time.Time
}

// rate gives the budget of whoever asks.
func (s *Server) rate(c *call) rate {
	out := rate{limit: s.o.RateLimit, used: c.used, reset: s.started.Add(time.Hour)}
	if c.token == nil {
		out.limit = 60 // anonymous requests
	}
	return out
}

func (r rate) write(header http.Header) {
	header.Set("X-RateLimit-Limit", strconv.Itoa(r.limit))
	header.Set("X-RateLimit-Remaining", strconv.Itoa(max(0, r.limit-r.used)))
	header.Set("X-RateLimit-Reset", strconv.FormatInt(r.reset.Unix(), 10))
	header.Set("X-RateLimit-Used", strconv.Itoa(min(r.used, r.limit)))
	header.Set("X-RateLimit-Resource", "core")
}

// exhausted is the answer once a budget is used up.
func (c *call) exhausted(status int) *problem {
	whose := "installation"
	if c.token != nil && !isBot(c.token.login) {
		whose = "user ID " + strconv.FormatInt(accountID(c.token.login), 10)
	}
	return &problem{
		status: status, docs: "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api",
		message: fmt.Sprintf("API rate limit exceeded for %s. If you reach out to GitHub Support for help, please include "+
			"the request ID %s.", whose, c.id),
	}
}
