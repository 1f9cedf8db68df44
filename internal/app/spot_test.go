package app_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/simulator"
)

// spot rents by a bid that leads, and returns the order once it runs.
func (w *world) spot() simulator.Order {
	w.t.Helper()
	q := w.phone.do("/rent 4090 spot")
	for _, c := range q.Controls() {
		if strings.HasSuffix(c.Label, "to lead") {
			q = w.phone.press(q, "to lead")
			break
		}
	}
	if q.Topic != "quote" || !strings.Contains(show(q), "it would lead now") {
		w.t.Fatalf("no quote that would lead:\n%s", show(q))
	}
	w.phone.press(q, "Rent ·")
	w.wait(12 * time.Minute)
	o := w.bid()
	if !o.Active || w.phone.count("ready") != 1 {
		w.t.Fatalf("does not run:\n%s", w.phone.transcript())
	}
	return o
}

// bid returns the person's newest order as it truly is.
func (w *world) bid() simulator.Order {
	w.t.Helper()
	own := w.orders()
	if len(own) == 0 {
		w.t.Fatalf("no order:\n%s", w.phone.transcript())
	}
	return own[len(own)-1]
}

func (w *world) beat(id int64, how simulator.Outbid) {
	w.t.Helper()
	if err := w.sim.Beat(id, how); err != nil {
		w.t.Fatal(err)
	}
}

// near compares prices in floats, as Clore has them.
func near(a, b float64) bool { return a-b < 1e-6 && b-a < 1e-6 }

func TestOutbidAndRaise(t *testing.T) {
	inWorld(t, simulator.Options{Seed: 7}, func(w *world) {
		o := w.spot()
		book := w.phone.do("/spot")
		if !strings.Contains(show(book), "You lead") || !strings.Contains(show(book), "you ◀ runs") {
			t.Errorf("the book:\n%s", show(book))
		}
		w.beat(o.ID, simulator.Frozen)
		w.wait(3 * time.Minute)
		alert := w.phone.topic("outbid")
		if alert == nil {
			t.Fatalf("not told that it is outbid:\n%s", w.phone.transcript())
		}
		if now := w.bid(); now.Active || !near(now.Price, o.Price) {
			t.Fatalf("order: %+v", now)
		}
		confirm := w.phone.press(alert.view, "Raise to")
		if w.wait(time.Minute); !near(w.bid().Price, o.Price) {
			t.Fatal("raised without a confirmation")
		}
		w.phone.press(confirm, "Raise to")
		w.wait(10 * time.Minute)
		now := w.bid()
		if !now.Active || now.Price <= o.Price*1.05 || now.Price > o.Price*1.05+0.011 {
			t.Errorf("order: %+v, was %+v", now, o)
		}
		if w.phone.topic("leading") == nil || w.phone.topic("outbid") != nil {
			t.Errorf("the alert is not put right:\n%s", w.phone.transcript())
		}
		if n := w.phone.count("ready"); n != 2 {
			t.Errorf("%d ready messages", n)
		}
	})
}

func TestOutbidAndGone(t *testing.T) {
	inWorld(t, simulator.Options{Seed: 7}, func(w *world) {
		o := w.spot()
		w.beat(o.ID, simulator.Vanish)
		w.wait(5 * time.Minute)
		end := w.phone.topic("ended")
		if end == nil || !strings.Contains(show(end.view), "outbid") {
			t.Fatalf("not told:\n%s", w.phone.transcript())
		}
		if similar := w.phone.press(end.view, "Similar"); !strings.Contains(show(similar), "4090") {
			t.Errorf("similar:\n%s", show(similar))
		}
		if q := w.phone.press(end.view, "On demand"); q.Topic != "quote" {
			t.Errorf("on demand:\n%s", show(q))
		}
	})
}

// TestDefendNeverPassesItsCeiling raises up to the ceiling, over a restart, and stops there.
func TestDefendNeverPassesItsCeiling(t *testing.T) {
	inWorld(t, simulator.Options{Seed: 7}, func(w *world) {
		o := w.spot()
		ceiling := o.Price * 1.12 // two raises fit, the third does not
		sure := w.phone.do(fmt.Sprintf("/autopilot %d defend %.3f/day", o.ID, ceiling))
		w.phone.press(sure, "Bid for me")
		for i := range 4 {
			if !w.bid().Active {
				break
			}
			w.beat(o.ID, simulator.Frozen)
			if i == 1 {
				w.restart()
			}
			w.wait(4 * time.Minute)
		}
		now := w.bid()
		if now.Active || now.Price <= o.Price*1.05 || now.Highest > ceiling {
			t.Fatalf("ceiling %v: %+v", ceiling, now)
		}
		if w.phone.topic("bidstuck") == nil {
			t.Errorf("not told that the ceiling is too low:\n%s", w.phone.transcript())
		}
	})
}

