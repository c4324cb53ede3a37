package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// platform is what one archive is for.
type platform struct{ os, arch string }

var platforms = []platform{
	{"linux", "amd64"}, {"linux", "arm64"},
	{"darwin", "amd64"}, {"darwin", "arm64"},
	{"windows", "amd64"}, {"windows", "arm64"},
}

// Fixed names, so that the workflow and users' scripts need not put them together.
const (
	checksumsName = "checksums.txt"
	sbomName      = "sbom.cdx.json"
)

// documents go into every archive beside the program.
var documents = []string{"LICENSE", "README.md", "CHANGELOG.md"}

// archives builds the program for each platform, packs it, and writes archives, sbom and checksums into folder, which it
// makes. Times in them are that of the commit, so that the same commit gives the same bytes.
func archives(ctx context.Context, version, folder string, platforms []platform) (err error) {
	if err := checkVersion(version); err != nil {
		return err
	}
	when, err := commitTime(ctx)
	if err != nil {
		return err
	}
	// It must not be there yet, so that nothing of another run gets into a release.
	if err := os.Mkdir(folder, 0o750); err != nil {
		return err
	}
	scratch, err := os.MkdirTemp("", "regent-release-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(scratch)) }()

	var names, programs []string
	for _, p := range platforms {
		program := filepath.Join(scratch, p.os+"-"+p.arch, "regent")
		if p.os == "windows" {
			program += ".exe"
		}
		if err := build(ctx, p, version, program); err != nil {
			return err
		}
		name, err := pack(p, version, program, folder, when)
		if err != nil {
			return err
		}
		names, programs = append(names, name), append(programs, program)
	}
	bom, err := sbom(version, when, programs)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(folder, sbomName), bom, 0o600); err != nil {
		return err
	}
	return writeChecksums(folder, append(names, sbomName))
}

// commitTime is SOURCE_DATE_EPOCH where the caller sets it (https://reproducible-builds.org/docs/source-date-epoch/),
// else the time of the commit.
func commitTime(ctx context.Context) (time.Time, error) {
	text := os.Getenv("SOURCE_DATE_EPOCH") //nolint:forbidigo // no secret is looked up, and no sandbox runs this
	if text == "" {
		out, err := exec.CommandContext(ctx, "git", "log", "-1", "--format=%ct").Output()
		if err != nil {
			return time.Time{}, fmt.Errorf("the time of the commit: %w", err)
		}
		text = string(out)
	}
	seconds, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
	if err != nil {
		return time.Time{}, fmt.Errorf("the time of the commit: %w", err)
	}
	return time.Unix(seconds, 0).UTC(), nil
}

func build(ctx context.Context, p platform, version, program string) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", //nolint:gosec // the version was checked, the rest is ours
		"-ldflags", "-s -w -X regent/internal/version.number="+version, "-o", program, "./cmd/regent")
	cmd.Env = append(cmd.Environ(), "CGO_ENABLED=0", "GOOS="+p.os, "GOARCH="+p.arch)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go build for %s/%s: %w\n%s", p.os, p.arch, err, bytes.TrimSpace(out))
	}
	return nil
}

// pack writes the archive of one platform: a folder of its own name with the program and the documents.
func pack(p platform, version, program, folder string, when time.Time) (string, error) {
	top := "regent_" + version + "_" + p.os + "_" + p.arch
	entries, err := readEntries(top, program)
	if err != nil {
		return "", err
	}
	write, name := writeTar, top+".tar.gz"
	if p.os == "windows" {
		write, name = writeZip, top+".zip"
	}
	var b bytes.Buffer
	if err := write(&b, entries, when); err != nil {
		return "", fmt.Errorf("%s: %w", name, err)
	}
	return name, os.WriteFile(filepath.Join(folder, name), b.Bytes(), 0o600)
}

// writeChecksums lists the files as sha256sum does, so that sha256sum --check reads it.
func writeChecksums(folder string, names []string) error {
	var b strings.Builder
	for _, name := range slices.Sorted(slices.Values(names)) {
		data, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			return err
		}
		fmt.Fprintf(&b, "%x  %s\n", sha256.Sum256(data), name)
	}
	return os.WriteFile(filepath.Join(folder, checksumsName), []byte(b.String()), 0o600)
}
