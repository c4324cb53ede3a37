package emulator

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"regent/internal/order"
)

// store is the live state with what is needed to extend it. Server.mu guards
// it; handlers get it only while holding that lock.
type store struct {
	state    State
	revision uint64 // counts successful writes
	lastSAS  int64
	lastSWR  map[swrOwner]int32
	veils    []veil // changes that lists do not show yet, oldest first
	grown    int    // entries that FaultListGrows has added
}

// swrOwner is the scope in which SWR numbers and names are unique.
type swrOwner struct{ project, instance string }

func (e SWREntry) owner() swrOwner { return swrOwner{e.ProjectID, e.InstanceID} }

// newStore checks a state, fills in what a hand-written one may leave out
// (identifiers, times, status), and finds the highest identifiers in use.
func newStore(state State, now time.Time) (store, error) {
	if state.Version != stateVersion {
		return store{}, fmt.Errorf("emulator: state version is %d, not %d", state.Version, stateVersion)
	}
	st := store{state: state, lastSAS: sasFirstID, lastSWR: map[swrOwner]int32{}}
	for _, fill := range []func(time.Time) error{st.fillSAS, st.fillHSS, st.fillSWR, st.checkKeys} {
		if err := fill(now); err != nil {
			return store{}, err
		}
	}
	st.sort()
	return st, nil
}

// clone returns an independent copy.
func (st *store) clone() store {
	out := *st
	out.state = st.state.clone()
	out.lastSWR = maps.Clone(st.lastSWR)
	return out
}

// fillSAS gives every SAS registration an identifier, a token and times.
func (st *store) fillSAS(now time.Time) error {
	seen := map[int64]bool{sasACRID: true, sasJenkinsID: true}
	for i, reg := range st.state.SAS.Registries {
		if reg.RegistryType == "" {
			return fmt.Errorf("emulator: state sas.registries[%d]: RegistryType is mandatory", i)
		}
		if reg.ID < 0 || reg.ID > 0 && seen[reg.ID] {
			return fmt.Errorf("emulator: state sas.registries[%d]: Id %d is negative, built-in or used twice", i, reg.ID)
		}
		seen[reg.ID] = true
		st.lastSAS = max(st.lastSAS, reg.ID)
	}
	for i := range st.state.SAS.Registries {
		reg := &st.state.SAS.Registries[i]
		if reg.ID == 0 {
			st.lastSAS++
			reg.ID = st.lastSAS
		}
		reg.Token = cmp.Or(reg.Token, randomUUID())
		reg.AliUID = cmp.Or(reg.AliUID, sasAliUID)
		reg.GmtCreate = cmp.Or(reg.GmtCreate, now.UTC().Format(gmtLayout))
		reg.GmtModified = cmp.Or(reg.GmtModified, reg.GmtCreate)
	}
	return nil
}

// fillHSS gives every HSS registration an identifier, a scope and a status.
func (st *store) fillHSS(now time.Time) error {
	seen := map[string]bool{}
	for i := range st.state.HSS.Registries {
		reg := &st.state.HSS.Registries[i]
		if reg.ProjectID == "" || reg.RegistryName == "" {
			return fmt.Errorf("emulator: state hss.registries[%d]: project_id and registry_name are mandatory", i)
		}
		reg.ID = cmp.Or(reg.ID, randomUUID())
		if seen[reg.ID] {
			return fmt.Errorf("emulator: state hss.registries[%d]: id %s is used twice", i, reg.ID)
		}
		seen[reg.ID] = true
		reg.EnterpriseProjectID = cmp.Or(reg.EnterpriseProjectID, hssDefaultProject)
		reg.Status = cmp.Or(reg.Status, hssSuccess)
		if reg.CreatedAt.IsZero() {
			reg.CreatedAt = now.UTC()
		}
	}
	return nil
}

