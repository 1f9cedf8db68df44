package rental_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
)

func TestObserveFindsTheOrder(t *testing.T) {
	for name, mark := range map[string]func(*rental.Ledger){
		"accepted":   func(l *rental.Ledger) { l.Accept("q", at(time.Second)) },
		"ambiguous":  func(l *rental.Ledger) { l.Doubt("q", at(time.Second)) },
		"after kill": func(l *rental.Ledger) { l.Restart(at(time.Minute)) },
	} {
		t.Run(name, func(t *testing.T) {
			l := sending(t)
			mark(l)
			observe(l, list(5*time.Second, order(1000), order(1001)))
			in, r := l.Intent("q"), l.Of("q")
			if in.State != rental.Created || in.Order != 1001 || in.Settled.IsZero() {
				t.Errorf("intent = %+v", in)
			}
			if r == nil || r.Order.ID != 1001 || r.Stage != rental.Listed || r.User != ana {
				t.Errorf("rental = %+v", r)
			}
			if foreign := l.Rental(1000); foreign == nil || foreign.Intent != "" {
				t.Errorf("the order from before is %+v", foreign)
			}
		})
	}
}

func TestObserveMatches(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(*clore.Order)
		poll   rental.Poll
		want   bool
	}{
		"as asked":                       {change: func(*clore.Order) {}, want: true},
		"another server":                 {change: func(o *clore.Order) { o.Server++ }},
		"another kind":                   {change: func(o *clore.Order) { o.Kind = clore.Spot }},
		"another currency":               {change: func(o *clore.Order) { o.Price.Currency = money.BTC }},
		"an older ID":                    {change: func(o *clore.Order) { o.ID = 1000 }},
		"no ID":                          {change: func(o *clore.Order) { o.ID = 0 }},
		"Clore's clock is an hour late":  {change: func(o *clore.Order) { o.Created = at(-time.Hour) }, want: true},
		"Clore's clock is an hour early": {change: func(o *clore.Order) { o.Created = at(time.Hour) }, want: true},
		"over, of this time":             {change: over(2 * time.Second), want: true},
		"over, of an earlier time":       {change: over(-time.Minute)},
		"over, of a later time":          {change: over(time.Hour)},
	} {
		t.Run(name, func(t *testing.T) {
			l := sending(t)
			l.Doubt("q", at(time.Second))
			o := order(1001)
			tt.change(&o)
			observe(l, completed(5*time.Second, o))
			if got := state(t, l, "q") == rental.Created; got != tt.want {
				t.Errorf("matched = %v, want %v", got, tt.want)
			}
		})
	}
}

func over(created time.Duration) func(*clore.Order) {
	return func(o *clore.Order) { o.Expired, o.Created, o.Ended = true, at(created), at(created+1) }
}

// Of two intents for one server, the one that Clore said yes to has the order; and no order has
// two intents.
func TestObserveTwoIntentsOneServer(t *testing.T) {
	l := sending(t)
	l.Doubt("q", at(time.Second))
	for _, d := range []time.Duration{2, 60, 122} {
		observe(l, completed(d*time.Second))
	}
	if got := state(t, l, "q"); got != rental.Missing {
		t.Fatal("q is", got)
	}
	q := quote("again")
	q.Expires = at(time.Hour)
	if _, err := l.Take(q, at(130*time.Second)); err != nil {
		t.Fatal(err)
	}
	if err := l.BeginSend("again", 1000, at(131*time.Second)); err != nil {
		t.Fatal(err)
	}
	l.Accept("again", at(132*time.Second))
	o := order(1001)
	o.Created = at(131 * time.Second)
	observe(l, list(135*time.Second, o))
	if state(t, l, "again") != rental.Created || state(t, l, "q") != rental.Missing {
		t.Errorf("again is %q, q is %q", state(t, l, "again"), state(t, l, "q"))
	}
	// A second order is then the other one's.
	o2 := order(1002)
	o2.Created = at(136 * time.Second)
	observe(l, list(140*time.Second, o, o2))
	if state(t, l, "q") != rental.Created || l.Intent("q").Order != 1002 {
		t.Errorf("q = %+v", l.Intent("q"))
	}
}

