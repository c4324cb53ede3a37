package config

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"regent/internal/model"
)

// checkAccounts looks for accounts declared twice, places declared twice and regions that do not exist.
func (c *checker) checkAccounts() {
	places := map[string]*Account{}
	for _, a := range c.draft.accounts {
		if first, dup := c.accounts[a.Name]; dup {
			c.found.add(a.Position, fmt.Sprintf("%s: this account is declared twice; the first is at %s",
				keyPath("accounts", a.Name), first.Position))
			continue
		}
		c.accounts[a.Name] = a
		c.checkRegion(a)
		id := c.place(a)
		if id == "" {
			continue
		}
		id += "|" + credentialsID(a) + "|" + a.EnterpriseProjectID
		if first, dup := places[id]; dup {
			c.twins[a.Name] = true
			c.found.add(a.Position, fmt.Sprintf("%s: the same place as account %s (%s)%s; keep one of the two",
				keyPath("accounts", a.Name), label(first.Name), first.Position, whySame(first, a)))
			continue
		}
		places[id] = a
	}
}

// checkRegion refuses regions that Security Center has no endpoint for, and a region's name as the ID of a Huawei project.
// Huawei's regions make a host name by rule, so that one which is not known is only warned of.
func (c *checker) checkRegion(a *Account) {
	if path := keyPath("accounts", a.Name); a.Provider == ProviderHSS || a.Provider == ProviderSWR {
		c.warnRegion(a.Provider, a.Region, path+".region", a.Key("region"))
		c.checkProjectID(a.ProjectID, path+".projectId", a.Key("projectId"))
	}
	if a.Provider != ProviderSAS || a.Region == "" {
		return
	}
	if _, ok := SASDataCenter(a.Region); ok {
		return
	}
	c.found.add(a.Key("region"), fmt.Sprintf("%s.region: Security Center has no region %s%s",
		keyPath("accounts", a.Name), a.Region, regionHint(a.Region, sasRegionNames())))
}

// place is accountPlace for accounts of which nothing was refused, else "".
func (c *checker) place(a *Account) string {
	if c.draft.partial[a] {
		return ""
	}
	return accountPlace(a)
}

// accountPlace identifies where an account's registrations live, or "" when the account is incomplete. Alibaba's
// accounts are told apart by their credentials, since nothing else in the file names the account that owns them.
func accountPlace(a *Account) string {
	switch a.Provider {
	case ProviderSAS:
		if host, ok := SASDataCenter(a.Region); ok {
			return strings.Join([]string{a.Provider, host, credentialsID(a)}, "|")
		}
	case ProviderHSS:
		if a.Region != "" && a.ProjectID != "" {
			return strings.Join([]string{a.Provider, a.Region, a.ProjectID}, "|")
		}
	case ProviderSWR:
		if a.Region != "" && a.ProjectID != "" && a.InstanceID != "" {
			return strings.Join([]string{a.Provider, a.Region, a.ProjectID, a.InstanceID}, "|")
		}
	}
	return ""
}

// credentialsID tells credentials blocks apart by the variables they name.
func credentialsID(a *Account) string {
	k := a.Credentials
	if k == nil {
		return ""
	}
	return strings.Join([]string{k.AccessKey.Env, k.SecretKey.Env, k.SecurityToken.Env, k.AuthToken.Env}, ",")
}

// whySame explains why two accounts are one place where their fields differ.
func whySame(a, b *Account) string {
	if a.Provider == ProviderSAS && a.Region != b.Region {
		return fmt.Sprintf(": %s and %s are one data center with one list of registries, and the region to scan from is regionId of the scan entry",
			a.Region, b.Region)
	}
	return ""
}

// overlap reports whether two accounts of one place can see the same registrations. Two named enterprise projects
// of HSS cannot.
func overlap(a, b *Account) bool {
	if a.Provider != ProviderHSS || a.EnterpriseProjectID == b.EnterpriseProjectID {
		return true
	}
	return a.EnterpriseProjectID == AllEnterpriseProjects || b.EnterpriseProjectID == AllEnterpriseProjects
}

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
	if meant := Suggest(region, names); meant != "" {
		return fmt.Sprintf("; did you mean %s?", meant)
	}
	return "; the nearest are " + strings.Join(near(region, names, 3), ", ")
}

// The endpoints of Alibaba Security Center's two data centers, as in the official SDK's endpoint map.
const (
	sasChina         = "tds.cn-shanghai.aliyuncs.com"
	sasInternational = "tds.ap-southeast-1.aliyuncs.com"
)

// sasRegions are the regions of each data center, as in the official SDK's endpoint map (sas-20181203).
var sasRegions = map[string][]string{
	sasChina: {
		"cn-beijing", "cn-chengdu", "cn-fuzhou", "cn-guangzhou", "cn-hangzhou", "cn-hangzhou-finance", "cn-heyuan",
		"cn-heyuan-acdr-1", "cn-hongkong", "cn-huhehaote", "cn-nanjing", "cn-north-2-gov-1", "cn-qingdao",
		"cn-qingdao-acdr-ut-1", "cn-shanghai", "cn-shanghai-mybk", "cn-shenzhen", "cn-wuhan-lr", "cn-wulanchabu",
		"cn-zhangjiakou", "cn-zhengzhou-jva",
	},
	sasInternational: {
		"ap-northeast-1", "ap-northeast-2", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "ap-southeast-3",
		"ap-southeast-5", "ap-southeast-6", "ap-southeast-7", "eu-central-1", "eu-west-1", "me-central-1", "me-east-1",
		"us-east-1", "us-west-1",
	},
}

// sasFinance are the regions of the finance cloud, all served from China.
var sasFinance = regexp.MustCompile(`^cn-[a-z]+-finance-[a-z0-9-]+$`)

// SASDataCenter gives the host of the Security Center data center that serves a region. There are two, China and
// International; ok is false for a region that the official SDK's endpoint map does not know.
func SASDataCenter(region string) (host string, ok bool) {
	if sasFinance.MatchString(region) {
		return sasChina, true
	}
	for host, regions := range sasRegions {
		if slices.Contains(regions, region) {
			return host, true
		}
	}
	return "", false
}

// sasRegionNames lists all regions, sorted.
func sasRegionNames() []string {
	return slices.Sorted(slices.Values(slices.Concat(sasRegions[sasChina], sasRegions[sasInternational])))
}
