package campaign

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"regent/internal/emulator"
)

var processes = flag.Int("campaign.processes", 9, "the number of runs in which a process is killed by a signal")

// program is the real binary, built once.
var program = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "regent-campaign-program-*")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "regent")
	if out, err := exec.Command("go", "build", "-o", path, "../../cmd/regent").CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return path, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if path, err := program(); *processes > 0 && err == nil {
		_ = os.RemoveAll(filepath.Dir(path)) // what is left over lies in the folder for temporary files
	}
	os.Exit(code)
}

// TestProcessesAreKilled ends applies of the real program by signals at random points. What the audit file says has to be
// what the emulator holds, and the next apply has to converge.
func TestProcessesAreKilled(t *testing.T) {
	if *processes == 0 {
		t.Skip("-campaign.processes=0")
	}
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	first := *seed
	if first == 0 {
		first = drawn()
	}
	var next, failed, wrote atomic.Int64
	var group sync.WaitGroup
	for range 3 {
		group.Go(func() {
			for n := next.Add(1) - 1; n < int64(*processes) && failed.Load() < int64(*failures); n = next.Add(1) - 1 {
				if !killOne(t, path, first+uint64(n), &wrote) {
					failed.Add(1)
				}
			}
		})
	}
	group.Wait()
	t.Logf("%d processes killed from seed %d, %d of them after their first write", *processes, first, wrote.Load())
}

// killOne carries out a run of which the only apply is a process that a signal ends.
func killOne(t *testing.T, path string, seed uint64, wrote *atomic.Int64) bool {
	t.Helper()
	signal := []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGKILL}[seed%3]
	m := generate(seed)
	m.steps = m.steps[:1]
	g := &generator{m: m, Rand: newRand(seed + 1)}
	m.steps[0].kill = &kill{nth: g.between(1, len(m.items(&m.file))+1), write: true, after: g.chance(0.5)}
	// Faults that cost the real waits of the program are left to the runs within this process.
	m.steps[0].faults = nil
	if g.chance(0.5) {
		m.steps[0].faults = []emulator.Fault{{Operation: pick(g, words[sas].add, words[hss].add, words[swr].add), Kind: emulator.FaultDropAfter, Nth: g.between(1, 3)}}
	}
	return carryOut(t, m, func(r *run) {
		r.signal(path, signal)
		if len(r.server.Requests()) > 0 && slices.ContainsFunc(r.server.Requests(), func(q emulator.Request) bool { return q.Executed > 0 }) {
			wrote.Add(1)
		}
		r.settle()
	})
}

// signal runs the program, sends a signal at the chosen moment, and checks what it leaves.
func (r *run) signal(path string, signal syscall.Signal) {
	s := r.steps[0]
	a := &applied{step: s, before: stored(r.server.State())}
	if err := r.server.SetFaults(s.faults); err != nil {
		r.wrong("the generator made a fault that the emulator refuses: %v", err)
		return
	}
	cmd := exec.Command(path, "apply", "-f", r.path("registries.yaml"), "--auto-approve", "--format", "json",
		"--parallelism", fmt.Sprint(s.parallelism), "--audit", r.path("audit.jsonl"))
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	cmd.Env = []string{"HOME=" + r.dir, "PATH=" + os.Getenv("PATH")}
	for name, value := range r.env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	running := make(chan struct{})
	killed := r.arm(s.kill, func() {
		<-running
		_ = cmd.Process.Signal(signal) // it may have ended by itself
	})
	if err := cmd.Start(); err != nil {
		r.wrong("the program does not start: %v", err)
		return
	}
	close(running)
	_ = cmd.Wait() // the exit code says it all
	r.gone()
	r.disarm()
	a.killed = *killed
	a.ended = ended{cmd.ProcessState.ExitCode(), out.String(), errs.String()}
	r.tell("\n--- a process, %v %s, parallelism %d, faults %s\nexit code %d\nstdout:\n%s\nstderr:\n%s", signal, s.kill, s.parallelism,
		plain(s.faults), a.code, a.out, a.err)
	r.noSecret("stdout", a.out)
	r.noSecret("stderr", a.err)
	a.log, a.after = r.server.Requests(), stored(r.server.State())
	for _, q := range a.log {
		r.tell("request: %s", plain(q))
	}
	a.audit = r.readAudit(0)
	if signal == syscall.SIGKILL && a.killed && a.code == -1 {
		r.checkTrail(a)
		return
	}
	if err := json.Unmarshal([]byte(a.out), &a.result); err != nil {
		r.wrong("stdout is not one JSON document: %v", err)
		return
	}
	r.check(a)
}

// checkTrail holds the audit file of a process that had no chance to report against what it has done.
func (r *run) checkTrail(a *applied) {
	last, started := map[string]string{}, map[string]bool{}
	for _, l := range a.audit {
		name := l.Account + "/" + l.Item
		last[name] = l.Outcome
		started[name] = started[name] || l.Outcome == "started"
	}
	decided := map[string]decision{}
	claimed := map[int]*item{}
	for _, it := range r.wanted {
		d := r.decide(it, a.before)
		decided[it.String()] = d
		var writes []emulator.Request
		for i, q := range a.log {
			if d.action != "" && it.about(q, d.entry) {
				claimed[i] = it
				writes = append(writes, q)
			}
		}
		if len(writes) > 0 && !started[it.String()] {
			r.wrong("%s was sent for %s, and the audit file does not say that it started", writes[0].Operation, it)
		}
		r.checkCreates(a, it, writes)
		now := r.matches(it, a.after)
		asWanted := len(now) == 1 && len(r.differing(it, now[0])) == 0
		switch last[it.String()] {
		case "applied", "verified":
			if !asWanted && !r.clears(it.provider) {
				r.wrong("the audit file says that %s is %s, and it is not there as wanted", it, last[it.String()])
			}
		case "failed":
			if asWanted {
				r.wrong("the audit file says that %s failed, and it is there as wanted", it)
			}
		case "", "not attempted":
			if len(writes) > 0 {
				r.wrong("the audit file knows nothing of the writes for %s", it)
			}
		}
	}
	r.checkWrites(a, claimed, decided)
	r.checkOthers(a, decided)
}
