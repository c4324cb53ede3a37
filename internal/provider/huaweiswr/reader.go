package huaweiswr

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/sync/errgroup"

	"regent/internal/cloud"
	"regent/internal/config"
	"regent/internal/crash"
	"regent/internal/model"
	"regent/internal/provider"
)

const (
	// pageSize is the API's maximum. The offset must be a multiple of it.
	pageSize = 100
	// maxItems bounds what a list can claim to hold.
	maxItems = 100_000
)

// readPath matches list and show of target registries, and nothing else of the API.
var readPath = regexp.MustCompile(`^/v2/[^/]+/instances/[^/]+/registries(/\d+)?$`)

// isRead is the read list of the API.
func isRead(r *http.Request) bool {
	return r.Method == http.MethodGet && readPath.MatchString(r.URL.Path)
}

// lister reads one instance.
type lister struct {
	client   *cloud.Client
	base     string
	parallel int
}

func openLister(ctx context.Context, s *provider.Session, a *config.Account) (provider.Lister, error) {
	client, endpoint, err := s.Huawei(ctx, a, access(a, false))
	if err != nil {
		return nil, err
	}
	return &lister{client: client, base: base(endpoint, a), parallel: max(s.Parallel, 1)}, nil
}

func base(endpoint string, a *config.Account) string {
	return endpoint + "/v2/" + url.PathEscape(a.ProjectID) + "/instances/" + url.PathEscape(a.InstanceID) + "/registries"
}

// registry is an entry of list and show. Raw messages tell an absent field from an empty one.
type registry struct {
	ID          int64  `json:"id"`
	Name        string `json:"name"`
	Description string `json:"description"`
	Type        string `json:"type"`
	URL         string `json:"url"`
	Insecure    bool   `json:"insecure"`
	Credential  *struct {
		AccessKey *string `json:"access_key"`
	} `json:"credential"`
	RegionID   *string         `json:"region_id"`
	InstanceID *string         `json:"instance_id"`
	ProjectID  json.RawMessage `json:"project_id"`
	DNSConf    json.RawMessage `json:"dns_conf"`
}

type page = provider.Page[registry]

// pageAnswer has pointers: an answer without any key that the API documents is not an empty list.
type pageAnswer struct {
	Registries *[]registry `json:"registries"`
	Total      *int        `json:"total"`
}

func (a pageAnswer) page() (p page) {
	if a.Registries != nil {
		p.Entries = *a.Registries
	}
	if a.Total != nil {
		p.Total = *a.Total
	}
	return p
}

// List implements [provider.Lister].
func (l *lister) List(ctx context.Context, desired []model.Item) (provider.Listing, error) {
	registries, err := l.all(ctx)
	if err != nil {
		return provider.Listing{}, err
	}
	items := make([]model.Item, len(registries))
	for i := range registries {
		if items[i], err = l.item(&registries[i]); err != nil {
			return provider.Listing{}, err
		}
	}
	wanted := map[string]*model.Item{}
	for i := range desired {
		wanted[desired[i].Name] = &desired[i]
	}
	if err := l.complete(ctx, items, wanted); err != nil {
		return provider.Listing{}, err
	}
	return provider.Listing{Items: items, Notes: silences(items, wanted)}, nil
}

// all reads every page, until the list holds still.
func (l *lister) all(ctx context.Context) ([]registry, error) {
	pages := provider.Pages[registry]{
		ID:   func(r registry) string { return strconv.FormatInt(r.ID, 10) },
		Read: l.page, Size: pageSize, Parallel: l.parallel,
	}
	return provider.Reread(l.client, listCall(""), func() ([]registry, error) { return pages.All(ctx) })
}

func listCall(u string) cloud.Call {
	return cloud.Call{Operation: "ListInstanceRegistries", Method: http.MethodGet, URL: u, Read: true}
}

// page reads one page. Ordered by creation, so that what is added meanwhile comes last.
func (l *lister) page(ctx context.Context, offset int) (page, error) {
	query := url.Values{
		"limit": {strconv.Itoa(pageSize)}, "offset": {strconv.Itoa(offset)},
		"order_column": {"created_at"}, "order_type": {"asc"},
	}
	call := listCall(l.base + "?" + query.Encode())
	call.Entries = pageSize
	var a pageAnswer
	answer, err := l.client.JSON(ctx, call, nil, &a)
	if err != nil {
		return page{}, err
	}
	p := a.page()
	switch {
	case a.Registries == nil && a.Total == nil:
		return p, l.client.Odd(call, answer, errors.New("the answer is not a list"))
	case p.Total < 0 || p.Total > maxItems:
		return p, l.client.Odd(call, answer, fmt.Errorf("the list claims %d entries", p.Total))
	}
	return p, nil
}

// complete reads the wanted entries one by one where the list left out what has to be compared, or what a modify, which
// replaces the whole entry, has to send back.
func (l *lister) complete(ctx context.Context, items []model.Item, wanted map[string]*model.Item) error {
	table := fields()
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(l.parallel)
	for i := range items {
		it := &items[i]
		if d := wanted[it.Name]; d == nil || !listTellsTooLittle(table, d, it) {
			continue
		}
		group.Go(func() (err error) { defer crash.Caught(&err); return l.show(ctx, it) })
	}
	return group.Wait()
}

