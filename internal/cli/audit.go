package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"regent/internal/apply"
	"regent/internal/model"
	"regent/internal/plan"
)

// auditLine is one line of the audit file.
type auditLine struct {
	Time      string        `json:"time"`
	Account   string        `json:"account"`
	Item      string        `json:"item"`
	Kind      model.Kind    `json:"kind"`
	Key       plan.Key      `json:"key"`
	Action    plan.Action   `json:"action"`
	ID        string        `json:"id,omitempty"`
	Operation string        `json:"operation,omitempty"`
	RequestID string        `json:"requestId,omitempty"`
	Outcome   string        `json:"outcome"`
	Detail    string        `json:"detail,omitempty"`
	Position  plan.Position `json:"position"`
	Digest    string        `json:"digest"`
}

// audit appends lines to a file, masked like everything that is printed. Without a file it does nothing.
type audit struct {
	app    *app
	file   *os.File
	digest string
	// cut says that the file's last line has no end. It gets one before the first line of this run.
	cut bool
}

func (a *app) openAudit(path, digest string) (*audit, error) {
	if path == "" {
		return &audit{}, nil
	}
	cut, err := cutOff(path)
	var f *os.File
	if err == nil {
		f, err = os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	}
	if err != nil {
		return nil, fmt.Errorf("nothing was written: the audit file cannot be opened: %w", err)
	}
	return &audit{app: a, file: f, digest: digest, cut: cut}, nil
}

// cutOff reports whether a file ends in the middle of a line, as one of a run that was killed may. What is no regular file
// is refused: to open a pipe may take for ever, and only a disk keeps what [audit.write] promises.
func cutOff(path string) (bool, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if !info.Mode().IsRegular() {
		return false, fmt.Errorf("%s is no regular file; each line has to be on a disk before the next step is taken", path)
	}
	if info.Size() == 0 {
		return false, nil
	}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrPermission) {
		return false, nil // it may be appended to only, and is taken for whole
	}
	if err != nil {
		return false, err
	}
	last := make([]byte, 1)
	_, err = f.ReadAt(last, info.Size()-1)
	return last[0] != '\n', errors.Join(err, f.Close())
}

// write appends one line and brings it to the disk before it returns: what happens next must not be lost either.
func (a *audit) write(e apply.Event) error {
	if a.file == nil {
		return nil
	}
	c := e.Change
	line, err := json.Marshal(auditLine{
		Time: time.Now().UTC().Format(time.RFC3339Nano), Account: c.Account, Item: c.Name, Kind: c.Kind, Key: c.Key,
		Action: c.Action, ID: e.ID, Operation: e.Operation, RequestID: e.RequestID, Outcome: e.Outcome, Detail: e.Detail,
		Position: c.Position, Digest: a.digest,
	})
	if err == nil {
		err = a.append(append(a.app.maskJSON(line), '\n'))
	}
	if err != nil {
		return fmt.Errorf("not attempted: the audit file cannot be written: %w", err)
	}
	return nil
}

// append writes a line whole or not at all.
func (a *audit) append(line []byte) error {
	if a.cut {
		line = append([]byte{'\n'}, line...)
	}
	n, err := a.file.Write(line)
	if err == nil {
		a.cut = false
		return a.file.Sync()
	}
	if n > 0 {
		err = errors.Join(err, a.takeBack(int64(n)))
	}
	return err
}

// takeBack removes the n bytes that were written last, unless another run has appended to them.
func (a *audit) takeBack(n int64) error {
	end, err := a.file.Seek(0, io.SeekCurrent)
	if err != nil {
		return err
	}
	if info, err := a.file.Stat(); err != nil || info.Size() != end {
		return err
	}
	return a.file.Truncate(end - n)
}

func (a *audit) close() error {
	if a.file == nil {
		return nil
	}
	return a.file.Close()
}
