package config

import (
	"slices"
	"testing"
)

func TestSASDataCenter(t *testing.T) {
	for region, want := range map[string]string{
		"cn-hangzhou":               sasChina,
		"cn-hongkong":               sasChina,
		"cn-hangzhou-finance":       sasChina,
		"cn-shanghai-finance-1":     sasChina,
		"cn-shenzhen-finance-1-pub": sasChina,
		"ap-southeast-1":            sasInternational,
		"me-central-1":              sasInternational,
	} {
		if host, ok := SASDataCenter(region); host != want || !ok {
			t.Errorf("%s: %s, %v", region, host, ok)
		}
	}
	for _, region := range []string{"", "cn-north-4", "CN-HANGZHOU", "cn-finance-1", "ap-southeast-4", "cn-x.y-finance-1"} {
		if host, ok := SASDataCenter(region); ok {
			t.Errorf("%q is served by %s", region, host)
		}
	}
	if names := sasRegionNames(); !slices.IsSorted(names) || len(names) != 36 {
		t.Errorf("%d regions: %v", len(names), names)
	}
}
