package telegram_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/chat/chattest"
	"github.com/clorebot/clorebot/internal/telegram"
	"github.com/clorebot/clorebot/internal/telegram/telegramtest"
)

// commands are a few for these tests. held, if not nil, holds "hold" until it is closed.
func commands(held chan struct{}) []*chat.Command {
	say := func(v chat.View, replace bool) chat.HandlerFunc {
		return func(context.Context, *chat.Request) (chat.Response, error) {
			return chat.Reply{View: v, Replace: replace}, nil
		}
	}
	return []*chat.Command{
		{Name: "ping", Summary: "Answer", Run: func(_ context.Context, r *chat.Request) (chat.Response, error) {
			return chat.Reply{Replace: r.Origin == chat.Pressed, View: chat.View{
				Title: "pong " + r.Args["n"], Rows: [][]chat.Control{{chat.Button("Again", "ping", chat.Args{"n": r.Args["n"] + "x"})}},
			}}, nil
		}, Params: []chat.Param{{Name: "n", Positional: true}}},
		{Name: "hold", Summary: "Wait", Run: func(ctx context.Context, _ *chat.Request) (chat.Response, error) {
			select {
			case <-held:
			case <-ctx.Done():
			}
			return chat.Notice{Text: "held"}, nil
		}},
		{Name: "mine", Summary: "Private", Private: true, Run: say(chat.View{Title: "for you"}, false)},
		{Name: "login", Summary: "Show", Private: true, Run: say(chat.View{
			Title: "login", Guarded: true, Body: chat.Text{chat.P("It is "), chat.Spoiler(chattest.Canary)},
			Rows: [][]chat.Control{{chat.Button("Again", "ping", nil)}},
		}, true)},
		{Name: "open", Summary: "Panel", Run: say(chat.View{Title: "panel", Rows: [][]chat.Control{{chat.Button("Show", "login", nil)}}}, false)},
		{Name: "key", Summary: "Key", Private: true, Run: say(chat.View{Title: "stored"}, false), Params: []chat.Param{
			{Name: "what", Summary: "What?", Required: true, Positional: true, Choices: []chat.Choice{{Label: "Add", Value: "add"}}},
			{Name: "secret", Summary: "The key?", Required: true, Secret: true},
		}},
	}
}

// inBubble runs a test on a virtual clock.
func inBubble(t *testing.T, test func(t *testing.T, r *rig, d *chattest.Dispatcher), alter ...func(*telegram.Options)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		d := chattest.NewDispatcher(commands(nil)...)
		r := newRig(t, d, alter...)
		test(t, r, d)
		if r.stop != nil {
			_ = r.Stop()
		}
		if all := r.api.Unanswered(); len(all) != r.late {
			t.Errorf("presses without their answer: %v", all)
		}
	})
}

func wait(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// last returns the newest message of the bot in a chat.
func (r *rig) last(chatID int64) telegramtest.Message {
	r.t.Helper()
	for _, m := range slices.Backward(r.api.Messages(chatID)) {
		if m.From == telegramtest.Bot {
			return m
		}
	}
	r.t.Fatalf("nothing was sent to %d", chatID)
	return telegramtest.Message{}
}

func TestUpdateOfAnUnknownKind(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig, d *chattest.Dispatcher) {
		r.run()
		r.api.Write(me, me, "/ping before")
		r.api.Write(me, me, "a forwarded one", map[string]any{"forward_origin": map[string]any{"type": "from the future", "date": 1}})
		r.api.Push(map[string]any{"my_chat_member": map[string]any{"new_chat_member": map[string]any{"status": "a ghost"}}})
		r.api.Push(map[string]any{"update_of_next_year": map[string]any{"x": 1}})
		r.api.Write(me, me, "/ping after")
		wait(10 * time.Second)
		if n := len(d.Of("ping")); n != 2 {
			t.Errorf("%d pings, want both around the unknown one", n)
		}
		if !strings.Contains(r.log.String(), "unknown kind") {
			t.Error("it was not logged")
		}
	})
}

