package telegram

import "time"

// limited says when Telegram asked to wait, and until when.
type limited struct{ at, until time.Time }

// How long all chats wait: so long first, doubled while it goes on, up to the most. It is bounded
// because a few people can get their own chats limited for long, and must not silence the bot.
const (
	leastBrake = 10 * time.Second
	mostBrake  = time.Minute
)

// pause keeps a chat from being written to. When several chats are told to wait within a short
// time, it is the bot as a whole that is too fast: then all wait, as long as the least of them is
// to, since a long wait is about one chat, and within bounds.
func (p *pacer) pause(chat int64, d time.Duration) {
	const several, within = 3, 10 * time.Second
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	s := p.stream(chat)
	s.blocked = later(s.blocked, now.Add(d))
	p.place(s)
	p.limits[chat] = limited{now, now.Add(d)}
	least := now.Add(d)
	for c, l := range p.limits {
		if now.Sub(l.at) > within {
			delete(p.limits, c)
		} else if l.until.Before(least) {
			least = l.until
		}
	}
	if len(p.limits) >= several {
		p.halt(now, least)
	}
	p.pump()
}

// halt has all chats wait until a time, or less.
func (p *pacer) halt(now, until time.Time) {
	if now.Before(p.braked) {
		return
	}
	if now.Sub(p.braked) > mostBrake {
		p.brake = 0
	}
	p.brake = min(max(2*p.brake, leastBrake), mostBrake)
	if most := now.Add(p.brake); until.After(most) {
		until = most
	}
	p.braked = until
	p.free = later(p.free, until)
	clear(p.limits) // the next ones count anew
}

// blocked returns how long a chat may not be written to at all.
func (p *pacer) blocked(chat int64) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	until := p.free
	if s := p.chats[chat]; s != nil {
		until = later(until, s.blocked)
	}
	return until.Sub(p.now())
}
