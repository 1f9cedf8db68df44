package notify

import (
	"errors"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
)

// brake holds a platform back that answers one address after the other with a rate limit:
// it is the bot that is limited then, and platforms lock out those who do not listen.
type brake struct {
	limited int       // answers in a row that were rate limits
	until   time.Time // nothing is sent before
}

// limitedMax is how many rate limits in a row are taken as meant for single chats.
const limitedMax = 3

// paused returns how long nothing may be sent to the platform. After a pause it lets one
// delivery a second through, until one succeeds.
func (d *Dispatcher) paused(p chat.Platform, now time.Time) time.Duration {
	d.mu.Lock()
	defer d.mu.Unlock()
	b := d.brakes[p]
	if b == nil {
		return 0
	}
	pause := b.until.Sub(now)
	if pause <= 0 && b.limited >= limitedMax {
		b.until = now.Add(time.Second)
	}
	return pause
}

// brake takes note of an answer of the platform.
func (d *Dispatcher) brake(p chat.Platform, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	var e *chat.SendError
	if !errors.As(err, &e) || e.Kind != chat.RateLimited {
		delete(d.brakes, p)
		return
	}
	b := d.brakes[p]
	if b == nil {
		b = &brake{}
		d.brakes[p] = b
	}
	b.limited++
	if until := time.Now().Add(e.RetryAfter); b.limited >= limitedMax && until.After(b.until) {
		b.until = until
	}
}
