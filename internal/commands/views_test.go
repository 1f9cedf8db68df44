package commands_test

import (
	"errors"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
	"github.com/clorebot/clorebot/internal/secret"
)

func TestFirstSteps(t *testing.T) {
	w := newWorld(t)
	golden(t, "start", w.says("/start"), w.withKey().says("/start"))
	golden(t, "help", w.says("/help"), w.says("/help rent"), w.says("/help market"), w.says("/help /x"), w.says("/help nonsense"))
}

func TestMarketViews(t *testing.T) {
	w := newWorld(t)
	overview := w.says("/market")
	list := w.says("/market 4090")
	second := w.view(w.press(list, "▶"))
	golden(t, "market", overview, w.view(w.choose(overview, "q", "RTX 4090")), second, w.view(w.press(second, "◀")),
		w.view(w.choose(list, "s", "rel")))
	card := w.view(w.press(second, "6"))
	golden(t, "offer", card, w.view(w.press(card, "◀ Back")),
		w.view(w.dispatch(w.request(ana, chat.Pressed, "offer", chat.Args{"id": "60001"}))),
		w.view(w.dispatch(w.request(ana, chat.Pressed, "offer", chat.Args{"id": "60002"}))),
		w.view(w.dispatch(w.request(ana, chat.Pressed, "offer", chat.Args{"id": "60004", "k": "spot"}))),
		w.view(w.dispatch(w.request(ana, chat.Pressed, "offer", chat.Args{"id": "1"}))))
	golden(t, "nothing", w.says("/market 2x4090 <0.05/h"), w.says("/market 4090 cc=JP"), w.says("/market h100"))
	options := w.dispatch(w.request(ana, chat.Typed, "market", chat.Args{
		"gpu": "RTX 3090", "count": "2", "max": "0.25", "vram": "40", "country": "UA", "kind": "spot", "sort": "rel",
	}))
	golden(t, "options", w.view(options))
	golden(t, "query-errors", w.says("/market 4090 vram48"), w.says("/market relly>9"), w.says("/market cc=Germoney"),
		w.says("/market sort:beauty"), w.says("/market vram>48 vram<24"), w.says("/market vram>="))
}

func TestRentViews(t *testing.T) {
	w := newWorld(t).withKey()
	quote := w.says("/rent 4090")
	golden(t, "rent", quote, w.view(w.press(quote, "Details")), w.view(w.press(quote, "24h")), w.view(w.press(quote, "∞")))
	placing := w.view(w.press(quote, "Rent"))
	golden(t, "placing", placing, w.told(rental.Event{Kind: rental.Progress, Intent: w.mem.ledgers["acct-1"].Intents[0].ID}))
	w.ledger(func(l *rental.Ledger) { l.Intents = nil })
	golden(t, "quotes", w.says("/rent #88412 pay:CLORE run:2d"), w.says("/rent 4090 spot"), w.says("/rent #60004"), w.says("/rent #88411 run:9000h"))
	golden(t, "blocked", w.says("/rent #60001"), w.says("/rent #60002"), w.says("/rent #60003"), w.says("/rent #12345"), w.says("/rent 4090 cc=JP"))
	forget := func() { w.ledger(func(l *rental.Ledger) { l.Funds.Checked = time.Time{} }) }
	forget()
	w.api.wallets[0].Balance.Amount = money.Coin / 4
	golden(t, "short", w.says("/rent #88411"))
	forget()
	w.api.wallets[0].Balance.Amount = money.Coin / 100
	golden(t, "too-little", w.says("/rent #88411"))
	forget()
	w.api.err = clore.ErrUnavailable
	golden(t, "no-balance", w.says("/rent #88411"))
}

// cardAt shows the card of an intent and, if it got so far, its rental.
func cardAt(w *world, in rental.Intent, r *rental.Rental) chat.View {
	w.ledger(func(l *rental.Ledger) {
		l.Intents, l.Rentals = []rental.Intent{in}, nil
		if r != nil {
			l.Rentals = []rental.Rental{*r}
		}
	})
	return w.told(rental.Event{Kind: rental.Progress, Intent: in.ID, Order: in.Order})
}

