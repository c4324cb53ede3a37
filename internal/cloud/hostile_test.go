package cloud_test

import (
	"compress/gzip"
	"encoding/base64"
	"io"
	"net/http"
	"net/url"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"regent/internal/cloud"
	"regent/internal/cloud/alibaba"
)

func TestInvariant02RedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	var contacted atomic.Int64
	elsewhere := play(t, func(http.ResponseWriter, *http.Request) { contacted.Add(1) })
	t.Cleanup(func() {
		if contacted.Load() != 0 {
			t.Errorf("the other host was contacted %d times", contacted.Load())
		}
	})
	target, err := url.Parse(elsewhere.URL)
	if err != nil {
		t.Fatal(err)
	}
	for _, status := range []int{300, 301, 302, 303, 304, 307, 308} {
		for name, dialect := range dialects() {
			for _, read := range []bool{true, false} {
				t.Run(text("%d %s %s", status, name, kind(read)), func(t *testing.T) {
					server := play(t, answer(status, "", "Location", elsewhere.URL+"/v2/registries?Password="+password))
					_, err := client(cloud.Options{Dialect: dialect}).Do(background(t), call(server.URL, read))
					e := fault(t, err)
					if e.Status != status || e.Reach != cloud.Refused || !strings.Contains(e.Message, target.Host) || server.seen.Load() != 1 {
						t.Errorf("after %d requests: %s", server.seen.Load(), e)
					}
				})
			}
		}
	}
}

func TestRedirectToNowhereInParticular(t *testing.T) {
	t.Parallel()
	for _, location := range []string{"", "/login", "://", "http://[::1"} {
		server := play(t, answer(302, "", "Location", location))
		_, err := client(cloud.Options{}).Do(background(t), call(server.URL, true))
		if e := fault(t, err); !strings.Contains(e.Message, "redirects elsewhere; ") {
			t.Errorf("%q: %s", location, e)
		}
	}
}

// flood writes chunk after chunk until the client has had enough or ten gigabytes are through.
func flood(w io.Writer, chunk []byte, written *atomic.Int64) {
	for written.Load() < 10<<30 {
		n, err := w.Write(chunk)
		written.Add(int64(n))
		if err != nil {
			return
		}
	}
}

func TestEndlessAnswersAreCutShort(t *testing.T) {
	t.Parallel()
	chunk := []byte(strings.Repeat(`{"id":"aaaaaaaa"},`, 4096))
	for _, c := range []struct {
		name string
		send func(w http.ResponseWriter, written *atomic.Int64)
	}{
		{"plain", func(w http.ResponseWriter, written *atomic.Int64) { flood(w, chunk, written) }},
		{"announced", func(w http.ResponseWriter, written *atomic.Int64) {
			w.Header().Set("Content-Length", "10737418240")
			flood(w, chunk, written)
		}},
		{"an error", func(w http.ResponseWriter, written *atomic.Int64) {
			w.WriteHeader(400)
			flood(w, chunk, written)
		}},
		{"compressed", func(w http.ResponseWriter, written *atomic.Int64) {
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			flood(z, chunk, written)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var written atomic.Int64
			server := play(t, func(w http.ResponseWriter, _ *http.Request) { c.send(w, &written) })
			_, err := client(cloud.Options{}).Do(background(t), call(server.URL, true))
			if e := fault(t, err); !strings.Contains(e.Message, "larger than 32 MiB") || e.Status == 0 || server.seen.Load() != 1 {
				t.Errorf("after %d requests: %s", server.seen.Load(), e)
			}
			server.CloseClientConnections()
			server.Close() // waits for the handler
			if c.name != "compressed" && written.Load() > 2*cloud.MaxBody {
				t.Errorf("%d MiB were taken", written.Load()>>20)
			}
			if written.Load() >= 10<<30 {
				t.Error("the whole answer was taken")
			}
		})
	}
}