func TestObserveQuarantine(t *testing.T) {
	l := sending(t)
	l.Doubt("q", at(40*time.Second)) // the answer was waited for so long
	steps := []struct {
		poll rental.Poll
		want rental.IntentState
	}{
		{list(41 * time.Second), rental.Ambiguous},
		{list(42 * time.Second), rental.Ambiguous},
		{completed(159 * time.Second), rental.Ambiguous}, // three, but too soon
		{list(161 * time.Second), rental.Ambiguous},      // it might have come and gone
		{completed(162 * time.Second), rental.Missing},
	}
	observe(l, list(39*time.Second)) // was asked for before the answer: proves nothing
	if n := l.Intent("q").Polls; n != 0 {
		t.Errorf("%d lists count", n)
	}
	for _, s := range steps {
		observe(l, s.poll)
		if got := state(t, l, "q"); got != s.want {
			t.Fatalf("at %v: %q, want %q", s.poll.At.Sub(t0), got, s.want)
		}
	}
	// It appears after all, even when the user gave it up.
	if err := l.Dismiss("q"); err != nil {
		t.Fatal(err)
	}
	observe(l, list(3*time.Minute, order(1001)))
	if state(t, l, "q") != rental.Created || l.Of("q") == nil {
		t.Errorf("a late order was not recognised: %+v", l.Intent("q"))
	}
	if err := l.Dismiss("q"); !errors.Is(err, rental.ErrCreated) {
		t.Errorf("Dismiss of a created one = %v", err)
	}
}

// Two good lists after two minutes are not three.
func TestObserveQuarantineNeedsThree(t *testing.T) {
	l := sending(t)
	l.Doubt("q", at(time.Second))
	observe(l, completed(10*time.Minute))
	observe(l, completed(20*time.Minute))
	if got := state(t, l, "q"); got != rental.Ambiguous {
		t.Errorf("after two lists it is %q", got)
	}
}

// An order that somebody makes on the same server hours later is not the missing one.
func TestObserveMissingIsNotForEver(t *testing.T) {
	l := sending(t)
	l.Doubt("q", at(time.Second))
	for _, d := range []time.Duration{2, 60, 122} {
		observe(l, completed(d*time.Second))
	}
	o := order(1005)
	o.Created = at(3 * time.Hour)
	observe(l, list(3*time.Hour+time.Second, o))
	if state(t, l, "q") != rental.Missing {
		t.Error("the missing intent took a later order")
	}
	if r := l.Rental(1005); r == nil || r.Intent != "" || !r.StopAt.IsZero() {
		t.Errorf("the later order is %+v", r)
	}
}

// "server already rented" may mean: by the order that was just asked for.
func TestObserveRefusedButOurs(t *testing.T) {
	l := sending(t)
	l.Refuse("q", string(clore.ServerRented), at(time.Second))
	observe(l, list(5*time.Second, order(1001)))
	if in := l.Intent("q"); in.State != rental.Created || in.Reason != "" {
		t.Errorf("intent = %+v", in)
	}
	l = sending(t)
	l.Refuse("q", string(clore.ServerOffline), at(time.Second))
	observe(l, list(5*time.Second, order(1001)))
	if got := state(t, l, "q"); got != rental.Refused {
		t.Errorf("another refusal became %q", got)
	}
}

