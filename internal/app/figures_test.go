package app_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clorebot/clorebot/internal/app"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/simulator"
)

const (
	longestTrip = 192 * time.Millisecond // of the simulator; 120 ms in the mean
	chatTrip    = 150 * time.Millisecond
	takenWithin = 20 * time.Minute // all rentals are confirmed
	lookAfter   = 50 * time.Minute // and ready, however slow
	guideSleeps = time.Minute      // between two looks of the script in Clore's guide
)

// TestReadyFigures measures from the moment at which Clore shows an order's address until the
// chat has accepted a message with it: of the whole program, and of the script in Clore's guide
// for orders that come up in the same times, in one run on a virtual clock. It fails for what
// went wrong, never for a figure. CLOREBOT_FIGURES is the number of rentals.
func TestReadyFigures(t *testing.T) {
	n, err := strconv.Atoi(os.Getenv("CLOREBOT_FIGURES"))
	if err != nil || n < 1 {
		t.Skip("set CLOREBOT_FIGURES to a number of rentals, e.g. 300")
	}
	for limiter, gap := range map[simulator.Limiter]time.Duration{
		simulator.Lenient: time.Second, simulator.Strict: 2 * time.Second,
	} {
		t.Run(string(limiter), func(t *testing.T) {
			dir := t.TempDir()
			synctest.Test(t, func(t *testing.T) {
				r := &race{t: t, n: n, people: map[string]*racer{}, front: newInbox()}
				r.run(dir, limiter)
				r.report(gap)
			})
		})
	}
}

// race has people rent with the bot, and as many with the script of the guide.
type race struct {
	t      *testing.T
	n      int
	sim    *simulator.Simulator
	front  *inbox
	people map[string]*racer // of the bot, by ID
	guides []*racer
}

// racer is somebody who rents one machine.
type racer struct {
	id     string
	key    string
	server int64
	starts time.Duration
	told   time.Time // the chat accepted the address
	err    error
}

func (r *race) run(dir string, limiter simulator.Limiter) {
	ctx, cancel := context.WithCancel(r.t.Context())
	r.sim = simulator.New(simulator.Options{
		Seed: 7, Limiter: limiter, Servers: 10*r.n + 1000, Latency: longestTrip, KeepRequests: 1 << 21,
	})
	var running, renting sync.WaitGroup
	running.Go(func() { _ = r.sim.Run(ctx) })
	defer running.Wait()
	defer cancel()
	defer r.sim.Close()
	r.enter(ctx)
	network := r.sim.Network()
	stop := serveFrontend(ctx, r.t, app.Options{
		Config: benchConfig(dir, slices.Collect(maps.Keys(r.people))...), Transport: r.sim.Transport(),
		Resolver: network, DialSSH: network.Dial, Frontends: []chat.Frontend{r.front},
	}, r.front.ready)
	defer stop()
	for _, p := range r.people {
		renting.Go(func() { p.err = p.rent(ctx, r.front.d) })
	}
	for _, p := range r.guides {
		renting.Go(func() { p.err = p.script(ctx, r.sim.Transport()) })
	}
	renting.Wait()
	time.Sleep(lookAfter - takenWithin)
}

// enter gives everybody a key, a server, and a time that their order takes: lognormal with a
// median of 90 s, the same for the bot and the guide. SSH answers within a minute from then.
func (r *race) enter(ctx context.Context) {
	servers := r.servers(ctx, 2*r.n)
	dice := rand.New(rand.NewPCG(7, 7))
	for i := range r.n {
		ready := time.Duration(90 * float64(time.Second) * math.Exp(0.5*dice.NormFloat64()))
		ready = min(max(ready, 20*time.Second), 15*time.Minute)
		shell, starts := time.Duration(dice.Int64N(int64(time.Minute))), time.Duration(dice.Int64N(int64(takenWithin)))
		for k := range 2 {
			p := &racer{id: strconv.Itoa(1000 + i), server: servers[2*i+k], starts: starts}
			p.key = r.sim.AddAccount(simulator.Account{Balances: map[string]float64{"USD-Blockchain": 1e6}})
			r.sim.Script(simulator.OrderScript{Key: p.key, Deployed: ready, Address: ready, Shell: ready + shell})
			if k == 0 {
				r.people[p.id] = p
			} else {
				r.guides = append(r.guides, p)
			}
		}
	}
}

