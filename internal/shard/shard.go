// Package shard divides the accounts of a configuration over the jobs of a matrix, since GitHub Actions is the engine
// past one machine.
package shard

import (
	"cmp"
	"container/heap"
	"fmt"
	"slices"
	"strings"

	"regent/internal/config"
	"regent/internal/order"
)

// Most is the largest number of jobs that GitHub makes of one matrix.
const Most = 256

// Account is one account and what it holds in the configuration.
type Account struct {
	Name, Provider, Region string
	// Items are its registrations or replication targets.
	Items int
}

// Shard is the share of one job.
type Shard struct {
	// Name is the account's own, or "shard-N" for several.
	Name string
	// Accounts are sorted by name.
	Accounts []Account
}

// Items counts the items of all accounts.
func (s Shard) Items() int {
	n := 0
	for _, a := range s.Accounts {
		n += a.Items
	}
	return n
}

// Join gives what the accounts have in common, or all of it: sorted, each once, between commas.
func (s Shard) Join(of func(Account) string) string {
	var all []string
	for _, a := range s.Accounts {
		all = append(all, of(a))
	}
	slices.SortFunc(all, order.Natural)
	return strings.Join(slices.Compact(all), ",")
}

// Accounts gives the named accounts of a configuration, or all when names is empty, sorted by name. An unknown name is
// an error.
func Accounts(c *config.Config, names []string) ([]Account, error) {
	items := map[string]int{}
	for _, r := range c.Registries {
		for _, s := range r.Scan {
			items[s.Account]++
		}
	}
	for _, t := range c.Targets {
		items[t.Account]++
	}
	var out []Account
	known := map[string]bool{}
	for _, a := range c.Accounts {
		known[a.Name] = true
		if len(names) == 0 || slices.Contains(names, a.Name) {
			out = append(out, Account{a.Name, a.Provider, a.Region, items[a.Name]})
		}
	}
	for _, name := range names {
		if !known[name] {
			return nil, fmt.Errorf("--account %s: the configuration has no such account", name)
		}
	}
	slices.SortFunc(out, func(a, b Account) int { return order.Natural(a.Name, b.Name) })
	return out, nil
}

// Divide makes at most so many shards: one for each account while they suffice, else groups of about equal weight. The
// same accounts give the same shards.
//
// The heaviest account goes first, each to the shard that weighs least so far: no shard then weighs more than 4/3 of
// what the best division has (Graham, 1969).
func Divide(accounts []Account, most int) []Shard {
	var out []Shard
	if len(accounts) <= most {
		for _, a := range accounts {
			out = append(out, Shard{a.Name, []Account{a}})
		}
		return out
	}
	byWeight := slices.Clone(accounts)
	slices.SortFunc(byWeight, func(a, b Account) int {
		return cmp.Or(cmp.Compare(weight(b), weight(a)), order.Natural(a.Name, b.Name))
	})
	queue := make(lightest, most)
	for i := range queue {
		queue[i] = &load{number: i + 1}
	}
	for _, a := range byWeight {
		queue[0].accounts = append(queue[0].accounts, a)
		queue[0].weight += weight(a)
		heap.Fix(&queue, 0)
	}
	slices.SortFunc(queue, func(a, b *load) int { return cmp.Compare(a.number, b.number) })
	for _, l := range queue {
		slices.SortFunc(l.accounts, func(a, b Account) int { return order.Natural(a.Name, b.Name) })
		out = append(out, Shard{fmt.Sprintf("shard-%d", l.number), l.accounts})
	}
	return out
}

// weight is what an account costs: a request or so for itself, and about one for each item in the worst case.
func weight(a Account) int { return a.Items + 1 }

// load is a shard that is being filled.
type load struct {
	number, weight int
	accounts       []Account
}

// lightest is a heap of shards by weight.
type lightest []*load

func (l lightest) Len() int { return len(l) }
func (l lightest) Less(i, j int) bool {
	return cmp.Or(cmp.Compare(l[i].weight, l[j].weight), cmp.Compare(l[i].number, l[j].number)) < 0
}
func (l lightest) Swap(i, j int) { l[i], l[j] = l[j], l[i] }

// Push implements [heap.Interface]; the number of shards is fixed.
func (l *lightest) Push(any) { panic("shard: no shard is added") }

// Pop implements [heap.Interface]; the number of shards is fixed.
func (l *lightest) Pop() any { panic("shard: no shard is taken away") }
