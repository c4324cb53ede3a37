package e2e

import (
	"strings"
	"testing"

	"regent/internal/emulator"
)

// TestALoginThatGoesElsewhereIsSaidFirst moves one entry of each provider, in the ways that a pull request would: every
// report begins with it, JSON marks the field, and the apply needs the variable.
func TestALoginThatGoesElsewhereIsSaidFirst(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		d              dialect
		from, to, says string
		variable       string
	}{
		"HSS host":     {hssHarbor(), "g1.example.com", "collector.example.net", "login of hss-1 goes from g1.example.com:8443 to collector.example.net:8443 (url.address", "HSS_PASSWORD"},
		"HSS protocol": {hssHarbor(), "https://g1", "http://g1", "login of hss-1 goes from https to http (url.scheme", "HSS_PASSWORD"},
		"SAS address":  {sasHarbor(), "hostIp: 192.0.2.1", "hostIp: 198.51.100.7", "login of sas-1 goes from 192.0.2.1 to 198.51.100.7 (hostIp", "SAS_PASSWORD"},
		"SWR host":     {swrHarbor(), "url: https://dr1.example.com", "url: https://dr1.example.net", "login of swr-1 goes from https://dr1.example.com to https://dr1.example.net (url", "SWR_SECRET"},
		"SWR hosts":    {swrHarbor(), "hosts: {", "hosts: {token.example.com: 198.51.100.7, ", "login of swr-1 goes from (none) to 198.51.100.7 (hosts[token.example.com]", "SWR_SECRET"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, emulator.Options{})
			w.applied(0, w.file("seed.yaml", c.d.file(1)))
			file := w.file("r.yaml", edit(t, c.d.file(1), c.from, c.to))
			if r := w.plan(file).exits(t, 0); !strings.HasPrefix(r.out, c.says) {
				t.Errorf("text begins otherwise:\n%s", r.out)
			}
			before, after, found := strings.Cut(w.plan(file, "--format", "markdown").exits(t, 0).out, "> [!IMPORTANT]\n> login of ")
			if !found || strings.Contains(before, "|") || !strings.Contains(after, "|") {
				t.Errorf("Markdown:\n%s%s", before, after)
			}
			if r := w.plan(file, "--format", "json").exits(t, 0); !strings.Contains(r.out, `"destination": true`) {
				t.Errorf("JSON:\n%s", r.out)
			}
			delete(w.env, c.variable)
			w.apply(file).exits(t, 1).says(t, c.variable+" is not set")
		})
	}
}

// TestNoneOfManyHostsIsCut: an address at the end of a long table is a row of its own in a report of any size.
func TestNoneOfManyHostsIsCut(t *testing.T) {
	t.Parallel()
	w := newWorld(t, emulator.Options{})
	var hosts strings.Builder
	for i := range 60 {
		hosts.WriteString(strings.Repeat("h", i+1) + ".example.com: 192.0.2.9, ")
	}
	file := w.file("r.yaml", edit(t, swrHarbor().file(1), "hosts: {", "hosts: {"+hosts.String()+"z.example.com: 198.51.100.7, "))
	for _, format := range []string{"text", "markdown"} {
		w.plan(file, "--format", format).exits(t, 0).shows(t, "hosts[z.example.com]", "hosts[h.example.com]")
	}
}
