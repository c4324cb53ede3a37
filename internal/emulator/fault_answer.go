package emulator

import (
	"cmp"
	"net"
	"net/http"
	"strconv"
	"time"
)

// answer runs a call and writes what came of it, spoilt by a fault if one is
// set for it. A refusal from routing is written as it is.
func (s *Server) answer(w http.ResponseWriter, c *call, refusal error, finish func(int)) {
	if refusal != nil {
		send(w, c.render(reply{}, refusal), finish)
		return
	}
	f, found := s.faults.take(c)
	if !found {
		send(w, c.render(s.execute(c)), finish)
		return
	}
	c.spoilBy(f)
	if !wait(c.r.Context(), time.Duration(f.Millis)*time.Millisecond) {
		return
	}
	if f.After {
		c.render(s.execute(c))
	}
	s.spoil(w, c, f, finish)
}

// spoil answers a call that a fault has hit.
func (s *Server) spoil(w http.ResponseWriter, c *call, f Fault, finish func(int)) {
	switch f.Kind {
	case FaultDropBefore:
		drop()
	case FaultDropAfter:
		c.render(s.execute(c))
		drop()
	case FaultResetBefore:
		reset(w)
	case FaultResetAfter:
		c.render(s.execute(c))
		reset(w)
	case FaultHang:
		wait(c.r.Context(), hangTime)
		drop()
	case FaultCut:
		s.cut(w, c.render(s.execute(c)), finish)
	case FaultHuge:
		s.stream(w, f, finish)
	case FaultEmpty, FaultGarbage, FaultWrongTypes:
		send(w, c.distort(f, c.render(s.execute(c))), finish)
	case FaultConcurrent, FaultTwice:
		send(w, c.render(s.executeTwice(c, f.Kind == FaultTwice)), finish)
	case FaultIgnore, FaultIgnoreField, FaultDelay, FaultStale, FaultListRepeats:
		send(w, c.render(s.execute(c)), finish) // the call knows what is different
	case FaultListGrows, FaultListShrinks:
		out := c.render(s.execute(c))
		if err := s.moveList(c, f, out.body); err != nil {
			out = c.render(reply{}, err)
		}
		send(w, out, finish)
	default:
		send(w, c.render(c.faultReply(f)), finish)
	}
}

// hangTime is the longest that a connection is held without an answer.
const hangTime = 5 * time.Minute

// executeTwice executes a call that arrives twice and gives one of the
// answers. A second signature check would find the nonce used.
func (s *Server) executeTwice(c *call, first bool) (reply, error) {
	rep, err := s.execute(c)
	if err != nil {
		return rep, err
	}
	again, againErr := s.run(c)
	if first {
		return rep, nil
	}
	return again, againErr
}

// distort spoils the body of an answer.
func (c *call) distort(f Fault, out rendered) rendered {
	out.header.Set("Content-Type", "application/json;charset=utf-8")
	switch f.Kind {
	case FaultEmpty:
		out.status, out.body = http.StatusOK, nil
	case FaultGarbage:
		out.status, out.body = http.StatusOK, []byte("\x1f\x8b{\"\xff\xfe\x00 <<")
	default:
		out.body = wrongTypes(out.body)
	}
	return out
}

// faultReply is the answer of the faults that are a plain answer.
func (c *call) faultReply(f Fault) (reply, error) {
	switch f.Kind {
	case FaultThrottle:
		after := time.Duration(f.RetryAfter) * time.Second
		left := cmp.Or(time.Duration(f.TimeLeft)*time.Millisecond, after, time.Second)
		if after == 0 {
			return reply{}, c.throttled(left, 1)
		}
		return reply{}, withRetryAfter(c.throttled(left, 1), after)
	case FaultDenied:
		return reply{}, c.denied()
	case FaultHTML:
		return reply{status: http.StatusOK, body: rawBody{
			contentType: "text/html; charset=utf-8",
			bytes:       []byte("<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body><h1>Sign in</h1></body></html>\n"),
		}}, nil
	case FaultRedirect:
		status := f.Status
		if status == 0 {
			status = http.StatusTemporaryRedirect
		}
		return reply{status: status, header: http.Header{"Location": {f.Location}}}, nil
	case FaultSuccessFalse:
		return c.sasOutcome(false, "500", "ServerError", http.StatusInternalServerError), nil
	case FaultExpiredToken:
		return reply{}, c.gatewayError(http.StatusUnauthorized, "0307", "The token must be updated: token expired")
	case FaultEcho:
		return reply{}, c.echo(f)
	default:
		return reply{}, c.statusFault(f)
	}
}