// servers returns servers that anybody can rent for dollars, and keeps them so.
func (r *race) servers(ctx context.Context, n int) []int64 {
	var market struct {
		Servers []struct {
			ID       int64 `json:"id"`
			Rented   bool  `json:"rented"`
			GigaSPOT bool  `json:"gigaspot"`
			Price    struct {
				OnDemand map[string]float64 `json:"on_demand"`
			} `json:"price"`
			Coins []string `json:"allowed_coins"`
		} `json:"servers"`
	}
	if err := ask(ctx, r.sim.Transport(), "", "marketplace", "", &market); err != nil {
		r.t.Fatal(err)
	}
	var out []int64
	for _, s := range market.Servers {
		priced := s.Price.OnDemand["USD-Blockchain"] > 0 && slices.Contains(s.Coins, "USD-Blockchain")
		if len(out) < n && priced && !s.Rented && !s.GigaSPOT && r.sim.SetRented(s.ID, false) == nil {
			out = append(out, s.ID)
		}
	}
	if len(out) < n {
		r.t.Fatalf("%d servers of %d", len(out), n)
	}
	time.Sleep(10 * time.Second) // the bot asks for the market as well
	return out
}

// rent is what a person does in the chat.
func (p *racer) rent(ctx context.Context, d chat.Dispatcher) error {
	time.Sleep(p.starts)
	c := customer{ctx: ctx, d: d, user: chat.User{Platform: chat.Telegram, ID: p.id}}
	if err := c.addKey(p.key); err != nil {
		return err
	}
	quote, err := c.say(fmt.Sprintf("/rent #%d preset:ssh", p.server))
	if err != nil {
		return err
	}
	for _, b := range quote.Controls() {
		if strings.Contains(b.Label, "Rent ·") {
			_, err = c.request(chat.Pressed, b.Action.Command, b.Action.Args)
			return err
		}
	}
	return fmt.Errorf("no quote:\n%s", show(quote))
}

// script rents as the guide of Clore does: it creates the order and looks at it once a minute.
func (p *racer) script(ctx context.Context, rt http.RoundTripper) error {
	time.Sleep(p.starts)
	create := fmt.Sprintf(`{"currency":"USD-Blockchain","image":"cloreai/jupyter:ubuntu24.04-v2","renting_server":%d,`+
		`"type":"on-demand","ports":{"22":"tcp"},"ssh_password":"abcdefgh12345678"}`, p.server)
	if err := ask(ctx, rt, p.key, "create_order", create, &struct{}{}); err != nil {
		return err
	}
	for range 30 {
		time.Sleep(guideSleeps)
		var list struct {
			Orders []struct {
				Hosts     []string `json:"pub_cluster"`
				Ports     []string `json:"tcp_ports"`
				Container int      `json:"mon_container"`
			} `json:"orders"`
		}
		if err := ask(ctx, rt, p.key, "my_orders", "", &list); err != nil {
			return err
		}
		for _, o := range list.Orders {
			if o.Container == 2 && len(o.Hosts) > 0 && len(o.Ports) > 0 {
				time.Sleep(chatTrip)
				p.told = time.Now()
				return nil
			}
		}
	}
	return errors.New("never ready")
}

