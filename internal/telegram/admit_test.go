package telegram_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clorebot/clorebot/internal/chat/chattest"
)

// TestStrangersAreAskedNothing: who is not let in is not asked for a key, and a group is not told of
// answers that nobody gets.
func TestStrangersAreAskedNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, &chattest.Door{Dispatcher: chattest.NewDispatcher(commands(nil)...), Guest: fmt.Sprint(me)})
		r.run()
		r.api.Write(other, other, "/key")
		r.api.Write(other, group, "/key")
		r.api.Write(other, group, "/mine")
		wait(time.Minute)
		for _, chat := range []int64{other, group} {
			if all := r.ours(chat); len(all) > 0 {
				t.Errorf("%d: %v", chat, all)
			}
		}
		r.api.Write(me, me, "/key")
		wait(time.Second)
		if r.last(me).Text == "" {
			t.Error("the guest is not asked")
		}
		if err := r.Stop(); err != nil {
			t.Error(err)
		}
	})
}
