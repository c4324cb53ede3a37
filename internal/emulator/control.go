package emulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
)

const controlPrefix = "/_emulator/"

// maxControlBody bounds a state sent by PUT; it is larger than any API body.
const maxControlBody = 256 << 20

func isControlPath(path string) bool { return strings.HasPrefix(path, controlPrefix) }

// serveControl answers the control API. It is unsigned and returns secrets, so
// it is for this machine only: the peer and the Host header must be loopback,
// and a request a browser page made (it carries Origin) is refused. The last
// two defeat a web page that points its own name at 127.0.0.1.
func (s *Server) serveControl(w http.ResponseWriter, r *http.Request) {
	if !isLocalRequest(r) {
		controlError(w, http.StatusForbidden, errors.New("the control API is for loopback only"))
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxControlBody))
	if err != nil {
		controlError(w, http.StatusRequestEntityTooLarge, err)
		return
	}
	answer, err := s.control(r.Method, strings.TrimPrefix(r.URL.Path, controlPrefix), body)
	switch {
	case errors.Is(err, errNoSuchControl):
		controlError(w, http.StatusNotFound, err)
	case err != nil:
		controlError(w, http.StatusBadRequest, err)
	case answer == nil:
		w.WriteHeader(http.StatusNoContent)
	default:
		controlJSON(w, http.StatusOK, answer)
	}
}

var errNoSuchControl = errors.New("no such control; see docs/emulator.md")

// control runs one control command. A nil answer with a nil error is a 204.
func (s *Server) control(method, name string, body []byte) (any, error) {
	switch method + " " + name {
	case "GET state":
		return s.State(), nil
	case "PUT state":
		state, err := ReadState(bytes.NewReader(body))
		if err != nil {
			return nil, err
		}
		return nil, s.SetState(state)
	case "GET requests":
		return s.Requests(), nil
	case "DELETE requests":
		s.ClearRequests()
		return nil, nil
	case "GET faults":
		return map[string][]FaultState{"faults": s.Faults()}, nil
	case "PUT faults":
		faults, err := readFaults(body)
		if err != nil {
			return nil, err
		}
		return nil, s.SetFaults(faults)
	case "GET switches":
		return s.currentSwitches(), nil
	case "PUT switches":
		var changes map[string]string
		if err := decodeStrict(body, &changes); err != nil {
			return nil, err
		}
		return nil, s.setSwitches(changes)
	default:
		return nil, errNoSuchControl
	}
}

// readFaults reads {"faults":[...]} or the bare list, strictly.
func readFaults(body []byte) ([]Fault, error) {
	var faults []Fault
	if trimmed := bytes.TrimSpace(body); len(trimmed) > 0 && trimmed[0] == '[' {
		err := decodeStrict(body, &faults)
		return faults, err
	}
	wrapped := struct {
		Faults []Fault `json:"faults"`
	}{}
	err := decodeStrict(body, &wrapped)
	return wrapped.Faults, err
}

// decodeStrict reads exactly one JSON document without unknown keys.
func decodeStrict(data []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the JSON document")
	}
	return nil
}

func isLocalRequest(r *http.Request) bool {
	peer, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil || !isLoopbackHost(peer) || r.Header.Get("Origin") != "" {
		return false
	}
	host, err := url.Parse("//" + r.Host)
	return err == nil && isLoopbackHost(host.Hostname())
}

func controlError(w http.ResponseWriter, status int, err error) {
	controlJSON(w, status, map[string]string{"error": err.Error()})
}

func controlJSON(w http.ResponseWriter, status int, body any) {
	data, err := json.Marshal(body)
	if err != nil {
		status, data = http.StatusInternalServerError, []byte(`{"error":"the answer cannot be written as JSON"}`)
	}
	w.Header().Set("Content-Type", "application/json;charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(data) // an error means that the client has gone
}
