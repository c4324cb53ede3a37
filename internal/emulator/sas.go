package emulator

import (
	"cmp"
	"encoding/json"
	"maps"
	"math"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Words of the SAS API. Built-in entries have the types acr (synchronised from Container Registry) and CI/CD (made by the
// Jenkins integration).
const (
	sasHarbor  = "harbor"
	sasQuay    = "quay"
	sasACR     = "acr"
	sasJenkins = "CI/CD"
	sasAliUID  = 1234567890123456
	// gmtLayout is the time format of SAS answers; it names no zone.
	gmtLayout = "2006-01-02 15:04:05"
)

// What answers tell of an entry: every one of them, the list, and the page, which lacks version, port and account.
const (
	sasShown  = "Id RegistryType RegionId DomainName RegistryHostIp ProtocolType NetType VpcId UserName Password Token TransPerHour"
	sasListed = sasShown + " RegistryVersion RegistryName WhiteList AliUid JenkinsEnv PersistenceDay Port"
	sasPaged  = sasShown + " RegistryName WhiteList BlackList JenkinsEnv PersistenceDay GmtCreate GmtModified"
)

// sasAPI describes Security Center's registry operations.
func sasAPI() *api {
	id := []param{{name: "Id", is: number, must: true, high: math.MaxInt64}}
	registryID := []param{{name: "RegistryId", is: number, must: true, high: math.MaxInt64}}
	changeable := []param{
		{name: "RegistryHostIp", must: true, check: isIP}, {name: "DomainName", must: true}, {name: "Port", is: number, low: 1, high: math.MaxUint16},
		{name: "UserName", must: true}, {name: "Password", must: true}, {name: "TransPerHour", is: number, low: 1, high: math.MaxInt32},
	}
	added := slices.Concat([]param{
		{name: "RegistryType", must: true, words: []string{sasHarbor, sasQuay}},
		{name: "RegistryVersion", must: true, words: []string{"V1", "V2"}},
		{name: "ProtocolType", is: number, must: true, low: 1, high: 2},
		{name: "NetType", is: number, must: true, low: 1, high: 2},
		{name: "VpcId"}, {name: "RegistryRegionId", field: "RegionId", must: true},
		{name: "ExtraParam", check: func(text string) bool { return len(parseExtraParam(text)) > 0 }},
	}, changeable)
	return &api{
		name: "alibaba-sas", version: "2018-12-03", product: "Sas", shelf: func(st *store) shelf { return &st.sas }, fields: &SASRegistry{},
		refuse: refuseSAS, body: (*call).alibabaErrorBody, denied: refusal(http.StatusForbidden, "NoPermission", "caller has no permission"),
		codes: codes{"InvalidParameter", "NoPermission", "ServerError"},
		operations: []operation{
			{name: "ListPrivateRegistryList", does: lists, handle: listSAS,
				params: []param{{name: "RegistryType", words: []string{sasACR, sasHarbor, sasQuay, sasJenkins}, filter: equal}}},
			{name: "PageImageRegistry", does: lists, handle: pageSAS, params: []param{
				{name: "CurrentPage", is: number, low: 1, high: math.MaxInt32}, {name: "PageSize", is: number, low: 1, high: 100},
				{name: "RegistryNameLike", field: "RegistryName", filter: contains},
				{name: "RegistryTypeInList", field: "RegistryType", is: texts, filter: oneOf},
				{name: "RegistryTypeNotInList", field: "RegistryType", is: texts, filter: noneOf},
			}},
			{name: "AddPrivateRegistry", does: adds, handle: addSAS, body: added},
			{name: "ModifyImageRegistry", does: modifies, handle: modifySAS, params: id, body: optional(changeable)},
			{name: "DeletePrivateRegistry", does: deletes, handle: deleteSAS, params: registryID},
			{name: "ListImageRegistryRegion", handle: listSASRegions},
			{name: "ListImageRegistryExtra", handle: listSASExtra, params: registryID},
		},
	}
}

// sasKind describes the registrations of an account.
func sasKind() *kind[SASRegistry] {
	return &kind[SASRegistry]{
		system: "sas", needs: "RegistryType", first: 66000,
		id:      func(r *SASRegistry) string { return numberOrNone(r.ID) },
		owner:   func(*SASRegistry) owner { return owner{} },
		scope:   func(*call) owner { return owner{} },
		label:   func(r *SASRegistry) string { return r.DomainName },
		fields:  func(r *SASRegistry) any { return r },
		builtIn: sasBuiltIns,
		compare: func(a, b *SASRegistry) int { return cmp.Compare(a.ID, b.ID) },
		complete: func(r *SASRegistry, next func() int64, now time.Time) {
			if r.ID == 0 {
				r.ID = next()
			}
			r.Token = cmp.Or(r.Token, randomUUID())
			r.AliUID = cmp.Or(r.AliUID, sasAliUID)
			r.GmtCreate = cmp.Or(r.GmtCreate, now.UTC().Format(gmtLayout))
			r.GmtModified = cmp.Or(r.GmtModified, r.GmtCreate)
		},
		stranger: func(_ *call, name string) SASRegistry {
			return SASRegistry{
				RegistryType: sasHarbor, RegistryVersion: "V2", RegionID: "cn-hangzhou", DomainName: name + ".example.com",
				RegistryHostIP: "203.0.113.1", Port: 443, ProtocolType: 2, NetType: 1, UserName: "somebody", Password: randomHex(8), TransPerHour: 10,
			}
		},
	}
}

// numberOrNone writes an identifier; 0 is none.
func numberOrNone(id int64) string {
	if id == 0 {
		return ""
	}
	return strconv.FormatInt(id, 10)
}

// sasBuiltIns are the entries every account has without adding them.
func sasBuiltIns(owner) []SASRegistry {
	acr := SASRegistry{
		ID: 1, RegistryType: sasACR, RegistryName: "acr", DomainName: "registry.cn-hangzhou.aliyuncs.com", AliUID: sasAliUID, RegistryVersion: "V2",
		RegionID: "cn-hangzhou", ProtocolType: 2, NetType: 1, TransPerHour: 1000, GmtCreate: "2024-01-01 00:00:00", GmtModified: "2024-01-01 00:00:00",
	}
	jenkins := acr
	jenkins.ID, jenkins.RegistryType, jenkins.RegistryName, jenkins.DomainName, jenkins.PersistenceDay = 2, sasJenkins, "jenkins", "", 30
	return []SASRegistry{acr, jenkins}
}

func refuseSAS(p problem) *apiError {
	if p.missing {
		return refusal(http.StatusBadRequest, "Missing"+p.name, p.name+" is mandatory for this action.")
	}
	return refusal(http.StatusBadRequest, "InvalidParameter", "Specified parameter "+p.name+" is not valid.")
}

func isIP(text string) bool { return net.ParseIP(text) != nil }

// sasItem is an entry as answers show it. The password is masked, the token is in clear: that is what the vendor returns.
func sasItem(r *SASRegistry, names string) map[string]any {
	item := show(r, names)
	item["Password"] = maskSecret(r.Password)
	return item
}

// maskSecret shows the first characters of a secret, never more than half of it and at most six, as the vendor's example
// "Harbor******" does.
func maskSecret(secret string) string {
	runes := []rune(secret)
	return string(runes[:min(6, len(runes)/2)]) + strings.Repeat("*", 6*min(1, len(runes)))
}

// sasList puts a list in an answer; an empty one may be left out.
func (c *call) sasList(name string, list []map[string]any) map[string]any {
	body := map[string]any{"RequestId": c.id, name: list}
	if len(list) == 0 && c.is("sas-empty-list", "absent") {
		delete(body, name)
	}
	return body
}

// sasFound are the entries that a list is asked for, in its order.
func sasFound(c *call, st *store) []*SASRegistry {
	direction := 1
	if c.is("sas-list-order", "id-descending") {
		direction = -1
	}
	return st.sas.list(c, func(a, b *SASRegistry) int { return direction * cmp.Compare(a.ID, b.ID) })
}

// listSAS is ListPrivateRegistryList: everything at once, no pages.
func listSAS(c *call, st *store) (reply, error) {
	found := sasFound(c, st)
	infos := []map[string]any{}
	for _, r := range st.sas.page(c, found, 0, int64(len(found))) {
		item := sasItem(r, sasListed)
		for name, of := range map[string]string{"sas-list-port": "Port", "sas-list-vpc-id": "VpcId"} {
			if c.is(name, "absent") {
				delete(item, of)
			}
		}
		infos = append(infos, item)
	}
	return ok(c.sasList("ImageRegistryInfos", infos))
}

func pageSAS(c *call, st *store) (reply, error) {
	current, size := c.in.number("CurrentPage", 1), c.in.number("PageSize", 20)
	found := sasFound(c, st)
	items := []map[string]any{}
	for _, r := range st.sas.page(c, found, (current-1)*size, size) {
		item := sasItem(r, sasPaged)
		item["ImageCount"] = 0
		items = append(items, item)
	}
	body := c.sasList("List", items)
	body["PageInfo"] = map[string]any{"Count": len(items), "CurrentPage": current, "PageSize": size, "TotalCount": len(found)}
	return ok(body)
}

func addSAS(c *call, st *store) (reply, error) {
	if c.is("sas-feature", "disabled") {
		return reply{}, c.api.denied
	}
	r := SASRegistry{Port: 443, TransPerHour: 10} // what the page's examples have
	if c.in.number("ProtocolType", 0) == 1 {
		r.Port = 80
	}
	assign(&r, c.op.body, c.in, false)
	region := func(known SASRegion) bool { return known.RegionID == r.RegionID }
	switch {
	case r.NetType == 2 && r.VpcID == "":
		return reply{}, refuseSAS(problem{name: "VpcId", missing: true})
	case r.RegistryType == sasQuay && r.ExtraParam == "":
		return reply{}, refuseSAS(problem{name: "ExtraParam", missing: true})
	case !slices.ContainsFunc(sasRegions(st), region):
		return reply{}, refuseSAS(problem{name: "RegistryRegionId"})
	}
	twin := func(o *SASRegistry) bool {
		return o.RegistryType == r.RegistryType && o.RegionID == r.RegionID && o.DomainName == r.DomainName &&
			o.RegistryHostIP == r.RegistryHostIP && o.Port == r.Port
	}
	switch again := slices.ContainsFunc(st.sas.mine(c), twin); {
	case again && c.is("sas-duplicate", "server-error"):
		return reply{}, refusal(http.StatusInternalServerError, "ServerError", "ServerError")
	case again && c.is("sas-duplicate", "refuse"):
		return reply{}, refusal(http.StatusBadRequest, "RegistryAlreadyExists", "The image registry already exists.")
	}
	data := sasItem(st.sas.add(c, r), sasShown+" RegistryVersion AliUid")
	if c.is("sas-add-id", "zero") {
		data["Id"] = 0
	}
	return ok(map[string]any{"RequestId": c.id, "Data": data})
}

// modifySAS is ModifyImageRegistry. Failures the service notices itself come as HTTP 200 with Success=false; those of the
// gateway as errors. There is no way to clear a field by sending it empty.
func modifySAS(c *call, st *store) (reply, error) {
	r, builtIn := st.sas.find(c, numberOrNone(c.in.number("Id", 0)))
	switch {
	case r == nil && c.is("sas-unknown-id", "success-false"):
		return c.sasOutcome(false, "400", "The image registry does not exist.", http.StatusBadRequest)
	case r == nil && c.is("sas-unknown-id", "server-error"):
		return reply{}, refusal(http.StatusInternalServerError, "ServerError", "ServerError")
	case r == nil:
		return reply{}, refuseSAS(problem{name: "Id"})
	case builtIn:
		return reply{}, c.api.denied
	}
	assign(r, c.op.body, c.in, c.is("sas-modify-omitted", "clear"))
	r.GmtModified = c.now.UTC().Format(gmtLayout)
	return c.sasOutcome(true, "200", "success", http.StatusOK)
}

// sasOutcome is the body of a modification; the HTTP status is 200 either way.
func (c *call) sasOutcome(success bool, code, message string, status int) (reply, error) {
	return ok(map[string]any{
		"RequestId": c.id, "Success": success, "Code": code, "Message": message, "HttpStatusCode": status, "TimeCost": 1, "Data": "1",
	})
}

// deleteSAS is DeletePrivateRegistry; Data=false means that it failed.
func deleteSAS(c *call, st *store) (reply, error) {
	id := numberOrNone(c.in.number("RegistryId", 0))
	r, builtIn := st.sas.find(c, id)
	switch {
	case builtIn:
		return reply{}, c.api.denied
	case r == nil && c.is("sas-delete-unknown", "error"):
		return reply{}, refuseSAS(problem{name: "RegistryId"})
	}
	st.sas.remove(c, id)
	return ok(map[string]any{"RequestId": c.id, "Data": r != nil})
}

// sasNamespace is one item of ExtraParam: a Quay organisation and its token.
type sasNamespace struct {
	Namespace string `json:"namespace"`
	AuthToken string `json:"authToken"`
}

// parseExtraParam reads ExtraParam; nil unless it is a non-empty list whose items are complete.
func parseExtraParam(text string) (items []sasNamespace) {
	if err := json.Unmarshal([]byte(text), &items); err != nil {
		return nil
	}
	if slices.ContainsFunc(items, func(n sasNamespace) bool { return n.Namespace == "" || n.AuthToken == "" }) {
		return nil
	}
	return items
}

// listSASExtra is ListImageRegistryExtra, the only way to read ExtraParam.
func listSASExtra(c *call, st *store) (reply, error) {
	id := c.in.number("RegistryId", 0)
	infos := []map[string]any{}
	if r, _ := st.sas.find(c, numberOrNone(id)); r != nil {
		for i, item := range parseExtraParam(r.ExtraParam) {
			info := show(r, "AliUid RegistryType")
			maps.Copy(info, map[string]any{"Id": id*100 + int64(i), "RegistryId": id, "Namespace": item.Namespace, "AuthToken": item.AuthToken})
			infos = append(infos, info)
		}
	}
	return ok(c.sasList("ImageRegistryExtraInfos", infos))
}

func listSASRegions(c *call, st *store) (reply, error) {
	regions := []map[string]any{}
	for _, region := range sasRegions(st) {
		regions = append(regions, show(&region, "RegionId RegionName"))
	}
	return ok(c.sasList("Regions", regions))
}

// sasRegions returns the regions a registry may be added in: those of the state, else public ones of both data centers. Of
// the latter the name is the identifier; the vendor has one for people, in two languages.
func sasRegions(st *store) (out []SASRegion) {
	if len(st.rest.SAS.Regions) > 0 {
		return st.rest.SAS.Regions
	}
	for id := range strings.FieldsSeq(sasBuiltInRegions) {
		out = append(out, SASRegion{id, id})
	}
	return out
}

const sasBuiltInRegions = `cn-hangzhou cn-shanghai cn-nanjing cn-fuzhou cn-qingdao cn-beijing cn-zhangjiakou cn-huhehaote
	cn-wulanchabu cn-shenzhen cn-heyuan cn-guangzhou cn-chengdu cn-hongkong ap-southeast-1 ap-southeast-3 ap-southeast-5
	ap-southeast-6 ap-southeast-7 ap-northeast-1 ap-northeast-2 eu-central-1 eu-west-1 us-east-1 us-west-1 me-east-1`
