// Command release does what goreleaser does not do for a release of regent. The workflow release.yml runs it.
//
//	go run ./internal/release check VERSION  whether the version and its part of CHANGELOG.md are fit for a release
//	go run ./internal/release notes VERSION  that part of CHANGELOG.md
//	go run ./internal/release pin IMAGE      action.yml that runs IMAGE, which is named by its digest
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil { //nolint:forbidigo // nothing here knows a secret
		fmt.Fprintln(os.Stderr, "release:", err) //nolint:forbidigo // nothing here knows a secret
		os.Exit(1)                               //nolint:forbidigo // this is a program of its own
	}
}

// run carries out one command in the repository's folder, which has to be the working directory.
func run(args []string, out io.Writer) error {
	const usage = "want check VERSION, notes VERSION or pin IMAGE"
	if len(args) != 2 {
		return errors.New(usage)
	}
	text := ""
	var err error
	switch args[0] {
	case "check":
		_, err = readNotes(args[1])
	case "notes":
		text, err = readNotes(args[1])
	case "pin":
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
