package emulator

import (
	"encoding/json"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// listSAS is ListPrivateRegistryList: everything at once, no pages.
func listSAS(c *call, st *store) (reply, error) {
	p := c.sasParams()
	kind := p.text("RegistryType", false, sasACR, sasHarbor, sasQuay, sasJenkins)
	if err := p.err(); err != nil {
		return reply{}, err
	}
	infos := []map[string]any{}
	for _, reg := range sasAll(c, st) {
		if kind == "" || kind == reg.RegistryType {
			infos = append(infos, sasListItem(c, reg))
		}
	}
	return ok(c.sasList("ImageRegistryInfos", infos)), nil
}

// sasList puts a list in an answer; an empty one may be left out.
func (c *call) sasList(name string, list []map[string]any) map[string]any {
	body := map[string]any{"RequestId": c.id, name: list}
	if len(list) == 0 && c.is(switchSASEmptyList, "absent") {
		delete(body, name)
	}
	return body
}

// sasCommon holds the fields every answer about an entry has. The password is
// masked, the token is in clear: that is what the vendor returns.
func sasCommon(reg SASRegistry) map[string]any {
	return map[string]any{
		"Id":             reg.ID,
		"RegistryType":   reg.RegistryType,
		"RegionId":       reg.RegionID,
		"DomainName":     reg.DomainName,
		"RegistryHostIp": reg.RegistryHostIP,
		"ProtocolType":   reg.ProtocolType,
		"NetType":        reg.NetType,
		"VpcId":          reg.VpcID,
		"UserName":       reg.UserName,
		"Password":       maskSecret(reg.Password),
		"Token":          reg.Token,
		"TransPerHour":   reg.TransPerHour,
	}
}

func sasListItem(c *call, reg SASRegistry) map[string]any {
	item := sasCommon(reg)
	maps.Copy(item, map[string]any{
		"RegistryVersion": reg.RegistryVersion,
		"RegistryName":    reg.RegistryName,
		"WhiteList":       reg.WhiteList,
		"AliUid":          reg.AliUID,
		"JenkinsEnv":      reg.JenkinsEnv,
		"PersistenceDay":  reg.PersistenceDay,
	})
	if c.is(switchSASListPort, "present") {
		item["Port"] = reg.Port
	}
	if c.is(switchSASListVPC, "absent") {
		delete(item, "VpcId")
	}
	return item
}

// sasPageItem lacks version, port and account, and has times instead.
func sasPageItem(reg SASRegistry) map[string]any {
	item := sasCommon(reg)
	maps.Copy(item, map[string]any{
		"RegistryName":   reg.RegistryName,
		"WhiteList":      reg.WhiteList,
		"BlackList":      reg.BlackList,
		"JenkinsEnv":     reg.JenkinsEnv,
		"PersistenceDay": reg.PersistenceDay,
		"ImageCount":     0,
		"GmtCreate":      reg.GmtCreate,
		"GmtModified":    reg.GmtModified,
	})
	return item
}

// pageSAS is PageImageRegistry.
func pageSAS(c *call, st *store) (reply, error) {
	p := c.sasParams()
	current, given := p.number("CurrentPage", false, 1, math.MaxInt32)
	if !given {
		current = 1
	}
	size, given := p.number("PageSize", false, 1, int64(atoi(c.switches.get(switchSASPageMax))))
	if !given {
		size = 20
	}
	if err := p.err(); err != nil {
		return reply{}, err
	}
	like := c.params.Get("RegistryNameLike")
	in, out := repeated(c, "RegistryTypeInList"), repeated(c, "RegistryTypeNotInList")
	var found []SASRegistry
	for _, reg := range sasAll(c, st) {
		if strings.Contains(reg.RegistryName, like) &&
			(in == nil || slices.Contains(in, reg.RegistryType)) && !slices.Contains(out, reg.RegistryType) {
			found = append(found, reg)
		}
	}
	items := []map[string]any{}
	for _, reg := range page(c, found, (current-1)*size, size) {
		items = append(items, sasPageItem(reg))
	}
	body := c.sasList("List", items)
	body["PageInfo"] = map[string]any{
		"Count": len(items), "CurrentPage": current, "PageSize": size, "TotalCount": len(found),
	}
	return ok(body), nil
}

// repeated reads Name.1, Name.2 and so on; nil when there is no Name.1.
func repeated(c *call, name string) []string {
	var values []string
	for i := 1; c.params.Has(name + "." + strconv.Itoa(i)); i++ {
		values = append(values, c.params.Get(name+"."+strconv.Itoa(i)))
	}
	return values
}

// listSASTypes is ListPrivateRegistryType: how many entries of each type.
func listSASTypes(c *call, st *store) (reply, error) {
	count := map[string]int{}
	for _, reg := range sasAll(c, st) {
		count[reg.RegistryType]++
	}
	infos := []map[string]any{}
	for _, kind := range slices.Sorted(maps.Keys(count)) {
		infos = append(infos, map[string]any{"RegistryType": kind, "Count": count[kind]})
	}
	return ok(c.sasList("RegistryTypeInfos", infos)), nil
}

// sasNamespace is one item of ExtraParam: a Quay organisation and its token.
type sasNamespace struct {
	Namespace string `json:"namespace"`
	AuthToken string `json:"authToken"`
}

// parseExtraParam reads ExtraParam; ok is false unless it is a non-empty list
// whose items are complete.
func parseExtraParam(text string) (items []sasNamespace, ok bool) {
	if err := json.Unmarshal([]byte(text), &items); err != nil || len(items) == 0 {
		return nil, false
	}
	for _, item := range items {
		if item.Namespace == "" || item.AuthToken == "" {
			return nil, false
		}
	}
	return items, true
}

// listSASExtra is ListImageRegistryExtra, the only way to read ExtraParam.
func listSASExtra(c *call, st *store) (reply, error) {
	p := c.sasParams()
	id, _ := p.number("RegistryId", true, 0, math.MaxInt64)
	if err := p.err(); err != nil {
		return reply{}, err
	}
	infos := []map[string]any{}
	reg, _, found := findSAS(st, id)
	if items, complete := parseExtraParam(reg.ExtraParam); found && complete {
		for i, item := range items {
			infos = append(infos, map[string]any{
				"Id": id*100 + int64(i), "RegistryId": id, "AliUid": reg.AliUID, "RegistryType": reg.RegistryType,
				"Namespace": item.Namespace, "AuthToken": item.AuthToken,
			})
		}
	}
	return ok(c.sasList("ImageRegistryExtraInfos", infos)), nil
}
