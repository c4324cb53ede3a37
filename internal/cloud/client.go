package cloud

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"time"

	"github.com/hashicorp/go-retryablehttp"

	"regent/internal/secret"
)

// Fault is a vendor's refusal, read from an answer.
type Fault struct {
	Code, Message, RequestID string
	// Throttled: flow control refused the request before executing it. Auth: the credentials were refused.
	Throttled, Auth bool
	// Open: what became of the request is open although the status does not say so. The server failed at it, or a copy of
	// it had come before. A read may be tried again.
	Open bool
	// Wait is the vendor's own wish before the next attempt; 0 when it has none.
	Wait time.Duration
}

// Dialect reads a vendor's answers.
type Dialect interface {
	// Fault gives nil for an answer that reports success, and never nil for a status of 300 or more.
	Fault(status int, header http.Header, body []byte) *Fault
	// RequestID finds the request's identity in a successful answer.
	RequestID(header http.Header, body []byte) string
}

// Options compose a [Client].
type Options struct {
	// Provider and Account name the client in errors.
	Provider, Account string
	// Transport is the chain below capture: agent, read-only, sign, network.
	Transport http.RoundTripper
	// Gate guards the credentials; nil for requests that carry none.
	Gate *Gate
	// Limiter is the endpoint's; nil for none.
	Limiter *Limiter
	Dialect Dialect
	Retries Retries
	// Throttled is told, with the status, of an answer of flow control after which a request is tried again for longer than a
	// moment. It may be called often and by several goroutines at once; nil when nobody wants to know.
	Throttled func(cause string)
	// Masker withholds messages of servers that hold a secret.
	Masker *secret.Masker
	// Permission names what a policy has to allow for an operation; nil where the vendor does not say.
	Permission func(operation string) string
}

// Client sends calls of one account.
type Client struct {
	opts Options
	http *retryablehttp.Client
}

// NewClient composes the chain.
func NewClient(o Options) *Client {
	transport := within(capture(o.Transport), attemptTimeout)
	if o.Limiter != nil {
		transport = limit(transport, o.Limiter, o.Dialect)
	}
	if o.Gate != nil {
		transport = guard(transport, o.Gate, o.Dialect)
	}
	if o.Throttled == nil {
		o.Throttled = func(string) {}
	}
	return &Client{opts: o, http: newRetrier(transport, o.Dialect, o.Retries, o.Throttled)}
}

// Call is one request.
type Call struct {
	// Operation is the API's own word, for errors and reports.
	Operation string
	Method    string
	URL       string
	// Header holds what the operation itself needs; signing adds its own.
	Header http.Header
	// ContentType goes with Body.
	ContentType string
	Body        []byte
	// Read marks a request that changes nothing and may be repeated.
	Read bool
	// Entries is the most that a list in the answer may hold; what holds more is an error before anything of it is
	// decoded. Default 1000.
	Entries int
}

// Answer is a successful answer.
type Answer struct {
	Status    int
	Header    http.Header
	Body      []byte
	RequestID string
}

// Do sends a call and gives the answer, or an [*Error].
func (c *Client) Do(ctx context.Context, call Call) (*Answer, error) {
	f := &flight{read: call.Read, operation: call.Operation, entries: call.Entries}
	if flightOf(ctx) != nil { // on behalf of a request under way, which this one must not seem to be
		ctx = bare{ctx}
	}
	if !call.Read {
		var done func()
		ctx, done = f.heed(ctx)
		defer done()
	}
	req, err := retryablehttp.NewRequestWithContext(withFlight(ctx, f), call.Method, call.URL, body(call.Body))
	if err != nil {
		return nil, c.fail(call, NotSent, withoutURL(err))
	}
	for name, values := range call.Header {
		req.Header[name] = values
	}
	req.Header.Set("Accept", "application/json")
	if call.ContentType != "" {
		req.Header.Set("Content-Type", call.ContentType)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, c.noAnswer(ctx, call, f, withoutURL(err))
	}
	text := peek(resp)
	if fault := c.opts.Dialect.Fault(resp.StatusCode, resp.Header, text); fault != nil {
		return nil, c.refused(ctx, call, f, resp, fault)
	}
	return &Answer{
		Status: resp.StatusCode, Header: resp.Header, Body: text,
		RequestID: c.told(resp, "", c.opts.Dialect.RequestID(resp.Header, text)),
	}, nil
}

