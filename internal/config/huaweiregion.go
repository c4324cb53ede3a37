package config

import (
	"fmt"
	"slices"
	"strings"

	"regent/internal/model"
)

// huaweiRegions are the regions of each service in the official SDK (huaweicloud-sdk-go-v3, services/hss/v5/region and
// services/swr/v2/region). Others may exist: the host is made by rule, and the list is as old as the SDK.
var huaweiRegions = map[string][]string{
	ProviderHSS: {
		"ae-ad-1", "af-south-1", "ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-southeast-4", "cn-east-2",
		"cn-east-3", "cn-east-4", "cn-east-5", "cn-north-1", "cn-north-11", "cn-north-12", "cn-north-2", "cn-north-4",
		"cn-north-9", "cn-south-1", "cn-south-2", "cn-south-4", "cn-southwest-2", "cn-southwest-3", "eu-west-101",
		"la-north-2", "la-south-2", "me-east-1", "my-kualalumpur-1", "na-mexico-1", "ru-moscow-1", "sa-brazil-1", "tr-west-1",
	},
	ProviderSWR: {
		"ae-ad-1", "af-north-1", "af-south-1", "ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-southeast-4",
		"ap-southeast-5", "cn-east-2", "cn-east-3", "cn-east-4", "cn-east-5", "cn-north-1", "cn-north-11", "cn-north-12",
		"cn-north-2", "cn-north-4", "cn-north-9", "cn-south-1", "cn-south-2", "cn-south-4", "cn-southwest-2",
		"cn-southwest-3", "eu-west-0", "eu-west-101", "la-north-2", "la-south-2", "me-east-1", "my-kualalumpur-1",
		"na-mexico-1", "ru-moscow-1", "ru-northwest-2", "sa-brazil-1", "sa-peru-1", "tr-west-1",
	},
}

// isHuaweiRegion reports whether some service of Huawei has a region.
func isHuaweiRegion(name string) bool {
	return slices.Contains(huaweiRegions[ProviderHSS], name) || slices.Contains(huaweiRegions[ProviderSWR], name)
}

// warnRegion warns of a region that the official SDK does not know for a provider.
func (c *checker) warnRegion(provider, region, path string, at model.Position) {
	names := huaweiRegions[provider]
	if region == "" || slices.Contains(names, region) {
		return
	}
	c.warn.add(at, fmt.Sprintf("%s: the official SDK knows no region %s of %s%s", path, region, provider, regionHint(region, names)))
}

// checkProjectID refuses the name of a project, which is that of its region (cn-north-4, cn-north-4_sub), in place of its ID.
func (c *checker) checkProjectID(id, path string, at model.Position) {
	region, _, _ := strings.Cut(id, "_")
	if isHuaweiRegion(region) {
		c.found.addOnce(at, "value", fmt.Sprintf(
			"%s: %s is the name of a project; write its ID, 32 hexadecimal digits (console: My Credentials)", path, id))
	}
}

// regionHint names the region that was meant, or those that resemble it.
func regionHint(region string, names []string) string {
	if meant := suggest(region, names); meant != "" {
		return fmt.Sprintf("; did you mean %s?", meant)
	}
	return "; the nearest are " + strings.Join(near(region, names, 3), ", ")
}
