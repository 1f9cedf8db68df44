package commands_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/commands"
	"github.com/clorebot/clorebot/internal/market"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/notify"
	"github.com/clorebot/clorebot/internal/rental"
	"github.com/clorebot/clorebot/internal/watch"
)

// looks has a changed market looked at a minute later and returns the events of what is told.
func (w *world) looks(change func(*clore.Marketplace)) []rental.Event {
	w.t.Helper()
	w.now = w.now.Add(time.Minute)
	m := marketplace()
	change(m)
	w.board.snapshot = market.NewSnapshot(m, w.now)
	w.watches.Judge(w.board.snapshot)
	var events []rental.Event
	for _, c := range w.mem.news {
		news, err := c.News()
		if err != nil {
			w.t.Fatal(err)
		}
		events = append(events, rental.Event{Kind: rental.WatchHit, Watch: c.Watch.ID, Hits: news})
	}
	w.mem.news = nil
	return events
}

// watching is a world whose market ana watches for RTX 4090.
func watching(t *testing.T) (w *world, id string) {
	t.Helper()
	w = newWorld(t).withPreset()
	w.watches.Judge(w.board.snapshot)
	if v := w.says("/watch 4090"); v.Topic != "watch" {
		t.Fatal(dump(v))
	}
	return w, w.watches.List(ana)[0].ID
}

// stable removes what differs from run to run.
func stable(w *world, views ...chat.View) []chat.View {
	var all []chat.View
	for _, v := range views {
		for r := range v.Rows {
			for i := range v.Rows[r] {
				args := v.Rows[r][i].Action.Args
				for n, one := range w.watches.List(ana) {
					for _, name := range []string{"id", "watch"} {
						if args[name] == one.ID {
							v.Rows[r][i].Action.Args = args.With(name, fmt.Sprint("w", n+1))
						}
					}
				}
			}
		}
		all = append(all, v)
	}
	return all
}

func TestWatchViews(t *testing.T) {
	w := newWorld(t).withPreset()
	none := w.says("/watch")
	w.watches.Judge(w.board.snapshot)
	saved := w.says("/watch 4090 <0.30/h drop:10% for:7d")
	w.now = w.now.Add(time.Second)
	again := w.says("/watch 4090 <0.3/h sort:rel drop:5")
	pressed := w.view(w.press(w.says("/market 2x4090 <0.05/h"), "🔔 Watch for it"))
	card := w.view(w.press(w.says("/watch"), "1 ·"))
	asleep := w.view(w.press(card, "Snooze 8 h"))
	dropped := w.view(w.choose(asleep, "v", "20"))
	views := []chat.View{none, saved, again, pressed, w.says("/watch"), card, asleep, dropped, w.view(w.press(asleep, "Wake"))}
	golden(t, "watch", stable(w, views...)...)
	all := w.watches.List(ana)
	if len(all) != 2 || all[0].Query != "4090 <0.3/h" || all[0].Drop != 20 || !all[0].Expires.Equal(start.Add(7*24*time.Hour)) ||
		all[0].Account != "acct-1" || all[0].Asleep(w.now) || len(all[0].Seen) == 0 || all[0].Pay[0] != money.USD {
		t.Errorf("%+v", all)
	}
	views = []chat.View{w.says("/watch all"), w.says("/watch vram>"), w.view(w.dispatch(w.request(ana, chat.Pressed, "watch-card", chat.Args{"id": "x"})))}
	for _, args := range []chat.Args{{"drop": "0"}, {"drop": "51"}, {"for": "91d"}, {"for": "30m"}, {"for": "soon"}, {"query": strings.Repeat("4090,", 200)}} {
		if args["query"] == "" {
			args["query"] = "4090"
		}
		views = append(views, w.view(w.dispatch(w.request(ana, chat.Typed, "watch", args))))
	}
	golden(t, "watch-errors", views...)
}

