package huaweihss

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
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

// request makes the body of an add or a modify. The vendor requires the namespace whenever the channel is set to Other.
func request(change provider.Write) provider.Body {
	b := rows.Body(change)
	if b["get_scan_image_channel"] == byHand {
		b["namespace"] = change.Text(fieldNamespace)
	}
	return b
}

// Add implements [provider.Writer]. The API answers nothing, so the ID is learned from the list.
func (w *writer) Add(ctx context.Context, change provider.Write) (provider.Receipt, error) {
	project := w.enterpriseProject
	if project == allGranted {
		project = defaultProject // what an add to all projects would do is documented nowhere
	}
	call := cloud.Call{Operation: "AddRegistry", Method: http.MethodPost, URL: w.base + "?" + query(project)}
	return w.send(ctx, call, request(change), "")
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
	return w.send(ctx, call, request(change), change.Live.ID)
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

func (w *writer) send(ctx context.Context, call cloud.Call, b provider.Body, id string) (provider.Receipt, error) {
	receipt := provider.Receipt{Operation: call.Operation, ID: id}
	answer, err := w.client.JSON(ctx, call, b, nil)
	if answer != nil {
		receipt.RequestID = answer.RequestID
	}
	return receipt, err
}
