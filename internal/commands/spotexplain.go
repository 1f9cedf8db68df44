package commands

import (
	"errors"
	"strings"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/rental"
)

// number returns the number of the order or server that a request was about, or "".
func (a *ask) number() string {
	for _, text := range []string{a.arg("order"), a.arg("what")} {
		if id, ok := serverNumber("#" + strings.TrimPrefix(text, "#")); ok {
			return strings.TrimPrefix(serverText(id), "#")
		}
	}
	return ""
}

// explainBid speaks of bids that the bot does not make.
func explainBid(a *ask, err error) (chat.View, bool) {
	bids := chat.Button(a.S("button.bids"), "spot", chat.Args{}.With("what", a.number()))
	if low, ok := errors.AsType[*rental.LowBid](err); ok {
		return then(a.trouble("spot.low", "Floor", a.atMost().price(low.Floor, a.worth(low.Floor))), bids), true
	}
	if high, ok := errors.AsType[*rental.OverCeiling](err); ok {
		v := a.trouble("spot.over_ceiling", "Bid", a.price(high.Target, a.worth(high.Target)), "Ceiling", a.atMost().price(high.Ceiling, a.worth(high.Ceiling)))
		return then(v, bids), true
	}
	switch {
	case errors.Is(err, rental.ErrBidCoin):
		return then(a.trouble("spot.other_coin"), bids), true
	case errors.Is(err, rental.ErrPilot):
		return then(a.trouble("pilot.wrong"), bids), true
	default:
		return chat.View{}, false
	}
}
