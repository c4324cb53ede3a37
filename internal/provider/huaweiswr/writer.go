package huaweiswr

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"regent/internal/cloud"
	"regent/internal/config"
	"regent/internal/model"
	"regent/internal/provider"
)

type writer struct {
	client *cloud.Client
	base   string
}

func openWriter(ctx context.Context, s *provider.Session, a *config.Account) (provider.Writer, error) {
	client, endpoint, err := s.Huawei(ctx, a, access(a, true))
	if err != nil {
		return nil, err
	}
	return &writer{client: client, base: base(endpoint, a)}, nil
}

// body is the schema of create and modify. A modify replaces the whole entry: what is left out is lost, so both
// send every field.
type body struct {
	Name        string     `json:"name"`
	Description string     `json:"description"`
	Type        string     `json:"type"`
	ProjectID   string     `json:"project_id,omitempty"`
	RegionID    string     `json:"region_id,omitempty"`
	InstanceID  string     `json:"instance_id,omitempty"`
	URL         string     `json:"url"`
	Credential  credential `json:"credential"`
	DNSConf     *dnsConf   `json:"dns_conf,omitempty"`
	Insecure    bool       `json:"insecure"`
}

type credential struct {
	Type         string `json:"type"`
	AccessKey    string `json:"access_key"`
	AccessSecret string `json:"access_secret"`
}

type dnsConf struct {
	Hosts map[string]string `json:"hosts"`
}

// request makes the body from the desired values; a field the file does not govern keeps its live value.
func request(w provider.Write) body {
	value := func(field string) model.Value {
		if v, ok := w.Desired.Values[field]; ok {
			return v
		}
		if w.Live != nil {
			return w.Live.Values[field]
		}
		return nil
	}
	text := func(field string) string { s, _ := value(field).(string); return s }
	b := body{
		Name:        w.Desired.Name,
		Description: text(fieldDescription),
		Type:        text(fieldType),
		ProjectID:   text(fieldTargetProject),
		RegionID:    text(fieldTargetRegion),
		InstanceID:  text(fieldTargetInstance),
		URL:         text(fieldURL),
		Credential: credential{
			Type: "basic", AccessKey: w.Text(fieldAccessKey), AccessSecret: w.Secrets[fieldAccessSecret].Reveal(),
		},
	}
	b.Insecure, _ = value(fieldInsecure).(bool)
	hosts, told := value(fieldHosts).(map[string]string)
	if w.Live == nil && !told {
		hosts, told = map[string]string{}, true
	}
	// Hosts that nobody told are left out: an empty table would clear them for certain.
	if told && (len(hosts) > 0 || b.Type == typeHarbor) {
		b.DNSConf = &dnsConf{Hosts: hosts}
	}
	return b
}

// Add implements [provider.Writer].
func (w *writer) Add(ctx context.Context, change provider.Write) (provider.Receipt, error) {
	call := cloud.Call{Operation: "CreateInstanceRegistry", Method: http.MethodPost, URL: w.base}
	var out struct {
		ID int64 `json:"id"`
	}
	answer, err := w.client.JSON(ctx, call, request(change), &out)
	if err != nil {
		return provider.Receipt{Operation: call.Operation}, err
	}
	receipt := provider.Receipt{Operation: call.Operation, RequestID: answer.RequestID}
	if out.ID <= 0 {
		return receipt, w.client.Odd(call, answer, errors.New("the answer has no ID"))
	}
	receipt.ID = strconv.FormatInt(out.ID, 10)
	return receipt, nil
}

// Modify implements [provider.Writer].
func (w *writer) Modify(ctx context.Context, change provider.Write) (provider.Receipt, error) {
	call := cloud.Call{Operation: "UpdateInstanceRegistry", Method: http.MethodPut}
	if change.Live == nil || change.Live.ID == "" {
		return provider.Receipt{Operation: call.Operation}, fmt.Errorf("%s has no ID to modify", change.Desired.Name)
	}
	call.URL = w.base + "/" + change.Live.ID
	answer, err := w.client.JSON(ctx, call, request(change), nil)
	if err != nil {
		return provider.Receipt{Operation: call.Operation}, err
	}
	return provider.Receipt{ID: change.Live.ID, Operation: call.Operation, RequestID: answer.RequestID}, nil
}
