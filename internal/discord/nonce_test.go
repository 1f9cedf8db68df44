package discord_test

import (
	"testing"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/chat/chattest"
)

// Two deliveries of the same words are two messages; the same delivery, tried again, is one.
func TestEqualWordsAreTwoMessages(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, h *harness, _ *chattest.Dispatcher) {
		send := func(key, title string) string {
			ref, err := h.front.Send(t.Context(), h.User().Direct(), chat.View{Title: title, Key: key})
			if err != nil {
				t.Fatal(err)
			}
			return ref.MessageID
		}
		first, again, other := send("7", "Outbid"), send("7", "Outbid, a second later"), send("8", "Outbid")
		if first != again || first == other {
			t.Errorf("messages %s, again %s, another delivery %s", first, again, other)
		}
	})
}
