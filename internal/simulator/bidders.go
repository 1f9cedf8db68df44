package simulator

import "time"

const (
	// maxBidders is how many strangers bid on a server at first.
	maxBidders = 3
	// firstBid is the number of the last of their bids; they count down, apart from orders.
	firstBid = firstOrder - 1000
)

// invite lets strangers bid on a share of the servers.
func (w *world) invite() {
	if w.opts.Bidders <= 0 {
		return
	}
	d, id := newDice(w.opts.Seed, streamBidders, 0), int64(firstBid)
	for _, s := range w.list {
		wanted, n := d.chance(w.opts.Bidders), 1+d.IntN(maxBidders)
		for range n {
			coin, factor := pick(d, []string{usd, clore}), d.between(1, 1.5)
			floor := s.Price.Spot[coin]
			if !wanted || floor <= 0 {
				continue
			}
			id--
			s.book.add(&bid{id: id, price: round(floor*factor, decimals(coin)), currency: coin})
		}
		w.settle(s, w.now)
	}
}

// contend lets strangers change their minds: they bid more or less, or give up and come back at
// the floor.
func (w *world) contend(at time.Time) {
	if w.opts.Bidders <= 0 {
		return
	}
	d := newDice(w.opts.Seed, streamBidders, w.ticks)
	for _, s := range w.list {
		for _, b := range s.book.bids {
			mind, factor := d.Float64(), d.between(0.9, 1.15)
			floor := s.Price.Spot[b.currency]
			switch {
			case b.order != nil || floor <= 0:
			case mind < 0.03:
				b.price = floor
			case mind < 0.15:
				b.price = round(max(floor, min(2*floor, b.price*factor)), decimals(b.currency))
			}
		}
		w.settle(s, at)
	}
}
