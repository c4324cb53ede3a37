package catalog_test

import (
	"fmt"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"regent/internal/emulator"
	"regent/internal/model"
)

// crowd is a state in which each system has n entries, made one minute after the other.
func crowd(n int) *emulator.State {
	s := &emulator.State{Version: 1}
	for i := range n {
		made := time.Date(2026, 1, 1, 0, i, 0, 0, time.UTC)
		s.SAS.Registries = append(s.SAS.Registries, emulator.SASRegistry{
			ID: int64(i + 1000), RegistryType: "harbor", RegistryVersion: "V2", RegionID: "cn-hangzhou", Port: 443, ProtocolType: 2, NetType: 1,
			DomainName: fmt.Sprintf("h%d.example.com", i), RegistryHostIP: "192.0.2.1", UserName: "robot", Password: "p", TransPerHour: 10,
		})
		s.HSS.Registries = append(s.HSS.Registries, emulator.HSSRegistry{
			ProjectID: project, EnterpriseProjectID: "0", ID: fmt.Sprintf("id-%d", i), RegistryName: fmt.Sprintf("h%d", i), RegistryType: "Harbor",
			APIVersion: "V2", Protocol: "https", RegistryAddr: "h.example.com", RegistryUsername: "robot", ConnectClusterID: "c",
			GetScanImageChannel: "Swr", CreatedAt: made,
		})
		s.SWR.Registries = append(s.SWR.Registries, emulator.SWREntry{
			ProjectID: project, InstanceID: instance, Registry: emulator.SWRRegistry{
				ID: int32(i + 1), Name: fmt.Sprintf("h%d", i), Type: "swr-pro", URL: "https://h.example.com", CreatedAt: made,
				Credential: emulator.SWRCredential{Type: "basic", AccessKey: "robot", AccessSecret: "s"},
			},
		})
	}
	return s
}

func TestListsAreReadToTheirEnd(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		provider, operation string
		switches            map[string]string
		requests            func(n int) int
	}{
		{sas, "ListPrivateRegistryList", nil, func(int) int { return 1 }},
		{sas, "ListPrivateRegistryList", map[string]string{"sas-empty-list": "absent", "sas-list-order": "id-descending"}, func(int) int { return 1 }},
		// The last request asks for the number of built-in entries.
		{hss, "ListRegistry", nil, func(n int) int { return max(1, (n+99)/100) + 1 }},
		{hss, "ListRegistry", map[string]string{"hss-page-cap": "100", "hss-list-order": "name"}, func(n int) int { return max(1, (n+99)/100) + 1 }},
		{swr, "ListInstanceRegistries", nil, func(n int) int { return max(1, (n+99)/100) }},
		{swr, "ListInstanceRegistries", map[string]string{"swr-time-format": "epoch-millis"}, func(n int) int { return max(1, (n+99)/100) }},
	} {
		for _, n := range []int{0, 1, 99, 100, 101, 250} {
			t.Run(fmt.Sprintf("%s %v %d", c.provider, c.switches, n), func(t *testing.T) {
				t.Parallel()
				w := start(t, emulator.Options{State: crowd(n), Switches: c.switches})
				listing, err := w.list(t, c.provider)
				if err != nil || len(listing.Items) != n {
					t.Fatalf("%d entries, %v", len(listing.Items), err)
				}
				seen := map[string]bool{}
				for _, it := range listing.Items {
					seen[it.ID+it.Key.String()] = true
				}
				if len(seen) != n || c.provider != swr && listing.BuiltIn == 0 {
					t.Errorf("%d different entries, %d built in", len(seen), listing.BuiltIn)
				}
				if got := w.count(c.operation); got != c.requests(n) || len(w.Requests()) != got {
					t.Errorf("%d requests, want %d: %+v", got, c.requests(n), w.Requests())
				}
			})
		}
	}
}