func TestCards(t *testing.T) {
	w := newWorld(t).withKey()
	var views []chat.View
	for _, s := range []rental.IntentState{rental.Pending, rental.Sending, rental.Accepted, rental.Ambiguous, rental.Missing} {
		views = append(views, cardAt(w, intent(s), nil))
	}
	refused := intent(rental.Refused)
	refused.Reason = string(clore.ServerRented)
	views = append(views, cardAt(w, refused, nil))
	golden(t, "card-placing", views...)

	r := running(1939941)
	stages := func(change func(*rental.Rental)) {
		copied := r
		change(&copied)
		views = append(views, cardAt(w, intent(rental.Created), &copied))
	}
	views = nil
	unready := func(r *rental.Rental) { r.ReadyAt, r.Label = time.Time{}, "" }
	stages(func(r *rental.Rental) { unready(r); r.Stage, r.Order.Container, r.Order.Hosts = rental.Listed, 0, nil })
	stages(func(r *rental.Rental) { unready(r); r.Stage, r.Order.Hosts, r.Told.Slow = rental.Starting, nil, true })
	stages(func(r *rental.Rental) { unready(r); r.Stage, r.Told.Slow, r.Told.Stuck = rental.Addressed, true, true })
	stages(func(*rental.Rental) {})
	stages(func(r *rental.Rental) { r.Probe.Down = start.Add(-time.Minute) })
	stages(func(r *rental.Rental) { r.Cancel = &rental.Cancellation{Asked: start} })
	stages(func(r *rental.Rental) {
		r.Cancel = &rental.Cancellation{Asked: start, Accepted: start.Add(time.Second)}
	})
	golden(t, "card-rental", views...)

	r.Stage, r.EndedAt, r.Reason = rental.Ended, start.Add(-time.Minute), rental.ByStop
	w.mem.history = []rental.Rental{r}
	golden(t, "card-ended", cardAt(w, intent(rental.Created), nil))
}

func TestReady(t *testing.T) {
	w := newWorld(t).withKey()
	w.mem.secrets[ana.String()+rental.PasswordField("intent-1")] = secret.New(canaryPassword)
	at := func(change func(*rental.Rental)) chat.View {
		r := running(1939941)
		change(&r)
		w.ledger(func(l *rental.Ledger) { l.Rentals = []rental.Rental{r} })
		return w.told(rental.Event{Kind: rental.IsReady, Order: 1939941, Rental: &r})
	}
	views := []chat.View{
		at(func(*rental.Rental) {}),
		at(func(r *rental.Rental) {
			r.Terms.SSHKey = account.SSHKey{Name: "laptop", Line: "ssh-ed25519 AAAA", Fingerprint: "SHA256:abc"}
		}),
		at(func(r *rental.Rental) { r.Order.Hosts, r.Order.HTTPHost = []string{"-oProxyCommand=evil"}, "x;rm -rf" }),
		at(func(r *rental.Rental) { r.Intent, r.StopAt = "", time.Time{} }),
	}
	group, err := w.tell(chat.Address{Platform: chat.Telegram, ChatID: "-200"}, rental.Event{Kind: rental.IsReady, Order: 1939941, Rental: &rental.Rental{}})
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "ready", append(views, group)...)
}

