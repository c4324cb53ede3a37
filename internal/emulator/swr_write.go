package emulator

import (
	"encoding/json"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// isTargetName is the name pattern of the English pages; the SDK and the
// Chinese pages add Chinese characters.
func isTargetName(han bool) func(string) bool {
	return func(name string) bool {
		for _, r := range name {
			switch {
			case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', r == '_', r == '-':
			case han && unicode.Is(unicode.Han, r):
			default:
				return false
			}
		}
		return true
	}
}

// createTarget is CreateInstanceRegistry.
func createTarget(c *call, st *store) (reply, error) {
	reg, _, err := readTarget(c)
	if err != nil {
		return reply{}, err
	}
	owner := c.swrOwner()
	if err := checkTarget(c, st, reg, 0); err != nil {
		return reply{}, err
	}
	if quota := c.switches.get(switchSWRQuota); quota != "none" && countTargets(st, owner) >= atoi(quota) {
		return reply{}, swrError(http.StatusBadRequest, "4000020", "the number of registries has reached its quota")
	}
	reg.ID = st.nextSWR(owner)
	reg.Status = c.switches.get(switchSWRNewStatus)
	reg.CreatedAt, reg.UpdatedAt = c.now.UTC(), c.now.UTC()
	st.state.SWR.Registries = append(st.state.SWR.Registries,
		SWREntry{ProjectID: owner.project, InstanceID: owner.instance, Registry: reg})
	return reply{
		status: atoi(c.switches.get(switchSWRCreateStatus)),
		body:   map[string]any{"id": reg.ID},
	}, nil
}

// updateTarget is UpdateInstanceRegistry, a full replace.
func updateTarget(c *call, st *store) (reply, error) {
	i, err := findTarget(c, st)
	if err != nil {
		return reply{}, err
	}
	old := st.state.SWR.Registries[i].Registry
	next, sent, err := readTarget(c)
	if err != nil {
		return reply{}, err
	}
	if next.Type != old.Type {
		switch c.switches.get(switchSWRTypeChange) {
		case "refuse":
			return reply{}, swrInvalid("type cannot be changed")
		case "ignore":
			next.Type = old.Type
		}
	}
	if c.is(switchSWRPutOmitted, "keep") {
		keepOmitted(&next, old, sent)
	}
	if err := checkTarget(c, st, next, old.ID); err != nil {
		return reply{}, err
	}
	next.ID, next.Status, next.CreatedAt = old.ID, old.Status, old.CreatedAt
	next.UpdatedAt = c.now.UTC()
	st.state.SWR.Registries[i].Registry = next
	return reply{status: http.StatusOK}, nil
}

// keepOmitted is the behaviour of a server that patches although the page
// calls the operation a replacement.
func keepOmitted(next *SWRRegistry, old SWRRegistry, sent map[string]bool) {
	for name, restore := range map[string]func(){
		"description": func() { next.Description = old.Description },
		"project_id":  func() { next.ProjectID = old.ProjectID },
		"region_id":   func() { next.RegionID = old.RegionID },
		"instance_id": func() { next.InstanceID = old.InstanceID },
		"dns_conf":    func() { next.DNSConf = old.DNSConf },
	} {
		if !sent[name] {
			restore()
		}
	}
}

// deleteTarget is DeleteInstanceRegistry.
func deleteTarget(c *call, st *store) (reply, error) {
	i, err := findTarget(c, st)
	if err != nil {
		return reply{}, err
	}
	st.state.SWR.Registries = slices.Delete(st.state.SWR.Registries, i, i+1)
	return reply{status: atoi(c.switches.get(switchSWRDeleteStatus))}, nil
}

// readTarget reads the body create and update share. sent holds the optional
// fields that were given; null counts as not given, as Terraform's provider
// relies on.
func readTarget(c *call) (reg SWRRegistry, sent map[string]bool, err error) {
	body, err := parseJSONBody(c.r, c.body)
	if err != nil {
		return reg, nil, swrInvalid(err.Error())
	}
	sent = map[string]bool{}
	optional := func(name string) string {
		value := body.text(name, rule{})
		sent[name] = value != nil
		return orEmpty(value)
	}
	reg.Name = orEmpty(body.text("name", rule{required: true, min: 1, max: 64,
		check: isTargetName(c.is(switchSWRNameCharset, "han")),
		what:  "may only contain letters, digits, underscores and hyphens"}))
	reg.Type = orEmpty(body.text("type", rule{required: true, enum: []string{swrTypeHarbor, swrTypePro, swrTypeBasic}}))
	reg.URL = orEmpty(body.text("url", rule{required: true, check: isTargetURL, what: "must be an http or https address"}))
	reg.Description = optional("description")
	reg.ProjectID, reg.RegionID, reg.InstanceID = optional("project_id"), optional("region_id"), optional("instance_id")
	reg.Insecure = body.boolean("insecure")
	if credential := body.object("credential", true); credential != nil {
		reg.Credential = SWRCredential{
			Type:         orEmpty(credential.text("type", rule{required: true, enum: []string{"basic"}})),
			AccessKey:    orEmpty(credential.text("access_key", rule{required: true, min: 1, max: 1 << 16})),
			AccessSecret: orEmpty(credential.text("access_secret", rule{required: true, min: 1, max: 1 << 16})),
		}
		c.checkUnknown(credential)
	}
	if dns := body.object("dns_conf", false); dns != nil {
		reg.DNSConf = readDNS(dns)
		sent["dns_conf"] = true
		c.checkUnknown(dns)
	}
	c.checkUnknown(body)
	if *body.problem != "" {
		return reg, nil, swrInvalid(*body.problem)
	}
	return reg, sent, nil
}

// checkUnknown refuses fields the page does not list, if the switch says so.
func (c *call) checkUnknown(body *jsonBody) {
	if c.is(switchUnknownFields, "refuse") {
		body.noOthers()
	}
}

func readDNS(body *jsonBody) *SWRDNSConf {
	hosts := map[string]string{}
	raw, present := body.raw("hosts")
	if !present {
		return &SWRDNSConf{Hosts: hosts}
	}
	if err := json.Unmarshal(raw, &hosts); err != nil {
		body.fail("hosts", "must map names to addresses")
		return nil
	}
	for name, address := range hosts {
		if name == "" || net.ParseIP(address) == nil {
			body.fail("hosts", "must map names to IP addresses")
		}
	}
	return &SWRDNSConf{Hosts: hosts}
}

func isTargetURL(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Hostname() != ""
}

// checkTarget holds a registry against the rules that span fields or entries.
// self is the registry being updated, 0 for a new one.
func checkTarget(c *call, st *store, reg SWRRegistry, self int32) error {
	if reg.Type == swrTypePro {
		for _, field := range []struct{ name, value string }{
			{"project_id", reg.ProjectID}, {"region_id", reg.RegionID}, {"instance_id", reg.InstanceID},
		} {
			if field.value == "" {
				return swrInvalid(field.name + " is mandatory for swr-pro-internal")
			}
		}
		if !reg.Insecure && c.is(switchSWRInternalInsecure, "refuse") {
			return swrInvalid("insecure must be true for swr-pro-internal")
		}
	}
	if reg.Type == swrTypeHarbor && reg.DNSConf == nil && c.is(switchSWRDNSConf, "required") {
		return swrInvalid("dns_conf is mandatory for swr-pro")
	}
	if c.is(switchSWRDuplicateName, "refuse") {
		for _, entry := range st.state.SWR.Registries {
			if entry.owner() == c.swrOwner() && entry.Registry.Name == reg.Name && entry.Registry.ID != self {
				status := atoi(c.switches.get(switchSWRConflictStatus))
				return swrError(status, strconv.Itoa(status)+"0001", "the registry name already exists")
			}
		}
	}
	if c.is(switchSWRConnectivity, "check") && unreachable(reg.URL) {
		return swrInvalid("the target registry cannot be reached")
	}
	return nil
}

// unreachable tells which targets fail a connectivity check: those in the
// top-level domain that is reserved for names that never resolve.
func unreachable(target string) bool {
	u, err := url.Parse(target)
	return err != nil || strings.HasSuffix(u.Hostname(), ".invalid")
}

func countTargets(st *store, owner swrOwner) int {
	n := 0
	for _, entry := range st.state.SWR.Registries {
		if entry.owner() == owner {
			n++
		}
	}
	return n
}

// atoi reads a number that a switch table guarantees to be one.
func atoi(digits string) int {
	n, err := strconv.Atoi(digits)
	if err != nil {
		return http.StatusInternalServerError
	}
	return n
}