func TestWatchIsRemovedByASecondTap(t *testing.T) {
	w, id := watching(t)
	sure := w.view(w.press(w.says("/watch"), "1 ·"))
	sure = w.view(w.press(sure, "Stop watching…"))
	if len(w.watches.List(ana)) != 1 {
		t.Fatal("removed by one tap")
	}
	asked := stable(w, clone(sure))
	gone := w.view(w.press(sure, "Stop watching"))
	golden(t, "watch-removed", append(asked, gone)...)
	if len(w.watches.List(ana)) != 0 || len(w.mem.saved) != 0 {
		t.Error("still there")
	}
	if v := w.view(w.press(sure, "Stop watching")); v.Topic != "error" {
		t.Errorf("a second time: %s", dump(v))
	}
	if v := w.view(w.press(gone, "Watch again")); v.Topic != "watch" || len(w.watches.List(ana)) != 1 {
		t.Error(dump(v))
	}
	if w.watches.List(ana)[0].ID == id {
		t.Error("the old watch came back")
	}
}

func TestWatchesAreTheirOwners(t *testing.T) {
	w, id := watching(t)
	w.mem.grants = append(w.mem.grants, account.Grant{Platform: chat.Telegram, User: eve.ID, Role: account.Member})
	for command, args := range map[string]chat.Args{
		"watch-card": {"id": id},
		"watch-set":  {"id": id, "do": "remove"},
		"new-watch-set": {
			"id": id, "do": "snooze", "v": "8h",
		},
	} {
		if v := w.view(w.dispatch(w.request(eve, chat.Pressed, command, args))); v.Topic != "error" {
			t.Errorf("%s: %s", command, dump(v))
		}
	}
	if v := w.view(w.sends(eve, "/watch")); v.Topic != "watches" || strings.Contains(dump(v), "4090 ·") {
		t.Error(dump(v))
	}
	if all := w.watches.List(ana); len(all) != 1 || all[0].Asleep(w.now) {
		t.Errorf("%+v", all)
	}
}

// cheaper lowers the price of a server, in hundredths of a USD a day.
func cheaper(id clore.ServerID, cents int64) func(*clore.Marketplace) {
	return func(m *clore.Marketplace) {
		for i := range m.Servers {
			if m.Servers[i].ID == id {
				m.Servers[i].OnDemand = clore.Prices{{Amount: money.Amount(cents) * money.Coin / 100, Currency: money.USD}}
			}
		}
	}
}

func TestWatchAlerts(t *testing.T) {
	w, id := watching(t)
	if events := w.looks(func(*clore.Marketplace) {}); len(events) != 0 {
		t.Fatalf("told without news: %+v", events)
	}
	drop := w.looks(cheaper(88412, 150))
	if len(drop) != 1 {
		t.Fatalf("%d events", len(drop))
	}
	alert := w.told(drop[0])
	many := w.looks(func(m *clore.Marketplace) {
		for i := range 7 {
			s := m.Servers[0]
			s.ID = clore.ServerID(90000 + i)
			m.Servers = append(m.Servers, s)
		}
	})
	folded := w.told(many[0])
	w.board.snapshot = market.NewSnapshot(marketplace(), w.now) // those are gone again
	late := w.told(many[0])
	over, err := watch.Change{Cause: watch.Expired, Watch: w.watches.List(ana)[0]}.News()
	if err != nil {
		t.Fatal(err)
	}
	ended := rental.Event{Kind: rental.WatchOver, Watch: id, Hits: over}
	views := []chat.View{alert, folded, late, w.told(ended)}
	w.ledger(func(l *rental.Ledger) {
		l.Mandates = []rental.Mandate{{ID: "m", Cause: rental.ForWatch, Watch: id, Count: 2, Tries: 4, Over: w.now, Why: rental.FinishExpired}}
	})
	views = append(views, w.told(ended))
	w.ledger(func(l *rental.Ledger) { l.Mandates[0].Why = rental.FinishUser })
	if v := w.told(ended); strings.Contains(dump(v), "permission") {
		t.Errorf("of a watch that was disarmed:\n%s", dump(v))
	}
	golden(t, "watch-alerts", stable(w, views...)...)
	if alert.Silent {
		t.Error("a find makes no sound")
	}
}

