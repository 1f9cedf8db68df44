package watch_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/market"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/watch"
)

var start = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// offer returns one of a server for so many hundredths of a USD a day.
func offer(id clore.ServerID, cents int64) market.Offer {
	usd := money.Amount(cents) * money.Coin / 100
	return market.Offer{
		Server: &clore.Server{
			ID: id, GPUs: []string{"RTX 4090", "RTX 4090"}, GPUMemory: 24, Country: "DE", Reliability: 0.999,
		},
		Kind: clore.OnDemand, Price: money.Money{Amount: usd, Currency: money.USD}, USD: usd,
	}
}

// offers pairs numbers of servers with prices in hundredths of a USD, the cheapest first.
func offers(pairs ...int64) []market.Offer {
	var all []market.Offer
	for i := 0; i < len(pairs); i += 2 {
		all = append(all, offer(clore.ServerID(pairs[i]), pairs[i+1]))
	}
	slices.SortStableFunc(all, func(a, b market.Offer) int { return int(a.USD - b.USD) })
	return all
}

func fresh() watch.Watch {
	return watch.Watch{ID: "w", Drop: 5, Made: start, Expires: start.Add(watch.DefaultLife)}
}

// stored returns what a watch is after a restart.
func stored(t interface{ Fatal(...any) }, w watch.Watch) watch.Watch {
	b, err := json.Marshal(w)
	if err != nil {
		t.Fatal(err)
	}
	var again watch.Watch
	if err := json.Unmarshal(b, &again); err != nil {
		t.Fatal(err)
	}
	return again
}

// step is a look at the market, so many minutes after the first.
type step struct {
	minute int
	offers []market.Offer
	want   []news
}

type news struct {
	Server clore.ServerID
	Was    money.Amount // in hundredths
}

func told(hits []watch.Hit) []news {
	var all []news
	for _, h := range hits {
		all = append(all, news{h.Server, h.Was / (money.Coin / 100)})
	}
	return all
}

func TestJudge(t *testing.T) {
	for name, test := range map[string]struct {
		snooze int // minutes from the start
		steps  []step
	}{
		"what is there is known": {0, []step{{0, offers(1, 100), nil}, {1, offers(1, 100), nil}}},
		"nothing there at first": {0, []step{{0, nil, nil}, {1, offers(1, 100), []news{{1, 0}}}, {2, offers(1, 100), nil}}},
		"a new server":           {0, []step{{0, offers(1, 100), nil}, {1, offers(1, 100, 2, 120), []news{{2, 0}}}}},
		"a drop": {0, []step{
			{0, offers(1, 100), nil}, {1, offers(1, 96), nil}, {2, offers(1, 95), []news{{1, 100}}}, {3, offers(1, 95), nil},
		}},
		"a slide": {0, []step{
			{0, offers(1, 100), nil},
			{1, offers(1, 97), nil},
			{2, offers(1, 94), []news{{1, 100}}},
			{3, offers(1, 90), nil},
			{4, offers(1, 89), []news{{1, 94}}},
		}},
		"up in silence, down with news": {0, []step{
			{0, offers(1, 100), nil}, {1, offers(1, 105), nil}, {2, offers(1, 100), nil}, {3, offers(1, 99), []news{{1, 105}}},
		}},
		"a flap": {0, []step{
			{0, offers(1, 100), nil}, {1, nil, nil}, {31, offers(1, 100), nil}, {32, nil, nil}, {62, offers(1, 94), []news{{1, 100}}},
		}},
		"back after long": {0, []step{{0, offers(1, 100), nil}, {1, nil, nil}, {32, offers(1, 100), []news{{1, 0}}}}},
		"back after long, seen to be missing meanwhile": {0, []step{
			{0, offers(1, 100), nil}, {1, nil, nil}, {33, nil, nil}, {34, offers(1, 100), []news{{1, 0}}},
		}},
		"new and gone in a snooze": {10, []step{
			{0, nil, nil}, {1, offers(1, 100), nil}, {2, nil, nil}, {10, nil, nil}, {11, offers(1, 100), []news{{1, 0}}},
		}},
		"after a snooze, all in one": {10, []step{
			{0, offers(1, 100, 2, 100, 3, 100), nil},
			{5, offers(1, 90, 2, 90, 3, 100, 4, 50, 5, 60), nil},
			{9, offers(1, 90, 2, 98, 3, 100, 4, 55), nil},
			{10, offers(1, 90, 2, 98, 3, 100, 4, 55), []news{{4, 0}, {1, 100}}},
			{11, offers(1, 90, 2, 98, 3, 100, 4, 55), nil},
		}},
		"up in a snooze": {10, []step{
			{0, offers(1, 100), nil}, {1, offers(1, 120), nil}, {10, offers(1, 110), []news{{1, 120}}},
		}},
		"listed twice": {0, []step{{0, offers(1, 100, 1, 200), nil}, {1, offers(1, 100, 1, 200, 2, 10, 2, 20), []news{{2, 0}}}}},
	} {
		t.Run(name, func(t *testing.T) {
			w := fresh()
			if test.snooze > 0 {
				w.Snoozed = start.Add(time.Duration(test.snooze) * time.Minute)
			}
			total := 0
			for _, s := range test.steps {
				before := stored(t, w)
				hits, changed := w.Judge(s.offers, start.Add(time.Duration(s.minute)*time.Minute))
				if diff := cmp.Diff(s.want, told(hits)); diff != "" {
					t.Errorf("minute %d: %s", s.minute, diff)
				}
				if same := cmp.Equal(before, w, cmpopts.EquateEmpty()); same == changed {
					t.Errorf("minute %d: changed is %v", s.minute, changed)
				}
				if total += len(hits); w.Hits != total || len(hits) > 0 && !w.Fired.Equal(start.Add(time.Duration(s.minute)*time.Minute)) {
					t.Errorf("minute %d: %d hits, fired %s", s.minute, w.Hits, w.Fired)
				}
				w = stored(t, w)
			}
		})
	}
}

