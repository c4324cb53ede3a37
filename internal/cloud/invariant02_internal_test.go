package cloud

import (
	"net/http"
	"testing"
)

// TestInvariant02RetriesAreNotLogged: the lines of the library's own logger hold URLs, and go past every mask.
func TestInvariant02RetriesAreNotLogged(t *testing.T) {
	t.Parallel()
	if l := newRetrier(http.DefaultTransport, nil, Retries{}, nil).Logger; l != nil {
		t.Errorf("requests are logged by %T", l)
	}
}
