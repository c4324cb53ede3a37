package github

import (
	"bytes"
	"context"
	"crypto/sha1" //nolint:gosec // git names what it keeps with it; what is checked is that GitHub sent the whole of it
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	gh "github.com/google/go-github/v88/github"

	"regent/internal/config"
)

// maxFile is the largest file that is read of a commit, in bytes: no configuration is larger.
const maxFile = 10 << 20

// File is a file of a commit.
type File struct {
	Path string
	Data []byte
}

// Files reads the files of a commit that are, or lie in the folder of, or match the pattern of one of paths; see [Covers].
// Sorted by path. None is an answer that was verified: the commit was listed whole, and has no such file. Whatever keeps
// that from being sure is an error: a list that was cut, a link or another repository on the way, a file that did not come
// whole. Errors are [*Error] and [*DeniedError].
func (c *Client) Files(ctx context.Context, s Site, sha string, paths []string) ([]File, error) {
	k := call{operation: "read the files of commit " + c.clean(sha), permission: "contents: read", exists: true}
	err := s.check()
	if err == nil && !commitForm.MatchString(sha) {
		err = errors.New("that is not a commit")
	}
	if err != nil {
		return nil, &Error{Operation: k.operation, Message: err.Error()}
	}
	var tree *gh.Tree
	err = c.repeat(ctx, k, func() (*gh.Response, error) {
		var resp *gh.Response
		var err error
		tree, resp, err = c.api.Git.GetTree(ctx, s.Owner, s.Repo, sha, true)
		if err == nil && (tree == nil || tree.Entries == nil || tree.Truncated == nil) {
			err = errNoIdentity
		}
		return resp, err
	})
	if err != nil {
		return nil, err
	}
	wanted, err := chosen(tree, paths)
	if err != nil {
		return nil, &Error{Operation: k.operation, Message: c.clean(err.Error())}
	}
	var out []File
	for _, e := range wanted {
		data, err := c.blob(ctx, s, k, e)
		if err != nil {
			return nil, err
		}
		out = append(out, File{e.GetPath(), data})
	}
	return out, nil
}

// chosen gives the entries of a tree that paths cover, or why it cannot be told which those are.
func chosen(tree *gh.Tree, paths []string) ([]*gh.TreeEntry, error) {
	if tree.GetTruncated() {
		return nil, errors.New("GitHub's list of the commit's files is cut, since the repository is too large")
	}
	var out []*gh.TreeEntry
	for _, e := range tree.Entries {
		whole := e.GetType() == "blob" && (e.GetMode() == "100644" || e.GetMode() == "100755")
		switch {
		case e.GetType() == "tree":
		case !whole && slices.ContainsFunc(paths, func(p string) bool { return Covers(p, e.GetPath()) || under(e.GetPath(), p) }):
			return nil, fmt.Errorf("%s is not a file but a link or another repository (mode %s)", e.GetPath(), e.GetMode())
		case whole && slices.ContainsFunc(paths, func(p string) bool { return Covers(p, e.GetPath()) }):
			if e.GetSize() > maxFile {
				return nil, fmt.Errorf("%s is larger than %d MiB", e.GetPath(), maxFile>>20)
			}
			out = append(out, e)
		}
	}
	slices.SortFunc(out, func(a, b *gh.TreeEntry) int { return strings.Compare(a.GetPath(), b.GetPath()) })
	return out, nil
}

// blob reads a file by the name of its content, and checks that it is that content.
func (c *Client) blob(ctx context.Context, s Site, k call, e *gh.TreeEntry) ([]byte, error) {
	var data []byte
	k.operation = "read " + c.clean(e.GetPath()) + " of the base commit"
	err := c.repeat(ctx, k, func() (*gh.Response, error) {
		found, resp, err := c.api.Git.GetBlob(ctx, s.Owner, s.Repo, e.GetSHA())
		if err != nil {
			return resp, err
		}
		data, err = contentOf(found, e)
		return resp, err
	})
	return data, err
}

func contentOf(b *gh.Blob, e *gh.TreeEntry) ([]byte, error) {
	if b.GetEncoding() != "base64" {
		return nil, fmt.Errorf("its encoding is not base64")
	}
	data, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(b.GetContent(), "\n", ""))
	switch {
	case err != nil:
		return nil, errors.New("it is not the base64 that it says it is")
	case len(data) != b.GetSize() || len(data) != e.GetSize():
		return nil, fmt.Errorf("it came with %d bytes of %d", len(data), e.GetSize())
	case !isNamed(e.GetSHA(), data):
		return nil, errors.New("its content is not the one that the commit names")
	}
	return data, nil
}

// isNamed checks the name that git gives to the content of a file.
func isNamed(name string, data []byte) bool {
	h := sha1.New() //nolint:gosec // see the import
	if len(name) == hex.EncodedLen(sha256.Size) {
		h = sha256.New()
	}
	_, _ = fmt.Fprintf(h, "blob %d\x00", len(data))
	_, _ = h.Write(data) // a hash returns no error
	sum, err := hex.DecodeString(name)
	return err == nil && bytes.Equal(sum, h.Sum(nil))
}

// Covers reports whether a file belongs to a path as the configuration's are given: it is the file, lies in the folder
// itself, or matches the pattern of a shell. It says yes rather than no.
func Covers(given, file string) bool {
	if given == "." {
		return path.Dir(file) == "." && config.IsYAML(file)
	}
	matched, err := path.Match(given, file)
	return given == file || err != nil || matched || path.Dir(file) == given && config.IsYAML(file)
}

// under reports whether a path leads through a link or another repository at name. Patterns may, in any of their parts.
func under(name, given string) bool {
	parts, names := strings.Split(given, "/"), strings.Split(name, "/")
	if len(names) > len(parts) {
		return false
	}
	matched, err := path.Match(strings.Join(parts[:len(names)], "/"), name)
	return err != nil || matched
}
