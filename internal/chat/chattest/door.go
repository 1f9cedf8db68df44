package chattest

import (
	"context"

	"github.com/clorebot/clorebot/internal/chat"
)

// Door is a [chat.Doorkeeper] that lets one person in. It has nothing to say to anybody else.
type Door struct {
	*Dispatcher
	Guest string // the ID of a user
}

// Admits implements [chat.Doorkeeper].
func (d *Door) Admits(_ context.Context, req *chat.Request) bool { return req.User.ID == d.Guest }

// Dispatch implements [chat.Dispatcher].
func (d *Door) Dispatch(ctx context.Context, req *chat.Request) chat.Response {
	if !d.Admits(ctx, req) {
		return chat.Notice{}
	}
	return d.Dispatcher.Dispatch(ctx, req)
}