// entries gives n entries of a list of HSS or SWR from a number on.
func entries(provider string, from, n int) string {
	var list []string
	for i := from; i < from+n; i++ {
		if provider == hss {
			list = append(list, fmt.Sprintf(`{"id":"id-%d","registry_name":"h%d","registry_type":"Harbor"}`, i, i))
		} else {
			list = append(list, fmt.Sprintf(`{"id":%d,"name":"h%d","type":"huawei-SWR"}`, i+1, i))
		}
	}
	return strings.Join(list, ",")
}

func page(provider string, total int, list string) string {
	if provider == hss {
		return fmt.Sprintf(`{"total_num":%d,"data_list":[%s]}`, total, list)
	}
	return fmt.Sprintf(`{"total":%d,"registries":[%s]}`, total, list)
}

func offsetOf(r *http.Request) string { return r.URL.Query().Get("offset") }

func builtInOnly(r *http.Request) bool {
	return strings.Contains(r.URL.Query().Get("registry_type"), "Swr")
}

// TestInvariant05ListsThatMoveAreReadAgain has entries come and go between the pages.
func TestInvariant05ListsThatMoveAreReadAgain(t *testing.T) {
	t.Parallel()
	for _, provider := range []string{hss, swr} {
		moves := map[string]func(offset string) string{
			"an entry went": func(offset string) string {
				if offset == "0" {
					return page(provider, 150, entries(provider, 0, 100))
				}
				return page(provider, 149, entries(provider, 101, 49))
			},
			"an entry came twice": func(offset string) string {
				if offset == "0" {
					return page(provider, 150, entries(provider, 0, 100))
				}
				return page(provider, 150, entries(provider, 99, 50))
			},
			"a page is short": func(offset string) string {
				if offset == "0" {
					return page(provider, 150, entries(provider, 0, 100))
				}
				return page(provider, 150, "")
			},
			"more than it says": func(offset string) string {
				if offset == "0" {
					return page(provider, 101, entries(provider, 0, 100))
				}
				return page(provider, 101, entries(provider, 100, 2))
			},
		}
		for name, move := range moves {
			for _, moving := range []int{1, 2, 3} {
				t.Run(fmt.Sprintf("%s %s %d times", provider, name, moving), func(t *testing.T) {
					t.Parallel()
					var first atomic.Int64
					w := scripted(t, func(r *http.Request) string {
						switch {
						case builtInOnly(r):
							return page(provider, 4, entries(provider, 1000, 4))
						case offsetOf(r) == "0":
							first.Add(1)
						}
						if int(first.Load()) <= moving {
							return move(offsetOf(r))
						}
						if offsetOf(r) == "0" {
							return page(provider, 101, entries(provider, 0, 100))
						}
						return page(provider, 101, entries(provider, 100, 1))
					})
					listing, err := w.list(t, provider)
					if moving < 3 {
						if err != nil || len(listing.Items) != 101 || int(first.Load()) != moving+1 {
							t.Errorf("%d entries after %d readings, %v", len(listing.Items), first.Load(), err)
						}
						return
					}
					if err == nil || !strings.Contains(err.Error(), "the list changed while it was read") || len(listing.Items) != 0 || first.Load() != 3 {
						t.Errorf("%d entries after %d readings, %v", len(listing.Items), first.Load(), err)
					}
				})
			}
		}
	}
}

