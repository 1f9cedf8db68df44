package commands_test

import (
	"strings"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/market"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
)

// dearWorld has a server for 2.00 USD/h and one for 0.80 USD/h, and money for them.
func dearWorld(t *testing.T) *world {
	t.Helper()
	w := newWorld(t).withPreset()
	m := marketplace()
	big, small := server(90001, "H100", 8, 48*money.Coin), server(90002, "H200", 1, 19_200_000_000)
	big.MaxRental, small.MaxRental = 720*time.Hour, 720*time.Hour
	m.Servers = append(m.Servers, big, small)
	w.board.snapshot = market.NewSnapshot(m, start)
	w.api.wallets = []clore.Wallet{{Balance: dollars(1_000_000)}, {Balance: clores(10_000_000)}}
	w.ledger(func(l *rental.Ledger) { l.SetLimits(rental.Limits{}) })
	return w
}

// TestLargeSumsWantAWord: on every way to a quote, above 1 USD/h or 20 USD in all, with the sum.
func TestLargeSumsWantAWord(t *testing.T) {
	for line, word := range map[string]string{
		"/rent #88411":                     "", // 0.083 USD/h
		"/rent #90002 run:23h":             "", // 19.42 USD
		"/rent #90002 run:24h":             "RENT 21",
		"/rent #90002 run:24h pay:CLORE":   "RENT 21",
		"/rent #90001 run:1h":              "RENT 3", // 2.00 USD/h
		"/rent 8xh100 run:10h":             "RENT 22",
		"/rent #90001 run:none":            "RENT 1513", // until the host ends it
		"/rent #88411 run:none":            "",          // 6 USD in the 3 days of the host
		"/rent #90002 run:24h spot":        "",
		"/rent #90001 run:48h spot":        "BID 24", // the host's own least bid is dear, too
		"/rent #90001 run:1h spot pay:USD": "",
	} {
		w := dearWorld(t)
		v := w.says(line)
		if asksWord(v) != (word != "") || spendsByTap(v) == (word != "") || !strings.Contains(dump(v), word) {
			t.Errorf("%s: want %q\n%s", line, word, dump(v))
		}
	}
}

// TestDearQuoteIsTakenByItsWord: neither a tap that an alert holds nor another word takes it.
func TestDearQuoteIsTakenByItsWord(t *testing.T) {
	w := dearWorld(t)
	card := w.says("/rent #90001 run:10h")
	tap := w.view(w.dispatch(w.request(ana, chat.Pressed, "take", chat.Args{"quote": w.lastQuote().ID})))
	wrong := w.word(card, "RENT 2")
	if n := len(w.intents()); n != 0 || !asksWord(tap) || spendsByTap(tap) || !strings.Contains(dump(wrong), "RENT 22") {
		t.Fatalf("%d intents without the word\n%s\n%s", n, dump(tap), dump(wrong))
	}
	placing := w.word(tap, "rent 22")
	if n := len(w.intents()); n != 1 || placing.Topic != "placing" {
		t.Fatalf("%d intents\n%s", n, dump(placing))
	}
	w.word(card, "RENT 22")
	if n := len(w.intents()); n != 1 {
		t.Errorf("%d intents of one quote", n)
	}
	golden(t, "dear-quote", card, tap, wrong, placing)
	w.ledger(func(l *rental.Ledger) { l.Intents[0].State = rental.Refused })
	w.now = w.now.Add(time.Minute)
	late := w.says("/rent #90001 run:10h")
	w.now = w.now.Add(2 * time.Minute)
	if v := w.word(late, "RENT 22"); len(w.intents()) != 1 || !asksWord(v) {
		t.Errorf("a word for a quote that is over:\n%s", dump(v))
	}
}

// TestAgainAndFavouritesWantAWord as any quote.
func TestAgainAndFavouritesWantAWord(t *testing.T) {
	w := dearWorld(t)
	r := running(1939941)
	r.Order.Server, r.Terms.Server, r.Terms.RunFor = 90001, 90001, 6*time.Hour
	r.Stage, r.EndedAt = rental.Ended, start
	w.mem.history = []rental.Rental{r}
	if v := w.says("/again"); !asksWord(v) || spendsByTap(v) {
		t.Error(dump(v))
	}
	w.dispatch(w.request(ana, chat.Pressed, "fav", chat.Args{"id": "90001"}))
	if v := w.view(w.press(w.says("/favourites"), "1 Rent")); !asksWord(v) || spendsByTap(v) {
		t.Error(dump(v))
	}
}

