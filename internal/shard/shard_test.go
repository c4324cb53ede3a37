package shard_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"regent/internal/config"
	"regent/internal/shard"
)

const registries = `version: 1
accounts:
  swr: {provider: huawei-swr, region: cn-north-4, projectId: 0123456789abcdef0123456789abcdef, instanceId: 5b0c3f1e-0000-4000-8000-000000000001}
  empty: {provider: alibaba-sas, region: cn-shanghai}
  hss: {provider: huawei-hss, region: cn-north-4, projectId: 0123456789abcdef0123456789abcdef}
registries:
  - {name: a, type: harbor, url: "https://a.example.com", username: u, password: {env: P}, scan: [{account: hss, scanComponent: swr, clusterId: c}]}
  - {name: b, type: harbor, url: "https://b.example.com", username: u, password: {env: P}, scan: [{account: hss, scanComponent: swr, clusterId: c}]}
replicationTargets:
  - {name: t, account: swr, type: swr-pro, url: "https://t.example.com", insecure: true, accessKey: u, accessSecret: {env: P}, hosts: {t.example.com: 192.0.2.1}}
`

func TestAccountsCountTheirItems(t *testing.T) {
	t.Parallel()
	c, err := config.Parse("registries.yaml", []byte(registries))
	if err != nil {
		t.Fatal(err)
	}
	got, err := shard.Accounts(c, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []shard.Account{{"empty", "alibaba-sas", "cn-shanghai", 0}, {"hss", "huawei-hss", "cn-north-4", 2}, {"swr", "huawei-swr", "cn-north-4", 1}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got, err = shard.Accounts(c, []string{"swr"}); err != nil || len(got) != 1 || got[0].Name != "swr" {
		t.Errorf("%v, %v", got, err)
	}
	if _, err = shard.Accounts(c, []string{"swr", "nobody"}); err == nil || err.Error() != "--account nobody: the configuration has no such account" {
		t.Errorf("answered %v", err)
	}
}

func TestEachAccountIsAShardWhileTheySuffice(t *testing.T) {
	t.Parallel()
	accounts := []shard.Account{{"a", "huawei-hss", "x", 900}, {"b", "huawei-swr", "y", 0}}
	got := shard.Divide(accounts, 2)
	if len(got) != 2 || got[0].Name != "a" || got[1].Name != "b" || got[0].Items() != 900 {
		t.Errorf("%+v", got)
	}
	if got = shard.Divide(nil, 5); len(got) != 0 {
		t.Errorf("%+v", got)
	}
}

func TestShardsSayWhatTheyHold(t *testing.T) {
	t.Parallel()
	got := shard.Divide([]shard.Account{{"c", "huawei-hss", "x", 1}, {"a", "huawei-swr", "x", 2}, {"b", "huawei-hss", "y", 3}}, 1)
	if len(got) != 1 || got[0].Name != "shard-1" || got[0].Items() != 6 {
		t.Fatalf("%+v", got)
	}
	for _, c := range []struct {
		of   func(shard.Account) string
		want string
	}{
		{func(a shard.Account) string { return a.Name }, "a,b,c"},
		{func(a shard.Account) string { return a.Provider }, "huawei-hss,huawei-swr"},
		{func(a shard.Account) string { return a.Region }, "x,y"},
	} {
		if s := got[0].Join(c.of); s != c.want {
			t.Errorf("%q, want %q", s, c.want)
		}
	}
}

// TestDivideLosesNothingAndIsEven: every account in exactly one shard, none of them empty, the heaviest no heavier than
// what the rule promises, whatever the order.
func TestDivideLosesNothingAndIsEven(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		sizes := rapid.SliceOfN(rapid.IntRange(0, 500), 0, 400).Draw(t, "sizes")
		most := rapid.IntRange(1, 256).Draw(t, "most")
		var accounts []shard.Account
		total, largest := 0, 0
		for i, n := range sizes {
			accounts = append(accounts, shard.Account{Name: fmt.Sprintf("account-%03d", i), Items: n})
			total += n + 1
			largest = max(largest, n+1)
		}
		shards := shard.Divide(accounts, most)
		if want := min(len(accounts), most); len(shards) != want {
			t.Fatalf("%d shards, want %d", len(shards), want)
		}
		var names []string
		for _, s := range shards {
			if len(s.Accounts) == 0 {
				t.Fatalf("%s is empty", s.Name)
			}
			if w := s.Items() + len(s.Accounts); w > total/most+largest {
				t.Fatalf("%s weighs %d of %d over %d shards", s.Name, w, total, most)
			}
			for _, a := range s.Accounts {
				names = append(names, a.Name)
			}
		}
		slices.Sort(names)
		if len(slices.Compact(slices.Clone(names))) != len(accounts) || len(names) != len(accounts) {
			t.Fatalf("%d accounts became %d", len(accounts), len(names))
		}
		turned := slices.Clone(accounts)
		slices.Reverse(turned)
		if len(accounts) > most && !cmp.Equal(shards, shard.Divide(turned, most)) {
			t.Fatal("another order gives other shards")
		}
	})
}