// TestLowerInSteps is taken down as Clore allows, by the bot alone and over a restart.
func TestLowerInSteps(t *testing.T) {
	inWorld(t, simulator.Options{Seed: 7}, func(w *world) {
		o := w.spot()
		w.phone.press(w.phone.do(fmt.Sprintf("/spot %d bid:%.2f/day", o.ID, o.Price+0.12)), "Raise to")
		w.wait(2 * time.Minute)
		if now := w.bid(); now.Price < o.Price+0.1 {
			t.Fatalf("not raised: %+v\n%s", now, w.phone.transcript())
		}
		down := w.phone.do(fmt.Sprintf("/spot %d bid:%.2f/day", o.ID, o.Price+0.01))
		w.phone.press(down, "Lower to")
		w.wait(time.Minute)
		first := w.bid().Price
		plan := show(w.phone.do("/spot"))
		if !strings.Contains(plan, "Clore allows it again in") || !strings.Contains(plan, "2 steps of at most 0.05") {
			t.Errorf("no plan after the first step to %v:\n%s", first, plan)
		}
		w.wait(5 * time.Minute)
		w.restart()
		w.wait(6 * time.Minute)
		second := w.bid().Price
		w.wait(10*time.Minute + 5*time.Second)
		last := w.bid()
		if !(last.Price < second && second < first) || last.Price > o.Price+0.02 || !last.Active {
			t.Errorf("%v, %v, %v: %+v", first, second, last.Price, last)
		}
		if w.phone.count("leading") == 0 {
			t.Errorf("not told that it is done:\n%s", w.phone.transcript())
		}
	})
}

func TestSaveStepsDown(t *testing.T) {
	inWorld(t, simulator.Options{Seed: 7}, func(w *world) {
		o := w.spot()
		w.phone.press(w.phone.do(fmt.Sprintf("/spot %d bid:%.2f/day", o.ID, o.Price+0.2)), "Raise to")
		w.wait(time.Minute)
		high := w.bid().Price
		w.phone.press(w.phone.do(fmt.Sprintf("/autopilot %d save %.2f/day", o.ID, o.Price+0.5)), "Bid for me")
		w.wait(90 * time.Minute)
		now := w.bid()
		if !now.Active || now.Price > high-0.15 {
			t.Errorf("from %v to %+v", high, now)
		}
	})
}

// TestARenterTakesTheServer is the other way to lose it: no bid helps.
func TestARenterTakesTheServer(t *testing.T) {
	inWorld(t, simulator.Options{Seed: 7, Outbid: simulator.Frozen}, func(w *world) {
		o := w.spot()
		w.phone.press(w.phone.do(fmt.Sprintf("/autopilot %d defend %.2f/day", o.ID, o.Price*2)), "Bid for me")
		if err := w.sim.SetRented(o.Server, true); err != nil {
			t.Fatal(err)
		}
		w.wait(5 * time.Minute)
		alert := w.phone.topic("outbid")
		if alert == nil || !strings.Contains(show(alert.view), "on demand") {
			t.Fatalf("not told:\n%s", w.phone.transcript())
		}
		if now := w.bid(); !near(now.Price, o.Price) {
			t.Errorf("raised against a renter: %+v", now)
		}
		if err := w.sim.SetRented(o.Server, false); err != nil {
			t.Fatal(err)
		}
		w.wait(10 * time.Minute)
		if now := w.bid(); !now.Active || w.phone.topic("leading") == nil {
			t.Errorf("does not lead again: %+v\n%s", now, w.phone.transcript())
		}
	})
}

// TestStrangersDoNotBid looks at what somebody else may do with a bid: nothing.
func TestStrangersDoNotBid(t *testing.T) {
	inWorld(t, simulator.Options{Seed: 7}, func(w *world) {
		o := w.spot()
		sure := w.phone.do(fmt.Sprintf("/spot %d bid:%.2f/day", o.ID, o.Price+0.2))
		action := chat.Action{}
		for _, c := range sure.Controls() {
			if strings.HasPrefix(c.Label, "Raise to") {
				action = c.Action
			}
		}
		r := w.phone.d.Dispatch(w.ctx, &chat.Request{
			ID: "eve", Origin: chat.Pressed, User: chat.User{Platform: chat.Telegram, ID: "666"},
			Chat: chat.Address{Platform: chat.Telegram, ChatID: "-5"}, Command: action.Command, Args: action.Args, At: time.Now(),
		})
		if w.wait(time.Minute); !near(w.bid().Price, o.Price) {
			t.Fatalf("a stranger raised the bid: %#v", r)
		}
		w.phone.press(sure, "Raise to")
		if w.wait(time.Minute); near(w.bid().Price, o.Price) {
			t.Fatal("its owner cannot raise the bid any more")
		}
	})
}

// TestFallback gives the bid up at its ceiling and rents on demand in its place, over a restart.
func TestFallback(t *testing.T) {
	inWorld(t, simulator.Options{Seed: 7}, func(w *world) {
		o := w.spot()
		w.phone.press(w.phone.do(fmt.Sprintf("/autopilot %d defend %.3f/day", o.ID, o.Price*1.02)), "Bid for me")
		sure := w.phone.press(w.phone.do(fmt.Sprintf("/autopilot %d", o.ID)), "Then on demand")
		w.phone.press(sure, "Allow up to")
		w.wait(20 * time.Minute)
		if n := len(w.orders()); n != 1 {
			t.Fatalf("%d orders while the bid leads", n)
		}
		w.beat(o.ID, simulator.Frozen)
		w.wait(30 * time.Second)
		w.restart()
		w.wait(20 * time.Minute)
		own := w.orders()
		if len(own) != 2 || own[0].Ended.IsZero() || own[0].Highest > o.Price*1.02 {
			t.Fatalf("orders %+v\n%s", own, w.phone.transcript())
		}
		if got := own[1]; got.Kind == o.Kind || !got.Ended.IsZero() || got.Created.Before(own[0].Ended) {
			t.Errorf("in its place: %+v, after %+v", got, own[0])
		}
		if w.phone.count("bought") != 1 || w.phone.count("ready") != 2 {
			t.Errorf("not told:\n%s", w.phone.transcript())
		}
	})
}
