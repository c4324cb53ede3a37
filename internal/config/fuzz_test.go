package config

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/go-multierror"
	"pgregory.net/rapid"

	"regent/internal/config/yamltree"
)

// FuzzParse holds the loader to never panicking, and its errors to their promises, whatever the bytes.
func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("../../examples/*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range append(files, "testdata/mistakes.yaml") {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	for _, seed := range []string{
		"", "---\n---\n", "version: 1\n", "version: 2\n", "a: &a [*a]", "a: &a {<<: *a}", "{? [a]: b, <<: [{}, x]}", "!!binary x", "%TAG ! a\n",
		"\xEF\xBB\xBFversion: 1", "\xFF\xFE", "version: 1\nregistries: [{scan: [{}]}]", "version: 1\naccounts: {x-a: 1, '': {}, 1: }",
		"version: 1\nregistries: [~, 1, [], {name: 0x1F, url: 'http://[::1%25a]'}]", "version: .inf\nx: .nan", "[[[[[[[[", "- - - - -", "\"\\x",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		cfg, err := Parse("f", data)
		if err == nil {
			checkConfig(t, cfg)
			return
		}
		if cfg != nil {
			t.Error("a configuration came with an error")
		}
		checkErrors(t, err)
	})
}

// checkConfig fails when a configuration lacks what later stages rely on.
func checkConfig(t interface{ Errorf(string, ...any) }, cfg *Config) {
	accounts := map[string]bool{}
	for _, a := range cfg.Accounts {
		accounts[a.Name] = true
		if a.Name == "" || a.Provider == "" || a.Region == "" || a.Position.IsZero() {
			t.Errorf("incomplete account %+v", a)
		}
	}
	for _, r := range cfg.Registries {
		if r.Name == "" || r.Type == "" || r.URL.Host == "" || r.Password.IsZero() || len(r.Scan) == 0 || r.Position.IsZero() {
			t.Errorf("incomplete registry %+v", r)
		}
		for _, s := range r.Scan {
			if !accounts[s.Account] || s.RegionID == "" && !s.Written("clusterId") || s.Position.IsZero() {
				t.Errorf("incomplete scan entry %+v", s)
			}
		}
	}
	for _, x := range cfg.Targets {
		if x.Name == "" || !accounts[x.Account] || x.Type == "" || x.URL.Host == "" || x.AccessSecret.IsZero() || x.Hosts == nil {
			t.Errorf("incomplete target %+v", x)
		}
	}
}

// checkErrors fails when an error is not a sorted list of findings without repetitions, each with a place.
func checkErrors(t interface{ Errorf(string, ...any) }, err error) {
	all, ok := errors.AsType[*multierror.Error](err)
	if !ok || len(all.Errors) == 0 {
		t.Errorf("the error is a %T: %v", err, err)
		return
	}
	var found []*Error
	for _, e := range all.Errors {
		finding, ok := errors.AsType[*Error](e)
		if !ok || finding.Position.File != "f" || finding.Position.Line < 1 || finding.Position.Column < 1 {
			t.Errorf("no place: %v", e)
			return
		}
		if strings.ContainsFunc(finding.Message, func(r rune) bool { return r < ' ' || r == 0x7F }) {
			t.Errorf("control characters: %q", finding.Message)
		}
		found = append(found, finding)
	}
	if !slices.IsSortedFunc(found, compareErrors) {
		t.Errorf("not sorted: %v", err)
	}
}

// values are right and wrong values for any key.
var values = []string{
	"harbor", "quay", "jfrog", "sas", "hss", "swr", "nowhere", "alibaba-sas", "huawei-hss", "huawei-swr", "cn-hangzhou", "cn-north-4", "swr-pro",
	"swr-pro-internal", "huawei-SWR", "https://a.example.com", "http://a.example.com:8080/x", "192.0.2.1", "internet", "swr", "{vpc: v}",
	"{namespace: n}", "{env: A}", "{env: GITHUB_A}", "{env: SWR_AK}", "{}", "[]", "1", "0", "-1", "1.5", "true", "yes", "~", `""`, "p1", "V1", "V2",
	"[{name: n, authToken: {env: T}}]", "{a.example.com: 192.0.2.1}", "{projectId: p, regionId: cn-east-3, instanceId: i}", "*a", "2024-01-01",
	"{accessKey: {env: SWR_AK}, secretKey: {env: SWR_SK}}", "{authToken: {env: T}}",
}

