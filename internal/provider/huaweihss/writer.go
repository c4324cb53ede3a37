package huaweihss

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"regent/internal/cloud"
	"regent/internal/config"
	"regent/internal/provider"
)

type writer struct {
	client            *cloud.Client
	base              string
	enterpriseProject string
}

func openWriter(ctx context.Context, s *provider.Session, a *config.Account) (provider.Writer, error) {
	client, endpoint, err := s.Huawei(ctx, a, access(a, true))
	if err != nil {
		return nil, err
	}
	return &writer{client: client, base: base(endpoint, a), enterpriseProject: a.EnterpriseProjectID}, nil
}

// body is the schema of add and edit. An edit carries the login and what changes; name and type are no part of it.
type body struct {
	Name       string `json:"registry_name,omitempty"`
	Type       string `json:"registry_type,omitempty"`
	APIVersion string `json:"api_version,omitempty"`
	Protocol   string `json:"protocol,omitempty"`
	Address    string `json:"registry_addr,omitempty"`
	Username   string `json:"registry_username,omitempty"`
	Password   string `json:"registry_password,omitempty"`
	Namespace  string `json:"namespace,omitempty"`
	Cluster    string `json:"connect_cluster_id,omitempty"`
	Channel    string `json:"get_scan_image_channel,omitempty"`
}

// request makes a body of the login and of the fields that has reports.
func request(w provider.Write, has func(field string) bool) body {
	text := func(field string) string {
		if !has(field) {
			return ""
		}
		return w.Text(field)
	}
	b := body{
		APIVersion: text(fieldAPIVersion),
		Protocol:   text(fieldScheme),
		Address:    text(fieldAddress),
		Username:   w.Text(fieldUsername),
		Password:   w.Secrets[fieldPassword].Reveal(),
		Namespace:  text(fieldNamespace),
		Cluster:    text(fieldCluster),
	}
	if has(fieldChannel) {
		b.Channel = "Swr"
		if w.Text(fieldChannel) == channelUpload {
			// The vendor requires the namespace whenever the channel is set to Other.
			b.Channel, b.Namespace = "Other", w.Text(fieldNamespace)
		}
	}
	return b
}

// Add implements [provider.Writer]. The API answers nothing, so the ID is learned from the list.
func (w *writer) Add(ctx context.Context, change provider.Write) (provider.Receipt, error) {
	project := w.enterpriseProject
	if project == allGranted {
		project = defaultProject // what an add to all projects would do is documented nowhere
	}
	b := request(change, func(string) bool { return true })
	b.Name, b.Type = change.Desired.Name, typeWords[change.Text(fieldType)]
	call := cloud.Call{Operation: "AddRegistry", Method: http.MethodPost, URL: w.base + "?" + query(project)}
	return w.send(ctx, call, b, "")
}

// Modify implements [provider.Writer].
func (w *writer) Modify(ctx context.Context, change provider.Write) (provider.Receipt, error) {
	call := cloud.Call{Operation: "UpdateRegistry", Method: http.MethodPut}
	if change.Live == nil || change.Live.ID == "" {
		return provider.Receipt{Operation: call.Operation}, fmt.Errorf("%s has no ID to modify", change.Desired.Name)
	}
	if !usable(change.Live.ID) {
		return provider.Receipt{Operation: call.Operation}, fmt.Errorf("%s has no usable ID", change.Desired.Name)
	}
	call.URL = w.base + "/" + url.PathEscape(change.Live.ID) + "?" + query(w.enterpriseProject)
	b := request(change, func(field string) bool { return slices.Contains(change.Changed, field) })
	return w.send(ctx, call, b, change.Live.ID)
}

// usable reports whether an identifier can be a part of a path. The vendor's have up to 64 characters; what leads elsewhere,
// escaped or not, is none.
func usable(id string) bool {
	odd := func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`/\%?#`, r) }
	return strings.Trim(id, ".") != "" && len(id) <= 64 && !strings.ContainsFunc(id, odd)
}

func query(enterpriseProject string) string {
	return url.Values{"enterprise_project_id": {enterpriseProject}}.Encode()
}

func (w *writer) send(ctx context.Context, call cloud.Call, b body, id string) (provider.Receipt, error) {
	receipt := provider.Receipt{Operation: call.Operation, ID: id}
	answer, err := w.client.JSON(ctx, call, b, nil)
	if answer != nil {
		receipt.RequestID = answer.RequestID
	}
	return receipt, err
}
