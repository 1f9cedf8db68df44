package discord_test

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

const (
	homeHost   = "discord.test"
	resumeHost = "resume.discord.test"
)

// gateway is the fake's gateway. Whatever Discord would punish is a fault of the test.
type gateway struct {
	f           *fake
	shards      int
	concurrency int // sessions that may begin within five seconds; 1 when zero
	starts      int // sessions that may begin in 24 hours; 1000 when zero

	// Under the lock of the fake:
	open     []*conn
	conns    []*conn  // that have a session
	history  []string // "identify 0/1", "resume s1 3", "close 4900"
	sessions map[string]*session
	lanes    map[int]time.Time // when a session began last
	begun    []time.Time       // sessions
	opened   []time.Time       // connections
	day      time.Time         // when sessions are counted anew
	used     int               // sessions of this day
	interval time.Duration     // of heartbeats; 41.25 s when zero
	deaf     bool              // heartbeats get no answer
	mute     bool              // sessions are not begun, heartbeats are answered
	always   int               // op or close code in answer to each identify and resume; 0 for none
	resumeAt string            // "" for the usual address
	onHello  func(c *conn) bool
	// onStart replaces the READY or RESUMED after op 2 or 6, unless it returns true.
	onStart func(c *conn, op int) bool
	wg      sync.WaitGroup
}

// turn is a lock that may be held while something is written: in a bubble, who waits for a
// [sync.Mutex] keeps time from passing, so that the deadline of the write would never come.
type turn chan struct{}

func newTurn() turn { return make(turn, 1) }

func (t turn) Lock()   { t <- struct{}{} }
func (t turn) Unlock() { <-t }

// conn is a connection of the bot.
type conn struct {
	g       *gateway
	ws      *websocket.Conn
	host    string
	mu      turn // writing
	frozen  bool // under the lock of the fake: nothing is read any more
	session *session
	sent    []time.Time // by the bot, in the last minute
}

type sent struct {
	Op   int    `json:"op"`
	Data any    `json:"d"`
	Seq  *int64 `json:"s"`
	Type string `json:"t,omitempty"`
}

func (c *conn) write(p sent) {
	c.mu.Lock()
	defer c.mu.Unlock()
	_ = c.ws.SetWriteDeadline(time.Now().Add(time.Minute)) // of one that does not read
	_ = c.ws.WriteJSON(p)
}

func (c *conn) send(op int, data any) {
	if op == 9 && data == false {
		c.end()
	}
	c.write(sent{Op: op, Data: data})
}

// end ends the session, so that it cannot be resumed.
func (c *conn) end() {
	if c.session != nil {
		c.session.mu.Lock()
		defer c.session.mu.Unlock()
		c.session.over = true
	}
}

// hangUp closes the connection with a code of Discord.
func (c *conn) hangUp(code int) {
	if slices.Contains([]int{1000, 4003, 4007, 4009}, code) {
		c.end()
	}
	_ = c.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, "bye"), time.Now().Add(time.Second))
	_ = c.ws.Close()
}

func (g *gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	up := websocket.Upgrader{}
	ws, err := up.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	g.wg.Add(1)
	defer g.wg.Done()
	c := &conn{g: g, ws: ws, host: r.Host, mu: newTurn()}
	g.f.mu.Lock()
	interval, hook := cmp.Or(g.interval, 41250*time.Millisecond), g.onHello
	g.open = append(g.open, c)
	g.opened = append(g.opened, time.Now())
	if r.URL.Query().Get("encoding") != "json" || r.URL.Query().Get("v") == "" {
		g.f.fault("gateway connected to with %q", r.URL.RawQuery)
	}
	g.f.mu.Unlock()
	if hook == nil || hook(c) {
		c.send(10, map[string]any{"heartbeat_interval": interval.Milliseconds()})
	}
	g.serve(c, interval)
	g.drop(c)
	_ = ws.Close()
}

func (g *gateway) note(format string, args ...any) {
	g.f.mu.Lock()
	defer g.f.mu.Unlock()
	g.history = append(g.history, fmt.Sprintf(format, args...))
	g.f.notify()
}

