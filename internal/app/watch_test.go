package app_test

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/simulator"
)

// cheapest returns the number of the server that a search would rent.
func (w *world) cheapest(search string) int64 {
	w.t.Helper()
	v := w.phone.do("/rent " + search)
	m := regexp.MustCompile(`#(\d+)`).FindStringSubmatch(v.Title)
	if v.Topic != "quote" || m == nil {
		w.t.Fatalf("no quote:\n%s", show(v))
	}
	id, err := strconv.ParseInt(m[1], 10, 64)
	if err != nil {
		w.t.Fatal(err)
	}
	return id
}

// fetches returns how often the market was asked for so far.
func (w *world) fetches() int {
	n := 0
	for _, r := range w.sim.Truth().Requests {
		if r.Endpoint == "marketplace" {
			n++
		}
	}
	return n
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// hits returns the alerts of watches that name a server.
func (w *world) hits(server int64) []chat.View {
	w.phone.mu.Lock()
	defer w.phone.mu.Unlock()
	var all []chat.View
	for _, m := range w.phone.messages {
		if m.view.Topic == "watchhit" && strings.Contains(show(m.view), fmt.Sprintf("#%d ", server)) {
			all = append(all, m.view)
		}
	}
	return all
}

// TestWatchesShareOneFetch: however many watches there are, the market is asked once a minute, and
// not at all when there is none.
func TestWatchesShareOneFetch(t *testing.T) {
	inWorld(t, simulator.Options{Seed: 7}, func(w *world) {
		w.wait(10 * time.Minute)
		if n := w.fetches(); n != 0 {
			t.Errorf("asked %d times for nobody", n)
		}
		for i := range 20 {
			w.phone.do(fmt.Sprintf("/watch 4090 <%d/d", i+1))
		}
		w.wait(time.Second)
		before := w.fetches()
		w.wait(10 * time.Minute)
		if n := w.fetches() - before; n < 9 || n > 11 {
			t.Errorf("asked %d times in ten minutes", n)
		}
		w.restart()
		w.wait(10 * time.Minute)
		if n := w.fetches() - before; n < 18 || n > 22 {
			t.Errorf("asked %d times in twenty minutes, with a restart", n)
		}
		for range 20 {
			card := w.phone.press(w.phone.do("/watch"), "1 ·")
			w.phone.press(w.phone.press(card, "Stop watching…"), "Stop watching")
		}
		before = w.fetches()
		w.wait(10 * time.Minute)
		if n := w.fetches() - before; n > 1 {
			t.Errorf("asked %d times after the last watch was gone", n)
		}
	})
}

// TestWatchTellsEdges follows a server through a drop, a flap, another drop and a restart.
func TestWatchTellsEdges(t *testing.T) {
	inWorld(t, simulator.Options{Seed: 7}, func(w *world) {
		server := w.cheapest("4090")
		w.phone.do("/watch 4090")
		told := func(when string, want int) {
			t.Helper()
			w.wait(3 * time.Minute)
			if all := w.hits(server); len(all) != want {
				t.Fatalf("%s: %d alerts, want %d\n%s", when, len(all), want, w.phone.transcript())
			}
		}
		told("nothing happened", 0)
		w.must(w.sim.ScalePrice(server, 0.8))
		told("cheaper", 1)
		w.must(w.sim.SetRented(server, true))
		told("taken", 1)
		w.must(w.sim.SetRented(server, false))
		told("back in three minutes", 1)
		w.restart()
		told("restarted", 1)
		w.must(w.sim.ScalePrice(server, 1.5))
		told("dearer", 1)
		w.must(w.sim.ScalePrice(server, 0.5))
		told("cheaper again", 2)
		w.must(w.sim.SetRented(server, true))
		w.wait(40 * time.Minute)
		w.must(w.sim.SetRented(server, false))
		told("back after long", 3)
	})
}

// TestWatchAlertRents takes the way from an alert to a rental: the price is looked at anew.
func TestWatchAlertRents(t *testing.T) {
	inWorld(t, simulator.Options{Seed: 7}, func(w *world) {
		server := w.cheapest("4090")
		w.phone.do("/watch 4090")
		w.wait(2 * time.Minute)
		w.must(w.sim.ScalePrice(server, 0.5))
		w.wait(2 * time.Minute)
		alerts := w.hits(server)
		if len(alerts) != 1 {
			t.Fatalf("%d alerts:\n%s", len(alerts), w.phone.transcript())
		}
		w.must(w.sim.ScalePrice(server, 3))
		w.restart()
		w.wait(2 * time.Minute)
		old := regexp.MustCompile(`Rent · (\S+)`).FindStringSubmatch(show(alerts[0]))
		quote := w.phone.press(alerts[0], "Rent ·")
		if quote.Topic != "quote" || len(w.orders()) != 0 || old == nil || strings.Contains(show(quote), "Rent · "+old[1]) {
			t.Fatalf("%d orders, alert at %v:\n%s", len(w.orders()), old, show(quote))
		}
		w.phone.press(quote, "Rent ·")
		w.wait(10 * time.Minute)
		if got := w.orders(); len(got) != 1 || got[0].Server != server {
			t.Errorf("orders: %+v", got)
		}
	})
}
