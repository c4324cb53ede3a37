package cloudtest

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"regent/internal/cloud"
)

// SendsOnce insists that what signs a request leaves nothing from which net/http could make its body anew: it would send
// the request once more by itself.
func SendsOnce(t *testing.T, sign func(next http.RoundTripper) http.RoundTripper) {
	t.Helper()
	const body = "Password=x"
	sent := 0
	next := cloud.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
		sent++
		if got, err := io.ReadAll(r.Body); err != nil || string(got) != body || r.GetBody != nil {
			t.Errorf("%q is sent (%v), and the body can be made anew: %v", got, err, r.GetBody != nil)
		}
		return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: http.NoBody}, nil
	})
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://vendor.invalid/v2", strings.NewReader(body))
	if err != nil || r.GetBody == nil {
		t.Fatal("net/http makes no body anew: ", err)
	}
	resp, err := sign(next).RoundTrip(r)
	if err != nil || sent != 1 {
		t.Fatalf("%d requests, %v", sent, err)
	}
	_ = resp.Body.Close()
}