// TestLargePermissionWantsAWord: tries add up.
func TestLargePermissionWantsAWord(t *testing.T) {
	w := dearWorld(t)
	card := w.says("/rent 4090 <5/h tries:16 run:3000h")
	if !asksWord(card) || spendsByTap(card) {
		t.Fatal(dump(card))
	}
	w.word(card, "ALLOW")
	if n := len(w.mandates()); n != 0 {
		t.Fatal("allowed without the word")
	}
	w.word(card, "allow 15784")
	if n := len(w.mandates()); n != 1 {
		t.Errorf("%d mandates\n%s", n, dump(card))
	}
	golden(t, "dear-permission", card)
	if v := w.says("/rent 4090 <0.35/h tries:3"); asksWord(v) || !spendsByTap(v) {
		t.Error(dump(v))
	}
}

// TestDearExtensionWantsAWord: also in steps that are small by themselves.
func TestDearExtensionWantsAWord(t *testing.T) {
	w := dearWorld(t)
	w.ledger(func(l *rental.Ledger) {
		r := running(1939941)
		r.Order.Price, r.Terms.Price, r.Order.MaxRental = dollars(960), dollars(960), 0 // 0.40 USD/h
		r.StopAt = w.now.Add(30 * time.Hour)
		l.Rentals = []rental.Rental{r}
	})
	stop := func() time.Time { return w.mem.ledgers["acct-1"].Rentals[0].StopAt }
	was := stop()
	if _, ok := w.sends(ana, "/extend 1939941 6h").(chat.Reply); !ok || !stop().Equal(was.Add(6*time.Hour)) {
		t.Fatalf("15 USD in all are not extended by a tap: %v", stop())
	}
	was = stop()
	card := w.says("/extend 1939941 24h")
	wrong := w.word(card, "EXTEND 10")
	if !asksWord(card) || spendsByTap(card) || !stop().Equal(was) {
		t.Fatalf("extended to 25 USD without a word\n%s", dump(card))
	}
	done := w.word(wrong, "extend 11")
	if !stop().Equal(was.Add(24 * time.Hour)) {
		t.Errorf("stops %v", stop())
	}
	golden(t, "dear-extension", card, wrong, done, w.says("/extend 1939941 none"))
}

// TestDearFallbackWantsAWord: it rents on demand while nobody looks.
func TestDearFallbackWantsAWord(t *testing.T) {
	w := withBid(t, func(r *rental.Rental) { r.Terms.GPU, r.Terms.Count = "H100", 8 })
	w.board.snapshot = dearWorld(t).board.snapshot
	if v := w.says("/spot 1939977"); v.Topic != "spot" {
		t.Fatal(dump(v))
	}
	v := w.view(w.dispatch(w.request(ana, chat.Pressed, "fallback", chat.Args{"order": "1939977"})))
	if !asksWord(v) || spendsByTap(v) {
		t.Error(dump(v))
	}
}

// TestWordIsASetting: everybody says how much is large.
func TestWordIsASetting(t *testing.T) {
	w := dearWorld(t)
	for _, bad := range []string{"0", "-1", "x", "0.5", "99999999"} {
		if v := w.says("/settings word " + bad); v.Topic != "error" {
			t.Errorf("%s:\n%s", bad, dump(v))
		}
	}
	w.says("/settings word 50")
	if v := w.says("/rent #90001 run:10h"); asksWord(v) {
		t.Error(dump(v))
	}
	w.says("/settings word 5")
	if v := w.says("/rent #90002 run:2h"); !asksWord(v) || !strings.Contains(dump(v), "more than 0.25 USD an hour, or may come to more than 5.00 USD") {
		t.Error(dump(v))
	}
	golden(t, "dear-setting", w.says("/settings word"), w.says("/settings word x"))
}
