package huaweiswr

import (
	"context"
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

type page = provider.Page[model.Item]

// pageAnswer has pointers: they tell what an answer left out.
type pageAnswer struct {
	Registries *[]provider.Wire `json:"registries"`
	Total      *int             `json:"total"`
}

// List implements [provider.Lister].
func (l *lister) List(ctx context.Context, desired []model.Item) (provider.Listing, error) {
	items, err := l.all(ctx)
	if err != nil {
		return provider.Listing{}, err
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
func (l *lister) all(ctx context.Context) ([]model.Item, error) {
	pages := provider.Pages[model.Item]{
		ID:   func(it model.Item) string { return it.ID },
		Read: l.page, Size: pageSize, Parallel: l.parallel,
	}
	return provider.Reread(l.client, listCall(""), func() ([]model.Item, error) { return pages.All(ctx) })
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
	return provider.PageOf(l.client, call, answer, a.Total, a.Registries, live)
}

// complete reads the wanted entries one by one where the list left out what has to be compared, or what a modify, which
// replaces the whole entry, has to send back.
func (l *lister) complete(ctx context.Context, items []model.Item, wanted map[string]*model.Item) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(l.parallel)
	for i := range items {
		it := &items[i]
		if d := wanted[it.Name]; d == nil || !listTellsTooLittle(d, it) {
			continue
		}
		group.Go(func() (err error) { defer crash.Caught(&err); return l.show(ctx, it) })
	}
	return group.Wait()
}

// listTellsTooLittle reports whether the list left out a field that matters for an entry of the file.
func listTellsTooLittle(d, live *model.Item) bool {
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
	var shown provider.Wire
	answer, err := l.client.JSON(ctx, call, nil, &shown)
	if err != nil {
		return err
	}
	id, name, err := identity(shown)
	if err == nil && (id != it.ID || name != it.Name) {
		err = fmt.Errorf("asked for entry %s, got another one", it.ID)
	}
	if err == nil {
		err = shownRows.Read(shown, it.Values)
	}
	if err != nil {
		return l.client.Odd(call, answer, err)
	}
	return nil
}

func identity(w provider.Wire) (id, name string, err error) {
	n, err := provider.GetOr(w, "id", int64(0))
	if err != nil {
		return "", "", err
	}
	text, err := provider.GetOr(w, "name", "")
	return strconv.FormatInt(n, 10), text, err
}

// live makes an entry comparable.
func live(w provider.Wire) (model.Item, error) {
	it, err := rows.Live(w, model.ReplicationTarget)
	if err != nil {
		return it, err
	}
	if it.ID, it.Name, err = identity(w); err != nil {
		return it, err
	}
	if it.Name == "" || it.ID == "0" || strings.HasPrefix(it.ID, "-") {
		return it, errors.New("the list has an entry without an ID or a name")
	}
	identify(&it)
	it.Summary = fmt.Sprint(it.Values[fieldType], " ", it.Values[fieldURL])
	return it, nil
}

// silences notes what neither list nor show returned although it has to be compared, and hosts that a modify may lose.
func silences(items []model.Item, wanted map[string]*model.Item) []provider.Note {
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
		if _, told := live.Values[fieldHosts]; !told && d.Values[fieldType] == config.TargetHarbor {
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
