package app_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clorebot/clorebot/internal/app"
	"github.com/clorebot/clorebot/internal/config"
	"github.com/clorebot/clorebot/internal/secret"
	"github.com/clorebot/clorebot/internal/simulator"
	"github.com/clorebot/clorebot/internal/telegram/telegramtest"
)

// telegrammer is the whole program between a simulated Clore and a strict Bot API, and a person
// who uses nothing but Telegram.
type telegrammer struct {
	*world
	api   *telegramtest.Server
	known map[int]string // messages that a test has looked at
	wire  *wire          // from the running program to Telegram and Clore
	hook  *proxy         // has Telegram call; nil: it is asked
	app   *app.App

	killed bool // in the middle of something
}

const her = 7

func inTelegram(t *testing.T, test func(*telegrammer), prepare ...func(*telegrammer)) {
	t.Helper()
	t.Parallel()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		sim := simulator.New(simulator.Options{Seed: 7, Limiter: simulator.Lenient, Servers: 200})
		ctx, cancel := context.WithCancel(t.Context())
		w := &telegrammer{
			world: &world{t: t, ctx: ctx, sim: sim, dir: dir, log: &bytes.Buffer{}},
			api:   telegramtest.New(t, "../../../shared/contracts/telegram-api.json"),
		}
		w.phone = newPhone(w.world)
		w.api.Pace = true
		var running sync.WaitGroup
		running.Go(func() { _ = sim.Run(ctx) })
		defer running.Wait()
		defer cancel()
		defer sim.Close()
		w.key = sim.AddAccount(simulator.Account{})
		for _, f := range prepare {
			f(w)
		}
		w.start()
		defer func() {
			w.stop()
			w.leaksNothing()
			late := slices.DeleteFunc(w.api.Unanswered(), func(press string) bool {
				return w.killed && strings.HasSuffix(press, ": 2 answers") // one before, one after
			})
			if len(late) > 0 || w.api.Refused() > 0 {
				t.Errorf("%d calls were too fast; presses without answer: %v", w.api.Refused(), late)
			}
			if strings.Contains(w.log.String(), telegramtest.Token) {
				t.Error("the log holds the token")
			}
		}()
		test(w)
	})
}

