package notify_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/notify"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func limited(after time.Duration) error {
	return &chat.SendError{Kind: chat.RateLimited, RetryAfter: after, Err: errors.New("429")}
}

func failed(kind chat.SendKind) error {
	return &chat.SendError{Kind: kind, Err: errors.New("no")}
}

func TestDeliveryInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		box, p := newOutbox(), newPlatform(nil)
		p.delay = 50 * time.Millisecond
		d := run(t, box, plain{}, p)
		defer d.stop()
		var want []string
		for i := range 20 {
			for a := range 3 {
				box.put(address(a), event(fmt.Sprint(i)))
			}
			want = append(want, fmt.Sprint(i))
		}
		d.Kick()
		time.Sleep(2 * time.Second)
		for a := range 3 {
			if diff := cmp.Diff(want, p.at(address(a))); diff != "" {
				t.Errorf("address %d (-want +got):\n%s", a, diff)
			}
		}
		if _, worst := p.sends(); worst != 1 {
			t.Errorf("%d sends at once to one address", worst)
		}
	})
}

// A platform that answers 429 for a minute loses nothing, and is not hammered meanwhile.
func TestRateLimitedForAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		box := newOutbox()
		p := newPlatform(func(chat.Address, string) error {
			if left := time.Minute - time.Since(begin); left > 0 {
				return limited(left)
			}
			return nil
		})
		d := run(t, box, plain{}, p)
		defer d.stop()
		for i := range 1000 {
			box.put(address(i%200), event(fmt.Sprint(i)))
		}
		d.Kick()
		time.Sleep(time.Minute)
		if tries, _ := p.sends(); tries > 100 {
			t.Errorf("%d requests during the limit, want at most 100", tries)
		}
		time.Sleep(time.Minute)
		if n := p.all(); n != 1000 {
			t.Errorf("%d of 1000 delivered", n)
		}
		for i := range 200 {
			if got := p.at(address(i)); !slices.IsSortedFunc(got, byNumber) {
				t.Errorf("address %d out of order: %v", i, got)
			}
		}
		if n := count(box.outcomes(), notify.Retry); n != 0 {
			t.Errorf("%d rate limits counted as attempts", n)
		}
	})
}

func byNumber(a, b string) int {
	if len(a) != len(b) {
		return len(a) - len(b)
	}
	return strings.Compare(a, b)
}

func count[K comparable](kinds []K, kind K) int {
	n := 0
	for _, k := range kinds {
		if k == kind {
			n++
		}
	}
	return n
}

// The process dies after the platform took the message and before that was recorded: the message
// comes once more, not more often, and within seconds.
func TestCrashBeforeSettle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		box, p := newOutbox(), newPlatform(nil)
		d := run(t, box, plain{}, p)
		box.set(func() { box.mute = true })
		box.put(address(1), event("a"))
		d.Kick()
		time.Sleep(100 * time.Millisecond)
		d.stop()
		if n := p.all(); n != 1 {
			t.Fatalf("sent %d times before the crash", n)
		}
		box.set(func() { box.mute = false })
		again := run(t, box, plain{}, p)
		defer again.stop()
		time.Sleep(time.Minute)
		if n := p.all(); n != 2 {
			t.Errorf("sent %d times, want 2", n)
		}
		if n := len(box.left()); n != 0 {
			t.Errorf("%d deliveries left", n)
		}
	})
}

// A store that cannot record the outcome for a while leads to no second message.
func TestSettleFailsForAWhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		box, p := newOutbox(), newPlatform(nil)
		d := run(t, box, plain{}, p)
		defer d.stop()
		box.set(func() { box.mute = true })
		box.put(address(1), event("a"))
		box.put(address(1), event("b"))
		d.Kick()
		time.Sleep(10 * time.Minute)
		if got := p.at(address(1)); !slices.Equal(got, []string{"a"}) {
			t.Errorf("while the store fails: %v", got)
		}
		box.set(func() { box.mute = false })
		time.Sleep(time.Minute)
		if got := p.at(address(1)); !slices.Equal(got, []string{"a", "b"}) {
			t.Errorf("afterwards: %v", got)
		}
	})
}

func TestFailingStoreIsLeftAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		box, p := newOutbox(), newPlatform(nil)
		d := run(t, box, plain{}, p)
		defer d.stop()
		box.set(func() { box.broken = errors.New("no space left") })
		box.put(address(1), event("a"))
		for range 600 {
			d.Kick()
			time.Sleep(time.Second)
		}
		if n := box.looked(); n > 40 {
			t.Errorf("asked %d times in ten minutes", n)
		}
		box.set(func() { box.broken = nil })
		time.Sleep(time.Minute)
		if p.all() != 1 {
			t.Error("not delivered after the store works again")
		}
		d.stop()
		if n := strings.Count(d.logged.String(), "\n"); n != 2 {
			t.Errorf("%d log lines, want 2:\n%s", n, d.logged)
		}
	})
}

func TestUnreachableThenAwake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		box, blocked := newOutbox(), true
		p := newPlatform(func(to chat.Address, _ string) error {
			if blocked && to == address(1) {
				return failed(chat.Unreachable)
			}
			return nil
		})
		d := run(t, box, plain{}, p)
		defer d.stop()
		for i := range 5 {
			box.put(address(1), event(fmt.Sprint(i)))
		}
		box.put(address(2), event("other"))
		d.Kick()
		time.Sleep(time.Hour)
		if tries, _ := p.sends(); tries != 2 || p.all() != 1 {
			t.Errorf("%d tries, %d delivered; want 2 and 1", tries, p.all())
		}
		p.mu.Lock()
		blocked = false
		p.mu.Unlock()
		box.wake(address(1))
		d.Kick()
		time.Sleep(time.Second)
		if got := p.at(address(1)); !slices.Equal(got, []string{"0", "1", "2", "3", "4"}) {
			t.Errorf("after waking: %v", got)
		}
	})
}

func TestTransientIsRetriedUntilItExpires(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		box := newOutbox()
		p := newPlatform(func(chat.Address, string) error { return errors.New("what") })
		d := run(t, box, plain{}, p)
		defer d.stop()
		box.put(address(1), event("a"))
		d.Kick()
		time.Sleep(23 * time.Hour)
		if n := len(box.left()); n != 1 {
			t.Fatalf("%d left before it expires", n)
		}
		if tries, _ := p.sends(); tries < 45 || tries > 60 {
			t.Errorf("%d tries in a day", tries)
		}
		time.Sleep(2 * time.Hour)
		if n := len(box.left()); n != 0 {
			t.Errorf("%d left after it expired", n)
		}
	})
}

func TestCardsAreEdited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		box, vanished := newOutbox(), false
		p := newPlatform(func(_ chat.Address, title string) error {
			if vanished && strings.HasPrefix(title, "edit") {
				return failed(chat.Rejected)
			}
			return nil
		})
		d := run(t, box, plain{}, p)
		defer d.stop()
		show := func(key string) {
			e := event(key)
			e.Card = "card"
			box.put(address(1), e)
			d.Kick()
			time.Sleep(time.Second)
		}
		show("placed")
		show("listed")
		p.mu.Lock()
		vanished = true
		p.mu.Unlock()
		show("starting")
		p.mu.Lock()
		vanished = false
		p.mu.Unlock()
		show("ready")
		if diff := cmp.Diff([]string{"placed", "starting"}, p.at(address(1))); diff != "" {
			t.Errorf("messages (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{"1 listed", "2 ready"}, p.edited()); diff != "" {
			t.Errorf("edits (-want +got):\n%s", diff)
		}
	})
}

func TestOutcomes(t *testing.T) {
	elsewhere := chat.User{Platform: "matrix", ID: "1"}.Direct()
	for _, c := range []struct {
		name   string
		to     chat.Address
		render notify.Renderer
		answer error
		want   notify.OutcomeKind
		tries  int
	}{
		{"sent", address(1), plain{}, nil, notify.Sent, 1},
		{"rejected", address(1), plain{}, failed(chat.Rejected), notify.Dropped, 1},
		{"unreachable", address(1), plain{}, failed(chat.Unreachable), notify.Suppressed, 1},
		{"limited", address(1), plain{}, limited(time.Minute), notify.Snoozed, 1},
		{"transient", address(1), plain{}, failed(chat.Transient), notify.Retry, 1},
		{"untyped", address(1), plain{}, errors.New("eof"), notify.Retry, 1},
		{"off", address(1), plain{err: fmt.Errorf("level: %w", notify.ErrSkip)}, nil, notify.Dropped, 0},
		{"unrenderable", address(1), plain{err: errors.New("no words")}, nil, notify.Retry, 0},
		{"no front-end", elsewhere, plain{}, nil, notify.Snoozed, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				box := newOutbox()
				p := newPlatform(func(chat.Address, string) error { return c.answer })
				d := run(t, box, c.render, p)
				defer d.stop()
				box.put(c.to, event("a"))
				d.Kick()
				time.Sleep(500 * time.Millisecond)
				if got := box.outcomes(); len(got) != 1 || got[0] != c.want {
					t.Errorf("outcomes %v, want %v", got, c.want)
				}
				if tries, _ := p.sends(); tries != c.tries {
					t.Errorf("%d tries, want %d", tries, c.tries)
				}
			})
		})
	}
}

