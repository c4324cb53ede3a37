package report

import (
	"bytes"
	"encoding/json"
	"io"

	"regent/internal/config"
	"regent/internal/printable"
)

// FindingsVersion is the version of the JSON form of findings.
const FindingsVersion = 1

type findingsJSON struct {
	FormatVersion int           `json:"formatVersion"`
	Valid         bool          `json:"valid"`
	Summary       *contents     `json:"summary,omitempty"`
	Findings      []findingJSON `json:"findings"`
}

// contents counts what a configuration holds.
type contents struct {
	Accounts           int `json:"accounts"`
	Registries         int `json:"registries"`
	Registrations      int `json:"registrations"`
	ReplicationTargets int `json:"replicationTargets"`
}

func contentsOf(c *config.Config) *contents {
	out := &contents{Accounts: len(c.Accounts), Registries: len(c.Registries), ReplicationTargets: len(c.Targets)}
	for _, r := range c.Registries {
		out.Registrations += len(r.Scan)
	}
	return out
}

type findingJSON struct {
	Severity string `json:"severity"`
	File     string `json:"file"`
	Line     int    `json:"line"`
	Column   int    `json:"column"`
	Message  string `json:"message"`
}

// JSONFindings writes what is to be said of a configuration as one JSON document; c is nil where it is not valid.
func JSONFindings(w io.Writer, c *config.Config, findings []Finding) error {
	out := findingsJSON{FormatVersion: FindingsVersion, Valid: c != nil, Findings: []findingJSON{}}
	if c != nil {
		out.Summary = contentsOf(c)
	}
	for _, f := range findings {
		out.Findings = append(out.Findings, findingJSON{f.level(), f.Position.File, f.Position.Line, f.Position.Column, f.Message})
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(out); err != nil {
		return err
	}
	_, err := w.Write(printable.JSON(b.Bytes()))
	return err
}
