package rental

import (
	"errors"
	"fmt"
	"time"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
)

// ErrBidCoin says that a bid is not in the coin of its order, which cannot be changed.
var ErrBidCoin = errors.New("a bid stays in the coin of its order")

// LowBid refuses a bid below the host's floor.
type LowBid struct{ Floor money.Money } // per day

// Error implements error.
func (e *LowBid) Error() string { return fmt.Sprintf("bid is below the floor of %v a day", e.Floor) }

// OverCeiling refuses a bid above the ceiling of its pilot, whoever wishes it: a higher one needs
// another ceiling first.
type OverCeiling struct{ Ceiling, Target money.Money } // per day

// Error implements error.
func (e *OverCeiling) Error() string {
	return fmt.Sprintf("bid of %v is above the ceiling of %v a day", e.Target, e.Ceiling)
}

// AskBid notes the wish for another bid per day, in place of an earlier one. A raise is refused
// with *OverLimit or *OverCeiling where it is not allowed; the other errors are ErrNoOrder,
// ErrEnding, ErrBidCoin and *LowBid. A wish for the present bid only takes an earlier one back.
func (l *Ledger) AskBid(order clore.OrderID, target money.Money, by Bidder, now time.Time) error {
	defer l.settleMandates(now)
	return l.spend(now, func(l *Ledger) error {
		return l.askBid(order, &Bid{Target: target, Asked: now, By: by, Next: now})
	})
}

func (l *Ledger) askBid(order clore.OrderID, wish *Bid) error {
	r := l.Rental(order)
	switch {
	case r == nil || r.Order.Kind != clore.Spot:
		return ErrNoOrder
	case r.Cancel != nil:
		return ErrEnding
	case wish.Target.Currency != r.Order.Price.Currency:
		return ErrBidCoin
	}
	if err := r.mayBid(wish.Target); err != nil {
		return err
	}
	if old := r.Bid; old != nil {
		wish.Step = old.Step
		if wish.Target.Amount < r.Order.Price.Amount && old.Error == string(clore.LowerLater) {
			wish.Next, wish.Error = later(wish.Next, old.Next), old.Error // the wait is Clore's
		}
	}
	r.Bid, r.NoBid = wish, nil
	if wish.Target == r.Order.Price {
		r.Bid = nil
	}
	return nil
}

// mayBid judges a bid by the floor and the pilot's ceiling. A lowering is never too high.
func (r *Rental) mayBid(target money.Money) error {
	floor := money.Money{Amount: 1, Currency: target.Currency}
	if b := r.Book; b != nil && b.Floor.Currency == target.Currency && b.Floor.Amount > 0 {
		floor = b.Floor
	}
	if target.Amount < floor.Amount {
		return &LowBid{floor}
	}
	if p := r.Pilot; p != nil && p.Ceiling.Amount > 0 && target.Amount > p.Ceiling.Amount &&
		target.Amount > r.Order.Price.Amount {
		return &OverCeiling{Ceiling: p.Ceiling, Target: target}
	}
	return nil
}

// BeginBid judges a wish anew, right before Clore is asked, and returns the bid to ask for: the
// target, or a step on the way down to it. A wish that is not allowed any more is given up, with
// its refusal as the error. ErrNoOrder says that there is no wish.
func (l *Ledger) BeginBid(order clore.OrderID, now time.Time) (money.Money, error) {
	r := l.Rental(order)
	if r == nil || r.Bid == nil {
		return money.Money{}, ErrNoOrder
	}
	wish := *r.Bid
	without := l.copy()
	without.Rental(order).Bid = nil
	err := without.spend(now, func(l *Ledger) error { return l.askBid(order, &Bid{Target: wish.Target}) })
	if err != nil {
		r.giveUp(refusedBid(err), now)
		return money.Money{}, err
	}
	tried := wish
	tried.Tries++ // until the answer is in, a list may show either bid
	r.Bid = &tried
	next := wish.Target
	if low := r.Order.Price.Amount - wish.Step.Amount; wish.Step.Amount > 0 && next.Amount < low {
		next.Amount = low
	}
	return next, nil
}

