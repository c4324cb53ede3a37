package alibabasas

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"regent/internal/cloud"
	"regent/internal/config"
	"regent/internal/model"
	"regent/internal/provider"
)

const (
	// maxRegionsShown caps the regions that a message lists.
	maxRegionsShown = 40
	// maxItems bounds what the list may hold. The API knows no pages.
	maxItems = 100_000
)

type lister struct {
	client   *cloud.Client
	endpoint string
}

func openLister(_ context.Context, s *provider.Session, a *config.Account) (provider.Lister, error) {
	client, endpoint, err := s.Alibaba(a, access(a, false))
	if err != nil {
		return nil, err
	}
	return &lister{client: client, endpoint: endpoint}, nil
}

// registry is an entry of the list. Pointers tell an absent field from an empty one. The fields Password (masked)
// and Token (a secret in clear) are left in the answer on purpose.
type registry struct {
	ID         int64   `json:"Id"`
	Type       string  `json:"RegistryType"`
	Version    *string `json:"RegistryVersion"`
	RegionID   string  `json:"RegionId"`
	DomainName string  `json:"DomainName"`
	HostIP     *string `json:"RegistryHostIp"`
	Port       int64   `json:"Port"`
	Protocol   *int64  `json:"ProtocolType"`
	NetType    *int64  `json:"NetType"`
	VPC        string  `json:"VpcId"`
	UserName   *string `json:"UserName"`
	PerHour    *int64  `json:"TransPerHour"`
	Alias      string  `json:"RegistryName"`
}

// List implements [provider.Lister].
func (l *lister) List(ctx context.Context, desired []model.Item) (provider.Listing, error) {
	call := rpc(l.endpoint, opList, nil, nil, true)
	call.Entries = maxItems
	answer, err := l.client.Do(ctx, call)
	if err != nil {
		return provider.Listing{}, err
	}
	var body struct {
		// A pointer: an account without registries may answer without the key, but an answer without anything that
		// the API documents is not a list.
		Registries *[]registry `json:"ImageRegistryInfos"`
		RequestID  string      `json:"RequestId"`
	}
	if err := l.client.Decode(call, answer, &body); err != nil {
		return provider.Listing{}, err
	}
	if body.Registries == nil && body.RequestID == "" {
		return provider.Listing{}, l.client.Odd(call, answer, errors.New("the answer is not a list"))
	}
	var out provider.Listing
	if body.Registries != nil {
		if err := l.sort(*body.Registries, &out); err != nil {
			return provider.Listing{}, err
		}
	}
	out.Notes = append(out.Notes, forgetUntold(desired, out.Items)...)
	err = l.checkRegions(ctx, desired, &out)
	return out, err
}

// sort tells the entries that can be managed from the vendor's own.
func (l *lister) sort(registries []registry, out *provider.Listing) error {
	unknown := map[string]int{}
	seen := map[int64]bool{}
	for _, r := range registries {
		switch r.Type {
		case "harbor", "quay":
			if r.ID <= 0 || seen[r.ID] {
				return l.client.Odd(rpc("", opList, nil, nil, true), nil, fmt.Errorf("the list has an entry without an ID, or ID %d twice", r.ID))
			}
			seen[r.ID] = true
			out.Items = append(out.Items, live(r))
		case "acr", "CI/CD":
			out.BuiltIn++
		default:
			out.BuiltIn++
			unknown[r.Type]++
		}
	}
	for typ, n := range unknown {
		entries := "entries"
		if n == 1 {
			entries = "entry"
		}
		out.Notes = append(out.Notes, provider.Note{Text: fmt.Sprintf("%d %s of the type %q, which regent does not manage", n, entries, typ)})
	}
	return nil
}

// vpcNotTold is the network of an entry in a VPC whose ID the list leaves out: not the Internet, and otherwise unknown.
const vpcNotTold = "vpc (ID not told)"

// forgetUntold drops that value where the file names a VPC, which cannot be compared with it. Registries on two ports of
// one host may be in different networks.
func forgetUntold(desired, live []model.Item) []provider.Note {
	inVPC := map[string][]int64{} // the ports of the entries that the file puts in a VPC
	for _, d := range desired {
		if d.Values[fieldNetwork] != internet {
			inVPC[d.Key.Bucket()] = append(inVPC[d.Key.Bucket()], d.Key.Port)
		}
	}
	forgotten := 0
	for _, it := range live {
		ports := inVPC[it.Key.Bucket()]
		if it.Values[fieldNetwork] == vpcNotTold && (slices.Contains(ports, it.Key.Port) || it.Key.Port == 0 && len(ports) > 0) {
			delete(it.Values, fieldNetwork)
			forgotten++
		}
	}
	if forgotten == 0 {
		return nil
	}
	return []provider.Note{{Text: fmt.Sprintf("registrations in a VPC whose ID the list leaves out: %d; the VPC of the file is not compared with theirs", forgotten)}}
}

