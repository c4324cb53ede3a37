package config_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/hashicorp/go-multierror"

	"regent/internal/config"
)

// TestFindingsAreBounded: a hostile file makes no hundred megabytes of messages, and nothing is dropped silently.
func TestFindingsAreBounded(t *testing.T) {
	t.Parallel()
	_, err := config.Parse("f", []byte("version: 1\nregistries: ["+strings.Repeat("a,", 1500)+"]\n"))
	many, ok := errors.AsType[*multierror.Error](err)
	if !ok || len(many.Errors) != 1001 {
		t.Fatalf("%d findings, want 1001", len(many.Errors))
	}
	if last := many.Errors[1000].Error(); !strings.HasSuffix(last, "500 more findings from here on are not shown") {
		t.Error(last)
	}
}

// TestEntriesAreBounded: a list that no company has is refused before each of its entries is looked at.
func TestEntriesAreBounded(t *testing.T) {
	t.Parallel()
	_, err := config.Parse("f", []byte("version: 1\nregistries: ["+strings.Repeat("{},", 50_001)+"]\n"))
	if err == nil || !strings.HasPrefix(err.Error(), "f:2:13: this list has 50001 entries") || strings.Contains(err.Error(), "\n") {
		t.Errorf("%.300v", err)
	}
}
