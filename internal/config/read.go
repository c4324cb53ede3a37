package config

import (
	"errors"
	"fmt"
	"io"
	"os"
)

// maxFileSize is how many bytes one file may have: 10 MiB.
const maxFileSize = 10 << 20

// read gives a file's bytes. It refuses what is no regular file, since a pipe or device may never end.
func read(path string) ([]byte, error) {
	if path == "-" {
		return readLimited(os.Stdin)
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, plainError(err)
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("not a regular file; use - to read standard input")
	}
	if info.Size() > maxFileSize {
		return nil, tooLarge(info.Size())
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, plainError(err)
	}
	defer func() { _ = f.Close() }()
	return readLimited(f)
}

// readLimited reads to the end, or one byte past the limit.
func readLimited(r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxFileSize+1))
	if err != nil {
		return nil, plainError(err)
	}
	if len(data) > maxFileSize {
		return nil, tooLarge(int64(len(data)))
	}
	return data, nil
}

// tooLarge names size and limit; a size just past the limit means that reading stopped there.
func tooLarge(size int64) error {
	has := fmt.Sprintf("%d bytes", size)
	if size == maxFileSize+1 {
		has = "more"
	}
	return fmt.Errorf("the file is too large: it has %s, and the limit is %d bytes (10 MiB); split it into several files",
		has, maxFileSize)
}
