// Command bench measures regent and prints the tables of docs/performance.md. It needs Go, and a machine that does
// nothing else: each figure is the best of several.
//
//	go run ./internal/bench [-count N] [-long]
//
// The benchmarks are those of this folder; go test -bench runs them alone. What a whole process takes (start, processor
// time, peak memory) is measured with the program itself, against the emulator in another process.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt) //nolint:forbidigo // the context of this program begins here
	err := run(ctx, os.Args[1:], os.Stdout)                               //nolint:forbidigo // nothing here knows a secret
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err) //nolint:forbidigo // nothing here knows a secret
		os.Exit(1)                             //nolint:forbidigo // this is a program of its own
	}
}

// run measures everything, in the repository's folder, which has to be the working directory.
func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	count := flags.Int("count", 5, "how often each figure is measured; the best counts")
	long := flags.Bool("long", false, "also run the benchmarks that take minutes")
	if err := flags.Parse(args); err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "regent-bench-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }() // what is left is in a folder for temporary files
	program := filepath.Join(folder, "regent")
	if text, err := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", program, "./cmd/regent").CombinedOutput(); err != nil { //nolint:gosec // both names are made here
		return fmt.Errorf("go build: %w: %s", err, text)
	}
	if err := describe(ctx, out); err != nil {
		return err
	}
	p := &processes{program: program, folder: folder, count: *count}
	if err := p.table(ctx, out); err != nil {
		return err
	}
	return benchmarks(ctx, out, *count, *long)
}