func TestObserveStages(t *testing.T) {
	address := func(o *clore.Order) {
		o.Hosts, o.Ports = []string{host}, []clore.PortMap{{Container: 22, Public: 1972}}
	}
	for name, tt := range map[string]struct {
		change func(*clore.Order)
		at     time.Duration
		want   rental.Stage
	}{
		"nothing yet":                      {func(*clore.Order) {}, 10 * time.Second, rental.Listed},
		"deploying":                        {func(o *clore.Order) { o.Container = 1 }, 10 * time.Second, rental.Starting},
		"address, no container":            {address, 10 * time.Second, rental.Starting},
		"container, no address":            {func(o *clore.Order) { o.Container = 2 }, 10 * time.Second, rental.Starting},
		"deployed":                         {func(o *clore.Order) { address(o); o.Container = 2 }, 10 * time.Second, rental.Addressed},
		"address for long, never deployed": {address, 4 * time.Minute, rental.Addressed},
		"unsafe host": {func(o *clore.Order) {
			address(o)
			o.Hosts = []string{"-oProxyCommand=x"}
			o.Container = 2
		}, 10 * time.Second, rental.Starting},
	} {
		t.Run(name, func(t *testing.T) {
			l := running(t)
			o := order(1001)
			tt.change(&o)
			observe(l, list(tt.at, o))
			if got := l.Rental(1001).Stage; got != tt.want {
				t.Errorf("stage = %q, want %q", got, tt.want)
			}
			// A list that lacks what an earlier one had does not lead back.
			observe(l, list(tt.at+time.Second, order(1001)))
			if got := l.Rental(1001).Stage; got != tt.want {
				t.Errorf("stage went to %q", got)
			}
		})
	}
}

func TestObserveKeepsAddress(t *testing.T) {
	l := ready(t)
	observe(l, list(3*time.Minute, order(1001)))
	if h, p, ok := l.Rental(1001).Order.SSH(); !ok || h != host || p != 1972 {
		t.Errorf("SSH = %v %v %v", h, p, ok)
	}
}

func TestObserveMovedAddress(t *testing.T) {
	l := ready(t)
	o := deployed(1001)
	o.Ports[0].Public = 2000
	observe(l, list(time.Hour, o))
	r := l.Rental(1001)
	if r.Stage != rental.Addressed || !r.ReadyAt.IsZero() || !r.Since.Equal(at(time.Hour)) {
		t.Errorf("rental = %+v", r)
	}
	l.Tick(at(time.Hour + time.Minute))
	if l.Rental(1001).Told.Slow {
		t.Error("called slow at once")
	}
	l.Reached(1001, banner, at(time.Hour+time.Minute)) // of the former address
	if l.Rental(1001).Stage == rental.Ready {
		t.Error("ready by the former address")
	}
}

// What always moves does not make a commit each time, and is not older than five minutes.
func TestObserveUnchanged(t *testing.T) {
	l := ready(t)
	before := encode(*l)
	o := deployed(1001)
	o.Reliability, o.Rating.Average, o.Spend = 0.9, 3, usd("0.01")
	observe(l, list(4*time.Minute, o))
	if diff := cmp.Diff(string(before), string(encode(*l))); diff != "" {
		t.Error("an unchanged list changed:", diff)
	}
	observe(l, list(6*time.Minute+time.Second, o))
	if got := l.Rental(1001).Order.Spend; got != usd("0.01") {
		t.Errorf("spend = %v after five minutes", got)
	}
}

