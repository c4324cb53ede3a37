package emulator

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// hangTime is the longest that a connection is held without an answer.
const hangTime = 5 * time.Minute

// answer runs a call and writes what came of it, spoilt by a fault if one is set for it. A refusal from routing is written
// as it is.
func (s *Server) answer(w http.ResponseWriter, c *call, refused error) {
	if refused != nil {
		c.send(w, c.render(reply{}, refused))
		return
	}
	f, hit := s.faults.take(c)
	if !hit {
		c.send(w, c.render(s.execute(c)))
		return
	}
	c.fault = f
	c.logged.note(func(r *Request) { r.Fault = f.Kind })
	if !wait(c.r.Context(), time.Duration(f.Millis)*time.Millisecond) {
		return
	}
	if f.After {
		c.render(s.execute(c))
	}
	s.spoil(w, c, f)
}

// spoil answers a call that a fault has hit.
func (s *Server) spoil(w http.ResponseWriter, c *call, f Fault) {
	execute := func() rendered { return c.render(s.execute(c)) }
	switch f.Kind {
	case FaultDropBefore:
		drop()
	case FaultDropAfter:
		execute()
		drop()
	case FaultResetBefore:
		reset(w)
	case FaultResetAfter:
		execute()
		reset(w)
	case FaultHang:
		wait(c.r.Context(), hangTime)
		drop()
	case FaultCut:
		out := execute()
		out.header.Set("Content-Length", strconv.Itoa(2*len(out.body)+16))
		out.body = out.body[:len(out.body)/2]
		c.send(w, out)
		_ = http.NewResponseController(w).Flush() // where it cannot, nothing at all arrives
		drop()
	case FaultHuge:
		c.stream(w, cmp.Or(f.Bytes, 1<<30))
	case FaultEmpty, FaultGarbage, FaultWrongTypes:
		c.send(w, distort(f.Kind, execute()))
	case FaultConcurrent, FaultTwice:
		c.send(w, c.render(s.executeTwice(c, f.Kind == FaultTwice)))
	case FaultIgnore, FaultIgnoreField, FaultDelay, FaultStale, FaultListRepeats:
		c.send(w, execute()) // handling the call sees what is different
	case FaultListGrows, FaultListShrinks:
		out := execute()
		if err := s.moveList(c, f); err != nil {
			out = c.render(reply{}, err)
		}
		c.send(w, out)
	default:
		c.send(w, c.render(c.faultReply(f)))
	}
}

// executeTwice executes a call that arrives twice and gives one of the answers. A second signature check would find the
// nonce used.
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

// moveList does what somebody else does while a client reads the pages of a list: an entry comes or goes. An answer that is
// no list moves nothing.
func (s *Server) moveList(c *call, f Fault) error {
	if c.shown == nil {
		return nil
	}
	s.mu.Lock()
	if f.Kind == FaultListGrows {
		c.api.shelf(&s.store).grow(c)
	} else {
		c.api.shelf(&s.store).shrink(c, f.Entry)
	}
	s.mu.Unlock()
	return s.save()
}

// faultReply is the answer of the faults that are a plain answer.
func (c *call) faultReply(f Fault) (reply, error) {
	switch f.Kind {
	case FaultThrottle:
		left := cmp.Or(time.Duration(f.TimeLeft)*time.Millisecond, time.Duration(f.RetryAfter)*time.Second, time.Second)
		refused := c.throttled(left, 1)
		if f.RetryAfter > 0 {
			header := http.Header{"Retry-After": {strconv.Itoa(f.RetryAfter)}}
			maps.Copy(header, refused.header)
			refused.header = header
		}
		return reply{}, refused
	case FaultDenied:
		return reply{}, c.api.denied
	case FaultHTML:
		return reply{status: http.StatusOK, body: rawBody{
			contentType: "text/html; charset=utf-8",
			bytes:       []byte("<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body><h1>Sign in</h1></body></html>\n"),
		}}, nil
	case FaultRedirect:
		return reply{status: cmp.Or(f.Status, http.StatusTemporaryRedirect), header: http.Header{"Location": {f.Location}}}, nil
	case FaultSuccessFalse:
		return c.sasOutcome(false, "500", "ServerError", http.StatusInternalServerError)
	case FaultExpiredToken:
		return reply{}, c.tokenMustBeUpdated("token expired")
	case FaultEcho:
		refused := c.statusFault(Fault{Status: cmp.Or(f.Status, http.StatusBadRequest), Code: f.Code})
		refused.message = "cannot handle " + c.echo()
		return reply{}, refused
	default:
		return reply{}, c.statusFault(f)
	}
}

