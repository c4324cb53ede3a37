package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
)

// describe says what was measured on.
func describe(ctx context.Context, out io.Writer) error {
	commit, err := exec.CommandContext(ctx, "git", "describe", "--always", "--dirty").Output()
	if err != nil {
		commit = []byte("unknown")
	}
	_, err = fmt.Fprintf(out, "Commit %s, %s, %s/%s, %d processors (%s), load %s.\n\n", strings.TrimSpace(string(commit)), runtime.Version(),
		runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), line("/proc/cpuinfo", "model name"), line("/proc/loadavg", ""))
	return err
}

// line gives what follows the colon of the first line of a file that starts with a word.
func line(file, word string) string {
	f, err := os.Open(file)
	if err != nil {
		return "not known"
	}
	defer func() { _ = f.Close() }() // it was only read
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if text, ok := strings.CutPrefix(lines.Text(), word); ok {
			_, value, found := strings.Cut(text, ":")
			if !found {
				value = text
			}
			return strings.TrimSpace(value)
		}
	}
	return "not known"
}
