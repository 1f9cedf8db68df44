package telegram

import (
	"context"
	"errors"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
)

// lowerAgain is after how long a veil is tried again that Telegram did not take, and lowerRarely
// where the bot was put out: the person may let it in again.
const (
	lowerAgain  = time.Minute
	lowerRarely = 30 * time.Minute
)

// lower veils one message. It is put off while Telegram or the chat cannot be reached, and the
// message is deleted when it cannot be edited.
func (vs *veils) lower(ctx context.Context, v veil) {
	_, err := vs.f.post(ctx, &letter{to: v.To, edit: v.Message, body: v.Body, class: alerts})
	if ctx.Err() != nil {
		return
	}
	var failed *chat.SendError
	switch errors.As(err, &failed); {
	case failed == nil, says(err, "message to edit not found"):
		vs.done(ctx, v)
	case vs.f.o.Now().After(v.Expires):
		if vs.done(ctx, v) {
			vs.f.log.Error("a secret could not be hidden again: its chat could not be reached", "err", err)
		}
	case failed.Kind == chat.Rejected:
		if vs.done(ctx, v) {
			vs.f.log.Error("a secret could not be hidden again: its message is deleted", "err", err)
			vs.f.erasures.start(v.To, v.Message)
		}
	default:
		vs.putOff(v, failed)
	}
}

// putOff has a veil tried again later, unless another was added for the same message meanwhile.
func (vs *veils) putOff(v veil, failed *chat.SendError) {
	vs.mu.Lock()
	defer vs.mu.Unlock()
	key := v.key()
	if !vs.all[key].Due.Equal(v.Due) {
		return
	}
	after := max(lowerAgain, failed.RetryAfter)
	if failed.Kind == chat.Unreachable {
		after = lowerRarely
		vs.away[key] = v.To.Chat
	}
	v.Due = vs.f.o.Now().Add(after)
	vs.all[key] = v
}

// back has the veils of a chat lowered at once that took nothing and does now.
func (vs *veils) back(in int64) {
	vs.mu.Lock()
	defer vs.mu.Unlock()
	for key, to := range vs.away {
		if to != in {
			continue
		}
		delete(vs.away, key)
		v := vs.all[key]
		v.Due = vs.f.o.Now()
		vs.all[key] = v
		vs.wake()
	}
}