// TestPagesAfterTheFirstAreReadTogether holds every answer back until all the requests are there: a list takes the time
// of two answers, however many pages it has.
func TestPagesAfterTheFirstAreReadTogether(t *testing.T) {
	t.Parallel()
	// Of the eight requests that the session lets go at once, HSS needs one for the number of built-in entries.
	for provider, together := range map[string]int{hss: 8, swr: 7} {
		t.Run(provider, func(t *testing.T) {
			t.Parallel()
			const total = 750
			var arrived atomic.Int64
			all := make(chan struct{})
			w := scripted(t, func(r *http.Request) string {
				offset, _ := strconv.Atoi(offsetOf(r))
				if offset == 0 && !builtInOnly(r) {
					return page(provider, total, entries(provider, 0, 100))
				}
				if int(arrived.Add(1)) == together {
					close(all)
				}
				select {
				case <-all:
				case <-time.After(20 * time.Second):
					t.Error("the others are not asked for before this answer")
				}
				if builtInOnly(r) {
					return page(provider, 4, "")
				}
				return page(provider, total, entries(provider, offset, min(100, total-offset)))
			})
			listing, err := w.list(t, provider)
			if err != nil || len(listing.Items) != total {
				t.Errorf("%d entries, %v", len(listing.Items), err)
			}
			for i, it := range listing.Items {
				if it.Name != fmt.Sprintf("h%d", i) {
					t.Fatalf("entry %d is %s", i, it.Name)
				}
			}
		})
	}
}

// TestServersChooseTheSizeOfPages of HSS: fewer entries than asked for, and not always as many.
func TestServersChooseTheSizeOfPages(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		size     func(offset int) int
		requests int // for 250 entries, with that for the built-in ones
	}{
		"always 40":            {func(int) int { return 40 }, 8},
		"always one":           {func(int) int { return 1 }, 251},
		"small at first":       {func(offset int) int { return min(50+offset, 100) }, 7},
		"large at first":       {func(offset int) int { return max(100-offset/2, 25) }, 8},
		"more than asked for":  {func(int) int { return 150 }, 3},
		"all that is left":     {func(int) int { return 1000 }, 2},
		"smaller at the start": {func(offset int) int { return 10 + offset%7 }, 42},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var requests atomic.Int64
			w := scripted(t, func(r *http.Request) string {
				requests.Add(1)
				if builtInOnly(r) {
					return page(hss, 4, "")
				}
				offset, _ := strconv.Atoi(offsetOf(r))
				return page(hss, 250, entries(hss, offset, min(c.size(offset), 250-offset)))
			})
			listing, err := w.list(t, hss)
			if err != nil || len(listing.Items) != 250 || int(requests.Load()) > c.requests {
				t.Errorf("%d entries with %d requests, %v", len(listing.Items), requests.Load(), err)
			}
		})
	}
}

// TestPagingEndsWhateverTheServerSays: the same page again and again, and a list that never ends.
func TestPagingEndsWhateverTheServerSays(t *testing.T) {
	t.Parallel()
	for _, provider := range []string{hss, swr} {
		for name, c := range map[string]struct {
			answer   func(offset int) string
			requests int
		}{
			"one page for every offset": {func(int) string { return page(provider, 99_999, entries(provider, 0, 100)) }, 3 * 20},
			"empty pages":               {func(int) string { return page(provider, 99_999, "") }, 3 * 20},
			"a total that grows":        {func(offset int) string { return page(provider, offset+200, entries(provider, offset, 100)) }, 3 * 20},
			"one entry at a time":       {func(int) string { return page(provider, 99_999, entries(provider, 0, 1)) }, 3 * 20},
		} {
			t.Run(provider+" "+name, func(t *testing.T) {
				t.Parallel()
				var requests atomic.Int64
				w := scripted(t, func(r *http.Request) string {
					if builtInOnly(r) {
						return page(provider, 4, "")
					}
					requests.Add(1)
					offset, _ := strconv.Atoi(offsetOf(r))
					return c.answer(offset)
				})
				listing, err := w.list(t, provider)
				if err == nil || !strings.Contains(err.Error(), "the list changed while it was read") || len(listing.Items) != 0 {
					t.Errorf("%d entries, %v", len(listing.Items), err)
				}
				if n := int(requests.Load()); n > c.requests {
					t.Errorf("%d requests, want at most %d", n, c.requests)
				}
			})
		}
	}
}

