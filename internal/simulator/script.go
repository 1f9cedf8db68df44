package simulator

import "time"

// Never is a delay of something that does not happen.
const Never time.Duration = -1

// OrderScript decides the fate of orders that are created after it. Delays are taken as they
// are, whatever the speed; 0 leaves what the seed has drawn, [Never] means that it does not
// happen. Visible counts from the creation, the others from the start of the container.
type OrderScript struct {
	Key    string // empty is any account
	Server int64  // 0 is any server
	Count  int    // 0 is one order, below 0 is all
	// Hidden orders exist and cost, but my_orders never shows them.
	Hidden                                 bool
	Visible, Deployed, Address, Shell, App time.Duration
	Outbid                                 Outbid // empty leaves what was drawn
}

// Script adds a script after those that wait already.
func (s *Simulator) Script(x OrderScript) {
	if x.Count == 0 {
		x.Count = 1
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.world.scripts = append(s.world.scripts, &x)
}

// script applies the first script that waits for an order.
func (w *world) script(o *order) {
	for i, x := range w.scripts {
		if x.Key != "" && x.Key != o.account.key || x.Server != 0 && x.Server != o.server.ID {
			continue
		}
		x.rule(&o.plan)
		if x.Count > 0 {
			x.Count--
		}
		if x.Count == 0 {
			w.scripts = append(w.scripts[:i:i], w.scripts[i+1:]...)
		}
		return
	}
}

func (x *OrderScript) rule(p *plan) {
	p.hidden = p.hidden || x.Hidden || x.Visible == Never
	if x.Outbid != "" {
		p.outbid = x.Outbid
	}
	for d, set := range map[*time.Duration]time.Duration{
		&p.visible: x.Visible, &p.deployed: x.Deployed, &p.address: x.Address, &p.shell: x.Shell, &p.app: x.App,
	} {
		if set != 0 {
			*d = set
		}
	}
	if p.deployed >= 0 {
		p.pulling = min(p.pulling, p.deployed)
	}
}