func TestAlerts(t *testing.T) {
	w := newWorld(t).withKey()
	var views []chat.View
	at := func(kind rental.EventKind, change func(*rental.Rental, *rental.Event)) {
		r := running(1939941)
		e := rental.Event{Kind: kind, Order: 1939941, Rental: &r}
		change(&r, &e)
		w.ledger(func(l *rental.Ledger) { l.Rentals = []rental.Rental{r} })
		views = append(views, w.told(e))
	}
	probed := func(r *rental.Rental, _ *rental.Event) {
		r.Since, r.Probe.Misses, r.Probe.Failure = start.Add(-12*time.Minute), 14, "refused"
	}
	at(rental.Slow, probed)
	at(rental.Stuck, probed)
	at(rental.Stuck, func(r *rental.Rental, _ *rental.Event) { r.Since = start.Add(-12 * time.Minute) })
	at(rental.Unreachable, func(r *rental.Rental, _ *rental.Event) {
		r.Probe.Down, r.Probe.Failure = start.Add(-3*time.Minute), "timeout"
	})
	at(rental.Back, func(*rental.Rental, *rental.Event) {})
	at(rental.StopDue, func(*rental.Rental, *rental.Event) {})
	at(rental.CancelLingers, func(*rental.Rental, *rental.Event) {})
	at(rental.Dearer, func(_ *rental.Rental, e *rental.Event) {
		e.Price = money.Money{Amount: 2_328_000_000, Currency: money.USD}
	})
	at(rental.Foreign, func(r *rental.Rental, _ *rental.Event) { r.Intent, r.Terms = "", rental.Terms{} })
	at(rental.Foreign, func(_ *rental.Rental, e *rental.Event) { e.Intent = "intent-1" })
	for _, why := range []rental.EndReason{rental.ByUser, rental.ByStop} {
		at(rental.Foreign, func(r *rental.Rental, e *rental.Event) {
			e.Revived, r.Cancel = true, &rental.Cancellation{Asked: start, Reason: why}
		})
	}
	at(rental.Foreign, func(r *rental.Rental, e *rental.Event) { e.Revived, r.StopAt = true, time.Time{} })
	at(rental.Foreign, func(_ *rental.Rental, e *rental.Event) { e.Revived = true })
	golden(t, "alerts", views...)

	views = nil
	for _, why := range []rental.EndReason{rental.ByUser, rental.ByStop, rental.ByLimit, rental.ByFunds, rental.ByHost, rental.Elsewhere} {
		r := running(1939941)
		r.Stage, r.EndedAt, r.Reason = rental.Ended, start, why
		views = append(views, w.told(rental.Event{Kind: rental.HasEnded, Order: 1939941, Rental: &r}))
	}
	golden(t, "ended", views...)

	missing := intent(rental.Missing)
	w.ledger(func(l *rental.Ledger) {
		l.Intents = []rental.Intent{missing}
		l.Balances = []money.Money{{Amount: money.Coin / 10, Currency: money.USD}}
		l.Funds.Checked = start
	})
	views = []chat.View{
		w.told(rental.Event{Kind: rental.NotFound, Intent: "intent-1"}),
		w.told(rental.Event{Kind: rental.NotPlaced, Intent: "intent-1", Reason: rental.ReasonDearer, Quote: "id00000000000001"}),
		w.told(rental.Event{Kind: rental.NotPlaced, Intent: "intent-1", Reason: string(clore.NotEnoughBalance)}),
		w.told(rental.Event{Kind: rental.RunwayShort, Runway: 24 * time.Hour}),
		w.told(rental.Event{Kind: rental.RunwayShort, Runway: time.Hour}),
	}
	w.ledger(func(l *rental.Ledger) { l.Account.Rejected = start })
	golden(t, "account-alerts", append(views, w.told(rental.Event{Kind: rental.KeyRejected}))...)
}

func TestOrderViews(t *testing.T) {
	w := newWorld(t).withKey()
	none := w.says("/orders")
	ended := running(1939000)
	ended.Stage, ended.EndedAt, ended.Reason = rental.Ended, start.Add(-time.Hour), rental.ByUser
	w.mem.history = []rental.Rental{ended}
	golden(t, "orders-none", none, w.says("/orders"), w.says("/orders done"), w.says("/order 1939000"), w.says("/cancel"))

	spot, slow := running(1939977), running(1940002)
	spot.Order.Kind, spot.StopAt, spot.Label = clore.Spot, time.Time{}, ""
	spot.Order.Price.Currency, spot.Order.Price.Amount = money.CLORE, 95*money.Coin
	slow.ReadyAt, slow.Since, slow.Told.Slow, slow.Stage, slow.Label = time.Time{}, start.Add(-6*time.Minute), true, rental.Addressed, ""
	open := intent(rental.Ambiguous)
	open.ID = "intent-2"
	w.ledger(func(l *rental.Ledger) {
		l.Intents = []rental.Intent{intent(rental.Created), open}
		l.Rentals = []rental.Rental{slow, running(1939941), spot}
		l.Balances = []money.Money{{Amount: 37_510_000_000, Currency: money.USD}}
		l.Funds.Checked = start
	})
	list := w.says("/orders")
	card := w.view(w.press(list, "1 ·"))
	golden(t, "orders", list, card, w.says("/order 1939977"), w.says("/order #1940002"), w.says("/order 5"))
	w.mem.secrets[ana.String()+rental.PasswordField("intent-1")] = secret.New(canaryPassword)
	golden(t, "login", w.view(w.press(card, "Credentials")))
	w.group = true
	golden(t, "login-group", w.view(w.dispatch(w.request(ana, chat.Pressed, "login", chat.Args{"order": "1939941"}))), w.says("/order 1939941"))
	w.group = false

	ask := w.says("/cancel 1939941")
	golden(t, "cancel", w.says("/cancel"), ask, w.view(w.press(ask, "SSH dead")), w.says("/orders"), w.says("/order 1939941"))
}

