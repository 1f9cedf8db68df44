package clore_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/secret"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// limiter is a server in virtual time that refuses as Clore does. Limits count arrivals.
type limiter struct {
	gap    time.Duration // since the key's last accepted request
	create time.Duration // since the key's last accepted create_order
	quiet  time.Duration // before create_order, since any accepted request
	// latency of each way
	latency func() time.Duration

	mu       sync.Mutex
	last     map[string]time.Time
	creates  map[string]time.Time
	arrivals []arrival
	total    int
	refused  int
	least    time.Duration // least distance between two arrivals of a key
}

type arrival struct {
	at   time.Time
	path string
}

func newLimiter(gap time.Duration) *limiter {
	return &limiter{
		gap: gap, last: map[string]time.Time{}, creates: map[string]time.Time{}, least: time.Hour,
		latency: func() time.Duration { return 20*time.Millisecond + rand.N(80*time.Millisecond) },
	}
}

func (l *limiter) RoundTrip(req *http.Request) (*http.Response, error) {
	time.Sleep(l.latency())
	ok := l.arrive(req.Header.Get("auth"), req.URL.Path)
	time.Sleep(l.latency())
	if !ok {
		return answered{status: 429, body: `{"code":5}`}.response(req)
	}
	return answered{body: `{"orders":[],"wallets":[],"code":0}`}.response(req)
}

func (l *limiter) arrive(key, path string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	l.total++
	l.arrivals = append(l.arrivals, arrival{now, path})
	last, known := l.last[key]
	if known {
		l.least = min(l.least, now.Sub(last))
	}
	isCreate := path == "/create_order"
	created, before := l.creates[key]
	if known && now.Sub(last) < l.gap || isCreate && (known && now.Sub(last) < l.quiet || before && now.Sub(created) < l.create) {
		l.refused++
		return false
	}
	l.last[key] = now
	if isCreate {
		l.creates[key] = now
	}
	return true
}

func (l *limiter) ratio() float64 { return float64(l.refused) / float64(l.total) }

// saturate runs callers that always want another request until the time is over.
func saturate(ctx context.Context, wg *sync.WaitGroup, n int, call func(context.Context) error) {
	for range n {
		wg.Go(func() {
			for ctx.Err() == nil {
				_ = call(ctx)
			}
		})
	}
}

func polls(c *clore.Client) func(context.Context) error {
	return func(ctx context.Context) error { _, err := c.MyOrders(ctx, false); return err }
}

// load keeps keys busy with three background callers each for a while.
func load(t *testing.T, l *limiter, keys int, d time.Duration) {
	t.Helper()
	root, _ := quiet(t, l)
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	var wg sync.WaitGroup
	for k := range keys {
		c := root.WithKey(secret.New(fmt.Sprintf("key%d", k)))
		saturate(ctx, &wg, 2, polls(c.Background()))
		wg.Go(func() { // and a person now and then
			for ctx.Err() == nil {
				_, _ = c.Wallets(ctx)
				time.Sleep(rand.N(20 * time.Second))
			}
		})
	}
	wg.Wait()
}

func quiet(t *testing.T, rt http.RoundTripper) (*clore.Client, error) {
	t.Helper()
	c, err := clore.New(clore.Options{BaseURL: "https://clore.test", Transport: rt})
	if err != nil {
		t.Fatal(err)
	}
	return c, err
}

// The documented limit is never broken, whatever the jitter of the network.
func TestDocumentedLimitIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(time.Second)
		d := time.Hour
		if testing.Short() {
			d /= 10
		}
		load(t, l, 36, d)
		t.Logf("%d requests, %d refused, least distance %v", l.total, l.refused, l.least)
		if l.refused != 0 || l.least < time.Second || !testing.Short() && l.total < 100_000 {
			t.Errorf("%d of %d refused", l.refused, l.total)
		}
	})
}

// A limit twice as strict, which captures suggest, is found and kept nearly always.
func TestHiddenLimitIsLearned(t *testing.T) {
	for _, way := range []time.Duration{60 * time.Millisecond, 435 * time.Millisecond} {
		synctest.Test(t, func(t *testing.T) {
			l := newLimiter(2 * time.Second)
			l.latency = func() time.Duration { return way/2 + rand.N(way) }
			load(t, l, 20, 30*time.Minute)
			t.Logf("way %v: %d requests, %.2f %% refused", way, l.total, 100*l.ratio())
			if l.ratio() > 0.025 {
				t.Errorf("%.2f %% refused", 100*l.ratio())
			}
		})
	}
}

// People wait for what is in flight and one pause, never for the polls that queue.
func TestPeopleGoFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(time.Second)
		root, _ := quiet(t, l)
		c := root.WithKey(secret.New("k"))
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		saturate(ctx, &wg, 5, polls(c.Background()))
		var waits []time.Duration
		for range 500 {
			time.Sleep(2*time.Second + rand.N(3*time.Second))
			begun := time.Now()
			_, err := c.Wallets(ctx)
			if err != nil {
				t.Fatal(err)
			}
			waits = append(waits, time.Since(begun)-120*time.Millisecond) // less the round trip
		}
		cancel()
		wg.Wait()
		slices.Sort(waits)
		t.Logf("median %v, p99 %v, max %v", waits[250], waits[495], waits[499])
		if waits[495] > 1300*time.Millisecond {
			t.Errorf("p99 %v", waits[495])
		}
	})
}

