package cloud_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/time/rate"

	"regent/internal/cloud"
	"regent/internal/cloud/alibaba"
)

// vendor is a gateway that allows a rate, for each operation by itself, and takes 50 ms for every answer. Its clock is
// that of a test bubble.
type vendor struct {
	mu      sync.Mutex
	allowed *rate.Limiter
	// served and refused count answers, window those of the present second, most of any second.
	served, refused, window, most int
	second                        time.Time
	answer                        func() *http.Response
}

func newVendor(perSecond float64) *vendor {
	return &vendor{allowed: rate.NewLimiter(rate.Limit(perSecond), max(1, int(perSecond))), answer: tooMany}
}

func tooMany() *http.Response {
	return &http.Response{StatusCode: http.StatusTooManyRequests, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(
		`{"error_code":"APIGW.0308","error_msg":"The throttling threshold has been reached"}`))}
}

func (v *vendor) RoundTrip(*http.Request) (*http.Response, error) {
	v.mu.Lock()
	now := time.Now()
	if now.Sub(v.second) >= time.Second {
		v.second, v.window = now, 0
	}
	v.window++
	v.most = max(v.most, v.window)
	resp := accepted()
	if v.allowed.Allow() {
		v.served++
	} else {
		v.refused++
		resp = v.answer()
	}
	v.mu.Unlock()
	time.Sleep(50 * time.Millisecond)
	return resp, nil
}

// writes sends n writes, so many at once, and gives how long they took and how many failed.
func (v *vendor) writes(t *testing.T, n, parallel int, o cloud.Options) (took time.Duration, failed int64) {
	t.Helper()
	o.Transport, o.Retries = v, cloud.Retries{} // as in the program
	c, from := client(o), time.Now()
	var group sync.WaitGroup
	var left, lost atomic.Int64
	left.Store(int64(n))
	for range parallel {
		group.Go(func() {
			for left.Add(-1) >= 0 {
				if _, err := c.Do(context.WithoutCancel(t.Context()), call("http://vendor.invalid", false)); err != nil {
					lost.Add(1)
				}
			}
		})
	}
	group.Wait()
	return time.Since(from), lost.Load()
}

// TestLimiterFindsTheRate sends many writes to vendors that allow less than, as much as and more than what is assumed.
// The clock is the bubble's: the same on every machine.
func TestLimiterFindsTheRate(t *testing.T) {
	t.Parallel()
	gateway := cloud.Rate{Start: 190, Most: 190, Burst: 10}
	unknown := cloud.Rate{Start: 50, Most: 200, Burst: 10}
	for _, c := range []struct {
		name     string
		assumed  cloud.Rate
		allowed  float64
		writes   int
		parallel int
		refused  int     // at most
		bound    float64 // times what the vendor's rate makes of it
	}{
		{"as documented", gateway, 200, 10_000, 10, 0, 1.06},
		{"as documented, many at once", gateway, 200, 3000, 256, 0, 1.06},
		{"a quarter of it", gateway, 50, 3000, 10, 150, 1.10},
		{"a quarter of it, many at once", gateway, 50, 3000, 256, 150, 1.10},
		{"five a second", gateway, 5, 1000, 32, 400, 1.10},
		{"undocumented", unknown, 200, 3000, 32, 0, 1.10},
		{"undocumented and less", unknown, 100, 3000, 32, 150, 1.10},
		{"undocumented and more", unknown, 2000, 3000, 32, 0, 1.10 * 10},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				v := newVendor(c.allowed)
				took, failed := v.writes(t, c.writes, c.parallel, cloud.Options{Limiter: cloud.NewLimiter(c.assumed)})
				bound := float64(c.writes) / c.allowed
				if failed != 0 || v.served != c.writes || v.refused > c.refused || took.Seconds() > c.bound*bound || v.most > 200 {
					t.Errorf("%d failed, %d refused, %d in one second", failed, v.refused, v.most)
				}
				t.Logf("%.1f s, %.3f times the bound; %d refused", took.Seconds(), took.Seconds()/bound, v.refused)
			})
		})
	}
}

