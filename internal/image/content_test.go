package image

import (
	"archive/tar"
	"bytes"
	"crypto/x509"
	"debug/buildinfo"
	"debug/elf"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// maxSize is the largest image, in bytes.
const maxSize = 20_000_000

func TestTheImageIsSmallAndRunsAsTheRunnerNeeds(t *testing.T) {
	id := image(t)
	var inspected []struct {
		Size   int64
		Config struct {
			User, WorkingDir string
			Entrypoint, Cmd  []string
			Labels           map[string]string
		}
	}
	if err := json.Unmarshal([]byte(docker(t, "image", "inspect", id)), &inspected); err != nil || len(inspected) != 1 {
		t.Fatalf("docker image inspect: %v", err)
	}
	got := inspected[0]
	t.Logf("%d bytes", got.Size)
	if got.Size > maxSize || got.Size == 0 {
		t.Errorf("the image has %d bytes, at most %d may be", got.Size, maxSize)
	}
	// Files of outputs and of the workspace belong to the runner's user; only root can write them.
	if got.Config.User != "" {
		t.Errorf("it runs as %q, want root", got.Config.User)
	}
	if !slices.Equal(got.Config.Entrypoint, []string{"/regent"}) || len(got.Config.Cmd) > 0 {
		t.Errorf("entry point %q, command %q", got.Config.Entrypoint, got.Config.Cmd)
	}
	for label, want := range map[string]string{"title": "regent", "version": version, "licenses": "Apache-2.0"} {
		if v := got.Config.Labels["org.opencontainers.image."+label]; v != want {
			t.Errorf("label %s is %q, want %q", label, v, want)
		}
	}
}

// TestTheImageHoldsTheProgramAndCertificatesAndNothingElse: no shell, no git, nothing of the workspace it was built from.
func TestTheImageHoldsTheProgramAndCertificatesAndNothingElse(t *testing.T) {
	files := export(t, image(t))
	// The engine itself puts these into every container.
	maps.DeleteFunc(files, func(name string, _ []byte) bool {
		return name == ".dockerenv" || strings.HasPrefix(name, "dev/") ||
			slices.Contains([]string{"etc/hostname", "etc/hosts", "etc/resolv.conf", "etc/mtab"}, name)
	})
	const certificates = "etc/ssl/certs/ca-certificates.crt"
	if got, want := slices.Sorted(maps.Keys(files)), []string{certificates, "regent"}; !slices.Equal(got, want) {
		t.Fatalf("files: %q, want %q", got, want)
	}
	if !x509.NewCertPool().AppendCertsFromPEM(files[certificates]) {
		t.Error("there are no certificates in " + certificates)
	}
	checkProgram(t, files["regent"])
}

// export gives the files of a container that was never started.
func export(t *testing.T, id string) map[string][]byte {
	t.Helper()
	container := strings.TrimSpace(docker(t, "container", "create", id))
	defer docker(t, "container", "rm", container)
	out := map[string][]byte{}
	for r := tar.NewReader(strings.NewReader(docker(t, "container", "export", container))); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		if h.Typeflag == tar.TypeDir {
			continue
		}
		if out[strings.TrimPrefix(h.Name, "./")], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
}

func checkProgram(t *testing.T, program []byte) {
	t.Helper()
	f, err := elf.NewFile(bytes.NewReader(program))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP {
			t.Error("the program needs a loader, which scratch does not have")
		}
	}
	info, err := buildinfo.Read(bytes.NewReader(program))
	if err != nil {
		t.Fatal(err)
	}
	settings := map[string]string{}
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}
	// timetzdata puts the time zones into the program.
	for key, want := range map[string]string{"CGO_ENABLED": "0", "-trimpath": "true", "-tags": "timetzdata", "GOARCH": runtime.GOARCH} {
		if settings[key] != want {
			t.Errorf("built with %s=%q, want %q", key, settings[key], want)
		}
	}
	if bytes.Contains(program, []byte("/src/internal/")) {
		t.Error("the program names folders of the machine that built it")
	}
}

func TestTheImageIsOfUseOutsideOfGitHub(t *testing.T) {
	id := image(t)
	if got, want := docker(t, "run", "--rm", id, "version"), "regent "+version+" linux/"+runtime.GOARCH+" "; !strings.HasPrefix(got, want) {
		t.Errorf("version: %q, want %q", got, want)
	}
	examples, err := filepath.Abs(filepath.Join(root, "examples"))
	if err != nil {
		t.Fatal(err)
	}
	mounted := []string{"run", "--rm", "--network", "none", "-v", examples + ":/work:ro", "-w", "/work", id}
	if got := docker(t, append(mounted, "validate", "-f", "registries.yaml")...); !strings.HasPrefix(got, "Valid: 3 accounts") {
		t.Errorf("validate: %q", got)
	}
	got := docker(t, append(mounted, "plan", "-f", "registries.yaml", "--sandbox")...)
	if !strings.Contains(got, "Plan: 2 to add, 1 to modify, 0 blocked.") {
		t.Errorf("plan: %s", got)
	}
	for _, program := range []string{"sh", "/bin/sh", "git", "/usr/bin/git"} {
		if out, err := exec.Command("docker", "run", "--rm", "--entrypoint", program, id).CombinedOutput(); err == nil {
			t.Errorf("%s runs in the image: %s", program, out)
		}
	}
}
