package alibaba_test

import (
	"net/http"
	"testing"

	"regent/internal/cloud/alibaba"
	"regent/internal/cloud/cloudtest"
	"regent/internal/secret"
)

func TestInvariant05NothingBelowCanSendAgain(t *testing.T) {
	t.Parallel()
	source := alibaba.Static(alibaba.Keys{AccessKeyID: "id", AccessKeySecret: secret.New("key")})
	cloudtest.SendsOnce(t, func(next http.RoundTripper) http.RoundTripper { return alibaba.Sign(next, source) })
}