func TestObserveEnd(t *testing.T) {
	gone := func(l *rental.Ledger, polls ...rental.Poll) {
		for _, p := range polls {
			observe(l, p)
		}
	}
	t.Run("one list proves nothing", func(t *testing.T) {
		l := ready(t)
		gone(l, list(10*time.Minute))
		if len(l.Ended) != 0 || l.Rental(1001).Gone.IsZero() {
			t.Errorf("ended after one list: %+v", l.Rental(1001))
		}
		gone(l, list(10*time.Minute+29*time.Second))
		if len(l.Ended) != 0 {
			t.Error("ended after 29 s")
		}
		gone(l, list(10*time.Minute+29*time.Second, deployed(1001)))
		if !l.Rental(1001).Gone.IsZero() {
			t.Error("still called gone when it is back")
		}
		gone(l, list(11*time.Minute))
		if len(l.Ended) != 0 {
			t.Error("the time before it was back counts")
		}
	})
	t.Run("two lists 30 s apart", func(t *testing.T) {
		l := ready(t)
		gone(l, list(10*time.Minute), list(10*time.Minute+30*time.Second))
		if len(l.Ended) != 1 || len(l.Rentals) != 0 {
			t.Fatalf("ended = %v", l.Ended)
		}
		r := l.Ended[0]
		if r.Stage != rental.Ended || !r.EndedAt.Equal(at(10*time.Minute)) || r.Reason != rental.ByHost {
			t.Errorf("ended = %+v", r)
		}
		if l.Intent("q").Closed.IsZero() {
			t.Error("its intent is not closed")
		}
	})
	t.Run("the completed list", func(t *testing.T) {
		l := ready(t)
		o := expired(1001, 9*time.Minute)
		o.Spend = usd("0.5")
		gone(l, completed(10*time.Minute, o))
		if len(l.Ended) != 1 {
			t.Fatal("not ended")
		}
		if r := l.Ended[0]; !r.EndedAt.Equal(at(9*time.Minute)) || r.Order.Spend != usd("0.5") {
			t.Errorf("ended = %+v", r)
		}
	})
	t.Run("the clock is set back", func(t *testing.T) {
		l := ready(t)
		gone(l, list(10*time.Minute), list(5*time.Minute), list(5*time.Minute+30*time.Second))
		if len(l.Ended) != 1 {
			t.Error("not ended 30 s after the clock was set back")
		}
	})
}

func TestObserveEndReason(t *testing.T) {
	for name, tt := range map[string]struct {
		prepare func(*rental.Ledger)
		at      time.Duration
		want    rental.EndReason
	}{
		"by the host": {func(*rental.Ledger) {}, time.Hour, rental.ByHost},
		"by the user": {func(l *rental.Ledger) {
			_ = l.AskCancel(1001, rental.ByUser, "", at(50*time.Minute))
		}, time.Hour, rental.ByUser},
		"by its stop time": {func(l *rental.Ledger) {
			_ = l.SetStop(1001, at(50*time.Minute), at(10*time.Minute))
			l.Tick(at(50 * time.Minute))
		}, time.Hour, rental.ByStop},
		"by the longest rental": {func(*rental.Ledger) {}, 7*24*time.Hour - time.Minute, rental.ByLimit},
		"by the empty wallet": {func(l *rental.Ledger) {
			l.Fund([]clore.Wallet{{Balance: usd("0.08")}}, at(5*time.Minute))
		}, time.Hour, rental.ByFunds},
		"with money left": {func(l *rental.Ledger) {
			l.Fund([]clore.Wallet{{Balance: usd("0.2")}}, at(5*time.Minute))
		}, time.Hour, rental.ByHost},
	} {
		t.Run(name, func(t *testing.T) {
			l := ready(t)
			tt.prepare(l)
			observe(l, list(tt.at))
			observe(l, list(tt.at+time.Minute))
			if len(l.Ended) != 1 || l.Ended[0].Reason != tt.want {
				t.Errorf("ended = %+v, want %q", l.Ended, tt.want)
			}
		})
	}
}

func TestObserveCameAndWent(t *testing.T) {
	l := sending(t)
	l.Doubt("q", at(time.Second))
	observe(l, completed(2*time.Minute, expired(1001, time.Minute)))
	if state(t, l, "q") != rental.Created || len(l.Ended) != 1 || len(l.Rentals) != 0 {
		t.Fatalf("ledger = %+v", l)
	}
	if r := l.Ended[0]; r.Reason != rental.Elsewhere || !r.EndedAt.Equal(at(time.Minute)) {
		t.Errorf("ended = %+v", r)
	}
}

