package secret

import (
	"bytes"
	"io"
	"strings"
	"sync"
)

// Writer wraps w so that everything written through it is masked. Text is held back until its line ends, and longer
// while a secret of several lines may have begun, so that a secret is found even when it arrives in pieces; call Flush for
// the rest.
func (m *Masker) Writer(w io.Writer) *Writer { return &Writer{masker: m, out: w} }

// Writer is a line-buffered masking writer. However the text arrives, what comes out is [Masker.Mask] of the whole. It
// is safe for concurrent use.
type Writer struct {
	masker *Masker
	mu     sync.Mutex
	out    io.Writer
	buf    []byte
}

// Write implements [io.Writer].
func (w *Writer) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	end := bytes.LastIndexByte(p, '\n')
	if end < 0 {
		w.buf = append(w.buf, p...)
		return len(p), nil
	}
	end += len(w.buf) + 1
	w.buf = append(w.buf, p...)
	text, used := w.masker.maskLines(string(w.buf[:end]))
	w.buf = append(w.buf[:0], w.buf[used:]...)
	if _, err := io.WriteString(w.out, text); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Flush writes what is held back.
func (w *Writer) Flush() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	text := w.masker.Mask(string(w.buf))
	w.buf = w.buf[:0]
	_, err := io.WriteString(w.out, text)
	return err
}

// maskLines masks whole lines up to where the outcome depends on the lines to come, and tells how many bytes that is.
func (m *Masker) maskLines(s string) (masked string, used int) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	spans := m.written.spans(s, minNetLength)
	// Half a line is written only where a secret stands on both sides of a line's beginning.
	used = strings.LastIndexByte(s[:len(s)-m.begun(s)], '\n') + 1
	for i, p := range spans {
		if p.end > used {
			used = min(used, p.start)
			spans = spans[:i]
			break
		}
	}
	return cover(s[:used], spans), used
}

// begun gives the length of the longest end of s with which a form of several lines starts.
func (m *Masker) begun(s string) int {
	longest := 0
	for _, f := range m.multiline {
		for n := strings.LastIndexByte(f[:len(f)-1], '\n') + 1; n > longest; n = strings.LastIndexByte(f[:n-1], '\n') + 1 {
			if strings.HasSuffix(s, f[:n]) {
				longest = n
			}
		}
	}
	return longest
}
