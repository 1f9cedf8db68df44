package market

import (
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
)

// Obstacle is why an offer cannot be taken, or not safely.
type Obstacle string

// The obstacles. All but PriceOddity rule an order out.
const (
	Free            Obstacle = ""                  // none
	Unlisted        Obstacle = "unlisted"          // no such server in the marketplace
	Rented          Obstacle = "rented"            //
	GigaSPOT        Obstacle = "gigaspot"          // the server takes no normal orders
	Own             Obstacle = "own"               // the account's own server
	NoPrice         Obstacle = "no-price"          // no price in any coin that the server takes
	CoinNotAccepted Obstacle = "coin-not-accepted" // it can be had for another coin, which the offer has
	// PriceOddity marks a USD price far below the worth of the server's other prices. Clore
	// may well refuse the order.
	PriceOddity Obstacle = "price-oddity"
)

// Rules reports whether the obstacle rules an order out.
func (o Obstacle) Rules() bool { return o != Free && o != PriceOddity }

// Offer is a server at a price.
type Offer struct {
	Server   *clore.Server // not to be altered
	Kind     clore.Kind
	Price    money.Money  // what will be paid per day; of a spot offer the least bid
	USD      money.Amount // the same in USD; 0 without a rate
	Obstacle Obstacle
}

// Model returns the model of the cards, "Mixed" for different ones and "" when not known.
func (o Offer) Model() string { return Model(o.Server.GPUs) }

// Sound reports whether the offer can be taken and its worth is known.
func (o Offer) Sound() bool { return o.Obstacle == Free && o.USD > 0 }

// Offer returns the offer of a server for a coin; without a coin the first of money.Currencies
// that the server takes. With CoinNotAccepted the offer is for another coin; with Unlisted its
// Server is nil.
func (s *Snapshot) Offer(id clore.ServerID, kind clore.Kind, pay money.Currency) (Offer, Obstacle) {
	i, ok := s.byID[id]
	if !ok {
		return Offer{Kind: kind, Obstacle: Unlisted}, Unlisted
	}
	if kind == "" {
		kind = clore.OnDemand
	}
	h := hit{coin: -1}
	if pay != "" {
		h = s.rows[i].hit(i, kindIndex(kind), payOrder([]money.Currency{pay}))
	}
	if h.coin < 0 {
		h = s.rows[i].hit(i, kindIndex(kind), payOrder(nil))
	}
	o := s.offer(h, kind)
	if !o.Obstacle.Rules() && pay != "" && o.Price.Currency != pay {
		o.Obstacle = CoinNotAccepted
	}
	return o, o.Obstacle
}

// hit is an offer in the making, kept small because many are sorted.
type hit struct {
	row  int32
	coin int8 // index into money.Currencies, -1 for none
	rank int8
	usd  money.Amount
	key  float64 // what is sorted by, the lowest first
}

// free reports whether an order is possible.
func (h *hit) free() bool { return h.rank != hopeless }

// Ranks of hits: doubtful offers sink below the sound ones, and hopeless ones lower.
const (
	sound = iota
	doubtful
	hopeless
)

// hit prices the row: in the first coin of the order that it can be had for, and a sound one if
// there is one.
func (r *row) hit(i int32, kind int, order []int8) hit {
	h := hit{row: i, coin: -1, rank: hopeless}
	for _, c := range order {
		worth := r.worth[kind][c]
		if worth == 0 {
			continue
		}
		rank := int8(sound)
		if worth == noRate || r.suspect(kind, c) {
			rank = doubtful
		}
		if rank < h.rank {
			h.coin, h.usd, h.rank = c, max(worth, 0), rank
		}
		if rank == sound {
			break
		}
	}
	if r.state != 0 {
		h.rank = hopeless
	}
	return h
}

// suspect reports whether the price in the coin is too good to be true.
func (r *row) suspect(kind int, coin int8) bool { return coin == usdIndex && r.odd&(1<<kind) != 0 }

// obstacle returns what stands in the way of paying with the coin.
func (r *row) obstacle(kind int, coin int8) Obstacle {
	switch {
	case r.state != 0:
		return r.blocked()
	case coin < 0:
		return NoPrice
	case r.suspect(kind, coin):
		return PriceOddity
	default:
		return Free
	}
}

// blocked returns what stands in the way whatever is paid.
func (r *row) blocked() Obstacle {
	switch {
	case r.state&isRented != 0:
		return Rented
	case r.state&isGigaSPOT != 0:
		return GigaSPOT
	default:
		return Own
	}
}

// usdIndex is the place of USD in money.Currencies.
const usdIndex = 0

// payOrder returns the indexes of coins in money.Currencies; nil means all.
func payOrder(pay []money.Currency) []int8 {
	all := money.Currencies()
	if len(pay) == 0 {
		pay = all
	}
	var order []int8
	for _, c := range pay {
		for i, k := range all {
			if c == k {
				order = append(order, int8(i))
			}
		}
	}
	return order
}

// offer finishes a hit.
func (s *Snapshot) offer(h hit, kind clore.Kind) Offer {
	server := &s.servers[h.row]
	o := Offer{Server: server, Kind: kind, USD: h.usd}
	o.Obstacle = s.rows[h.row].obstacle(kindIndex(kind), h.coin)
	if h.coin >= 0 {
		c := money.Currencies()[h.coin]
		o.Price, _ = pricesOf(server, kindIndex(kind)).In(c)
	}
	return o
}
