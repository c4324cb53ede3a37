package secret_test

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"regent/internal/secret"
)

// BenchmarkMask masks a mebibyte of output with a thousand secrets.
func BenchmarkMask(b *testing.B) {
	masker, output := thousandSecrets()
	b.SetBytes(int64(len(output)))
	for b.Loop() {
		_ = masker.Mask(output)
	}
}

// BenchmarkScrub is the same for the text of servers.
func BenchmarkScrub(b *testing.B) {
	masker, output := thousandSecrets()
	b.SetBytes(int64(len(output)))
	for b.Loop() {
		_ = masker.Scrub(output)
	}
}

// BenchmarkAdd registers a thousand secrets.
func BenchmarkAdd(b *testing.B) {
	for b.Loop() {
		_, _ = thousandSecrets()
	}
}

// BenchmarkWriter writes a mebibyte line by line.
func BenchmarkWriter(b *testing.B) {
	masker, output := thousandSecrets()
	lines := strings.SplitAfter(output, "\n")
	b.SetBytes(int64(len(output)))
	for b.Loop() {
		w := masker.Writer(io.Discard)
		for _, line := range lines {
			_, _ = io.WriteString(w, line)
		}
	}
}

func thousandSecrets() (masker *secret.Masker, output string) {
	masker = &secret.Masker{}
	for i := range 1000 {
		masker.Add(secret.New(fmt.Sprintf("p@ss/%d&\"%x\"+", i, i*i*7919)))
	}
	line := "  + harbor-prod  registries.yaml:27:5  https://harbor.example.com:8443 -> https://harbor.example.org\n"
	var b strings.Builder
	for i := 0; b.Len() < 1<<20; i++ {
		b.WriteString(line)
		if i%1000 == 0 {
			fmt.Fprintf(&b, "p@ss/%d&\"%x\"+\n", i%1000, i%1000*(i%1000)*7919)
		}
	}
	return masker, b.String()
}
