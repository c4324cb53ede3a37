package config

import (
	"regexp"
	"slices"
)

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
