package notify

import (
	"fmt"
	"time"

	"github.com/clorebot/clorebot/internal/rental"
)

// outage tells that Clore has answered nobody for long, and that it answers again: in one message,
// whichever and however many accounts a user has.
func (d *differ) outage() {
	was, now := d.prev.Outage, d.next.Outage
	switch {
	case now.Lasts() && !was.Since.Equal(now.Since):
		d.away(now, now.Since, "")
	case was.Lasts() && !now.Lasts() && !now.Since.IsZero():
		d.away(now, now.Over, "/over")
	}
}

func (d *differ) away(o rental.Outage, at time.Time, step string) {
	e := d.ofAccount(rental.CloreDown, at)
	e.Card = fmt.Sprintf("%s/%d", e.Kind, o.Since.UnixMilli())
	e.Key = e.Card + step
	e.Outage = &o
	d.add(e)
}
