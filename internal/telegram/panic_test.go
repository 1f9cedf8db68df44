package telegram_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/chat/chattest"
	"github.com/clorebot/clorebot/internal/telegram/telegramtest"
)

// breaking is a dispatcher that panics.
type breaking struct{ chat.Dispatcher }

func (b breaking) Dispatch(ctx context.Context, req *chat.Request) chat.Response {
	if req.Command == "mine" {
		panic("broken on purpose")
	}
	return b.Dispatcher.Dispatch(ctx, req)
}

func TestPanicIsAnsweredAndEndsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, breaking{chattest.NewDispatcher(commands(nil)...)})
		r.run()
		r.api.Write(me, me, "/mine")
		wait(time.Second)
		if !strings.Contains(r.last(me).Text, "went wrong") || !strings.Contains(r.log.String(), "broken on purpose") {
			t.Errorf("got %q", r.last(me).Text)
		}
		r.api.Write(me, me, "/ping one")
		wait(time.Second)
		if r.last(me).Text != "pong one" {
			t.Errorf("then %q", r.last(me).Text)
		}
		_ = r.Stop()
		if waiting, _ := r.store.Waiting(t.Context(), telegramtest.Bot); len(waiting) != 0 {
			t.Errorf("%d updates wait", len(waiting))
		}
	})
}

func (b breaking) Complete(context.Context, *chat.Request, string, string) []chat.Choice {
	panic("broken on purpose")
}

// TestPanicInCompletionAsksAllTheSame has the values for a question fail.
func TestPanicInCompletionAsksAllTheSame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asks := &chat.Command{
			Name: "asks", Summary: "Ask", Params: []chat.Param{{
				Name: "v", Summary: "V?", Required: true,
				Complete: func(context.Context, *chat.Request, string) ([]chat.Choice, error) { return nil, nil },
			}},
			Run: func(_ context.Context, req *chat.Request) (chat.Response, error) {
				return chat.Notice{Text: "got " + req.Args["v"]}, nil
			},
		}
		r := newRig(t, breaking{chattest.NewDispatcher(asks)})
		r.run()
		r.api.Write(me, me, "/asks")
		wait(time.Second)
		if r.last(me).Text != "V?" || !strings.Contains(r.log.String(), "broken on purpose") {
			t.Errorf("got %q", r.last(me).Text)
		}
		r.api.Write(me, me, "this")
		wait(time.Second)
		if r.last(me).Text != "got this" {
			t.Errorf("got %q", r.last(me).Text)
		}
		_ = r.Stop()
	})
}