// told cleans what an answer says, also of what signed its request: with it, whoever reads the message could send the
// same request once more while the signature lasts, and guess at the body from its hash. What is shorter than either holds
// neither; request IDs are, so that nothing is worked out for an answer of the usual form.
func (c *Client) told(resp *http.Response, subject, s string) string {
	if resp.Request != nil {
		_, signature, _ := strings.Cut(resp.Request.Header.Get("Authorization"), "Signature=")
		for _, v := range []string{signature, resp.Request.Header.Get("X-Acs-Content-Sha256")} {
			if v != "" && len(s) >= len(v) {
				signed := &secret.Masker{}
				signed.Add(secret.New(v))
				s = signed.Cut(s)
			}
		}
	}
	return Clean(c.opts.Masker, subject, s)
}

// body avoids a typed nil: a request without a body has none at all.
func body(b []byte) any {
	if b == nil {
		return nil
	}
	return b
}

// withoutURL drops the *url.Error that net/http wraps around causes: its text is the whole URL.
func withoutURL(err error) error {
	if ue, ok := errors.AsType[*url.Error](err); ok {
		return ue.Err
	}
	return err
}

func (c *Client) noAnswer(ctx context.Context, call Call, f *flight, cause error) error {
	reach := NotSent
	// A token that the gateway wants renewed was refused before anything was carried out.
	if f.left.Load() && !errors.Is(cause, ErrCredentials) {
		reach = Unknown
	}
	e := c.fail(call, reach, cause)
	if reach == NotSent && f.held(ctx, cause) {
		e.err = errors.Join(errStopped, cause) // that of ctx tells nobody who ended it
	}
	if be, ok := errors.AsType[*bodyError](cause); ok {
		e.Status = be.status
	}
	_, gated := errors.AsType[*gateError](cause)
	e.Auth = gated
	switch {
	case ctx.Err() != nil:
		e.Message = "interrupted: " + context.Cause(ctx).Error()
		if call.Read || reach == NotSent {
			c.after(e, f.last)
		}
	case errors.Is(cause, context.DeadlineExceeded) || isTimeout(cause):
		e.Message = fmt.Sprintf("no answer in time: %s", c.clean(cause.Error()))
	}
	return e
}

// after adds what came of the last attempt to the error of a request that was interrupted before the next.
func (c *Client) after(e *Error, last *attempt) {
	interrupted := e.Message
	if errors.Is(e.err, errStopped) {
		interrupted = heldAgain
	}
	switch {
	case last == nil || e.Status != 0:
	case last.err != nil:
		e.Message += "; the last attempt failed: " + c.clean(withoutURL(last.err).Error())
	default:
		c.tell(e, last.resp, last.fault)
		e.Message = interrupted + lastAnswer + e.Message
	}
}

// heldAgain is the end of a write that was sent, refused before it was carried out, and kept from being sent again.
const (
	heldAgain  = "the run was interrupted before it could be sent again"
	lastAnswer = "; the last answer was: "
)

// tell fills in what a refusal says.
func (c *Client) tell(e *Error, resp *http.Response, fault *Fault) {
	e.Status, e.Throttled, e.Auth = resp.StatusCode, fault.Throttled, fault.Auth
	e.Code, e.Message, e.RequestID = c.told(resp, "", fault.Code), c.told(resp, Message, fault.Message), c.told(resp, "", fault.RequestID)
}

func isTimeout(err error) bool {
	t, ok := errors.AsType[interface {
		error
		Timeout() bool
	}](err)
	return ok && t.Timeout()
}

