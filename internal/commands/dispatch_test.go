package commands_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/commands"
	"github.com/clorebot/clorebot/internal/market"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
)

func TestPanicsAreAnswered(t *testing.T) {
	w := newWorld(t).withKey()
	w.api.panics = true
	v := w.says("/wallet")
	if v.Topic != "error" || strings.Contains(dump(v), "out of range") || !strings.Contains(w.log.String(), "stack") {
		t.Errorf("%s\n%s", dump(v), w.log.String())
	}
}

func TestUnforeseenErrorsShowOnlyANumber(t *testing.T) {
	w := newWorld(t).withKey()
	w.mem.broken = errors.New("disk on fire")
	v := w.view(w.sends(ana, "/wallet"))
	if strings.Contains(dump(v), "fire") || strings.Count(w.log.String(), "disk on fire") != 1 {
		t.Errorf("%s\n%s", dump(v), w.log.String())
	}
}

// slowBoard never answers.
type slowBoard struct{ fakeBoard }

func (slowBoard) Snapshot(ctx context.Context) (*market.Snapshot, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

func TestDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, func(o *commands.Options) { o.Board = &slowBoard{} })
		began := time.Now()
		v := w.says("/market 4090")
		if v.Topic != "error" || time.Since(began) != 25*time.Second {
			t.Errorf("after %v: %s", time.Since(began), dump(v))
		}
	})
}

func TestOldMarketIsBetterThanNone(t *testing.T) {
	w := newWorld(t)
	w.board.err = clore.ErrUnavailable
	if v := w.says("/market 4090"); v.Topic != "market" {
		t.Error(dump(v))
	}
	w.board.snapshot = nil
	if v := w.says("/market 4090"); v.Topic != "error" {
		t.Error(dump(v))
	}
}

func TestWhoeverSpeaksIsWoken(t *testing.T) {
	w := newWorld(t)
	w.says("/help")
	w.group = true
	w.says("/help")
	for _, a := range w.mem.woken {
		if a != ana.Direct() {
			t.Errorf("woke %v", a)
		}
	}
	if len(w.mem.woken) < 2 {
		t.Errorf("woke %v", w.mem.woken)
	}
}

func TestReplacing(t *testing.T) {
	w := newWorld(t).withKey()
	w.ledger(func(l *rental.Ledger) { l.Rentals = []rental.Rental{running(1939941)} })
	replaces := func(resp chat.Response) bool { return resp.(chat.Reply).Replace }
	if replaces(w.sends(ana, "/orders")) {
		t.Error("a typed command replaces a message")
	}
	orders := w.says("/orders")
	if !replaces(w.press(orders, "1 ·")) {
		t.Error("a pressed control adds a message")
	}
	r := running(1939941)
	alert := w.told(rental.Event{Kind: rental.IsReady, Order: 1939941, Rental: &r})
	if replaces(w.press(alert, "Cancel rental")) {
		t.Error("the message with the login was replaced")
	}
}

func TestLongQueriesSurviveInButtons(t *testing.T) {
	w := newWorld(t)
	v := w.says("/market 4090 rel>50 cuda>=12.4 net>10 disk>10 ram>10 cc=UA,DE,NL,US,RU,AR")
	if v.Topic != "market" {
		t.Fatal(dump(v))
	}
	if next := w.view(w.press(v, "▶")); next.Title != v.Title {
		t.Errorf("%q became %q", v.Title, next.Title)
	}
	forgotten := w.dispatch(w.request(ana, chat.Pressed, "list", chat.Args{"q": "~unknown"}))
	if v := w.view(forgotten); v.Topic != "error" {
		t.Error(dump(v))
	}
}

func TestGroupsSeeNoSettings(t *testing.T) {
	w := newWorld(t)
	w.says("/settings pay CLORE")
	mine := w.says("/market a5000")
	w.group = true
	if theirs := w.says("/market 4090"); strings.Contains(dump(theirs), "CLORE") {
		t.Error(dump(theirs))
	}
	_ = mine
}