// ask makes a request past the bot.
func ask(ctx context.Context, rt http.RoundTripper, key, endpoint, body string, into any) error {
	method := http.MethodGet
	if body != "" {
		method = http.MethodPost
	}
	req, err := http.NewRequestWithContext(ctx, method, "http://127.0.0.1:1/v1/"+endpoint, strings.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("User-Agent", "python-requests/2.32")
	if key != "" {
		req.Header.Set("auth", key)
	}
	res, err := rt.RoundTrip(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s: %s", endpoint, res.Status, b)
	}
	if err != nil {
		return err
	}
	return json.Unmarshal(b, into)
}

// report compares with the truth.
func (r *race) report(gap time.Duration) {
	truth := r.sim.Truth()
	orders := map[string]simulator.Order{}
	for _, o := range truth.Orders {
		orders[o.Key] = o
	}
	const fast = 4 * time.Minute // as long as the bot looks as often as it may
	var bot, early, guide, ring []float64
	failed, until := 0, map[string]time.Time{}
	for _, p := range r.people {
		o := orders[p.key]
		address := r.front.first(p.id, fmt.Sprintf("%s:%d", o.Host, o.Port))
		ready := r.front.first(p.id, "[ready]")
		if p.err != nil || o.Deployed.IsZero() || address.IsZero() || ready.IsZero() {
			r.t.Logf("%s has no machine: %v\n%s", p.id, p.err, r.front.text(p.id))
			failed++
			continue
		}
		bot, until[p.key] = append(bot, address.Sub(o.Deployed).Seconds()), address
		if o.Deployed.Sub(o.Created) < fast {
			early = append(early, bot[len(bot)-1])
		}
		ring = append(ring, ready.Sub(later(o.Shell, o.Deployed)).Seconds())
	}
	for _, p := range r.guides {
		if p.err != nil {
			r.t.Logf("the guide has no machine: %v", p.err)
			failed++
			continue
		}
		guide = append(guide, p.told.Sub(orders[p.key].Deployed).Seconds())
	}
	if failed > r.n/20 { // a few hosts refuse the coin that they list
		r.t.Errorf("%d without a machine", failed)
	}
	best := optimum(gap)
	r.t.Logf("optimum: mean %.3f s, p99 %.3f s", mean(best), p99(best))
	for name, s := range map[string][]float64{"bot": bot, "bot, orders up within 4 min": early, "guide": guide} {
		r.t.Logf("%s: %d rentals, mean %.3f s = ×%.2f, p99 %.3f s = ×%.2f",
			name, len(s), mean(s), mean(s)/mean(best), p99(s), p99(s)/p99(best))
	}
	r.t.Logf("from SSH answering to the message that rings: mean %.2f s, p99 %.2f s", mean(ring), p99(ring))
	r.pacing(truth.Requests, until)
}

// pacing reports how many requests the bot's keys and the keyless reads of the market made, and
// how many of them were refused for the rate.
func (r *race) pacing(requests []simulator.Request, until map[string]time.Time) {
	const young = 30 * time.Second // a key has learned the pace by then
	looks, asked, refused, late := 0, 0, 0, 0
	since := map[string]time.Time{}
	for _, q := range requests {
		end, own := until[q.Key]
		if !own && q.Key != "" {
			continue
		}
		if since[q.Key].IsZero() {
			since[q.Key] = q.At
		}
		asked++
		if own && !q.At.After(end) {
			looks++
		}
		if q.Violation != "" {
			refused++
			if q.At.Sub(since[q.Key]) > young {
				late++
			}
		}
	}
	r.t.Logf("bot: %.1f requests a rental until the address", float64(looks)/float64(len(until)))
	r.t.Logf("bot: %d of %d requests refused (%.2f %%), %d of them after the first 30 s of a key (%.2f %%)",
		refused, asked, 100*float64(refused)/float64(asked), late, 100*float64(late)/float64(asked))
}

// optimum draws what a client takes whose looks arrive exactly a gap apart.
func optimum(gap time.Duration) []float64 {
	dice := rand.New(rand.NewPCG(1, 1))
	out := make([]float64, 1_000_000)
	for i := range out {
		down := longestTrip.Seconds() * (0.25 + 0.75*dice.Float64()) / 2
		out[i] = gap.Seconds()*dice.Float64() + down + chatTrip.Seconds()
	}
	return out
}

func mean(s []float64) float64 {
	sum := 0.0
	for _, x := range s {
		sum += x
	}
	return sum / float64(len(s))
}

func p99(s []float64) float64 { return quantile(s, 0.99) }

func quantile(s []float64, q float64) float64 {
	if len(s) == 0 {
		return math.NaN()
	}
	s = slices.Sorted(slices.Values(s))
	return s[int(q*float64(len(s)-1))]
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