// listTellsTooLittle reports whether the list left out a field that matters for an entry of the file.
func listTellsTooLittle(table []model.Field, d, live *model.Item) bool {
	if otherType(d, live) {
		return false // blocked anyway
	}
	for _, field := range []string{fieldHosts, fieldTargetProject} {
		_, told := live.Values[field]
		if _, governed := d.Values[field]; !told && (governed || len(model.Differing(table, d, live)) > 0) {
			return true
		}
	}
	return false
}

func otherType(d, live *model.Item) bool { return d.Values[fieldType] != live.Values[fieldType] }

// show adds to an item what only the single entry tells.
func (l *lister) show(ctx context.Context, it *model.Item) error {
	call := cloud.Call{
		Operation: "ShowInstanceRegistry", Method: http.MethodGet, URL: l.base + "/" + it.ID, Read: true,
	}
	var shown registry
	answer, err := l.client.JSON(ctx, call, nil, &shown)
	if err != nil {
		return err
	}
	if strconv.FormatInt(shown.ID, 10) != it.ID || shown.Name != it.Name {
		return l.client.Odd(call, answer, fmt.Errorf("asked for entry %s, got another one", it.ID))
	}
	return l.shown(it.Values, &shown)
}

// item makes an entry comparable.
func (l *lister) item(r *registry) (model.Item, error) {
	if r.ID <= 0 || r.Name == "" {
		return model.Item{}, l.client.Odd(listCall(""), nil, errors.New("the list has an entry without an ID or a name"))
	}
	canonical := r.URL
	if u, err := config.ParseURL(r.URL); err == nil {
		canonical = u.String()
	}
	it := model.Item{
		Kind:    model.ReplicationTarget,
		Name:    r.Name,
		Key:     key(r.Name),
		Address: address(r.Type, canonical),
		ID:      strconv.FormatInt(r.ID, 10),
		Values: map[string]model.Value{
			fieldName:        r.Name,
			fieldType:        r.Type,
			fieldURL:         canonical,
			fieldInsecure:    r.Insecure,
			fieldDescription: strings.TrimSpace(r.Description),
		},
		Summary: r.Type + " " + canonical,
	}
	if r.Credential != nil {
		optional(it.Values, fieldAccessKey, r.Credential.AccessKey)
	}
	optional(it.Values, fieldTargetRegion, r.RegionID)
	optional(it.Values, fieldTargetInstance, r.InstanceID)
	if err := l.shown(it.Values, r); err != nil {
		return model.Item{}, err
	}
	return it, nil
}

func optional(values map[string]model.Value, field string, v *string) {
	if v != nil {
		values[field] = *v
	}
}

// shown reads the two fields that may be absent, null or empty.
func (l *lister) shown(values map[string]model.Value, r *registry) error {
	if r.ProjectID != nil {
		var id *string
		if err := json.Unmarshal(r.ProjectID, &id); err != nil {
			return l.client.Odd(listCall(""), nil, fmt.Errorf("project_id of entry %d is not text", r.ID))
		}
		values[fieldTargetProject] = ""
		optional(values, fieldTargetProject, id)
	}
	if r.DNSConf != nil {
		var conf *struct {
			Hosts map[string]string `json:"hosts"`
		}
		if err := json.Unmarshal(r.DNSConf, &conf); err != nil {
			return l.client.Odd(listCall(""), nil, fmt.Errorf("dns_conf of entry %d is not a host table", r.ID))
		}
		values[fieldHosts] = map[string]string{}
		if conf != nil {
			values[fieldHosts] = hostTable(conf.Hosts)
		}
	}
	return nil
}

// silences notes what neither list nor show returned although it has to be compared, and hosts that a modify may lose.
func silences(items []model.Item, wanted map[string]*model.Item) []provider.Note {
	table := fields()
	var notes []provider.Note
	for i := range items {
		live := &items[i]
		d := wanted[live.Name]
		if d == nil || otherType(d, live) {
			continue // blocked anyway
		}
		if field := unreturned(d, live); field != "" {
			notes = append(notes, provider.Note{
				Position: d.FieldPosition(field),
				Text:     fmt.Sprintf("%s: the API did not return %s; it is sent with every change but cannot be compared", d.Name, field),
			})
		}
		if _, governed := d.Values[fieldHosts]; governed || len(model.Differing(table, d, live)) == 0 {
			continue
		}
		if _, told := live.Values[fieldHosts]; !told && d.Values[fieldType] == typeHarbor {
			notes = append(notes, provider.Note{Position: d.Position, Text: d.Name + ": the API returned no hosts, and the file is silent " +
				"about them; the change sends none, and hosts that the API keeps to itself may be lost; write them into the file"})
		}
	}
	return notes
}

func unreturned(d, live *model.Item) string {
	for _, field := range []string{fieldHosts, fieldTargetProject, fieldTargetRegion, fieldTargetInstance, fieldAccessKey} {
		_, governed := d.Values[field]
		_, returned := live.Values[field]
		if governed && !returned {
			return field
		}
	}
	return ""
}
