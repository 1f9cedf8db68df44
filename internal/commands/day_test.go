package commands_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/market"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/notify"
	"github.com/clorebot/clorebot/internal/rental"
	"github.com/clorebot/clorebot/internal/secret"
)

// clore plays the part of the agent and the watcher: it changes the ledger as they would.
func (w *world) happens(change func(*rental.Ledger)) {
	w.t.Helper()
	err := w.mem.Update(w.t.Context(), w.mem.order[0], func(l *rental.Ledger) error {
		change(l)
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// hears renders all events so far that are not skipped, and returns their topics.
func (w *world) hears() (topics []string, last chat.View) {
	w.t.Helper()
	events := w.mem.events
	w.mem.events = nil
	for _, e := range events {
		v, err := w.c.Render(w.t.Context(), e.User.Direct(), e)
		if errors.Is(err, notify.ErrSkip) {
			continue
		}
		if err != nil {
			w.t.Fatal(err)
		}
		w.check(v, true)
		topics, last = append(topics, v.Topic), v
	}
	return topics, last
}

func (w *world) expects(want ...string) chat.View {
	w.t.Helper()
	got, last := w.hears()
	if strings.Join(got, " ") != strings.Join(want, " ") {
		w.t.Fatalf("heard %v, want %v", got, want)
	}
	return last
}

// TestADay goes from the first word to the receipt, with the real desk, ledger and diff.
func TestADay(t *testing.T) {
	w := newWorld(t)
	begin := w.says("/start")
	action := begin.Rows[0][0].Action
	w.view(w.dispatch(w.request(ana, chat.Filled, action.Command, action.Args.With("key", canaryKey))))
	w.happens(func(l *rental.Ledger) { l.Observe(rental.Poll{At: w.now}, w.now) })

	list := w.says("/market 4090")
	placing := w.view(w.press(w.view(w.press(list, "1 Rent")), "Rent"))
	if placing.Topic != "placing" {
		t.Fatal(dump(placing))
	}
	w.expects("card")
	id := w.mem.ledgers[w.mem.order[0]].Intents[0].ID
	w.now = w.now.Add(time.Second)
	w.happens(func(l *rental.Ledger) {
		if err := l.BeginSend(id, 0, w.now); err != nil {
			t.Error(err)
		}
	})
	w.mem.secrets[ana.String()+rental.PasswordField(id)] = secret.New(canaryPassword)
	w.happens(func(l *rental.Ledger) { l.Accept(id, w.now.Add(time.Second)) })
	w.expects("card", "card")

	o := order(1939941)
	o.Created, o.Spend.Amount, o.Container, o.Hosts, o.Ports = w.now, money.Coin/1000, 1, nil, nil
	w.now = w.now.Add(5 * time.Second)
	w.happens(func(l *rental.Ledger) { l.Observe(rental.Poll{At: w.now, Orders: []clore.Order{o}}, w.now) })
	w.expects("card")
	o = order(1939941)
	o.Created = w.now.Add(-5 * time.Second)
	w.now = w.now.Add(2 * time.Minute)
	w.happens(func(l *rental.Ledger) { l.Observe(rental.Poll{At: w.now, Orders: []clore.Order{o}}, w.now) })
	card := w.expects("card")
	w.now = w.now.Add(30 * time.Second)
	w.happens(func(l *rental.Ledger) {
		l.Reached(1939941, rental.ProbeResult{Host: "n1.us.clorecloud.net", Port: 1972}, w.now)
	})
	ready := w.expects("card", "ready")
	golden(t, "day", card, ready)

	if resp := w.press(ready, "+1h"); resp == nil || !strings.Contains(resp.(chat.Notice).Text, "in 7 h") && !strings.Contains(resp.(chat.Notice).Text, "in 6 h") {
		t.Errorf("one hour more: %v", resp)
	}
	w.expects("card")
	w.press(w.view(w.press(ready, "Cancel rental")), "Cancel rental")
	w.expects("card")
	w.happens(func(l *rental.Ledger) { l.CancelAccepted(1939941, w.now) })
	w.expects("card")
	for range 2 {
		w.now = w.now.Add(40 * time.Second)
		w.happens(func(l *rental.Ledger) { l.Observe(rental.Poll{At: w.now}, w.now) })
	}
	got, receipt := w.hears()
	if len(got) == 0 || got[len(got)-1] != "ended" || !receipt.Silent {
		t.Fatalf("heard %v\n%s", got, dump(receipt))
	}
	if v := w.says("/orders done"); len(v.Fields) != 1 {
		t.Error(dump(v))
	}
	if again := w.view(w.press(receipt, "Rent same again")); again.Topic != "quote" {
		t.Error(dump(again))
	}
}

// TestUnclearOrder tells of an order whose fate is unknown, and of its late appearance.
func TestUnclearOrder(t *testing.T) {
	w := newWorld(t).withPreset()
	w.happens(func(l *rental.Ledger) { l.Observe(rental.Poll{At: w.now}, w.now) })
	w.press(w.says("/rent #88411"), "Rent")
	id := w.intents()[0].ID
	w.happens(func(l *rental.Ledger) {
		if err := l.BeginSend(id, 0, w.now); err != nil {
			t.Error(err)
		}
		l.Doubt(id, w.now)
	})
	w.hears()
	for range 4 {
		w.now = w.now.Add(time.Minute)
		w.happens(func(l *rental.Ledger) { l.Observe(rental.Poll{At: w.now, Completed: true}, w.now) })
	}
	missing := w.expects("card", "notfound")
	w.press(missing, "Stop looking for it")
	w.hears()
	o := order(1939941)
	o.Created = start.Add(time.Minute)
	w.happens(func(l *rental.Ledger) {
		l.Observe(rental.Poll{At: w.now.Add(time.Second), Orders: []clore.Order{o}}, w.now)
	})
	got, _ := w.hears()
	if !strings.Contains(strings.Join(got, " "), "foreign") {
		t.Errorf("a late order is told as %v", got)
	}
}

// TestLongestTexts fills every view with the longest texts that can get into it.
func TestLongestTexts(t *testing.T) {
	w := newWorld(t).withPreset()
	long := strings.Repeat("W", 300)
	m := marketplace()
	for i := range 40 {
		s := server(clore.ServerID(1_000_000_000+i), "GPU "+string(rune('A'+i))+long, 8, money.Amount(i+1)*1234*money.Coin)
		s.CPU, s.DiskModel, s.Country, s.CUDA = long, long, long, long
		s.Coins = []money.Currency{money.USD, money.CLORE, money.BTC, "A-Blockchain", "B-Blockchain"}
		m.Servers = append(m.Servers, s)
	}
	w.board.snapshot = market.NewSnapshot(m, start)
	for i := range 20 {
		w.says("/presets add preset-number-" + string(rune('a'+i)) + " " + strings.Repeat("a", 150) + "/" + strings.Repeat("b", 40) + " ports:11111,22222,33333,44444,55555,55556,55557,55558,55559,55560:http")
	}
	for i := range 10 {
		w.says("/sshkey add keyname-longest" + string(rune('a'+i)) + " " + edKey)
	}
	w.ledger(func(l *rental.Ledger) {
		for i := range 30 {
			r := running(clore.OrderID(9_000_000_000 + i))
			r.Label, r.Terms.Hardware, r.Order.Image, r.Order.Country = long, long, long, long
			r.Order.Price.Amount, r.Order.Spend.Amount = 123_456*money.Coin, 123_456*money.Coin
			r.Intent, r.Probe.Down = "intent-"+string(rune('a'+i)), start
			l.Rentals = append(l.Rentals, r)
			in := intent(rental.Ambiguous)
			in.ID, in.Terms.Hardware = "open-"+string(rune('a'+i)), long
			l.Intents = append(l.Intents, in)
			r.Stage, r.EndedAt = rental.Ended, start
			w.mem.history = append(w.mem.history, r)
		}
		l.Account.Label = strings.Repeat("L", 32)
		l.Balances = []money.Money{{Amount: 1234 * money.Coin, Currency: money.USD}}
	})
	for _, line := range []string{
		"/start", "/market", "/market all", "/market gpus=8", "/rent #1000000000", "/rent #1000000000 kind:spot", "/orders", "/orders done",
		"/order 9000000000", "/cancel", "/cancel 9000000001", "/wallet", "/key", "/settings", "/settings preset", "/settings login",
		"/presets", "/sshkey", "/key delete",
	} {
		w.says(line)
	}
	list := w.says("/market gpus=8")
	w.press(list, "1")
	w.press(list, "▶")
	r := w.mem.ledgers["acct-1"].Rentals[0]
	for _, kind := range []rental.EventKind{
		rental.IsReady, rental.Slow, rental.Stuck, rental.Unreachable, rental.Back, rental.StopDue, rental.CancelLingers, rental.Foreign, rental.Dearer, rental.HasEnded,
	} {
		w.told(rental.Event{Kind: kind, Order: r.Order.ID, Rental: &r})
	}
}

// TestEveryKindOfEventIsTold fails when an event is added without words for it.
func TestEveryKindOfEventIsTold(t *testing.T) {
	w := newWorld(t).withKey()
	r := running(1939941)
	w.ledger(func(l *rental.Ledger) {
		l.Rentals, l.Intents = []rental.Rental{r}, []rental.Intent{intent(rental.Missing)}
		l.Balances, l.Funds.Checked = []money.Money{{Amount: money.Coin / 10, Currency: money.USD}}, start
		l.Account.Rejected, l.Limits.Day = start, 10*money.Coin
	})
	seen := map[string]rental.EventKind{}
	for _, kind := range []rental.EventKind{
		rental.Progress, rental.IsReady, rental.NotPlaced, rental.NotFound, rental.Slow, rental.Stuck, rental.Unreachable,
		rental.Back, rental.StopDue, rental.HasEnded, rental.CancelLingers, rental.Foreign, rental.Dearer, rental.RunwayShort, rental.KeyRejected,
		rental.LimitNear,
	} {
		v := w.told(rental.Event{
			Kind: kind, Order: 1939941, Intent: "intent-1", Rental: &r, Runway: time.Hour,
			Limit: &rental.LimitState{Limit: rental.LimitDay, Percent: 80, Cap: 10 * money.Coin, Spent: 8 * money.Coin},
		})
		if other, twice := seen[v.Topic]; twice {
			t.Errorf("%s and %s have the topic %q", kind, other, v.Topic)
		}
		seen[v.Topic] = kind
	}
}

func TestStartLinks(t *testing.T) {
	w := newWorld(t).withKey()
	w.ledger(func(l *rental.Ledger) { l.Rentals = []rental.Rental{running(1939941)} })
	for line, topic := range map[string]string{
		"/start o_1939941": "order", "/start o_7": "error", "/start o_x": "link", "/start anything else": "link",
		"/start o_": "link", "/start o": "link", "/start o_-1": "link", "/start x_1": "link", "/start private": "start", "/start": "start",
		"/start s_88412": "offer", "/start q_88412": "quote", "/start s_7": "error", "/start q_99999999": "blocked",
	} {
		if v := w.says(line); v.Topic != topic {
			t.Errorf("%s: %s", line, dump(v))
		}
	}
}

func TestTwoAccounts(t *testing.T) {
	w := newWorld(t).withKey().withSecond()
	r := running(2000001)
	r.Account = "acct-2"
	w.ledger(func(l *rental.Ledger) { l.Rentals = []rental.Rental{running(1939941)} })
	l := w.mem.ledgers["acct-2"]
	l.Rentals = []rental.Rental{r}
	w.mem.ledgers["acct-2"] = l
	if v := w.says("/orders"); len(v.Fields) != 2 {
		t.Error(dump(v))
	}
	w.press(w.says("/cancel 2000001"), "Cancel rental")
	if w.mem.ledgers["acct-2"].Rentals[0].Cancel == nil || w.mem.ledgers["acct-1"].Rentals[0].Cancel != nil {
		t.Error("the wrong account's rental was cancelled")
	}
}
