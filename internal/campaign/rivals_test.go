package campaign

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"testing"

	"regent/internal/emulator"
)

// TestTwoAppliesAtOnce lets two applies of one file meet, as happens without a concurrency group. Where the vendor refuses
// a second entry of one key, nothing is doubled, whoever loses says so, and the next apply converges. A seed repeats what
// they meet over, and not when.
func TestTwoAppliesAtOnce(t *testing.T) {
	first := *seed
	if first == 0 {
		first = drawn()
	}
	n := max(*runs/10, 1)
	var group sync.WaitGroup
	for worker := range 4 {
		group.Go(func() {
			for i := worker; i < n; i += 4 {
				m := generate(first + uint64(i))
				m.steps = nil // nothing spoils these applies
				for _, name := range []string{"sas-duplicate", "hss-duplicate-name", "swr-duplicate-name"} {
					m.switches[name] = "refuse"
				}
				// Between a modify and the one that brings back what such a vendor cleared, the other run sees an entry without a
				// key, and adds one. No client can tell that from an entry of somebody else.
				m.switches["sas-modify-omitted"], m.switches["hss-put-omitted"] = "keep", "keep"
				carryOut(t, m, (*run).meet)
			}
		})
	}
	group.Wait()
	t.Logf("%d meetings from seed %d", n, first)
}

// meet carries out two applies at once, without faults.
func (r *run) meet() {
	before := stored(r.server.State())
	decided := map[string]decision{}
	for _, it := range r.wanted {
		decided[it.String()] = r.decide(it, before)
	}
	var docs [2]result
	var ends [2]ended
	var group sync.WaitGroup
	for i := range docs {
		group.Go(func() {
			ends[i] = r.regentQuietly(context.Background(), "apply", "-f", r.path("registries.yaml"), "--auto-approve", "--format", "json",
				"--audit", r.path(fmt.Sprintf("audit-%d.jsonl", i)))
		})
	}
	group.Wait()
	for i, e := range ends {
		r.tell("\n--- apply %d of two\nexit code %d\nstdout:\n%s\nstderr:\n%s", i+1, e.code, e.out, e.err)
		if err := json.Unmarshal([]byte(e.out), &docs[i]); err != nil {
			r.wrong("stdout is not one JSON document: %v", err)
			return
		}
	}
	for _, q := range r.server.Requests() {
		r.tell("request: %s", plain(q))
	}
	a := &applied{before: before, after: stored(r.server.State()), log: r.server.Requests()}
	r.checkOthers(a, decided)
	for _, it := range r.wanted {
		created := 0
		for _, q := range a.log {
			if isAdd(q.Operation) && it.about(q, nil) {
				created += q.Executed
			}
		}
		now := r.matches(it, a.after)
		d := decided[it.String()]
		if created > 1 || d.action == "add" && len(now) > 1 {
			r.wrong("%s was created %d times, there are %d of it", it, created, len(now))
		}
		asWanted := len(now) == 1 && len(r.differing(it, now[0])) == 0
		if (d.action == "add" || d.action == "modify") && !asWanted && !r.clears(it.provider) {
			r.wrong("%s is not there as wanted after two applies without a fault", it)
		}
		for _, doc := range docs {
			i := slices.IndexFunc(doc.Outcomes, func(o outcome) bool { return o.Account+"/"+o.Name == it.String() })
			if i >= 0 && doc.Outcomes[i].Status == "applied" && !asWanted && !r.clears(it.provider) {
				r.wrong("%s is reported as applied, and is not as wanted", it)
			}
		}
	}
	if err := r.server.SetFaults([]emulator.Fault{}); err != nil {
		r.wrong("%v", err)
	}
	r.settle()
}
