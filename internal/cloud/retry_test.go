package cloud_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"regent/internal/cloud"
	"regent/internal/cloud/alibaba"
	"regent/internal/cloud/cloudtest"
	"regent/internal/cloud/huawei"
)

// TestInvariant05Retries is the table of what is sent again. Reads are; writes only when they provably were not carried out.
func TestInvariant05Retries(t *testing.T) {
	t.Parallel()
	const (
		throttledHuawei  = `{"error_code":"APIGW.0308","error_msg":"The throttling threshold has been reached"}`
		throttledAlibaba = `{"Code":"Throttling.User","Message":"Request was denied due to user flow control."}`
		unavailable      = `{"Code":"ServiceUnavailable","Message":"temporary"}`
	)
	for _, c := range []struct {
		name    string
		dialect string
		first   step
		// read and write are how many requests arrive when the next answer would be a success.
		read, write int
		reach       cloud.Reach // of the write, when it fails
	}{
		{"success", "huawei", ok, 1, 1, 0},
		{"429", "huawei", answer(429, throttledHuawei), 2, 2, 0},
		{"429 without a body", "huawei", answer(429, ""), 2, 2, 0},
		{"429 at Alibaba", "alibaba", answer(429, ""), 2, 2, 0},
		{"0308 under another status", "huawei", answer(403, strings.ReplaceAll(throttledHuawei, "APIGW", "APIG")), 2, 2, 0},
		{"Throttling", "alibaba", answer(400, strings.ReplaceAll(throttledAlibaba, ".User", "")), 2, 2, 0},
		{"Throttling.User", "alibaba", answer(400, throttledAlibaba), 2, 2, 0},
		{"Throttling.Api", "alibaba", answer(503, strings.ReplaceAll(throttledAlibaba, "User", "Api")), 2, 2, 0},
		{"Rejected.Throttling", "alibaba", answer(400, `{"Code":"Rejected.Throttling","Message":"slow down"}`), 2, 2, 0},
		{"Throttling as XML", "alibaba", answer(400, `<Error><Code>Throttling.User</Code><Message>slow down</Message></Error>`), 2, 2, 0},
		{"a code that only begins like it", "alibaba", answer(400, `{"Code":"ThrottlingPolicyMissing","Message":"no"}`), 1, 1, cloud.Refused},
		{"500", "huawei", answer(500, `{"error_code":"HSS.0041","error_msg":"internal"}`), 2, 1, cloud.Unknown},
		{"502 of a proxy", "huawei", answer(502, "<html>Bad Gateway</html>"), 2, 1, cloud.Unknown},
		{"503", "alibaba", answer(503, unavailable), 2, 1, cloud.Unknown},
		{"ServiceUnavailable under 400", "alibaba", answer(400, unavailable), 2, 1, cloud.Unknown},
		{"InternalError under 200", "alibaba", answer(200, `{"Success":false,"Code":"InternalError","Message":"failed"}`), 2, 1, cloud.Unknown},
		{"a timeout under 400", "alibaba", answer(400, `{"Code":"ServiceTimeout","Message":"timed out"}`), 2, 1, cloud.Unknown},
		{"0601 under 400", "huawei", answer(400, `{"error_code":"APIGW.0601","error_msg":"internal"}`), 2, 1, cloud.Unknown},
		{"504", "huawei", answer(504, `{"error_code":"APIGW.0201","error_msg":"Backend timeout."}`), 2, 1, cloud.Unknown},
		{"500 ServerError", "alibaba", answer(500, `{"Code":"ServerError","Message":"ServerError"}`), 2, 1, cloud.Unknown},
		{"nonce used", "alibaba", answer(400, `{"Code":"SignatureNonceUsed","Message":"used"}`), 2, 1, cloud.Unknown},
		{"400", "huawei", answer(400, `{"error_code":"HSS.0001","error_msg":"invalid"}`), 1, 1, cloud.Refused},
		{"401", "huawei", answer(401, `{"error_code":"APIGW.0301","error_msg":"Incorrect IAM authentication information"}`), 1, 1, cloud.Refused},
		{"403", "alibaba", answer(403, `{"Code":"NoPermission","Message":"caller has no permission"}`), 1, 1, cloud.Refused},
		{"404", "huawei", answer(404, `{"error_code":"APIGW.0101","error_msg":"The API does not exist"}`), 1, 1, cloud.Refused},
		{"408", "huawei", answer(408, ""), 1, 1, cloud.Unknown},
		{"Success false", "alibaba", answer(200, `{"Success":false,"Code":"Failed","Message":"failed"}`), 1, 1, cloud.Refused},
		{"Success false with the number of a failure", "alibaba", answer(200, `{"Success":false,"Code":"500","Message":"failed"}`), 2, 1, cloud.Unknown},
		{"dropped after it was sent", "huawei", drop, 2, 1, cloud.Unknown},
		{"cut body", "huawei", cut, 2, 1, cloud.Unknown},
	} {
		for _, read := range []bool{true, false} {
			t.Run(c.name+" "+kind(read), func(t *testing.T) {
				t.Parallel()
				server := play(t, c.first, ok)
				_, err := client(cloud.Options{Dialect: dialects()[c.dialect]}).Do(background(t), call(server.URL, read))
				want := c.write
				if read {
					want = c.read
				}
				if got := int(server.seen.Load()); got != want {
					t.Errorf("%d requests arrived, want %d", got, want)
				}
				switch succeeds := c.name == "success" || want > 1; {
				case succeeds && err != nil:
					t.Error(err)
				case !succeeds && err == nil:
					t.Error("the call succeeds")
				case !succeeds && !read && fault(t, err).Reach != c.reach:
					t.Errorf("reach is %d, want %d: %v", fault(t, err).Reach, c.reach, err)
				}
			})
		}
	}
}