// fillSWR gives every target registry an identifier, times and a status.
func (st *store) fillSWR(now time.Time) error {
	seen := map[swrOwner]map[int32]bool{}
	for i := range st.state.SWR.Registries {
		entry := &st.state.SWR.Registries[i]
		owner, id := entry.owner(), entry.Registry.ID
		if owner.project == "" || owner.instance == "" {
			return fmt.Errorf("emulator: state swr.registries[%d]: project_id and instance_id are mandatory", i)
		}
		if seen[owner] == nil {
			seen[owner] = map[int32]bool{}
		}
		if id < 0 || id > 0 && seen[owner][id] {
			return fmt.Errorf("emulator: state swr.registries[%d]: id %d is negative or used twice", i, id)
		}
		seen[owner][id] = true
		st.lastSWR[owner] = max(st.lastSWR[owner], id)
	}
	for i := range st.state.SWR.Registries {
		entry := &st.state.SWR.Registries[i]
		reg := &entry.Registry
		if reg.ID == 0 {
			reg.ID = st.nextSWR(entry.owner())
		}
		reg.Credential.Type = cmp.Or(reg.Credential.Type, "basic")
		reg.Status = cmp.Or(reg.Status, "healthy")
		if reg.CreatedAt.IsZero() {
			reg.CreatedAt = now.UTC()
		}
		if reg.UpdatedAt.IsZero() {
			reg.UpdatedAt = reg.CreatedAt
		}
	}
	return nil
}

// nextSWR hands out the next number of an instance. Numbers are not reused
// while the server runs.
func (st *store) nextSWR(owner swrOwner) int32 {
	st.lastSWR[owner]++
	return st.lastSWR[owner]
}

// checkKeys refuses credentials nobody could use.
func (st *store) checkKeys(time.Time) error {
	if st.state.Credentials == nil {
		return nil
	}
	for _, key := range slices.Concat(st.state.Credentials.Alibaba, st.state.Credentials.Huawei) {
		if key.ID == "" || key.Secret == "" {
			return fmt.Errorf("emulator: state credentials: ak and sk are mandatory")
		}
	}
	return nil
}

// sort puts the state in its canonical order.
func (st *store) sort() {
	order.By(st.state.SAS.Registries, func(a, b *SASRegistry) int { return cmp.Compare(a.ID, b.ID) })
	order.By(st.state.HSS.Registries, compareHSS)
	order.By(st.state.SWR.Registries, compareSWR)
}

func compareHSS(a, b *HSSRegistry) int {
	return cmp.Or(
		cmp.Compare(a.ProjectID, b.ProjectID),
		cmp.Compare(a.RegistryName, b.RegistryName),
		cmp.Compare(a.ID, b.ID),
	)
}

func compareSWR(a, b *SWREntry) int {
	return cmp.Or(
		cmp.Compare(a.ProjectID, b.ProjectID),
		cmp.Compare(a.InstanceID, b.InstanceID),
		cmp.Compare(a.Registry.ID, b.Registry.ID),
	)
}

// clone returns a deep copy in canonical order. Lists are never nil, so that
// they are written as [] and not as null.
func (state State) clone() State {
	out := state
	out.SAS.Registries = slices.Clone(nonNil(state.SAS.Registries))
	out.SAS.Regions = slices.Clone(state.SAS.Regions)
	out.HSS.Registries = slices.Clone(nonNil(state.HSS.Registries))
	out.SWR.Instances = slices.Clone(state.SWR.Instances)
	out.SWR.Registries = slices.Clone(nonNil(state.SWR.Registries))
	for i := range out.SWR.Registries {
		if dns := out.SWR.Registries[i].Registry.DNSConf; dns != nil {
			out.SWR.Registries[i].Registry.DNSConf = &SWRDNSConf{Hosts: maps.Clone(dns.Hosts)}
		}
	}
	if keys := state.Credentials; keys != nil {
		out.Credentials = &Credentials{Alibaba: cloneKeys(keys.Alibaba), Huawei: cloneKeys(keys.Huawei)}
	}
	out.Users = slices.Clone(state.Users)
	for i := range out.Users {
		out.Users[i].Projects = slices.Clone(out.Users[i].Projects)
	}
	out.IDPs = slices.Clone(state.IDPs)
	for i := range out.IDPs {
		out.IDPs[i].Tokens = slices.Clone(out.IDPs[i].Tokens)
		out.IDPs[i].Projects = slices.Clone(out.IDPs[i].Projects)
	}
	(&store{state: out}).sort()
	return out
}

func cloneKeys(keys []AccessKey) []AccessKey {
	out := slices.Clone(keys)
	for i := range out {
		out[i].Projects = slices.Clone(out[i].Projects)
	}
	return out
}

// nonNil turns a nil list into an empty one.
func nonNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
