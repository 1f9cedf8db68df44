package commands_test

import (
	"context"
	"errors"
	"testing"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/commands"
	"github.com/clorebot/clorebot/internal/rental"
)

// unreadable are quotes that cannot be read for now.
type unreadable struct{ rental.Quotes }

func (unreadable) Quote(context.Context, string, chat.User) (rental.Quote, error) {
	return rental.Quote{}, errors.New("disk error")
}

// TestUnreadQuoteIsNotTaken: what a tap commits is not known then, so nothing is rented.
func TestUnreadQuoteIsNotTaken(t *testing.T) {
	w := newWorld(t, func(o *commands.Options) { o.Quotes = unreadable{o.Quotes} }).withPreset()
	w.says("/rent #88411 run:1h")
	v := w.view(w.dispatch(w.request(ana, chat.Pressed, "take", chat.Args{"quote": w.lastQuote().ID})))
	if n := len(w.intents()); n != 0 || v.Topic != "error" {
		t.Errorf("%d intents of a quote that was not read\n%s", n, dump(v))
	}
}
