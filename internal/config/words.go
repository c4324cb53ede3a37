package config

// The providers of accounts.
const (
	ProviderSAS = "alibaba-sas"
	ProviderHSS = "huawei-hss"
	ProviderSWR = "huawei-swr"
)

// The types of registries.
const (
	TypeHarbor = "harbor"
	TypeQuay   = "quay"
	TypeJFrog  = "jfrog"
)

// The types of replication targets, in the API's own words.
const (
	// TargetHarbor is an open-source Harbor.
	TargetHarbor = "swr-pro"
	// TargetSWREnterprise is another SWR Enterprise instance.
	TargetSWREnterprise = "swr-pro-internal"
	// TargetSWRBasic is SWR Basic Edition.
	TargetSWRBasic = "huawei-SWR"
)

// AllEnterpriseProjects is the enterprise project of an HSS account that names none: reads look across all.
const AllEnterpriseProjects = "all_granted_eps"