// TestKilledWhileAnswering takes a copy of the store in the middle of a command, as a kill leaves
// it, and goes on with another front-end on the copy.
func TestKilledWhileAnswering(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		held := make(chan struct{})
		d := chattest.NewDispatcher(commands(held)...)
		r := newRig(t, d)
		r.run()
		r.api.Write(me, me, "/ping one")
		r.api.Write(me, me, "/hold")
		r.api.Write(me, me, "/ping two")
		wait(time.Second)
		sent := r.api.Unconfirmed()
		left := newMemory()
		left.updates = maps.Clone(r.store.updates)
		close(held)
		_ = r.Stop()
		before := len(d.Of("hold"))

		again := newRig(t, d)
		again.store = left
		again.make()
		for _, raw := range sent { // not confirmed: they come again
			again.api.Repeat(raw)
		}
		again.run()
		wait(5 * time.Second)
		if n := len(d.Of("hold")) - before; n != 1 {
			t.Errorf("the interrupted command ran %d times more", n)
		}
		ids := map[string]int{}
		for _, q := range d.Requests() {
			ids[q.ID+q.Command+q.Args["n"]]++
		}
		if n := len(d.Of("ping")); n < 2 || n > 3 {
			t.Errorf("%d pings", n)
		}
		holds := d.Of("hold")
		if holds[0].ID != holds[1].ID {
			t.Errorf("the same update has the IDs %s and %s", holds[0].ID, holds[1].ID)
		}
		_ = again.Stop()
		if waiting, _ := left.Waiting(t.Context(), telegramtest.Bot); len(waiting) > 0 {
			t.Errorf("%d updates wait still", len(waiting))
		}
	})
}

func TestSameUpdateTwice(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig, d *chattest.Dispatcher) {
		r.run()
		r.api.Write(me, me, "/ping")
		raw := r.api.Unconfirmed()
		wait(time.Second)
		r.restart()
		for _, u := range raw {
			r.api.Repeat(u)
		}
		wait(5 * time.Second)
		if n := len(d.Of("ping")); n != 1 {
			t.Errorf("acted on %d times", n)
		}
	})
}

func TestOrderInAChatAndSideBySide(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		held := make(chan struct{})
		d := chattest.NewDispatcher(commands(held)...)
		r := newRig(t, d)
		r.run()
		r.api.Write(me, me, "/hold")
		for _, n := range []string{"1", "2", "3"} {
			r.api.Write(me, me, "/ping "+n)
		}
		r.api.Write(8, 8, "/ping other")
		wait(time.Second)
		if got := d.Of("ping"); len(got) != 1 || got[0].Args["n"] != "other" {
			t.Errorf("while one waits: %+v", got)
		}
		close(held)
		wait(time.Second)
		var order string
		for _, q := range d.Of("ping")[1:] {
			order += q.Args["n"]
		}
		if order != "123" {
			t.Errorf("order %s", order)
		}
		_ = r.Stop()
	})
}

func TestStoppedWithAFullQueue(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig, d *chattest.Dispatcher) {
		r.run()
		r.api.Write(me, me, "/hold") // gives up when its time is over
		for range 20 {
			r.api.Write(me, me, "/ping")
		}
		wait(time.Second)
		started := time.Now()
		if err := r.Stop(); err != nil {
			t.Error(err)
		}
		if took := time.Since(started); took > 11*time.Second {
			t.Errorf("stopping took %v", took)
		}
		r.make()
		r.run()
		wait(30 * time.Second) // hold comes again, and holds
		if n := len(d.Of("hold")); n != 2 {
			t.Errorf("the interrupted command ran %d times", n)
		}
		_ = r.Stop()
		if waiting, _ := r.store.Waiting(t.Context(), telegramtest.Bot); len(waiting) != 21 {
			t.Errorf("%d updates wait", len(waiting))
		}
	})
}

func TestFloodOfOnePerson(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		held := make(chan struct{})
		d := chattest.NewDispatcher(commands(held)...)
		r := newRig(t, d)
		r.run()
		r.api.Write(me, me, "/hold")
		for range 500 {
			r.api.Write(me, me, "/ping")
		}
		wait(time.Second)
		close(held)
		wait(time.Second)
		if n := len(d.Of("ping")); n > 70 {
			t.Errorf("%d of 500 were kept", n)
		}
		_ = r.Stop()
	})
}

