package rental

import (
	"slices"
	"time"

	"github.com/clorebot/clorebot/internal/clore"
)

// addressedAnyway is after how long a known address is tried even though Clore does not call the
// container deployed. Sooner it may still lead to the former order of that port.
const addressedAnyway = 3 * time.Minute

// stageOf tells how far an order is, as far as Clore shows. age counts from Rental.Since.
func stageOf(o *clore.Order, age time.Duration) Stage {
	_, _, address := o.SSH()
	switch deployed := o.Container >= clore.Deployed; {
	case address && (deployed || age >= addressedAnyway):
		return Addressed
	case address || o.Container > 0:
		return Starting
	default:
		return Listed
	}
}

// order gives the stages their order.
func (s Stage) order() int {
	return slices.Index([]Stage{Listed, Starting, Addressed, Ready, Ended}, s)
}

// began reports whether the order can be expected to start: an on-demand order always, a spot
// order once it costs something, since before that it waits for being the highest bid.
func began(o *clore.Order) bool {
	return o.Kind != clore.Spot || o.Spend.Amount > 0 || o.Container > 0
}

// wantsSSH reports whether the rental will have a port 22. Of one that was made elsewhere that
// is seen at its ports.
func (r *Rental) wantsSSH() bool {
	if r.Intent == "" {
		_, _, ok := r.Order.SSH()
		return ok
	}
	_, ok := r.Terms.Preset.Ports[22]
	return ok || len(r.Terms.Preset.Ports) == 0
}

// Settled reports whether the rental is as far as it will come.
func (r *Rental) Settled() bool {
	if r.wantsSSH() {
		return r.Stage == Ready
	}
	return r.Order.Container >= clore.Deployed
}

// startingUp reports whether a start is awaited that alerts could be about.
func (r *Rental) startingUp() bool {
	return r.Intent != "" && !r.Since.IsZero() && r.Cancel == nil && r.Gone.IsZero() && !r.Settled()
}

// Burning reports whether the rental costs money now. One that was outbid waits without cost.
func (r *Rental) Burning() bool { return r.Gone.IsZero() && r.Stage != Ended && !r.Since.IsZero() }

// limit returns when the host's longest rental is reached, zero when that is unknown.
func (r *Rental) limit() time.Time {
	if r.Order.MaxRental <= 0 || r.Order.Created.IsZero() {
		return time.Time{}
	}
	return r.Order.Created.Add(r.Order.MaxRental)
}
