package discord

import (
	"context"

	"github.com/clorebot/clorebot/internal/chat"
)

// admits reports whether the dispatcher lets somebody in, as far as it says so.
func (f *Frontend) admits(ctx context.Context, req *chat.Request) bool {
	d, ok := f.dispatcher.(chat.Doorkeeper)
	return !ok || d.Admits(ctx, req)
}

// admitted does what is to be done before a command is run, such as asking for a value. Somebody who
// is not let in hears that first, in the words of the dispatcher.
func (f *Frontend) admitted(e *event, c *chat.Command, then func(context.Context)) {
	f.task(func(ctx context.Context) {
		if !f.admits(ctx, e.request(c, chat.Args{}, chat.Typed, f.o.Now())) {
			f.run(e, c, chat.Args{}, chat.Typed, false)
			return
		}
		then(ctx)
	})
}
