package plan_test

import (
	"strings"
	"testing"

	"regent/internal/model"
)

// TestInvariant07MatchingByPort is about lists that tell the port, do not tell it, or leave open which item is meant.
func TestInvariant07MatchingByPort(t *testing.T) {
	t.Parallel()
	const added = " type host scheme username perHour insecure hosts <password"
	a, b := want("h", 443, 10), want("h", 8443, 20)
	for _, c := range []struct {
		name          string
		desired, live []model.Item
		want          string
		message       []string
	}{
		{"same port", items(a), items(have("h", 443, 1)), "1 unchanged", nil},
		{"another port", items(a), items(have("h", 8443, 1)), "add h" + added + "; unmanaged h #1", nil},
		{"port not told", items(a), items(have("h", 0, 1)), "1 unchanged", nil},
		{"both ports told", items(a, b), items(have("h", 8443, 2), have("h", 443, 1)), "2 unchanged", nil},
		{"the told one first", items(a), items(have("h", 0, 2), have("h", 443, 1)), "unmanaged h #2; 1 unchanged", nil},
		{"one told, one not", items(a, b), items(have("h", 443, 1), have("h", 0, 2)), "2 unchanged", nil},
		{"one entry for two, port not told", items(a, b), items(have("h", 0, 1)), "problem h; problem h", []string{"ID 1", "does not tell its port"}},
		{"two entries, ports not told", items(a), items(have("h", 0, 2), have("h", 0, 1)), "problem h", []string{"2 live entries", "IDs 1 and 2"}},
		{"two entries for two, ports not told", items(a, b), items(have("h", 0, 2), have("h", 0, 1)), "problem h; problem h", []string{"IDs 1 and 2"}},
		{"two entries of one port", items(a), items(have("h", 443, 9), have("h", 443, 10)), "problem h", []string{"IDs 10 and 9", "delete all but one"}},
		{"three entries of one port", items(a), items(have("h", 443, 1), have("h", 443, 2), have("h", 443, 3)), "problem h", []string{"3 live entries", "IDs 1 and 2 and 3"}},
		{"keys without a port", items(want("h", 0, 10)), items(have("h", 0, 1)), "1 unchanged", nil},
		{"another host of one port", items(a), items(have("other", 443, 1)), "add h" + added + "; unmanaged other #1", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := planOf(c.desired, c.live)
			expect(t, p, c.want)
			for _, pr := range p.Problems {
				for _, part := range c.message {
					if !strings.Contains(pr.Message, part) {
						t.Errorf("%q does not say %q", pr.Message, part)
					}
				}
			}
		})
	}
}