// denied is the refusal of a caller without the permission for the operation.
func (c *call) denied() *apiError {
	switch c.op.style {
	case styleAlibaba:
		return sasNoPermission()
	case styleHSS:
		return hssError("HSS.0013", "Insufficient permissions")
	case styleSWR:
		return swrError(http.StatusForbidden, "4030170", "insufficient permission")
	default:
		return iamError(http.StatusForbidden, "You are not authorized to perform the requested action.")
	}
}

// statusFault is an error with the status and code asked for, in the style of
// the API, or of the gateway when the code is one of the gateway's.
func (c *call) statusFault(f Fault) *apiError {
	refusal := &apiError{status: f.Status, code: f.Code, message: f.Message, style: c.op.style}
	if len(f.Code) > 4 && (f.Code[:4] == "APIG") {
		refusal.style = styleGateway
	}
	if refusal.message == "" {
		refusal.message = http.StatusText(f.Status)
	}
	if refusal.code == "" {
		refusal.code = usualCode(refusal.style, f.Status)
	}
	return refusal
}

// usualCode is the code that an API gives with a status, one of a failure from
// 500 on and one of a refusal below; empty where it has none.
func usualCode(s style, status int) string {
	refused := status < http.StatusInternalServerError
	switch {
	case s == styleSWR:
		return strconv.Itoa(status) + "0000"
	case s == styleAlibaba && status == http.StatusForbidden:
		return "NoPermission"
	case s == styleAlibaba && refused:
		return "InvalidParameter"
	case s == styleAlibaba:
		return "ServerError"
	case s == styleHSS && status == http.StatusForbidden:
		return "HSS.0013"
	case s == styleHSS && refused:
		return "HSS.0001"
	case s == styleHSS:
		return "HSS.0041"
	case s == styleGateway && !refused:
		return "APIGW.0601"
	}
	return ""
}

// drop closes the connection without an answer. net/http takes this panic as
// the wish to do just that.
func drop() { panic(http.ErrAbortHandler) }

// reset closes the connection so that the client's system reports a reset. Where
// the connection is out of reach, it is closed as it goes.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		drop()
	}
	if tcp, isTCP := conn.(*net.TCPConn); isTCP {
		_ = tcp.SetLinger(0) // without it the close is an orderly one
	}
	_ = conn.Close() // nothing is to arrive
}

// send records and writes an answer.
func send(w http.ResponseWriter, out rendered, finish func(int)) {
	finish(out.status)
	out.write(w)
}

// cut sends half of an answer under the length of twice as much.
func (s *Server) cut(w http.ResponseWriter, out rendered, finish func(int)) {
	finish(out.status)
	out.header.Set("Content-Length", strconv.Itoa(2*len(out.body)+16))
	out.body = out.body[:len(out.body)/2]
	out.write(w)
	if flusher, can := w.(http.Flusher); can {
		flusher.Flush()
	}
	drop()
}

// stream writes a JSON document that does not end, until the client goes away
// or the size is reached.
func (s *Server) stream(w http.ResponseWriter, f Fault, finish func(int)) {
	finish(http.StatusOK)
	size := f.Bytes
	if size == 0 {
		size = 1 << 30
	}
	w.Header().Set("Content-Type", "application/json;charset=utf-8")
	w.WriteHeader(http.StatusOK)
	chunk := []byte(`{"data_list":[`)
	for size > 0 {
		n, err := w.Write(chunk[:min(int64(len(chunk)), size)])
		if err != nil {
			return
		}
		size -= int64(n)
		if len(chunk) < 1<<16 {
			chunk = hugeChunk()
		}
	}
}
