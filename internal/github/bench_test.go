package github_test

import (
	"testing"

	"regent/internal/github"
)

// BenchmarkSeal makes the comment of 2,000 changes, from the plan to the signature.
func BenchmarkSeal(b *testing.B) {
	p := planOf(hosts(2000))
	for b.Loop() {
		seal(b, reviewOf(p), visible, signing)
	}
}

// BenchmarkOpen reads it again.
func BenchmarkOpen(b *testing.B) {
	body := seal(b, reviewOf(planOf(hosts(2000))), visible, signing)
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		if _, err := github.Open(body, signing); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkOpenPlan reads a comment that carries the plan too.
func BenchmarkOpenPlan(b *testing.B) {
	body := seal(b, reviewOf(planOf(hosts(250))), visible, signing)
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		if r, err := github.Open(body, signing); err != nil || r.Plan == nil {
			b.Fatal(r.Plan == nil, err)
		}
	}
}

// BenchmarkCompare checks a fresh plan against digests.
func BenchmarkCompare(b *testing.B) {
	fresh := planOf(hosts(2000))
	r := reviewOf(planOf(hosts(1999)))
	r.Plan = nil
	for b.Loop() {
		if len(r.Compare(fresh)) != 1 {
			b.Fatal("not one difference")
		}
	}
}
