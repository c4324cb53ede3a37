package cli

import (
	"encoding/json"
	"fmt"
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
}

func (a *app) openAudit(path, digest string) (*audit, error) {
	if path == "" {
		return &audit{}, nil
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("nothing was written: the audit file cannot be opened: %w", err)
	}
	return &audit{app: a, file: f, digest: digest}, nil
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
		_, err = a.file.Write(append(a.app.maskJSON(line), '\n'))
	}
	if err == nil {
		err = a.file.Sync()
	}
	if err != nil {
		return fmt.Errorf("not attempted: the audit file cannot be written: %w", err)
	}
	return nil
}

func (a *audit) close() error {
	if a.file == nil {
		return nil
	}
	return a.file.Close()
}
