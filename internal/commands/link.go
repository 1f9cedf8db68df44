package commands

import (
	"context"
	"strings"

	"github.com/clorebot/clorebot/internal/chat"
)

// The beginnings of what a link into the private chat passes to /start; a number follows. Anybody
// can make such a link, so they only show something, or a quote that has to be confirmed.
const (
	orderLink = "o_" // a rental
	offerLink = "s_" // a server
	quoteLink = "q_" // a server's price now
	// directLink is the whole of one that only opens the private chat.
	directLink = "private"
)

// follow answers a link.
func (c *Commands) follow(ctx context.Context, a *ask, link string) (chat.Response, error) {
	kind, number := link[:min(len(link), len(orderLink))], ""
	if n, ok := orderNumber(strings.TrimPrefix(link, kind)); ok {
		number = n
	}
	to := *a.Request
	switch {
	case number == "":
		return c.deadLink(a)
	case kind == orderLink:
		to.Command, to.Args = "order", chat.Args{"order": number}
	case kind == offerLink:
		to.Command, to.Args = "offer", chat.Args{"id": number}
	case kind == quoteLink:
		to.Command, to.Args = "rent", chat.Args{"what": "#" + number}
	default:
		return c.deadLink(a)
	}
	return c.answer(ctx, &to)
}

// deadLink answers a link of an older version, or nobody's.
func (c *Commands) deadLink(a *ask) (chat.Response, error) {
	return a.show(chat.View{
		Topic: "link", Tone: chat.Warning, Body: a.T("start.dead_link"),
		Rows: [][]chat.Control{{
			chat.Button(a.S("button.orders"), "orders", nil), chat.Button(a.S("button.market"), "market", nil),
			chat.Button(a.S("button.help"), "help", nil),
		}},
	})
}
