package config

import (
	"errors"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/go-multierror"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares text with a file of testdata.
func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got)\n%s", file, diff)
	}
}

func TestTwentyMistakesAreTwentyFindings(t *testing.T) {
	_, err := Load([]string{"testdata/mistakes.yaml"})
	all, ok := errors.AsType[*multierror.Error](err)
	if !ok {
		t.Fatalf("the error is a %T", err)
	}
	if len(all.Errors) != 20 {
		t.Errorf("%d findings, want 20", len(all.Errors))
	}
	for _, e := range all.Errors {
		finding, ok := errors.AsType[*Error](e)
		if !ok || finding.Position.Line == 0 || finding.Position.Column == 0 {
			t.Errorf("no place: %v", e)
		}
	}
	if strings.Contains(err.Error(), "hunter2") {
		t.Error("a finding repeats a secret")
	}
	golden(t, "testdata/mistakes.golden", err.Error()+"\n")
}
