package telegram_test

import (
	"context"
	"encoding/json"
	"maps"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/chat/chattest"
)

// buying is a command with two questions. It holds while held is open.
func buying(held <-chan struct{}) *chat.Command {
	return &chat.Command{
		Name: "buy", Summary: "Buy",
		Params: []chat.Param{
			{Name: "what", Summary: "What?", Required: true, Positional: true},
			{Name: "much", Summary: "How much?", Required: true},
		},
		Run: func(ctx context.Context, _ *chat.Request) (chat.Response, error) {
			select {
			case <-held:
			case <-ctx.Done():
			}
			return chat.Reply{View: chat.View{Title: "bought"}}, nil
		},
	}
}

// copied returns the store as a kill at this moment leaves it.
func (m *memory) copied() *memory {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := newMemory()
	c.updates = maps.Clone(m.updates)
	for kind, notes := range m.notes {
		c.notes[kind] = maps.Clone(notes)
	}
	return c
}

func TestKilledWhileTheLastAnswerIsUsed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		held := make(chan struct{})
		d := chattest.NewDispatcher(append(commands(nil), buying(held))...)
		r := newRig(t, d)
		r.run()
		r.api.Write(me, me, "/buy gpu")
		wait(time.Second)
		r.api.Write(me, me, "7")
		wait(time.Second)
		left := r.store.copied()
		close(held)
		_ = r.Stop()

		before := len(d.Of("buy"))
		r.store = left
		r.make()
		r.run()
		wait(5 * time.Second)
		all := d.Of("buy")
		if len(all) != before+1 {
			t.Fatalf("it ran %d times more", len(all)-before)
		}
		if q := all[before]; q.Args["what"] != "gpu" || q.Args["much"] != "7" || q.ID != all[0].ID {
			t.Errorf("got %+v after %+v", q, all[0])
		}
		r.api.Write(me, me, "8") // nothing is asked any more
		wait(time.Second)
		if len(d.Of("buy")) != before+1 {
			t.Error("the question was left open")
		}
		_ = r.Stop()
	})
}

func TestAnswerIsUsedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		held := make(chan struct{})
		close(held)
		d := chattest.NewDispatcher(append(commands(nil), buying(held))...)
		r := newRig(t, d)
		r.run()
		for _, text := range []string{"/buy", "4090"} {
			r.api.Write(me, me, text)
			raw := r.api.Unconfirmed()
			wait(time.Second)
			left := r.store.copied() // killed when the next question was asked
			for _, u := range raw {
				var head struct {
					ID int64 `json:"update_id"`
				}
				if err := json.Unmarshal(u, &head); err != nil {
					t.Fatal(err)
				}
				left.updates[head.ID] = u
			}
			_ = r.Stop()
			asked := len(r.api.Messages(me))
			r.store = left
			r.make()
			r.run()
			wait(5 * time.Second)
			if n := len(r.api.Messages(me)); n != asked || len(d.Of("buy")) != 0 {
				t.Errorf("after %q: %d messages more, %d requests", text, n-asked, len(d.Of("buy")))
			}
		}
		r.api.Write(me, me, "2")
		wait(time.Second)
		if all := d.Of("buy"); len(all) != 1 || all[0].Args["what"] != "4090" || all[0].Args["much"] != "2" {
			t.Errorf("got %+v", all)
		}
		_ = r.Stop()
	})
}
