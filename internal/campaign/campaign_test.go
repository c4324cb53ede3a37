package campaign

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

var (
	runs     = flag.Int("campaign.runs", 60, "the number of runs")
	seed     = flag.Uint64("campaign.seed", 0, "the seed of the first run; the next has the next seed; 0 draws one")
	workers  = flag.Int("campaign.parallel", 6*runtime.NumCPU(), "runs at once; most of their time is spent waiting")
	failures = flag.Int("campaign.failures", 5, "end after so many runs have failed")
	shrunk   = flag.Int("campaign.shrink", 0, "leave out of a run that fails what it fails without, in at most so many attempts")
	folder   = flag.String("campaign.dir", "", "write the stories of runs that fail to files in this folder, instead of showing them")
)

func TestCampaign(t *testing.T) {
	first := *seed
	if first == 0 {
		first = drawn()
	}
	began := time.Now()
	var next, done, failed atomic.Int64
	var group sync.WaitGroup
	for range *workers {
		group.Go(func() {
			for {
				n := next.Add(1) - 1
				if n >= int64(*runs) || failed.Load() >= int64(*failures) {
					return
				}
				if !one(t, first+uint64(n)) {
					failed.Add(1)
				}
				if n := done.Add(1); n%1000 == 0 {
					t.Logf("%d runs in %.0f s, %d failed", n, time.Since(began).Seconds(), failed.Load())
				}
			}
		})
	}
	group.Wait()
	t.Logf("what was met:\n%s", &met)
	t.Logf("%d runs from seed %d in %.1f s, %d failed", done.Load(), first, time.Since(began).Seconds(), failed.Load())
}

// inFolder carries out a run in a folder of its own.
func inFolder(t *testing.T, m *material, do func(*run)) (faulty []string, story string) {
	t.Helper()
	dir, err := os.MkdirTemp("", "regent-campaign-*")
	if err != nil {
		return []string{err.Error()}, ""
	}
	defer func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	}()
	faulty, story, err = play(m, dir, do)
	if err != nil {
		faulty = append(faulty, err.Error())
	}
	return faulty, story
}

// drawn gives a seed that nobody has chosen.
func drawn() uint64 { return rand.Uint64N(1 << 40) }

// one carries out the run of a seed, and reports whether nothing was wrong.
func one(t *testing.T, seed uint64) bool {
	t.Helper()
	m := generate(seed)
	met.add("items", len(m.items(&m.file)))
	return carryOut(t, m, (*run).all)
}

// carryOut carries out a run, reports what was wrong, and whether nothing was.
func carryOut(t *testing.T, m *material, do func(*run)) bool {
	t.Helper()
	faulty, story := inFolder(t, m, do)
	if len(faulty) == 0 {
		return true
	}
	if *shrunk > 0 {
		m = shrink(m, *shrunk, func(m *material) bool {
			f, s := inFolder(t, m, do)
			if len(f) > 0 {
				faulty, story = f, s
			}
			return len(f) > 0
		})
	}
	found := ""
	for _, f := range faulty {
		found += "  " + f + "\n"
	}
	t.Errorf("seed %d:\n%sreplay: go test ./internal/campaign -run '%s' -v -campaign.runs=1 -campaign.processes=1 -campaign.seed=%d", m.seed, found, t.Name(), m.seed)
	dossier := fmt.Sprintf("seed %d\n%s\n--- switches %v\n--- registries.yaml\n%s\n--- live state\n%s\n%s", m.seed, found, m.switches, m.yaml(), plain(state(m.live)), story)
	if *folder == "" {
		t.Log(dossier)
	} else if err := os.WriteFile(filepath.Join(*folder, fmt.Sprint(m.seed)), []byte(dossier), 0o600); err != nil {
		t.Error(err)
	}
	return false
}