// TestWatchFitsAfterARestart: the controls of an alert work when long searches are forgotten.
func TestWatchFitsAfterARestart(t *testing.T) {
	w := newWorld(t).withPreset()
	w.watches.Judge(w.board.snapshot)
	w.says("/watch 4090 vram>=20 rel>10 !CN cuda>=10 net>1 <9/h")
	alert := w.told(w.looks(cheaper(88412, 150))[0])
	w.c = commands.New(w.c.Options)
	for _, label := range []string{"All that fit", "The watch", "Details", "Rent ·", "Snooze"} {
		if reply, ok := w.press(alert, label).(chat.Reply); ok && reply.View.Topic == "error" {
			t.Errorf("%s: %s", label, dump(reply.View))
		}
	}
}

// TestWatchAlertQuotesAgain: an alert's Rent button never rents, and its price is not believed.
func TestWatchAlertQuotesAgain(t *testing.T) {
	w, _ := watching(t)
	alert := w.told(w.looks(cheaper(88412, 150))[0])
	w.looks(cheaper(88412, 800))
	quote := w.view(w.press(alert, "Rent · "))
	if quote.Topic != "quote" || len(w.intents()) != 0 {
		t.Fatalf("%d intents, %s", len(w.intents()), dump(quote))
	}
	if text := dump(quote); !strings.Contains(text, "8.00/day") || strings.Contains(text, "1.50") {
		t.Errorf("quoted at the old price:\n%s", text)
	}
	reply, ok := w.press(alert, "Rent · ").(chat.Reply)
	if !ok || reply.Replace {
		t.Errorf("the alert is replaced: %+v", reply)
	}
	if got := w.press(alert, "Snooze"); got == nil || !w.watches.List(ana)[0].Asleep(w.now) {
		t.Errorf("%v", got)
	} else if _, said := got.(chat.Notice); !said {
		t.Errorf("the alert is replaced: %+v", got)
	}
}

func TestWatchAlertLevels(t *testing.T) {
	w, id := watching(t)
	e := w.looks(cheaper(88412, 150))[0]
	w.says("/settings quiet 00:00-23:59")
	if v := w.told(e); !v.Silent {
		t.Error("rings in quiet hours")
	}
	w.says("/settings quiet off")
	w.says("/settings alerts watch:off")
	if _, err := w.tell(ana.Direct(), e); !errors.Is(err, notify.ErrSkip) {
		t.Errorf("%v", err)
	}
	w.says("/settings alerts watch:silent")
	if v := w.told(e); !v.Silent {
		t.Error("rings although silent")
	}
	if _, err := w.watches.Remove(t.Context(), ana, id); err != nil {
		t.Fatal(err)
	}
	if _, err := w.tell(ana.Direct(), e); !errors.Is(err, notify.ErrSkip) {
		t.Errorf("tells of a watch that was removed: %v", err)
	}
}

func TestWatchList(t *testing.T) {
	w := newWorld(t) // a key is not needed to look
	for i := range watch.MaxPerUser {
		if v := w.says(fmt.Sprintf("/watch 4090 vram>=%d", i+1)); v.Topic != "watch" {
			t.Fatal(dump(v))
		}
	}
	if v := w.says("/watch 3090"); v.Topic != "error" || !strings.Contains(dump(v), "50 watches") {
		t.Error(dump(v))
	}
	seen := map[string]bool{}
	v := w.says("/watch")
	for range 20 {
		for _, ctl := range v.Controls() {
			if ctl.Action.Command == "watch-card" {
				seen[ctl.Action.Args["id"]] = true
			}
		}
		if !strings.Contains(dump(v), "▶") {
			break
		}
		v = w.view(w.press(v, "▶"))
	}
	if len(seen) != watch.MaxPerUser {
		t.Errorf("%d of %d can be reached", len(seen), watch.MaxPerUser)
	}
}

func TestForgettingForgetsWatches(t *testing.T) {
	w, _ := watching(t)
	w.press(w.says("/key delete"), "Delete everything")
	if len(w.watches.List(ana)) != 0 || len(w.mem.saved) != 0 {
		t.Error("watches are left")
	}
}
