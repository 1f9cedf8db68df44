package simulator

import (
	"slices"
	"time"
)

// create makes an order of a request that passed every check.
func (w *world) create(a *account, s *server, body createBody, at time.Time) *order {
	w.last += 1 + int64(newDice(w.opts.Seed, streamOrder, uint64(w.last)).IntN(4))
	o := &order{createBody: body, id: w.last, account: a, server: s, currency: body.Currency, created: at}
	o.creation = round(creationFeeUSD/w.rates.of(o.currency), 8)
	o.fee, o.meter.price = onDemandFee, s.Price.OnDemand[o.currency]
	if o.kind() == spot {
		o.fee, o.meter.price = spotFee, body.Bid
	}
	o.port = map[int]int{}
	var ssh int
	o.host, ssh = w.doors.reserve(o)
	for i, p := range o.forwarded {
		o.port[p] = ssh
		if p != 22 {
			o.port[p] = 1024 + (ssh+7*(i+1))%60_000
		}
	}
	if o.web != 0 {
		o.http = w.doors.web(o)
		w.webs[o.http] = o
	}
	o.plan = newPlan(o, w.opts)
	w.script(o)
	w.orders[o.id] = o
	a.orders = append(a.orders, o)
	w.at(at.Add(time.Duration(s.MRL)*time.Hour), func(at time.Time) { w.end(o, at, "mrl") })
	w.accident(o, at)
	if o.kind() == spot {
		s.book.add(&bid{id: o.id, price: o.meter.price, currency: o.currency, order: o})
		w.settle(s, at)
		return o
	}
	s.tenants = append(s.tenants, o)
	w.changed()
	w.settle(s, at) // on demand displaces spot
	w.begin(o, at)
	return o
}

// begin starts the container of an order.
func (w *world) begin(o *order, at time.Time) {
	o.begun, o.paused, o.container = at, time.Time{}, 0
	if o.first.IsZero() {
		o.first = at
	}
	o.meter.start(at.Truncate(time.Second), o.plan.lag)
	w.reviewFunds(o.account, o.currency, at)
	begun := o.begun
	same := func() bool { return o.running() && o.begun.Equal(begun) }
	if o.plan.shell >= 0 {
		w.at(at.Add(o.plan.shell), func(at time.Time) {
			if same() && o.shell(at) {
				w.up(o, at)
			}
		})
	}
	if o.plan.pause >= 0 {
		w.at(at.Add(o.plan.pause), func(at time.Time) {
			if same() {
				o.paused = at
				o.meter.stop(at)
			}
		})
	}
}

// up opens the order's sshd.
func (w *world) up(o *order, at time.Time) {
	if o.ssh.IsZero() {
		o.ssh = at
	}
	if _, ok := o.port[22]; ok {
		w.doors.open(o)
	}
}

// halt stops the container and the meter.
func (w *world) halt(o *order, at time.Time) {
	o.meter.stop(at)
	o.begun = time.Time{}
	w.doors.shut(o)
}

// end ends an order, whatever its state. The reason is for the oracle; the API tells none.
func (w *world) end(o *order, at time.Time, reason string) {
	if !o.live() {
		return
	}
	o.container = o.deploying(at)
	w.halt(o, at)
	w.doors.release(o)
	o.ended, o.reason = at, reason
	if reason == "cancel" {
		o.lingers = at.Add(o.plan.linger)
	}
	o.account.close(o, at)
	s := o.server
	s.book.remove(o)
	if i := slices.Index(s.tenants, o); i >= 0 {
		s.tenants = slices.Delete(s.tenants, i, i+1)
		w.changed()
	}
	w.settle(s, at)
	w.reviewFunds(o.account, o.currency, at)
}

// setOnline connects a host or cuts it off. Its orders end once it stays away for a minute.
func (w *world) setOnline(s *server, online bool, at time.Time) {
	s.offline, s.away = !online, at
	if online {
		s.gone = false
		w.changed()
		for _, o := range s.renters() {
			if o.shell(at) {
				w.up(o, at)
			}
		}
		w.settle(s, at)
		return
	}
	for _, o := range s.renters() {
		w.doors.shut(o)
	}
	since := at
	w.at(at.Add(w.opts.faster(time.Minute)), func(at time.Time) {
		if !s.offline || !s.away.Equal(since) { // it was back meanwhile
			return
		}
		for _, o := range s.renters() {
			w.end(o, at, "host")
		}
	})
}
