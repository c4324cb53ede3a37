package emulator

import "time"

// stateVersion is the only version of the state format there is.
const stateVersion = 1

// State is everything the emulator holds, secrets included, in the form of
// the state file and of the control API. Unknown keys are refused on reading.
type State struct {
	Version     int          `json:"version"`
	SAS         SASState     `json:"sas"`
	HSS         HSSState     `json:"hss"`
	SWR         SWRState     `json:"swr"`
	Credentials *Credentials `json:"credentials,omitempty"`
	Users       []User       `json:"users,omitempty"`
	IDPs        []IDP        `json:"idps,omitempty"`
}

// SASState is one Security Center account.
type SASState struct {
	Registries []SASRegistry `json:"registries"`
	// Regions a registry may be added in. Empty means the built-in list.
	Regions []SASRegion `json:"regions,omitempty"`
}

// SASRegistry is one registration, with the field names of the API. Port is
// 0..65535; TransPerHour counts images per hour; Password is in clear here and
// masked in answers; the Gmt fields are "yyyy-MM-dd HH:mm:ss" without a zone.
type SASRegistry struct {
	ID              int64  `json:"Id"`
	AliUID          int64  `json:"AliUid,omitempty"`
	RegistryType    string `json:"RegistryType"`
	RegistryVersion string `json:"RegistryVersion"`
	RegistryName    string `json:"RegistryName,omitempty"`
	RegionID        string `json:"RegionId"`
	DomainName      string `json:"DomainName"`
	RegistryHostIP  string `json:"RegistryHostIp"`
	Port            int32  `json:"Port"`
	ProtocolType    int64  `json:"ProtocolType"`
	NetType         int64  `json:"NetType"`
	VpcID           string `json:"VpcId,omitempty"`
	UserName        string `json:"UserName"`
	Password        string `json:"Password"`
	TransPerHour    int32  `json:"TransPerHour"`
	ExtraParam      string `json:"ExtraParam,omitempty"`
	Token           string `json:"Token,omitempty"`
	WhiteList       string `json:"WhiteList,omitempty"`
	BlackList       string `json:"BlackList,omitempty"`
	JenkinsEnv      string `json:"JenkinsEnv,omitempty"`
	PersistenceDay  int64  `json:"PersistenceDay,omitempty"`
	GmtCreate       string `json:"GmtCreate,omitempty"`
	GmtModified     string `json:"GmtModified,omitempty"`
}

// SASRegion is one entry of ListImageRegistryRegion.
type SASRegion struct {
	RegionID   string `json:"RegionId"`
	RegionName string `json:"RegionName"`
}

// HSSState is every project's registrations.
type HSSState struct {
	Registries []HSSRegistry `json:"registries"`
}

// HSSRegistry is one registration. LatestSyncTime is in epoch milliseconds;
// Status is accessing, success or fail.
type HSSRegistry struct {
	ProjectID           string `json:"project_id"`
	EnterpriseProjectID string `json:"enterprise_project_id"`
	ID                  string `json:"id"`
	RegistryName        string `json:"registry_name"`
	RegistryType        string `json:"registry_type"`
	APIVersion          string `json:"api_version"`
	Protocol            string `json:"protocol"`
	RegistryAddr        string `json:"registry_addr"`
	RegistryUsername    string `json:"registry_username"`
	RegistryPassword    string `json:"registry_password"`
	Namespace           string `json:"namespace,omitempty"`
	ConnectClusterID    string `json:"connect_cluster_id"`
	GetScanImageChannel string `json:"get_scan_image_channel"`
	Status              string `json:"status,omitempty"`
	FailReason          string `json:"fail_reason,omitempty"`
	ImagesNum           int32  `json:"images_num,omitempty"`
	LatestSyncTime      int64  `json:"latest_sync_time,omitempty"`
	// CreatedAt orders lists. The API never returns it.
	CreatedAt time.Time `json:"created_at,omitzero"`
}

// SWRState is every instance's target registries.
type SWRState struct {
	// Instances feeds ListInstance, and with the switch swr-unknown-instance
	// at not-found it is the list of instances that exist.
	Instances  []SWRInstance `json:"instances,omitempty"`
	Registries []SWREntry    `json:"registries"`
}

// SWRInstance is one SWR Enterprise instance.
type SWRInstance struct {
	ProjectID           string    `json:"project_id"`
	ID                  string    `json:"id"`
	Name                string    `json:"name"`
	Status              string    `json:"status,omitempty"`
	Spec                string    `json:"spec,omitempty"`
	AccessAddress       string    `json:"access_address,omitempty"`
	Version             string    `json:"version,omitempty"`
	EnterpriseProjectID string    `json:"enterprise_project_id,omitempty"`
	CreatedAt           time.Time `json:"created_at,omitzero"`
}

// SWREntry places one target registry in the project and instance that own it.
type SWREntry struct {
	ProjectID  string      `json:"project_id"`
	InstanceID string      `json:"instance_id"`
	Registry   SWRRegistry `json:"registry"`
}

// SWRRegistry is one target registry. ProjectID, RegionID and InstanceID
// describe the target, not the owner. Status is healthy or unhealthy.
type SWRRegistry struct {
	ID          int32         `json:"id"`
	Name        string        `json:"name"`
	Description string        `json:"description"`
	Type        string        `json:"type"`
	URL         string        `json:"url"`
	Insecure    bool          `json:"insecure"`
	Credential  SWRCredential `json:"credential"`
	RegionID    string        `json:"region_id,omitempty"`
	InstanceID  string        `json:"instance_id,omitempty"`
	ProjectID   string        `json:"project_id,omitempty"`
	DNSConf     *SWRDNSConf   `json:"dns_conf,omitempty"`
	Status      string        `json:"status,omitempty"`
	CreatedAt   time.Time     `json:"created_at,omitzero"`
	UpdatedAt   time.Time     `json:"updated_at,omitzero"`
}

// SWRCredential is the login of a target registry. Type is always basic.
type SWRCredential struct {
	Type         string `json:"type"`
	AccessKey    string `json:"access_key"`
	AccessSecret string `json:"access_secret"`
}

// SWRDNSConf maps host names of a target to addresses.
type SWRDNSConf struct {
	Hosts map[string]string `json:"hosts"`
}

// Credentials are access keys the emulator accepts besides its own.
type Credentials struct {
	Alibaba []AccessKey `json:"alibaba,omitempty"`
	Huawei  []AccessKey `json:"huawei,omitempty"`
}

// AccessKey is one key pair. With SecurityToken it is a temporary key and
// every request must carry that token. A zero ExpiresAt never expires. Without
// Projects (Huawei only) the key opens every project.
type AccessKey struct {
	ID            string    `json:"ak"`
	Secret        string    `json:"sk"`
	SecurityToken string    `json:"security_token,omitempty"`
	ExpiresAt     time.Time `json:"expires_at,omitzero"`
	Projects      []Project `json:"projects,omitempty"`
}

// Project is one Huawei project; its name is the region's name unless it is a
// sub-project.
type Project struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// User is one IAM user that can log in with a password. Without Projects the
// user may scope a token to any project.
type User struct {
	Domain   string    `json:"domain"`
	Name     string    `json:"name"`
	Password string    `json:"password"`
	Projects []Project `json:"projects,omitempty"`
}

// IDP is one OpenID Connect identity provider. Without Tokens any non-empty
// ID token is accepted.
type IDP struct {
	ID       string    `json:"id"`
	Tokens   []string  `json:"tokens,omitempty"`
	Projects []Project `json:"projects,omitempty"`
}
