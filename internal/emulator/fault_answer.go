package emulator

import (
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
	case FaultCut:
		s.cut(w, c.render(s.execute(c)), finish)
	case FaultWrongTypes:
		out := c.render(s.execute(c))
		out.body = wrongTypes(out.body)
		out.header.Set("Content-Type", "application/json;charset=utf-8")
		send(w, out, finish)
	case FaultHuge:
		s.stream(w, f, finish)
	case FaultConcurrent:
		rep, err := s.execute(c)
		if err == nil { // a second signature check would find the nonce used
			rep, err = s.run(c)
		}
		send(w, c.render(rep, err), finish)
	case FaultIgnore:
		c.discard = true
		send(w, c.render(s.execute(c)), finish)
	case FaultDelay:
		send(w, c.render(s.execute(c)), finish)
	default:
		send(w, c.render(c.faultReply(f)), finish)
	}
}

// faultReply is the answer of the faults that are a plain answer.
func (c *call) faultReply(f Fault) (reply, error) {
	switch f.Kind {
	case FaultThrottle:
		delay := time.Duration(f.RetryAfter) * time.Second
		if delay == 0 {
			return reply{}, c.throttled(time.Second, 1)
		}
		return reply{}, withRetryAfter(c.throttled(delay, 1), delay)
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
		refusal.code = map[style]string{
			styleAlibaba: "ServerError",
			styleHSS:     "HSS.0041",
			styleSWR:     strconv.Itoa(f.Status) + "0000",
			styleGateway: "APIGW.0601",
		}[c.op.style]
	}
	return refusal
}

// drop closes the connection without an answer. net/http takes this panic as
// the wish to do just that.
func drop() { panic(http.ErrAbortHandler) }

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