// TestOddListsAreErrors reads what no vendor documents; nothing may be planned on it.
func TestOddListsAreErrors(t *testing.T) {
	t.Parallel()
	sasList := func(list string) string { return `{"RequestId":"r","ImageRegistryInfos":[` + list + `]}` }
	for _, c := range []struct{ name, provider, answer, want string }{
		{"no list", sas, `{}`, "the answer is not a list"},
		{"null", sas, `null`, "the answer is not a list"},
		{"a list", sas, `[]`, "where struct"},
		{"no ID", sas, sasList(`{"RegistryType":"harbor","DomainName":"h"}`), "an entry without an ID"},
		{"an ID twice", sas, sasList(`{"Id":7,"RegistryType":"harbor"},{"Id":7,"RegistryType":"quay"}`), "ID 7 twice"},
		{"a negative ID", sas, sasList(`{"Id":-7,"RegistryType":"harbor"}`), "an entry without an ID"},
		{"another type", sas, sasList(`{"Id":"7","RegistryType":"harbor"}`), "where int64 was expected"},
		{"a secret of another type", sas, sasList(`{"Id":7,"RegistryType":{"Password":"hunter2"}}`), "where string was expected"},
		{"failed", sas, `{"RequestId":"r","Success":"false","Message":"no"}`, "no"},
		{"web page", sas, `<html>`, "HTML or XML"},

		{"no list", hss, `{}`, "the answer is not a list"},
		{"null", hss, `null`, "the answer is not a list"},
		{"no ID", hss, page(hss, 1, `{"registry_name":"h","registry_type":"Harbor"}`), "an entry without an ID or a name"},
		{"no name", hss, page(hss, 1, `{"id":"7","registry_type":"Harbor"}`), "an entry without an ID or a name"},
		{"negative total", hss, page(hss, -1, ""), "claims -1 entries"},
		{"huge total", hss, page(hss, 2_000_000_000, ""), "claims 2000000000 entries"},
		{"another type", hss, page(hss, 1, `{"id":7,"registry_name":"h","registry_type":"Harbor"}`), "where string was expected"},
		{"web page", hss, `<html>`, "HTML or XML"},

		{"no list", swr, `{}`, "the answer is not a list"},
		{"null", swr, `null`, "the answer is not a list"},
		{"no ID", swr, page(swr, 1, `{"name":"h","type":"swr-pro"}`), "an entry without an ID or a name"},
		{"no name", swr, page(swr, 1, `{"id":7,"type":"swr-pro"}`), "an entry without an ID or a name"},
		{"negative total", swr, page(swr, -1, ""), "claims -1 entries"},
		{"huge total", swr, page(swr, 2_000_000_000, ""), "claims 2000000000 entries"},
		{"a page too long", swr, page(swr, 101, entries(swr, 0, 101)), "a list of more than 100 entries"},
		{"hosts of another type", swr, page(swr, 1, `{"id":7,"name":"h","type":"swr-pro","dns_conf":"x"}`), "dns_conf of entry 7 is not a host table"},
		{"project of another type", swr, page(swr, 1, `{"id":7,"name":"h","type":"swr-pro","project_id":5}`), "project_id of entry 7 is not text"},
		{"web page", swr, `<html>`, "HTML or XML"},
	} {
		t.Run(c.provider+" "+c.name, func(t *testing.T) {
			t.Parallel()
			listing, err := scripted(t, func(*http.Request) string { return c.answer }).list(t, c.provider)
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "hunter2") || len(listing.Items) != 0 {
				t.Errorf("%d entries, %v", len(listing.Items), err)
			}
		})
	}
}

