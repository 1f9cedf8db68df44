package rental

import (
	"math"
	"slices"
	"time"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
)

// Runway is how long the money in one currency lasts at what is spent now.
type Runway struct {
	Balance money.Money   // as projected from the last look
	Burn    money.Amount  // per day, with the renter's fee
	Lasts   time.Duration // zero when it is used up
	Empty   time.Time
}

const (
	// forever caps a runway, so that its end is still a date.
	forever = 10 * 365 * day
	// rearm is how far above a threshold, in percent of it, the runway must rise to warn again.
	rearm = 110
	// brokeFor is how little money, in time, is none.
	brokeFor = 5 * time.Minute
)

// thresholds of runway that are spoken of, the least first.
func thresholds() []time.Duration {
	return []time.Duration{time.Hour, 6 * time.Hour, day}
}

// Burn returns what the rentals cost per day in a currency, with the renter's fee: all on-demand
// ones, and spot ones that are running.
func (l *Ledger) Burn(c money.Currency) money.Amount {
	var sum money.Amount
	for i := range l.Rentals {
		if r := &l.Rentals[i]; r.Burning() && r.Order.Price.Currency == c {
			price := max(0, r.Order.Price.Amount)
			sum = plus(sum, plus(price, RenterFee(price, r.Order.Kind)))
		}
	}
	return sum
}

// Runway tells how long the money in a currency lasts. It reports false when nothing is spent in
// it or its balance is not known.
func (l *Ledger) Runway(c money.Currency, now time.Time) (Runway, bool) {
	burn := l.Burn(c)
	balance, ok := clore.Prices(l.Balances).In(c)
	if burn <= 0 || !ok {
		return Runway{}, false
	}
	spent := burn.MulDiv(int64(max(0, now.Sub(l.Funds.Checked))), int64(day))
	balance.Amount = max(0, balance.Amount-spent)
	lasts := min(forever, time.Duration(balance.Amount.MulDiv(int64(day), int64(burn))))
	return Runway{Balance: balance, Burn: burn, Lasts: lasts, Empty: now.Add(lasts)}, true
}

// Runways returns the runway in each currency that is being spent.
func (l *Ledger) Runways(now time.Time) []Runway {
	var all []Runway
	for _, b := range l.Balances {
		if w, ok := l.Runway(b.Currency, now); ok {
			all = append(all, w)
		}
	}
	return all
}

// Fund takes a good list of wallets and judges whether the money runs short.
func (l *Ledger) Fund(wallets []clore.Wallet, now time.Time) {
	l.Balances = nil
	for _, w := range wallets {
		if _, known := clore.Prices(l.Balances).In(w.Balance.Currency); !known {
			l.Balances = append(l.Balances, w.Balance)
		}
	}
	l.Funds.Checked = now
	l.warnFunds(now)
}

// warnFunds moves the marks of what was said.
func (l *Ledger) warnFunds(now time.Time) {
	var marks map[money.Currency]time.Duration
	for _, b := range l.Balances {
		if mark := l.warnCoin(b.Currency, now); mark != 0 {
			if marks == nil {
				marks = map[money.Currency]time.Duration{}
			}
			marks[b.Currency] = mark
		}
	}
	l.Funds.Warned = marks
}

// warnCoin returns the mark of a coin. It falls when the money runs short, which is told once a
// threshold, and rises silently after a top-up.
func (l *Ledger) warnCoin(c money.Currency, now time.Time) time.Duration {
	runway, short := l.ShortIn(c, now)
	left, warned := runway.Lasts, l.Funds.Warned[c]
	if warned != 0 && (!short || left > warned*rearm/100) {
		warned = 0
		for _, t := range slices.Backward(thresholds()) {
			if short && left <= t {
				warned = t
			}
		}
	}
	for _, t := range slices.Backward(thresholds()) {
		if short && left <= t && (warned == 0 || t < warned) {
			warned = t
		}
	}
	return warned
}

// ShortIn returns the runway of a currency whose rentals will not all have ended by its end. It
// reports false when the money is enough.
func (l *Ledger) ShortIn(c money.Currency, now time.Time) (Runway, bool) {
	w, known := l.Runway(c, now)
	return w, known && !l.covered(w, now)
}

// Short returns the least runway of those currencies, false when there is none.
func (l *Ledger) Short(now time.Time) (least Runway, short bool) {
	for _, b := range l.Balances {
		if w, is := l.ShortIn(b.Currency, now); is && (!short || w.Lasts < least.Lasts) {
			least, short = w, true
		}
	}
	return least, short
}

// covered reports whether every rental that is paid in the currency has an end, and the money is
// enough until then.
func (l *Ledger) covered(w Runway, now time.Time) bool {
	var need money.Amount
	for i := range l.Rentals {
		r := &l.Rentals[i]
		if !r.Burning() || r.Order.Price.Currency != w.Balance.Currency {
			continue
		}
		end := sooner(r.StopAt, r.limit())
		if r.Cancel != nil {
			end = now
		}
		if end.IsZero() {
			return false
		}
		base := max(0, r.Order.Price.Amount).MulDiv(int64(max(0, end.Sub(now))), int64(day))
		need = plus(need, plus(base, RenterFee(base, r.Order.Kind)))
	}
	return need <= w.Balance.Amount
}

// brokeAt reports whether the money in a currency was used up at a time. Rentals that are missing
// from the last list count, since they all vanish together.
func (l *Ledger) brokeAt(c money.Currency, at time.Time) bool {
	balance, ok := clore.Prices(l.Balances).In(c)
	if !ok {
		return false
	}
	var burn money.Amount
	for i := range l.Rentals {
		if r := &l.Rentals[i]; !r.Since.IsZero() && r.Order.Price.Currency == c {
			burn = plus(burn, max(0, r.Order.Price.Amount))
		}
	}
	elapsed := max(0, at.Sub(l.Funds.Checked))
	return burn > 0 && balance.Amount <= burn.MulDiv(int64(elapsed+brokeFor), int64(day))
}

// plus adds amounts, up to the largest there is. b is not negative.
func plus(a, b money.Amount) money.Amount {
	if s := a + b; s >= a {
		return s
	}
	return math.MaxInt64
}
