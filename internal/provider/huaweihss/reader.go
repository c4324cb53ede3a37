package huaweihss

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"

	"regent/internal/cloud"
	"regent/internal/config"
	"regent/internal/crash"
	"regent/internal/model"
	"regent/internal/provider"
)

const (
	// pageSize is asked for. The API takes 10 to 200, and its model says that a page holds at most 100.
	pageSize = 100
	// maxPage is the most that a page may hold: a server may give more than it is asked for, and all there is at once, as
	// long as that is in the range of an account. Many pages are decoded side by side.
	maxPage = 10_000

	builtInTypes = "SwrPrivate,SwrShared,SwrEnterprise,Other"
)

// managedTypes are the types that regent manages, as the list is asked for them.
var managedTypes = strings.Join(slices.Sorted(maps.Values(types)), ",")

// isRead is the read list of the API: the list, and nothing below it. One of the other GETs carries a password in
// its URL.
func isRead(r *http.Request) bool {
	return r.Method == http.MethodGet && strings.HasPrefix(r.URL.Path, "/v5/") && strings.HasSuffix(r.URL.Path, "/image/registries")
}

type lister struct {
	client            *cloud.Client
	base              string
	enterpriseProject string
	parallel          int
}

func openLister(ctx context.Context, s *provider.Session, a *config.Account) (provider.Lister, error) {
	client, endpoint, err := s.Huawei(ctx, a, access(a, false))
	if err != nil {
		return nil, err
	}
	return &lister{client: client, base: base(endpoint, a), enterpriseProject: a.EnterpriseProjectID, parallel: s.Parallel}, nil
}

func base(endpoint string, a *config.Account) string {
	return endpoint + "/v5/" + url.PathEscape(a.ProjectID) + "/image/registries"
}

type page = provider.Page[model.Item]

// pageAnswer has pointers: they tell what an answer left out.
type pageAnswer struct {
	Total    *int             `json:"total_num"`
	Registry *[]provider.Wire `json:"data_list"`
}

// List implements [provider.Lister].
func (l *lister) List(ctx context.Context, _ []model.Item) (provider.Listing, error) {
	registries, builtIn, countErr, err := l.both(ctx)
	if err != nil {
		return provider.Listing{}, err
	}
	out := provider.Listing{BuiltIn: builtIn, NotCounted: countErr != nil}
	if countErr != nil {
		out.Notes = append(out.Notes, provider.Note{Text: "the built-in entries could not be counted: " + countErr.Error()})
	}
	for _, it := range registries {
		if typ, _ := it.Values[fieldType].(string); types[typ] == "" {
			continue // the filter of the request is not relied on
		}
		if it.ID == "" || it.Name == "" {
			return provider.Listing{}, l.client.Odd(listCall(""), nil, errors.New("the list has an entry without an ID or a name"))
		}
		out.Items = append(out.Items, it)
	}
	return out, nil
}

// both reads the list, and the number of built-in entries beside its later pages: not beside the first one, which with
// unproven credentials goes alone. That number is for the reader alone: without it, the account is read all the same.
func (l *lister) both(ctx context.Context) (registries []model.Item, builtIn int, countErr, err error) {
	var counted page
	var counting sync.WaitGroup
	count := sync.OnceFunc(func() {
		counting.Go(func() { defer crash.Caught(&countErr); counted, countErr = l.page(ctx, builtInTypes, 0, 10) })
	})
	registries, err = l.all(ctx, count)
	counting.Wait()
	return registries, counted.Total, countErr, err
}

// all reads every page, until the list holds still.
func (l *lister) all(ctx context.Context, begun func()) ([]model.Item, error) {
	pages := provider.Pages[model.Item]{
		ID: func(it model.Item) string { return it.ID },
		Read: func(ctx context.Context, offset int) (page, error) {
			return l.page(ctx, managedTypes, offset, pageSize)
		},
		Parallel: l.parallel, Begun: begun,
	}
	return provider.Reread(l.client, listCall(""), func() ([]model.Item, error) { return pages.All(ctx) })
}

func listCall(u string) cloud.Call {
	return cloud.Call{Operation: "ListRegistry", Method: http.MethodGet, URL: u, Read: true}
}

func (l *lister) page(ctx context.Context, types string, offset, limit int) (page, error) {
	query := url.Values{
		"enterprise_project_id": {l.enterpriseProject}, "registry_type": {types},
		"offset": {strconv.Itoa(offset)}, "limit": {strconv.Itoa(limit)},
	}
	call := listCall(l.base + "?" + query.Encode())
	call.Entries = maxPage
	var a pageAnswer
	answer, err := l.client.JSON(ctx, call, nil, &a)
	if err != nil {
		return page{}, err
	}
	return provider.PageOf(l.client, call, answer, a.Total, a.Registry, live)
}

// live makes an entry comparable.
func live(w provider.Wire) (model.Item, error) {
	it, err := rows.Live(w, model.Registration)
	if err != nil {
		return it, err
	}
	id, err := provider.Get[string](w, "id")
	it.ID, _ = id.(string)
	it.Name, _ = it.Values[fieldName].(string)
	identify(&it)
	it.Summary, _ = it.Values[fieldType].(string)
	if scheme, told := it.Values[fieldScheme].(string); told && it.Values[fieldAddress] != nil {
		it.Summary += " " + scheme + "://" + it.Address
	}
	return it, err
}
