package simulator

import (
	"fmt"
	"math"
	"time"
)

// Account is a customer to be added.
type Account struct {
	// Key is 32 characters drawn from the seed when empty.
	Key string
	// Balances by currency; nil is 100 USD, 50,000 CLORE and 0.002 BTC.
	Balances map[string]float64
	// Hosts is how many of the market's servers belong to the account.
	Hosts int
}

// AddAccount adds a customer and returns the API key. A key that exists keeps its orders and
// gets the balances.
func (s *Simulator) AddAccount(a Account) (key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.kick()
	w := s.world
	w.advance(s.opts.Now())
	n := int64(len(w.accounts) + 1)
	if a.Key == "" {
		a.Key = newDice(s.opts.Seed, streamKey, uint64(n)<<8).word(32, letter)
	}
	if a.Balances == nil {
		a.Balances = map[string]float64{usd: 100, clore: 50_000, btc: 0.002}
	}
	x := w.accounts[a.Key]
	if x == nil {
		x = &account{number: n, key: a.Key, deposits: map[string]float64{}, charged: map[string]float64{}, review: map[string]time.Time{}}
		w.accounts[a.Key] = x
	}
	for c, amount := range a.Balances {
		x.setBalance(c, amount, w.now)
		w.reviewFunds(x, c, w.now)
	}
	w.give(x, a.Hosts)
	return a.Key
}

// give hands an account n servers that nobody of the simulation owns or rents.
func (w *world) give(a *account, n int) {
	owned := map[*server]bool{}
	for _, x := range w.accounts {
		for _, s := range x.hosts {
			owned[s] = true
		}
	}
	for _, s := range w.list {
		if n > 0 && !owned[s] && len(s.renters()) == 0 && !s.GigaSPOT && s.Price.USD != nil {
			s.Owner = 1_000_000 + a.number
			a.hosts = append(a.hosts, s)
			n--
		}
	}
	w.changed()
}

// SetBalance makes an account's wallet hold an amount; an empty one ends its orders.
func (s *Simulator) SetBalance(key, currency string, amount float64) error {
	return s.change(func(w *world, now time.Time) error {
		a := w.accounts[key]
		if a == nil {
			return ErrAccount
		}
		a.setBalance(currency, amount, now)
		w.reviewFunds(a, currency, now)
		return nil
	})
}

// Revoke makes a key invalid; its orders run on.
func (s *Simulator) Revoke(key string) error {
	return s.change(func(w *world, _ time.Time) error {
		a := w.accounts[key]
		if a == nil {
			return ErrAccount
		}
		a.revoked = true
		return nil
	})
}

func (s *Simulator) onServer(id int64, f func(w *world, x *server, now time.Time)) error {
	return s.change(func(w *world, now time.Time) error {
		x := w.servers[id]
		if x == nil {
			return fmt.Errorf("%w: %d", ErrServer, id)
		}
		x.pinned = true
		f(w, x, now)
		w.changed()
		return nil
	})
}

// SetOnline connects a host or cuts it off; orders on it end after a minute. Chance leaves the
// server alone from now on.
func (s *Simulator) SetOnline(id int64, online bool) error {
	return s.onServer(id, func(w *world, x *server, now time.Time) { w.setOnline(x, online, now) })
}

// SetRented lets a stranger rent a server on demand, which displaces a spot renter, or leave it.
func (s *Simulator) SetRented(id int64, rented bool) error {
	return s.onServer(id, func(w *world, x *server, now time.Time) {
		x.stranger = rented
		w.settle(x, now)
	})
}

// ScalePrice multiplies a server's prices from now on.
func (s *Simulator) ScalePrice(id int64, factor float64) error {
	if factor <= 0 || math.IsInf(factor, 0) || math.IsNaN(factor) {
		return fmt.Errorf("simulator: %v is no factor", factor)
	}
	return s.onServer(id, func(_ *world, x *server, _ time.Time) { x.scale(factor) })
}

func (s *Simulator) onOrder(id int64, f func(w *world, o *order, now time.Time)) error {
	return s.change(func(w *world, now time.Time) error {
		o := w.orders[id]
		if o == nil || !o.live() {
			return fmt.Errorf("%w: %d", ErrOrder, id)
		}
		f(w, o, now)
		return nil
	})
}

// Beat lets a stranger outbid a running spot order.
func (s *Simulator) Beat(id int64, how Outbid) error {
	return s.onOrder(id, func(w *world, o *order, now time.Time) { w.outbid(o, now, how) })
}

// End ends an order for a reason that only the oracle tells.
func (s *Simulator) End(id int64, reason string) error {
	return s.onOrder(id, func(w *world, o *order, now time.Time) { w.end(o, now, reason) })
}