// TestCrowdedAnswersAreNotDecoded: what is small on the wire can be a hundred times as large when it is decoded. Runs alone, to
// measure.
func TestCrowdedAnswersAreNotDecoded(t *testing.T) { //nolint:paralleltest // it measures what the process takes
	full := func(n int, value string) string { return strings.Repeat(value+",", n-1) + value }
	const objects, bound = 8 << 20, 200 << 20
	for _, c := range []struct {
		name, dialect string
		status        int
		body, want    string
	}{
		{"a list", "alibaba", 200, `{"RequestId":"r","list":[` + full(objects, "{}") + `]}`, "a list of more than 1000 entries"},
		{"a code", "alibaba", 400, `{"Message":"no","Code":[` + full(objects, "{}") + `]}`, "a list of more than 1000 entries"},
		{"a flag", "alibaba", 200, `{"Success":{` + full(objects/2, `"":{}`) + `}}`, "more than 100000 values"},
		{"an error in XML", "alibaba", 400, `<Error>` + strings.Repeat("<Code></Code>", objects/4), "the answer is a web page"},
		{"errors", "huawei", 400, `{"errors":[` + full(objects, "{}") + `]}`, "a list of more than 1000 entries"},
		{"a bare list of errors", "huawei", 500, `[` + full(objects, "{}") + `]`, "a list of more than 1000 entries"},
	} {
		for _, read := range []bool{true, false} {
			t.Run(c.name+" "+kind(read), func(t *testing.T) { //nolint:paralleltest // it measures what the process takes
				body := []byte(c.body)
				server := play(t, func(w http.ResponseWriter, _ *http.Request) {
					w.Header().Set("Content-Length", strconv.Itoa(len(body)))
					w.WriteHeader(c.status)
					_, _ = w.Write(body)
				})
				cl := client(cloud.Options{Dialect: dialects()[c.dialect]})
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				var out any
				_, err := cl.JSON(background(t), call(server.URL, read), nil, &out)
				runtime.ReadMemStats(&after)
				if e := fault(t, err); !strings.Contains(e.Message, c.want) || e.Status != c.status || server.seen.Load() != 1 {
					t.Errorf("after %d requests: %s", server.seen.Load(), e)
				}
				if crowd := !strings.HasPrefix(c.body, "<"); crowd && !read && !cloud.Executed(err) {
					t.Error("the write is called refused")
				}
				if taken := after.TotalAlloc - before.TotalAlloc; taken > bound {
					t.Errorf("%d MiB were taken for an answer of %d", taken>>20, len(body)>>20)
				}
			})
		}
	}
}

func TestLargestAnswerIsRead(t *testing.T) {
	t.Parallel()
	body := `"` + strings.Repeat("a", cloud.MaxBody-2) + `"`
	server := play(t, answer(200, body))
	got, err := client(cloud.Options{}).Do(background(t), call(server.URL, true))
	if err != nil || len(got.Body) != cloud.MaxBody {
		t.Errorf("%v", err)
	}
}

func TestHeaderBombsAreRefused(t *testing.T) {
	t.Parallel()
	server := play(t, func(w http.ResponseWriter, _ *http.Request) {
		for i := range 40 {
			w.Header().Set(text("X-Bomb-%d", i), strings.Repeat("a", 64<<10))
		}
	})
	_, err := client(cloud.Options{Retries: quick(1)}).Do(background(t), call(server.URL, false))
	if e := fault(t, err); !strings.Contains(e.Message, "header") || e.Reach != cloud.Unknown || server.seen.Load() != 1 {
		t.Errorf("after %d requests: %s", server.seen.Load(), e)
	}
}

