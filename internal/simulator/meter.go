package simulator

import (
	"math"
	"time"
)

const (
	day = 86400
	// prepaid is how many seconds a renter pays at once when a rental begins.
	prepaid = 60
	// feeAfter is the age at which the creation fee is really charged.
	feeAfter = 10 * time.Minute
	// creationFeeUSD is what a rental costs once, whatever its length.
	creationFeeUSD = 0.1
	onDemandFee    = 0.05   // what a renter pays on top of the base price
	spotFee        = 0.0125 //
)

// meter counts the base price of an order: price × whole seconds ÷ 86,400. It may stop, run
// again and change its price; what was spent before is kept.
type meter struct {
	price   float64 // per day
	highest float64 // that it ever was; 0 if it was never changed
	since   time.Time
	credit  int // seconds counted before the first one passes
	running bool
	spent   float64 // of earlier stretches
	before  int     // seconds of earlier stretches
}

// start begins a stretch. The first one has a minute at once, less the lag with which the
// service notices that the rental runs.
func (m *meter) start(at time.Time, lag int) {
	m.since, m.running = at, true
	m.credit = prepaid - lag
	if m.before > 0 {
		m.credit = 0
	}
}

func (m *meter) stop(at time.Time) {
	if m.running {
		m.spent, m.before = m.spend(at), m.seconds(at)
		m.running = false
	}
}

// reprice changes the price from now on.
func (m *meter) reprice(at time.Time, price float64) {
	if m.running {
		m.stop(at)
		m.start(at, 0)
	}
	m.highest = max(m.highest, m.price, price)
	m.price = price
}

// stretch returns the seconds of the present stretch.
func (m *meter) stretch(at time.Time) int {
	if !m.running {
		return 0
	}
	n := int(math.Floor(at.Sub(m.since).Seconds())) + m.credit
	if m.credit > 0 {
		return max(prepaid, n)
	}
	return max(0, n)
}

func (m *meter) seconds(at time.Time) int { return m.before + m.stretch(at) }

func (m *meter) spend(at time.Time) float64 {
	return m.spent + m.price*float64(m.stretch(at))/day
}
