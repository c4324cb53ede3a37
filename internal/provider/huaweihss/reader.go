package huaweihss

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
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
	// maxItems bounds what a list can claim to hold.
	maxItems = 100_000

	managedTypes = "Harbor,Jfrog"
	builtInTypes = "SwrPrivate,SwrShared,SwrEnterprise,Other"
)

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

// registry is an entry of the list. Pointers tell an absent field from an empty one.
type registry struct {
	ID         string  `json:"id"`
	Name       string  `json:"registry_name"`
	Type       string  `json:"registry_type"`
	APIVersion *string `json:"api_version"`
	Protocol   *string `json:"protocol"`
	Address    *string `json:"registry_addr"`
	Username   *string `json:"registry_username"`
	Namespace  *string `json:"namespace"`
	Cluster    *string `json:"connect_cluster_id"`
	Channel    *string `json:"get_scan_image_channel"`
}

type page = provider.Page[registry]

// pageAnswer has pointers: an answer without any key that the API documents is not an empty list.
type pageAnswer struct {
	Total    *int        `json:"total_num"`
	Registry *[]registry `json:"data_list"`
}

func (a pageAnswer) page() (p page) {
	if a.Total != nil {
		p.Total = *a.Total
	}
	if a.Registry != nil {
		p.Entries = *a.Registry
	}
	return p
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
	for _, r := range registries {
		if _, ok := typeFromAPI(r.Type); !ok {
			continue // the filter of the request is not relied on
		}
		if r.ID == "" || r.Name == "" {
			return provider.Listing{}, l.client.Odd(listCall(""), nil, errors.New("the list has an entry without an ID or a name"))
		}
		out.Items = append(out.Items, live(r))
	}
	return out, nil
}

// both reads the list, and the number of built-in entries beside its later pages: not beside the first one, which with
// unproven credentials goes alone. That number is for the reader alone: without it, the account is read all the same.
func (l *lister) both(ctx context.Context) (registries []registry, builtIn int, countErr, err error) {
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
func (l *lister) all(ctx context.Context, begun func()) ([]registry, error) {
	pages := provider.Pages[registry]{
		ID: func(r registry) string { return r.ID },
		Read: func(ctx context.Context, offset int) (page, error) {
			return l.page(ctx, managedTypes, offset, pageSize)
		},
		Parallel: l.parallel, Begun: begun,
	}
	return provider.Reread(l.client, listCall(""), func() ([]registry, error) { return pages.All(ctx) })
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
	if a.Total == nil && a.Registry == nil {
		return page{}, l.client.Odd(call, answer, errors.New("the answer is not a list"))
	}
	p := a.page()
	if p.Total < 0 || p.Total > maxItems {
		return p, l.client.Odd(call, answer, fmt.Errorf("the list claims %d entries", p.Total))
	}
	return p, nil
}

// live makes an entry comparable.
func live(r registry) model.Item {
	typ, _ := typeFromAPI(r.Type)
	it := model.Item{
		Kind:   model.Registration,
		Name:   r.Name,
		Key:    key(r.Name),
		ID:     r.ID,
		Values: map[string]model.Value{fieldName: r.Name, fieldType: typ},
	}
	set := func(field string, v *string) {
		if v != nil {
			it.Values[field] = *v
		}
	}
	set(fieldAPIVersion, r.APIVersion)
	set(fieldUsername, r.Username)
	set(fieldCluster, r.Cluster)
	scheme, address := canonical(r)
	set(fieldScheme, scheme)
	set(fieldAddress, address)
	it.Address, _ = it.Values[fieldAddress].(string)
	if r.Channel != nil {
		switch *r.Channel {
		case "Swr":
			it.Values[fieldChannel] = channelSWR
		case "Other":
			it.Values[fieldChannel] = channelUpload
			it.Values[fieldNamespace] = ""
			set(fieldNamespace, r.Namespace)
		default:
			it.Values[fieldChannel] = *r.Channel
		}
	}
	it.Summary = typ
	if scheme != nil && address != nil {
		it.Summary += " " + *scheme + "://" + *address
	}
	return it
}

// canonical writes protocol and address as the file's side does: lower case, no default port, no trailing slash.
func canonical(r registry) (scheme, address *string) {
	if r.Protocol == nil || r.Address == nil {
		return r.Protocol, r.Address
	}
	_, bare, found := strings.Cut(*r.Address, "://")
	if !found {
		bare = *r.Address
	}
	u, err := config.ParseURL(*r.Protocol + "://" + bare)
	if err != nil {
		return r.Protocol, r.Address
	}
	host := u.Address() + u.Path
	return &u.Scheme, &host
}
