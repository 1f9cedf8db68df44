package discord_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/chat/chattest"
)

// TestStopLeavesNoWrecks: a stop that ends long work switches controls on again and ends thinking.
func TestStopLeavesNoWrecks(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, h *harness, _ *chattest.Dispatcher) {
		ready := chat.View{Title: "ready", Rows: [][]chat.Control{{chat.Button("Slow", "wait", chat.Args{"take": "60s"})}}}
		if _, err := h.front.Send(t.Context(), h.User().Direct(), ready); err != nil {
			t.Fatal(err)
		}
		h.Press("Slow")
		thinking := h.fake.command(place{channel: "77", user: "8"}, "/wait take:60s")
		time.Sleep(3 * time.Second)
		if h.fake.find("ready").control("Slow") != nil {
			t.Error("the control is not switched off")
		}
		began := time.Now()
		if err := h.Stop(); err != nil || time.Since(began) > 20*time.Second {
			t.Errorf("%v after %v", err, time.Since(began))
		}
		if h.fake.find("ready").control("Slow") == nil {
			t.Error("the control stays off")
		}
		if thinking.original == nil || thinking.original.Flags&128 != 0 {
			t.Errorf("still thinking: %+v", thinking.original)
		}
	})
}

// TestDoublePressKeepsTheOrder: a press that is not taken lets nothing overtake the one that was.
func TestDoublePressKeepsTheOrder(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, h *harness, d *chattest.Dispatcher) {
		h.Type("/wait")
		synctest.Wait()
		panel := h.fake.find("waited")
		press := panel.control("Wait")
		h.fake.interact(h.home(), 3, press, panel)
		synctest.Wait()
		h.fake.interact(h.home(), 3, press, panel)
		synctest.Wait()
		h.Type("/mine")
		synctest.Wait()
		if len(d.Of("mine")) != 0 {
			t.Error("the press was overtaken")
		}
		time.Sleep(6 * time.Second)
		synctest.Wait()
		if len(d.Of("mine")) != 1 || len(d.Of("wait")) != 2 {
			t.Errorf("%d, %d", len(d.Of("mine")), len(d.Of("wait")))
		}
	})
}

// TestAcknowledgedQuickly: the first answer arrived and its success was lost.
func TestAcknowledgedQuickly(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, h *harness, _ *chattest.Dispatcher) {
		h.fake.refuseWith(func(r request) *refusal {
			if !strings.Contains(r.path, "/callback") {
				return nil
			}
			for _, i := range h.fake.interactions {
				i.answered, i.original = 4, &message{ID: "5", Channel: i.channel}
				h.fake.messages = append(h.fake.messages, i.original)
			}
			return &refusal{status: 400, code: 40060}
		})
		h.Type("/wait")
		synctest.Wait()
		if h.fake.find("waited") == nil {
			t.Error("the answer is lost")
		}
	})
}

// TestAnswerThatIsNotTaken: something is said, and nothing stays switched off.
func TestAnswerThatIsNotTaken(t *testing.T) {
	bad := func(r request) *refusal {
		if strings.Contains(string(r.body), `"title"`) {
			return &refusal{status: 400, code: 50035}
		}
		return nil
	}
	for name, take := range map[string]string{"quick": "", "slow": " take:5s"} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, nil, func(t *testing.T, h *harness, _ *chattest.Dispatcher) {
				h.fake.refuseWith(bad)
				i := h.fake.command(h.home(), "/wait"+take)
				time.Sleep(10 * time.Second)
				synctest.Wait()
				if m := i.original; m == nil || m.Flags&128 != 0 || !strings.Contains(m.Content, "went wrong") {
					t.Errorf("answer: %+v", m)
				}
			})
		})
	}
	t.Run("press", func(t *testing.T) {
		inBubble(t, nil, func(t *testing.T, h *harness, _ *chattest.Dispatcher) {
			h.Type("/wait")
			synctest.Wait()
			panel := h.fake.find("waited")
			h.fake.refuseWith(bad)
			h.Press("Turn")
			time.Sleep(10 * time.Second)
			synctest.Wait()
			if panel.control("Turn") == nil || h.fake.find("") == nil {
				t.Errorf("panel %+v, notice %+v", panel.Components, h.fake.find(""))
			}
		})
	})
}

