package e2e

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"

	"regent/internal/emulator"
)

// awkward makes a secret of pieces that break encodings, terminals, Markdown and logs.
func awkward(r *rand.Rand) string {
	pieces := []string{
		`"`, "'", "`", `\`, "\n", "\r\n", "\t", "%", "%41", "+", "<", ">", "&amp;", "&", "=", "==", "/", "://", "@", "#1", "$x", "{", "}", "[", "]", "|", "*", "_", "~",
		"::error::", "##[group]", "\x1b[2J", "\x01", "\x7f", "\u009b", "\u202e", "\u200b", "\ufeff", "é", "漢字", "🔑", "  ", "null", "true", "0", "\u2028", ";", ",", "(none)",
		"***", "-----", "abc", "Pass", "word", "XyZ", "7", "42",
	}
	n := 2 + r.IntN(8)
	if r.IntN(12) == 0 {
		n = 2500 // some ten kilobytes
	}
	s := "k" + string(rune('a'+r.IntN(26))) + "9" // enough to be found, whatever the pieces are
	for range n {
		s += pieces[r.IntN(len(pieces))]
	}
	if r.IntN(10) == 0 {
		s += "\xff\xfe\xc3"
	}
	return strings.TrimSpace(s) + "Qz"
}

// written are the ways in which a server may repeat a text.
func written(r *rand.Rand, s string) string {
	inJSON, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	forms := []string{
		s, string(inJSON), strings.Trim(string(inJSON), `"`), url.QueryEscape(s), url.PathEscape(s), url.QueryEscape(url.QueryEscape(s)), html.EscapeString(s),
		base64.StdEncoding.EncodeToString([]byte("user:" + s)), base64.URLEncoding.EncodeToString([]byte("ab" + s + "cd")), hex.EncodeToString([]byte(s)),
		fmt.Sprintf("%q", s), fmt.Sprintf("%+q", s), strings.ReplaceAll(s, "\n", " "), "a " + s + " b", s + s,
	}
	return forms[r.IntN(len(forms))]
}

// echo is a server in front of the emulator that repeats a secret in errors and headers.
type echo struct {
	w *world
	r *rand.Rand
	// secret is what is repeated, answers the requests that are left alone between two that are not.
	secret string
	every  int
	seen   int
}

// answer is called for one request after the other.
func (e *echo) answer(rw http.ResponseWriter, r *http.Request) {
	e.seen++
	text := func() string { return written(e.r, e.secret) }
	if e.seen%e.every != 0 || strings.HasPrefix(r.URL.Path, "/v3") {
		rw.Header().Set("X-Request-Id", inHeader(text()))
		rw.Header().Set("X-Acs-Request-Id", inHeader(text()))
		rw.Header().Set("X-Echo", inHeader(text()))
		e.w.ServeHTTP(rw, r)
		return
	}
	statuses := []int{400, 400, 403, 404, 409, 302, 200}
	status := statuses[e.r.IntN(len(statuses))]
	rw.Header().Set("X-Request-Id", inHeader(text()))
	rw.Header().Set("Location", "https://"+inHeader(url.PathEscape(e.secret))+".example.com/?p="+inHeader(text()))
	rw.WriteHeader(status)
	quote := func(s string) string {
		if e.r.IntN(4) == 0 && !strings.ContainsAny(s, "\"\\\n\r\t\x01\x1b") {
			return `"` + s + `"` // with bytes that are no text
		}
		b, err := json.Marshal(s)
		if err != nil {
			panic(err)
		}
		return string(b)
	}
	bodies := []string{
		`{"Code":` + quote("Invalid."+text()) + `,"Message":` + quote("the password "+text()+" is weak") + `,"RequestId":` + quote(text()) + `,"Success":false}`,
		`{"error_code":` + quote(text()) + `,"error_msg":` + quote("bad "+text()) + `,"error_description":` + quote(text()) + `,"request_id":` + quote(text()) + `}`,
		`{"errors":[{"errorCode":` + quote(text()) + `,"errorMessage":` + quote(text()) + `}]}`,
		`{"error":{"code":400,"message":` + quote(text()) + `}}`,
		"<Error><Code>" + html.EscapeString(text()) + "</Code><Message>" + html.EscapeString(text()) + "</Message></Error>",
		"<html>" + text() + "</html>", text(), `{"total":` + quote(text()) + `,"registries":` + quote(text()) + `,"total_num":"x","ImageRegistryInfos":` + quote(text()) + `}`,
	}
	_, _ = rw.Write([]byte(bodies[e.r.IntN(len(bodies))])) // a client that is gone needs no answer
}

