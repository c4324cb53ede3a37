package emulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sync"

	"regent/internal/wholefile"
)

// maxStateFile is the largest state file read, in bytes.
const maxStateFile = 64 << 20

// StateFileError says why a state file cannot be used. Path is its name.
type StateFileError struct {
	Path string
	Err  error
}

func (e *StateFileError) Error() string {
	return "emulator: state file " + e.Path + ": " + e.Err.Error()
}

// Unwrap gives the reason.
func (e *StateFileError) Unwrap() error { return e.Err }

// ReadState reads a state in JSON. Unknown keys, a second document after the
// first and versions other than 1 are errors.
func ReadState(r io.Reader) (State, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return State{}, fmt.Errorf("emulator: state: %w", err)
	}
	state, err := decodeState(data)
	if err != nil {
		return State{}, fmt.Errorf("emulator: state: %w", err)
	}
	return state, nil
}

func decodeState(data []byte) (State, error) {
	var state State
	if err := decodeStrict(data, &state); err != nil {
		return State{}, err
	}
	if state.Version != stateVersion {
		return State{}, fmt.Errorf("its version is %d, not %d", state.Version, stateVersion)
	}
	return state, nil
}

// loadStateFile reads the state file; found is false when there is none yet.
// Its errors are *StateFileError.
func loadStateFile(path string) (state State, found bool, err error) {
	data, err := wholefile.Read(path, maxStateFile)
	if errors.Is(err, fs.ErrNotExist) {
		return State{}, false, nil
	}
	if err != nil {
		return State{}, false, &StateFileError{path, err}
	}
	if state, err = decodeState(data); err != nil {
		return State{}, false, notOurs(path, err)
	}
	return state, true, nil
}

// notOurs says that a state file holds something else.
func notOurs(path string, err error) error {
	return &StateFileError{path, fmt.Errorf("not a file that the sandbox or the emulator wrote: %w", err)}
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
func writeStateFile(path string, state State) error {
	data, err := json.MarshalIndent(state, "", "  ")
	if err == nil {
		err = wholefile.Replace(path, func(w io.Writer) error {
			_, err := w.Write(append(data, '\n'))
			return err
		})
	}
	if err != nil {
		return fmt.Errorf("emulator: state: %w", err)
	}
	return nil
}
