package cloud

import (
	"context"
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Rate is how fast requests of one operation may follow each other at one endpoint.
type Rate struct {
	// Start is where a run begins, in requests a second, and Most what it never exceeds. They are equal where the vendor
	// says what it allows; elsewhere Start is careful, and the rate grows while nothing is throttled.
	Start, Most float64
	// Burst is how many requests may go at once after a pause; at least 1.
	Burst int
}

const (
	// least is the rate below which throttling presses no limiter, in requests a second: somebody has to ask whether
	// it is over.
	least = 1.0
	// cut is what one throttled answer leaves of the rate.
	cut = 0.9
	// calmly is by how much of itself the rate grows in a second right after throttling, when it is used to the full.
	calmly = 0.05
)

// Limiter keeps the requests to one endpoint under the rate that the vendor allows, for each operation by itself, as
// vendors count. It slows down when answers say that there were too many, and recovers while none says so. It is safe
// for concurrent use.
type Limiter struct {
	rate    Rate
	mu      sync.Mutex
	budgets map[string]*budget
}

// NewLimiter gives a limiter for one endpoint.
func NewLimiter(r Rate) *Limiter {
	r.Start, r.Burst = min(r.Start, r.Most), max(r.Burst, 1)
	return &Limiter{rate: r, budgets: map[string]*budget{}}
}

// budget gives that of an operation.
func (l *Limiter) budget(operation string) *budget {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.budgets[operation]
	if b == nil {
		b = &budget{
			head: make(chan struct{}, 1), bucket: rate.NewLimiter(rate.Limit(l.rate.Start), l.rate.Burst),
			now: l.rate.Start, least: min(least, l.rate.Start), most: l.rate.Most,
		}
		l.budgets[operation] = b
	}
	return b
}

// limit lets each request wait for its turn, and learns from its answer.
func limit(next http.RoundTripper, l *Limiter, dialect Dialect) http.RoundTripper {
	return RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
		f := flightOf(r.Context())
		b := l.budget(f.operation)
		if err := turn(r.Context(), f, b); err != nil {
			closeBody(r)
			return nil, err
		}
		resp, err := next.RoundTrip(r)
		if err == nil {
			f.refused = b.learn(dialect.Fault(resp.StatusCode, resp.Header, peek(resp)))
		}
		return resp, err
	})
}

// turn waits for the budget. A write that waits is not on its way.
func turn(ctx context.Context, f *flight, b *budget) error {
	if err := f.pause(); err != nil {
		return err
	}
	if err := b.wait(ctx); err != nil {
		return err
	}
	return f.begin()
}

// budget is the rate of one operation. It moves like the window of TCP: by a factor down, in small steps up.
type budget struct {
	// head is held by the one request that waits at the bucket. The others wait behind it, first come, first served: what
	// waits at the bucket would go on waiting at the rate of when it came.
	head   chan struct{}
	bucket *rate.Limiter

	mu               sync.Mutex
	least, now, most float64
	// refused is the time of the first throttled answer in a row, zero after any other; throttled that of the last. From
	// second on, the rate falls to no less than half of before.
	refused, throttled, second time.Time
	before                     float64
}

func (b *budget) wait(ctx context.Context) error {
	select {
	case b.head <- struct{}{}:
		defer func() { <-b.head }()
		return b.bucket.Wait(ctx)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// learn draws the conclusion from an answer, and tells since when all are throttled; zero when this one is not.
func (b *budget) learn(f *Fault) (refused time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	if f != nil && f.Throttled {
		if b.refused.IsZero() {
			b.refused = now
		}
		b.slow(now)
		return b.refused
	}
	b.refused = time.Time{}
	if b.now < b.most {
		b.grow(now)
	}
	return b.refused
}

// slow takes a tenth of the rate. Many throttled answers come at once when many requests are under way, so together they
// take no more than half of it in a second.
func (b *budget) slow(at time.Time) {
	if at.Sub(b.second) >= time.Second {
		b.second, b.before = at, b.now
	}
	b.throttled = at
	b.set(max(b.now*cut, b.before/2, b.least))
}

// grow adds to the rate with each answer that was not throttled, so that it grows only where it is used: slowly after
// throttling, and faster the longer none was seen, until it doubles each second. A rate that was never throttled does so
// from the beginning.
func (b *budget) grow(at time.Time) {
	calm := at.Sub(b.throttled).Seconds() / 5
	b.set(min(b.now+min(calmly+calm*calm, 1), b.most))
}

func (b *budget) set(perSecond float64) {
	b.now = perSecond
	b.bucket.SetLimit(rate.Limit(perSecond))
}
