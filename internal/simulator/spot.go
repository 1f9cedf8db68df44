package simulator

import (
	"math"
	"strconv"
	"time"
)

// lowerEvery is how often a bid may be lowered.
const lowerEvery = 600 * time.Second

// maxStep returns by how much a bid may be lowered at once.
func maxStep(currency string) float64 {
	switch currency {
	case btc:
		return 0.000001
	case clore:
		return 50
	default:
		return 0.05
	}
}

type offer struct {
	ID       int64   `json:"offer_id"`
	Bid      float64 `json:"bid"`
	Active   bool    `json:"active"`
	Mine     bool    `json:"my"`
	Currency string  `json:"currency"`
}

func spotMarketplace(w *world, c *call) answer {
	id, err := strconv.ParseInt(c.query.Get("market"), 10, 64)
	if err != nil {
		return badInput()
	}
	s := w.servers[id]
	if s == nil {
		return ok(map[string]any{"exists": false, "code": codeOK})
	}
	offers := []offer{}
	for _, b := range s.book.bids {
		mine := b.order != nil && b.order.account == c.account
		offers = append(offers, offer{b.id, b.price, b.active, mine, b.currency})
	}
	visibility := "public"
	if s.hidden {
		visibility = "hidden"
	}
	market := map[string]any{
		"offers":                offers,
		"server":                map[string]any{"min_pricing": s.Price.Spot, "mrl": s.MRL, "visibility": visibility, "online": !s.offline},
		"currency_rates_in_usd": w.rates.json(),
	}
	return ok(map[string]any{"market": market, "exists": true, "code": codeOK})
}

func setSpotPrice(w *world, c *call) answer {
	var b struct {
		Order *int64   `json:"order_id"`
		Price *float64 `json:"desired_price"`
	}
	if !object(c.body, &b) || b.Order == nil || b.Price == nil || *b.Price <= 0 || math.IsInf(*b.Price, 0) {
		return badInput()
	}
	o := w.orders[*b.Order]
	switch {
	case o == nil || o.kind() != spot:
		return refuse("order_dont_exist")
	case o.account != c.account:
		return refuse("you_dont_own_this_order")
	case !o.live():
		return refuse("order_not_active")
	case *b.Price < o.server.Price.Spot[o.currency]:
		return refuse("amount_too_low")
	}
	return w.rebid(o, *b.Price, c.at)
}

// rebid changes a bid: up at will, down slowly.
func (w *world) rebid(o *order, price float64, at time.Time) answer {
	if drop := o.meter.price - price; drop > 0 {
		step := maxStep(o.currency)
		if drop > step*(1+1e-9) { // a float that is meant to be exactly one step
			return refuse("exceeded_max_step", "max_step", step)
		}
		if within(o.lowered, at, lowerEvery) {
			left := lowerEvery - at.Sub(o.lowered)
			return refuse("can_lower_every_600_seconds", "time_to_lowering", int(math.Ceil(left.Seconds())))
		}
		o.lowered = at
	}
	o.meter.reprice(at.Truncate(time.Second), price)
	o.server.book.of(o).price = price
	w.reviewFunds(o.account, o.currency, at)
	w.settle(o.server, at)
	return done()
}
