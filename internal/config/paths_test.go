package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// tree writes files below a new working directory.
func tree(t *testing.T, files map[string]string) {
	t.Helper()
	t.Chdir(t.TempDir())
	for name, text := range files {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// account is a file with one account.
func account(name, project string) string {
	return "version: 1\naccounts: {" + name + ": {provider: huawei-hss, region: cn-north-4, projectId: " + project + "}}\n"
}

func TestLoadReadsFilesFoldersAndGlobs(t *testing.T) {
	tree(t, map[string]string{
		"conf/b.yaml":       account("b", "b"),
		"conf/a.yml":        account("a", "a"),
		"conf/.hidden.yaml": "broken: [",
		"conf/notes.md":     "broken: [",
		"conf/sub/c.yaml":   account("c", "c"),
		"conf/d.yaml/e":     "a folder that looks like a file",
		"other.yaml":        account("o", "o"),
		"loud/L.YAML":       account("l", "l"),
		"loud/M.YML":        account("m", "m"),
		"odd[1].yaml":       account("odd", "odd"),
	})
	if err := os.Symlink("b.yaml", "conf/z.yaml"); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name  string
		paths []string
		want  []string
	}{
		{"file", []string{"other.yaml"}, []string{"o other.yaml"}},
		{"folder", []string{"conf"}, []string{"a conf/a.yml", "b conf/b.yaml"}},
		{"folder with names in capitals", []string{"loud"}, []string{"l loud/L.YAML", "m loud/M.YML"}},
		{"folder with slash", []string{"conf/"}, []string{"a conf/a.yml", "b conf/b.yaml"}},
		{"glob", []string{"conf/*.yaml"}, []string{"b conf/b.yaml"}},
		{"glob over folders", []string{"conf/*/*.yaml"}, []string{"c conf/sub/c.yaml"}},
		{"file twice", []string{"other.yaml", "./other.yaml", "*er.yaml"}, []string{"o other.yaml"}},
		{"name with brackets", []string{"odd[1].yaml"}, []string{"odd odd[1].yaml"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cfg, err := Load(tt.paths)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, a := range cfg.Accounts {
				got = append(got, a.Name+" "+filepath.ToSlash(a.Position.File))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestLoadSaysWhatItCannotRead(t *testing.T) {
	tree(t, map[string]string{"empty/notes.md": "", "a.yaml": account("a", "a"), "big.yaml": strings.Repeat("#", maxFileSize+2)})
	for _, tt := range []struct {
		name  string
		paths []string
		want  string
	}{
		{"nothing", nil, "no configuration file was given"},
		{"empty path", []string{""}, "an empty path was given; name a file, a folder or a pattern"},
		{"no file", []string{"b.yaml", "a.yaml", "c"}, "b.yaml: no such file or folder\nc: no such file or folder"},
		{"no match", []string{"*.yml"}, "*.yml: no file matches the pattern"},
		{"bad pattern", []string{"[.yaml"}, "[.yaml: the pattern is not valid; see the rules of a shell's * ? and [ ]"},
		{"deep pattern", []string{"**/*.yaml"}, "**/*.yaml: ** does not reach into folders here; name each folder"},
		{"folder without YAML", []string{"empty"}, "empty: the folder holds no .yaml or .yml file"},
		{"device", []string{os.DevNull}, os.DevNull + ": not a regular file; use - to read standard input"},
		{"large", []string{"big.yaml"}, "big.yaml: the file is too large: it has 10485762 bytes, and the limit is 10485760 bytes " +
			"(10 MiB); split it into several files"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := Load(tt.paths); err == nil || err.Error() != tt.want {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}

func TestLoadMergesFiles(t *testing.T) {
	accounts, items, _ := strings.Cut(base, "registries:")
	tree(t, map[string]string{
		"accounts.yaml":   accounts,
		"registries.yaml": "version: 1\nregistries:" + items,
		"again.yaml":      account("hss", "other"),
	})
	if _, err := Load([]string{"registries.yaml", "accounts.yaml"}); err != nil {
		t.Error(err)
	}
	_, err := Load([]string{"accounts.yaml", "again.yaml"})
	want := "again.yaml:2:12: accounts.hss: this account is declared twice; the first is at accounts.yaml:6:3"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestStandardInputHasAName(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	stdin := os.Stdin
	t.Cleanup(func() { os.Stdin = stdin })
	os.Stdin = r
	if _, err := w.WriteString("verson: 1\n"); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Load([]string{"-"}); err == nil || err.Error() != "<stdin>:1:1: verson: unknown key; did you mean version?" {
		t.Error(err)
	}
}

func TestReadErrorsNameTheFileOnce(t *testing.T) {
	err := plainError(&fs.PathError{Op: "open", Path: "a.yaml", Err: fs.ErrPermission})
	if err.Error() != "cannot read: permission denied" || !errors.Is(err, fs.ErrPermission) {
		t.Error(err)
	}
}

func TestReadingStopsAtTheLimit(t *testing.T) {
	endless := strings.NewReader(strings.Repeat("x", 2*maxFileSize))
	_, err := readLimited(endless)
	want := "the file is too large: it has more, and the limit is 10485760 bytes (10 MiB); split it into several files"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if read := 2*maxFileSize - endless.Len(); read > maxFileSize+1 {
		t.Errorf("%d bytes were read", read)
	}
}

// TestLoadWithinKeepsInside a folder, whatever the names and links say.
func TestLoadWithinKeepsInside(t *testing.T) {
	tree(t, map[string]string{
		"root/in.yaml":      account("in", "in"),
		"root/sub/in2.yaml": account("in2", "in2"),
		"out.yaml":          account("out", "out"),
		"outside/a.yaml":    account("a", "a"),
	})
	for link, target := range map[string]string{
		"root/out-link.yaml": "../out.yaml", "root/folder-link": "../outside", "root/in-link.yaml": "sub/in2.yaml", "root-link": "root",
	} {
		if err := os.Symlink(target, link); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir("root")
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, root, path string
		inside           bool
	}{
		{"file", here, "in.yaml", true},
		{"absolute", here, filepath.Join(here, "in.yaml"), true},
		{"link that stays inside", here, "in-link.yaml", true},
		{"root that is a link", filepath.Join(here, "../root-link"), "in.yaml", true},
		{"folder", here, "sub", true},
		{"no root", "", "../out.yaml", true},
		{"parent", here, "../out.yaml", false},
		{"round about", here, "sub/../../out.yaml", false},
		{"absolute outside", here, filepath.Join(here, "../out.yaml"), false},
		{"link that leads out", here, "out-link.yaml", false},
		{"folder that leads out", here, "folder-link", false},
		{"glob that leads out", here, "folder-link/*.yaml", false},
		{"a folder beside with the same start", filepath.Join(here, "su"), "sub", false},
		{"standard input", here, "-", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := LoadWithin(tt.root, []string{tt.path})
			if tt.inside && err != nil {
				t.Errorf("refused: %v", err)
			}
			if !tt.inside && (err == nil || !strings.Contains(err.Error(), "outside of the folder")) {
				t.Errorf("answered %v", err)
			}
		})
	}
}