func TestRetriesEnd(t *testing.T) {
	t.Parallel()
	server := play(t, answer(500, `{"error_code":"HSS.0041","error_msg":"internal"}`))
	_, err := client(cloud.Options{Retries: quick(2)}).Do(background(t), call(server.URL, true))
	if e := fault(t, err); e.Throttled || e.Status != 500 || e.Code != "HSS.0041" || server.seen.Load() != 3 {
		t.Errorf("after %d requests: %+v", server.seen.Load(), e)
	}
}

// refusing gives an address on which nothing listens.
func refusing(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return "http://" + l.Addr().String()
}

func TestConnectionRefusedIsTriedAgainForWritesToo(t *testing.T) {
	t.Parallel()
	for _, read := range []bool{true, false} {
		t.Run(kind(read), func(t *testing.T) {
			t.Parallel()
			var attempts atomic.Int64
			_, err := client(cloud.Options{Transport: counted(&attempts, cloud.Network(1))}).Do(background(t), call(refusing(t), read))
			if e := fault(t, err); e.Reach != cloud.NotSent || cloud.Executed(err) || e.Status != 0 || attempts.Load() != 4 {
				t.Errorf("after %d attempts: %+v", attempts.Load(), e)
			}
		})
	}
}

// noting calls back with each fault that is asked for.
type noting struct {
	cloud.Dialect
	asked func(n int)
	n     atomic.Int64
}

func (d *noting) Fault(status int, header http.Header, body []byte) *cloud.Fault {
	d.asked(int(d.n.Add(1)))
	return d.Dialect.Fault(status, header, body)
}

// TestCancelledDuringBackOff cancels at the second look at the answer, with which the wait is computed. The throttled
// write was not carried out.
func TestCancelledDuringBackOff(t *testing.T) {
	t.Parallel()
	server := play(t, answer(400, `{"Code":"Throttling.User","Message":"slow down"}`, "x-ratelimit-user", "Limit:1,Remain:0,TimeLeft:60000,Reset:1"))
	ctx, cancel := context.WithCancel(background(t))
	defer cancel()
	dialect := &noting{Dialect: alibaba.Dialect{}, asked: func(n int) {
		if n == 2 {
			cancel()
		}
	}}
	_, err := client(cloud.Options{Dialect: dialect}).Do(ctx, call(server.URL, false))
	e := fault(t, err)
	if server.seen.Load() != 1 || e.Reach != cloud.NotSent || !strings.Contains(e.Message, "interrupted") {
		t.Errorf("after %d requests: %+v", server.seen.Load(), e)
	}
}

// TestCancelledWhileUnderWay leaves open whether the write was carried out.
func TestCancelledWhileUnderWay(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(background(t))
	defer cancel()
	server := play(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // only then does a server notice that the client went away
		cancel()
		<-r.Context().Done()
	})
	_, err := client(cloud.Options{}).Do(ctx, call(server.URL, false))
	if e := fault(t, err); e.Reach != cloud.Unknown || !cloud.Executed(err) || !strings.Contains(e.Message, "interrupted") {
		t.Errorf("%+v", e)
	}
}

func TestCancelledBeforeItIsSent(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(background(t))
	cancel()
	server := play(t, ok)
	_, err := client(cloud.Options{}).Do(ctx, call(server.URL, false))
	if e := fault(t, err); e.Reach != cloud.NotSent || server.seen.Load() != 0 {
		t.Errorf("after %d requests: %+v", server.seen.Load(), e)
	}
}

// TestFailureToGetCredentialsLeavesNothingOpen has the credentials asked for over the network in the middle of a write.
func TestFailureToGetCredentialsLeavesNothingOpen(t *testing.T) {
	t.Parallel()
	iam := play(t, answer(401, `{"error":{"code":401,"message":"wrong","title":"Unauthorized"}}`))
	server := play(t, ok)
	masker := maskerOf(password)
	env := map[string]string{"HW_USER_NAME": "ci", "HW_USER_PASSWORD": password, "HW_DOMAIN_NAME": "acme"}
	source, err := huawei.Chain(background(t), cloudtest.Lookup(env), masker, huawei.NewIAMClient(iam.URL, cloud.Network(1), quick(1), masker, nil))
	if err != nil {
		t.Fatal(err)
	}
	_, err = client(cloud.Options{Transport: huawei.Sign(cloud.Network(1), source, "project")}).Do(background(t), call(server.URL, false))
	if e := fault(t, err); e.Reach != cloud.NotSent || cloud.Executed(err) || server.seen.Load() != 0 || iam.seen.Load() != 1 {
		t.Errorf("after %d and %d requests: %+v", iam.seen.Load(), server.seen.Load(), e)
	}
}