func TestNetworkCutForMinutes(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig, d *chattest.Dispatcher) {
		var cut atomic.Bool
		cut.Store(true)
		r.api.Fail(func(method string, _ map[string]string) *telegramtest.Fault {
			if cut.Load() && method != "getMe" {
				return &telegramtest.Fault{Broken: errors.New("dial tcp /bot" + telegramtest.Token + "/: network is unreachable")}
			}
			return nil
		})
		r.run()
		r.api.Write(me, me, "/ping")
		wait(3 * time.Minute)
		_, err := r.front.Send(t.Context(), r.User().Direct(), chat.View{Title: "alert"})
		var failed *chat.SendError
		if !errors.As(err, &failed) || failed.Kind != chat.Transient {
			t.Errorf("sending over a cut network: %v", err)
		}
		cut.Store(false)
		wait(2 * time.Minute)
		if len(d.Of("ping")) != 1 || !strings.Contains(r.last(me).Text, "pong") {
			t.Error("not answered after the network was back")
		}
	})
}

func TestAnswerSurvivesAShortOutage(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig, _ *chattest.Dispatcher) {
		down := time.Now().Add(40 * time.Second)
		r.api.Fail(func(method string, _ map[string]string) *telegramtest.Fault {
			if method == "sendMessage" && time.Now().Before(down) {
				return &telegramtest.Fault{Code: http.StatusBadGateway, Raw: "<html>" + telegramtest.Token + "</html>"}
			}
			return nil
		})
		r.run()
		r.api.Write(me, me, "/ping")
		wait(2 * time.Minute)
		if !strings.Contains(r.last(me).Text, "pong") {
			t.Error("the answer was lost")
		}
	})
}

func TestRefusedToken(t *testing.T) {
	for _, method := range []string{"getMe", "getUpdates"} {
		inBubble(t, func(t *testing.T, r *rig, d *chattest.Dispatcher) {
			r.api.Fail(func(m string, _ map[string]string) *telegramtest.Fault {
				if m == method {
					return &telegramtest.Fault{Code: http.StatusUnauthorized, Text: "Unauthorized"}
				}
				return nil
			})
			err := r.front.Run(t.Context(), d)
			if err == nil || !strings.Contains(err.Error(), "BotFather") || strings.Contains(err.Error(), "AAFake") {
				t.Errorf("%s: %v", method, err)
			}
		})
	}
}

func TestSecondCopy(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig, _ *chattest.Dispatcher) {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
		defer cancel()
		r.run()
		wait(time.Minute)
		go r.api.Rival(ctx)
		wait(10 * time.Minute)
		r.api.Write(me, me, "/ping")
		wait(time.Minute)
		r.last(me)
		if n := strings.Count(r.log.String(), "another copy"); n < 1 || n > 6 {
			t.Errorf("said %d times in five minutes", n)
		}
	})
}

func TestWebhookOfSomebodyElse(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig, _ *chattest.Dispatcher) {
		r.run()
		wait(time.Minute)
		r.api.SetWebhook(map[string]string{"url": "https://elsewhere.example"})
		wait(5 * time.Minute)
		if n := strings.Count(r.log.String(), "somebody set a webhook"); n < 1 || n > 6 || strings.Contains(r.log.String(), "another copy") {
			t.Errorf("said %d times in five minutes:\n%s", n, r.log)
		}
		r.api.Write(me, me, "/ping")
		r.restart() // as the log says
		wait(time.Minute)
		if r.last(me).Text != "pong" {
			t.Errorf("got %q", r.last(me).Text)
		}
	})
}

