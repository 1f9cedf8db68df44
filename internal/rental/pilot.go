package rental

import (
	"errors"
	"slices"
	"time"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
)

// ErrPilot refuses a pilot that makes no sense: an unknown mode, no ceiling to raise up to, or a
// fallback of another order.
var ErrPilot = errors.New("pilot makes no sense")

const (
	// raiseEvery is how often a pilot raises at most.
	raiseEvery = 30 * time.Second
	// calmAfter is how long after a raise a pilot lowers nothing.
	calmAfter = 30 * time.Minute
	// insist is how long a bid that came to nothing is not wished for again.
	insist = 10 * time.Minute
)

// unit is the step in which bids a day are made in a coin: about a cent.
func unit(c money.Currency) money.Amount {
	switch c {
	case money.BTC:
		return money.Coin / 10_000_000
	case money.CLORE:
		return money.Coin / 10
	default:
		return money.Coin / 100
	}
}

// Winning returns the smallest bid a day in a coin that is above the best of the others, in the
// steps of [BidStep] and never below the floor, or false when that is not known.
func (b *Book) Winning(c money.Currency, rates money.Rates) (money.Money, bool) {
	least := money.Money{Amount: max(b.Floor.Amount, 1), Currency: c}
	if b.Floor.Currency != c {
		least.Amount = 1
	}
	if b.Blind {
		return money.Money{}, false
	}
	if b.Top.Amount <= 0 {
		return least, b.Floor.Currency == c && b.Floor.Amount > 0
	}
	top := b.Top
	if top.Currency != c {
		var ok bool
		if top, ok = rates.FromUSD(b.TopUSD, c); !ok || top.Amount <= 0 {
			return money.Money{}, false
		}
	}
	u := unit(c)
	top.Amount = (top.Amount/u + 1) * u // rounded up, and above
	if top.Amount < least.Amount {
		return least, true
	}
	return top, true
}

// decide returns the bid that a pilot wants, or why it cannot have one that leads. It is pure. b
// is a fresh book.
func decide(r *Rental, b *Book, rates money.Rates, now time.Time) (target money.Money, want bool, stuck Limit) {
	p := r.Pilot
	if p == nil || p.Mode == Hold || r.Cancel != nil || !r.Gone.IsZero() {
		return target, false, ""
	}
	own := r.Order.Price
	win, known := b.Winning(own.Currency, rates)
	switch {
	case !b.Lead && !b.Taken: // nobody leads, so that no bid would
		return target, false, ""
	case !b.Lead && !known:
		return target, false, LimitRate
	case !b.Lead && win.Amount <= own.Amount: // it will lead by itself
		return target, false, ""
	case !b.Lead && win.Amount > p.Ceiling.Amount:
		return target, false, LimitCeiling
	case !b.Lead:
		return win, !now.Before(p.Raised.Add(raiseEvery)), ""
	case p.Mode == Save && known && now.Sub(p.Raised) >= calmAfter && r.worthLowering(win):
		return win, true, ""
	}
	return target, false, ""
}

// worthLowering reports whether a bid is so much too high that it is lowered: by two steps, and at
// least a hundredth of it. A lowering that is under way is brought to its end.
func (r *Rental) worthLowering(to money.Money) bool {
	own, under := r.Order.Price, r.Bid != nil && r.Bid.By == Autopilot && r.Bid.Target == to
	return own.Amount-to.Amount >= max(2*unit(own.Currency), own.Amount/100) || under && to.Amount < own.Amount
}

// steer lets the pilot act on a fresh book: it wishes another bid, takes a wish of its own back
// that fits no more, or says that it is stuck. Lost at its ceiling with something to fall back on,
// it gives the order up, so that two never run at once.
func (l *Ledger) steer(order clore.OrderID, b *Book, now time.Time) {
	r := l.Rental(order)
	target, want, stuck := decide(r, b, l.Rates, now)
	if want && !r.insisted(target, now) && !r.wished(target, b) {
		err := l.AskBid(order, target, Autopilot, now)
		r = l.Rental(order) // the ledger's lists were replaced
		stuck = limitOf(err)
	} else if own := r.Bid; !want && own != nil && own.By == Autopilot && own.Tries == 0 {
		r.Bid = nil
	}
	r.stick(stuck, want || b.Lead || stuck != "")
	if p := r.Pilot; p != nil && p.lost(b) && !r.Outbid.IsZero() && r.Cancel == nil &&
		l.Frozen.IsZero() && l.standsBy(p.Fallback, order) {
		_ = l.AskCancel(order, ByOutbid, "", now) // it lives, as was just seen
	}
}

// lost reports whether nothing the pilot may do gets the server back.
func (p *Pilot) lost(b *Book) bool {
	return !b.Lead && (p.Mode == Hold || p.Stuck == LimitCeiling || b.Rented)
}

// standsBy reports whether a fallback may still buy.
func (l *Ledger) standsBy(mandate string, order clore.OrderID) bool {
	m := l.Mandate(mandate)
	return m != nil && m.Active() && m.Cause == ForFallback && m.After == order
}

// wished reports whether there is a wish already that leaves nothing to be wished: the same, or a
// person's while the bid leads.
func (r *Rental) wished(target money.Money, b *Book) bool {
	w := r.Bid
	return w != nil && (w.Target == target || w.By == Person && (b.Lead || w.Target.Amount > target.Amount))
}

// insisted reports whether the bid was refused a short while ago.
func (r *Rental) insisted(target money.Money, now time.Time) bool {
	n := r.NoBid
	return n != nil && n.Target == target && n.Reason != ReasonLimit && now.Sub(n.At) < insist
}

// stick notes what keeps a pilot from leading, when that is known anew.
func (r *Rental) stick(why Limit, judged bool) {
	if r.Pilot == nil || !judged || r.Pilot.Stuck == why {
		return
	}
	p := *r.Pilot
	p.Stuck = why
	r.Pilot = &p
}

// limitOf names the limit that an error is about, none for no error.
func limitOf(err error) Limit {
	var over *OverLimit
	var high *OverCeiling
	switch {
	case err == nil:
		return ""
	case errors.As(err, &over):
		return over.Limit
	case errors.As(err, &high):
		return LimitCeiling
	default:
		return LimitCeiling
	}
}

// SetPilot sets who watches over a bid. A wish that the new ceiling forbids is dropped, and a
// fallback that the new pilot lacks is taken back. The errors
// are ErrNoOrder, ErrEnding, ErrBidCoin and ErrPilot.
func (l *Ledger) SetPilot(order clore.OrderID, p Pilot, now time.Time) error {
	r := l.Rental(order)
	switch {
	case r == nil || r.Order.Kind != clore.Spot:
		return ErrNoOrder
	case r.Cancel != nil:
		return ErrEnding
	case !slices.Contains([]Mode{Hold, Defend, Save}, p.Mode), p.Mode != Hold && p.Ceiling.Amount <= 0,
		p.Ceiling.Amount < 0, p.Fallback != "" && !l.standsBy(p.Fallback, order):
		return ErrPilot
	case p.Ceiling.Amount > 0 && p.Ceiling.Currency != r.Order.Price.Currency:
		return ErrBidCoin
	}
	p.Stuck = ""
	if old := r.Pilot; old != nil {
		p.Raised = old.Raised
		if old.Fallback != p.Fallback {
			l.dropFallback(old.Fallback, now)
		}
	}
	r.Pilot = &p
	if b := r.Bid; b != nil && (r.mayBid(b.Target) != nil || b.By == Autopilot) {
		r.Bid = nil
	}
	return nil
}
