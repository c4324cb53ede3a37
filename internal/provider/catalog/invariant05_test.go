package catalog_test

import (
	"net/http"
	"strings"
	"testing"
)

// TestInvariant05TotalsThatChangeAreReadAgain: a list that grew while it was read may lack an entry, although as many came
// as the first page announced.
func TestInvariant05TotalsThatChangeAreReadAgain(t *testing.T) {
	t.Parallel()
	for _, provider := range []string{hss, swr} {
		w := scripted(t, func(r *http.Request) string {
			switch {
			case builtInOnly(r):
				return page(provider, 4, entries(provider, 1000, 4))
			case offsetOf(r) == "0":
				return page(provider, 150, entries(provider, 0, 100))
			}
			return page(provider, 151, entries(provider, 100, 50))
		})
		listing, err := w.list(t, provider)
		if err == nil || !strings.Contains(err.Error(), "its total went from 150 to 151") || len(listing.Items) != 0 {
			t.Errorf("%s: %d entries, %v", provider, len(listing.Items), err)
		}
	}
}
