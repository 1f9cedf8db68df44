package simulator

import (
	"strconv"
	"time"
)

// The kinds of orders by the service's names.
const (
	onDemand = "on-demand"
	spot     = "spot"
)

// order is a rental from create_order to its end.
type order struct {
	createBody
	id      int64
	account *account
	server  *server
	// currency is the wallet that pays.
	currency string
	fee      float64 // the renter's, as a part of the base price
	creation float64 // the creation fee
	meter    meter

	created   time.Time // when it was truly made; ct is its whole second
	plan      plan
	begun     time.Time // when this run of the container began; zero while queued
	first     time.Time // when it first ran
	paused    time.Time
	ended     time.Time
	reason    string
	issue     string    // the complaint it was cancelled with
	lingers   time.Time // an ended order may still be listed for a moment
	container int       // mon_container at the end of the last run
	lowered   time.Time // the last lowering of a bid
	// late is true when it was made after the connection that asked for it had died.
	late bool

	host string
	http string // the web host name, empty without an http port
	port map[int]int
	ssh  time.Time // when sshd really answered first
}

// kind returns the kind by its name in create_order.
func (o *order) kind() string { return o.Type }

func (o *order) live() bool { return o.ended.IsZero() }

func (o *order) running() bool { return o.live() && !o.begun.IsZero() }

func (o *order) ct() time.Time { return o.created.Truncate(time.Second) }

// feeAt returns when the creation fee is charged, if it lives so long.
func (o *order) feeAt() time.Time {
	if o.first.IsZero() {
		return o.created.Add(100 * 365 * 24 * time.Hour)
	}
	return o.first.Add(feeAfter)
}

// charge returns what the order took from its wallet until a time.
func (o *order) charge(at time.Time) float64 {
	sum := o.meter.spend(at) * (1 + o.fee)
	if end := o.ended; !end.IsZero() && end.Before(at) {
		at = end
	}
	if !at.Before(o.feeAt()) {
		sum += o.creation
	}
	return sum
}

// visible reports whether my_orders lists it among the live ones.
func (o *order) visible(at time.Time) bool {
	if o.plan.hidden || at.Before(o.created.Add(o.plan.visible)) {
		return false
	}
	return o.live() || at.Before(o.lingers)
}

// deploying returns mon_container at a time: 0 or 1 on the way, 2 when deployed.
func (o *order) deploying(at time.Time) int {
	switch {
	case o.begun.IsZero():
		return o.container
	case o.passed(at, o.plan.deployed):
		return 2
	case o.passed(at, o.plan.pulling):
		return 1
	default:
		return 0
	}
}

// passed reports whether the run of the container is older than d. A d below zero never passes.
func (o *order) passed(at time.Time, d time.Duration) bool {
	return d >= 0 && !o.begun.IsZero() && !at.Before(o.begun.Add(d))
}

// addressed reports whether my_orders tells the endpoints.
func (o *order) addressed(at time.Time) bool {
	return o.running() && o.passed(at, o.plan.address) && o.visible(at)
}

// shell reports whether sshd answers.
func (o *order) shell(at time.Time) bool {
	return o.running() && o.paused.IsZero() && !o.server.offline && o.passed(at, o.plan.shell)
}

// app reports whether the web application answers.
func (o *order) app(at time.Time) bool {
	return o.running() && o.paused.IsZero() && !o.server.offline && o.passed(at, o.plan.app)
}

// tcpPorts returns the port maps as the service writes them, 22 first.
func (o *order) tcpPorts() []string {
	out := []string{}
	for _, p := range o.forwarded {
		out = append(out, strconv.Itoa(p)+":"+strconv.Itoa(o.port[p]))
	}
	return out
}
