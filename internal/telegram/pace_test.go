package telegram_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/chat/chattest"
	"github.com/clorebot/clorebot/internal/telegram"
	"github.com/clorebot/clorebot/internal/telegram/telegramtest"
)

// published keeps to the paces that Telegram publishes, and has the fake enforce them.
func published(r *rig) {
	r.api.Pace = true
	r.alter = func(o *telegram.Options) { o.Pace = telegram.Pace{} }
	r.make()
}

func person(id int) chat.Address {
	return chat.User{Platform: chat.Telegram, ID: fmt.Sprint(id)}.Direct()
}

// alert sends n alerts with as many at once as the dispatcher does.
func (r *rig) alert(n int, to func(int) chat.Address) {
	var wait sync.WaitGroup
	next := make(chan int)
	for range 32 {
		wait.Go(func() {
			for i := range next {
				if _, err := r.front.Send(r.t.Context(), to(i), chat.View{Title: fmt.Sprint("alert ", i)}); err != nil {
					r.t.Errorf("alert %d: %v", i, err)
				}
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wait.Wait()
}

// TestTenThousandAlerts is the figure of docs/performance.md: nobody is refused, and it takes at
// most 5 % longer than the pace itself.
func TestTenThousandAlerts(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig, _ *chattest.Dispatcher) {
		published(r)
		r.api.Latency = func(string) time.Duration { return 80 * time.Millisecond }
		const n = 10_000
		began := time.Now()
		r.alert(n, func(i int) chat.Address { return person(1000 + i) })
		took, least := time.Since(began), n*time.Second/30
		t.Logf("%d alerts to %d chats in %v; the pace allows %v (%+.2f %%)", n, n, took, least, 100*(took.Seconds()/least.Seconds()-1))
		if took > least*105/100 || r.api.Refused() > 0 {
			t.Errorf("took %v of at least %v; %d refused", took, least, r.api.Refused())
		}
	})
}

func TestPaceOfOneChatAndOneGroup(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig, _ *chattest.Dispatcher) {
		published(r)
		began := time.Now()
		r.alert(60, func(int) chat.Address { return person(me) })
		if took := time.Since(began); took < 56*time.Second || took > 62*time.Second {
			t.Errorf("60 messages to one chat took %v", took)
		}
		began = time.Now()
		r.alert(61, func(int) chat.Address { return chat.Address{Platform: chat.Telegram, ChatID: "-1001234"} })
		if took := time.Since(began); took < 4*time.Minute || took > 5*time.Minute { // 5 of 20 are for answers
			t.Errorf("61 messages to one group took %v", took)
		}
		if r.api.Refused() > 0 {
			t.Errorf("%d refused", r.api.Refused())
		}
	})
}

func TestAnswersPassAlerts(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig, _ *chattest.Dispatcher) {
		published(r)
		r.run()
		wait(time.Second)
		done := make(chan struct{})
		go func() {
			defer close(done)
			r.alert(3000, func(i int) chat.Address { return person(1000 + i) })
		}()
		wait(10 * time.Second)
		r.api.Write(me, me, "/ping")
		asked := time.Now()
		for len(r.api.Messages(me)) < 2 {
			wait(10 * time.Millisecond)
		}
		if took := time.Since(asked); took > time.Second {
			t.Errorf("an answer waited %v behind alerts", took)
		}
		<-done
	})
}