// live makes an entry comparable.
func live(r registry) model.Item {
	host, port := hostAndPort(r)
	it := model.Item{
		Kind:    model.Registration,
		Name:    r.Alias,
		Key:     key(r.Type, host, r.RegionID, port),
		Address: hostPort(host, port),
		ID:      strconv.FormatInt(r.ID, 10),
		Values: map[string]model.Value{
			fieldType: r.Type, fieldHost: host, fieldRegion: r.RegionID,
		},
	}
	if it.Name == "" {
		it.Name = host
	}
	if port != 0 {
		it.Values[fieldPort] = port
	}
	// "-" stands for the vendor's default version.
	if r.Version != nil && *r.Version != "" && *r.Version != "-" {
		it.Values[fieldAPIVersion] = *r.Version
	}
	if r.Protocol != nil {
		it.Values[fieldScheme] = scheme(*r.Protocol)
	}
	if r.NetType != nil {
		it.Values[fieldNetwork] = liveNetwork(*r.NetType, r.VPC)
	}
	if r.HostIP != nil {
		it.Values[fieldHostIP] = provider.IP(*r.HostIP)
	}
	if r.UserName != nil {
		it.Values[fieldUsername] = *r.UserName
	}
	if r.PerHour != nil {
		it.Values[fieldPerHour] = *r.PerHour
	}
	it.Summary = fmt.Sprintf("%s %s in %s", r.Type, address(it, host), r.RegionID)
	return it
}

// hostAndPort reads the domain name, into which people write whole addresses. The port is 0 when neither it nor the
// list tells.
func hostAndPort(r registry) (host string, port int64) {
	_, bare, found := strings.Cut(r.DomainName, "://")
	if !found {
		bare = r.DomainName
	}
	u, err := url.Parse("//" + strings.TrimSuffix(bare, "/"))
	if err != nil || u.Hostname() == "" || u.Path != "" || strings.Count(bare, ":") > 1 && !strings.HasPrefix(bare, "[") {
		return provider.Host(r.DomainName), r.Port
	}
	if port = r.Port; port == 0 && u.Port() != "" {
		port, _ = strconv.ParseInt(u.Port(), 10, 64) // net/url lets only digits pass
	}
	return provider.Host(u.Hostname()), port
}

func address(it model.Item, host string) string {
	s, _ := it.Values[fieldScheme].(string)
	port, _ := it.Values[fieldPort].(int64)
	if s == "" {
		return host
	}
	u := config.URL{Scheme: s, Host: host, Port: int(port)}
	if port == 0 {
		return s + "://" + host
	}
	return u.String()
}

func scheme(protocol int64) string {
	switch protocol {
	case 1:
		return "http"
	case 2:
		return "https"
	}
	return fmt.Sprintf("protocol %d", protocol)
}

func liveNetwork(netType int64, vpc string) string {
	switch netType {
	case 1:
		return internet
	case 2:
		if vpc == "" {
			return vpcNotTold
		}
		return network(vpc)
	}
	return fmt.Sprintf("network type %d", netType)
}

// checkRegions asks the vendor which regions it offers, when the file has one that no live entry uses. A caller
// without the permission for that question is not stopped: the add itself would tell.
func (l *lister) checkRegions(ctx context.Context, desired []model.Item, out *provider.Listing) error {
	used := map[string]bool{}
	for _, it := range out.Items {
		region, _ := it.Values[fieldRegion].(string)
		used[region] = true
	}
	isNew := func(d model.Item) bool { region, _ := d.Values[fieldRegion].(string); return !used[region] }
	if !slices.ContainsFunc(desired, isNew) {
		return nil
	}
	offered, err := l.regions(ctx)
	if ce, ok := errors.AsType[*cloud.Error](err); ok && ce.Reach == cloud.Refused && ce.Status == 403 {
		out.Notes = append(out.Notes, provider.Note{Text: fmt.Sprintf("the regions of the file could not be checked: %s (code %s)", ce.Message, ce.Code)})
		return nil
	}
	if err != nil {
		return err
	}
	for _, d := range desired {
		region, _ := d.Values[fieldRegion].(string)
		if !isNew(d) || slices.Contains(offered, region) {
			continue
		}
		out.Problems = append(out.Problems, provider.Problem{
			Key: d.Key, Position: d.FieldPosition(fieldRegion),
			Text: fmt.Sprintf("Security Center offers no region %s for registries; it offers %s", region, shown(offered)),
		})
	}
	return nil
}

func shown(regions []string) string {
	if len(regions) > maxRegionsShown {
		regions = append(slices.Clone(regions[:maxRegionsShown]), "...")
	}
	return strings.Join(regions, ", ")
}

func (l *lister) regions(ctx context.Context) ([]string, error) {
	call := rpc(l.endpoint, opRegions, url.Values{"Lang": {"en"}}, nil, true)
	answer, err := l.client.Do(ctx, call)
	if err != nil {
		return nil, err
	}
	var body struct {
		Regions []struct {
			ID string `json:"RegionId"`
		} `json:"Regions"`
	}
	if err := l.client.Decode(call, answer, &body); err != nil {
		return nil, err
	}
	var ids []string
	for _, r := range body.Regions {
		ids = append(ids, r.ID)
	}
	slices.Sort(ids)
	if len(ids) == 0 {
		return nil, l.client.Odd(call, answer, errors.New("the answer lists no region"))
	}
	return ids, nil
}
