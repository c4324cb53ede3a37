package main

import (
	"flag"
	"fmt"
	"testing"
	"time"

	"regent/internal/emulator"
)

// long switches the benchmarks on that take minutes.
var long = flag.Bool("long", false, "also run the benchmarks that take minutes")

const (
	// latency is what every answer takes: a good connection to another continent's cloud, or a slow one to the next.
	latency = 50 * time.Millisecond
	// allowed is what Huawei's gateway allows by default, in requests a second for each API.
	allowed = 200
)

// inRate gives how long so many requests of one operation take at least.
func inRate(n int) time.Duration { return time.Duration(n) * time.Second / allowed }

// BenchmarkPlan plans when there is nothing to do, from reading the file to printing the plan. Bound: the round trips
// that paging makes unavoidable, or the vendor's rate where there are more pages than it allows at once.
func BenchmarkPlan(b *testing.B) {
	for _, c := range []struct {
		scene scene
		bound time.Duration
	}{
		{scene{account: sas, items: 1000}, latency},
		{scene{account: hss, items: 1000}, 2 * latency},
		{scene{account: swr, items: 1000}, 2 * latency},
		{scene{account: swr, items: 10_000}, max(2*latency, inRate(100))},
		{scene{account: swr, items: 1000, hosts: true}, max(3*latency, inRate(1000))},
	} {
		name := c.scene.account
		if c.scene.hosts {
			name += "-hosts"
		}
		b.Run(name+"/"+thousands(c.scene.items), func(b *testing.B) {
			c.scene.text = "text"
			w := newWorld(b, c.scene, emulator.Options{Latency: latency})
			w.lives(b, c.scene)
			b.ReportAllocs()
			for b.Loop() {
				w.plan(b, 0, c.scene)
			}
			bounded(b, c.bound)
		})
	}
}

// BenchmarkApply adds and modifies a thousand items, from reading the file to reading back. Bound: each worker's round
// trips, or the vendor's rate.
func BenchmarkApply(b *testing.B) {
	for _, account := range []string{swr, hss, sas} {
		for _, action := range []string{"add", "modify"} {
			for _, parallel := range []int{10, 32} {
				b.Run(fmt.Sprintf("%s/%s/1k/parallelism=%d", account, action, parallel), func(b *testing.B) {
					after := scene{account: account, items: 1000, text: "after"}
					before := scene{account: account, text: "before"}
					if action == "modify" {
						before.items = after.items
					}
					w := newWorld(b, after, emulator.Options{Latency: latency})
					b.ReportAllocs()
					for b.Loop() {
						b.StopTimer()
						w.lives(b, before)
						b.StartTimer()
						w.apply(b, after, parallel)
					}
					bounded(b, max(time.Duration(after.items/parallel)*latency, inRate(after.items)))
				})
			}
		}
	}
}

// BenchmarkRate adds ten thousand items to a vendor that allows 200 a second. It takes a minute for each vendor.
func BenchmarkRate(b *testing.B) {
	if !*long {
		b.Skip("takes minutes; run with -long")
	}
	for _, account := range []string{swr, hss, sas} {
		b.Run(account+"/add/10k/rate=200", func(b *testing.B) {
			s := scene{account: account, items: 10_000, text: "text"}
			w := newWorld(b, s, emulator.Options{Latency: latency, Rate: allowed})
			refused := 0
			for b.Loop() {
				b.StopTimer()
				w.lives(b, scene{account: account})
				b.StartTimer()
				w.apply(b, s, 32)
				for _, r := range w.Requests() {
					if r.Status == 429 || r.Status == 400 {
						refused++
					}
				}
			}
			bounded(b, inRate(s.items))
			b.ReportMetric(float64(refused)/float64(b.N), "throttled")
		})
	}
}