func TestWalletViews(t *testing.T) {
	w := newWorld(t).withKey()
	w.ledger(func(l *rental.Ledger) { l.Rentals = []rental.Rental{running(1939941)} })
	wallet := w.says("/wallet")
	golden(t, "wallet", wallet, w.view(w.press(wallet, "Deposit USD")), w.view(w.dispatch(w.request(ana, chat.Pressed, "deposit", chat.Args{"coin": "BTC"}))))
	w.ledger(func(l *rental.Ledger) {
		l.Balances, l.Funds.Checked = []money.Money{{Amount: 12 * money.Coin, Currency: money.USD}}, start.Add(-time.Hour)
	})
	w.api.err = clore.ErrUnavailable
	golden(t, "wallet-stale", w.says("/wallet"))
}

func TestSettingViews(t *testing.T) {
	w := newWorld(t).withKey()
	all := w.says("/settings")
	views := []chat.View{all}
	for _, label := range []string{"Pay with", "Preset", "Stop after", "Login", "Quiet hours", "Time zone", "Language"} {
		views = append(views, w.view(w.press(all, label)))
	}
	golden(t, "settings", views...)
	alerts := w.view(w.press(all, "Alerts"))
	one := w.view(w.choose(alerts, "value", "slow"))
	golden(t, "alert-settings", alerts, one, w.view(w.press(one, "off")))
	golden(t, "presets", w.says("/presets"), w.says("/presets add vllm vllm/vllm-openai:latest ports:22,8000:http env:A=1,B=x"), w.says("/presets use vllm"), w.says("/presets delete vllm"))
	golden(t, "sshkeys", w.says("/sshkey"), w.says("/sshkey add "+edKey+" ana@laptop"), w.says("/sshkey use"), w.says("/sshkey delete laptop"))
	golden(t, "access", w.says("/access"), w.says("/access allow user:2002"), w.says("/access allow discord:group:77"), w.says("/access revoke 2002"))
}

const edKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFEBM9S4VQ2IwAuqgQ2uQNPd0u8tJ7mPHBqtXZxyYPZc"

func TestKeyViews(t *testing.T) {
	w := newWorld(t)
	w.api.orders = []clore.Order{order(1), order(2)}
	add := func(key string) chat.View {
		return w.view(w.dispatch(w.request(ana, chat.Filled, "key", chat.Args{"do": "add", "key": key})))
	}
	none, saved := w.says("/key"), add(canaryKey)
	second := add("SECONDKEYSECONDKEYSECONDKEYabcd")
	golden(t, "key", none, saved, second, w.says("/key"), w.says("/key test"), w.says("/key delete"), add("short"))
	w.api.err = &clore.Error{Code: clore.CodeKey, HTTP: 401}
	golden(t, "key-refused", add("THIRDKEYTHIRDKEYTHIRDKEYTHIRDxyz"), w.says("/key test"))
}

func TestErrors(t *testing.T) {
	w := newWorld(t).withKey()
	golden(t, "errors",
		w.view(w.dispatch(w.request(ana, chat.Typed, "nonsense", nil))),
		w.view(w.dispatch(w.request(ana, chat.Typed, "key", chat.Args{"do": "add", "key": canaryKey}))),
		w.view(w.dispatch(w.request(ana, chat.Typed, "order", nil))),
		w.view(w.dispatch(w.request(ana, chat.Typed, "order", chat.Args{"order": "x"}))),
		w.view(w.dispatch(w.request(ana, chat.Typed, "market", chat.Args{"count": "many"}))),
		w.view(w.dispatch(w.request(ana, chat.Typed, "market", chat.Args{"kind": "gift"}))),
		w.view(w.dispatch(w.request(ana, chat.Pressed, "take", chat.Args{"quote": "unknown"}))),
		w.view(w.dispatch(w.request(ana, chat.Pressed, "do", chat.Args{"id": "unknown"}))))
	var views []chat.View
	for _, err := range []error{
		&clore.Error{Code: clore.CodeKey}, &clore.Error{Code: clore.CodeRate}, &clore.Error{Code: clore.CodeOther, Text: clore.NotYourOrder},
		clore.ErrUnavailable, clore.ErrOutcomeUnknown, &clore.InputError{Field: "env", Reason: "has &"}, errors.New("bolt: " + canaryPassword),
	} {
		w.api.err = err
		views = append(views, w.says("/wallet"))
	}
	w.api.err, w.api.panics = nil, true
	golden(t, "clore-errors", append(views, w.says("/wallet"))...)
}