func (c *Client) refused(ctx context.Context, call Call, f *flight, resp *http.Response, fault *Fault) error {
	reach := Refused
	var cause error
	if fault.Throttled {
		reach = NotSent
		if f.held(ctx, nil) {
			cause = errStopped
		}
	} else if fault.Open || resp.StatusCode >= 500 || resp.StatusCode == http.StatusRequestTimeout {
		reach = Unknown
	}
	e := c.fail(call, reach, cause)
	c.tell(e, resp, fault)
	if cause != nil {
		e.Message = heldAgain + lastAnswer + e.Message
	}
	if resp.StatusCode == http.StatusForbidden && c.opts.Permission != nil && !fault.Auth && !fault.Throttled {
		e.Message += "; does the policy allow " + c.opts.Permission(call.Operation) + "? See docs/credentials.md#least-privilege"
	}
	if resp.StatusCode >= 300 && resp.StatusCode < 400 {
		e.Message = "the server redirects elsewhere" + c.hostOf(resp.Header[redirectTarget]) + "; redirects are never followed, " +
			"they would carry credentials to another host"
	}
	return e
}

func (c *Client) hostOf(locations []string) string {
	if len(locations) == 0 {
		return ""
	}
	u, err := url.Parse(locations[0])
	if err != nil || u.Host == "" {
		return ""
	}
	return " (to " + Clean(c.opts.Masker, "its host", u.Host) + ")"
}

func (c *Client) fail(call Call, reach Reach, cause error) *Error {
	e := &Error{Provider: c.opts.Provider, Account: c.opts.Account, Operation: call.Operation, Reach: reach, err: cause}
	if cause != nil {
		e.Message = c.clean(cause.Error())
	}
	return e
}

// clean is [Clean] for messages.
func (c *Client) clean(s string) string { return Clean(c.opts.Masker, Message, s) }

// Decode reads the JSON of an answer into out. What a server sends that is not the documented shape is an error that
// names the operation; it never quotes the body, which may hold tokens.
func (c *Client) Decode(call Call, a *Answer, out any) error {
	err := json.Unmarshal(a.Body, out)
	key := ""
	if err == nil {
		if key = repeated(a.Body); key == "" {
			return nil
		}
	}
	e := c.fail(call, Unknown, nil)
	e.Status, e.RequestID = a.Status, a.RequestID
	if call.Read {
		e.Reach = Refused
	}
	trimmed := bytes.TrimSpace(a.Body)
	typeErr, isType := errors.AsType[*json.UnmarshalTypeError](err)
	switch {
	case err == nil:
		e.Message = fmt.Sprintf("the answer has the key %q twice in one object, be it in another letter case; which value is meant cannot be told", c.clean(key))
	case len(trimmed) == 0:
		e.Message = "the answer is empty where JSON was expected"
	case trimmed[0] == '<':
		e.Message = "the answer is HTML or XML where JSON was expected; is a proxy or login page in between?"
	case isType:
		e.Message = c.clean(WrongType(typeErr, typeErr.Field).Error())
	default:
		e.Message = "the answer is not valid JSON: " + c.clean(err.Error())
	}
	return e
}

// WrongType says of a value in an answer, under a name, that it is of another type than the API documents.
func WrongType(err *json.UnmarshalTypeError, name string) error {
	want := err.Type.String()
	if err.Type.Kind() == reflect.Map {
		want = "an object" // the type's name is regent's own
	}
	return fmt.Errorf("the answer has %s in field %q where %s was expected", err.Value, name, want)
}

// JSON sends in as the call's JSON body, unless it is nil, and reads the answer into out. With out nil the vendor
// documents an empty answer; what is not JSON then means that something other than the API answered.
func (c *Client) JSON(ctx context.Context, call Call, in, out any) (*Answer, error) {
	call.ContentType = "application/json"
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return nil, c.fail(call, NotSent, err)
		}
		call.Body = text
	}
	answer, err := c.Do(ctx, call)
	if err != nil {
		return nil, err
	}
	if out == nil {
		var ignored any
		if out = &ignored; len(bytes.TrimSpace(answer.Body)) == 0 {
			return answer, nil
		}
	}
	return answer, c.Decode(call, answer, out)
}

// Odd makes an [*Error] about an answer that is well-formed and yet not what the API documents.
func (c *Client) Odd(call Call, a *Answer, cause error) error {
	e := c.fail(call, Unknown, cause)
	if call.Read {
		e.Reach = Refused
	}
	if a != nil {
		e.Status, e.RequestID = a.Status, a.RequestID
	}
	return e
}