// mappingOf draws a mapping in braces with some of the given keys and a slip now and then.
func mappingOf(t *rapid.T, keys []string, fixed map[string]string) string {
	var parts []string
	for _, k := range keys {
		switch n := rapid.IntRange(0, 11).Draw(t, k); {
		case n == 0:
		case n == 1:
			parts = append(parts, k+": "+rapid.SampledFrom(values).Draw(t, "value"))
		case n == 2:
			parts = append(parts, k+"s: "+fixed[k])
		case fixed[k] != "":
			parts = append(parts, k+": "+fixed[k])
		}
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// drawScan draws a scan entry that may have any mix of keys.
func drawScan(t *rapid.T) string {
	fixed := map[string]string{"account": rapid.SampledFrom([]string{"sas", "hss", "swr", "nowhere"}).Draw(t, "account")}
	for k, v := range map[string]string{
		"regionId": "cn-hangzhou", "hostIp": "192.0.2.1", "network": "{vpc: v}", "imagesPerHour": "5",
		"namespaces": "[{name: n, authToken: {env: T}}]", "clusterId": "c", "scanComponent": "swr",
	} {
		if rapid.Bool().Draw(t, "has "+k) {
			fixed[k] = v
		}
	}
	return mappingOf(t, knownKeys("/$defs/scan"), fixed)
}

// TestAnyMixOfKeysIsDecided draws configurations of right and wrong keys and values. Whatever the mix, the checks must
// say the same as the schema, and in their own words.
func TestAnyMixOfKeysIsDecided(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		registry := mappingOf(t, knownKeys("/$defs/registry"), map[string]string{
			"name": "r1", "type": rapid.SampledFrom([]string{TypeHarbor, TypeQuay, TypeJFrog}).Draw(t, "type"),
			"url": "https://r.example.com", "username": "u", "password": "{env: R}",
			"scan": "[" + drawScan(t) + ", " + drawScan(t) + "]",
		})
		target := mappingOf(t, knownKeys("/$defs/replicationTarget"), map[string]string{
			"name": "t1", "type": rapid.SampledFrom([]string{TargetHarbor, TargetSWREnterprise, TargetSWRBasic}).Draw(t, "target type"),
			"account": "swr", "url": "https://t.example.com", "accessKey": "a", "accessSecret": "{env: T}",
		})
		src := "version: 1\nx-a: &a a\naccounts:\n" +
			"  sas: " + mappingOf(t, knownKeys("/$defs/account"), map[string]string{"provider": "alibaba-sas", "region": "cn-hangzhou"}) + "\n" +
			"  hss: {provider: huawei-hss, region: cn-north-4, projectId: p}\n" +
			"  swr: {provider: huawei-swr, region: cn-north-4, projectId: p, instanceId: i}\n" +
			"registries: [" + registry + "]\nreplicationTargets: [" + target + "]\n"
		cfg, err := Parse("f", []byte(src))
		r := yamltree.Reader{Found: new(findings).add, MayRepeat: speakable}
		docs, ok := r.Read("f", []byte(src))
		if err == nil {
			checkConfig(t, cfg)
			if ok && len(validate(docs[0])) > 0 {
				t.Fatalf("accepted, but not by the schema:\n%s", src)
			}
			return
		}
		checkErrors(t, err)
		if strings.Contains(err.Error(), "regent schema") {
			t.Fatalf("a mistake without words of its own: %v\n%s", err, src)
		}
	})
}

// TestAnyBytesAreReadOrRefused feeds the loader pieces of YAML in any order.
func TestAnyBytesAreReadOrRefused(t *testing.T) {
	pieces := append(append([]string{}, damage...), values...)
	pieces = append(pieces, "version: 1\n", "accounts:\n", "registries:\n", "replicationTargets:\n", "  ", "name: ", "scan: ", "\xFF", "&a", "*a", base)
	rapid.Check(t, func(t *rapid.T) {
		src := strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 30).Draw(t, "pieces"), "")
		cfg, err := Parse("f", []byte(src))
		if err != nil {
			checkErrors(t, err)
			return
		}
		checkConfig(t, cfg)
	})
}
