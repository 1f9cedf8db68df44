package telegram_test

import (
	"strings"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/chat/chattest"
	"github.com/clorebot/clorebot/internal/telegram"
)

// TestReadersLanguageAndZone has alerts and answers say and date things as their reader has set.
func TestReadersLanguageAndZone(t *testing.T) {
	german := func(o *telegram.Options) {
		o.Phrases = func(locale string) telegram.Phrases {
			p := telegram.English()
			if locale == "de" {
				p.In, p.HiddenAgain = "noch %s", "wieder verborgen"
			}
			return p
		}
	}
	inBubble(t, func(t *testing.T, r *rig, _ *chattest.Dispatcher) {
		r.run()
		due := time.Now().Add(90 * time.Minute) // 00:00 UTC at first
		for zone, want := range map[string]string{
			"": "01:30 UTC (", "Europe/Berlin": "02:30 CET (", "Asia/Kathmandu": "07:15 +0545 (", "No/Where": "01:30 UTC (",
		} {
			for locale, in := range map[string]string{"de": "noch 1 h", "": "in 1 h", "fr": "in 1 h"} {
				v := chat.View{Locale: locale, Zone: zone, Body: chat.Text{chat.At(due), chat.Spoiler(chattest.Canary)}}
				if _, err := r.front.Send(t.Context(), person(me), v); err != nil {
					t.Fatal(err)
				}
				if got := r.last(me).Text; !strings.HasPrefix(got, want+in+")") {
					t.Errorf("%q in %q: got %q", locale, zone, got)
				}
			}
		}
		wait(time.Hour)
		n := 0
		for _, m := range r.api.Messages(me) {
			n += strings.Count(m.Text, "wieder verborgen")
		}
		if n != 4 {
			t.Errorf("%d veils in German", n)
		}
	}, german)
}