// inHeader makes a text fit for a header.
func inHeader(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, s)
}

// TestAwkwardSecretsAreNeverPrinted draws secrets, has servers repeat them in errors, headers and lists, in every form, and
// looks for them in all that runs leave behind.
func TestAwkwardSecretsAreNeverPrinted(t *testing.T) {
	t.Parallel()
	for seed := range uint64(30) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(seed, 4))
			secret := awkward(r)
			w, config := secretsWorld(t, secret)
			seen := watch{w, map[string]string{}}
			file, audit, saved := w.file("r.yaml", config), w.path("audit.jsonl"), w.path("plan.json")
			formats := []string{"text", "markdown", "json"}

			// Somebody keeps the secret in names and descriptions.
			state := w.State()
			for i := range 4 {
				state.SWR.Registries = append(state.SWR.Registries, emulator.SWREntry{ProjectID: project, InstanceID: instance, Registry: emulator.SWRRegistry{
					ID: int32(100 + i), Name: written(r, secret), Type: "swr-pro", URL: "https://x/" + written(r, secret), Description: written(r, secret),
				}})
				state.HSS.Registries = append(state.HSS.Registries, emulator.HSSRegistry{
					ID: written(r, secret) + fmt.Sprint(i), ProjectID: project, RegistryType: "Harbor", RegistryName: written(r, secret) + fmt.Sprint(i),
					RegistryAddr: written(r, secret), RegistryUsername: written(r, secret),
				})
			}
			live := state.SWR.Registries[0]
			live.Registry.ID, live.Registry.Name, live.Registry.URL = 99, "swr-1", "https://dr1.example.com"
			live.Registry.DNSConf = &emulator.SWRDNSConf{Hosts: map[string]string{written(r, secret): written(r, secret)}}
			state.SWR.Registries = append(state.SWR.Registries, live)
			if err := w.SetState(state); err != nil {
				t.Fatal(err)
			}
			for _, format := range formats {
				seen.note(w.plan(file, "--format", format, "--out", saved))
			}

			e := &echo{w: w, r: r, secret: secret, every: 1 + r.IntN(3)}
			turn := make(chan bool, 1)
			front := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
				turn <- true
				defer func() { <-turn }()
				e.answer(rw, r)
			}))
			t.Cleanup(front.Close)
			for name := range w.env {
				if strings.HasPrefix(name, "REGENT_ENDPOINT_") {
					w.env[name] = front.URL
				}
			}
			for i := range 3 {
				seen.note(w.plan(file, "--format", formats[i]))
				seen.note(w.apply(file, "--format", formats[i], "--audit", audit))
				e.every = 2 + r.IntN(6)
			}
			// The audit file exists where an apply began.
			if text := w.path("audit.jsonl"); exists(text) {
				seen.texts["the audit file"] = w.read(text)
			}
			if exists(saved) {
				seen.texts["the plan file"] = w.read(saved)
			}
			leakFree(t, []string{secret}, seen.texts)
			inert(t, seen.texts)
		})
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// TestInvariant02SecretsThatServersMakeIDsAreMasked: an ID is in every line about a modify, in the result and in the audit file.
func TestInvariant02SecretsThatServersMakeIDsAreMasked(t *testing.T) {
	t.Parallel()
	w := newWorld(t, emulator.Options{})
	d := hssHarbor()
	w.seeded(d)
	state := w.State()
	w.env["HSS_PASSWORD"] = "Jq!7"
	state.HSS.Registries[0].ID = "id-" + w.env["HSS_PASSWORD"] + "-7"
	if err := w.SetState(state); err != nil {
		t.Fatal(err)
	}
	file, audit := w.file("r.yaml", d.edited(t, d.mutable[0])), w.path("audit.jsonl")
	seen := watch{w, map[string]string{}}
	for _, format := range []string{"text", "markdown", "json"} {
		seen.note(w.plan(file, "--format", format).exits(t, 0))
	}
	seen.note(w.apply(file, "--format", "json", "--audit", audit).exits(t, 0))
	seen.texts["the audit file"] = w.read(audit)
	if !strings.Contains(w.read(audit), `"id":"id-***-7"`) {
		t.Errorf("the audit file does not tell the ID: %s", w.read(audit))
	}
	leakFree(t, []string{w.env["HSS_PASSWORD"]}, seen.texts)
}
