package telegram

import (
	"context"
	"sync"
	"time"

	"github.com/go-telegram/bot/models"
)

// arrival says how an update came.
type arrival struct {
	at     time.Time // when somebody did it, as far as is known; otherwise when it came
	unsure bool      // it may have waited for long
	old    bool      // an earlier run took it, or it waited for room: it has a place in any case
	mute   bool      // a press that was answered without words when it came
	// A secret is in it, which is being removed.
	erasing *erasure
}

// arrived dates an update. Messages carry a date; presses do not.
func (f *Frontend) arrived(u *models.Update, a arrival) arrival {
	a.at = f.o.Now()
	if m := u.Message; m != nil && a.unsure && m.Date > 0 {
		if sent := f.absence.date(time.Unix(int64(m.Date), 0)); sent.Before(a.at) {
			a.at = sent
		}
	}
	return a
}

// tooLate reports whether something was done too long ago to act on it. A press tells its age by
// whether it can still be answered.
func (f *Frontend) tooLate(ctx context.Context, a arrival, p *press) bool {
	if f.leftovers.of(errandOf(ctx).id).ran() {
		return false // it was done in time; only the answer is late
	}
	if f.o.Now().Sub(a.at) > tooOld {
		return true
	}
	return p != nil && a.unsure && p.forgotten(ctx)
}

// missed answers a message that comes too late. A secret in it is removed all the same.
func (f *Frontend) missed(ctx context.Context, in *incoming, m *models.Message, asked *prompt) {
	text := f.written(m)
	_, isCommand := splitCommand(text)
	secret := in.erasing != nil || f.leaks(in, text) || (!isCommand && (asked.wantsSecret() || f.strayed(in, m)))
	if secret {
		f.deleteSecret(ctx, in)
	}
	if asked != nil && asked.Expires.Before(f.o.Now()) {
		f.prompts.drop(ctx, asked)
	}
	if secret || in.private() || isCommand || asked != nil {
		f.late(ctx, in)
	}
}

// late says once that something came too late.
func (f *Frontend) late(ctx context.Context, in *incoming) {
	const again = 5 * time.Minute
	if f.excuses.due(in.from, in.user.ID, f.o.Now(), again) {
		f.tell(ctx, in.to, in.said, in.say.Late)
	}
}

// excuses remembers who was told lately that something came too late: whoever pressed ten times
// is told once.
type excuses struct {
	mu  sync.Mutex
	all map[excused]time.Time
}

type excused struct {
	at   place
	user string
}

func (e *excuses) due(at place, user string, now time.Time, again time.Duration) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	for key, told := range e.all {
		if now.Sub(told) >= again {
			delete(e.all, key)
		}
	}
	key := excused{at, user}
	if _, told := e.all[key]; told {
		return false
	}
	if e.all == nil {
		e.all = map[excused]time.Time{}
	}
	e.all[key] = now
	return true
}
