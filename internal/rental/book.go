package rental

import (
	"time"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
)

// Look is a good answer of spot_marketplace about the server of an order.
type Look struct {
	At     time.Time // when the request was sent
	Market *clore.SpotMarket
	// Rented is true when the marketplace says that the server is rented on demand.
	Rented bool
}

// Bidding returns what the bids on a server mean for an order with a bid in own's coin: rates are
// used where the answer has none. The order's own offer is not among the others.
func Bidding(order clore.OrderID, own money.Currency, look Look, rates money.Rates) Book {
	m := look.Market
	b := Book{At: look.At, Rented: look.Rented}
	b.Floor, _ = m.Floor.In(own)
	rates = m.Rates.Or(rates)
	for _, o := range m.Offers {
		if isOf(order, o) {
			b.Lead = b.Lead || o.Active
			continue
		}
		b.Taken = b.Taken || o.Active
		if o.Bid.Currency == "" {
			o.Bid.Currency = own // old answers are all in one coin
		}
		usd, ok := rates.USD(o.Bid)
		switch {
		case ok && (usd > b.TopUSD || b.Top.Amount == 0):
			b.Top, b.TopUSD = o.Bid, usd
		case ok:
		case o.Bid.Currency == own: // comparable without a rate
			if b.Top.Currency != own || o.Bid.Amount > b.Top.Amount {
				b.Top, b.TopUSD = o.Bid, 0
			}
		default:
			b.Blind = true
		}
	}
	b.Rented = b.Rented && !b.Lead && !b.Taken
	return b
}

// ownBid returns the bid of an order that a look shows.
func ownBid(order clore.OrderID, m *clore.SpotMarket) (money.Money, bool) {
	for _, o := range m.Offers {
		if isOf(order, o) {
			return o.Bid, true
		}
	}
	return money.Money{}, false
}

// isOf reports whether a bid is that of an order; 0 is of none.
func isOf(order clore.OrderID, o clore.SpotOffer) bool {
	return o.Mine || order != 0 && o.Order == order
}

// alike reports whether two books say the same, whenever they were read. The worth of a bid in
// another coin drifts with its rate; a percent is nothing new.
func (b *Book) alike(c *Book) bool {
	x, y := *b, *c
	x.At, y.At = time.Time{}, time.Time{}
	if near(x.TopUSD, y.TopUSD) {
		x.TopUSD, y.TopUSD = 0, 0
	}
	return x == y
}

func near(a, b money.Amount) bool {
	d := a - b
	return d <= a/100 && -d <= a/100
}

// ObserveBook draws what follows from the bids on the server of a spot order: whether it leads,
// and what its pilot does about that. Nothing changes when nothing of note is new.
func (l *Ledger) ObserveBook(order clore.OrderID, look Look, now time.Time) {
	r := l.Rental(order)
	if r == nil || r.Order.Kind != clore.Spot || look.Market == nil {
		return
	}
	if !look.Market.Exists {
		r.Book = &Book{At: look.At} // there is nothing to know
		return
	}
	l.learnRates(look.Market.Rates)
	own, listed := ownBid(order, look.Market)
	if listed && own.Currency == r.Order.Price.Currency && own != r.Order.Price {
		r.sawBid(own, look.At)
		r.Order.Price = own
	}
	b := Bidding(order, r.Order.Price.Currency, look, l.Rates)
	if fresh := r.Book == nil || !r.Book.alike(&b) || r.Book.At.Before(r.doubt()); fresh {
		r.Book = &b
	}
	if r.Gone.IsZero() {
		r.judgeLead(&b, listed, look.At, now)
		l.steer(order, &b, now)
	}
}

// learnRates notes the worth of coins that was not known, or is another one by now.
func (l *Ledger) learnRates(rates money.Rates) {
	for c, usd := range rates {
		if old := l.Rates[c]; old <= 0 || !near(old, usd) {
			l.noteRates(rates)
			return
		}
	}
}
