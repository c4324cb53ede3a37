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

// BenchmarkWithhold looks through a request ID, the text of servers that comes with every answer, and through a message.
func BenchmarkWithhold(b *testing.B) {
	masker, _ := thousandSecrets()
	for name, text := range map[string]string{
		"name":    "harbor-prod.example.com",
		"ID":      "7f3a91d0-5b7e-4f0e-9a53-6d1b0f2c4e8a",
		"message": strings.Repeat(`{"message":"the registry \"harbor\" does not exist"} `, 10),
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				_ = masker.Withhold("", text)
			}
		})
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
