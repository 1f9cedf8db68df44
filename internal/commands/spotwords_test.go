package commands_test

import (
	"strings"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
)

// TestPayInAnotherCoinKeepsTheBid that was typed.
func TestPayInAnotherCoinKeepsTheBid(t *testing.T) {
	w := newWorld(t).withPreset()
	w.api.book = bids(0)
	v := w.says("/rent #88411 spot bid:3/day pay:BTC")
	if v.Topic != "blocked" {
		t.Fatal(dump(v))
	}
	if v := w.view(w.press(v, "Pay in")); !strings.Contains(dump(v), "3.00/day") {
		t.Error(dump(v))
	}
}

// TestLowBidOffersTheLeast in the words of all prices, with a button that bids it.
func TestLowBidOffersTheLeast(t *testing.T) {
	w := newWorld(t).withPreset()
	w.api.book = bids(0)
	for _, line := range []string{"/rent #88411 spot bid:0.001", "/rent 4090 spot bid:0.001"} {
		v := w.says(line)
		if v.Topic != "error" || strings.Contains(dump(v), "n/a") || !strings.Contains(dump(v), "USD/h") {
			t.Fatalf("%s: %s", line, dump(v))
		}
		if quote := w.view(w.press(v, "Bid 0")); quote.Topic != "quote" {
			t.Errorf("%s: %s", line, dump(quote))
		}
	}
}

// TestGivenUpUnreported: what was not reported is not said to be.
func TestGivenUpUnreported(t *testing.T) {
	w := newWorld(t).withKey()
	r := running(1939941)
	r.Stage, r.Reason, r.EndedAt = rental.Ended, rental.ByRetry, w.now
	for issue, reported := range map[string]bool{"": false, "SSH port refused the connection.": true} {
		r.Cancel = &rental.Cancellation{Reason: rental.ByRetry, Issue: issue}
		v := w.told(rental.Event{Kind: rental.HasEnded, Rental: &r, Order: r.Order.ID})
		if strings.Contains(dump(v), "reported it") != reported {
			t.Errorf("%q: %s", issue, dump(v))
		}
	}
}

// TestBoundsOfSpotSayHowItBids.
func TestBoundsOfSpotSayHowItBids(t *testing.T) {
	w := newWorld(t).withPreset()
	if v := w.says("/rent 4090 spot <0.35/h run:2h tries:3"); v.Topic != "bounds" || !strings.Contains(dump(v), "the host's least and no more") {
		t.Error(dump(v))
	}
	if v := w.says("/rent 4090 <0.35/h run:2h tries:3"); strings.Contains(dump(v), "the host's least") {
		t.Error(dump(v))
	}
}

// TestArmedForSpotSaysHowItBids: before the word and after it.
func TestArmedForSpotSaysHowItBids(t *testing.T) {
	for query, spot := range map[string]bool{"4090 spot": true, "4090": false} {
		w := newWorld(t).withPreset()
		w.says("/watch " + query)
		card := w.says("/arm 1 max:0.10")
		done := w.word(card, "ARM")
		for _, v := range []chat.View{card, done} {
			if strings.Contains(dump(v), "I bid the host's least and no more") != spot {
				t.Errorf("%s:\n%s", query, dump(v))
			}
		}
	}
}

// TestFarPricesAreSaid: a highest price far above the market's is no spending, but is said.
func TestFarPricesAreSaid(t *testing.T) {
	w := newWorld(t).withPreset()
	w.says("/watch 4090")
	for line, far := range map[string]bool{
		"/arm 1 max:0.10": false, "/arm 1 max:2": true,
		"/rent 4090 <0.30/h tries:3 run:2h": false, "/rent 4090 <9/h tries:3 run:2h": true,
	} {
		v := w.says(line)
		if v.Topic == "error" || strings.Contains(dump(v), "times* the market's median") != far {
			t.Errorf("%s:\n%s", line, dump(v))
		}
	}
}

// TestArmReadsPricesAsQueriesDo.
func TestArmReadsPricesAsQueriesDo(t *testing.T) {
	for _, text := range []string{"0.25", "0,25", "0.25/h", "6/day", "$0.25"} {
		w, _ := watching(t)
		w.word(w.says("/arm 1 max:"+text), "ARM")
		if m := w.mandates(); len(m) != 1 || m[0].Hour != money.Coin/4 {
			t.Errorf("%s: %+v", text, m)
		}
	}
}

// TestShortRentalsHaveNoPriceAnHour: a started minute says nothing of an hour.
func TestShortRentalsHaveNoPriceAnHour(t *testing.T) {
	w := newWorld(t).withKey()
	for lived, rated := range map[time.Duration]bool{17 * time.Second: false, time.Hour: true} {
		s := w.receipt(func(r *rental.Rental) {
			r.Order.Created = w.now.Add(-lived)
			r.Since = r.Order.Created
		})
		if strings.Contains(s, "In effect") != rated {
			t.Errorf("%v: %s", lived, s)
		}
	}
}