// refusedBid words a refusal by the bot itself.
func refusedBid(err error) NoBid {
	var over *OverLimit
	var low *LowBid
	var high *OverCeiling
	switch {
	case errors.As(err, &over):
		return NoBid{Reason: ReasonLimit, Limit: over.Limit}
	case errors.As(err, &high):
		return NoBid{Reason: ReasonLimit, Limit: LimitCeiling}
	case errors.As(err, &low):
		return NoBid{Reason: string(clore.TooLowPrice), Min: low.Floor}
	default:
		return NoBid{Reason: ReasonRefused}
	}
}

// giveUp drops a wish and says why.
func (r *Rental) giveUp(why NoBid, now time.Time) {
	if r.Bid == nil {
		return
	}
	why.Target, why.At = r.Bid.Target, now
	r.Bid, r.NoBid = nil, &why
}

// BidTaken records that Clore took a bid. The wish is done when that was its target.
func (l *Ledger) BidTaken(order clore.OrderID, bid money.Money, now time.Time) {
	r := l.Rental(order)
	if r == nil {
		return
	}
	raised := bid.Amount > r.Order.Price.Amount
	if l.SetBid(order, bid) != nil {
		return
	}
	r.Rebid = now
	if r.Pilot != nil && raised {
		p := *r.Pilot
		p.Raised = now
		r.Pilot = &p
	}
	switch {
	case r.Bid == nil:
	case r.Bid.Target == bid:
		r.Bid = nil
	default: // a step down was taken: the next one may follow in ten minutes
		b := *r.Bid
		b.Tries, b.Next, b.Error = 0, now.Add(LowerEvery+lowerSlack), string(clore.LowerLater)
		r.Bid = &b
	}
}

const (
	// LowerEvery is how often Clore lets a bid be lowered, at most by a step.
	LowerEvery = 600 * time.Second
	// lowerSlack is how much later than Clore says a bid is lowered.
	lowerSlack = 2 * time.Second
	// bidRetry is the longest pause between attempts to change a bid that failed.
	bidRetry = time.Minute
	// bidTries is how many attempts in a row may fail for unknown reasons.
	bidTries = 10
)

// BidFailed records that Clore did not take a bid: what it said decides whether the wish waits, is
// granted in steps, or is given up. Without a definite answer it is tried again, since setting the
// same bid twice has no other effect than once.
func (l *Ledger) BidFailed(order clore.OrderID, answer error, now time.Time) {
	r := l.Rental(order)
	if r == nil || r.Bid == nil {
		return
	}
	b := *r.Bid
	r.Bid = &b
	var e *clore.Error
	_ = errors.As(answer, &e)
	coin := r.Order.Price.Currency
	switch {
	case e == nil || e.Code == clore.CodeRate || e.Code == clore.CodeDatabase || e.Code == clore.CodeKey,
		!clore.OutcomeKnown(answer):
		b.Next = now.Add(backoff(b.Tries, bidRetry))
		if b.Tries >= bidTries && b.By == Autopilot {
			r.Bid = nil // it judges anew
		}
	case e.Text == clore.LowerLater:
		wait := e.Wait
		if wait <= 0 {
			wait = LowerEvery
		}
		b.Tries, b.Next, b.Error = 0, now.Add(wait+lowerSlack), string(e.Text)
	case e.Text == clore.StepTooLarge && e.MaxStep > 0 && (b.Step.Amount == 0 || e.MaxStep < b.Step.Amount):
		b.Step = money.Money{Amount: e.MaxStep, Currency: coin}
		b.Tries, b.Next, b.Error = 0, now, string(e.Text)
	default:
		why := NoBid{Reason: string(e.Text)}
		if e.MinPrice > 0 {
			why.Min = money.Money{Amount: e.MinPrice, Currency: coin}
		} else if k := r.Book; k != nil && e.Text == clore.AmountTooLow {
			why.Min = k.Floor
		}
		if why.Reason == "" {
			why.Reason = ReasonRefused
		}
		r.giveUp(why, now)
	}
}

// sawBid takes over a bid that a list or a book shows. Between the wish and its end it is the
// wish's doing; soon after, an older one may still be shown.
func (r *Rental) sawBid(bid money.Money, at time.Time) {
	if r.Order.Kind != clore.Spot || bid.Currency != r.Terms.Price.Currency {
		return
	}
	b := r.Bid
	if b == nil || b.Tries == 0 {
		return
	}
	if bid.Amount <= max(r.Terms.Price.Amount, b.Target.Amount) {
		r.Terms.Price, r.Terms.USD, r.Rebid = bid, 0, at
	}
	if bid == b.Target {
		r.Bid = nil
	}
}
