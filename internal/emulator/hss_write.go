package emulator

import (
	"net/http"
	"slices"
)

// hssChange holds the fields add and edit share; nil means not sent.
type hssChange struct {
	apiVersion, protocol, addr, username, password, namespace, cluster, channel *string
}

// readHSSBody reads a body; on add every field but namespace is mandatory, on
// edit none is.
func readHSSBody(body *jsonBody, adding bool) hssChange {
	text := func(name string, high int) *string {
		return body.text(name, rule{required: adding, min: 1, max: high})
	}
	word := func(name string, values ...string) *string {
		return body.text(name, rule{required: adding, enum: values})
	}
	change := hssChange{
		apiVersion: word("api_version", "V1", "V2"),
		protocol:   word("protocol", "http", "https"),
		addr:       text("registry_addr", 256),
		username:   text("registry_username", 128),
		password:   text("registry_password", 128),
		namespace:  body.text("namespace", rule{min: 1, max: 128}),
		cluster:    text("connect_cluster_id", 64),
		channel:    word("get_scan_image_channel", "Swr", hssChannelOther),
	}
	if orEmpty(change.channel) == hssChannelOther && change.namespace == nil {
		body.fail("namespace", "is mandatory when get_scan_image_channel is Other")
	}
	return change
}

// apply writes the sent fields into an entry. clearing empties the others, as a
// server that replaces the whole entry would.
func (h hssChange) apply(reg *HSSRegistry, clearing bool) {
	for _, field := range []struct {
		to   *string
		from *string
	}{
		{&reg.APIVersion, h.apiVersion},
		{&reg.Protocol, h.protocol},
		{&reg.RegistryAddr, h.addr},
		{&reg.RegistryUsername, h.username},
		{&reg.RegistryPassword, h.password},
		{&reg.Namespace, h.namespace},
		{&reg.ConnectClusterID, h.cluster},
		{&reg.GetScanImageChannel, h.channel},
	} {
		if field.from != nil || clearing {
			*field.to = orEmpty(field.from)
		}
	}
	if reg.GetScanImageChannel != hssChannelOther {
		reg.Namespace = "" // it names where the hand-uploaded component lies
	}
}

// addHSS is AddRegistry. It returns nothing, not even the new identifier.
func addHSS(c *call, st *store) (reply, error) {
	q := queryReader{values: c.r.URL.Query()}
	scope := hssScope(&q)
	if q.problem != "" {
		return reply{}, hssInvalid(q.problem)
	}
	if scope == hssAllProjects {
		if c.is(switchHSSAddAllEPS, "refuse") {
			return reply{}, hssInvalid("a registry cannot be added to all enterprise projects")
		}
		scope = hssDefaultProject
	}
	reg, err := readNewHSS(c)
	if err != nil {
		return reply{}, err
	}
	if err := checkNewHSS(c, st, reg.RegistryName); err != nil {
		return reply{}, err
	}
	reg.ID, reg.ProjectID, reg.EnterpriseProjectID = randomUUID(), c.vars["project_id"], scope
	reg.CreatedAt = c.now.UTC()
	reg.connect(c)
	st.state.HSS.Registries = append(st.state.HSS.Registries, reg)
	return reply{status: atoi(c.switches.get(switchHSSAddStatus))}, nil
}

func readNewHSS(c *call) (HSSRegistry, error) {
	body, err := parseJSONBody(c.r, c.body)
	if err != nil {
		return HSSRegistry{}, hssError("HSS.0002", "Failed to parse the request: "+err.Error())
	}
	reg := HSSRegistry{
		RegistryName: orEmpty(body.text("registry_name", rule{required: true, min: 1, max: 128})),
		RegistryType: orEmpty(body.text("registry_type", rule{required: true, enum: hssTypes()[:2]})),
	}
	readHSSBody(body, true).apply(&reg, false)
	c.checkUnknown(body)
	if *body.problem != "" {
		return reg, hssInvalid(*body.problem)
	}
	return reg, nil
}

// checkNewHSS applies the rules about a project's other entries.
func checkNewHSS(c *call, st *store, name string) error {
	count := 0
	for _, reg := range st.state.HSS.Registries {
		if reg.ProjectID != c.vars["project_id"] {
			continue
		}
		count++
		if reg.RegistryName == name && c.is(switchHSSDuplicateName, "refuse") {
			return hssInvalid("the registry name already exists")
		}
	}
	if quota := c.switches.get(switchHSSQuota); quota != "none" && count >= atoi(quota) {
		return hssError("HSS.1002", "The quota is insufficient")
	}
	return nil
}

// connect starts a connection attempt.
func (reg *HSSRegistry) connect(c *call) {
	reg.Status, reg.FailReason = hssAccessing, ""
	if c.is(switchHSSNewStatus, "success-at-once") {
		reg.Status = hssSuccess
	}
}

// updateHSS is UpdateRegistry.
func updateHSS(c *call, st *store) (reply, error) {
	q := queryReader{values: c.r.URL.Query()}
	scope := hssScope(&q)
	if q.problem != "" {
		return reply{}, hssInvalid(q.problem)
	}
	i, err := findHSS(c, st, c.vars["id"], scope)
	if err != nil {
		return reply{}, err
	}
	body, err := parseJSONBody(c.r, c.body)
	if err != nil {
		return reply{}, hssError("HSS.0002", "Failed to parse the request: "+err.Error())
	}
	change := readHSSBody(body, false)
	c.checkUnknown(body)
	if *body.problem != "" {
		return reply{}, hssInvalid(*body.problem)
	}
	reg := &st.state.HSS.Registries[i]
	change.apply(reg, c.is(switchHSSPutOmitted, "clear"))
	if c.is(switchHSSUpdateStatus, "reconnect") {
		reg.connect(c)
	}
	return reply{status: http.StatusOK}, nil
}

// deleteHSS is DeleteRegistry.
func deleteHSS(c *call, st *store) (reply, error) {
	return removeHSS(c, st, []string{c.vars["id"]})
}

// batchDeleteHSS is BatchDeleteRegistry.
func batchDeleteHSS(c *call, st *store) (reply, error) {
	body, err := parseJSONBody(c.r, c.body)
	if err != nil {
		return reply{}, hssError("HSS.0002", "Failed to parse the request: "+err.Error())
	}
	ids := body.texts("ids")
	c.checkUnknown(body)
	if *body.problem != "" {
		return reply{}, hssInvalid(*body.problem)
	}
	if len(ids) == 0 {
		return reply{}, hssInvalid("ids must not be empty")
	}
	return removeHSS(c, st, ids)
}

// removeHSS removes all of the entries or, if one of them is missing or
// built-in, none.
func removeHSS(c *call, st *store, ids []string) (reply, error) {
	q := queryReader{values: c.r.URL.Query()}
	scope := hssScope(&q)
	if q.problem != "" {
		return reply{}, hssInvalid(q.problem)
	}
	for _, id := range ids {
		if _, err := findHSS(c, st, id, scope); err != nil {
			return reply{}, err
		}
	}
	st.state.HSS.Registries = slices.DeleteFunc(st.state.HSS.Registries, func(reg HSSRegistry) bool {
		return slices.Contains(ids, reg.ID)
	})
	return reply{status: atoi(c.switches.get(switchHSSDeleteStatus))}, nil
}
