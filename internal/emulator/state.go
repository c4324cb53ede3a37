package emulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"time"

	"regent/internal/wholefile"
)

// stateVersion is the only version of the state format there is.
const stateVersion = 1

// State is everything the emulator holds, secrets included, in the form of the state file and of the control API. Unknown
// keys are refused on reading.
type State struct {
	Version     int          `json:"version"`
	SAS         SASState     `json:"sas"`
	HSS         HSSState     `json:"hss"`
	SWR         SWRState     `json:"swr"`
	Credentials *Credentials `json:"credentials,omitempty"`
	Users       []User       `json:"users,omitempty"`
	IDPs        []IDP        `json:"idps,omitempty"`
}

// SASState is one Security Center account. Regions are those a registry may be added in; empty means the built-in list.
type SASState struct {
	Registries []SASRegistry `json:"registries"`
	Regions    []SASRegion   `json:"regions,omitempty"`
}

// SASRegistry is one registration, with the field names of the API. Port is 0..65535; TransPerHour counts images per hour;
// Password is in clear here and masked in answers; the Gmt fields are "yyyy-MM-dd HH:mm:ss" without a zone.
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

// HSSRegistry is one registration. LatestSyncTime is in epoch milliseconds; Status is accessing, success or fail.
type HSSRegistry struct {
	ProjectID           string    `json:"project_id"`
	EnterpriseProjectID string    `json:"enterprise_project_id"`
	ID                  string    `json:"id"`
	RegistryName        string    `json:"registry_name"`
	RegistryType        string    `json:"registry_type"`
	APIVersion          string    `json:"api_version"`
	Protocol            string    `json:"protocol"`
	RegistryAddr        string    `json:"registry_addr"`
	RegistryUsername    string    `json:"registry_username"`
	RegistryPassword    string    `json:"registry_password"`
	Namespace           string    `json:"namespace,omitempty"`
	ConnectClusterID    string    `json:"connect_cluster_id"`
	GetScanImageChannel string    `json:"get_scan_image_channel"`
	Status              string    `json:"status,omitempty"`
	FailReason          string    `json:"fail_reason,omitempty"`
	ImagesNum           int32     `json:"images_num,omitempty"`
	LatestSyncTime      int64     `json:"latest_sync_time,omitempty"`
	CreatedAt           time.Time `json:"created_at,omitzero"` // orders lists; the API never returns it
}