// statusFault is an error with the status and code asked for, in the style of the API, or of the gateway when the code is
// one of the gateway's.
func (c *call) statusFault(f Fault) *apiError {
	refused := refusal(f.Status, cmp.Or(f.Code, c.api.usual(f.Status)), cmp.Or(f.Message, http.StatusText(f.Status)))
	refused.gateway = strings.HasPrefix(f.Code, "APIG")
	return refused
}

// drop closes the connection without an answer. net/http takes this panic as the wish to do just that.
func drop() { panic(http.ErrAbortHandler) }

// reset closes the connection so that the client's system reports a reset. Where the connection is out of reach, it is
// closed as it goes.
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
func (c *call) send(w http.ResponseWriter, out rendered) {
	c.logged.note(func(r *Request) { r.Status = out.status })
	for name, values := range out.header {
		w.Header()[name] = values
	}
	w.WriteHeader(out.status)
	_, _ = w.Write(out.body) // an error means that nobody is left to tell
}

// stream writes a JSON document that does not end, until the client goes away or the size is reached.
func (c *call) stream(w http.ResponseWriter, size int64) {
	c.send(w, rendered{status: http.StatusOK, header: http.Header{"Content-Type": {jsonType}}})
	item := []byte(`{"id":"` + strings.Repeat("a", 1000) + `"},`)
	chunk := []byte(`{"data_list":[`)
	for size > 0 {
		n, err := w.Write(chunk[:min(int64(len(chunk)), size)])
		if err != nil {
			return
		}
		size -= int64(n)
		if len(chunk) < 1<<16 {
			chunk = bytes.Repeat(item, 1<<16/len(item)+1)
		}
	}
}

// distort spoils the body of an answer. Wrong types keep the shape of a JSON document; a body that is no JSON becomes a
// JSON text.
func distort(kind string, out rendered) rendered {
	out.header.Set("Content-Type", jsonType)
	switch kind {
	case FaultEmpty:
		out.status, out.body = http.StatusOK, nil
	case FaultGarbage:
		out.status, out.body = http.StatusOK, []byte("\x1f\x8b{\"\xff\xfe\x00 <<")
	default:
		value := any("unexpected")
		if err := json.Unmarshal(out.body, &value); err == nil {
			value = twist(value, true)
		}
		out.body, _ = json.Marshal(value) // it has come from JSON
	}
	return out
}

// twist gives a value of a JSON document another type. An object stays one at the top and in a list, so that a decoder gets
// as far as its fields.
func twist(value any, shape bool) any {
	switch v := value.(type) {
	case map[string]any:
		for name, member := range v {
			v[name] = twist(member, false)
		}
		if shape {
			return v
		}
		return "seven"
	case []any:
		for i := range v {
			v[i] = twist(v[i], true)
		}
		if len(v) > 0 {
			return v
		}
		return "seven"
	case string:
		return 7
	case nil:
		return map[string]any{}
	}
	return []any{"seven"}
}

// echo repeats everything the client sent, as it is and encoded: body, query, each of their texts, and the headers that
// prove who is calling.
func (c *call) echo() string {
	sent := []string{string(c.body), c.r.URL.RawQuery}
	for _, values := range c.params {
		sent = append(sent, values...)
	}
	decoder := json.NewDecoder(bytes.NewReader(c.body))
	for part, err := decoder.Token(); err == nil; part, err = decoder.Token() {
		if text, isText := part.(string); isText {
			sent = append(sent, text)
		}
	}
	for _, name := range []string{"Authorization", headerAuthToken, headerSecurity, headerACSToken} {
		sent = append(sent, c.r.Header.Get(name))
	}
	slices.Sort(sent)
	var parts []string
	for _, text := range slices.Compact(sent) {
		quoted, _ := json.Marshal(text) // a text always can
		parts = append(parts, text, string(quoted), url.QueryEscape(text), percentEncode(text),
			base64.StdEncoding.EncodeToString([]byte(text)), base64.URLEncoding.EncodeToString([]byte(text)))
	}
	return strings.Join(parts, " ")
}
