package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// figures are what one benchmark reported, by unit.
type figures map[string]float64

// benchmarks runs those of this folder and prints the best of each.
func benchmarks(ctx context.Context, out io.Writer, count int, long bool) error {
	args := []string{"test", "./internal/bench", "-run", "^$", "-bench", ".", "-count", strconv.Itoa(count), "-timeout", "2h"}
	if long {
		args = append(args, "-long")
	}
	cmd := exec.CommandContext(ctx, "go", args...) //nolint:gosec // the arguments are made here
	text, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("go test: %w: %s", err, text)
	}
	names, best := results(string(text))
	if _, err := fmt.Fprintf(out, "| Benchmark | Time | Processor time of an item | Memory | Allocations | Times its bound |\n|---|---|---|---|---|---|\n"); err != nil {
		return err
	}
	for _, name := range names {
		f := best[name]
		if _, err := fmt.Fprintf(out, "| %s | %s | %s | %s | %s | %s |\n", name, elapsed(f["ns/op"]), f.scaled("cpu-ns/item", 1000, "%.1f µs"),
			f.scaled("B/op", 1<<20, "%.1f MiB"), f.show("allocs/op", "%.0f"), f.show("x-bound", "%.2f")); err != nil {
			return err
		}
	}
	return nil
}

// processorCount is what go test puts behind the name of a benchmark.
var processorCount = regexp.MustCompile(`-\d+$`)

// results reads the lines of go test: the names in order, and of each the least of every figure.
func results(text string) (names []string, best map[string]figures) {
	best = map[string]figures{}
	for lines := bufio.NewScanner(strings.NewReader(text)); lines.Scan(); {
		words := strings.Fields(lines.Text())
		if len(words) < 4 || !strings.HasPrefix(words[0], "Benchmark") {
			continue
		}
		f := figures{}
		for i := 2; i+1 < len(words); i += 2 {
			if value, err := strconv.ParseFloat(words[i], 64); err == nil {
				f[words[i+1]] = value
			}
		}
		name := processorCount.ReplaceAllString(strings.TrimPrefix(words[0], "Benchmark"), "")
		if best[name] == nil {
			names, best[name] = append(names, name), f
		}
		for unit, value := range f {
			best[name][unit] = min(best[name][unit], value)
		}
	}
	return names, best
}

func (f figures) show(unit, format string) string { return f.scaled(unit, 1, format) }

func (f figures) scaled(unit string, by float64, format string) string {
	v, ok := f[unit]
	if !ok {
		return ""
	}
	return fmt.Sprintf(format, v/by)
}

// elapsed gives a time with as many digits as mean something.
func elapsed(ns float64) string {
	d := time.Duration(ns)
	switch {
	case d >= 10*time.Second:
		return d.Round(100 * time.Millisecond).String()
	case d >= time.Second:
		return d.Round(10 * time.Millisecond).String()
	case d >= 10*time.Millisecond:
		return d.Round(time.Millisecond).String()
	}
	return d.Round(10 * time.Microsecond).String()
}
