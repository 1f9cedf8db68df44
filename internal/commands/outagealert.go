package commands

import (
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/notify"
	"github.com/clorebot/clorebot/internal/rental"
)

// outageAlert tells that Clore does not answer. When it does again, the same message says so.
func outageAlert(a *ask, e rental.Event) (chat.View, error) {
	if e.Outage == nil {
		return chat.View{}, notify.ErrSkip
	}
	rows := [][]chat.Control{freshRow([]chat.Control{chat.Button(a.S("button.orders"), "orders", nil)})}
	if e.Outage.Lasts() {
		return chat.View{
			Topic: "cloredown", Tone: chat.Warning, Title: a.S("alert.clore.title", "Time", a.Clock(e.Outage.Since, a.zone)),
			Body: a.T("alert.clore.body"), Rows: rows,
		}, nil
	}
	return chat.View{
		Topic: "cloreback", Tone: chat.Good, Title: a.S("alert.clore.back", "For", a.Duration(e.Outage.Over.Sub(e.Outage.Since))),
		Body: a.T("alert.clore.back.body"), Rows: rows,
	}, nil
}
