package emulator_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"regent/internal/emulator"
)

// documented gives the rows of the table of kinds: for each kind its last column, which says whether the request is
// executed.
func documented(t *testing.T) map[string]string {
	t.Helper()
	data, err := os.ReadFile(docsFile)
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(data), "| kind | what the client sees | executed |\n|---|---|---|\n")
	table, _, _ = strings.Cut(table, "\n\n")
	out := map[string]string{}
	for row := range strings.Lines(table + "\n") {
		cells := strings.Split(strings.Trim(strings.TrimSpace(row), "|"), "|")
		if len(cells) != 3 {
			t.Fatalf("%s: a row of the kinds is %q", docsFile, row)
		}
		out[strings.Trim(cells[0], " `")] = strings.TrimSpace(cells[2])
	}
	return out
}

// impatient sends a request that is given up soon, and gives what came of it as a status, 0 for none.
func impatient(t *testing.T, r *http.Request) int {
	t.Helper()
	ctx, cancel := context.WithTimeout(r.Context(), 150*time.Millisecond)
	defer cancel()
	got, err := trySend(r.WithContext(ctx))
	if err != nil {
		return 0
	}
	return got.status
}

// requests are those that a client of an API makes: an add of a name, a modify of the first entry, a page of the list.
func (d dialect) requests(t *testing.T, s served, name string) map[string]*http.Request {
	t.Helper()
	state := s.State()
	switch d.api {
	case "alibaba-sas":
		return map[string]*http.Request{
			d.add: sasRequest{action: d.add, query: values(sasAdd("DomainName", name)...)}.build(t, s),
			d.modify: sasRequest{action: d.modify, query: values("Id", strconv.FormatInt(state.SAS.Registries[0].ID, 10), "UserName", name,
				"TransPerHour", "99")}.build(t, s),
			d.list:              sasRequest{action: d.list}.build(t, s),
			"PageImageRegistry": sasRequest{action: "PageImageRegistry", query: values("CurrentPage", "2", "PageSize", "2")}.build(t, s),
		}
	case "huawei-hss":
		return map[string]*http.Request{
			d.add: huaweiRequest{method: "POST", path: hssPath, body: hssJSON("registry_name", strconv.Quote(name))}.build(t, s),
			d.modify: huaweiRequest{method: "PUT", path: hssPath + "/" + state.HSS.Registries[0].ID,
				body: fmt.Sprintf(`{"registry_username":%q,"connect_cluster_id":"new"}`, name)}.build(t, s),
			d.list: huaweiRequest{method: "GET", path: hssPath + allEPS + "&registry_type=Harbor&limit=10&offset=10"}.build(t, s),
		}
	}
	return map[string]*http.Request{
		d.add: huaweiRequest{method: "POST", path: swrPath, body: swrJSON("name", strconv.Quote(name))}.build(t, s),
		d.modify: huaweiRequest{method: "PUT", path: swrPath + "/" + strconv.Itoa(int(state.SWR.Registries[0].Registry.ID)),
			body: swrJSON("name", strconv.Quote(state.SWR.Registries[0].Registry.Name), "description", strconv.Quote(name))}.build(t, s),
		d.list: huaweiRequest{method: "GET", path: swrPath + "?limit=2&offset=2"}.build(t, s),
	}
}

// seeded starts an emulator with an entry of each API; second entries with one key are accepted.
func seeded(t *testing.T) served {
	t.Helper()
	s := withSwitches(t, "sas-duplicate", "accept", "hss-duplicate-name", "accept", "swr-duplicate-name", "accept")
	for _, d := range faultDialects() {
		d.create(t, s).expect(t, 200, "")
	}
	s.ClearRequests()
	return s
}

// TestDocumentationOfKindsIsTrue has every kind of fault hit a request of every API that it can hit, and compares how often
// the request was carried out with what the page says.
func TestDocumentationOfKindsIsTrue(t *testing.T) {
	t.Parallel()
	says := documented(t)
	if len(says) != len(emulator.FaultKinds()) {
		t.Errorf("the page has %d kinds, the code %d", len(says), len(emulator.FaultKinds()))
	}
	executed := map[string]int{"no": 0, "yes": 1, "but for the field": 1, "twice": 2}
	for _, kind := range emulator.FaultKinds() {
		hit := 0
		for _, d := range faultDialects() {
			for _, operation := range []string{d.add, d.modify} {
				f := emulator.Fault{
					Operation: operation, Kind: kind, Status: map[string]int{emulator.FaultStatus: 503}[kind], Bytes: 1000, Location: "http://127.0.0.1:1/",
					Millis: map[string]int{emulator.FaultDelay: 1}[kind], StaleMillis: map[string]int{emulator.FaultStale: 1}[kind], Field: d.loginField,
				}
				s := seeded(t)
				if err := s.SetFaults([]emulator.Fault{f}); err != nil {
					continue // a kind that never hits the operation
				}
				status := impatient(t, d.requests(t, s, "another")[operation])
				if s.Faults()[0].Spoilt != 1 {
					continue // one of another vendor
				}
				hit++
				want, known := executed[says[kind]]
				if log := s.Requests(); !known || len(log) != 1 || log[0].Executed != want || log[0].Fault != kind {
					t.Errorf("%s of %s: the page says %q, the log %+v, the answer is %d", kind, operation, says[kind], log, status)
				}
			}
		}
		lists := kind == emulator.FaultListGrows || kind == emulator.FaultListShrinks || kind == emulator.FaultListRepeats
		if hit == 0 != lists {
			t.Errorf("%s hit %d writes", kind, hit)
		}
	}
}

// TestDocumentationExamplesOfFaultsWork: every fault of every example hits what it is for, and before long.
func TestDocumentationExamplesOfFaultsWork(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(docsFile)
	if err != nil {
		t.Fatal(err)
	}
	for i, block := range strings.Split(string(data), "```json\n")[1:] {
		example, _, _ := strings.Cut(block, "```")
		if !strings.HasPrefix(example, `{"faults"`) {
			continue
		}
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			s := seeded(t)
			send(t, newRequest(t, "PUT", s.url+"/_emulator/faults", example)).expect(t, 204, "")
			const rounds = 100 // of a dozen requests: one that is drawn in one of twenty cases is hit in ten
			for round := 0; round < rounds && len(waiting(s)) > 0; round++ {
				for _, d := range faultDialects() {
					for _, r := range d.requests(t, s, fmt.Sprintf("harbor-prod-%d", round)) {
						impatient(t, r)
					}
				}
			}
			for _, f := range waiting(s) {
				t.Errorf("nothing was ever hit by %+v", f.Fault)
			}
		})
	}
}

// waiting are the faults that have hit nothing yet.
func waiting(s served) (out []emulator.FaultState) {
	for _, f := range s.Faults() {
		if f.Spoilt == 0 {
			out = append(out, f)
		}
	}
	return out
}
