package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"regent/internal/emulator"
)

// TestReadsAreTriedAgain: what passes by itself does not fail a plan; what does not is asked once.
func TestReadsAreTriedAgain(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		fault emulator.Fault
		again bool
	}{
		{times(2, emulator.FaultDropBefore), true},
		{times(2, emulator.FaultDropAfter), true},
		{times(2, emulator.FaultCut), true},
		{times(2, emulator.FaultThrottle), true},
		{emulator.Fault{Kind: emulator.FaultStatus, Status: 500, Times: 2}, true},
		{emulator.Fault{Kind: emulator.FaultStatus, Status: 503, Times: 2}, true},
		{emulator.Fault{Kind: emulator.FaultStatus, Status: 400, Times: 2}, false},
		{emulator.Fault{Kind: emulator.FaultStatus, Status: 403, Times: 2}, false},
		{emulator.Fault{Kind: emulator.FaultStatus, Status: 404, Times: 2}, false},
	} {
		t.Run(fmt.Sprint(c.fault.Kind, " ", c.fault.Status), func(t *testing.T) {
			t.Parallel()
			each(t, dialects(), func(t *testing.T, w *world, d dialect) {
				file := w.file("r.yaml", d.file(1))
				w.plan(file).exits(t, 0)
				lists := w.count(d.list)
				w.ClearRequests()
				f := c.fault
				f.Operation = d.list
				w.faults(f)
				if !c.again {
					w.plan(file).exits(t, 1)
					if n := w.count(d.list); n != 1 {
						t.Errorf("a read that was refused was sent %d times, want once", n)
					}
					return
				}
				w.plan(file).exits(t, 0)
				// A transport may repeat a read on a new connection by itself.
				if n := w.count(d.list); n < lists+1 || n > lists+2 {
					t.Errorf("%d lists, want %d and at most two more", n, lists)
				}
			})
		})
	}
}

// foreignEntries fills an emulator with entries that are not in the file, the oldest first.
func foreignEntries(n int) emulator.State {
	state := emulator.State{Version: 1}
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range n {
		name, at := fmt.Sprintf("foreign-%03d", i), start.Add(time.Duration(i)*time.Minute)
		state.SAS.Registries = append(state.SAS.Registries, emulator.SASRegistry{
			RegistryType: "harbor", DomainName: name + ".example.com", RegionID: "cn-hangzhou", Port: 443, ProtocolType: 2, NetType: 1,
		})
		state.HSS.Registries = append(state.HSS.Registries, emulator.HSSRegistry{
			ProjectID: project, RegistryName: name, RegistryType: "Jfrog", CreatedAt: at,
		})
		state.SWR.Registries = append(state.SWR.Registries, emulator.SWREntry{ProjectID: project, InstanceID: instance,
			Registry: emulator.SWRRegistry{Name: name, Type: "swr-pro", URL: "https://" + name + ".example.com", CreatedAt: at}})
	}
	return state
}

// TestReadsOfManyPages: entries on every page are found, at and around the ends of pages.
func TestReadsOfManyPages(t *testing.T) {
	t.Parallel()
	for _, n := range []int{98, 99, 100, 101, 198, 201, 350} {
		for _, pageCap := range []string{"100", "200"} {
			t.Run(fmt.Sprint(n, " entries, pages of HSS up to ", pageCap), func(t *testing.T) {
				t.Parallel()
				state := foreignEntries(n)
				w := newWorld(t, emulator.Options{State: &state, Switches: map[string]string{"hss-page-cap": pageCap, "hss-list-order": "oldest"}})
				file := w.file("r.yaml", together(2, dialects()...))
				w.faults(on(emulator.Fault{Kind: emulator.FaultDropAfter}, func(d dialect) string { return d.create })...)
				w.applied(0, file)
				p := w.planned(file)
				if p.Summary.Unchanged != 6 || p.Summary.Unmanaged != 3*n {
					t.Errorf("summary %+v, want 6 unchanged and %d unmanaged", p.Summary, 3*n)
				}
			})
		}
	}
}

// moving changes the live state between the first and the second page of a list, times times for each service.
func (w *world) moving(times int, move func(*emulator.State)) {
	var mu sync.Mutex
	moved := map[string]int{}
	between := func(r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		service := strings.SplitN(r.URL.Path, "/", 3)[1]
		if r.URL.Query().Get("offset") != "100" || moved[service] == times {
			return
		}
		moved[service]++
		state, next := w.State(), w.State()
		if move(&next); service == "v5" {
			state.HSS = next.HSS
		} else {
			state.SWR = next.SWR
		}
		if err := w.SetState(state); err != nil {
			w.t.Error(err)
		}
	}
	w.before.Store(&between)
}

// TestReadsOfAMovingListAreRepeated: an entry that comes or goes between two pages must not hide another one, and a list
// that never comes to rest is no ground for a plan.
func TestReadsOfAMovingListAreRepeated(t *testing.T) {
	t.Parallel()
	goes := func(s *emulator.State) {
		s.HSS.Registries, s.SWR.Registries = s.HSS.Registries[1:], s.SWR.Registries[1:]
	}
	comes := func(s *emulator.State) {
		hss, swr := s.HSS.Registries[0], s.SWR.Registries[0]
		hss.ID, hss.RegistryName, hss.CreatedAt = "", hss.RegistryName+"-again", time.Time{}
		swr.Registry.ID, swr.Registry.Name, swr.Registry.CreatedAt = 0, swr.Registry.Name+"-again", time.Time{}
		s.HSS.Registries, s.SWR.Registries = append(s.HSS.Registries, hss), append(s.SWR.Registries, swr)
	}
	for name, move := range map[string]func(s *emulator.State){"one goes": goes, "one comes": comes} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			state := foreignEntries(150)
			w := newWorld(t, emulator.Options{State: &state, Switches: map[string]string{"hss-list-order": "oldest"}})
			w.moving(1, move)
			file := w.file("r.yaml", together(1, hssHarbor(), swrHarbor()))
			if got := w.planned(file).Summary; got.Add != 2 || got.Unmanaged != 2*len(w.State().HSS.Registries) {
				t.Errorf("summary %+v, want 2 to add and twice %d unmanaged", got, len(w.State().HSS.Registries))
			}
			w.moving(20, move)
			w.plan(file).exits(t, 1).says(t, "the list changed while it was read", "nothing can be planned")
			w.wrote()
		})
	}
}
