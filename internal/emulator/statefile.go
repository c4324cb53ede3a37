package emulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// ReadState reads a state in JSON. Unknown keys, a second document after the
// first and versions other than 1 are errors.
func ReadState(r io.Reader) (State, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return State{}, fmt.Errorf("emulator: state: %w", err)
	}
	var state State
	if err := decodeStrict(data, &state); err != nil {
		return State{}, fmt.Errorf("emulator: state: %w", err)
	}
	if state.Version != stateVersion {
		return State{}, fmt.Errorf("emulator: state version is %d, not %d", state.Version, stateVersion)
	}
	return state, nil
}

// loadStateFile reads the state file; found is false when there is none yet.
func loadStateFile(path string) (state State, found bool, err error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return State{}, false, nil
	}
	if err != nil {
		return State{}, false, fmt.Errorf("emulator: %w", err)
	}
	state, err = ReadState(bytes.NewReader(data))
	if err != nil {
		return State{}, false, fmt.Errorf("%w (in %s)", err, path)
	}
	return state, true, nil
}

// saver writes the state file. Writers that arrive while a save is under way
// share the next one, so many parallel writes cost few files.
type saver struct {
	path  string
	mu    sync.Mutex
	saved uint64 // revision on disk
}

func newSaver(path string) *saver { return &saver{path: path} }

// save returns once revision, or a later one, is on disk.
func (sv *saver) save(s *Server, revision uint64) error {
	if sv.path == "" {
		return nil
	}
	sv.mu.Lock()
	defer sv.mu.Unlock()
	if sv.saved >= revision {
		return nil
	}
	s.mu.Lock()
	state, current := s.store.state.clone(), s.store.revision
	s.mu.Unlock()
	if err := writeStateFile(sv.path, state); err != nil {
		return err
	}
	sv.saved = current
	return nil
}

// writeStateFile replaces the file in one step; a reader sees the old or the
// new content, never a part. The file holds secrets, hence mode 0600.
func writeStateFile(path string, state State) (err error) {
	data, err := json.MarshalIndent(state, "", "  ")
	if err != nil {
		return fmt.Errorf("emulator: state: %w", err)
	}
	// CreateTemp makes files with mode 0600.
	file, err := os.CreateTemp(filepath.Dir(path), ".regent-state-*")
	if err != nil {
		return fmt.Errorf("emulator: state: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("emulator: state: %w", err), ignoreMissing(os.Remove(file.Name())))
		}
	}()
	_, err = file.Write(append(data, '\n'))
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}

func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