func TestFailuresOfSending(t *testing.T) {
	for name, c := range map[string]struct {
		fault telegramtest.Fault
		want  chat.SendKind
		after time.Duration
	}{
		"blocked":      {telegramtest.Fault{Code: 403, Text: "bot was blocked by the user"}, chat.Unreachable, 0},
		"deactivated":  {telegramtest.Fault{Code: 403, Text: "user is deactivated"}, chat.Unreachable, 0},
		"kicked":       {telegramtest.Fault{Code: 403, Text: "bot was kicked from the supergroup chat"}, chat.Unreachable, 0},
		"never met":    {telegramtest.Fault{Code: 400, Text: "chat not found"}, chat.Unreachable, 0},
		"no rights":    {telegramtest.Fault{Code: 400, Text: "not enough rights to send text messages to the chat"}, chat.Unreachable, 0},
		"passing":      {telegramtest.Fault{Code: 403, Text: "bot can't send messages to the user"}, chat.Transient, 0},
		"bad request":  {telegramtest.Fault{Code: 400, Text: "BUTTON_DATA_INVALID"}, chat.Rejected, 0},
		"server":       {telegramtest.Fault{Code: 500, Text: "Internal Server Error"}, chat.Transient, 0},
		"proxy":        {telegramtest.Fault{Code: 502, Raw: "<html>/bot" + telegramtest.Token + "/sendMessage</html>"}, chat.Transient, 0},
		"cut JSON":     {telegramtest.Fault{Code: 200, Raw: `{"ok":tr`}, chat.Transient, 0},
		"rate limited": {telegramtest.Fault{Code: 429, Text: "retry after 35", RetryAfter: 35}, chat.RateLimited, 35 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, r *rig, _ *chattest.Dispatcher) {
				r.api.Fail(func(string, map[string]string) *telegramtest.Fault { return &c.fault })
				ref := chat.MessageRef{Address: r.User().Direct(), MessageID: "12"}
				_, sent := r.front.Send(t.Context(), ref.Address, chat.View{Title: "alert"})
				time.Sleep(time.Hour)
				edited := r.front.Edit(t.Context(), ref, chat.View{Title: "alert"})
				for _, err := range []error{sent, edited} {
					var failed *chat.SendError
					if !errors.As(err, &failed) || failed.Kind != c.want || failed.RetryAfter != c.after {
						t.Errorf("got %v, want %v", err, c.want)
					}
					if strings.Contains(err.Error(), "AAFake") {
						t.Errorf("the token is in %q", err)
					}
				}
			})
		})
	}
}

func TestGoneMessageIsSentAnew(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig, _ *chattest.Dispatcher) {
		r.run()
		r.api.Write(me, me, "/ping")
		wait(time.Second)
		first := r.last(me).ID
		r.api.Fail(func(m string, _ map[string]string) *telegramtest.Fault {
			if m == "editMessageText" {
				return &telegramtest.Fault{Code: 400, Text: "message can't be edited"}
			}
			return nil
		})
		r.Press("Again")
		wait(time.Second)
		if m := r.last(me); m.ID == first || m.Text != "pong x" {
			t.Errorf("got %+v", m)
		}
	})
}

// TestMessageOlderThanTwoDays is replaced by a new one, by a press and by an alert alike.
func TestMessageOlderThanTwoDays(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig, _ *chattest.Dispatcher) {
		r.run()
		r.api.Write(me, me, "/ping")
		wait(time.Second)
		first := r.last(me)
		wait(47 * time.Hour)
		r.Press("Again")
		wait(time.Second)
		if m := r.last(me); m.ID != first.ID || m.Text != "pong x" {
			t.Errorf("after 47 hours: %+v", m)
		}
		wait(2 * time.Hour)
		err := r.front.Edit(t.Context(), chat.MessageRef{Address: person(me), MessageID: fmt.Sprint(first.ID)}, chat.View{Title: "x"})
		kind(t, err, chat.Rejected) // the dispatcher then sends it anew
		r.Press("Again")
		wait(time.Second)
		if m := r.last(me); m.ID == first.ID || m.Text != "pong xx" {
			t.Errorf("after 49 hours: %+v", m)
		}
	})
}

func TestPressesAreAnsweredInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		held := make(chan struct{})
		d := chattest.NewDispatcher(commands(held)...)
		r := newRig(t, d)
		r.run()
		r.api.Write(me, me, "/ping")
		wait(time.Second)
		r.api.PressData(me, me, "hold")
		r.api.PressData(me, me, "ping") // waits behind the first, longer than a press may
		wait(30 * time.Second)
		if all := r.api.Unanswered(); len(all) > 0 {
			t.Errorf("not answered: %v", all)
		}
		close(held)
		wait(time.Second)
		found := false
		for _, m := range r.api.Messages(me) {
			found = found || m.Text == "held"
		}
		if !found {
			t.Error("a notice that came late was lost")
		}
		_ = r.Stop()
	})
}

func TestPressWithoutMessage(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig, d *chattest.Dispatcher) {
		r.run()
		r.api.PressData(me, me, "ping") // on a message from long ago
		wait(time.Second)
		if len(d.Of("ping")) != 1 || !strings.Contains(r.last(me).Text, "pong") {
			t.Error("not answered")
		}
	})
}
