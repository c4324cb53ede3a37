package emulator

import (
	"slices"
	"strconv"
)

// Words of the SAS API.
const (
	sasHarbor  = "harbor"
	sasQuay    = "quay"
	sasACR     = "acr"   // synchronised from Container Registry
	sasJenkins = "CI/CD" // made by the Jenkins integration
	sasAliUID  = 1234567890123456
)

// Identifiers of the built-in entries, and the last one below those handed
// out for new entries.
const (
	sasACRID     = 1
	sasJenkinsID = 2
	sasFirstID   = 66000
)

// addSASRoutes registers Security Center's registry operations.
func addSASRoutes(rt *router) {
	add := func(name string, write bool, handle func(*call, *store) (reply, error)) {
		rt.rpc(sasVersion, operation{name: name, auth: authAlibaba, write: write, handle: handle})
	}
	add("ListPrivateRegistryList", false, listSAS)
	add("PageImageRegistry", false, pageSAS)
	add("AddPrivateRegistry", true, addSAS)
	add("ModifyImageRegistry", true, modifySAS)
	add("DeletePrivateRegistry", true, deleteSAS)
	add("ListImageRegistryRegion", false, listSASRegions)
	add("ListPrivateRegistryType", false, listSASTypes)
	add("ListImageRegistryExtra", false, listSASExtra)
}

// sasBuiltIns are the entries every account has without adding them.
func sasBuiltIns() []SASRegistry {
	return []SASRegistry{
		{
			ID: sasACRID, AliUID: sasAliUID, RegistryType: sasACR, RegistryVersion: "V2", RegistryName: "acr",
			RegionID: "cn-hangzhou", DomainName: "registry.cn-hangzhou.aliyuncs.com",
			ProtocolType: 2, NetType: 1, TransPerHour: 1000,
			GmtCreate: "2024-01-01 00:00:00", GmtModified: "2024-01-01 00:00:00",
		},
		{
			ID: sasJenkinsID, AliUID: sasAliUID, RegistryType: sasJenkins, RegistryVersion: "V2", RegistryName: "jenkins",
			RegionID: "cn-hangzhou", PersistenceDay: 30, Token: "00000000-built-in",
			ProtocolType: 2, NetType: 1, TransPerHour: 1000,
			GmtCreate: "2024-01-01 00:00:00", GmtModified: "2024-01-01 00:00:00",
		},
	}
}

// isSASBuiltIn tells whether an entry was not made through this API.
func isSASBuiltIn(reg SASRegistry) bool {
	return reg.RegistryType == sasACR || reg.RegistryType == sasJenkins
}

// sasAll returns built-in and live entries in the order lists use.
func sasAll(c *call, st *store) []SASRegistry {
	all := slices.Concat(sasBuiltIns(), st.state.SAS.Registries)
	if c.is(switchSASListOrder, "id-descending") {
		slices.Reverse(all)
	}
	return all
}

// findSAS returns an entry and its position among the live ones; -1 for a
// built-in entry.
func findSAS(st *store, id int64) (reg SASRegistry, index int, found bool) {
	for _, reg := range sasBuiltIns() {
		if reg.ID == id {
			return reg, -1, true
		}
	}
	index = slices.IndexFunc(st.state.SAS.Registries, func(reg SASRegistry) bool { return reg.ID == id })
	if index < 0 {
		return SASRegistry{}, 0, false
	}
	return st.state.SAS.Registries[index], index, true
}

// maskSecret shows the first characters of a secret, never more than half of
// it and at most six, as the vendor's example "Harbor******" does.
func maskSecret(secret string) string {
	if secret == "" {
		return ""
	}
	runes := []rune(secret)
	return string(runes[:min(6, len(runes)/2)]) + "******"
}

// sasParams reads parameters with their documented types and keeps the first
// refusal. An empty value counts as missing, as it does for the gateway.
type sasParams struct {
	get     func(name string) string
	refusal *apiError
}

func (c *call) sasParams() *sasParams { return &sasParams{get: c.params.Get} }

// err returns the first refusal as an error, or nil.
func (p *sasParams) err() error {
	if p.refusal == nil {
		return nil
	}
	return p.refusal
}

func (p *sasParams) fail(refusal *apiError) {
	if p.refusal == nil {
		p.refusal = refusal
	}
}

// text reads a string; allowed, if given, are its only values.
func (p *sasParams) text(name string, required bool, allowed ...string) string {
	value := p.get(name)
	switch {
	case value == "" && required:
		p.fail(missingParameter(name))
	case value != "" && len(allowed) > 0 && !slices.Contains(allowed, value):
		p.fail(invalidParameter(name))
	}
	return value
}

// number reads an integer. Absent and optional gives 0 and false.
func (p *sasParams) number(name string, required bool, low, high int64) (int64, bool) {
	text := p.text(name, required)
	if text == "" {
		return 0, false
	}
	value, err := strconv.ParseInt(text, 10, 64)
	if err != nil || value < low || value > high {
		p.fail(invalidParameter(name))
		return 0, false
	}
	return value, true
}
