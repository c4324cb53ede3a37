package emulator

import (
	"math"
	"net"
	"net/http"
	"slices"
)

// gmtLayout is the time format of SAS answers; it names no zone.
const gmtLayout = "2006-01-02 15:04:05"

// addSAS is AddPrivateRegistry.
func addSAS(c *call, st *store) (reply, error) {
	if c.is(switchSASFeature, "disabled") {
		return reply{}, sasNoPermission()
	}
	reg, err := readNewSAS(c, st)
	if err != nil {
		return reply{}, err
	}
	if err := checkDuplicateSAS(c, st, reg); err != nil {
		return reply{}, err
	}
	st.lastSAS++
	reg.ID, reg.AliUID, reg.Token = st.lastSAS, sasAliUID, randomUUID()
	reg.GmtCreate = c.now.UTC().Format(gmtLayout)
	reg.GmtModified = reg.GmtCreate
	st.state.SAS.Registries = append(st.state.SAS.Registries, reg)
	data := sasCommon(reg)
	data["RegistryVersion"], data["AliUid"] = reg.RegistryVersion, reg.AliUID
	if c.is(switchSASAddID, "zero") {
		data["Id"] = 0
	}
	return ok(map[string]any{"RequestId": c.id, "Data": data}), nil
}

// readNewSAS reads and checks the parameters of an add, in the order the page
// lists them.
func readNewSAS(c *call, st *store) (SASRegistry, error) {
	p := c.sasParams()
	if c.is(switchSASSecretsInBody, "refuse") {
		p.get = c.queryOnlySecrets
	}
	var reg SASRegistry
	reg.RegistryType = p.text("RegistryType", true, sasHarbor, sasQuay)
	reg.RegistryVersion = p.text("RegistryVersion", true, "V1", "V2")
	reg.ProtocolType, _ = p.number("ProtocolType", true, 1, 2)
	reg.NetType, _ = p.number("NetType", true, 1, 2)
	reg.VpcID = p.text("VpcId", reg.NetType == 2 && c.is(switchSASVpcID, "required"))
	reg.RegistryHostIP = p.text("RegistryHostIp", true)
	reg.DomainName = p.text("DomainName", true)
	reg.Port = c.sasPort(p, reg.ProtocolType)
	reg.UserName = p.text("UserName", true)
	reg.Password = p.text("Password", true)
	reg.RegionID = p.text("RegistryRegionId", true)
	reg.TransPerHour = c.sasRate(p)
	reg.ExtraParam = p.text("ExtraParam", reg.RegistryType == sasQuay)
	if err := p.err(); err != nil {
		return reg, err
	}
	if net.ParseIP(reg.RegistryHostIP) == nil {
		return reg, invalidParameter("RegistryHostIp")
	}
	if _, complete := parseExtraParam(reg.ExtraParam); reg.RegistryType == sasQuay && !complete {
		return reg, invalidParameter("ExtraParam")
	}
	known := slices.ContainsFunc(sasRegions(st, ""), func(r SASRegion) bool { return r.RegionID == reg.RegionID })
	if !known && c.is(switchSASUnknownRegion, "refuse") {
		return reg, invalidParameter("RegistryRegionId")
	}
	return reg, nil
}

// queryOnlySecrets overlooks secrets in the form, as a gateway would that
// insists on the place the API's metadata names.
func (c *call) queryOnlySecrets(name string) string {
	if name == "Password" || name == "ExtraParam" {
		return c.r.URL.Query().Get(name)
	}
	return c.params.Get(name)
}

// sasPort reads Port; without it the default follows the protocol, perhaps.
func (c *call) sasPort(p *sasParams, protocol int64) int32 {
	port, given := p.number("Port", false, 1, math.MaxUint16)
	switch {
	case given:
		return int32(port)
	case c.is(switchSASDefaultPort, "zero"):
		return 0
	case protocol == 1:
		return 80
	default:
		return 443
	}
}

// sasRate reads TransPerHour, images per hour.
func (c *call) sasRate(p *sasParams) int32 {
	low := int64(1)
	if c.is(switchSASRateRange, "any") {
		low = 0
	}
	rate, given := p.number("TransPerHour", false, low, math.MaxInt32)
	if !given {
		return int32(atoi(c.switches.get(switchSASDefaultRate)))
	}
	return int32(rate)
}

// checkDuplicateSAS applies the switch about entries that are the same
// registry: type, region, host, address and port.
func checkDuplicateSAS(c *call, st *store, next SASRegistry) error {
	if c.is(switchSASDuplicate, "accept") {
		return nil
	}
	for _, reg := range st.state.SAS.Registries {
		if reg.RegistryType == next.RegistryType && reg.RegionID == next.RegionID && reg.DomainName == next.DomainName &&
			reg.RegistryHostIP == next.RegistryHostIP && reg.Port == next.Port {
			if c.is(switchSASDuplicate, "server-error") {
				return alibabaError(http.StatusInternalServerError, "ServerError", "ServerError")
			}
			return alibabaError(http.StatusBadRequest, "RegistryAlreadyExists", "The image registry already exists.")
		}
	}
	return nil
}

