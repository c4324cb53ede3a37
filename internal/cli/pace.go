package cli

import (
	"net/http"
	"time"

	"regent/internal/cloud"
)

// Pace are the waits of a run. The zero Pace stands for the real ones, which suit the clouds; tests that run thousands
// of times against an emulator cannot wait for seconds each time.
type Pace struct {
	// Retries bound trying again.
	Retries cloud.Retries
	// LookUps and Grace are those of an apply.
	LookUps []time.Duration
	Grace   time.Duration
	// Answer is how long a server may take to begin its answer.
	Answer time.Duration
}

// network makes the transport at the bottom.
func (p Pace) network(parallel int) *http.Transport {
	t := cloud.Network(parallel)
	if p.Answer > 0 {
		t.ResponseHeaderTimeout = p.Answer
	}
	return t
}
