package config

import "testing"

func TestSuggest(t *testing.T) {
	keys := []string{"name", "type", "url", "apiVersion", "username", "password", "scan", "regionId", "clusterId", "enterpriseProjectId"}
	for word, want := range map[string]string{
		"usernme":               "username",
		"user":                  "username",
		"Username":              "username",
		"pasword":               "password",
		"passwrod":              "password",
		"api_version":           "apiVersion",
		"region-id":             "regionId",
		"tpye":                  "type",
		"ulr":                   "url",
		"enterprise_project_id": "enterpriseProjectId",
		"cluster":               "clusterId",
		"colour":                "",
		"x":                     "",
		"":                      "",
		"insecure":              "",
	} {
		if got := Suggest(word, keys); got != want {
			t.Errorf("%q: suggested %q, want %q", word, got, want)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"", "ab", 2}, {"ab", "ab", 0}, {"ab", "ba", 1}, {"abc", "adc", 1}, {"harbro", "harbor", 1}, {"kitten", "sitting", 3}, {"é", "e", 1},
	} {
		if got := distance(tt.a, tt.b); got != tt.want {
			t.Errorf("%q and %q: %d, want %d", tt.a, tt.b, got, tt.want)
		}
		if got := distance(tt.b, tt.a); got != tt.want {
			t.Errorf("%q and %q: %d, want %d", tt.b, tt.a, got, tt.want)
		}
	}
}
