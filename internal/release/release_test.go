package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// atRoot works in the repository's folder, as the workflow does.
func atRoot(t *testing.T) { t.Chdir(filepath.Join("..", "..")) }

const digest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

func TestPinningChangesTheImageAndNothingElse(t *testing.T) {
	atRoot(t)
	var out bytes.Buffer
	if err := run([]string{"pin", "ghcr.io/some-owner/regent@" + digest}, &out); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile("action.yml")
	if err != nil {
		t.Fatal(err)
	}
	old, now := strings.Split(string(before), "\n"), strings.Split(out.String(), "\n")
	if len(old) != len(now) {
		t.Fatalf("%d lines became %d", len(old), len(now))
	}
	var changed []string
	for i := range old {
		if old[i] != now[i] {
			changed = append(changed, old[i]+" -> "+now[i])
		}
	}
	want := "  image: Dockerfile ->   image: docker://ghcr.io/some-owner/regent@" + digest
	if len(changed) != 1 || changed[0] != want {
		t.Errorf("changed %q, want %q", changed, want)
	}
}

func TestPinningRefusesWhatIsNoDigest(t *testing.T) {
	const action = "runs:\n  using: docker\n  image: Dockerfile\n"
	for _, image := range []string{
		"", "ghcr.io/o/regent", "ghcr.io/o/regent:1.2.3", "ghcr.io/o/regent@sha256:12", "ghcr.io/Owner/regent@" + digest,
		"docker.io/o/regent@" + digest, "ghcr.io/o/regent@" + digest + "\n  args: [--help]", "ghcr.io/o/../regent@" + digest,
		"ghcr.io/o/regent:1.2.3@" + digest,
	} {
		if out, err := pin(action, image); err == nil {
			t.Errorf("pin took %q and made %q", image, out)
		}
	}
	for _, action := range []string{"", "  image: docker://ghcr.io/o/regent@" + digest + "\n", action + action} {
		if out, err := pin(action, "ghcr.io/o/regent@"+digest); err == nil {
			t.Errorf("pin took %q and made %q", action, out)
		}
	}
}

func TestNotesAreThePartOfTheVersion(t *testing.T) {
	const changelog = "# Changelog\n\n## [Unreleased]\n\n- later\n\n## [0.2.0] - 2026-02-03\n\n### Added\n\n- this\n\n## [0.1.0] - unreleased\n\n- that\n\n## [0.0.9] - 2026-01-01\n"
	got, err := notes(strings.ReplaceAll(changelog, "\n", "\r\n"), "0.2.0")
	if want := "### Added\n\n- this\n"; err != nil || got != want {
		t.Errorf("notes = %q, %v; want %q", got, err, want)
	}
	for _, version := range []string{"0.1.0", "0.0.9", "0.3.0", "0.2", "v0.2.0", "0.2.0+1", "00.2.0", "0.2.0-", "0.2.0\n", "$(id)", ""} {
		if got, err := notes(changelog, version); err == nil {
			t.Errorf("notes of %q = %q, want an error", version, got)
		}
	}
	for _, version := range []string{"0.1.0", "1.2.3-rc.1", "10.0.0-x-y.7"} {
		if err := checkVersion(version); err != nil {
			t.Error(err)
		}
	}
}

func TestUnknownCommandsSayWhatThereIs(t *testing.T) {
	for _, args := range [][]string{nil, {"notes"}, {"publish", "1.2.3"}, {"pin", "a", "b"}} {
		if err := run(args, io.Discard); err == nil || !strings.Contains(err.Error(), "want check VERSION") {
			t.Errorf("%q: %v", args, err)
		}
	}
}

// archived builds everything as the workflow does, but publishes nothing.
var archived = flag.Bool("archives", false, "build the archives twice with goreleaser, which takes minutes; goreleaser and cyclonedx-gomod have to be installed")

// TestArchivesHoldTheProgramAndAreReproducible runs goreleaser twice. Run it by hand after a change of .goreleaser.yaml:
//
//	go test -v -timeout 30m ./internal/release -archives
func TestArchivesHoldTheProgramAndAreReproducible(t *testing.T) {
	if !*archived {
		t.Skip("builds for six platforms, twice, which takes minutes: give -archives")
	}
	atRoot(t)
	goreleaser := func(args ...string) {
		t.Helper()
		if out, err := exec.CommandContext(t.Context(), "goreleaser", args...).CombinedOutput(); err != nil {
			t.Fatalf("goreleaser %q: %v\n%s", args, err, out)
		}
	}
	goreleaser("check")
	var sums [2][]byte
	for i := range sums {
		goreleaser("release", "--snapshot", "--clean")
		sums[i] = read(t, "checksums.txt")
	}
	if !bytes.Equal(sums[0], sums[1]) {
		t.Errorf("the second build gave other bytes:\n%s\n%s", sums[0], sums[1])
	}
	lines := strings.Split(strings.TrimSpace(string(sums[0])), "\n")
	if len(lines) != 7 {
		t.Errorf("%d checksums, want those of six archives and of the list of modules:\n%s", len(lines), sums[0])
	}
	for _, line := range lines {
		sum, name, _ := strings.Cut(line, "  ")
		data := read(t, name)
		if want := fmt.Sprintf("%x", sha256.Sum256(data)); sum != want {
			t.Errorf("%s: %s, want %s", name, sum, want)
		}
		if top, ok := strings.CutSuffix(name, "_"+runtime.GOOS+"_"+runtime.GOARCH+".tar.gz"); ok {
			checkArchive(t, data, strings.TrimSuffix(name, ".tar.gz"), strings.TrimPrefix(top, "regent_"))
		}
	}
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("dist", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// checkArchive looks at what is in the archive of this platform, and holds the program against the list of modules.
func checkArchive(t *testing.T, archive []byte, top, version string) {
	t.Helper()
	zr, err := gzip.NewReader(bytes.NewReader(archive))
	if err != nil {
		t.Fatal(err)
	}
	modes := map[string]int64{}
	program := filepath.Join(t.TempDir(), "regent")
	for r := tar.NewReader(zr); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		modes[h.Name] = h.Mode
		if h.Name == top+"/regent" {
			text, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(program, text, 0o755); err != nil {
				t.Fatal(err)
			}
		}
	}
	want := map[string]int64{top + "/regent": 0o755, top + "/LICENSE": 0o644, top + "/README.md": 0o644, top + "/CHANGELOG.md": 0o644}
	if !maps.Equal(modes, want) {
		t.Errorf("the archive holds %v, want %v", modes, want)
	}
	if out, err := exec.CommandContext(t.Context(), program, "version").CombinedOutput(); err != nil || !strings.HasPrefix(string(out), "regent "+version+" ") {
		t.Errorf("regent version: %q, %v", out, err)
	}
	var bom struct {
		Format     string `json:"bomFormat"`
		Components []struct{ Name, Version string }
	}
	if err := json.Unmarshal(read(t, "sbom.cdx.json"), &bom); err != nil || bom.Format != "CycloneDX" {
		t.Fatalf("%q, %v", bom.Format, err)
	}
	listed := map[string]string{}
	for _, c := range bom.Components {
		listed[c.Name] = c.Version
	}
	info, err := buildinfo.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range info.Deps {
		if listed[m.Path] != m.Version {
			t.Errorf("%s %s is in the program, %q in the list of modules", m.Path, m.Version, listed[m.Path])
		}
	}
}
