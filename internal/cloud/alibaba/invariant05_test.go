package alibaba_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"regent/internal/cloud"
	"regent/internal/cloud/alibaba"
	"regent/internal/secret"
)

// TestInvariant05NothingBelowCanSendAgain: net/http sends a request once more by itself where it can make the body anew.
func TestInvariant05NothingBelowCanSendAgain(t *testing.T) {
	t.Parallel()
	const body = "Password=x"
	sent := 0
	next := cloud.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
		sent++
		if got, err := io.ReadAll(r.Body); err != nil || string(got) != body || r.GetBody != nil {
			t.Errorf("%q is sent (%v), and the body can be made anew: %v", got, err, r.GetBody != nil)
		}
		return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: http.NoBody}, nil
	})
	source := alibaba.Static(alibaba.Keys{AccessKeyID: "id", AccessKeySecret: secret.New("key")})
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://vendor.invalid/v2", strings.NewReader(body))
	if err != nil || r.GetBody == nil {
		t.Fatal("net/http makes no body anew: ", err)
	}
	resp, err := alibaba.Sign(next, source).RoundTrip(r)
	if err != nil || sent != 1 {
		t.Fatalf("%d requests, %v", sent, err)
	}
	_ = resp.Body.Close()
}
