package main

import (
	"fmt"
	"io"
	"maps"
	"strconv"
	"testing"

	"regent/internal/config"
	"regent/internal/model"
	"regent/internal/plan"
	"regent/internal/provider/catalog"
	"regent/internal/report"
)

// sizes are those whose cost is compared: ten times the items may cost eleven times as much.
var sizes = []int{1000, 10_000}

func thousands(n int) string { return strconv.Itoa(n/1000) + "k" }

// perItem runs a benchmark and reports what one item costs, in processor time: on a busy machine too, and with what the
// collector does beside it.
func perItem(b *testing.B, items int, run func()) {
	b.Helper()
	b.ReportAllocs()
	from := spent()
	for b.Loop() {
		run()
	}
	b.ReportMetric(float64(spent()-from)/float64(b.N)/float64(items), "cpu-ns/item")
}

// BenchmarkLoad reads and checks a configuration, as validate does.
func BenchmarkLoad(b *testing.B) {
	for _, s := range []scene{{account: sas, text: "robot$scanner"}, {account: hss, text: "robot$scanner"}, {account: swr, text: "text", hosts: true}} {
		for _, s.items = range sizes {
			b.Run(s.account+"/"+thousands(s.items), func(b *testing.B) {
				file := s.yaml()
				b.SetBytes(int64(len(file)))
				perItem(b, s.items, func() {
					if _, err := config.Parse("registries.yaml", file); err != nil {
						b.Fatal(err)
					}
				})
			})
		}
	}
}

// sides gives what the planner compares: every hundredth item differs, and every hundredth is not there.
func sides(b *testing.B, n int) []plan.Input {
	b.Helper()
	s := scene{account: hss, items: n, text: "robot"}
	c, err := config.Parse("registries.yaml", s.yaml())
	if err != nil {
		b.Fatal(err)
	}
	in := plan.Input{Name: s.account, Fields: catalog.Providers()[1].Fields}
	for _, a := range c.Accounts {
		if a.Name == s.account {
			in.Desired = catalog.Providers()[1].Desired(c, a, func(string) (string, bool) { return "", false })
		}
	}
	for i, d := range in.Desired {
		live := model.Item{Kind: d.Kind, Name: d.Name, Key: d.Key, ID: strconv.Itoa(i), Values: maps.Clone(d.Values)}
		switch i % 100 {
		case 0:
			live.Values["username"] = "other"
		case 1:
			continue
		}
		in.Live = append(in.Live, live)
	}
	return []plan.Input{in}
}

func allSet(string) bool { return false }

// BenchmarkDiff compares desired with live items and makes the digest.
func BenchmarkDiff(b *testing.B) {
	for _, n := range sizes {
		b.Run(thousands(n), func(b *testing.B) {
			in := sides(b, n)
			perItem(b, n, func() {
				if p := plan.New(in, allSet); p.Summary.Changes["modify"] != n/100 || p.Summary.Changes["add"] != n/100 {
					b.Fatalf("%+v", p.Summary)
				}
			})
		})
	}
}

// BenchmarkRender writes plans of adds, the longest there are.
func BenchmarkRender(b *testing.B) {
	for _, n := range sizes {
		in := sides(b, n)
		in[0].Live = nil
		p := plan.New(in, allSet)
		for _, format := range []struct {
			name string
			to   func(io.Writer) error
		}{
			{"text", func(w io.Writer) error { return report.Text{}.Plan(w, p) }},
			{"markdown", func(w io.Writer) error { return report.Markdown{}.Plan(w, p) }},
			{"comment", func(w io.Writer) error { return report.Markdown{Limit: 60_000}.Plan(w, p) }},
			{"json", func(w io.Writer) error { _, err := w.Write(p.JSON()); return err }},
		} {
			b.Run(fmt.Sprint(format.name, "/", thousands(n)), func(b *testing.B) {
				perItem(b, n, func() {
					if err := format.to(io.Discard); err != nil {
						b.Fatal(err)
					}
				})
			})
		}
	}
}
