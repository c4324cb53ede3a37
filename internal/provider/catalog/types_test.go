package catalog_test

import (
	"net/http"
	"strings"
	"testing"
)

// TestValueOfAnotherTypeIsAnError: an entry that cannot be read is not one without the field.
func TestValueOfAnotherTypeIsAnError(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ provider, entry, want string }{
		{hss, `{"id":"7","registry_name":"h","registry_type":"Harbor","api_version":2}`, `the answer has number in field "api_version" where string was expected`},
		{hss, `{"id":7,"registry_name":"h","registry_type":"Harbor"}`, `the answer has number in field "id" where string was expected`},
		{swr, `{"id":7,"name":"h","insecure":"yes"}`, `the answer has string in field "insecure" where bool was expected`},
		{swr, `{"id":7,"name":"h","credential":"robot"}`, `the answer has string in field "credential" where an object was expected`},
		{sas, `{"Id":7,"RegistryType":"harbor","TransPerHour":"ten"}`, `the answer has string in field "TransPerHour" where int64 was expected`},
		{sas, `{"Id":7,"RegistryType":"harbor","RegistryHostIp":1}`, `the answer has number in field "RegistryHostIp" where string was expected`},
	} {
		w := scripted(t, func(*http.Request) string {
			if c.provider == sas {
				return `{"RequestId":"r","ImageRegistryInfos":[` + c.entry + `]}`
			}
			return page(c.provider, 1, c.entry)
		})
		listing, err := w.list(t, c.provider)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "HTTP 200") || len(listing.Items) != 0 {
			t.Errorf("%s: %d entries, %v", c.entry, len(listing.Items), err)
		}
	}
}
