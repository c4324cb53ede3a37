package emulator

import (
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// api describes one API. A new operation is a row, a new kind of entry a kind and a collection in the store.
type api struct {
	name       string // what faults call it
	version    string // of an RPC API
	product    string // of an RPC API, in its refusals
	operations []operation
	shelf      func(*store) shelf         // its entries; nil for IAM and STS
	fields     any                        // an entry, of which faults want to know the fields
	refuse     func(problem) *apiError    // words the refusal of a parameter
	body       func(*call, *apiError) any // renders any refusal
	denied     *apiError                  // of a caller without the permission for an operation
	codes      codes                      // empty: derived from the status
}

// codes are those of a refusal, of one with 403, and of a failure.
type codes struct{ bad, denied, ill string }

// usual is the code that goes with a status.
func (a *api) usual(status int) string {
	switch {
	case a.codes.bad == "":
		return strconv.Itoa(status) + "0000"
	case status >= http.StatusInternalServerError:
		return a.codes.ill
	case status == http.StatusForbidden:
		return a.codes.denied
	}
	return a.codes.bad
}

// verb is what an operation does with the entries of its API.
type verb int

const (
	reads verb = iota
	lists      // gives the entries of an account
	adds
	modifies
	deletes
)

// operation is one operation, named as the official SDK names it.
type operation struct {
	name         string
	method, path string // of a REST API: segments in braces match any one non-empty segment. An RPC API has neither
	does         verb
	open         bool // unsigned: its body is the proof
	params       []param
	body         []param // fields of a JSON object, or of an RPC API's entry
	handle       func(*call, *store) (reply, error)
	api          *api
}

// writes tells whether an operation changes the state.
func (op *operation) writes() bool { return op.does >= adds }

// matches tells whether a request is for a REST operation, and gives its path parameters. A path that differs only by a
// trailing slash is another path, as it is for the real gateway.
func (op *operation) matches(r *http.Request) (map[string]string, bool) {
	pattern, got := strings.Split(op.path, "/"), strings.Split(r.URL.Path, "/")
	if op.method != r.Method || len(pattern) != len(got) {
		return nil, false
	}
	vars := map[string]string{}
	for i, want := range pattern {
		if name, isVar := strings.CutPrefix(want, "{"); isVar && got[i] != "" {
			vars[strings.TrimSuffix(name, "}")] = got[i]
		} else if want != got[i] {
			return nil, false
		}
	}
	return vars, true
}

// call is one request on its way through the emulator.
type call struct {
	r        *http.Request
	body     []byte
	api      *api // nil while no route has matched
	op       *operation
	vars     map[string]string // path parameters by name
	query    url.Values
	form     url.Values // Alibaba: form only
	params   url.Values // Alibaba: query and form together
	in       values     // the parameters, read and checked
	id       string     // request ID, in the vendor's own shape
	now      time.Time
	switches map[string]string
	caller   AccessKey // who signed; zero for unsigned operations
	identity *identity
	fault    Fault    // what has hit it; the zero Fault for none
	shown    []string // identifiers of the entries in the answer
	logged   *logged  // its entry in the request log
}

// is tells whether the named switch stands at value.
func (c *call) is(name, value string) bool { return c.switches[name] == value }

// reply is what a handler answers. A nil body means no body at all, which is what the HSS and SWR mutations do.
type reply struct {
	status int
	header http.Header
	body   any
}

// rawBody is a body that is not to be marshalled again.
type rawBody struct {
	contentType string
	bytes       []byte
}

// ok is a 200 answer with a JSON body.
func ok(body any) (reply, error) { return reply{status: http.StatusOK, body: body}, nil }

// apiError is a refusal in a vendor's words.
type apiError struct {
	status  int
	code    string
	message string
	header  http.Header
	gateway bool // Huawei's API gateway words it, not the service behind it
}

// Error implements error.
func (e *apiError) Error() string { return e.code + ": " + e.message }

func refusal(status int, code, message string) *apiError {
	return &apiError{status: status, code: code, message: message}
}

const jsonType = "application/json;charset=utf-8"

// rendered is an answer in its final form, ready for the wire.
type rendered struct {
	status int
	header http.Header
	body   []byte
}

// render turns what a handler returned into bytes and headers, adding the request ID where the vendor puts it.
func (c *call) render(rep reply, err error) rendered {
	if err != nil {
		rep = c.errorReply(err)
	}
	out := rendered{status: rep.status, header: http.Header{}}
	maps.Copy(out.header, rep.header)
	if c.r.URL.Path == "/" {
		out.header.Set("X-Acs-Request-Id", c.id)
	} else {
		out.header.Set("X-Request-Id", c.id)
	}
	switch body := rep.body.(type) {
	case nil:
	case rawBody:
		out.header.Set("Content-Type", body.contentType)
		out.body = body.bytes
	default:
		data, marshalErr := json.Marshal(body)
		if marshalErr != nil { // every body is built from plain structs and maps in this package
			out.status, data = http.StatusInternalServerError, []byte(`{}`)
		}
		out.header.Set("Content-Type", jsonType)
		out.body = data
	}
	return out
}

// errorReply renders a refusal in the words of the API it came from. Any other error is one of the emulator itself: the
// state file could not be written.
func (c *call) errorReply(err error) reply {
	var refused *apiError
	if !errors.As(err, &refused) {
		const status = http.StatusInternalServerError
		refused = refusal(status, c.api.usual(status), "internal error: "+err.Error())
	}
	rep := reply{status: refused.status, header: refused.header}
	if c.api == nil || refused.gateway {
		rep.body = c.gatewayErrorBody(refused)
	} else {
		rep.body = c.api.body(c, refused)
	}
	return rep
}
