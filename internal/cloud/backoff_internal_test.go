package cloud

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// waiting is a dialect that wishes for a wait.
type waiting time.Duration

func (d waiting) Fault(status int, _ http.Header, _ []byte) *Fault {
	if status < 300 {
		return nil
	}
	return &Fault{Wait: time.Duration(d)}
}

func (waiting) RequestID(http.Header, []byte) string { return "" }

func TestBackOffHonoursTheServer(t *testing.T) {
	t.Parallel()
	retries := Retries{Base: time.Second, Cap: 4 * time.Second}.withDefaults()
	for _, c := range []struct {
		name       string
		retryAfter string
		dialect    time.Duration
		attempt    int
		least      time.Duration
		most       time.Duration
	}{
		{"seconds", "7", 0, 0, 7 * time.Second, 8 * time.Second},
		{"seconds beyond the bound", "7200", 0, 0, MaxServerWait, MaxServerWait + time.Second},
		{"more seconds than a number holds", "99999999999999999999", 0, 0, 500 * time.Millisecond, time.Second},
		{"date", "20s", 0, 0, 15 * time.Second, 21 * time.Second},
		{"date beyond the bound", "1h", 0, 0, MaxServerWait, MaxServerWait + time.Second},
		{"date in the past", "-1h", 0, 0, 500 * time.Millisecond, time.Second},
		{"zero", "0", 0, 0, 500 * time.Millisecond, time.Second},
		{"negative", "-3", 0, 0, 500 * time.Millisecond, time.Second},
		{"garbage", "soon", 0, 0, 500 * time.Millisecond, time.Second},
		{"vendor's own header", "", 2 * time.Second, 0, 2 * time.Second, 3 * time.Second},
		{"vendor's own header beyond the bound", "", time.Hour, 0, MaxServerWait, MaxServerWait + time.Second},
		{"standard header first", "7", 2 * time.Second, 0, 7 * time.Second, 8 * time.Second},
		{"no wish", "", 0, 0, 500 * time.Millisecond, time.Second},
		{"no wish, second time", "", 0, 1, time.Second, 2 * time.Second},
		{"no wish, capped", "", 0, 10, 2 * time.Second, 4 * time.Second},
		{"no wish, after many", "", 0, 99, 2 * time.Second, 4 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			resp := &http.Response{StatusCode: 429, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(nil))}
			if c.retryAfter != "" {
				resp.Header.Set("Retry-After", c.retryAfter)
			}
			if d, err := time.ParseDuration(c.retryAfter); err == nil && strings.HasPrefix(c.name, "date") { // from now on, whenever that is
				resp.Header.Set("Retry-After", time.Now().Add(d).UTC().Format(http.TimeFormat))
			}
			for range 100 {
				if got := backoff(retries, waiting(c.dialect), c.attempt, resp); got < c.least || got > c.most {
					t.Fatalf("waits %v, want %v to %v", got, c.least, c.most)
				}
			}
		})
	}
	if got := backoff(retries, waiting(0), 0, nil); got < 500*time.Millisecond || got > time.Second {
		t.Errorf("waits %v after a connection error", got)
	}
}

func TestRetryDefaults(t *testing.T) {
	t.Parallel()
	if got := (Retries{}).withDefaults(); got != (Retries{Max: 5, Base: 250 * time.Millisecond, Cap: 10 * time.Second, Patience: 10 * time.Minute, Silence: 3 * time.Second}) {
		t.Errorf("defaults are %+v", got)
	}
	chosen := Retries{Max: 1, Base: time.Second, Cap: time.Minute, Patience: time.Hour, Silence: time.Second}
	if got := chosen.withDefaults(); got != chosen {
		t.Errorf("chosen limits become %+v", got)
	}
}