func TestPollsAreNotStarved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(time.Second)
		root, _ := quiet(t, l)
		c := root.WithKey(secret.New("k"))
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
		defer cancel()
		var wg sync.WaitGroup
		saturate(ctx, &wg, 5, func(ctx context.Context) error { _, err := c.Wallets(ctx); return err })
		saturate(ctx, &wg, 2, polls(c.Background()))
		wg.Wait()
		n := 0
		for _, a := range l.arrivals {
			if a.path == "/my_orders" {
				n++
			}
		}
		if share := float64(n) / float64(l.total); share < 0.1 || share > 0.2 {
			t.Errorf("polls had %.2f of %d", share, l.total)
		}
	})
}

// order starts calls while one is in flight and returns the sequence in which they arrive.
func order(t *testing.T, l *limiter, calls ...func(context.Context, *clore.Client) error) []string {
	t.Helper()
	root, _ := quiet(t, l)
	c := root.WithKey(secret.New("k"))
	var wg sync.WaitGroup
	for _, call := range calls {
		wg.Go(func() {
			if err := call(t.Context(), c); err != nil {
				t.Error(err)
			}
		})
		synctest.Wait()
	}
	wg.Wait()
	var out []string
	for _, a := range l.arrivals {
		out = append(out, a.path)
	}
	return out
}

func poll(ctx context.Context, c *clore.Client) error {
	_, err := c.Background().MyOrders(ctx, false)
	return err
}

func look(ctx context.Context, c *clore.Client) error { _, err := c.Wallets(ctx); return err }

func create(ctx context.Context, c *clore.Client) error {
	return c.Background().CreateOrder(ctx, request())
}

func end(ctx context.Context, c *clore.Client) error { return c.CancelOrder(ctx, 5, "") }

func TestOrderOfCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		got := order(t, newLimiter(time.Second), poll, poll, look, create, end, look)
		want := []string{"/my_orders", "/cancel_order", "/create_order", "/wallets", "/wallets", "/my_orders"}
		if !slices.Equal(got, want) {
			t.Errorf("got %v", got)
		}
	})
}

// While a create waits for its distance from the last one, others use the time.
func TestWaitingCreateLetsOthersPass(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(time.Second)
		l.create = 5 * time.Second
		got := order(t, l, create, create, look, poll, poll, poll, poll)
		at := slices.Index(got[1:], "/create_order")
		if at < 2 || at > 4 || l.refused != 0 {
			t.Errorf("%v, %d refused", got, l.refused)
		}
		if d := l.arrivals[at+1].at.Sub(l.arrivals[0].at); d > 7*time.Second {
			t.Errorf("the second create came after %v", d)
		}
	})
}

// A server that wants quiet before a create is understood after one refusal.
func TestCreateLearnsQuiet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(time.Second)
		l.create, l.quiet = 5*time.Second, 5*time.Second
		root, _ := quiet(t, l)
		c := root.WithKey(secret.New("k"))
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		saturate(ctx, &wg, 3, polls(c.Background()))
		time.Sleep(10 * time.Second)
		for range 20 {
			begun := time.Now()
			if err := c.CreateOrder(ctx, request()); err != nil {
				t.Fatal(err)
			}
			if d := time.Since(begun); d > 15*time.Second {
				t.Errorf("a create took %v", d)
			}
			time.Sleep(20 * time.Second)
		}
		cancel()
		wg.Wait()
		if l.refused != 1 {
			t.Errorf("%d refused", l.refused)
		}
	})
}

func TestOneInFlight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		flying := 0
		root, _ := quiet(t, roundTrip(func(req *http.Request) (*http.Response, error) {
			mu.Lock()
			flying++
			if flying > 1 {
				t.Error("two requests of a key at once")
			}
			mu.Unlock()
			time.Sleep(3 * time.Second)
			mu.Lock()
			flying--
			mu.Unlock()
			return answered{body: `{"wallets":[],"code":0}`}.response(req)
		}))
		var wg sync.WaitGroup
		for range 10 {
			wg.Go(func() { _ = look(t.Context(), root.WithKey(secret.New("same"))) })
		}
		wg.Wait()
	})
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// Those who give up waiting leave their place to the next, and cost no pause.
func TestGivingUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(time.Second)
		root, _ := quiet(t, l)
		c := root.WithKey(secret.New("k"))
		begun := time.Now()
		var wg sync.WaitGroup
		wg.Go(func() { _ = look(t.Context(), c) })
		synctest.Wait()
		for i := range 20 {
			wg.Go(func() {
				ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i)*50*time.Millisecond)
				defer cancel()
				if err := look(ctx, c); !errors.Is(err, context.DeadlineExceeded) {
					t.Error(err)
				}
			})
		}
		synctest.Wait()
		wg.Go(func() {
			if err := look(t.Context(), c); err != nil {
				t.Error(err)
			}
		})
		wg.Wait()
		if d := time.Since(begun); d > 1500*time.Millisecond || l.total != 2 {
			t.Errorf("took %v with %d requests", d, l.total)
		}
	})
}

