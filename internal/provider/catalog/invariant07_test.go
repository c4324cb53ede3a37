package catalog_test

import (
	"strings"
	"testing"

	"regent/internal/emulator"
	"regent/internal/model"
)

// TestInvariant07IDsThatLeadElsewhereAreNotUsed: an ID is what a server says it is, and stands in the path of a modify.
func TestInvariant07IDsThatLeadElsewhereAreNotUsed(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"..", ".", "../../tasks", "7/batch-delete", "7?enterprise_project_id=other", "7#x", "%2e%2e"} {
		w, rec := recorded(t, emulator.Options{})
		a := account(hss)
		_, err := w.writer(t, a).Modify(t.Context(), modify(item(t, hssRegistry, hss), &model.Item{ID: id}, "clusterId"))
		if err == nil {
			t.Errorf("%q was modified", id)
		}
		if rec.url == nil {
			continue // refused on this side
		}
		if path := rec.url.EscapedPath(); strings.Count(path, "/") != strings.Count("/v5/p/image/registries/id", "/") || strings.HasSuffix(path, "..") ||
			rec.url.Query().Get("enterprise_project_id") != "all_granted_eps" {
			t.Errorf("%q leads to %s", id, rec.url)
		}
	}
}
