package emulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// spoilBy prepares a call for the fault that has hit it.
func (c *call) spoilBy(f Fault) {
	c.fault = f
	c.logged.note(func(r *Request) { r.Fault = f.Kind })
}

// copies tells whether handling the call needs the state as it was before.
func (c *call) copies() bool {
	return c.fault.Kind == FaultIgnore || c.fault.Kind == FaultIgnoreField || c.fault.StaleMillis > 0
}

// past is an entry as it was before a change; old is nil when it was not there.
type past[E any] struct {
	id  string
	old *E
}

// veil is what lists show in place of a change until they catch up.
type veil struct {
	until time.Time
	sas   []past[SASRegistry]
	hss   []past[HSSRegistry]
	swr   []past[SWREntry]
}

func (reg *SASRegistry) identity() string { return strconv.FormatInt(reg.ID, 10) }
func (reg *HSSRegistry) identity() string { return reg.ID }
func (e *SWREntry) identity() string {
	return e.ProjectID + "/" + e.InstanceID + "/" + strconv.Itoa(int(e.Registry.ID))
}

// identified is an entry of any kind.
type identified[E any] interface {
	*E
	identity() string
}

// changes gives the entries that are not in both lists as they are.
func changes[E any, P identified[E]](before, after []E) []past[E] {
	now := map[string]*E{}
	for i := range after {
		now[P(&after[i]).identity()] = &after[i]
	}
	var out []past[E]
	for i := range before {
		old := &before[i]
		id := P(old).identity()
		if !reflect.DeepEqual(now[id], old) {
			out = append(out, past[E]{id, old})
		}
		delete(now, id)
	}
	for id := range now {
		out = append(out, past[E]{id: id})
	}
	return out
}

// restore puts entries back as they were.
func restore[E any, P identified[E]](list []E, were []past[E]) []E {
	for _, p := range were {
		i := slices.IndexFunc(list, func(e E) bool { return P(&e).identity() == p.id })
		switch {
		case p.old == nil && i >= 0:
			list = slices.Delete(list, i, i+1)
		case p.old != nil && i >= 0:
			list[i] = *p.old
		case p.old != nil:
			list = append(list, *p.old)
		}
	}
	return list
}

// conceal keeps a change from the lists for a while.
func (s *Server) conceal(before *store, d time.Duration) {
	s.store.veils = append(s.store.veils, veil{
		until: s.clock().Add(d),
		sas:   changes(before.state.SAS.Registries, s.store.state.SAS.Registries),
		hss:   changes(before.state.HSS.Registries, s.store.state.HSS.Registries),
		swr:   changes(before.state.SWR.Registries, s.store.state.SWR.Registries),
	})
}

// listed is the state that lists show: the true one, unless something is still
// concealed. The caller holds the lock.
func (s *Server) listed() *store {
	now := s.clock()
	s.store.veils = slices.DeleteFunc(s.store.veils, func(v veil) bool { return !now.Before(v.until) })
	if len(s.store.veils) == 0 {
		return &s.store
	}
	view := s.store.clone()
	for _, v := range slices.Backward(s.store.veils) { // the oldest last: it knows the oldest state
		view.state.SAS.Registries = restore(view.state.SAS.Registries, v.sas)
		view.state.HSS.Registries = restore(view.state.HSS.Registries, v.hss)
		view.state.SWR.Registries = restore(view.state.SWR.Registries, v.swr)
	}
	view.sort()
	return &view
}

// keepField gives the changed entries back the value of one field.
func (s *Server) keepField(before *store, path string) error {
	sas, hss, swr := s.store.state.SAS.Registries, s.store.state.HSS.Registries, s.store.state.SWR.Registries
	for _, p := range changes(before.state.SAS.Registries, sas) {
		if err := keep(sas, p, path, func(e *SASRegistry) any { return e }); err != nil {
			return err
		}
	}
	for _, p := range changes(before.state.HSS.Registries, hss) {
		if err := keep(hss, p, path, func(e *HSSRegistry) any { return e }); err != nil {
			return err
		}
	}
	for _, p := range changes(before.state.SWR.Registries, swr) {
		if err := keep(swr, p, path, func(e *SWREntry) any { return &e.Registry }); err != nil {
			return err
		}
	}
	return nil
}

func keep[E any, P identified[E]](list []E, p past[E], path string, part func(*E) any) error {
	i := slices.IndexFunc(list, func(e E) bool { return P(&e).identity() == p.id })
	if i < 0 || p.old == nil {
		return nil
	}
	next, err := object(part(&list[i]))
	if err != nil {
		return err
	}
	old, err := object(part(p.old))
	if err != nil {
		return err
	}
	copyMember(next, old, strings.Split(path, "."))
	data, err := json.Marshal(next)
	if err != nil {
		return err
	}
	into := part(&list[i])
	reflect.ValueOf(into).Elem().SetZero() // what is left out is empty
	return json.Unmarshal(data, into)
}

// object gives an entry as JSON does.
func object(entry any) (map[string]any, error) {
	data, err := json.Marshal(entry)
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var out map[string]any
	err = decoder.Decode(&out)
	return out, err
}

func copyMember(to, from map[string]any, path []string) {
	value, there := from[path[0]]
	if !there {
		delete(to, path[0])
		return
	}
	inner, isObject := value.(map[string]any)
	into, both := to[path[0]].(map[string]any)
	if len(path) > 1 && isObject && both {
		copyMember(into, inner, path[1:])
		return
	}
	to[path[0]] = value
}