// modifySAS is ModifyImageRegistry. Failures the service notices itself come
// as HTTP 200 with Success=false; those of the gateway as errors.
func modifySAS(c *call, st *store) (reply, error) {
	p := c.sasParams()
	id, given := p.number("Id", false, 0, math.MaxInt64)
	next := SASRegistry{
		UserName:       p.text("UserName", false),
		Password:       p.text("Password", false),
		DomainName:     p.text("DomainName", false),
		RegistryHostIP: p.text("RegistryHostIp", false),
	}
	port, _ := p.number("Port", false, 1, math.MaxUint16)
	next.Port = int32(port)
	if c.params.Get("TransPerHour") != "" {
		next.TransPerHour = c.sasRate(p)
	}
	if err := p.err(); err != nil {
		return reply{}, err
	}
	if next.RegistryHostIP != "" && net.ParseIP(next.RegistryHostIP) == nil {
		return reply{}, invalidParameter("RegistryHostIp")
	}
	if !given {
		return c.sasNoID()
	}
	reg, i, found := findSAS(st, id)
	switch {
	case !found:
		return c.sasUnknown(c.switches.get(switchSASUnknownID))
	case isSASBuiltIn(reg):
		return reply{}, sasNoPermission()
	}
	sent := func(name string) bool { return c.params.Get(name) != "" }
	applySAS(&st.state.SAS.Registries[i], next, sent, c.is(switchSASModifyOmitted, "clear"))
	st.state.SAS.Registries[i].GmtModified = c.now.UTC().Format(gmtLayout)
	return c.sasOutcome(true, "200", "success", http.StatusOK), nil
}

// applySAS writes the sent fields into an entry; clearing empties the others.
// There is no way to clear a field by sending it empty.
func applySAS(reg *SASRegistry, next SASRegistry, sent func(string) bool, clearing bool) {
	for name, set := range map[string]func(){
		"UserName":       func() { reg.UserName = next.UserName },
		"Password":       func() { reg.Password = next.Password },
		"DomainName":     func() { reg.DomainName = next.DomainName },
		"RegistryHostIp": func() { reg.RegistryHostIP = next.RegistryHostIP },
		"Port":           func() { reg.Port = next.Port },
		"TransPerHour":   func() { reg.TransPerHour = next.TransPerHour },
	} {
		if sent(name) || clearing {
			set()
		}
	}
}

// deleteSAS is DeletePrivateRegistry; Data=false means that it failed.
func deleteSAS(c *call, st *store) (reply, error) {
	p := c.sasParams()
	id, _ := p.number("RegistryId", true, 0, math.MaxInt64)
	if err := p.err(); err != nil {
		return reply{}, err
	}
	reg, i, found := findSAS(st, id)
	switch {
	case !found && c.is(switchSASDeleteUnknown, "data-false"),
		found && isSASBuiltIn(reg) && c.is(switchSASDeleteBuiltIn, "data-false"):
		return ok(map[string]any{"RequestId": c.id, "Data": false}), nil
	case !found:
		return reply{}, invalidParameter("RegistryId")
	case isSASBuiltIn(reg):
		return reply{}, sasNoPermission()
	}
	st.state.SAS.Registries = slices.Delete(st.state.SAS.Registries, i, i+1)
	return ok(map[string]any{"RequestId": c.id, "Data": true}), nil
}

// sasNoID answers a modification that does not say of what: the page calls Id
// optional, although nothing could be modified without it.
func (c *call) sasNoID() (reply, error) {
	if c.is(switchSASMissingID, "error") {
		return reply{}, missingParameter("Id")
	}
	return c.sasUnknown("success-false")
}

func (c *call) sasUnknown(answer string) (reply, error) {
	switch answer {
	case "success-false":
		return c.sasOutcome(false, "400", "The image registry does not exist.", http.StatusBadRequest), nil
	case "server-error":
		return reply{}, alibabaError(http.StatusInternalServerError, "ServerError", "ServerError")
	default:
		return reply{}, invalidParameter("Id")
	}
}

// sasOutcome is the body of a modification; the HTTP status is 200 either way.
func (c *call) sasOutcome(success bool, code, message string, status int) reply {
	return ok(map[string]any{
		"RequestId": c.id, "Success": success, "Code": code, "Message": message,
		"HttpStatusCode": status, "TimeCost": 1, "Data": "1",
	})
}

func sasNoPermission() *apiError {
	return alibabaError(http.StatusForbidden, "NoPermission", "caller has no permission")
}