// TestCrowdedListsAreNotDecoded: no list may hold more than was asked for, or than an account can have. Runs alone, to measure.
func TestCrowdedListsAreNotDecoded(t *testing.T) { //nolint:paralleltest // it measures what the process takes
	const objects, bound = 8 << 20, 200 << 20
	crowded := strings.Repeat("{},", objects) + "{}"
	regions := `{"RequestId":"r","Regions":[` + crowded + `]}`
	for name, c := range map[string]struct{ provider, list, answer, want string }{
		"sas":     {sas, `{"RequestId":"r","ImageRegistryInfos":[` + crowded + `]}`, "", "a list of more than 100000 entries"},
		"regions": {sas, `{"RequestId":"r","ImageRegistryInfos":[]}`, regions, "a list of more than 1000 entries"},
		"hss":     {hss, page(hss, 150, crowded), "", "a list of more than 10000 entries"},
		"swr":     {swr, page(swr, 150, crowded), "", "a list of more than 100 entries"},
	} {
		t.Run(name, func(t *testing.T) { //nolint:paralleltest // it measures what the process takes
			w := scripted(t, func(r *http.Request) string {
				if strings.HasSuffix(r.Header.Get("X-Acs-Action"), "Region") {
					return c.answer
				}
				return c.list
			})
			var desired []model.Item
			if c.answer != "" {
				desired = append(desired, item(t, sasRegistry, sas).Desired)
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			listing, err := w.list(t, c.provider, desired...)
			runtime.ReadMemStats(&after)
			if err == nil || !strings.Contains(err.Error(), c.want) || len(listing.Items) != 0 {
				t.Errorf("%d entries, %v", len(listing.Items), err)
			}
			if taken := after.TotalAlloc - before.TotalAlloc; taken > bound {
				t.Errorf("%d MiB were taken", taken>>20)
			}
		})
	}
}

// TestSparseEntriesAreRead has only what identifies an entry; what is absent cannot differ.
func TestSparseEntriesAreRead(t *testing.T) {
	t.Parallel()
	for provider, answer := range map[string]string{
		sas: `{"RequestId":"r","ImageRegistryInfos":[{"Id":7,"RegistryType":"harbor","RegionId":"cn-hangzhou","DomainName":"h"},{"Id":8,"RegistryType":"GitLab"}]}`,
		hss: page(hss, 1, `{"id":"7","registry_name":"h","registry_type":"Harbor"}`),
		swr: page(swr, 1, `{"id":7,"name":"h","type":"swr-pro","project_id":null,"dns_conf":null}`),
	} {
		listing, err := scripted(t, func(*http.Request) string { return answer }).list(t, provider)
		if err != nil || len(listing.Items) != 1 || listing.Items[0].ID != "7" || listing.Items[0].Name != "h" {
			t.Errorf("%s: %+v, %v", provider, listing, err)
			continue
		}
		for name, v := range listing.Items[0].Values {
			if _, known := definition(t, provider).Field(name); !known || v == nil {
				t.Errorf("%s: %s is %v", provider, name, v)
			}
		}
		if provider == sas && (listing.BuiltIn != 1 || len(listing.Notes) != 1 || !strings.Contains(listing.Notes[0].Text, `1 entry of the type "GitLab"`)) {
			t.Errorf("%+v", listing)
		}
	}
}

// TestInvariant07BuiltInEntriesAreNoItems is about entries of types that no one can add: they are counted.
func TestInvariant07BuiltInEntriesAreNoItems(t *testing.T) {
	t.Parallel()
	for _, provider := range []string{sas, hss} {
		listing, err := start(t, emulator.Options{}).list(t, provider)
		if err != nil || listing.BuiltIn == 0 || len(listing.Items) != 0 {
			t.Errorf("%s: %+v, %v", provider, listing, err)
		}
	}
	// A server that ignores the filter of the request.
	everything := page(hss, 2, `{"id":"7","registry_name":"h","registry_type":"Harbor"},{"id":"8","registry_name":"s","registry_type":"SwrPrivate"}`)
	listing, err := scripted(t, func(*http.Request) string { return everything }).list(t, hss)
	if err != nil || len(listing.Items) != 1 || listing.Items[0].Values["type"] != model.Value("harbor") {
		t.Errorf("%+v, %v", listing, err)
	}
}