func TestRetryAfter(t *testing.T) {
	for header, want := range map[string]time.Duration{
		"7": 7 * time.Second, "0": 1400 * time.Millisecond, "-5": 1400 * time.Millisecond,
		"99999999": time.Minute, "soon": 1400 * time.Millisecond,
		"Sat, 01 Jan 2000 00:00:09 GMT": 9 * time.Second,
	} {
		synctest.Test(t, func(t *testing.T) { // begins at midnight UTC, 1 January 2000
			c, _ := client(t, play(t, answered{status: 429, body: `{"code":5}`, header: http.Header{"Retry-After": {header}}},
				answered{body: `{"wallets":[],"code":0}`}))
			begun := time.Now()
			if err := look(t.Context(), c); err != nil {
				t.Fatal(err)
			}
			if d := time.Since(begun).Round(time.Millisecond); d != want {
				t.Errorf("%s: waited %v, want %v", header, d, want)
			}
		})
	}
}

// The pause grows by refusals up to a limit, and shrinks by successes down to the floor.
func TestGapAdapts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{t: t, always: &answered{status: 429, body: `{"code":5}`}}
		c, _ := client(t, s)
		for range 3 {
			if err := look(t.Context(), c); !clore.IsCode(err, clore.CodeRate) {
				t.Fatal(err)
			}
		}
		if g := c.Gap(); g != 15000 {
			t.Errorf("widest gap %d ms", g)
		}
		s.mu.Lock()
		s.always = &answered{body: `{"wallets":[],"code":0}`}
		s.mu.Unlock()
		for range 5 {
			_ = look(t.Context(), c)
		}
		if g := c.Gap(); g != 14950 {
			t.Errorf("gap after five successes %d ms", g)
		}
	})
}

func TestGatesAreForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		root, _ := quiet(t, &script{t: t, always: &answered{body: `{"wallets":[],"code":0}`}})
		for i := range 10_000 {
			if err := look(t.Context(), root.WithKey(secret.New(strconv.Itoa(i)))); err != nil {
				t.Fatal(err)
			}
		}
		if n := root.Gates(); n != 10_000 {
			t.Errorf("%d gates", n)
		}
		time.Sleep(20 * time.Minute)
		_ = look(t.Context(), root.WithKey(secret.New("another")))
		if n := root.Gates(); n > 1 {
			t.Errorf("%d gates are left", n)
		}
	})
}

// A dead host is left alone by the polls of all keys, not by people, and found again.
func TestPollsRestWhileTheHostIsDead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{t: t, always: &answered{status: 502}}
		root, _ := quiet(t, s)
		key := func(i int) *clore.Client { return root.WithKey(secret.New(strconv.Itoa(i))) }
		for i := range 3000 {
			if err := poll(t.Context(), key(i)); !errors.Is(err, clore.ErrUnavailable) {
				t.Fatal(err)
			}
			time.Sleep(100 * time.Millisecond)
		}
		if n := len(s.requests()); n > 60 {
			t.Errorf("%d requests in five minutes", n)
		}
		before := len(s.requests())
		if err := look(t.Context(), key(1)); !errors.Is(err, clore.ErrUnavailable) || len(s.requests()) == before {
			t.Errorf("a person's call did not go out: %v", err)
		}
		s.mu.Lock()
		s.always = &answered{body: `{"orders":[],"wallets":[],"code":0}`}
		s.mu.Unlock()
		time.Sleep(2 * time.Minute)
		for i := range 100 {
			if err := poll(t.Context(), key(i)); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// One who gives up at the very moment of being let in passes the turn on.
func TestGivingUpAtTheDoor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{t: t, always: &answered{body: `{"wallets":[],"code":0}`}}
		root, _ := quiet(t, s)
		for i := range 200 {
			c := root.WithKey(secret.New(strconv.Itoa(i)))
			if err := look(t.Context(), c); err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), time.Second) // the pause ends then too
			_ = look(ctx, c)
			cancel()
			ctx, cancel = context.WithTimeout(t.Context(), time.Minute)
			if err := look(ctx, c); err != nil {
				t.Fatalf("key %d: %v", i, err)
			}
			cancel()
		}
	})
}

// After a rest one poll looks whether the host is back, not all of them.
func TestOneProbeAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		n := 0
		root, _ := quiet(t, roundTrip(func(req *http.Request) (*http.Response, error) {
			mu.Lock()
			n++
			mu.Unlock()
			time.Sleep(time.Second)
			return answered{status: 502}.response(req)
		}))
		volley := func(keys int) int {
			mu.Lock()
			n = 0
			mu.Unlock()
			var wg sync.WaitGroup
			for i := range keys {
				wg.Go(func() { _ = poll(t.Context(), root.WithKey(secret.New(strconv.Itoa(i)))) })
			}
			wg.Wait()
			return n
		}
		volley(20)
		time.Sleep(10 * time.Minute)
		if got := volley(50); got != 1 {
			t.Errorf("%d probes at once", got)
		}
	})
}
