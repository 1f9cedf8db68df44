package commands

import (
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/rental"
)

// revivedView speaks of an order that was called ended and runs again, and says what becomes of it.
func (c *Commands) revivedView(a *ask, r *rental.Rental, row []chat.Control) chat.View {
	return chat.View{
		Topic: "foreign", Tone: chat.Danger, Title: a.S("alert.revived.title", "Order", orderName(r), "Hardware", a.hardware(r)),
		Body: lines(a.T("alert.revived.body", "Price", a.price(r.Order.Price, c.rentalUSD(r))), a.revivedNext(r)),
		Rows: [][]chat.Control{row},
	}
}

func (a *ask) revivedNext(r *rental.Rental) chat.Text {
	switch {
	case r.Cancel != nil && r.Cancel.Reason == rental.ByStop:
		return a.T("alert.revived.late")
	case r.Cancel != nil:
		return a.T("alert.revived.cancel")
	case !r.StopAt.IsZero():
		return a.T("alert.revived.stop", "At", r.StopAt)
	case r.RunOnceWon() > 0:
		return a.T("alert.revived.once_won", "For", a.Duration(r.RunOnceWon()))
	default:
		return a.T("alert.revived.open")
	}
}