// TestGarbageIsNamed reads what is not the documented shape.
func TestGarbageIsNamed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, body, want string }{
		{"web page", "<!DOCTYPE html>\n<html>Sign in</html>", "the answer is HTML or XML where JSON was expected"},
		{"nothing", "", "the answer is empty where JSON was expected"},
		{"blanks", " \n", "the answer is empty where JSON was expected"},
		{"cut", `{"id":1`, "the answer is not valid JSON"},
		{"two documents", `{"id":1}{"id":2}`, "the answer is not valid JSON"},
		{"text for a number", `{"id":"seven"}`, `the answer has string in field "id" where int64 was expected`},
		{"too large a number", `{"id":9223372036854775808}`, `the answer has number 9223372036854775808 in field "id" where int64`},
		{"a list", `[]`, `where struct`},
		{"deep", strings.Repeat("[", 100_000), "the answer is not valid JSON"},
		{"secret in it", `{"id":"` + password + `"}`, "string"},
		{"secret as a key", `{"` + password + `":}`, "the answer is not valid JSON"},
		{"control character", "{\"id\":\x1b}", "the answer is not valid JSON"},
	} {
		for _, read := range []bool{true, false} {
			t.Run(c.name+" "+kind(read), func(t *testing.T) {
				t.Parallel()
				server := play(t, answer(200, c.body, "X-Request-Id", "req-1"))
				var out struct {
					ID int64 `json:"id"`
				}
				_, err := client(cloud.Options{}).JSON(background(t), call(server.URL, read), map[string]string{"access_secret": password}, &out)
				e := fault(t, err)
				if !strings.Contains(e.Message, c.want) || e.Status != 200 || e.RequestID != "req-1" || cloud.Executed(err) == read {
					t.Errorf("%+v", e)
				}
			})
		}
	}
}

func TestAnswerThatShouldBeEmpty(t *testing.T) {
	t.Parallel()
	for body, wants := range map[string]bool{"": true, " \n": true, "{}": true, "null": true, `"ok"`: true, "<html>": false, "{": false} {
		server := play(t, answer(200, body))
		_, err := client(cloud.Options{}).JSON(background(t), call(server.URL, false), nil, nil)
		if (err == nil) != wants {
			t.Errorf("%q: %v", body, err)
		}
	}
}

// TestInvariant02EchoesAreCleaned has servers repeat the password in every way, and what would change a terminal.
func TestInvariant02EchoesAreCleaned(t *testing.T) {
	t.Parallel()
	const spaced = "correct horse battery"
	for _, c := range []struct{ name, message string }{
		{"raw", password},
		{"in base64", base64.StdEncoding.EncodeToString([]byte("user:" + password + " ..."))},
		{"escaped", url.QueryEscape(url.QueryEscape(password))},
		{"split by a control character", strings.ReplaceAll(password, "-", "-\x00")},
		{"split at a blank", strings.ReplaceAll(spaced, " ", "\x00")},
		{"terminal sequence", "\x1b[2J\x1b]0;title\x07"},
		{"C1 control", "\u009b31m"},
		{"line breaks", "a\r\nb\u2028c\u2029d\ve"},
		{"direction marks", "a\u202eb\u2066c\u200fd\u061ce"},
		{"invisible", "a\u200bb\ufeffc\u00add"},
		{"tags", "a\U000E0041b"},
		{"long", strings.Repeat("漢", 100_000)},
		{"long with a secret at the end", strings.Repeat("a", 596) + password},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			body := `{"Code":` + quoted(c.message) + `,"Message":` + quoted(c.message) + `,"RequestId":` + quoted(c.message) + `}`
			server := play(t, answer(400, body))
			_, err := client(cloud.Options{Dialect: alibaba.Dialect{}, Masker: maskerOf(password, spaced)}).Do(background(t), call(server.URL, true))
			e := fault(t, err)
			for _, field := range []string{e.Code, e.Message, e.RequestID} {
				if strings.Contains(field, spaced) || strings.ContainsAny(field, "\x00\x07\x1b\r\n\v\u009b\u2028\u2029\u202e\u2066\u200f\u061c\u200b\ufeff\u00ad\U000E0041") {
					t.Errorf("not cleaned: %q", field)
				}
				if len(field) > 700 || strings.ToValidUTF8(field, "") != field {
					t.Errorf("not capped: %d bytes", len(field))
				}
			}
		})
	}
}

func quoted(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		if r < ' ' || r == '"' || r == '\\' {
			b.WriteString(text(`\u%04x`, r))
		} else {
			b.WriteRune(r)
		}
	}
	return b.String() + `"`
}
