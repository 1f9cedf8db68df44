package simulator

import (
	"slices"
	"time"
)

// account is a customer with a key and three wallets.
type account struct {
	number  int64
	key     string
	revoked bool
	limit   gate
	// deposits is all that was ever paid in; charged what ended orders cost.
	deposits, charged map[string]float64
	orders            []*order // those that live, by rising id
	past              []*order // those that ended, by the time of it
	hosts             []*server
	review            map[string]time.Time // when funds are looked at next, by currency
}

// balance returns what is left in a wallet.
func (a *account) balance(currency string, at time.Time) float64 {
	left := a.deposits[currency] - a.charged[currency]
	for _, o := range a.orders {
		if o.currency == currency {
			left -= o.charge(at)
		}
	}
	return left
}

// setBalance makes the wallet hold an amount now.
func (a *account) setBalance(currency string, amount float64, at time.Time) {
	a.deposits[currency] += amount - a.balance(currency, at)
}

// close moves an ended order out of the way.
func (a *account) close(o *order, at time.Time) {
	a.charged[o.currency] += o.charge(at)
	a.orders = slices.DeleteFunc(a.orders, func(x *order) bool { return x == o })
	a.past = append(a.past, o)
}

// reviewFunds ends what an empty wallet can no longer pay for and looks again when the wallet
// will be empty. It is called whenever a burn rate changes.
func (w *world) reviewFunds(a *account, currency string, at time.Time) {
	left, burn := a.balance(currency, at), 0.0
	var running []*order
	for _, o := range a.orders {
		if o.currency == currency && o.meter.running {
			running = append(running, o)
			burn += o.meter.price * (1 + o.fee) / day
		}
	}
	if len(running) == 0 {
		return
	}
	if left <= 0 {
		for _, o := range running {
			w.end(o, at, "funds")
		}
		return
	}
	wait := 365 * 24 * time.Hour
	if seconds := left / burn; seconds < wait.Seconds() {
		wait = max(time.Second, time.Duration(seconds*float64(time.Second)))
	}
	for _, o := range running { // the creation fee is a step down
		if fee := o.feeAt(); fee.After(at) {
			wait = min(wait, fee.Sub(at))
		}
	}
	next := at.Add(wait)
	a.review[currency] = next
	w.at(next, func(at time.Time) {
		if a.review[currency].Equal(next) {
			w.reviewFunds(a, currency, at)
		}
	})
}
