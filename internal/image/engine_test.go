// Package image holds the tests of the container image: what is in it, and that the action runs from it as GitHub's
// runner starts it. They need a container engine and take one to five minutes, so they run when REGENT_TEST_IMAGE is 1.
//
// Nothing is loaded from the network but the image that the program is built in, unless it is there already: the modules
// come from this machine's cache.
package image

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// root is the repository's folder, seen from this package.
const root = "../.."

const version = "9.8.7-test"

// built is the image that all tests share.
var built struct {
	sync.Mutex
	id  string
	err error
}

func TestMain(m *testing.M) {
	code := m.Run()
	if built.id != "" {
		_ = exec.Command("docker", "image", "rm", "--force", built.id).Run() // what is left is only disk space
	}
	os.Exit(code)
}

// image gives the ID of the image, which the first test builds. It skips the test where it cannot be built.
func image(t *testing.T) string {
	t.Helper()
	if raceDetector {
		t.Skip("the race detector does not see into a container; the pass without it runs this test")
	}
	if runtime.GOOS != "linux" {
		t.Skip("containers reach servers of the test on Linux only")
	}
	wanted := os.Getenv("REGENT_TEST_IMAGE") == "1"
	if reason := engine(); reason != "" {
		if wanted {
			t.Fatal("REGENT_TEST_IMAGE is 1, but " + reason)
		}
		t.Skip(reason)
	}
	if !wanted {
		t.Skip("a container engine is there: set REGENT_TEST_IMAGE=1 to build the image and to run the action from it (one to five minutes)")
	}
	built.Lock()
	defer built.Unlock()
	if built.id == "" && built.err == nil {
		built.id, built.err = build(t)
	}
	if built.err != nil {
		t.Fatal(built.err)
	}
	return built.id
}

// engine tells why no container engine can be used; empty when one can.
func engine() string {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, "docker", "version", "--format", "{{.Server.Version}}").CombinedOutput()
	if err != nil {
		return fmt.Sprintf("no container engine answers: docker version: %v: %s", err, bytes.TrimSpace(out))
	}
	return ""
}

// build builds the Dockerfile as it stands. Modules come from the cache that the test itself was compiled from.
func build(t *testing.T) (string, error) {
	t.Helper()
	env, err := exec.Command("go", "env", "GOMODCACHE", "GOPROXY").Output()
	if err != nil {
		return "", fmt.Errorf("go env: %w", err)
	}
	cache, proxy, _ := strings.Cut(strings.TrimSpace(string(env)), "\n")
	modules := httptest.NewServer(http.FileServer(http.Dir(filepath.Join(cache, "cache", "download"))))
	defer modules.Close()
	idFile := filepath.Join(t.TempDir(), "id")
	start := time.Now()
	cmd := exec.Command("docker", "build", "--network", "host", "--build-arg", "GOPROXY="+modules.URL+","+proxy,
		"--build-arg", "VERSION="+version, "--iidfile", idFile, root)
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("docker build: %w\n%s", err, out)
	}
	id, err := os.ReadFile(idFile)
	t.Logf("built in %v", time.Since(start).Round(time.Second))
	return string(bytes.TrimSpace(id)), err
}

// docker runs the engine's command line and insists on success.
func docker(t *testing.T, args ...string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd := exec.Command("docker", args...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("docker %s: %v\n%s%s", strings.Join(args, " "), err, stdout.String(), stderr.String())
	}
	return stdout.String()
}
