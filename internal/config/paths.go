package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"regent/internal/model"
)

// stdinName is how findings name standard input.
const stdinName = "<stdin>"

// expand turns what the user gave (files, folders, globs, "-") into file names, each file once, in the order given.
// Names stay as the user wrote them: relative stays relative.
//
// Root, unless empty, is the folder that every file has to lie in.
func expand(root string, paths []string, found *findings) []string {
	var out []string
	seen := map[string]bool{}
	for _, p := range paths {
		files, err := expandOne(p)
		if err != nil {
			found.add(model.Position{File: p}, err.Error())
			continue
		}
		for _, f := range files {
			id := identity(f)
			if !inside(root, f, id) {
				found.add(model.Position{File: f}, "lies outside of the folder that may be read; links may not lead out of it either")
			} else if !seen[id] {
				seen[id] = true
				out = append(out, f)
			}
		}
	}
	return out
}

// inside reports whether a file, with all links followed, lies in a folder; without a folder every file does.
func inside(root, file, real string) bool {
	if root == "" {
		return true
	}
	rel, err := filepath.Rel(identity(root), real)
	return err == nil && filepath.IsLocal(rel) && file != "-"
}

// identity gives one name for one file, however it was reached.
func identity(file string) string {
	if real, err := filepath.EvalSymlinks(file); err == nil {
		file = real
	}
	if abs, err := filepath.Abs(file); err == nil {
		file = abs
	}
	return file
}

func expandOne(path string) ([]string, error) {
	if path == "" {
		return nil, errors.New("an empty path was given; name a file, a folder or a pattern")
	}
	if path == "-" {
		return []string{path}, nil
	}
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return folder(path)
	case err == nil:
		return []string{path}, nil
	case !errors.Is(err, fs.ErrNotExist):
		return nil, plainError(err)
	case !strings.ContainsAny(path, "*?["):
		return nil, errors.New("no such file or folder")
	case strings.Contains(path, "**"):
		return nil, errors.New("** does not reach into folders here; name each folder")
	}
	return glob(path)
}

// folder lists the YAML files of a folder, not of the folders in it.
func folder(path string) ([]string, error) {
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, plainError(err)
	}
	var out []string
	for _, e := range entries {
		name := e.Name()
		if strings.HasPrefix(name, ".") || !isYAML(name) {
			continue
		}
		file := filepath.Join(path, name)
		if info, err := os.Stat(file); err == nil && info.IsDir() {
			continue
		}
		out = append(out, file)
	}
	if len(out) == 0 {
		return nil, errors.New("the folder holds no .yaml or .yml file")
	}
	slices.Sort(out)
	return out, nil
}

// glob lists the files that match a pattern. Folders are passed over, and so are hidden files unless the pattern
// names them, as in a shell.
func glob(pattern string) ([]string, error) {
	matches, err := filepath.Glob(pattern)
	if err != nil {
		return nil, errors.New("the pattern is not valid; see the rules of a shell's * ? and [ ]")
	}
	var out []string
	for _, m := range matches {
		if info, err := os.Stat(m); err == nil && info.IsDir() {
			continue
		}
		if hidden := strings.HasPrefix(filepath.Base(m), "."); hidden && !strings.HasPrefix(filepath.Base(pattern), ".") {
			continue
		}
		out = append(out, m)
	}
	if len(out) == 0 {
		return nil, errors.New("no file matches the pattern")
	}
	slices.Sort(out)
	return out, nil
}

func isYAML(name string) bool {
	ext := strings.ToLower(filepath.Ext(name))
	return ext == ".yaml" || ext == ".yml"
}

// plainError leaves the path out of an error, since the finding starts with it.
func plainError(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return fmt.Errorf("cannot read: %w", pe.Err)
	}
	return err
}
