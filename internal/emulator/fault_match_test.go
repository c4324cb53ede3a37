package emulator_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"regent/internal/emulator"
)

// statuses asks for the list n times and gives what came back, "-" for no answer.
func statuses(t *testing.T, s served, n int) string {
	t.Helper()
	var out []string
	for range n {
		got, err := trySend(huaweiRequest{method: "GET", path: hssPath}.build(t, s))
		if err != nil {
			out = append(out, "-")
		} else {
			out = append(out, fmt.Sprint(got.status))
		}
	}
	return strings.Join(out, " ")
}

func TestFaultNthCountsRequestsThatOthersSpoil(t *testing.T) {
	for want, faults := range map[string][]emulator.Fault{
		"200 200 503 200 200": {{Operation: "ListRegistry", Kind: emulator.FaultStatus, Status: 503, Nth: 3}},
		"200 503 503 200 200": {{Operation: "ListRegistry", Kind: emulator.FaultStatus, Status: 503, Nth: 2, Times: 2}},
		"200 500 503 200 200": {
			{Operation: "ListRegistry", Kind: emulator.FaultStatus, Status: 500, Nth: 2},
			{Operation: "*", Kind: emulator.FaultStatus, Status: 503, Nth: 3},
		},
		// Skip lets requests pass that would otherwise be its own.
		"200 500 200 503 200": {
			{Operation: "ListRegistry", Kind: emulator.FaultStatus, Status: 500, Nth: 2},
			{Operation: "*", Kind: emulator.FaultStatus, Status: 503, Skip: 2},
		},
	} {
		t.Run(want, func(t *testing.T) {
			if got := statuses(t, withFaults(t, faults...), 5); got != want {
				t.Errorf("statuses are %s", got)
			}
		})
	}
}

func TestFaultOfAProviderLeavesTheOthersAlone(t *testing.T) {
	s := withFaults(t, emulator.Fault{Provider: "alibaba-sas", Kind: emulator.FaultDenied, Times: -1})
	sas(t, s, "ListPrivateRegistryList").expect(t, 403, "NoPermission")
	sas(t, s, "ListImageRegistryRegion").expect(t, 403, "NoPermission")
	huawei(t, s, "GET", hssPath, "").expect(t, 200, "")
	if got := s.Faults()[0]; got.Spoilt != 2 || got.Operation != "*" {
		t.Errorf("the fault is %+v", got)
	}
}

func TestFaultDeniedIsInTheWordsOfEachAPI(t *testing.T) {
	s := withFaults(t, emulator.Fault{Operation: "*", Kind: emulator.FaultDenied, Times: -1})
	sas(t, s, "AddPrivateRegistry", sasAdd()...).expect(t, 403, "NoPermission")
	huawei(t, s, "POST", hssPath, hssJSON()).expect(t, 400, "HSS.0013")
	huawei(t, s, "POST", swrPath, swrJSON()).expect(t, 403, "SVCSTG.SWR.4030170")
	huawei(t, s, "GET", "/v3/projects", "").expect(t, 403, "")
	if state := s.State(); len(state.SAS.Registries)+len(state.HSS.Registries)+len(state.SWR.Registries) != 0 {
		t.Error("a request without permission was executed")
	}
}

// TestFaultProbabilityIsDrawnFromTheSeed: the same requests meet the same faults, in whatever order they come.
func TestFaultProbabilityIsDrawnFromTheSeed(t *testing.T) {
	fault := emulator.Fault{Operation: "AddRegistry", Kind: emulator.FaultStatus, Status: 500, Probability: 0.3, Seed: 7}
	const names, each = 40, 3
	drawn := func(fault emulator.Fault, order func(i int) int) map[string]string {
		s := withFaults(t, fault)
		var mu sync.Mutex
		out := map[string]string{}
		var group sync.WaitGroup
		for i := range names {
			group.Go(func() {
				name := fmt.Sprintf("harbor-%d", order(i))
				for range each { // a second time the name is taken
					got := huawei(t, s, "POST", hssPath, hssJSON("registry_name", `"`+name+`"`))
					mu.Lock()
					out[name] += fmt.Sprint(" ", got.status == 500)
					mu.Unlock()
				}
			})
		}
		group.Wait()
		return out
	}
	first := drawn(fault, func(i int) int { return i })
	again := drawn(fault, func(i int) int { return names - 1 - i })
	hits := 0
	for name, outcome := range first {
		if again[name] != outcome {
			t.Errorf("%s met%s and then%s", name, outcome, again[name])
		}
		hits += strings.Count(outcome, "true")
	}
	if hits < 15 || hits > 60 { // 36 on average; six standard deviations are 30
		t.Errorf("%d of %d requests were spoilt, want about %d", hits, names*each, names*each*3/10)
	}
	fault.Seed = 8
	other := drawn(fault, func(i int) int { return i })
	same := 0
	for name, outcome := range first {
		if other[name] == outcome {
			same++
		}
	}
	if same == names {
		t.Error("another seed draws the same")
	}
}

func TestFaultProbabilityWithTimesRunsOut(t *testing.T) {
	s := withFaults(t, emulator.Fault{Operation: "*", Kind: emulator.FaultStatus, Status: 500, Probability: 1, Times: 2, Seed: 1})
	if got := statuses(t, s, 4); got != "500 500 200 200" {
		t.Errorf("statuses are %s", got)
	}
}

func TestFaultThrottleTellsMilliseconds(t *testing.T) {
	s := withFaults(t, emulator.Fault{Operation: "*", Kind: emulator.FaultThrottle, TimeLeft: 20})
	got := sas(t, s, "ListPrivateRegistryList")
	got.expect(t, 400, "Throttling.User")
	if header := got.header.Get("X-Ratelimit-User-Api"); !strings.HasPrefix(header, "Limit:1,Remain:0,TimeLeft:21,Reset:") || got.header.Get("Retry-After") != "" {
		t.Errorf("SAS answers %v", got.header)
	}
}

func TestFaultHangHoldsTheConnectionUntilTheClientLeaves(t *testing.T) {
	for _, after := range []bool{false, true} {
		t.Run(fmt.Sprintf("after %v", after), func(t *testing.T) {
			s := withFaults(t, emulator.Fault{Operation: "CreateInstanceRegistry", Kind: emulator.FaultHang, After: after})
			r := huaweiRequest{method: "POST", path: swrPath, body: swrJSON()}.build(t, s)
			ended := make(chan error)
			ctx, leave := withCancel(r)
			go func() {
				_, err := trySend(ctx)
				ended <- err
			}()
			deadline := time.Now().Add(time.Minute)
			for len(s.Requests()) == 0 || after && targets(s) == 0 {
				if time.Now().After(deadline) {
					t.Fatal("the request does not arrive")
				}
				time.Sleep(time.Millisecond)
			}
			select {
			case err := <-ended:
				t.Fatalf("it ended by itself: %v", err)
			case <-time.After(50 * time.Millisecond):
			}
			leave()
			if err := <-ended; err == nil {
				t.Error("there is an answer")
			}
			if got, want := targets(s), map[bool]int{true: 1}[after]; got != want {
				t.Errorf("%d registries exist, want %d", got, want)
			}
		})
	}
}
