// Command release builds what a release of regent consists of. The workflow release.yml runs it; it can be run on any
// machine with Go, and gives the same bytes for the same commit, version and Go release.
//
//	go run ./internal/release check VERSION            whether the version and its part of CHANGELOG.md are fit for a release
//	go run ./internal/release notes VERSION            that part of CHANGELOG.md
//	go run ./internal/release archives VERSION FOLDER  archives for all platforms, sbom and checksums
//	go run ./internal/release pin IMAGE                action.yml that runs IMAGE, which is named by its digest
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt) //nolint:forbidigo // the context of this program begins here
	err := run(ctx, os.Args[1:], os.Stdout)                               //nolint:forbidigo // nothing here knows a secret
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "release:", err) //nolint:forbidigo // nothing here knows a secret
		os.Exit(1)                               //nolint:forbidigo // this is a program of its own
	}
}

// run carries out one command in the repository's folder, which has to be the working directory.
func run(ctx context.Context, args []string, out io.Writer) error {
	const usage = "want check VERSION, notes VERSION, archives VERSION FOLDER or pin IMAGE"
	if len(args) < 2 {
		return errors.New(usage)
	}
	text := ""
	var err error
	switch {
	case args[0] == "check" && len(args) == 2:
		_, err = readNotes(args[1])
	case args[0] == "notes" && len(args) == 2:
		text, err = readNotes(args[1])
	case args[0] == "archives" && len(args) == 3:
		err = archives(ctx, args[1], args[2], platforms)
	case args[0] == "pin" && len(args) == 2:
		text, err = readPinned(args[1])
	default:
		err = errors.New(usage)
	}
	if err != nil {
		return err
	}
	_, err = io.WriteString(out, text)
	return err
}

func readNotes(version string) (string, error) {
	changelog, err := os.ReadFile("CHANGELOG.md")
	if err != nil {
		return "", err
	}
	return notes(string(changelog), version)
}

func readPinned(image string) (string, error) {
	action, err := os.ReadFile("action.yml")
	if err != nil {
		return "", err
	}
	return pin(string(action), image)
}