func TestJudgeSaysWhatItFound(t *testing.T) {
	w := fresh()
	w.Judge(offers(7, 200), start)
	hits, _ := w.Judge(offers(7, 150), start.Add(time.Minute))
	want := []watch.Hit{{
		Server: 7, Kind: clore.OnDemand, Cards: 2, Model: "RTX 4090", Memory: 24, Country: "DE", Reliability: 0.999,
		Price: money.Money{Amount: 15e8, Currency: money.USD}, USD: 15e8, Was: 2e9,
	}}
	if diff := cmp.Diff(want, hits); diff != "" {
		t.Error(diff)
	}
}

func TestJudgeLeavesDoubtfulOffers(t *testing.T) {
	w := fresh()
	w.Judge(nil, start)
	odd, unknown := offer(1, 1), offer(2, 0)
	odd.Obstacle = market.PriceOddity
	if hits, changed := w.Judge([]market.Offer{odd, unknown}, start.Add(time.Minute)); len(hits) > 0 || changed {
		t.Errorf("%v", hits)
	}
}

func TestJudgeEndsWithTheWatch(t *testing.T) {
	w := fresh()
	w.Judge(nil, start)
	if hits, changed := w.Judge(offers(1, 100), w.Expires); len(hits) > 0 || changed {
		t.Errorf("%v", hits)
	}
}

// A copy made before is what a failed save falls back to.
func TestJudgeLeavesCopiesAlone(t *testing.T) {
	w := fresh()
	w.Judge(offers(1, 100, 2, 100, 3, 100), start)
	w.Judge(offers(1, 100, 2, 100), start.Add(time.Minute))
	before, kept := w, stored(t, w)
	w.Judge(offers(1, 50, 2, 120, 4, 70), start.Add(40*time.Minute))
	if diff := cmp.Diff(kept, before); diff != "" {
		t.Error(diff)
	}
}

// many returns n servers from a number on, each a hundredth dearer than the one before.
func many(from clore.ServerID, n int, cents int64) []market.Offer {
	var all []market.Offer
	for i := range n {
		all = append(all, offer(from+clore.ServerID(i), cents+int64(i)))
	}
	return all
}

// What comes into view because something cheaper left is no news.
func TestJudgeBehindTheHorizon(t *testing.T) {
	w := fresh()
	w.Judge(many(100, watch.Most, 1000), start)
	hits, _ := w.Judge(many(101, watch.Most, 1001), start.Add(time.Minute))
	if len(hits) > 0 {
		t.Errorf("%v", told(hits))
	}
	view := append([]market.Offer{offer(1, 1020)}, many(101, watch.Most-1, 1001)...)
	hits, _ = w.Judge(view, start.Add(2*time.Minute))
	if want := []news{{1, 0}}; !slices.Equal(told(hits), want) {
		t.Errorf("%v", told(hits))
	}
	w.Judge(view[:10], start.Add(3*time.Minute)) // everything is in view
	hits, _ = w.Judge(append(view[:10:10], offer(2, 9999)), start.Add(4*time.Minute))
	if want := []news{{2, 0}}; !slices.Equal(told(hits), want) {
		t.Errorf("%v", told(hits))
	}
}

// However much comes and goes, a watch stays small, and what is there stays known.
func TestJudgeIsBounded(t *testing.T) {
	w := fresh()
	for i := range 20 {
		now := start.Add(time.Duration(i) * time.Minute)
		w.Judge(many(clore.ServerID(1+i*1000), watch.Most, 1000), now)
		if hits, _ := w.Judge(many(clore.ServerID(1+i*1000), watch.Most, 1000), now); len(hits) > 0 {
			t.Fatalf("round %d: %d hits for what is known", i, len(hits))
		}
		w = stored(t, w)
	}
	const most = 4 * watch.Most
	if len(w.Seen) > most {
		t.Errorf("%d seen", len(w.Seen))
	}
	sorted := func(a, b watch.Sight) int { return int(a.Server - b.Server) }
	if !slices.IsSortedFunc(w.Seen, sorted) {
		t.Error("not sorted")
	}
}
