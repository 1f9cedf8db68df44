package simulator_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/simulator"
)

func bidding(price float64) map[string]any { return map[string]any{"type": "spot", "spotprice": price} }

func (b *bench) offers(server int) []any {
	b.t.Helper()
	r := b.get("spot_marketplace?market=" + strconv.Itoa(server))
	if r.body["exists"] != true {
		b.t.Fatalf("spot_marketplace: %s", r.raw)
	}
	return r.body["market"].(map[string]any)["offers"].([]any)
}

func TestSpotOrderRuns(t *testing.T) {
	inBubble(t, simulator.Options{}, func(t *testing.T, b *bench) {
		o := b.rent(bidding(1.5))
		sleep(time.Minute)
		l := b.listed(o.ID, false)
		if l["spot"] != true || l["price"] != 1.5 || l["spend"].(float64) <= 0 {
			t.Errorf("listed as %v", l)
		}
		offers := b.offers(cheap3090)
		if len(offers) != 1 {
			t.Fatalf("offers %v", offers)
		}
		of := offers[0].(map[string]any)
		if of["my"] != true || of["active"] != true || of["bid"] != 1.5 || of["currency"] != usd || of["offer_id"] != float64(o.ID) {
			t.Errorf("offer %v", of)
		}
		if got := b.truth(o.ID); !near(got.Charged, got.Spend*1.0125) {
			t.Errorf("a spot order's fee: %+v", got)
		}
		if r := b.post("create_order", body(bidding(3))); r.text() != "you_already_have_spot_order" {
			t.Errorf("second bid: %s", r.raw)
		}
		for _, s := range b.get("marketplace").body["servers"].([]any) {
			if s := s.(map[string]any); s["id"] == float64(cheap3090) && s["rented"] != false {
				t.Error("a server held by a bid must not show as rented")
			}
		}
	})
}

func TestQueuedBidCostsNothing(t *testing.T) {
	inBubble(t, simulator.Options{}, func(t *testing.T, b *bench) {
		b.SetRented(cheap3090, true) //nolint:errcheck // it exists
		o := b.rent(bidding(9))
		sleep(time.Hour)
		if got := b.truth(o.ID); got.Active || got.Spend != 0 || got.Charged != 0 {
			t.Errorf("queued: %+v", got)
		}
		if l := b.listed(o.ID, false); l["spend"] != 0.0 || l["mon_container"] != 0.0 {
			t.Errorf("queued: %v", l)
		}
		b.SetRented(cheap3090, false) //nolint:errcheck // it exists
		if got := b.truth(o.ID); !got.Active || got.Seconds == 0 {
			t.Errorf("after the stranger left: %+v", got)
		}
	})
}

// The two forms of being outbid: by a stranger's bid and by a rental on demand.
func TestOutbid(t *testing.T) {
	for _, how := range []simulator.Outbid{simulator.Vanish, simulator.Frozen} {
		for _, by := range []string{"bid", "takeover"} {
			t.Run(string(how)+" by "+by, func(t *testing.T) {
				inBubble(t, simulator.Options{Outbid: how}, func(t *testing.T, b *bench) {
					b.Script(script)
					o := b.rent(bidding(1.5))
					sleep(5 * time.Minute)
					if by == "bid" {
						if err := b.Beat(o.ID, how); err != nil {
							t.Fatal(err)
						}
					} else {
						b.SetRented(cheap3090, true) //nolint:errcheck // it exists
					}
					before := b.truth(o.ID)
					sleep(5 * time.Minute)
					after := b.truth(o.ID)
					if after.Active || after.Spend != before.Spend {
						t.Errorf("goes on: %+v", after)
					}
					l := b.listed(o.ID, false)
					if how == simulator.Vanish {
						if l != nil || after.Reason != "outbid" {
							t.Errorf("did not vanish: %v, %+v", l, after)
						}
						return
					}
					if l == nil || l["pub_cluster"] != nil || l["spend"] != before.Spend || !after.Ended.IsZero() {
						t.Errorf("did not freeze: %v, %+v", l, after)
					}
				})
			})
		}
	}
}

func TestFrozenBidMayWinAgain(t *testing.T) {
	inBubble(t, simulator.Options{}, func(t *testing.T, b *bench) {
		b.Script(script)
		o := b.rent(bidding(1.5))
		sleep(2 * time.Minute)
		b.Beat(o.ID, simulator.Frozen) //nolint:errcheck // it runs
		sleep(time.Minute)
		frozen := b.truth(o.ID).Seconds
		if r := b.post("set_spot_price", map[string]any{"order_id": o.ID, "desired_price": 2.2}); r.code() != 0 {
			t.Fatalf("raise: %s", r.raw)
		}
		got := b.truth(o.ID)
		if !got.Active || got.Price != 2.2 || got.Seconds != frozen {
			t.Errorf("%+v, %d s before", got, frozen)
		}
		sleep(10 * time.Second)
		if l := b.listed(o.ID, false); l["mon_container"] == 2.0 {
			t.Error("its container cannot have survived")
		}
	})
}

