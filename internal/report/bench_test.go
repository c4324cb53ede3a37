package report_test

import (
	"fmt"
	"io"
	"testing"

	"regent/internal/plan"
	"regent/internal/report"
)

// BenchmarkPlan renders plans of a thousand and of ten thousand changes: whole, and within the limit of a comment and of
// a job summary.
func BenchmarkPlan(b *testing.B) {
	for _, n := range []int{1000, 10_000} {
		p := many(n)
		for _, c := range []struct {
			name   string
			render func(io.Writer, *plan.Plan) error
		}{
			{"text", report.Text{}.Plan},
			{"markdown", report.Markdown{}.Plan},
			{"comment", comment(65_000).Plan},
			{"summary", comment(1_000_000).Plan},
			{"json", func(w io.Writer, p *plan.Plan) error { _, err := w.Write(p.JSON()); return err }},
		} {
			b.Run(fmt.Sprintf("%s-%d", c.name, n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if err := c.render(io.Discard, p); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// BenchmarkResult renders results of a thousand and of ten thousand outcomes within the limit of a comment.
func BenchmarkResult(b *testing.B) {
	for _, n := range []int{1000, 10_000} {
		r := applied(n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := comment(65_000).Result(io.Discard, r); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
