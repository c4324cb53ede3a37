package workflows

import (
	"strings"
	"testing"
)

// TestEveryJobThatSignsPublishesOrWritesWaitsForItsReviewers: an identity that signs is as good as a write.
func TestEveryJobThatSignsPublishesOrWritesWaitsForItsReviewers(t *testing.T) {
	found := 0
	for _, w := range workflows(t) {
		if !strings.HasPrefix(w.name, ".github/") {
			continue // those to copy have environments of their own
		}
		for name, j := range w.body.Jobs {
			for permission, level := range j.Permissions {
				if level != "write" {
					continue
				}
				if found++; j.Environment != "release" {
					t.Errorf("%s, job %s has %s: write and the environment %q", w.name, name, permission, j.Environment)
				}
			}
		}
	}
	if found == 0 {
		t.Error("no job that writes was looked at")
	}
}