// punish closes a connection of a bot that does what Discord forbids.
func (c *conn) punish(code int, format string, args ...any) {
	c.g.f.mu.Lock()
	c.g.f.fault("gateway: "+format, args...)
	c.g.f.mu.Unlock()
	c.hangUp(code)
}

// serve reads until the connection ends.
func (g *gateway) serve(c *conn, interval time.Duration) {
	_ = c.ws.SetReadDeadline(time.Now().Add(2 * interval))
	for !c.isFrozen() {
		var p struct {
			Op   int             `json:"op"`
			Data json.RawMessage `json:"d"`
		}
		if err := c.ws.ReadJSON(&p); err != nil {
			g.lost(c, err)
			return
		}
		if c.tooMuch() {
			return
		}
		switch {
		case p.Op == 1:
			_ = c.ws.SetReadDeadline(time.Now().Add(2 * interval))
			c.beaten(p.Data)
		case p.Op == 2 && c.session == nil:
			g.identify(c, p.Data)
		case p.Op == 6 && c.session == nil:
			g.resume(c, p.Data)
		case p.Op == 2 || p.Op == 6:
			c.punish(4005, "op %d in a session", p.Op)
		default:
			c.punish(4001, "op %d", p.Op)
		}
	}
	g.add(c)                     // so that others see it
	time.Sleep(10 * time.Minute) // then the network gives it up
}

func (c *conn) isFrozen() bool {
	c.g.f.mu.Lock()
	defer c.g.f.mu.Unlock()
	return c.frozen
}

// lost notes why a connection ended.
func (g *gateway) lost(c *conn, err error) {
	closed := &websocket.CloseError{}
	if errors.As(err, &closed) {
		g.note("close %d", closed.Code)
		if closed.Code == 1000 || closed.Code == 1001 {
			c.end()
		}
	}
	var slow interface{ Timeout() bool }
	if errors.As(err, &slow) && slow.Timeout() {
		c.punish(4009, "no heartbeat in time")
	}
}

// tooMuch ends a connection with more than 120 packets within a minute.
func (c *conn) tooMuch() bool {
	now := time.Now()
	c.sent = append(slices.DeleteFunc(c.sent, func(t time.Time) bool { return now.Sub(t) >= time.Minute }), now)
	if len(c.sent) > 120 {
		c.punish(4008, "%d packets in a minute", len(c.sent))
		return true
	}
	return false
}

// beaten answers a heartbeat, which says what the bot has seen.
func (c *conn) beaten(data json.RawMessage) {
	var seen *int64
	if err := json.Unmarshal(data, &seen); err != nil {
		c.punish(4002, "heartbeat %q", data)
		return
	}
	if s := c.session; s != nil && seen != nil && *seen > s.last() {
		c.punish(4007, "heartbeat %d after %d", *seen, s.last())
		return
	}
	c.g.f.mu.Lock()
	deaf := c.g.deaf
	c.g.f.mu.Unlock()
	if !deaf {
		c.send(11, nil)
	}
}

func (g *gateway) add(c *conn) {
	g.f.mu.Lock()
	defer g.f.mu.Unlock()
	if !slices.Contains(g.conns, c) {
		g.conns = append(g.conns, c)
	}
	g.f.notify()
}

func (g *gateway) drop(c *conn) {
	g.f.mu.Lock()
	defer g.f.mu.Unlock()
	same := func(x *conn) bool { return x == c }
	g.conns, g.open = slices.DeleteFunc(g.conns, same), slices.DeleteFunc(g.open, same)
	g.f.notify()
}

// first returns the connection that was opened first, waiting for it.
func (g *gateway) first() (c *conn) {
	g.f.t.Helper()
	g.f.wait("a connection to the gateway", func() bool {
		if len(g.conns) > 0 {
			c = g.conns[0]
		}
		return c != nil
	})
	return c
}

func (g *gateway) close() {
	g.f.mu.Lock()
	for _, c := range g.open {
		_ = c.ws.Close()
	}
	g.f.mu.Unlock()
	g.wg.Wait()
}
