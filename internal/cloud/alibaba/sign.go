package alibaba

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/alibabacloud-go/darabonba-openapi/v2/utils"
	"github.com/alibabacloud-go/tea/dara"

	"regent/internal/cloud"
)

// Algorithm is the V3 signature; unlike the older ones it never puts parameters of the body into an error message.
const Algorithm = "ACS3-HMAC-SHA256"

// Sign signs each request anew, with its own date and nonce. The operation is in the header x-acs-action already.
func Sign(next http.RoundTripper, source Source) http.RoundTripper {
	return cloud.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
		var body []byte
		if r.Body != nil {
			var err error
			body, err = io.ReadAll(r.Body)
			_ = r.Body.Close() // reading told what matters
			if err != nil {
				return nil, err
			}
		}
		keys, err := source.Keys(r.Context())
		if err != nil {
			return nil, err
		}
		out := r.Clone(r.Context())
		if body != nil {
			out.Body = io.NopCloser(bytes.NewReader(body))
			out.ContentLength = int64(len(body))
			out.GetBody = nil // nothing below may send a request, and its nonce, twice
		}
		sign(out, body, keys, time.Now(), nonce())
		return next.RoundTrip(out)
	})
}

func nonce() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	return hex.EncodeToString(b[:])
}

// sign sets the headers and the signature made by the official core.
func sign(r *http.Request, body []byte, keys Keys, now time.Time, nonce string) {
	hash := sha256.Sum256(body)
	payload := hex.EncodeToString(hash[:])
	r.Header.Set("x-acs-date", now.UTC().Format("2006-01-02T15:04:05Z"))
	r.Header.Set("x-acs-signature-nonce", nonce)
	r.Header.Set("x-acs-content-sha256", payload)
	if !keys.SecurityToken.Empty() {
		r.Header.Set("x-acs-accesskey-id", keys.AccessKeyID)
		r.Header.Set("x-acs-security-token", keys.SecurityToken.Reveal())
	}
	query := map[string]*string{}
	for name, values := range r.URL.Query() {
		query[name] = dara.String(values[0])
	}
	headers := map[string]*string{"host": dara.String(r.URL.Host)}
	for name := range r.Header {
		headers[name] = dara.String(r.Header.Get(name))
	}
	r.Header.Set("Authorization", dara.StringValue(utils.GetAuthorization(
		&dara.Request{Method: dara.String(r.Method), Pathname: dara.String("/"), Query: query, Headers: headers},
		dara.String(Algorithm), dara.String(payload),
		dara.String(keys.AccessKeyID), dara.String(keys.AccessKeySecret.Reveal()))))
}

// refuse wraps a failure to obtain keys.
func refuse(err error) error { return fmt.Errorf("%w: %w", cloud.ErrCredentials, err) }
