package simulator

import (
	"slices"
	"time"
)

// book holds the bids on a server, strangers' and accounts'.
type book struct{ bids []*bid }

type bid struct {
	id       int64
	price    float64 // per day, in its currency
	currency string
	order    *order // nil for a stranger's
	active   bool
}

func (b *book) add(x *bid) { b.bids = append(b.bids, x) }

func (b *book) remove(o *order) {
	b.bids = slices.DeleteFunc(b.bids, func(x *bid) bool { return x.order == o })
}

func (b *book) of(o *order) *bid {
	i := slices.IndexFunc(b.bids, func(x *bid) bool { return x.order == o })
	if i < 0 {
		return nil
	}
	return b.bids[i]
}

// top returns the bid that is worth most in USD; of equal ones the older.
func (b *book) top(r rates) *bid {
	var best *bid
	worth := func(x *bid) float64 { return x.price * r.of(x.currency) }
	for _, x := range b.bids {
		if best == nil || worth(x) > worth(best) || worth(x) == worth(best) && x.id < best.id {
			best = x
		}
	}
	return best
}

// settle lets the highest bid have the server, unless it is rented on demand. While the host
// is away nothing changes hands.
func (w *world) settle(s *server, at time.Time) {
	if s.offline {
		return
	}
	var winner *bid
	if !s.rented() {
		winner = s.book.top(w.rates)
	}
	for _, x := range slices.Clone(s.book.bids) {
		if x.active && x != winner {
			x.active = false
			if x.order != nil {
				w.lose(x.order, at, x.order.plan.outbid) // may settle the server anew
			}
		}
	}
	if winner == nil || winner.active || !slices.Contains(s.book.bids, winner) {
		return
	}
	winner.active = true
	if winner.order != nil {
		w.begin(winner.order, at)
	}
}

// lose takes the server from a running spot order: it is over, or it waits with a frozen spend.
// What was in its container is gone either way.
func (w *world) lose(o *order, at time.Time, how Outbid) {
	if how != Frozen {
		w.end(o, at, "outbid")
		return
	}
	o.container = 0
	w.halt(o, at)
}
