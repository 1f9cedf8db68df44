package app_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/simulator"
)

// TestHostileAnswers rents while every text that Clore sends is an attack.
func TestHostileAnswers(t *testing.T) {
	for i, payload := range simulator.Payloads() {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			inWorld(t, simulator.Options{Seed: 7, Servers: 20}, func(w *world) {
				w.rent()
				w.sim.Poison(poison(payload))
				for _, line := range []string{
					"/market", "/market all", "/market 4090", "/orders", "/wallet", "/rent 110776",
					"/order 2320003", "/cancel", "/market sort:perf", "/key", "/start", "/help",
				} {
					w.sane(line, w.phone.do(line))
					w.wait(2 * time.Minute)
				}
				for _, m := range w.phone.messages {
					w.sane("message", m.view)
				}
				if w.phone.count("ended") != 0 {
					t.Errorf("hostile text ended a rental:\n%s", w.phone.transcript())
				}
			})
		})
	}
}

// TestStrangersNameNoCommands has every text that Clore sends name commands of ours, which Telegram
// would offer to be tapped.
func TestStrangersNameNoCommands(t *testing.T) {
	inWorld(t, simulator.Options{Seed: 7, Servers: 20}, func(w *world) {
		w.rent()
		w.sim.Poison(simulator.Hostile{Text: "Xeon /stopall"})
		var views []chat.View
		seen := false
		for _, line := range []string{
			"/market", "/market all", "/offer 110776", "/orders", "/wallet", "/rent 110776", "/order 2320003", "/cancel", "/key",
		} {
			views = append(views, w.phone.do(line))
			w.wait(2 * time.Minute)
		}
		for _, m := range w.phone.messages {
			views = append(views, m.view)
		}
		for _, v := range views {
			text := append(chat.Text{chat.P(v.Title), chat.P(v.Footer)}, v.Body...)
			for _, f := range v.Fields {
				text = append(append(text, chat.P(f.Name)), f.Value...)
			}
			for _, s := range text {
				seen = seen || strings.Contains(s.Text, "∕stopall")
				if s.Kind != chat.Code && s.Kind != chat.Block && strings.Contains(s.Text, "Xeon /stopall") {
					t.Errorf("%s: %q", v.Topic, s.Text)
				}
			}
		}
		if !seen {
			t.Error("nothing was shown of it")
		}
	})
}

// poison puts a text everywhere, or a giant one where it is seen most: everywhere it would only
// make answers that are refused for their size.
func poison(text string) simulator.Hostile {
	h := simulator.Hostile{Text: text}
	if len(text) > 1<<16 {
		h.Fields = []string{"cpu", "image"}
	}
	return h
}

// sane fails when a view could not be shown on every platform, or offers a command line that was
// not checked.
func (w *world) sane(what string, v chat.View) {
	w.t.Helper()
	if v.Topic == "notice" {
		return
	}
	if err := chat.CheckView(v); err != nil {
		w.t.Errorf("%s: %v\n%.2000s", what, err, show(v))
	}
	if strings.Contains(show(v), "went wrong") {
		w.t.Errorf("%s: an accident:\n%.2000s", what, show(v))
	}
	for _, c := range v.Controls() {
		if strings.HasPrefix(c.Copy, "ssh") && strings.ContainsAny(c.Copy, ";|&`$<>\n\"'") {
			w.t.Errorf("%s: a dangerous command line %q", what, c.Copy)
		}
	}
}

// TestHostileInput types rubbish at every command.
func TestHostileInput(t *testing.T) {
	inWorld(t, simulator.Options{Seed: 7, Servers: 60}, func(w *world) {
		texts := append(simulator.Payloads(), strings.Repeat("9", 400), "-1", "0", "NaN", "1e999", "$(reboot)", "../..", "%s%n", "2x", "<", "!", "=", "a=b=c")
		for _, cmd := range w.phone.d.Commands() {
			for _, text := range texts {
				args := chat.Args{}
				for _, p := range cmd.Params {
					args[p.Name] = text
				}
				w.sane("/"+cmd.Name, w.phone.request(chat.Pressed, cmd.Name, args))
				for _, p := range cmd.Params {
					w.sane("/"+cmd.Name+" "+p.Name, w.phone.request(chat.Typed, cmd.Name, chat.Args{p.Name: text}))
				}
			}
		}
		w.wait(10 * time.Minute)
		if n := len(w.orders()); n != 0 {
			t.Errorf("rubbish rented %d servers", n)
		}
	})
}

// TestStranger is refused once, politely, and learns nothing.
func TestStranger(t *testing.T) {
	inWorld(t, simulator.Options{Seed: 7, Servers: 60}, func(w *world) {
		stranger := chat.User{Platform: chat.Telegram, ID: "666"}
		ask := func(command string, args chat.Args) string {
			r := w.phone.d.Dispatch(w.ctx, &chat.Request{
				ID: "x", User: stranger, Chat: stranger.Direct(), Direct: true, Command: command, Args: args, At: time.Now(),
			})
			if reply, ok := r.(chat.Reply); ok {
				return show(reply.View)
			}
			return r.(chat.Notice).Text
		}
		if first := ask("market", nil); !strings.Contains(first, "refused") {
			t.Errorf("a stranger saw %s", first)
		}
		for _, cmd := range w.phone.d.Commands() {
			if cmd.Name == "claim" {
				continue // it is there for strangers, and has its own limit
			}
			if again := ask(cmd.Name, chat.Args{"query": "4090"}); again != "" && !strings.Contains(again, "refused") {
				t.Errorf("/%s told a stranger %q", cmd.Name, again)
			}
		}
		// A button that was made for somebody else.
		q := w.quote()
		for _, c := range q.Controls() {
			ask(c.Action.Command, c.Action.Args)
		}
		w.wait(5 * time.Minute)
		if len(w.orders()) != 0 {
			t.Error("a stranger rented with another's quote")
		}
	})
}