func TestRetryAfter(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig, _ *chattest.Dispatcher) {
		published(r)
		r.run()
		var limited map[string]bool
		refused := map[string]int{}
		var mu sync.Mutex
		r.api.Fail(func(m string, form map[string]string) *telegramtest.Fault {
			mu.Lock()
			defer mu.Unlock()
			if m == "sendMessage" && limited[form["chat_id"]] {
				refused[form["chat_id"]]++
				return &telegramtest.Fault{Code: 429, Text: "retry after 60", RetryAfter: 60}
			}
			return nil
		})
		set := func(ids ...string) {
			mu.Lock()
			defer mu.Unlock()
			limited = map[string]bool{}
			for _, id := range ids {
				limited[id] = true
			}
		}
		set("7")
		_, err := r.front.Send(t.Context(), person(7), chat.View{Title: "x"})
		kind(t, err, chat.RateLimited)
		_, err = r.front.Send(t.Context(), person(7), chat.View{Title: "x"}) // not even tried
		kind(t, err, chat.RateLimited)
		if _, err = r.front.Send(t.Context(), person(8), chat.View{Title: "x"}); err != nil {
			t.Errorf("another chat is held up: %v", err)
		}
		r.api.Write(7, 7, "/ping") // somebody waits: it is sent when the time is over
		wait(30 * time.Second)
		set()
		wait(40 * time.Second)
		if refused["7"] != 1 || r.last(7).Text != "pong" {
			t.Errorf("%d calls during the pause", refused["7"])
		}
		set("11", "12", "13")
		for i := 11; i <= 13; i++ {
			_, err = r.front.Send(t.Context(), person(i), chat.View{Title: "x"})
			kind(t, err, chat.RateLimited)
		}
		_, err = r.front.Send(t.Context(), person(14), chat.View{Title: "x"}) // it is the whole bot
		kind(t, err, chat.RateLimited)
	})
}

func kind(t *testing.T, err error, want chat.SendKind) {
	t.Helper()
	failed, ok := err.(*chat.SendError) //nolint:errorlint // that is what is promised
	if !ok || failed.Kind != want {
		t.Errorf("got %v, want %v", err, want)
	}
}

// BenchmarkPresses has 1,000 people press a button at once, again and again, on a server without
// a pace: what is measured is the front-end.
func BenchmarkPresses(b *testing.B) {
	const people = 1000
	d := chattest.NewDispatcher(commands(nil)...)
	r := newRig(b, d)
	var mu sync.Mutex
	asked, took := map[int64]time.Time{}, []time.Duration{}
	answered := make(chan struct{}, people)
	r.api.Shown = func(e telegramtest.Event) {
		if e.Message == nil {
			return
		}
		mu.Lock()
		took = append(took, time.Since(asked[e.Message.Chat]))
		mu.Unlock()
		answered <- struct{}{}
	}
	r.run()
	round := func(act func(id int64)) {
		for id := int64(1); id <= people; id++ {
			mu.Lock()
			asked[id] = time.Now()
			mu.Unlock()
			act(id)
		}
		for range people {
			<-answered
		}
	}
	round(func(id int64) { r.api.Write(id, id, "/ping") })
	took = took[:0]
	b.ResetTimer()
	for b.Loop() {
		round(func(id int64) { r.api.Press(id, id, "Again") })
	}
	b.ReportMetric(float64(len(took))/b.Elapsed().Seconds(), "updates/s")
	b.ReportMetric(float64(quantile(took, 50).Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(quantile(took, 99).Microseconds())/1000, "p99-ms")
}

func quantile(all []time.Duration, percent int) time.Duration {
	slices.Sort(all)
	return all[len(all)*percent/100]
}

// TestTheFakeMindsThePace has the pacer let everything through: the fake must notice each of the
// rates by itself, or the tests of the pacer show nothing.
func TestTheFakeMindsThePace(t *testing.T) {
	for name, c := range map[string]struct {
		n  int
		to func(i int) chat.Address
	}{
		"one chat":  {5, func(int) chat.Address { return person(me) }},
		"one group": {21, func(int) chat.Address { return chat.Address{Platform: chat.Telegram, ChatID: "-1001234"} }},
		"all":       {31, func(i int) chat.Address { return person(1000 + i) }},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, r *rig, _ *chattest.Dispatcher) {
				r.api.Pace = true
				for i := range c.n {
					if name == "one group" {
						time.Sleep(2 * time.Second) // within every other rate
					}
					_, err := r.front.Send(t.Context(), c.to(i), chat.View{Title: "x"})
					if last := i == c.n-1; (err != nil) != last {
						t.Errorf("message %d: %v", i, err)
					}
				}
				if n := r.api.Refused(); n != 1 {
					t.Errorf("%d were refused", n)
				}
			})
		})
	}
}
