package image

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"regent/internal/github/githubtest"
)

// TestWhatTheActionLeavesBelongsToTheRunner: the container runs as root, the runner does not, and has to be able to clear
// the workspace for the next job.
func TestWhatTheActionLeavesBelongsToTheRunner(t *testing.T) {
	p := newPlace(t)
	p.github.AddPull(githubtest.Pull{Number: 7})
	if os.Geteuid() == 0 {
		p.user = 1001
	} else {
		p.user = os.Geteuid()
	}
	got := p.step("pull_request", githubtest.Event("pull_request_opened"), nil, nil).ends(0, nil)
	file := filepath.Join(got.Workspace, got.outputs["plan-path"])
	for _, path := range []string{filepath.Dir(file), file} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if uid := info.Sys().(*syscall.Stat_t).Uid; int(uid) != p.user {
			t.Errorf("%s belongs to user %d, the workspace to %d", path, uid, p.user)
		}
	}
}
