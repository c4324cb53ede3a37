package cloud

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"regent/internal/model"
)

// Reach says how far a request that failed came. It decides whether a write may be sent again.
type Reach int

const (
	// NotSent means that the request never left, or the vendor throttled it before execution. Sending it again is safe.
	NotSent Reach = iota
	// Refused means that the vendor answered that it did not do what was asked.
	Refused
	// Unknown means that the request left and no answer that can be trusted came back. It may have been carried out.
	Unknown
)

// Error is the one error of all three clouds. Its text holds nothing secret: a message that holds a secret
// is withheld, and the URL is left out.
type Error struct {
	// Provider and Account are the names of the file, Operation the API's own word.
	Provider, Account, Operation string
	// Status is the HTTP status; 0 when there was no answer.
	Status int
	// Code, Message and RequestID are the vendor's, withheld when they hold a secret, and capped; empty when the vendor gave none.
	Code, Message, RequestID string
	// Position is the place in the file that the request was for; zero for requests about a whole account.
	Position model.Position
	// Reach says whether the request may have been carried out.
	Reach Reach
	// Throttled reports flow control, Auth an authentication failure, which is never tried again.
	Throttled, Auth bool

	err error
}

// Error gives one line: operation, what happened, status, code and request ID.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s", e.Provider, e.Operation)
	if e.Account != "" {
		fmt.Fprintf(&b, " (account %s)", e.Account)
	}
	b.WriteString(": ")
	switch {
	case e.Message != "":
		b.WriteString(e.Message)
	case e.err != nil:
		b.WriteString(e.err.Error())
	default:
		b.WriteString("no message")
	}
	var facts []string
	if e.Status != 0 {
		facts = append(facts, strings.TrimSpace(fmt.Sprintf("HTTP %d %s", e.Status, http.StatusText(e.Status))))
	}
	if e.Code != "" {
		facts = append(facts, "code "+e.Code)
	}
	if e.RequestID != "" {
		facts = append(facts, "request ID "+e.RequestID)
	}
	if len(facts) > 0 {
		fmt.Fprintf(&b, " [%s]", strings.Join(facts, ", "))
	}
	if e.Position.IsZero() {
		return b.String()
	}
	return e.Position.String() + ": " + b.String()
}

// Unwrap gives the cause, for errors.Is and errors.As.
func (e *Error) Unwrap() error { return e.err }

// Executed reports whether err leaves open that a write was carried out. Errors that do not come from a request
// were raised before it was sent.
func Executed(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Reach == Unknown
}

// At returns err with the place in the file that the request was for. Other errors are returned as they are.
func At(err error, p model.Position) error {
	e, ok := errors.AsType[*Error](err)
	if !ok || !e.Position.IsZero() {
		return err
	}
	located := *e
	located.Position = p
	return &located
}
