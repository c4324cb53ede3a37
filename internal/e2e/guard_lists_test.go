package e2e

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"regent/internal/emulator"
)

// emptied answers the lists of HSS and SWR that a condition picks with an empty page. The other answers are the emulator's.
func (w *world) emptied(total string, picked func(offset string) bool) {
	front := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		offset := r.URL.Query().Get("offset")
		types := r.URL.Query().Get("registry_type")
		if !reading(r) || offset == "" || strings.Contains(types, "Swr") || !picked(offset) {
			w.ServeHTTP(rw, r)
			return
		}
		rw.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(rw, fmt.Sprintf(`{"total_num":%[1]s,"data_list":[],"total":%[1]s,"registries":[]}`, total)) // a client that is gone needs no answer
	}))
	w.t.Cleanup(front.Close)
	for name := range w.env {
		if strings.HasPrefix(name, "REGENT_ENDPOINT_HUAWEI") {
			w.env[name] = front.URL
		}
	}
}

// TestInvariant05ListsThatComeBackEmpty: an empty page where the one before it announced more stops the run. Everything
// the file names would look absent, and be made once more.
func TestInvariant05ListsThatComeBackEmpty(t *testing.T) {
	t.Parallel()
	later := func(offset string) bool { return offset != "0" }
	all := func(string) bool { return true }
	for name, c := range map[string]struct {
		total  string
		picked func(string) bool
	}{
		"later pages":               {"252", later},
		"later pages, of none":      {"0", later},
		"the last page":             {"252", func(offset string) bool { return offset == "200" }},
		"the first page":            {"252", all},
		"the first page, of one":    {"1", all},
		"a page, and then no total": {"-1", later},
	} {
		for _, d := range []dialect{hssHarbor(), swrHarbor()} {
			t.Run(d.name+" "+name, func(t *testing.T) {
				t.Parallel()
				state := foreignEntries(250)
				w := newWorld(t, emulator.Options{State: &state})
				file := w.file("r.yaml", d.file(2))
				w.applied(0, file)
				w.ClearRequests()
				w.emptied(c.total, c.picked)
				w.plan(file, "--detailed-exitcode").exits(t, 1).says(t, d.account, d.list)
				for _, flags := range [][]string{nil, {"--max-changes", "100"}} {
					r := w.apply(file, flags...).exits(t, 1).says(t, "nothing was written")
					if !strings.Contains(r.err, "the list changed while it was read") && !strings.Contains(r.err, "claims") {
						t.Errorf("the reason is another\n%s", r)
					}
				}
				w.wrote()
				if n := len(stored(t, w.Server, d.provider)); n != 252 {
					t.Errorf("%d entries, want the 252 from before", n)
				}
			})
		}
	}
}
