package main

import (
	"fmt"
	"regexp"
	"strings"
)

// versionForm is a version of semver.org without build metadata, which no tag of an image may have.
var versionForm = regexp.MustCompile(`^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(\.(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*)?$`)

// dated is the rest of the heading of a version that is ready: a day.
var dated = regexp.MustCompile(`^ - \d{4}-\d{2}-\d{2}$`)

func checkVersion(version string) error {
	if !versionForm.MatchString(version) {
		return fmt.Errorf("%q is no version: write 1.2.3 or 1.2.3-rc.1, without v", version)
	}
	return nil
}

// notes gives what CHANGELOG.md says of a version. It is an error when it says nothing, or when its heading has no day.
func notes(changelog, version string) (string, error) {
	if err := checkVersion(version); err != nil {
		return "", err
	}
	var part []string
	found := false
	for line := range strings.Lines(strings.ReplaceAll(changelog, "\r\n", "\n")) {
		heading, isHeading := strings.CutPrefix(strings.TrimRight(line, "\n"), "## ")
		switch {
		case isHeading && found:
			return finish(part, version)
		case isHeading:
			rest, ok := strings.CutPrefix(heading, "["+version+"]")
			if !ok {
				continue
			}
			if !dated.MatchString(rest) {
				return "", fmt.Errorf("the heading of %s in CHANGELOG.md has no day: write ## [%s] - YYYY-MM-DD", version, version)
			}
			found = true
		case found:
			part = append(part, line)
		}
	}
	if !found {
		return "", fmt.Errorf("CHANGELOG.md has no heading ## [%s] - YYYY-MM-DD", version)
	}
	return finish(part, version)
}

func finish(part []string, version string) (string, error) {
	text := strings.TrimSpace(strings.Join(part, ""))
	if text == "" {
		return "", fmt.Errorf("CHANGELOG.md says nothing of %s", version)
	}
	return text + "\n", nil
}
