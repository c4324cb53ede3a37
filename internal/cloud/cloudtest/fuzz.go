package cloudtest

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"regent/internal/cloud"
	"regent/internal/secret"
)

// echoed is the secret that a hostile answer repeats. No escape of JSON or XML can come from its characters alone.
const echoed = "s3cr3t-p@ss/w0rd"

// What a server says is cut at 600 bytes; mostShown allows for the sign that it was. An error has three such parts, and the
// rest of it is regent's own.
const (
	mostShown = 610
	mostError = 3*mostShown + 100
)

// FuzzFault gives a dialect answers that no documentation has, with the secret somewhere in them, and holds what becomes
// of them to the promises of [cloud.Dialect] and [cloud.Error]: a failure is never taken for a success, the same answer is
// read the same way, and nothing of the server's is shown that is a secret, does not print or has no end.
func FuzzFault(f *testing.F, dialect cloud.Dialect, bodies []string) {
	for _, status := range []uint16{200, 204, 302, 400, 401, 403, 429, 500, 503} {
		for i, body := range bodies {
			f.Add(status, "req-1", []byte(body), uint16(i*7))
		}
	}
	f.Fuzz(func(t *testing.T, status uint16, header string, body []byte, at uint16) {
		code := 200 + int(status)%400
		i := int(at) % (len(body) + 1)
		body = bytes.Join([][]byte{body[:i], body[i:]}, []byte(echoed))
		answer := func() (int, http.Header, []byte) {
			return code, http.Header{"X-Request-Id": {header}, "X-Acs-Request-Id": {header}, "X-Ratelimit-User": {header}}, bytes.Clone(body)
		}
		fault := dialect.Fault(answer())
		if again := dialect.Fault(answer()); !reflect.DeepEqual(fault, again) {
			t.Fatalf("read as %+v and then as %+v", fault, again)
		}
		switch {
		case fault == nil && code >= 300:
			t.Fatalf("HTTP %d is no fault", code)
		case fault != nil && fault.Wait < 0:
			t.Fatalf("a wait of %v", fault.Wait)
		case fault != nil && fault.Message == "" && (code >= 400 || code < 300):
			t.Fatal("a fault without a message")
		}
		shown(t, dialect, fault, answer)
	})
}

// shown sends a call that gets the answer, and looks at what a user would see of it.
func shown(t *testing.T, dialect cloud.Dialect, fault *cloud.Fault, answer func() (int, http.Header, []byte)) {
	t.Helper()
	masker := &secret.Masker{}
	masker.Add(secret.New(echoed))
	client := cloud.NewClient(cloud.Options{
		Provider: "provider", Account: "account", Dialect: dialect, Masker: masker, Retries: cloud.Retries{Max: -1, Patience: 1},
		Transport: cloud.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
			status, header, body := answer()
			return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(bytes.NewReader(body)), Request: r}, nil
		}),
	})
	got, err := client.Do(t.Context(), cloud.Call{Operation: "Operation", Method: http.MethodPost, URL: "https://api.invalid/"})
	if err == nil {
		if fault != nil {
			t.Fatalf("%+v became a success", fault)
		}
		readable(t, "the request ID", got.RequestID, mostShown)
		return
	}
	e, ok := errors.AsType[*cloud.Error](err)
	if !ok || fault == nil {
		t.Fatalf("%+v became %v", fault, err)
	}
	readable(t, "the code", e.Code, mostShown)
	readable(t, "the message", e.Message, mostShown)
	readable(t, "the request ID", e.RequestID, mostShown)
	readable(t, "the error", e.Error(), mostError)
}

// readable refuses what must not be shown.
func readable(t *testing.T, what, text string, most int) {
	t.Helper()
	switch {
	case strings.Contains(text, echoed):
		t.Fatalf("%s shows the secret: %q", what, text)
	case !utf8.ValidString(text), strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }):
		t.Fatalf("%s holds what does not print: %q", what, text)
	case len(text) > most:
		t.Fatalf("%s has %d bytes", what, len(text))
	}
}