func (w *telegrammer) start() {
	w.t.Helper()
	c := config.Default()
	c.Clore.BaseURL = "http://127.0.0.1:1/v1"
	c.Storage.Path = filepath.Join(w.dir, "data", "bot.db")
	c.Vault.KeyFile = filepath.Join(w.dir, "keys", "bot.json")
	c.Access.Owners = []string{"telegram:7"}
	c.Telegram.Token = secret.New(telegramtest.Token)
	w.wire = &wire{}
	network := w.sim.Network()
	o := app.Options{
		Config: c, Version: "test", Log: slog.New(slog.NewTextHandler(&locked{w: w.log}, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Notice: io.Discard, Transport: w.wire.to(w.sim.Transport()), ChatTransport: w.wire.to(w.api), Resolver: network, DialSSH: network.Dial,
	}
	if w.hook != nil {
		w.hook.behind(&o)
	}
	a, err := app.New(w.ctx, o)
	if err != nil {
		w.stop = func() {}
		w.t.Fatal(err)
	}
	w.app = a
	ctx, cancel := context.WithCancel(w.ctx)
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	w.stop = func() {
		w.t.Helper()
		cancel()
		if err := <-done; err != nil {
			w.t.Errorf("run: %v", err)
		}
		if err := a.Close(); err != nil {
			w.t.Errorf("close: %v", err)
		}
	}
	w.wait(time.Second)
}

// types writes a line and returns the newest message after a moment.
func (w *telegrammer) types(line string) telegramtest.Message {
	w.t.Helper()
	w.api.Write(her, her, line)
	w.wait(5 * time.Second)
	return w.newest()
}

// taps presses the newest button whose label contains the text.
func (w *telegrammer) taps(part string) telegramtest.Message {
	w.t.Helper()
	for _, m := range slices.Backward(w.api.Messages(her)) {
		for _, l := range m.Labels() {
			if strings.Contains(l, part) && w.api.Press(her, her, l) {
				w.wait(5 * time.Second)
				return w.find(m.ID)
			}
		}
	}
	w.t.Fatalf("no button %q:\n%s", part, w.transcript())
	return telegramtest.Message{}
}

func (w *telegrammer) newest() telegramtest.Message {
	w.t.Helper()
	all := w.api.Messages(her)
	if len(all) == 0 || all[len(all)-1].From != telegramtest.Bot {
		w.t.Fatalf("no answer:\n%s", w.transcript())
	}
	return all[len(all)-1]
}

func (w *telegrammer) find(id int) telegramtest.Message {
	for _, m := range w.api.Messages(her) {
		if m.ID == id {
			return m
		}
	}
	return telegramtest.Message{}
}

// with returns the newest message that contains the text.
func (w *telegrammer) with(part string) telegramtest.Message {
	w.t.Helper()
	for _, m := range slices.Backward(w.api.Messages(her)) {
		if m.From == telegramtest.Bot && strings.Contains(m.Text, part) {
			return m
		}
	}
	w.t.Fatalf("nothing says %q:\n%s", part, w.transcript())
	return telegramtest.Message{}
}

func (w *telegrammer) transcript() string {
	var b strings.Builder
	for _, m := range w.api.Messages(her) {
		b.WriteString(m.Text + "\n" + strings.Join(m.Labels(), " | ") + "\n----\n")
	}
	return b.String()
}

func TestFromMarketToReceiptInTelegram(t *testing.T) {
	inTelegram(t, func(w *telegrammer) {
		w.types("/start")
		w.types("/key add")
		w.types(w.key)
		for _, m := range w.api.Messages(her) {
			if strings.Contains(m.Text, w.key) {
				t.Errorf("the key is still in the chat: %q", m.Text)
			}
		}
		if m := w.types("/market 4090"); !strings.Contains(m.Text, "USD/h") {
			t.Fatalf("no market:\n%s", w.transcript())
		}
		sorted := w.taps("reliability")
		if sorted.Edits == 0 || !strings.Contains(sorted.Text, "sort:rel") {
			t.Errorf("the market was not sorted in place: %+v", sorted)
		}
		w.types("/rent 4090 preset:jupyter")
		w.taps("Rent ·")
		w.restartTelegram()
		w.wait(10 * time.Minute)
		ready := w.with("ssh -p")
		hidden := ready.Form("tg-spoiler")
		copied := map[string]string{}
		for _, b := range slices.Concat(ready.Buttons...) {
			if b.Copy != nil {
				copied[b.Text], _, _ = strings.Cut(b.Copy.Text, "-")
			}
		}
		if want := map[string]string{"Copy ssh": "ssh ", "Copy config": "Host clore", "Copy web link": "https://"}; !ready.Protected || !startsLike(copied, want) {
			t.Errorf("ready: %+v, to copy: %q", ready, copied)
		}
		w.wait(11 * time.Minute)
		if now := w.find(ready.ID); len(now.Form("tg-spoiler")) > 0 || (len(hidden) > 0 && strings.Contains(now.Text, hidden[0])) {
			t.Errorf("the password is still in sight: %q", now.Text)
		}
		if m := w.types("/orders"); !strings.Contains(m.Text, "burning") {
			t.Errorf("orders:\n%s", m.Text)
		}
		w.types("/cancel")
		w.taps("2320")
		w.taps("Cancel rental")
		w.wait(5 * time.Minute)
		if w.alive() != 0 || len(w.orders()) != 1 {
			t.Errorf("%d of %d orders alive:\n%s", w.alive(), len(w.orders()), w.transcript())
		}
		cards := 0
		for _, m := range w.api.Messages(her) {
			if strings.Contains(m.Text, "Updated") && m.Edits > 1 {
				cards++
			}
		}
		if cards != 1 {
			t.Errorf("%d cards that were edited, want one:\n%s", cards, w.transcript())
		}
	})
}

// startsLike reports whether the same keys have texts that begin so.
func startsLike(got, want map[string]string) bool {
	for key, start := range want {
		if !strings.HasPrefix(got[key], start) {
			return false
		}
	}
	return len(got) == len(want)
}

// TestLinksInTelegram taps links to the bot: t.me/bot?start=… arrives as "/start …".
func TestLinksInTelegram(t *testing.T) {
	inTelegram(t, func(w *telegrammer) {
		w.types("/key add")
		w.types(w.key)
		w.types("/rent 4090 preset:jupyter")
		w.taps("Rent ·")
		w.wait(10 * time.Minute)
		order := fmt.Sprint(w.orders()[0].ID)
		for link, says := range map[string]string{
			"o_" + order: order, "o_7654321": "do not know such a rental", "q_1": "#1", "private": "What shall it be?", "from-2019": "leads nowhere", "": "What shall it be?",
		} {
			if m := w.types("/start " + link); !strings.Contains(m.Text, says) {
				t.Errorf("%q: %s", link, m.Text)
			}
		}
	})
}

// restartTelegram stops the program in an orderly way and starts it again.
func (w *telegrammer) restartTelegram() {
	w.t.Helper()
	w.stop()
	w.start()
}

// TestTappedTwice taps the button that spends money as fast as a thumb can, and has the tap come
// again after a restart.
func TestTappedTwice(t *testing.T) {
	inTelegram(t, func(w *telegrammer) {
		w.types("/key add")
		w.types(w.key)
		quote := w.types("/rent 4090 preset:jupyter")
		label := ""
		for _, l := range quote.Labels() {
			if strings.HasPrefix(l, "Rent ·") {
				label = l
			}
		}
		for range 5 {
			w.api.Press(her, her, label)
		}
		taps := w.api.Unconfirmed()
		w.wait(20 * time.Second)
		w.restartTelegram()
		for _, tap := range taps {
			w.api.Repeat(tap)
		}
		w.wait(10 * time.Minute)
		if n := len(w.orders()); n != 1 {
			t.Errorf("%d orders for one quote:\n%s", n, w.transcript())
		}
	})
}