// hasField tells whether an entry of a kind that the fault can hit has its
// field.
func (f Fault) hasField() bool {
	for provider, kind := range map[string]reflect.Type{
		"alibaba-sas": reflect.TypeFor[SASRegistry](), "huawei-hss": reflect.TypeFor[HSSRegistry](), "huawei-swr": reflect.TypeFor[SWRRegistry](),
	} {
		if (f.Provider == "" || f.Provider == provider) && hasMember(kind, strings.Split(f.Field, ".")) {
			return true
		}
	}
	return false
}

func hasMember(kind reflect.Type, path []string) bool {
	if kind.Kind() == reflect.Pointer {
		kind = kind.Elem()
	}
	if len(path) == 0 || kind.Kind() != reflect.Struct {
		return len(path) == 0
	}
	for field := range kind.Fields() {
		if name, _, _ := strings.Cut(field.Tag.Get("json"), ","); name == path[0] {
			return hasMember(field.Type, path[1:])
		}
	}
	return false
}

// moveList does what somebody else does while a client reads the pages of a
// list: an entry comes or goes. An answer that is no list moves nothing.
func (s *Server) moveList(c *call, f Fault, answer []byte) error {
	ids := listedIDs(answer)
	if ids == nil {
		return nil
	}
	s.mu.Lock()
	if f.Kind == FaultListGrows {
		s.store.grow(c)
	} else {
		s.store.shrink(c, f.Entry, ids)
	}
	s.store.revision++
	s.store.sort()
	revision := s.store.revision
	s.mu.Unlock()
	return s.saver.save(s, revision)
}

// listedIDs reads the identifiers of an answer's entries; nil when it has no
// list.
func listedIDs(answer []byte) []string {
	type entry struct {
		Upper json.Number     `json:"Id"`
		Lower json.RawMessage `json:"id"`
	}
	var body map[string]json.RawMessage
	if err := json.Unmarshal(answer, &body); err != nil {
		return nil
	}
	for _, name := range []string{"ImageRegistryInfos", "List", "data_list", "registries"} {
		var entries []entry
		if err := json.Unmarshal(body[name], &entries); err != nil {
			continue
		}
		ids := []string{}
		for _, e := range entries {
			ids = append(ids, e.Upper.String()+strings.Trim(string(e.Lower), `"`))
		}
		return ids
	}
	return nil
}

// grow adds an entry in the scope of a list.
func (st *store) grow(c *call) {
	st.grown++
	name := fmt.Sprintf("somebody-else-%d", st.grown)
	now := c.now.UTC()
	switch c.op.style {
	case styleAlibaba:
		st.lastSAS++
		st.state.SAS.Registries = append(st.state.SAS.Registries, SASRegistry{
			ID: st.lastSAS, AliUID: sasAliUID, Token: randomUUID(), RegistryType: sasHarbor, RegistryVersion: "V2", RegionID: "cn-hangzhou",
			DomainName: name + ".example.com", RegistryHostIP: "203.0.113.1", Port: 443, ProtocolType: 2, NetType: 1,
			UserName: "somebody", Password: randomHex(8), TransPerHour: 10,
			GmtCreate: now.Format(gmtLayout), GmtModified: now.Format(gmtLayout),
		})
	case styleHSS:
		st.state.HSS.Registries = append(st.state.HSS.Registries, HSSRegistry{
			ProjectID: c.vars["project_id"], EnterpriseProjectID: hssDefaultProject, ID: randomUUID(), RegistryName: name,
			RegistryType: "Harbor", APIVersion: "V2", Protocol: "https", RegistryAddr: name + ".example.com",
			RegistryUsername: "somebody", RegistryPassword: randomHex(8), ConnectClusterID: "cluster", GetScanImageChannel: "Swr",
			Status: hssSuccess, CreatedAt: now,
		})
	case styleSWR:
		owner := c.swrOwner()
		st.state.SWR.Registries = append(st.state.SWR.Registries, SWREntry{
			ProjectID: owner.project, InstanceID: owner.instance, Registry: SWRRegistry{
				ID: st.nextSWR(owner), Name: name, Type: swrTypeHarbor, URL: "https://" + name + ".example.com",
				Credential: SWRCredential{Type: "basic", AccessKey: "somebody", AccessSecret: randomHex(8)},
				Status:     "healthy", CreatedAt: now, UpdatedAt: now,
			},
		})
	}
}

// shrink deletes the named entry in the scope of a list, or the first of those
// listed that can be deleted.
func (st *store) shrink(c *call, name string, ids []string) {
	switch c.op.style {
	case styleAlibaba:
		st.state.SAS.Registries = without(st.state.SAS.Registries, name, ids, func(r *SASRegistry) (string, string) {
			return r.DomainName, r.identity()
		})
	case styleHSS:
		st.state.HSS.Registries = without(st.state.HSS.Registries, name, ids, func(r *HSSRegistry) (string, string) {
			if r.ProjectID != c.vars["project_id"] {
				return "", ""
			}
			return r.RegistryName, r.identity()
		})
	case styleSWR:
		owner := c.swrOwner()
		st.state.SWR.Registries = without(st.state.SWR.Registries, name, ids, func(e *SWREntry) (string, string) {
			if e.owner() != owner {
				return "", ""
			}
			return e.Registry.Name, strconv.Itoa(int(e.Registry.ID))
		})
	}
}

func without[E any](list []E, name string, ids []string, words func(*E) (name, id string)) []E {
	named := func(e E) bool { n, _ := words(&e); return n == name }
	if name != "" {
		if i := slices.IndexFunc(list, named); i >= 0 {
			return slices.Delete(list, i, i+1)
		}
		return list
	}
	for _, wanted := range ids {
		i := slices.IndexFunc(list, func(e E) bool { _, id := words(&e); return id == wanted })
		if i >= 0 {
			return slices.Delete(list, i, i+1)
		}
	}
	return list
}
