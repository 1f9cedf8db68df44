package simulator

import (
	"math"
	"time"
)

// tick moves the market: rates drift, autopriced hosts compute their coin prices anew, others
// change their minds now and then, strangers come and go.
func (w *world) tick(at time.Time) {
	w.ticks++
	d := newDice(w.opts.Seed, streamTick, w.ticks)
	w.rates.btc = round(min(64_120, max(64_000, w.rates.btc+d.between(-25, 25))), 2)
	w.rates.clore = round(0.00125*(1+0.01*math.Sin(float64(w.ticks)/20)+d.between(-0.002, 0.002)), 8)
	for _, s := range w.list {
		w.move(s, d, at)
	}
	w.contend(at)
	w.changed()
	w.at(at.Add(w.opts.faster(tickEvery)), w.tick)
}

// move draws the same number of times whatever a server's state, so that what accounts do to
// one server does not change the fate of the others.
func (w *world) move(s *server, d dice, at time.Time) {
	mind, factor, visit, fault := d.Float64(), d.between(0.93, 1.08), d.Float64(), d.Float64()
	if mind < 0.03 && len(s.refused) == 0 {
		s.scale(factor)
	}
	if s.follows {
		s.reprice(w.rates)
	}
	taken := len(s.renters()) > 0
	switch {
	case taken:
	case s.stranger && visit < 0.02:
		s.stranger = false
	case !s.stranger && visit > 0.97 && !s.pinned:
		s.stranger = true
	}
	switch {
	case taken:
	case s.offline && fault > 0.3 && !s.pinned:
		s.offline, s.gone = false, false
	case s.offline:
		s.gone = true
	case fault < 0.001 && !s.pinned:
		s.offline = true
	}
	w.settle(s, at)
}

// accident may draw a day on which the order loses its host or its bid is beaten.
func (w *world) accident(o *order, at time.Time) {
	if w.opts.Accidents <= 0 {
		return
	}
	d := newDice(w.opts.Seed, streamFault, uint64(o.id))
	after := time.Duration(d.ExpFloat64() / w.opts.Accidents * float64(24*time.Hour))
	beaten := o.kind() == spot && d.chance(0.6)
	w.at(at.Add(w.opts.faster(after)), func(at time.Time) {
		switch {
		case !o.running():
		case beaten:
			w.outbid(o, at, o.plan.outbid)
		default:
			w.setOnline(o.server, false, at)
			w.at(at.Add(w.opts.faster(time.Hour)), func(at time.Time) { w.setOnline(o.server, true, at) })
		}
	})
}

// outbid lets a stranger bid more than the order.
func (w *world) outbid(o *order, at time.Time, how Outbid) {
	b := o.server.book.of(o)
	if b == nil || !b.active {
		return
	}
	o.plan.outbid = how
	w.last++
	o.server.book.add(&bid{id: w.last, price: round(b.price*1.05, decimals(b.currency)+1), currency: b.currency})
	w.settle(o.server, at)
}
