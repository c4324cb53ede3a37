package github_test

import (
	"fmt"
	"testing"
	"time"

	"regent/internal/github"
	"regent/internal/model"
	"regent/internal/plan"
	"regent/internal/secret"
)

const (
	head = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
	run  = 9_000_000_001
)

// signing is a key as openssl makes it.
var signing = secret.New("0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0")

func site() github.Site {
	return github.Site{Owner: "octo-org", Repo: "registries", Author: "github-actions[bot]", Key: "0123456789abcdef"}
}

// host is a desired registration; the values are different enough from each other that they compress as real ones do.
func host(n int) model.Item {
	name := fmt.Sprintf("harbor-%05d", n)
	spread := uint32(n) * 2654435761
	return model.Item{
		Kind: model.Registration, Name: name,
		Key:      model.Key{Parts: []model.KeyPart{{Name: "domain", Value: fmt.Sprintf("h%08x.example.com", spread)}}},
		Position: model.Position{File: "registries.yaml", Line: 10 + n, Column: 5},
		Values:   map[string]model.Value{"username": fmt.Sprintf("robot$%x", spread>>7), "imagesPerHour": int64(10 + spread%977)},
		Secrets:  map[string]secret.Ref{"password": {Env: fmt.Sprintf("HARBOR_%d_PASSWORD", n)}},
	}
}

func hosts(n int) []model.Item {
	out := make([]model.Item, n)
	for i := range out {
		out[i] = host(i)
	}
	return out
}

// planOf adds items.
func planOf(items []model.Item) *plan.Plan { return planWith(items, nil) }

func planWith(items []model.Item, unread error) *plan.Plan {
	return plan.New([]plan.Input{{
		Name: "scanner", Place: model.Place{Provider: "alibaba-sas", Region: "cn-hangzhou"},
		Position: model.Position{File: "registries.yaml", Line: 3, Column: 3},
		Fields: []model.Field{
			{Name: "domain", Type: model.String, Key: true}, {Name: "username", Type: model.String},
			{Name: "imagesPerHour", Type: model.Integer},
			{Name: "password", Type: model.String, Secret: true, Unobservable: "masked"},
		},
		Desired: items, Err: unread,
	}}, func(string) bool { return false })
}

func reviewOf(p *plan.Plan) github.Review { return github.NewReview(p, site(), 7, head, run, planned) }

// planned is when the plans of these tests were made.
var planned = time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC)

// seal makes a comment that has to succeed.
func seal(t testing.TB, r github.Review, visible string, key secret.Value) string {
	t.Helper()
	body, err := r.Seal(visible, key)
	if err != nil {
		t.Fatal(err)
	}
	return body
}