// What a newer one of its card has superseded meanwhile is not sent, and nobody is alarmed.
func TestSupersededMeanwhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		box, p := newOutbox(), newPlatform(nil)
		d := run(t, box, plain{meanwhile: func() { box.set(func() { box.rows[0] = nil }) }}, p)
		defer d.stop()
		box.put(address(1), event("a"))
		d.Kick()
		time.Sleep(time.Minute)
		if tries, _ := p.sends(); tries != 0 || len(box.outcomes()) != 0 {
			t.Errorf("%d sent, outcomes %v", tries, box.outcomes())
		}
		d.stop()
		if d.logged.Len() != 0 {
			t.Errorf("logged: %s", d.logged)
		}
	})
}

// An event that our own code cannot put into words ends neither the process nor, for long, what
// comes after it.
func TestBugsBlockNobodyForLong(t *testing.T) {
	for name, broken := range map[string]error{"panics": nil, "fails": errors.New("no words")} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				box, p := newOutbox(), newPlatform(nil)
				d := run(t, box, faulty{broken}, p)
				defer d.stop()
				box.put(address(1), event("broken"))
				box.put(address(1), event("next"))
				d.Kick()
				time.Sleep(500 * time.Millisecond)
				if got := box.outcomes(); len(got) != 1 || got[0] != notify.Retry {
					t.Errorf("outcomes %v", got)
				}
				time.Sleep(30 * time.Minute)
				if got := p.at(address(1)); !slices.Equal(got, []string{"next"}) {
					t.Errorf("delivered %v", got)
				}
			})
		})
	}
}

// At shutdown a delivery in flight is finished and recorded; one that hangs is given up in time.
func TestShutdown(t *testing.T) {
	for _, c := range []struct {
		delay time.Duration
		took  time.Duration
		left  int
	}{{time.Second, time.Second, 0}, {time.Hour, 5 * time.Second, 1}} {
		synctest.Test(t, func(t *testing.T) {
			box, p := newOutbox(), newPlatform(nil)
			p.delay = c.delay
			d := run(t, box, plain{}, p)
			box.put(address(1), event("a"))
			d.Kick()
			synctest.Wait()
			begin := time.Now()
			d.stop()
			if took := time.Since(begin); took != c.took {
				t.Errorf("stopped after %v, want %v", took, c.took)
			}
			if n := len(box.left()); n != c.left {
				t.Errorf("%d deliveries left, want %d", n, c.left)
			}
		})
	}
}

func TestTenThousandDeliveries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		box, p := newOutbox(), newPlatform(nil)
		p.delay = 30 * time.Millisecond
		for i := range 10_000 {
			box.put(address(i%5000), event(fmt.Sprint(i)))
		}
		d := run(t, box, plain{}, p)
		defer d.stop()
		begin := time.Now()
		for p.all() < 10_000 && time.Since(begin) < time.Hour {
			time.Sleep(100 * time.Millisecond)
		}
		// 32 at once, 30 ms each.
		if took, ideal := time.Since(begin), 10_000/32*30*time.Millisecond; took > ideal*13/10 {
			t.Errorf("took %v, ideal is %v", took, ideal)
		}
		if _, worst := p.sends(); worst != 1 || p.all() != 10_000 {
			t.Errorf("%d delivered, %d at once to one address", p.all(), worst)
		}
	})
}

func TestRetryAt(t *testing.T) {
	now := time.Date(2026, 11, 24, 12, 0, 0, 12345, time.UTC)
	last := now
	for n := range 12 {
		at := notify.RetryAt(now, n+1)
		if at != notify.RetryAt(now, n+1) {
			t.Error("not pure")
		}
		if n < 7 && !at.After(last) {
			t.Errorf("attempt %d is retried at %v, not after %v", n+1, at, last)
		}
		if wait := at.Sub(now); wait < 900*time.Millisecond || wait > 33*time.Minute {
			t.Errorf("attempt %d waits %v", n+1, wait)
		}
		last = at
	}
	if notify.RetryAt(now, 1).Equal(notify.RetryAt(now.Add(time.Nanosecond), 1).Add(-time.Nanosecond)) {
		t.Error("no jitter")
	}
}