func TestSetSpotPrice(t *testing.T) {
	inBubble(t, simulator.Options{}, func(t *testing.T, b *bench) {
		o := b.rent(bidding(1.6))
		fixed := b.rent(map[string]any{"renting_server": other3090})
		set := func(id int64, price float64) reply {
			return b.post("set_spot_price", map[string]any{"order_id": id, "desired_price": price})
		}
		steps := []struct {
			id       int64
			price    float64
			want     string
			field    string
			value    float64
			afterAll time.Duration
		}{
			{5, 2, "order_dont_exist", "", 0, 0},
			{fixed.ID, 2, "order_dont_exist", "", 0, 0},
			{o.ID, 1.39, "amount_too_low", "", 0, 0},
			{o.ID, 1.5, "exceeded_max_step", "max_step", 0.05, 0},
			{o.ID, 1.55, "", "", 0, 10 * time.Second},
			{o.ID, 1.52, "can_lower_every_600_seconds", "time_to_lowering", 590, 0},
			{o.ID, 1.58, "", "", 0, 589 * time.Second},
			{o.ID, 1.57, "can_lower_every_600_seconds", "time_to_lowering", 1, time.Second},
			{o.ID, 1.53, "", "", 0, 0},
		}
		for i, s := range steps {
			r := set(s.id, s.price)
			if r.text() != s.want || s.field != "" && r.body[s.field] != s.value || r.status != 200 {
				t.Errorf("step %d, to %v: %s", i, s.price, r.raw)
			}
			sleep(s.afterAll)
		}
		if got := b.truth(o.ID); got.Price != 1.53 || got.Highest != 1.6 {
			t.Errorf("bids %v, at most it bade %v", got.Price, got.Highest)
		}
		if got := b.truth(fixed.ID); got.Highest != got.Price {
			t.Errorf("a price that never changed: %v, %v", got.Price, got.Highest)
		}
	})
}

// Strangers bid on the share of the servers that was asked for, at or above the hosts' floors, and
// change their minds.
func TestStrangersBid(t *testing.T) {
	inBubble(t, simulator.Options{Bidders: 0.5, Servers: 200}, func(t *testing.T, b *bench) {
		fresh := true // hosts may raise their floors above bids
		books := func() (servers, offers int, all string) {
			for _, x := range b.get("marketplace").body["servers"].([]any) {
				id := int(x.(map[string]any)["id"].(float64))
				r := b.get("spot_marketplace?market=" + strconv.Itoa(id))
				m := r.body["market"].(map[string]any)
				floors, active := m["server"].(map[string]any)["min_pricing"].(map[string]any), 0
				for _, o := range m["offers"].([]any) {
					o := o.(map[string]any)
					if floor, _ := floors[o["currency"].(string)].(float64); fresh && o["bid"].(float64) < floor || o["my"] != false {
						t.Errorf("server %d: %v, floors %v", id, o, floors)
					}
					if o["active"] == true {
						active++
					}
					offers++
				}
				if active > 1 {
					t.Errorf("server %d runs %d bids", id, active)
				}
				if len(m["offers"].([]any)) > 0 {
					servers++
				}
				all += string(r.raw)
			}
			return servers, offers, all
		}
		servers, offers, before := books()
		if servers < 90 || servers > 150 || offers <= servers { // some have bids anyway
			t.Errorf("%d bids on %d servers of 200", offers, servers)
		}
		fresh = false
		sleep(2 * time.Hour)
		if _, _, after := books(); after == before {
			t.Error("nobody has changed a bid in two hours")
		}
	})
}

func TestOwnBidsCompete(t *testing.T) {
	inBubble(t, simulator.Options{Outbid: simulator.Frozen}, func(t *testing.T, b *bench) {
		low := b.rent(bidding(1.5))
		b.key = b.AddAccount(simulator.Account{})
		high := b.rent(map[string]any{"type": "spot", "spotprice": 1300, "currency": clore}) // 1.62 USD
		if b.truth(low.ID).Active || !b.truth(high.ID).Active {
			t.Error("bids must be compared by their worth in USD")
		}
		b.post("cancel_order", map[string]any{"id": high.ID})
		if !b.truth(low.ID).Active {
			t.Error("the next bid must have the server")
		}
	})
}

func TestSpotMarketOfNoServer(t *testing.T) {
	b := newBench(t, simulator.Options{})
	if r := b.get("spot_marketplace?market=5"); r.code() != 0 || r.body["exists"] != false || r.body["market"] != nil {
		t.Errorf("%s", r.raw)
	}
}
