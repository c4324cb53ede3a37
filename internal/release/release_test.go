package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// atRoot works in the repository's folder, as the workflow does.
func atRoot(t *testing.T) { t.Chdir(filepath.Join("..", "..")) }

const digest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

func TestPinningChangesTheImageAndNothingElse(t *testing.T) {
	atRoot(t)
	var out bytes.Buffer
	if err := run(t.Context(), []string{"pin", "ghcr.io/some-owner/regent@" + digest}, &out); err != nil {
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
	for _, args := range [][]string{nil, {"notes"}, {"publish", "1.2.3"}, {"pin", "a", "b"}, {"archives", "1.2.3"}} {
		if err := run(t.Context(), args, io.Discard); err == nil || !strings.Contains(err.Error(), "want check VERSION") {
			t.Errorf("%q: %v", args, err)
		}
	}
}

// TestArchivesHoldTheProgramAndAreReproducible builds for the machine's own platform, twice.
func TestArchivesHoldTheProgramAndAreReproducible(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the program")
	}
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("needs the go command: ", err)
	}
	atRoot(t)
	t.Setenv("GOFLAGS", "-buildvcs=false") // the test may run where git does not answer
	t.Setenv("SOURCE_DATE_EPOCH", "1767225600")
	here := platform{runtime.GOOS, runtime.GOARCH}
	first, second := filepath.Join(t.TempDir(), "out"), filepath.Join(t.TempDir(), "out")
	for _, folder := range []string{first, second} {
		if err := archives(t.Context(), "1.2.3-test", folder, []platform{here}); err != nil {
			t.Fatal(err)
		}
	}
	sums := read(t, first, checksumsName)
	if again := read(t, second, checksumsName); !bytes.Equal(sums, again) {
		t.Errorf("the second build gave other bytes:\n%s\n%s", sums, again)
	}
	checkSums(t, first, sums)

	top := "regent_1.2.3-test_" + here.os + "_" + here.arch
	name, program, open := top+".tar.gz", "regent", tarEntries
	if here.os == "windows" {
		name, program, open = top+".zip", "regent.exe", zipEntries
	}
	files := open(t, read(t, first, name))
	if len(files) != 4 {
		t.Errorf("%d files in %s, want 4", len(files), name)
	}
	for _, document := range documents {
		want, err := os.ReadFile(document)
		if err != nil || !bytes.Equal(files[top+"/"+document].data, want) {
			t.Errorf("%s in the archive is not the repository's (%v)", document, err)
		}
	}
	packed := files[top+"/"+program]
	if packed.mode != 0o755 {
		t.Errorf("the program has mode %o", packed.mode)
	}
	path := filepath.Join(t.TempDir(), program)
	if err := os.WriteFile(path, packed.data, 0o755); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(path, "version").CombinedOutput(); err != nil || !strings.HasPrefix(string(out), "regent 1.2.3-test ") {
		t.Errorf("regent version: %q, %v", out, err)
	}
	checkBOM(t, read(t, first, sbomName), path)

	if err := archives(t.Context(), "1.2.3-test", first, nil); err == nil {
		t.Error("a folder with files of another run was taken")
	}
}

func read(t *testing.T, folder, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(folder, name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func checkSums(t *testing.T, folder string, sums []byte) {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(string(sums)), "\n")
	if len(lines) != 2 {
		t.Fatalf("%d checksums, want those of the archive and of the sbom", len(lines))
	}
	for _, line := range lines {
		sum, name, _ := strings.Cut(line, "  ")
		if want := fmt.Sprintf("%x", sha256.Sum256(read(t, folder, name))); sum != want {
			t.Errorf("%s: %s, want %s", name, sum, want)
		}
	}
}

// checkBOM holds the list against what the linker says of the program.
func checkBOM(t *testing.T, text []byte, program string) {
	t.Helper()
	var b bom
	if err := json.Unmarshal(text, &b); err != nil {
		t.Fatal(err)
	}
	if b.Format != "CycloneDX" || b.SpecVersion != "1.6" || b.Metadata.Timestamp != "2026-01-01T00:00:00Z" ||
		b.Metadata.Component.Version != "1.2.3-test" || !strings.HasPrefix(b.SerialNumber, "urn:uuid:") || len(b.SerialNumber) != 45 {
		t.Errorf("head of the sbom: %+v", b)
	}
	info, err := buildinfo.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]string{}
	for _, c := range b.Components {
		listed[c.Name] = c.Version
	}
	if len(info.Deps) == 0 || len(listed) != len(info.Deps)+1 || listed["std"] != strings.TrimPrefix(info.GoVersion, "go") {
		t.Errorf("%d components for %d modules, std %q", len(listed), len(info.Deps), listed["std"])
	}
	for _, m := range info.Deps {
		if listed[m.Path] != m.Version {
			t.Errorf("%s %s is in the program, %q in the sbom", m.Path, m.Version, listed[m.Path])
		}
	}
	if n := len(b.Dependencies[0].DependsOn); n != len(b.Components) {
		t.Errorf("the program depends on %d of %d components", n, len(b.Components))
	}
}

func TestBothKindsOfArchivesKeepNamesModesAndTimes(t *testing.T) {
	in := []entry{{"top/program", 0o755, []byte("program")}, {"top/text", 0o644, bytes.Repeat([]byte("text "), 9000)}}
	when := time.Date(2026, 1, 2, 3, 4, 6, 0, time.UTC)
	var tarred, zipped bytes.Buffer
	if err := errors.Join(writeTar(&tarred, in, when), writeZip(&zipped, in, when)); err != nil {
		t.Fatal(err)
	}
	for kind, got := range map[string]map[string]packedFile{
		"tar": tarEntries(t, tarred.Bytes()), "zip": zipEntries(t, zipped.Bytes()),
	} {
		for _, e := range in {
			g := got[e.name]
			if !bytes.Equal(g.data, e.data) || g.mode != e.mode || !g.when.Equal(when) {
				t.Errorf("%s: %s came back with mode %o, time %v, %d bytes", kind, e.name, g.mode, g.when, len(g.data))
			}
		}
		if len(got) != len(in) {
			t.Errorf("%s: %d files, want %d", kind, len(got), len(in))
		}
	}
}

type packedFile struct {
	data []byte
	mode int64
	when time.Time
}

func tarEntries(t *testing.T, data []byte) map[string]packedFile {
	t.Helper()
	zr, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]packedFile{}
	for r := tar.NewReader(zr); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		if h.Uid != 0 || h.Gid != 0 || h.Uname != "" || h.Gname != "" {
			t.Errorf("%s belongs to %d:%d %q:%q, want nobody of the machine", h.Name, h.Uid, h.Gid, h.Uname, h.Gname)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		out[h.Name] = packedFile{data: text, mode: h.Mode, when: h.ModTime}
	}
}

func zipEntries(t *testing.T, data []byte) map[string]packedFile {
	t.Helper()
	zr, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]packedFile{}
	for _, f := range zr.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		out[f.Name] = packedFile{data: text, mode: int64(f.Mode().Perm()), when: f.Modified}
	}
	return out
}