func TestCompletion(t *testing.T) {
	w := newWorld(t).withKey()
	complete := func(command, param, typed string) string {
		var out []string
		for _, c := range w.c.Complete(t.Context(), w.request(ana, chat.Typed, command, nil), param, typed) {
			out = append(out, c.Label+"="+c.Value)
		}
		return strings.Join(out, "\n")
	}
	w.ledger(func(l *rental.Ledger) { l.Rentals = []rental.Rental{running(1939941), running(1939942)} })
	for got, want := range map[string]string{
		complete("market", "gpu", "40"):                      "RTX 4090 — 6 free from 0.083 USD/h=RTX 4090",
		complete("market", "gpu", "a50 00"):                  "RTX A5000 — 1 free from 0.125 USD/h=RTX A5000",
		complete("rent", "preset", "torch"):                  "pytorch · PyTorch + Jupyter=pytorch",
		complete("cancel", "order", "942"):                   "1939942 · 1× RTX 4090 24 GB · “lora-run”=1939942",
		complete("order", "order", "nothing"):                "",
		complete("order", "nosuch", ""):                      "",
		complete("nosuch", "order", ""):                      "",
		complete("market", "count", ""):                      "",
		complete("market", "gpu", strings.Repeat("x", 5000)): "",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	w.board.snapshot = nil
	if got := complete("market", "gpu", ""); got != "" {
		t.Errorf("without a market: %q", got)
	}
}

// TestAnythingCanBePressed sends arbitrary arguments to every command: there must be an answer
// that can be shown, whatever comes from outside.
func TestAnythingCanBePressed(t *testing.T) {
	w := newWorld(t).withPreset()
	w.ledger(func(l *rental.Ledger) { l.Rentals = []rental.Rental{running(1939941), spotted()} })
	w.api.book = bids(290, clores(264))
	all := w.c.Commands()
	// What looks like a hole in a text is not typed.
	typed := rapid.String().Filter(func(s string) bool { return !strings.Contains(s, "%!") })
	value := rapid.OneOf(typed, rapid.SampledFrom([]string{
		"1939977", "0.13/h", "95clore/d", "defend", "save", "hold",
		"1939941", "-1", "99999999999999999999", "add", "delete", "cancel", "4090", "#88411", "spot", "~", "|=\\", "0", "none", "ready:off", "ssh", "other",
	}))
	rapid.Check(t, func(rt *rapid.T) {
		cmd := all[rapid.IntRange(0, len(all)-1).Draw(rt, "command")]
		args := chat.Args{}
		for _, p := range cmd.Params {
			if rapid.Bool().Draw(rt, p.Name+" given") {
				args[p.Name] = value.Draw(rt, p.Name)
			}
		}
		origin := rapid.SampledFrom([]chat.Origin{chat.Typed, chat.Pressed, chat.Filled}).Draw(rt, "origin")
		resp := w.dispatch(w.request(ana, origin, cmd.Name, args))
		if resp == nil || strings.Contains(fmt.Sprint(resp), "went wrong on my side") {
			rt.Fatalf("%s %q: %v\n%s", cmd.Name, args, resp, w.log.String())
		}
	})
}

// TestPricesShown checks the line of a price against the market it was made from.
func TestPricesShown(t *testing.T) {
	w := newWorld(t).withPreset()
	rapid.Check(t, func(rt *rapid.T) {
		usd := money.Amount(rapid.Int64Range(1_000_000, 500*int64(money.Coin)).Draw(rt, "usd a day"))
		m := marketplace()
		m.Servers[0] = server(88411, "RTX 4090", 1, usd)
		w.board.snapshot = market.NewSnapshot(m, start)
		v := w.says("/rent #88411")
		var q rental.Quote
		for _, q = range w.mem.quotes {
			if q.Terms.Price.Amount == usd {
				break
			}
		}
		if q.Terms.Price != (money.Money{Amount: usd, Currency: money.USD}) || q.Terms.USD != usd {
			rt.Fatalf("quoted %v for %v", q.Terms.Price, usd)
		}
		if !strings.Contains(dump(v), "USD/h") {
			rt.Fatal(dump(v))
		}
	})
}