// SWRState is every instance's target registries. With the switch swr-unknown-instance at not-found, Instances are those
// that exist.
type SWRState struct {
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

// SWRRegistry is one target registry. ProjectID, RegionID and InstanceID describe the target, not the owner. Status is
// healthy or unhealthy.
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

// AccessKey is one key pair. With SecurityToken it is a temporary key and every request must carry that token. A zero
// ExpiresAt never expires. Without Projects (Huawei only) the key opens every project. AccountID (Alibaba only) is the
// account that the key is of, by default the one of the emulator's entries.
type AccessKey struct {
	ID            string    `json:"ak"`
	Secret        string    `json:"sk"`
	SecurityToken string    `json:"security_token,omitempty"`
	ExpiresAt     time.Time `json:"expires_at,omitzero"`
	Projects      []Project `json:"projects,omitempty"`
	AccountID     string    `json:"account_id,omitempty"`
}

// Project is one Huawei project; its name is the region's name unless it is a sub-project.
type Project struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// User is one IAM user that can log in with a password. Without Projects the user may scope a token to any project.
type User struct {
	Domain   string    `json:"domain"`
	Name     string    `json:"name"`
	Password string    `json:"password"`
	Projects []Project `json:"projects,omitempty"`
}

// IDP is one OpenID Connect identity provider. Without Tokens any non-empty ID token is accepted.
type IDP struct {
	ID       string    `json:"id"`
	Tokens   []string  `json:"tokens,omitempty"`
	Projects []Project `json:"projects,omitempty"`
}

// store is the live state with what is needed to extend it. Server.mu guards it; handlers get it only while holding that
// lock.
type store struct {
	rest State // what is no entry: regions, instances, keys, users, identity providers
	sas  collection[SASRegistry]
	hss  collection[HSSRegistry]
	swr  collection[SWREntry]
}

// newStore checks a state and fills in what a hand-written one may leave out.
func newStore(state State, now time.Time) (st store, err error) {
	if state.Version != stateVersion {
		return st, fmt.Errorf("emulator: state version is %d, not %d", state.Version, stateVersion)
	}
	if keys := state.Credentials; keys != nil {
		for _, key := range slices.Concat(keys.Alibaba, keys.Huawei) {
			if key.ID == "" || key.Secret == "" {
				return st, fmt.Errorf("emulator: state credentials: ak and sk are mandatory")
			}
		}
	}
	st.rest = state.clone()
	if st.sas, err = newCollection(sasKind(), st.rest.SAS.Registries, now); err != nil {
		return st, err
	}
	if st.hss, err = newCollection(hssKind(), st.rest.HSS.Registries, now); err != nil {
		return st, err
	}
	st.swr, err = newCollection(swrKind(), st.rest.SWR.Registries, now)
	return st, err
}

// state is a copy of everything, entries in the order of the state.
func (st *store) state() State {
	out := st.rest
	out.SAS.Registries, out.HSS.Registries, out.SWR.Registries = st.sas.sorted(), st.hss.sorted(), st.swr.sorted()
	return out.clone()
}

// clone returns a copy of the entries and of what they point to; nothing changes regions, instances, keys and users.
func (state State) clone() State {
	state.SAS.Registries, state.HSS.Registries = slices.Clone(state.SAS.Registries), slices.Clone(state.HSS.Registries)
	state.SWR.Registries = slices.Clone(state.SWR.Registries)
	for i := range state.SWR.Registries {
		if r := &state.SWR.Registries[i].Registry; r.DNSConf != nil {
			r.DNSConf = &SWRDNSConf{Hosts: maps.Clone(r.DNSConf.Hosts)}
		}
	}
	return state
}

// maxStateFile is the largest state file read, in bytes.
const maxStateFile = 64 << 20

// StateFileError says why a state file cannot be used. Path is its name.
type StateFileError struct {
	Path string
	Err  error
}

func (e *StateFileError) Error() string {
	return "emulator: state file " + e.Path + ": " + e.Err.Error()
}

// Unwrap gives the reason.
func (e *StateFileError) Unwrap() error { return e.Err }

// ReadState reads a state in JSON. Unknown keys, a second document after the first and versions other than 1 are errors.
func ReadState(r io.Reader) (State, error) {
	var state State
	data, err := io.ReadAll(r)
	if err == nil {
		state, err = decodeState(data)
	}
	if err != nil {
		return State{}, fmt.Errorf("emulator: state: %w", err)
	}
	return state, nil
}

func decodeState(data []byte) (State, error) {
	var state State
	if err := decodeStrict(data, &state); err != nil {
		return State{}, err
	}
	if state.Version != stateVersion {
		return State{}, fmt.Errorf("its version is %d, not %d", state.Version, stateVersion)
	}
	return state, nil
}

// loadStateFile reads the state file; found is false when there is none yet. Its errors are *StateFileError.
func loadStateFile(path string) (state State, found bool, err error) {
	if path == "" {
		return state, false, nil
	}
	data, err := wholefile.Read(path, maxStateFile)
	if errors.Is(err, fs.ErrNotExist) {
		return state, false, nil
	}
	if err != nil {
		return state, false, &StateFileError{path, err}
	}
	if state, err = decodeState(data); err != nil {
		return State{}, false, notOurs(path, err)
	}
	return state, true, nil
}

// notOurs says that a state file holds something else.
func notOurs(path string, err error) error {
	return &StateFileError{path, fmt.Errorf("not a file that the sandbox or the emulator wrote: %w", err)}
}

// save replaces the state file, if there is one, in one step; a reader sees the old or the new content, never a part. The file
// holds secrets, hence mode 0600.
func (s *Server) save() error {
	if s.stateFile == "" {
		return nil
	}
	s.saving.Lock()
	defer s.saving.Unlock()
	data, err := json.MarshalIndent(s.State(), "", "  ")
	if err == nil {
		err = wholefile.Replace(s.stateFile, func(w io.Writer) error {
			_, err := w.Write(append(data, '\n'))
			return err
		})
	}
	if err != nil {
		return fmt.Errorf("emulator: state: %w", err)
	}
	return nil
}
