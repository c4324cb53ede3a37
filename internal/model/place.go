package model

// Place identifies where an account's items live. It is part of a plan's digest, so that equal changes in
// different places are different plans.
type Place struct {
	Provider string `json:"provider"`
	// Region is the region of the file; for Alibaba it only selects a data center.
	Region string `json:"region"`
	// DataCenter is the host that serves the region, where several regions share one; else empty.
	DataCenter          string `json:"dataCenter,omitempty"`
	ProjectID           string `json:"projectId,omitempty"`
	EnterpriseProjectID string `json:"enterpriseProjectId,omitempty"`
	InstanceID          string `json:"instanceId,omitempty"`
	// AccountID is the number of the cloud account that the credentials are of, as the vendor told; empty where it did not,
	// and where the place is of one account anyway.
	AccountID string `json:"accountId,omitempty"`
}