// TestPanicsAreAnswered: wherever it panics, the person hears something, and the log repeats
// nothing that was typed.
func TestPanicsAreAnswered(t *testing.T) {
	if _, err := spec(); err != nil {
		t.Fatal(err)
	}
	run := func(context.Context, *chat.Request) (chat.Response, error) { return chat.Notice{Text: "ran"}, nil }
	list := []*chat.Command{
		{Name: "parse", Summary: "s", Run: run, Params: []chat.Param{{Name: "x", Summary: "s", Parse: func(v string) (string, error) { panic("typed " + v) }}}},
		{Name: "require", Summary: "s", Run: run, Params: []chat.Param{{Name: "x", Summary: "s", RequiredIf: func(chat.Args) bool { panic("typed CANARY") }}}},
		{Name: "complete", Summary: "s", Run: run, Params: []chat.Param{{Name: "x", Summary: "s", Complete: func(context.Context, *chat.Request, string) ([]chat.Choice, error) { panic("typed CANARY") }}}},
	}
	synctest.Test(t, func(t *testing.T) {
		h := startWith(t, chattest.NewDispatcher(list...), nil)
		for _, name := range []string{"parse", "require"} {
			i := h.fake.interact(h.home(), 2, map[string]any{"id": "1", "name": name, "type": 1, "options": []map[string]any{
				{"name": "x", "type": 3, "value": "CANARY"},
			}}, nil)
			time.Sleep(4 * time.Second)
			synctest.Wait()
			if name == "parse" && (i.answered != 4 || !strings.Contains(i.original.Content, "went wrong")) {
				t.Errorf("%s: answer %d", name, i.answered)
			}
		}
		i := h.fake.command(h.home(), "/require")
		time.Sleep(4 * time.Second)
		synctest.Wait()
		if i.answered != 4 {
			t.Errorf("require: answer %d", i.answered)
		}
		i = h.fake.interact(h.home(), 4, map[string]any{"id": "1", "name": "complete", "type": 1, "options": []map[string]any{
			{"name": "x", "type": 3, "value": "a", "focused": true},
		}}, nil)
		time.Sleep(4 * time.Second)
		synctest.Wait()
		if i.answered != 8 || string(i.choices) != `{"choices":[]}` {
			t.Errorf("suggestions: %d %s", i.answered, i.choices)
		}
		if strings.Contains(h.log.String(), "CANARY") {
			t.Error("the log holds what was typed")
		}
	})
}

// TestEditsAroundAPress: a card that was edited before the press arrived, or could not be edited
// during it.
func TestEditsAroundAPress(t *testing.T) {
	card := func(label string) chat.View {
		return chat.View{Title: "card", Rows: [][]chat.Control{{chat.Button(label, "wait", chat.Args{"take": "3s"})}}}
	}
	t.Run("before", func(t *testing.T) {
		inBubble(t, nil, func(t *testing.T, h *harness, _ *chattest.Dispatcher) {
			ref, err := h.front.Send(t.Context(), h.User().Direct(), card("Old"))
			if err != nil {
				t.Fatal(err)
			}
			m := h.fake.find("card")
			seen := *m // as it was when it was pressed
			if err := h.front.Edit(t.Context(), ref, card("New")); err != nil {
				t.Fatal(err)
			}
			h.fake.interact(h.home(), 3, seen.control("Old"), &seen)
			time.Sleep(10 * time.Second)
			synctest.Wait()
			h.fake.mu.Lock()
			defer h.fake.mu.Unlock()
			if seen.control("New") == nil || seen.control("Old") != nil {
				t.Errorf("controls: %+v", seen.Components)
			}
		})
	})
	t.Run("in vain", func(t *testing.T) {
		inBubble(t, nil, func(t *testing.T, h *harness, _ *chattest.Dispatcher) {
			ref, err := h.front.Send(t.Context(), h.User().Direct(), card("Old"))
			if err != nil {
				t.Fatal(err)
			}
			h.Press("Old")
			synctest.Wait()
			h.fake.refuseWith(func(r request) *refusal {
				if r.method == "PATCH" && strings.HasPrefix(r.path, "/channels") {
					return &refusal{status: 403, code: 50001}
				}
				return nil
			})
			if err := h.front.Edit(t.Context(), ref, card("New")); err == nil {
				t.Error("edited")
			}
			time.Sleep(10 * time.Second)
			synctest.Wait()
			if h.fake.find("card").control("Old") == nil {
				t.Error("the control stays off")
			}
		})
	})
}
