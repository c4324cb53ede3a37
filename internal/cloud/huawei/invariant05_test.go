package huawei_test

import (
	"net/http"
	"testing"

	"regent/internal/cloud/cloudtest"
	"regent/internal/cloud/huawei"
	"regent/internal/secret"
)

func TestInvariant05NothingBelowCanSendAgain(t *testing.T) {
	t.Parallel()
	source := huawei.Static(huawei.Credential{AccessKey: "id", SecretKey: secret.New("key")})
	cloudtest.SendsOnce(t, func(next http.RoundTripper) http.RoundTripper { return huawei.Sign(next, source, "project") })
}
