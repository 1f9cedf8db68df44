package commands

import (
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/rental"
)

// dropButton gives up an order that did not appear; named says of which server.
func (a *ask) dropButton(in *rental.Intent, named bool) chat.Control {
	label := a.S("button.drop")
	if named {
		label = a.S("button.drop_server", "Server", serverText(in.Terms.Server))
	}
	return chat.Button(label, "drop", chat.Args{"intent": in.ID})
}

// underwayRow has for each order without a rental what its owner can do about it.
func (a *ask) underwayRow(intents []rental.Intent) []chat.Control {
	var row []chat.Control
	for i := range intents {
		if in := &intents[i]; in.State == rental.Missing {
			row = append(row, a.dropButton(in, len(intents) > 1))
		}
	}
	return row
}
