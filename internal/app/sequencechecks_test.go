package app_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/clorebot/clorebot/internal/simulator"
)

// The renter's fees.
func withFee(price float64, kind string) float64 {
	if kind == "spot" {
		return price * 1.0125
	}
	return price * 1.05
}

// look holds the truth against what was agreed to.
func (s *sequence) look() {
	now := time.Now()
	if now.Equal(s.looked) || s.t.Failed() {
		return
	}
	s.looked = now
	orders := s.orders()
	alive := 0
	for i := range orders {
		o := &orders[i]
		if rate := worth(o.Currency); rate != 1 {
			o.Highest, o.Charged = o.Highest*rate/drift, o.Charged*rate/drift
		}
		if o.Ended.IsZero() {
			alive++
		}
		s.lookAt(o, now)
	}
	if alive > s.caps.parallel && (!s.blind || s.alone > 0) {
		s.t.Errorf("%d orders at once, %d are allowed", alive, s.caps.parallel)
	}
	if s.alone > 0 && alive > s.alone {
		s.t.Errorf("%d orders at once under a permission for %d", alive, s.alone)
	}
	if most := len(s.quotes) + s.tries; len(orders) > most {
		s.t.Errorf("%d orders; %d quotes were confirmed and %d tries allowed", len(orders), len(s.quotes), s.tries)
	}
	s.lookAtDay(orders, now)
}

const cent = 0.01

// drift is by how much a coin may be worth more than worth says.
const drift = 1.03

// worth is about what the simulator's coins are worth in USD.
func worth(coin string) float64 {
	switch coin {
	case "CLORE-Blockchain":
		return 0.00125
	case "bitcoin":
		return 64_060
	default:
		return 1
	}
}

// lookAt judges an order by itself.
func (s *sequence) lookAt(o *simulator.Order, now time.Time) {
	if hourly := o.Highest / 24; o.Kind != "spot" && hourly > s.caps.hour+cent/10 || withFee(hourly, o.Kind) > s.caps.hour*1.1 {
		s.t.Errorf("order %d costs %v an hour, %v is allowed", o.ID, hourly, s.caps.hour)
	}
	late := withFee(o.Highest, o.Kind) / 24 * slack.Hours()
	if o.Charged > s.caps.rental+late+cent {
		s.t.Errorf("order %d cost %v, %v is allowed", o.ID, o.Charged, s.caps.rental)
	}
	ran := lived(o, now)
	if most := longest + s.longer[o.ID] + slack; o.Ended.IsZero() && ran > most {
		s.t.Errorf("order %d has run for %s, %s are allowed", o.ID, ran, most)
	}
	if o.Kind != "spot" {
		return
	}
	if allowed := s.bids[o.Server]; len(allowed) > 0 && o.Highest > slices.Max(allowed)+cent/10 {
		s.t.Errorf("order %d bade %v, at most %v was allowed", o.ID, o.Highest, slices.Max(allowed))
	}
}

// lookAtDay adds up what a day has cost until now.
func (s *sequence) lookAtDay(orders []simulator.Order, now time.Time) {
	today := now.UTC().Truncate(day)
	before := s.midnight[today]
	if before == nil && now.Equal(today) {
		before = map[int64]float64{}
		for i := range orders {
			before[orders[i].ID] = orders[i].Charged
		}
		s.midnight[today] = before
	}
	sum, late, all := 0.0, 0.0, 0.0
	for i := range orders {
		o := &orders[i]
		sum += o.Charged - before[o.ID]
		all += o.Charged
		if o.Ended.IsZero() || !o.Ended.Before(today) {
			late += withFee(o.Highest, o.Kind) / 24 * slack.Hours()
		}
	}
	if s.total > 0 && len(s.longer) == 0 && all > s.total+late+cent {
		s.t.Errorf("%v was spent under a permission for %v", all, s.total)
	}
	if sum > s.caps.day+late+cent {
		s.t.Errorf("%v was spent on %s, %v is allowed", sum, today.Format(time.DateOnly), s.caps.day)
	}
}

// lived is how long an order has run; the time of a bid begins when it first has the server.
func lived(o *simulator.Order, now time.Time) time.Duration {
	if o.Kind == "spot" {
		return time.Duration(o.Seconds) * time.Second
	}
	return now.Sub(o.Created)
}

// end judges the whole: nothing runs on, and each order was told of to its end.
func (s *sequence) end() {
	said := s.phone.transcript()
	for _, o := range s.orders() {
		if o.Ended.IsZero() && s.longer[o.ID] == 0 && o.Active && lived(&o, time.Now()) > longest+slack {
			s.t.Errorf("order %d of %s runs on: %+v", o.ID, o.Created.Format(time.DateTime), o)
		}
		if !strings.Contains(said, fmt.Sprint(o.ID)) {
			s.t.Errorf("order %d was never spoken of", o.ID)
		}
	}
}