func TestObserveDearer(t *testing.T) {
	l := running(t)
	o := order(1001)
	observe(l, list(10*time.Second, o))
	if l.Rental(1001).Told.Dearer {
		t.Error("dearer at the agreed price")
	}
	o.Price = usd("2.000000001")
	observe(l, list(20*time.Second, o))
	if !l.Rental(1001).Told.Dearer {
		t.Error("a higher price went unnoticed")
	}
}

func TestObserveAdoptsAndMeetsStrangers(t *testing.T) {
	l := ledger()
	l.Polled = time.Time{}
	o := deployed(7)
	o.GPUs = []string{"RTX 3090", "RTX 3090"}
	observe(&l, list(0, o))
	if l.Polled.IsZero() {
		t.Error("the first look was not noted")
	}
	want := rental.Terms{
		Server: server, Hardware: "2× RTX 3090 24 GB", GPU: "RTX 3090", Count: 2,
		Kind: clore.OnDemand, Price: usd("2"), MaxRent: 7 * 24 * time.Hour,
	}
	r := l.Rental(7)
	if diff := cmp.Diff(want, r.Terms); diff != "" {
		t.Error(diff)
	}
	if r.Intent != "" || r.User != ana || r.Stage != rental.Addressed || r.Since.IsZero() {
		t.Errorf("rental = %+v", r)
	}
	empty := ledger()
	empty.Polled = time.Time{}
	observe(&empty, list(0))
	if empty.Polled.IsZero() {
		t.Error("a first look that found nothing was not noted")
	}
}

// An order that was called ended and is back belongs to its intent, and stops as was agreed even
// when nothing but the intent is left of it.
func TestObserveBackFromTheDead(t *testing.T) {
	l := ready(t)
	l.Intent("q").Terms.RunFor = time.Hour
	observe(l, list(10*time.Minute))
	observe(l, list(11*time.Minute))
	l.Ended, l.Lost = nil, nil
	observe(l, list(2*time.Hour, deployed(1001)))
	r := l.Of("q")
	if r == nil || !r.StopAt.Equal(r.Since.Add(time.Hour)) || !l.Intent("q").Closed.IsZero() {
		t.Errorf("rental = %+v", r)
	}
}

func TestObserveSpotBid(t *testing.T) {
	l := ledger()
	q := quote("q")
	q.Terms.Kind, q.Terms.RunFor = clore.Spot, time.Hour
	if _, err := l.Take(q, t0); err != nil {
		t.Fatal(err)
	}
	if err := l.BeginSend("q", 1000, t0); err != nil {
		t.Fatal(err)
	}
	l.Accept("q", at(time.Second))
	o := order(1001)
	o.Kind, o.Spend = clore.Spot, usd("0")
	observe(&l, list(5*time.Second, o))
	l.Tick(at(time.Hour))
	r := l.Rental(1001)
	if r.Burning() || !r.StopAt.IsZero() || r.Told.Slow {
		t.Errorf("a waiting bid: %+v", r)
	}
	o.Spend = usd("0.001")
	observe(&l, list(2*time.Hour, o))
	if r := l.Rental(1001); !r.Burning() || !r.StopAt.Equal(at(3*time.Hour)) {
		t.Errorf("a winning bid: %+v", r)
	}
}

func TestObserveStopTime(t *testing.T) {
	for name, tt := range map[string]struct {
		created, seen, want time.Duration
	}{
		"by Clore's clock":       {2 * time.Second, time.Hour, time.Hour + 2*time.Second},
		"Clore's clock is late":  {-3 * time.Hour, 5 * time.Second, time.Hour},
		"Clore's clock is early": {3 * time.Hour, 5 * time.Second, time.Hour + 5*time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			l := sending(t)
			l.Doubt("q", at(time.Second))
			l.Intent("q").Terms.RunFor = time.Hour
			o := order(1001)
			o.Created = at(tt.created)
			observe(l, list(tt.seen, o))
			if got := l.Rental(1001).StopAt; !got.Equal(at(tt.want)) {
				t.Errorf("stops at %v, want %v", got.Sub(t0), tt.want)
			}
		})
	}
}
