package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"regent/internal/cli"
	"regent/internal/emulator"
)

// world is an emulator and a configuration file; the program runs in this process, as the command line runs it.
type world struct {
	*emulator.Server
	env  map[string]string
	file string
}

func newWorld(tb testing.TB, s scene, o emulator.Options) *world {
	tb.Helper()
	server, err := emulator.New(o)
	if err != nil {
		tb.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	base, wait, err := server.Start(ctx, "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		stop()
		if err := wait(); err != nil {
			tb.Error(err)
		}
	})
	w := &world{Server: server, env: s.secrets()}
	for _, v := range server.Env(base) {
		w.env[v.Name] = v.Value
	}
	w.wants(tb, s)
	return w
}

// wants replaces the configuration.
func (w *world) wants(tb testing.TB, s scene) {
	tb.Helper()
	w.file = filepath.Join(tb.TempDir(), "registries.yaml")
	if err := os.WriteFile(w.file, s.yaml(), 0o600); err != nil {
		tb.Fatal(err)
	}
}

// lives replaces the live state.
func (w *world) lives(tb testing.TB, s scene) {
	tb.Helper()
	state, err := emulator.ReadState(bytes.NewReader(s.state()))
	if err == nil {
		err = w.SetState(state)
	}
	if err != nil {
		tb.Fatal(err)
	}
	w.ClearRequests()
}

// run runs a command and insists on its exit code.
func (w *world) run(tb testing.TB, code int, args ...string) {
	tb.Helper()
	var complaints bytes.Buffer
	got := cli.Run(tb.Context(), args, cli.Streams{
		In: bytes.NewReader(nil), Out: io.Discard, Err: &complaints,
		Lookup: func(name string) (string, bool) { v, ok := w.env[name]; return v, ok },
	})
	if got != code {
		tail := complaints.Bytes()
		tb.Fatalf("%v: exit code %d: %s", args, got, tail[max(0, len(tail)-500):])
	}
}

func (w *world) plan(tb testing.TB, code int, s scene) {
	tb.Helper()
	w.run(tb, code, "plan", "-f", w.file, "--account", s.account, "--detailed-exitcode")
}

func (w *world) apply(tb testing.TB, s scene, parallel int) {
	tb.Helper()
	w.run(tb, 0, "apply", "-f", w.file, "--account", s.account, "--auto-approve", "--parallelism", strconv.Itoa(parallel))
}

// count gives how often each operation was asked for, by its answer's status.
func (w *world) count() map[string]int {
	n := map[string]int{}
	for _, r := range w.Requests() {
		n[r.Operation+" "+strconv.Itoa(r.Status)]++
	}
	return n
}

// bounded reports how many times as long as its bound a benchmark's iteration took.
func bounded(b *testing.B, bound time.Duration) {
	b.Helper()
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N)/bound.Seconds(), "x-bound")
}
