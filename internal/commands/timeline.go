package commands

import (
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/rental"
)

// The marks in front of a step.
const (
	done    = "✓ "
	doing   = "… "
	ahead   = "○ "
	failed  = "✗ "
	endMark = "■ "
)

// step is a line of the timeline.
func (a *ask) step(mark string, text string, at time.Time) chat.Text {
	t := chat.Text{chat.P(mark + text)}
	if !at.IsZero() {
		t = append(t, chat.P("  "+a.Seconds(at, a.zone)))
	}
	return t
}

// timeline tells how far a rental is, from the confirmation to the end. Either part may be nil:
// an order that was made elsewhere has no intent, a pending intent has no rental. first is what a
// pending intent waits for, if anything.
func (a *ask) timeline(in *rental.Intent, r *rental.Rental, first *rental.Intent) chat.Text {
	var t []chat.Text
	if in != nil {
		t = append(t, a.placing(in, r, first)...)
	}
	if r != nil {
		t = append(t, a.starting(r)...)
		t = append(t, a.ending(r)...)
	} else if in != nil && !in.Unwanted.IsZero() && in.State != rental.Refused {
		t = append(t, a.step(ahead, a.S("step.unwanted"), in.Unwanted))
	} else if in != nil && in.State.Open() {
		t = append(t, a.step(ahead, a.S("step.start"), time.Time{}), a.step(ahead, a.S("step.ssh"), time.Time{}))
	}
	return lines(t...)
}

// placing tells what became of the decision to rent.
func (a *ask) placing(in *rental.Intent, r *rental.Rental, first *rental.Intent) []chat.Text {
	confirmed := a.step(done, a.S("step.confirmed"), in.Taken)
	if r != nil {
		return []chat.Text{confirmed}
	}
	switch in.State {
	case rental.Pending:
		if first != nil {
			return []chat.Text{confirmed, a.step(doing, a.S("step.queued", "Server", serverText(first.Terms.Server), "Until", a.Seconds(in.SendBy(), a.zone)), time.Time{})}
		}
		return []chat.Text{confirmed, a.step(doing, a.S("step.checking"), time.Time{})}
	case rental.Sending:
		return []chat.Text{confirmed, a.step(doing, a.S("step.sending"), time.Time{})}
	case rental.Accepted:
		return []chat.Text{confirmed, a.step(done, a.S("step.accepted"), in.Answered), a.step(doing, a.S("step.listing"), time.Time{})}
	case rental.Ambiguous:
		return []chat.Text{confirmed, a.step(doing, a.S("step.unclear"), time.Time{})}
	case rental.Missing:
		return []chat.Text{confirmed, a.step(failed, a.S("step.missing"), in.Settled)}
	case rental.Refused, rental.Withdrawn:
		return []chat.Text{confirmed, a.step(failed, a.S("step.not_placed", "Reason", a.notSent(in, in.Reason)), in.Settled)}
	default:
		return []chat.Text{confirmed}
	}
}

// starting tells how far the container is.
func (a *ask) starting(r *rental.Rental) []chat.Text {
	id := orderText(r.Order.ID)
	t := []chat.Text{a.step(done, a.S("step.listed", "Order", id), r.Order.Created)}
	if r.Stage == rental.Ended && r.ReadyAt.IsZero() {
		return t
	}
	host, port, known := r.Order.SSH()
	switch {
	case !r.Outbid.IsZero():
		return append(t, a.step(failed, a.S("step.outbid"), r.Outbid))
	case r.Since.IsZero() && r.Order.Kind == clore.Spot:
		return append(t, a.step(doing, a.S("state.queued.step"), time.Time{}))
	case !r.ReadyAt.IsZero():
		return append(t, a.step(done, a.S("step.ready"), r.ReadyAt), a.down(r))
	case r.Settled():
		return append(t, a.step(done, a.S("step.running"), time.Time{}))
	case known:
		t = append(t, a.step(done, a.addressText(host, port), time.Time{}), a.step(doing, a.S("step.probing"), time.Time{}))
	case r.Order.Container >= clore.Deployed:
		t = append(t, a.step(doing, a.S("step.no_address"), time.Time{}))
	default:
		t = append(t, a.step(doing, a.S("step.starting"), time.Time{}), a.step(ahead, a.S("step.ssh"), time.Time{}))
	}
	switch {
	case r.Told.Stuck:
		t = append(t, plain(a.S("step.stuck")))
	case r.Told.Slow:
		t = append(t, plain(a.S("step.slow")))
	}
	return t
}

// addressText names the address where nobody else reads it.
func (a *ask) addressText(host string, port int) string {
	if !a.Direct {
		return a.S("step.addressed.private")
	}
	return a.S("step.addressed", "Host", host, "Port", portText(port))
}

// down tells that SSH stopped answering.
func (a *ask) down(r *rental.Rental) chat.Text {
	if r.Probe.Down.IsZero() || r.Stage == rental.Ended {
		return nil
	}
	return a.step(failed, a.S("step.down"), r.Probe.Down)
}

func (a *ask) ending(r *rental.Rental) []chat.Text {
	switch {
	case r.Stage == rental.Ended:
		return []chat.Text{a.step(endMark, a.S("step.ended", "Reason", a.endReason(r)), r.EndedAt)}
	case r.Cancel == nil:
		return nil
	case r.Cancel.Accepted.IsZero():
		return []chat.Text{a.step(doing, a.S("step.cancelling"), r.Cancel.Asked)}
	default:
		return []chat.Text{a.step(doing, a.S("step.cancel_accepted"), r.Cancel.Accepted)}
	}
}

// endReason says why a rental ended, and only as sure as it is known.
func (a *ask) endReason(r *rental.Rental) string {
	switch r.Reason {
	case rental.ByUser:
		return a.S("end.user")
	case rental.ByStop:
		return a.S("end.stop")
	case rental.ByLimit:
		return a.S("end.limit")
	case rental.ByFunds:
		return a.S("end.funds")
	case rental.ByHost:
		if r.Order.Kind == clore.Spot {
			return a.S("end.host.spot") // no bid ends what is rented on demand
		}
		return a.S("end.host")
	case rental.ByOutbid:
		return a.S("end.outbid")
	case rental.ByRetry:
		return a.S("end.retry")
	default:
		return a.S("end.elsewhere")
	}
}
