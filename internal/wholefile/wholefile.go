// Package wholefile reads and replaces files whole. Paths come from the command line and may name anything.
package wholefile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Read gives the content of a regular file of at most so many bytes. A pipe or a device, which may never end, is refused
// before it is opened. Errors do not begin with the path; that of a file that is not there is an [fs.ErrNotExist].
func Read(path string, most int64) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, plain(err)
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("not a regular file")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, plain(err)
	}
	content, err := io.ReadAll(io.LimitReader(f, most+1))
	if err = errors.Join(plain(err), f.Close()); err != nil {
		return nil, err
	}
	if int64(len(content)) > most {
		return nil, fmt.Errorf("larger than %d MiB", most>>20)
	}
	return content, nil
}

// Text gives the content of a file of text without the byte-order mark that some editors and shells put before it. What is
// UTF-16, as older shells of Windows redirect to, is an error.
func Text(content []byte) ([]byte, error) {
	if bytes.HasPrefix(content, []byte{0xFF, 0xFE}) || bytes.HasPrefix(content, []byte{0xFE, 0xFF}) {
		return nil, errors.New("the file is UTF-16; save it as UTF-8")
	}
	return bytes.TrimPrefix(content, []byte("\ufeff")), nil
}

// Replace writes a file that only its owner can read (mode 0600): a reader sees the old or the new content, never a part.
// A link stays, and what it leads to is replaced. A character device or a pipe that somebody reads cannot be replaced, and
// is written to. Errors name the folder when it is at fault, and not the file.
func Replace(path string, write func(io.Writer) error) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return plain(err)
	case info.IsDir():
		return errors.New("it is a folder; name a file in it")
	case info.Mode()&(fs.ModeCharDevice|fs.ModeNamedPipe) != 0:
		return pour(path, write)
	case !info.Mode().IsRegular():
		return errors.New("not a regular file")
	}
	return replace(follow(path), write)
}

// pour writes to what is no file. It does not wait for somebody who opens the other end of a pipe.
func pour(path string, write func(io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY|syscall.O_NONBLOCK, 0)
	if errors.Is(err, syscall.ENXIO) {
		return errors.New("nobody reads this pipe")
	}
	if err != nil {
		return plain(err)
	}
	return errors.Join(plain(write(f)), f.Close())
}

// follow gives the path that links lead to, whether there is a file yet or not. That they end has been seen.
func follow(path string) string {
	for {
		to, err := os.Readlink(path)
		if err != nil {
			return path
		}
		if !filepath.IsAbs(to) {
			dir, _ := filepath.Split(path)
			to = dir + to // unclean: a folder on the way may be a link itself
		}
		path = to
	}
}

func replace(path string, write func(io.Writer) error) error {
	dir, name := filepath.Split(path)
	if dir == "" {
		dir = "."
	}
	f, err := os.CreateTemp(dir, "."+name+".*")
	if err != nil {
		return fmt.Errorf("folder %s: %w", dir, plain(err))
	}
	err = plain(write(f))
	if err == nil {
		err = plain(f.Sync())
	}
	err = errors.Join(err, f.Close())
	if err == nil {
		err = plain(os.Rename(f.Name(), path))
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

// plain leaves paths out of an error: the caller knows the path, and nobody knows that of a temporary file.
func plain(err error) error {
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		return pe.Err
	}
	if le, ok := errors.AsType[*os.LinkError](err); ok {
		return le.Err
	}
	return err
}
