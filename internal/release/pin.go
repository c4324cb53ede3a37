package main

import (
	"fmt"
	"regexp"
	"strings"
)

// imageForm is an image on ghcr.io named by its digest. A tag could be moved to another image.
var imageForm = regexp.MustCompile(`^ghcr\.io/[a-z0-9]+((/|[._]|__|-+)[a-z0-9]+)*@sha256:[0-9a-f]{64}$`)

// builds is the one line of action.yml that has the image built by whoever uses the action.
const builds = "\n  image: Dockerfile\n"

// pin gives action.yml with that line replaced by the image of the release; every other byte stays.
func pin(action, image string) (string, error) {
	if !imageForm.MatchString(image) {
		return "", fmt.Errorf("%q is no image named by its digest: want ghcr.io/OWNER/NAME@sha256:DIGEST in small letters", image)
	}
	if n := strings.Count(action, builds); n != 1 {
		return "", fmt.Errorf("action.yml has the line %q %d times; want it once", strings.TrimSpace(builds), n)
	}
	return strings.Replace(action, builds, "\n  image: docker://"+image+"\n", 1), nil
}
