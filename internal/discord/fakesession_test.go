package discord_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"time"
)

// session is what a bot begins with an identify, and may resume on another connection.
type session struct {
	id    string
	shard int

	mu     turn
	seq    int64
	events []sent // the newest, to be sent again
	over   bool
}

const kept = 50 // events of a session

func (s *session) last() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seq
}

// event sends an event, and keeps it in case the connection has ended.
func (c *conn) event(kind string, data any) {
	s := c.session
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seq++
	seq := s.seq
	p := sent{Data: data, Seq: &seq, Type: kind}
	s.events = append(s.events, p)
	if len(s.events) > 2*kept {
		s.events = append([]sent(nil), s.events[kept:]...)
	}
	c.write(p)
}

// info is what the REST API tells of the gateway. The lock is held.
func (g *gateway) info() map[string]any {
	total := cmp.Or(g.starts, 1000)
	left, reset := total, time.Duration(0)
	if now := time.Now(); now.Before(g.day) {
		left, reset = max(total-g.used, 0), g.day.Sub(now)
	}
	return map[string]any{"url": "ws://" + homeHost + "/gateway", "shards": max(g.shards, 1), "session_start_limit": map[string]any{
		"total": total, "remaining": left, "reset_after": reset.Milliseconds(), "max_concurrency": max(g.concurrency, 1),
	}}
}

// restarted forgets when sessions began: a new process cannot know.
func (g *gateway) restarted() {
	g.f.mu.Lock()
	defer g.f.mu.Unlock()
	g.lanes = nil
}

// allow counts a session and holds it against Discord's limits.
func (g *gateway) allow(shard int) (ok bool) {
	g.f.mu.Lock()
	defer g.f.mu.Unlock()
	now := time.Now()
	if !now.Before(g.day) {
		g.day, g.used = now.Add(24*time.Hour), 0
	}
	g.used++
	g.begun = append(g.begun, now)
	if total := cmp.Or(g.starts, 1000); g.used > total {
		g.f.fault("gateway: session %d of %d a day: the token is reset", g.used, total)
		return false
	}
	lane := shard % max(g.concurrency, 1)
	last, again := g.lanes[lane]
	if g.lanes == nil {
		g.lanes = map[int]time.Time{}
	}
	g.lanes[lane] = now
	if again && now.Sub(last) < 5*time.Second {
		g.f.fault("gateway: shard %d began a session %v after the last", shard, now.Sub(last))
		return false
	}
	return true
}

func (g *gateway) identify(c *conn, data json.RawMessage) {
	var d struct {
		Token   string `json:"token"`
		Intents int    `json:"intents"`
		Shard   [2]int `json:"shard"`
	}
	_ = json.Unmarshal(data, &d)
	if d.Token != "Bot "+token {
		c.hangUp(4004)
		return
	}
	if d.Shard[0] < 0 || d.Shard[0] >= d.Shard[1] {
		c.punish(4010, "shard %d of %d", d.Shard[0], d.Shard[1])
		return
	}
	if d.Intents != 0 {
		g.note("intents %d", d.Intents)
	}
	g.note("identify %d/%d", d.Shard[0], d.Shard[1])
	if c.host != homeHost {
		c.punish(4000, "a session begun at %s", c.host)
		return
	}
	if !g.allow(d.Shard[0]) {
		c.send(9, false)
		return
	}
	g.f.mu.Lock()
	c.session = &session{id: fmt.Sprintf("s%d", len(g.sessions)+1), shard: d.Shard[0], mu: newTurn()}
	if g.sessions == nil {
		g.sessions = map[string]*session{}
	}
	g.sessions[c.session.id] = c.session
	resumeAt := cmp.Or(g.resumeAt, "ws://"+resumeHost+"/gateway")
	g.f.mu.Unlock()
	if g.spoil(c, 2) {
		return
	}
	c.event("READY", map[string]any{
		"v": 9, "session_id": c.session.id, "resume_gateway_url": resumeAt, "user": map[string]string{"id": application},
	})
	g.add(c)
}

func (g *gateway) resume(c *conn, data json.RawMessage) {
	var d struct {
		Token   string `json:"token"`
		Session string `json:"session_id"`
		Seq     int64  `json:"seq"`
	}
	_ = json.Unmarshal(data, &d)
	g.note("resume %s %d", d.Session, d.Seq)
	g.f.mu.Lock()
	s, token, elsewhere := g.sessions[d.Session], "Bot "+token, g.resumeAt != ""
	g.f.mu.Unlock()
	switch {
	case d.Token != token:
		c.hangUp(4004)
		return
	case c.host != resumeHost && !elsewhere:
		c.punish(4000, "a session resumed at %s", c.host)
		return
	case s == nil || s.ended():
		c.send(9, false)
		return
	case d.Seq > s.last():
		c.punish(4007, "session resumed after %d of %d", d.Seq, s.last())
		return
	}
	c.session = s
	if g.spoil(c, 6) {
		return
	}
	c.replay(d.Seq)
	c.event("RESUMED", map[string]any{})
	g.add(c)
}

func (s *session) ended() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.over
}

// replay sends what the bot has missed.
func (c *conn) replay(after int64) {
	c.session.mu.Lock()
	defer c.session.mu.Unlock()
	for _, p := range c.session.events {
		if *p.Seq > after {
			c.write(p)
		}
	}
}

// spoil does in place of the beginning of a session what the test wants.
func (g *gateway) spoil(c *conn, op int) bool {
	g.f.mu.Lock()
	mute, always, hook := g.mute, g.always, g.onStart
	g.f.mu.Unlock()
	switch {
	case hook != nil:
		return !hook(c, op)
	case always == 7:
		c.event("RESUMED", map[string]any{})
		c.send(7, nil)
	case always == 9:
		c.send(9, false)
	case always != 0:
		c.hangUp(always)
	}
	return mute || always != 0
}