// TestLimiterRecovers has a vendor refuse everything for a while.
func TestLimiterRecovers(t *testing.T) {
	t.Parallel()
	for _, away := range []time.Duration{time.Second, 30 * time.Second, 5 * time.Minute} {
		synctest.Test(t, func(t *testing.T) {
			v := newVendor(200)
			v.allowed.SetLimit(0)
			v.allowed.SetBurst(0)
			time.AfterFunc(away, func() { v.allowed.SetLimit(200); v.allowed.SetBurst(200) })
			took, failed := v.writes(t, 3000, 32, cloud.Options{Limiter: cloud.NewLimiter(cloud.Rate{Start: 190, Most: 190, Burst: 10})})
			if failed != 0 || took > away+30*time.Second {
				t.Errorf("away for %v: %d failed, %v", away, failed, took)
			}
			if most := 400 + int(away.Seconds())*2; v.refused > most {
				t.Errorf("away for %v: asked %d times, want at most %d", away, v.refused, most)
			}
			t.Logf("away for %v: %v, %d refused", away, took, v.refused)
		})
	}
}

// TestPatienceEnds gives up on a vendor that throttles without end. Nothing was carried out.
func TestPatienceEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := newVendor(0)
		v.allowed.SetBurst(0)
		from := time.Now()
		_, err := client(cloud.Options{Transport: v, Retries: cloud.Retries{Patience: time.Hour}}).Do(t.Context(), call("http://vendor.invalid", false))
		took := time.Since(from)
		if e := fault(t, err); !e.Throttled || e.Reach != cloud.NotSent || e.Status != 429 || e.Code != "APIGW.0308" {
			t.Errorf("%+v", e)
		}
		if took < time.Hour || took > time.Hour+2*time.Second || v.refused < 3600 {
			t.Errorf("gave up after %v and %d requests", took, v.refused)
		}
	})
}

// TestPatienceIsWithTheVendor and not with one request: what progresses is not given up, and what does not keeps no
// later write waiting as long again.
func TestPatienceIsWithTheVendor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		limiter := cloud.NewLimiter(cloud.Rate{Start: 100, Most: 100, Burst: 10})
		v := newVendor(0.1)
		took, failed := v.writes(t, 300, 256, cloud.Options{Limiter: limiter})
		if failed != 0 || took < 45*time.Minute {
			t.Errorf("%d failed after %v", failed, took)
		}
		v.allowed.SetLimit(0)
		v.allowed.SetBurst(0)
		if took, failed = v.writes(t, 100, 4, cloud.Options{Limiter: limiter}); failed != 100 || took < 10*time.Minute || took > 15*time.Minute {
			t.Errorf("%d failed after %v", failed, took)
		}
	})
}

// TestOperationsHaveBudgetsOfTheirOwn: a list does not wait behind writes, and one that is throttled slows no other.
func TestOperationsHaveBudgetsOfTheirOwn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := client(cloud.Options{Limiter: cloud.NewLimiter(never(1)), Transport: cloud.RoundTripperFunc(func(*http.Request) (*http.Response, error) {
			return accepted(), nil
		})})
		for _, operation := range []string{"CreateInstanceRegistry", "ListInstanceRegistries"} {
			one := call("http://vendor.invalid", false)
			one.Operation = operation
			if _, err := c.Do(t.Context(), one); err != nil {
				t.Error(err)
			}
		}
	})
}

// TestWaitingForATurnIsNoTimeout: an attempt's time starts when it is sent.
func TestWaitingForATurnIsNoTimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const slow = 1.0 / 300 // a request every five minutes
		v := newVendor(200)
		v.answer = func() *http.Response { panic("nothing is throttled") }
		took, failed := v.writes(t, 3, 3, cloud.Options{Limiter: cloud.NewLimiter(cloud.Rate{Start: slow, Most: slow, Burst: 1})})
		if failed != 0 || took < 10*time.Minute {
			t.Errorf("%d failed after %v", failed, took)
		}
	})
}

// TestServersWishIsHonoured by the request it was said to.
func TestServersWishIsHonoured(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := newVendor(0)
		v.allowed.SetBurst(0)
		v.answer = func() *http.Response {
			v.allowed.SetBurst(1)
			v.allowed.SetLimit(1000)
			return &http.Response{StatusCode: http.StatusBadRequest, Header: http.Header{"X-Ratelimit-User-Api": {"Limit:1,Remain:0,TimeLeft:20000,Reset:1"}},
				Body: io.NopCloser(strings.NewReader(`{"Code":"Throttling.Api","Message":"Request was denied due to api flow control."}`))}
		}
		took, failed := v.writes(t, 1, 1, cloud.Options{Dialect: alibaba.Dialect{}, Limiter: cloud.NewLimiter(cloud.Rate{Start: 50, Most: 50, Burst: 1})})
		if failed != 0 || v.refused != 1 || took < 20*time.Second || took > 21*time.Second {
			t.Errorf("%d failed, %d refused, %v", failed, v.refused, took)
		}
	})
}
