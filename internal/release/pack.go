package main

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path"
	"path/filepath"
	"time"
)

// entry is a file of an archive.
type entry struct {
	name string
	mode int64
	data []byte
}

func readEntries(top, program string) ([]entry, error) {
	var out []entry
	for _, file := range append([]string{program}, documents...) {
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		e := entry{name: path.Join(top, filepath.Base(file)), mode: 0o644, data: data}
		if file == program {
			e.mode = 0o755
		}
		out = append(out, e)
	}
	return out, nil
}

// writeTar writes a compressed tar file that depends on nothing but its arguments: no owner, one time.
func writeTar(w io.Writer, entries []entry, when time.Time) error {
	zw, err := gzip.NewWriterLevel(w, gzip.BestCompression)
	if err != nil {
		return err
	}
	tw := tar.NewWriter(zw)
	for _, e := range entries {
		h := &tar.Header{Typeflag: tar.TypeReg, Name: e.name, Mode: e.mode, Size: int64(len(e.data)), ModTime: when}
		if err := tw.WriteHeader(h); err != nil {
			return err
		}
		if _, err := tw.Write(e.data); err != nil {
			return err
		}
	}
	return errors.Join(tw.Close(), zw.Close())
}

// writeZip does the same as a zip file.
func writeZip(w io.Writer, entries []entry, when time.Time) error {
	zw := zip.NewWriter(w)
	for _, e := range entries {
		h := &zip.FileHeader{Name: e.name, Method: zip.Deflate, Modified: when}
		h.SetMode(os.FileMode(e.mode)) //nolint:gosec // two constants above
		f, err := zw.CreateHeader(h)
		if err != nil {
			return err
		}
		if _, err := f.Write(e.data); err != nil {
			return err
		}
	}
	return zw.Close()
}
