package campaign

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
)

// figures count what a campaign has met: it proves little about what never occurred.
type figures struct {
	mu     sync.Mutex
	counts map[string]int
}

var met = figures{counts: map[string]int{}}

func (f *figures) add(what string, n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.counts[what] += n
}

// note counts an apply.
func (f *figures) note(a *applied) {
	f.add("applies", 1)
	f.add(fmt.Sprintf("exit code %d", a.code), 1)
	if a.killed {
		f.add("interrupted", 1)
	}
	for _, q := range a.log {
		f.add("requests", 1)
		f.add("writes carried out", q.Executed)
		if q.Fault != "" {
			kind := "read"
			if isAdd(q.Operation) {
				kind = "add"
			} else if isModify(q.Operation) {
				kind = "modify"
			}
			f.add("fault "+q.Fault+" on "+kind, 1)
		}
	}
	for _, o := range a.Outcomes {
		f.add("outcome "+o.Action+" "+o.Status, 1)
		for _, words := range []string{"adopted", "sent whole", "2 entries with its key", "before the entry could be read back", "the list shows the change"} {
			if strings.Contains(o.Detail, words) {
				f.add("detail "+words, 1)
			}
		}
	}
}

// String lists the figures.
func (f *figures) String() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var b strings.Builder
	for _, what := range slices.Sorted(maps.Keys(f.counts)) {
		fmt.Fprintf(&b, "%8d  %s\n", f.counts[what], what)
	}
	return b.String()
}
