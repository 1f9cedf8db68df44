package commands_test

import (
	"strings"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
)

// TestBidCostsItsStart: what a bid may come to has the creation fee until Clore has charged it.
func TestBidCostsItsStart(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*rental.Rental)
		want   string
	}{
		// 300 CLORE a day for 6 h with 1.25 %, and 80 CLORE once.
		"never ran":           {func(*rental.Rental) {}, "at most 155.94 CLORE"},
		"fee not told":        {func(r *rental.Rental) { r.Order.CreationFee = money.Money{} }, "at most 155.94 CLORE"},
		"began":               {func(r *rental.Rental) { r.Since = start.Add(-time.Minute) }, "at most 155.94 CLORE"},
		"charged":             {func(r *rental.Rental) { r.Charged.Creation = true }, "at most 75.94 CLORE"},
		"not made here, free": {func(r *rental.Rental) { r.Intent, r.Order.CreationFee.Amount = "", 0 }, "at most 75.94 CLORE"},
	} {
		w := withBid(t, outbid, func(r *rental.Rental) {
			r.Intent, r.Charged.Creation = "q1", false
			r.StopAt, r.StopSet, r.Terms.RunFor = time.Time{}, time.Time{}, 6*time.Hour
			r.Order.Price, r.Terms.Price, r.Order.CreationFee = clores(264), clores(264), clores(80)
			c.change(r)
		})
		w.api.book = bids(0, clores(305))
		w.api.book.Rates[money.CLORE] = money.Coin / 800 // as in the market
		pilot := w.view(w.dispatch(w.request(ana, chat.Typed, "autopilot", chat.Args{"order": "1939977", "mode": "defend", "to": "300clore/day"})))
		for _, v := range []chat.View{w.says("/spot 1939977 bid:300clore/day"), pilot} {
			if !strings.Contains(dump(v), c.want) {
				t.Errorf("%s: want %s\n%s", name, c.want, dump(v))
			}
		}
	}
}
