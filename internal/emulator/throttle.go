package emulator

import (
	"fmt"
	"math"
	"net/http"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// throttle limits each API operation separately, as both vendors do.
type throttle struct {
	perSecond float64 // 0 means no limit
	mu        sync.Mutex
	limiters  map[string]*rate.Limiter
}

func newThrottle(perSecond float64) *throttle {
	return &throttle{perSecond: perSecond, limiters: map[string]*rate.Limiter{}}
}

// take returns how long the caller would have had to wait; 0 means go ahead.
// A request that is refused uses nothing up.
func (t *throttle) take(operation string, now time.Time) time.Duration {
	if t.perSecond == 0 {
		return 0
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	limiter, found := t.limiters[operation]
	if !found {
		burst := max(1, int(math.Ceil(t.perSecond)))
		limiter = rate.NewLimiter(rate.Limit(t.perSecond), burst)
		t.limiters[operation] = limiter
	}
	reservation := limiter.ReserveN(now, 1)
	delay := reservation.DelayFrom(now)
	if delay > 0 {
		reservation.CancelAt(now)
	}
	return delay
}

// limit refuses a call that comes too soon after others of its operation.
func (s *Server) limit(c *call) error {
	delay := s.limits.take(c.op.name, c.now)
	if delay == 0 {
		return nil
	}
	return c.throttled(delay, int(math.Ceil(s.limits.perSecond)))
}

// throttled is the vendor's throttling answer. Alibaba tells in a header how
// many milliseconds are left; Huawei's gateway documents no such hint.
func (c *call) throttled(delay time.Duration, perSecond int) *apiError {
	if c.op.style == styleAlibaba {
		return c.alibabaThrottled(delay, perSecond)
	}
	return c.gatewayError(http.StatusTooManyRequests, "0308", fmt.Sprintf(
		"The throttling threshold has been reached: policy user over ratelimit,limit:%d,time:1 second", perSecond))
}

// withRetryAfter adds a Retry-After header of whole seconds, rounded up.
func withRetryAfter(e *apiError, d time.Duration) *apiError {
	if e.header == nil {
		e.header = http.Header{}
	}
	e.header.Set("Retry-After", strconv.Itoa(int(math.Ceil(d.Seconds()))))
	return e
}
