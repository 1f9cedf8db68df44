package rental

import (
	"time"

	"github.com/clorebot/clorebot/internal/clore"
)

// ProbeResult is what one reach for an SSH port has shown.
type ProbeResult struct {
	Host string // the address that was tried; a result for a former address is ignored
	Port int
	// Failure says in a word why there was no banner ("refused", "timeout", "no banner");
	// empty when one was read.
	Failure string
}

const (
	// missEvery and downEvery are how far apart misses must be to count, before and after a
	// rental was ready. Those between are not stored.
	missEvery = 30 * time.Second
	downEvery = 50 * time.Second
	// missesDown is how many misses in a row call a ready rental down.
	missesDown = 3
)

// Reached takes the result of a probe. It changes nothing for an unknown order, for another
// banner of a rental that answers, and for a miss soon after the last one.
func (l *Ledger) Reached(order clore.OrderID, res ProbeResult, now time.Time) {
	r := l.Rental(order)
	if r == nil {
		return
	}
	if host, port, ok := r.Order.SSH(); !ok || host != res.Host || port != res.Port {
		return
	}
	if res.Failure == "" {
		r.answered(now)
	} else {
		r.silent(res.Failure, now)
	}
	l.settleMandates(now)
}

func (r *Rental) answered(now time.Time) {
	if r.Stage == Ready && r.Probe.Misses == 0 {
		return
	}
	r.Probe = Probe{Tries: r.Probe.Tries + 1}
	r.Told.Down = false
	if r.Stage != Ready {
		r.Stage, r.ReadyAt = Ready, now
	}
}

func (r *Rental) silent(failure string, now time.Time) {
	p, apart := &r.Probe, missEvery
	if r.Stage == Ready {
		apart = downEvery
	}
	since := now.Sub(p.Last)
	soon := p.Misses > 0 && since < apart && since >= 0
	if soon && (r.Stage == Ready || failure == p.Failure) {
		return
	}
	if p.Misses == 0 {
		p.First = now
	}
	p.Tries++
	p.Misses++
	p.Last, p.Failure = now, failure
	if r.Stage == Ready && p.Misses >= missesDown && p.Down.IsZero() {
		p.Down, r.Told.Down = p.First, true
	}
}
