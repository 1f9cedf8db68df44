package simulator_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/simulator"
)

func TestLimiter(t *testing.T) {
	type step struct {
		gap    time.Duration // since the step before
		create bool
		want   string // of the oracle
	}
	const ms = time.Millisecond
	tests := []struct {
		name  string
		limit simulator.Limiter
		steps []step
	}{
		{"documented", simulator.Lenient, []step{
			{0, false, ""},
			{999 * ms, false, "request"},
			{1 * ms, false, ""},
			{1000 * ms, true, ""},
			{1000 * ms, false, ""},
			{3999 * ms, true, "create"},
			{1 * ms, true, ""},
		}},
		{"hidden", simulator.Strict, []step{
			{0, false, ""},
			{1100 * ms, false, "request"},
			{900 * ms, false, ""},
			{4999 * ms, true, "create"},
			{4999 * ms, true, "create"},
			{5000 * ms, true, ""},
			{1999 * ms, false, "request"},
			{1 * ms, false, ""},
		}},
		{"none", simulator.Unlimited, []step{{0, false, ""}, {0, true, ""}, {0, true, ""}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, simulator.Options{Limiter: tt.limit, NoGuard: true}, func(t *testing.T, b *bench) {
				for i, s := range tt.steps {
					sleep(s.gap)
					var r reply
					if s.create {
						r = b.post("create_order", body(nil))
					} else {
						r = b.get("wallets")
					}
					seen := b.Truth().Requests[i]
					refused := r.status == 429 && string(r.raw) == `{"code":5}`
					if seen.Violation != s.want || refused != (s.want != "") || seen.Executed == refused {
						t.Errorf("step %d: %d %s, the oracle says %q, want %q", i, r.status, r.raw, seen.Violation, s.want)
					}
				}
			})
		})
	}
}

func TestLimiterIsPerKey(t *testing.T) {
	inBubble(t, simulator.Options{Limiter: simulator.Strict}, func(t *testing.T, b *bench) {
		other := b.AddAccount(simulator.Account{})
		for _, key := range []string{b.key, other, ""} {
			for i := range 2 {
				r := b.request(http.MethodGet, "marketplace", nil)
				r.Header.Set("auth", key)
				got, err := b.send(r)
				if err != nil || (got.status == 429) != (i == 1) {
					t.Errorf("request %d with key %q: %d, %v", i, key, got.status, err)
				}
			}
		}
		if v := b.Truth().Violations; v[b.key] != 1 || v[other] != 1 || v[""] != 1 {
			t.Errorf("violations %v", v)
		}
	})
}

func TestRevokedKey(t *testing.T) {
	b := newBench(t, simulator.Options{})
	if err := b.Revoke(b.key); err != nil {
		t.Fatal(err)
	}
	if r := b.get("wallets"); r.status != 401 {
		t.Errorf("%d %s", r.status, r.raw)
	}
	if r := b.get("marketplace"); r.code() != 0 {
		t.Errorf("marketplace: %s", r.raw)
	}
}

func TestClockMayBeWrong(t *testing.T) {
	skew := -time.Hour
	inBubble(t, simulator.Options{Limiter: simulator.Lenient, Now: func() time.Time { return time.Now().Add(skew) }}, func(t *testing.T, b *bench) {
		o := b.rent(nil)
		if got := time.Until(o.Created); got != -time.Hour {
			t.Errorf("created %v from now", got)
		}
		sleep(10 * time.Second)
		if b.listed(o.ID, false) == nil {
			t.Error("not listed")
		}
		sleep(time.Second)
		date, err := http.ParseTime(b.get("wallets").header.Get("Date"))
		if err != nil || time.Since(date) < 59*time.Minute {
			t.Errorf("date %v, %v", date, err)
		}
	})
}

func TestLatency(t *testing.T) {
	inBubble(t, simulator.Options{Latency: 400 * time.Millisecond}, func(t *testing.T, b *bench) {
		seen := map[time.Duration]bool{}
		for range 50 {
			start := time.Now()
			b.get("wallets")
			took := time.Since(start)
			if took < 100*time.Millisecond-2 || took > 400*time.Millisecond {
				t.Errorf("took %v", took)
			}
			if arrived := b.Truth().Requests[len(seen)].At.Sub(start); arrived > took {
				t.Errorf("arrived after %v of %v", arrived, took)
			}
			seen[took] = true
		}
		if len(seen) < 40 {
			t.Errorf("%d different latencies", len(seen))
		}
	})
}
