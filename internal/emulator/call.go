package emulator

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"time"
)

// style is the dialect an API writes its errors in.
type style int

const (
	styleGateway  style = iota // Huawei's API gateway, in front of every service
	styleHSS                   // error_code HSS.xxxx, always HTTP 400 for refusals
	styleSWR                   // error_code plus an errors[] array
	styleKeystone              // IAM
	styleAlibaba               // Code, Message, RequestId, HostId, Recommend
)

// operation is one API operation, named as the official SDK names it.
type operation struct {
	name   string
	style  style
	auth   authScheme
	write  bool
	handle func(*call, *store) (reply, error)
}

// call is one request on its way through the emulator.
type call struct {
	r        *http.Request
	body     []byte
	op       *operation
	vars     map[string]string // path parameters by name
	params   url.Values        // Alibaba: query and form together
	form     url.Values        // Alibaba: form only
	id       string            // request ID, in the vendor's own shape
	now      time.Time
	switches switchSet
	caller   accessKey // who signed; zero for unsigned operations
	issuer   *identity
	fault    Fault   // what has hit it; the zero Fault for none
	logged   *logged // its entry in the request log
}

// is tells whether the named switch stands at value.
func (c *call) is(name, value string) bool { return c.switches.get(name) == value }

// reply is what a handler answers. A nil body means no body at all, which is
// what the HSS and SWR mutations do.
type reply struct {
	status int
	header http.Header
	body   any
}

// ok is a 200 answer with a JSON body.
func ok(body any) reply { return reply{status: http.StatusOK, body: body} }

// apiError is a refusal in a vendor's words.
type apiError struct {
	status  int
	code    string
	message string
	style   style
	header  http.Header
}

// Error implements error.
func (e *apiError) Error() string { return e.code + ": " + e.message }

// rendered is an answer in its final form, ready for the wire.
type rendered struct {
	status int
	header http.Header
	body   []byte
}

// render turns what a handler returned into bytes and headers, adding the
// request ID where the vendor puts it.
func (c *call) render(rep reply, err error) rendered {
	if err != nil {
		rep = c.errorReply(err)
	}
	out := rendered{status: rep.status, header: http.Header{}}
	for name, values := range rep.header {
		out.header[name] = values
	}
	c.stampRequestID(out.header)
	switch body := rep.body.(type) {
	case nil:
	case rawBody:
		out.header.Set("Content-Type", body.contentType)
		out.body = body.bytes
	default:
		data, marshalErr := json.Marshal(body)
		if marshalErr != nil {
			// Every body is built from plain structs and maps in this package.
			out.status, data = http.StatusInternalServerError, []byte(`{}`)
		}
		out.header.Set("Content-Type", "application/json;charset=utf-8")
		out.body = data
	}
	return out
}

// rawBody is a body that is not to be marshalled again.
type rawBody struct {
	contentType string
	bytes       []byte
}

// stampRequestID sets the header each vendor returns its request ID in.
func (c *call) stampRequestID(h http.Header) {
	if c.op != nil && c.op.style == styleAlibaba || c.r.URL.Path == "/" {
		h.Set("X-Acs-Request-Id", c.id)
		return
	}
	h.Set("X-Request-Id", c.id)
}

// errorReply renders a refusal in the style of the API it came from.
func (c *call) errorReply(err error) reply {
	var refusal *apiError
	if !errors.As(err, &refusal) {
		refusal = c.internalError(err)
	}
	rep := reply{status: refusal.status, header: refusal.header}
	switch refusal.style {
	case styleAlibaba:
		rep.body = c.alibabaErrorBody(refusal)
	case styleSWR:
		rep.body = c.swrErrorBody(refusal)
	case styleKeystone:
		rep.body = c.iamErrorBody(refusal)
	case styleHSS:
		rep.body = c.hssErrorBody(refusal)
	default:
		rep.body = c.gatewayErrorBody(refusal)
	}
	return rep
}

// internalError is what the API answers when the emulator itself failed, for
// instance because the state file could not be written.
func (c *call) internalError(err error) *apiError {
	message := "internal error: " + err.Error()
	s := styleGateway
	if c.op != nil {
		s = c.op.style
	}
	switch s {
	case styleAlibaba:
		return &apiError{status: 500, code: "ServerError", message: message, style: s}
	case styleHSS:
		return &apiError{status: 500, code: "HSS.0041", message: message, style: s}
	case styleSWR:
		return &apiError{status: 500, code: "5000001", message: message, style: s}
	case styleKeystone:
		return &apiError{status: 500, code: "IAM.0001", message: message, style: s}
	default:
		return c.gatewayError(500, "0601", message)
	}
}
